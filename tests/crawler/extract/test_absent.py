"""What a server shows for addresses that cannot exist, and which pages are alike."""

import pytest

from crawler.extract import likeness, likeness_of_absent

URL = "http://www.a.test/0123456789abcdef.html"
OTHER = "http://www.a.test/zwgk/art/2026/7.html"


def page(body: str, title: str = "青山市人民政府") -> bytes:
    return (
        f"<html><head><title>{title}</title></head><body><div>首页 政务公开 办事服务</div>{body}</body></html>".encode()
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("<p>欢迎访问</p>", "<p>欢迎访问</p>"),
        ("<p>您要看的 /0123456789abcdef.html 不在</p>", "<p>您要看的 /zwgk/art/2026/7.html 不在</p>"),
        (f"<a href='{URL}'>重试</a>", f"<a href='{OTHER}'>重试</a>"),
        ("<p>现在是2026年11月20日 9:05:01</p>", "<p>现在是2026年1月2日 23:15</p>"),
        ("<b id=0a1b2c3d4e5f60718293a4b5c6d7e8f9>", "<b id=ffeeddccbbaa99887766554433221100>"),
        ("<script src='x.js?1700000000'></script>", "<script src='x.js?1700000001'></script>"),
        ("<i>5f0c1e9a-1b2c-3d4e-5f60-718293a4b5c6</i>", "<i>00000000-1b2c-3d4e-5f60-718293a4b5c6</i>"),
    ],
)  # fmt: skip
def test_pages_are_alike_but_for_the_moment_and_their_address(first: str, second: str) -> None:
    assert likeness(page(first), URL) == likeness(page(second), OTHER)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", "<p>关于召开会议的通知</p>"),
        ("", "<img src=zs.jpg>"),
        ("<img src=1.jpg>", "<img src=2.jpg>"),
        ("<script>var id = 1;</script>", "<script>var id = 2;</script>"),
        ("<p>共 12 件</p>", "<p>共 13 件</p>"),
        ("<p>电话 0535-1234567</p>", "<p>电话 0535-1234568</p>"),
    ],
)
def test_whatever_else_differs_makes_another_page(first: str, second: str) -> None:
    assert likeness(page(first), URL) != likeness(page(second), OTHER)
    assert likeness(page("", title="公告"), URL) != likeness(page(""), URL)


TEXT = "<p>" + "欢迎访问本网站，请从首页的栏目中选择您要看的内容。" * 5 + "</p>"
COUNTER = (
    '<script>var _hmt=[];(function(){var hm=document.createElement("script");'
    'hm.src="https://hm.baidu.com/hm.js?0a1b";document.head.append(hm);})();</script>'
)


@pytest.mark.parametrize(
    ("body", "counts"),
    [
        ("<p>欢迎访问</p>", True),
        (TEXT + "<script src=jquery.js></script>", True),
        (TEXT + COUNTER, True),
        ("<script src=app.js></script>", False),
        (TEXT + "<script>$.get('/api/article', show)</script>", False),
        (TEXT + "<script>document.body.innerHTML = article</script>", False),
        (TEXT + "<h1>{{ article.title }}</h1>", False),
        (TEXT + "<iframe src=/inner.html></iframe>", False),
        (TEXT + '<meta http-equiv=refresh content="0;url=/index.html">', False),
    ],
)
def test_what_scripts_may_fill_says_nothing_about_other_pages(body: str, counts: bool) -> None:
    found = likeness_of_absent(page(body), URL, "text/html")
    assert found == (likeness(page(body), URL) if counts else None)


@pytest.mark.parametrize("body", [b"", b"\0\xff<", b"<html></html>"])
def test_what_says_nothing_is_no_page(body: bytes) -> None:
    assert likeness_of_absent(body, URL) is None


def test_another_type_is_no_page() -> None:
    assert likeness_of_absent(page(TEXT), URL, "application/json") is None
