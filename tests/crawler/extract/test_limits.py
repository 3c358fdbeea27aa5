"""Facts of hostile pages stay small; those of ordinary pages are left as they are."""

from datetime import date

import msgspec
import pytest

from crawler.extract import extract
from crawler.extract.links import _leads_somewhere_kept, leads_somewhere
from inspection.observation import PageFacts
from inspection.registry.address import _canonical_kept, _resolve_kept, canonical, resolve

URL = "http://www.a.test/x/list.html"
DAY = date(2026, 11, 20)
MEGABYTE = 1_000_000
LONG_BASE = f"<base href='/{'x' * 1_900}/'>"


def read(source: str) -> PageFacts:
    return extract(source.encode(), URL, as_of=DAY, content_type="text/html; charset=utf-8")


def many(form: str, number: int = 60_000) -> str:
    return "".join(form.format(n) for n in range(number))


PAGES = {
    "links": many("<a href=/{}>x</a>"),
    "links below a long base": LONG_BASE + many("<a href={}>x</a>"),
    "list": "<ul>"
    + many("<li><a href=/{}.html>第{}号通知的题目</a><b>2026-11-01</b></li>".replace("第{}号", "某"))
    + "</ul>",
    "list below a long base": LONG_BASE + "<ul>" + many("<li><a href={}>某通知的题目</a><b>2026-11-01</b></li>"),
    "menu": "<div class=nav>" + many("<li><a href=/{}/>栏目</a></li>"),
    "metas": many("<meta name=m{} content=x>"),
    "one meta": f"<meta name=description content='{'x' * 3_000_000}'>",
    "one title": f"<title>{'政府' * MEGABYTE}</title>",
    "frames": many("<iframe src=/{}></iframe>"),
    "hidden": "<div style='display:none'>" + many("<a href=http://a{}.cn/>x</a>"),
    "style": "<style>" + many("a{{background:url(/{}.png)}}") + "</style>",
}


@pytest.mark.parametrize("name", PAGES)
def test_facts_fit_a_document_of_the_store(name: str) -> None:
    facts = read(PAGES[name])
    assert len(msgspec.msgpack.encode(facts)) < 10 * MEGABYTE
    assert len(facts.links) <= 20_000
    assert max(map(len, (facts.list_items, facts.frames, facts.columns, facts.meta, facts.hidden_links))) <= 5_000
    assert len(facts.title or "") <= 2_000


def test_an_ordinary_page_keeps_all_it_has() -> None:
    facts = read("<title>" + "题" * 3_000 + "</title>" + many("<a href=/{}>x</a>", 6_000))
    assert (len(facts.title or ""), len(facts.links)) == (3_000, 6_000)


def test_answers_for_long_references_are_not_kept() -> None:
    caches = (_canonical_kept, _resolve_kept, _leads_somewhere_kept)
    for cache in caches:
        cache.cache_clear()
    for number in range(100):
        long = f"/{number}{'x' * 600}"
        assert canonical(f"http://a.test{long}") == resolve("http://a.test/", long) == f"http://a.test{long}"
        assert leads_somewhere(long)
    assert [cache.cache_info().currsize for cache in caches] == [0, 0, 0]
