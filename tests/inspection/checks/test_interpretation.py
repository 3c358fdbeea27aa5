"""Policy documents and their interpretations: found by link or by name, and linked both ways."""

from datetime import date, timedelta

import pytest

from inspection.findings import FindingState
from inspection.observation import ItemSeen, PageFacts, PageLink
from inspection.observation.page import ListState

MAYBE, OPEN = FindingState.SUSPECTED, FindingState.NOT_DETERMINED
HOME = "http://www.qingshan.gov.cn/"
DOCUMENT, READING = f"{HOME}zc/1.html", f"{HOME}jd/1.html"
TITLE = "青山市人民政府关于加强河道保护的实施意见"
OTHER = "解读河长制的五个新变化"
DAY = date(2026, 10, 1)


def link(url):
    return PageLink(url=url, raw=url, text="", element="a", attribute="href")


def article(build, url, **facts):
    facts = {"list_state": ListState.NONE, "newest_item_date": DAY, **facts}
    return build.page(url, PageFacts(charset="utf-8", **facts))


def listing(build, url, *items, **facts):
    seen = tuple(ItemSeen(title=title, url=target, date=day) for title, target, day in items)
    facts = {"list_state": ListState.LISTED if seen else ListState.BLANK, **facts}
    return build.page(url, PageFacts(charset="utf-8", list_items=seen, **facts))


@pytest.fixture
def site(observe, build):
    """A site with one document and one interpretation: facts of the pages, and of the interpretations' list."""

    def make(
        *, document=None, reading=None, title=TITLE, read_as=OTHER, day=DAY, listed=None, column="政策文件", **more
    ):
        pages = {
            column: listing(build, f"{HOME}{column}/", (title, DOCUMENT, DAY)),
            "政策解读": listing(build, f"{HOME}政策解读/", (read_as, READING, day), **(listed or {})),
        }
        pages |= {"文件页": None if document is None else article(build, DOCUMENT, **document)}
        pages |= {"解读页": None if reading is None else article(build, READING, **reading)}
        pages |= more
        named = tuple(build.column(name) for name in pages if name not in ("文件页", "解读页"))
        return observe(columns=pages, facts={"columns": named})

    return make


def states(findings):
    return [(finding.state, finding.subject) for finding in findings]


def test_a_document_without_any_interpretation(site, run):
    findings = run("N19-D07", site(document={}, reading={}), "2019")
    assert states(findings) == [(MAYBE, DOCUMENT)]
    assert findings[0].price == 1


@pytest.mark.parametrize(
    "title",
    [
        "青山市人民政府关于张某等同志任职的通知",
        "青山市人民政府办公室转发关于加强河道保护的通知",
        "关于表彰护河先进集体的决定",
    ],
)
def test_documents_that_nobody_needs_to_explain(site, run, title):
    assert [finding.state for finding in run("N19-D07", site(document={}, reading={}, title=title), "2019")] in (
        [],
        [OPEN],
    )


@pytest.mark.parametrize(
    "more",
    [
        {"document": {"interpretation_urls": (f"{HOME}video/1.html",)}},
        {"document": {"links": (link(READING),)}},
        {"reading": {"links": (link(DOCUMENT),)}},
        {"reading": {"text": f"近日，我市印发《{TITLE}》，现解读如下"}},
        {"read_as": f"《{TITLE}》政策解读"},
        {"read_as": "一图读懂《关于加强河道保护的实施意见（试行）》"},
        {"read_as": "关于加强河道保护的实施意见解读", "reading": None},
        {
            "title": "青山市人民政府办公室关于印发《青山市河道保护管理办法》的通知",
            "read_as": "《青山市河道保护管理办法》解读",
        },
        {"title": "关于印发青山市河道保护管理办法的通知", "read_as": "青山市河道保护管理办法图解"},
    ],
)
def test_interpreted_by_link_or_by_name(site, run, more):
    assert run("N19-D07", site(**{"document": {}, "reading": {}, **more}), "2019") == []


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"reading": None}, [(OPEN, "unread")]),
        ({"reading": None, "read_as": "《青山市取水许可办法》解读"}, [(MAYBE, DOCUMENT)]),
        ({"reading": None, "day": DAY - timedelta(days=30)}, [(OPEN, "unread")]),
        ({"reading": None, "day": DAY - timedelta(days=31)}, [(MAYBE, DOCUMENT)]),
        ({"listed": {"pager_urls": (f"{HOME}jd/2.html",)}}, [(OPEN, "unread")]),
        (
            {"listed": {"pager_urls": (f"{HOME}jd/2.html",)}, "day": DAY - timedelta(days=31)},
            [(MAYBE, DOCUMENT)],
        ),
        ({"listed": {"list_state": ListState.SCRIPT_ONLY}}, [(OPEN, "unread")]),
        ({"图解政策": None}, [(OPEN, "unread")]),
        ({"document": None}, [(OPEN, "site")]),
        ({"document": {"frames": (f"{HOME}frame.html",)}}, [(OPEN, "site")]),
        ({"document": {"script_written": True}}, [(OPEN, "site")]),
        ({"column": "法律法规"}, [(OPEN, "site")]),
        ({"title": "关于河道保护政策的解读"}, [(OPEN, "site")]),
    ],
)
def test_what_was_not_read_leaves_it_open(site, run, more, expected):
    findings = run("N19-D07", site(**{"document": {}, "reading": {}, **more}), "2019")
    assert states(findings) == expected


