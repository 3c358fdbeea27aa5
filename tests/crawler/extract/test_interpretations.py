"""Links between policy documents and their interpretations, as pages word them."""

from datetime import date

import pytest

from crawler.extract import extract

URL = "http://www.a.gov.cn/zc/202609/t20260930_1.html"
TARGET = "http://www.a.gov.cn/zc/202609/2.html"
TEXT = "<p>为加强河道管理，保障防洪安全，保护水生态环境，根据有关法律法规，结合本市实际，制定本办法，请遵照执行。</p>"


def found(body: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    page = f"<html><head><title>河道保护管理办法</title></head><body><h1>河道保护管理办法</h1>{body}</body></html>"
    facts = extract(page.encode(), URL, as_of=date(2026, 11, 23))
    return facts.interpretation_urls, facts.original_urls


@pytest.mark.parametrize(
    "body",
    [
        f"{TEXT}<p><a href=2.html>【图解】河道保护管理办法</a></p>",
        f"{TEXT}<p><a href=2.html title='河道保护管理办法解读'>河道保护管理…</a></p>",
        f"{TEXT}<div class=relate><h3>相关解读</h3><ul><li><a href=2.html>五个新变化</a></li></ul></div>",
        f"{TEXT}<p>政策解读：<a href=2.html>五个新变化</a></p>",
        f"{TEXT}<p>解读链接</p><p><a href=2.html><em>五个新变化</em></a></p>",
        f"{TEXT}<p><a href=2.html>政策问答</a></p>",
    ],
)
def test_interpretations(body):
    assert found(body) == ((TARGET,), ())


@pytest.mark.parametrize(
    "body",
    [
        f"{TEXT}<p>相关文件：<a href=2.html>河道保护管理办法</a></p>",
        f"{TEXT}<p><a href=2.html>政策原文</a></p>",
        f"<p>近日印发的<a href=2.html>《河道保护管理办法》</a>共五章。</p>{TEXT}",
        f"{TEXT}<h4>解读文件</h4><p><a href=2.html>河道保护管理办法</a></p>",
    ],
)
def test_originals(body):
    assert TARGET in found(body)[1]


@pytest.mark.parametrize(
    "body",
    [
        f"<p>当前位置：<a href=2.html>政策文件</a> &gt; <a href=2.html>政策解读</a></p>{TEXT}",
        f"{TEXT}<div class=nav><a href=2.html>政策解读</a></div>",
        f"{TEXT}<div class=footer><a href=2.html>政策原文</a></div>",
        f"{TEXT}<h3>最新解读</h3><p><a href=2.html>五个新变化</a></p>",
        f"{TEXT}<p><a href=2.html>智能问答</a></p>",
        f"{TEXT}<p><a href='javascript:void(0)'>政策解读</a></p>",
        f"<p>政策解读：</p>{TEXT}<p><a href=2.html>附件</a></p>",
        f"<p>政策解读</p><h3>附件</h3><p><a href=2.html>申请表</a></p>{TEXT}",
    ],
)
def test_other_links(body):
    assert found(body) == ((), ())
