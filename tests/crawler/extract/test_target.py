"""What the beginning of a link's target says of itself, in each charset."""

import pytest

from crawler.extract import Target, glance_at, read_target

URL = "http://a.test/x.html"
PAGE = "<title>通知</title><body><p>" + "关于开展检查的通知" * 40


def page(text: str) -> str:
    return f"<title>提示</title><body><p>{text}</p></body>"


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (page("抱歉，您访问的页面不存在"), Target(title="提示", gone=True)),
        (page("该域名可购买"), Target(title="提示", parked=True)),
        (page("This domain is FOR sale"), Target(title="提示", parked=True)),
        (page("Sedoparking"), Target(title="提示", parked=True)),
        (page("本网站已于2025年关闭"), Target(title="提示", closed=True)),
        (PAGE, Target(title="通知")),
    ],
)
def test_states(text: str, expected: Target, charset: str) -> None:
    assert read_target(text.encode(charset), URL, f"text/html; charset={charset}") == expected


def test_a_glance_is_enough_for_an_ordinary_page() -> None:
    assert glance_at(PAGE.encode()).is_enough
    assert not glance_at(page("该域名可购买").encode()).is_enough