def test_a_short_or_common_name_names_nothing(site, run):
    seen = site(document={}, reading={"text": "依据《条例》和《青山市取水许可办法》制定"})
    assert states(run("N19-D07", seen, "2019")) == [(MAYBE, DOCUMENT)]


NAMED = f"《{TITLE}》解读"


@pytest.mark.parametrize(
    ("document", "reading", "read_as", "expected"),
    [
        ({"interpretation_urls": (READING,)}, {"original_urls": (DOCUMENT,)}, OTHER, []),
        ({"links": (link(READING),)}, {"links": (link(DOCUMENT),)}, OTHER, []),
        ({"interpretation_urls": (READING,)}, {}, OTHER, [READING]),
        ({}, {"original_urls": (DOCUMENT,)}, OTHER, [DOCUMENT]),
        ({}, {}, NAMED, [DOCUMENT, READING]),
        ({"interpretation_urls": (f"{HOME}video/1.html",)}, {}, NAMED, [READING]),
        ({}, {"original_urls": (f"{HOME}copy/1.html",)}, NAMED, [DOCUMENT]),
    ],
)
def test_each_leads_to_the_other(site, run, document, reading, read_as, expected):
    findings = run("N19-D08", site(document=document, reading=reading, read_as=read_as), "2019")
    assert states(findings) == [(MAYBE, url) for url in expected]
    assert all(finding.price == 1 for finding in findings)


def test_another_version_of_a_document_is_another_document(site, run):
    seen = site(
        document={}, reading={}, title="青山市河道保护办法（第10版）", read_as="《青山市河道保护办法（第22版）》解读"
    )
    assert [finding.state for finding in run("N19-D08", seen, "2019")] == [OPEN]
    assert run("N19-D07", seen, "2019") == []


@pytest.mark.parametrize(("document", "reading"), [({}, {}), ({}, None), (None, {"original_urls": (DOCUMENT,)})])
def test_without_a_pair_that_was_read_it_stays_open(site, run, document, reading):
    read_as = NAMED if reading is None else OTHER
    findings = run("N19-D08", site(document=document, reading=reading, read_as=read_as), "2019")
    assert [finding.state for finding in findings] == [OPEN]


def test_what_most_documents_share_belongs_to_their_frame(observe, build, run):
    urls = [f"{HOME}zc/{n}.html" for n in range(4)]
    documents = [article(build, url, interpretation_urls=(READING,), links=(link(READING),)) for url in urls]
    items = [(f"青山市第{n}号河道保护管理办法", url, DAY) for n, url in enumerate(urls)]
    pages = {
        "政策文件": listing(build, f"{HOME}政策文件/", *items),
        "政策解读": listing(build, f"{HOME}政策解读/", (OTHER, READING, DAY)),
        **{f"页{n}": page for n, page in enumerate([*documents, article(build, READING)])},
    }
    columns = tuple(build.column(name) for name in ("政策文件", "政策解读"))
    shared = observe(columns=pages, facts={"columns": columns})
    assert states(run("N19-D07", shared, "2019")) == [(MAYBE, url) for url in urls]


def test_at_most_the_sample_is_looked_at(observe, build, run):
    urls = [f"{HOME}zc/{n}.html" for n in range(7)]
    items = [(f"青山市第{n}号河道保护管理办法", url, DAY) for n, url in enumerate(urls)]
    pages = {
        "政策文件": listing(build, f"{HOME}政策文件/", *items),
        **{f"页{n}": article(build, url) for n, url in enumerate(urls)},
    }
    seen = observe(columns=pages, facts={"columns": (build.column("政策文件"),)})
    assert states(run("N19-D07", seen, "2019")) == [(MAYBE, url) for url in urls[:5]]
