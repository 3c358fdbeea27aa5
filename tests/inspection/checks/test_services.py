"""Guides, their elements and attachments, online systems."""

import pytest

from inspection.findings import FindingState
from inspection.observation import FetchOutcome, LinkOutcome, LinkSeen, LinkSource, PageFacts, PageLink
from inspection.observation.page import GuideElement
from inspection.observation.site import LinkDefect

SURE, MAYBE = FindingState.ESTABLISHED, FindingState.SUSPECTED
ALL = tuple(GuideElement)
SERVICES = {"text": "办事服务 县长信箱"}


def guides(build, missing: list[int]) -> dict:
    return {
        f"g{n}": build.page(
            f"{build.home}g/{n}.html", PageFacts(charset="utf-8", title="取水许可", guide_elements=ALL[gone:])
        )
        for n, gone in enumerate(missing)
    }


@pytest.mark.parametrize(
    ("missing", "states"),
    [
        ([0] * 6, []),
        ([4] * 5, [SURE]),
        ([4] * 4 + [3], []),
        ([4] * 5 + [0] * 5, [SURE]),
        ([4] * 4, [MAYBE]),
        ([3] * 6, []),
        ([], []),
    ],
)
def test_useless_guides(observe, build, run, missing, states):
    found = run("N19-V6", observe(facts=SERVICES, columns=guides(build, missing)), "2019")
    assert [finding.state for finding in found] == states


def test_no_services_at_all_is_for_a_person(observe, run):
    [finding] = run("N19-V6", observe(facts={"text": "县长信箱"}), "2019")
    assert (finding.state, finding.subject) == (MAYBE, "services")


def test_each_missing_element_of_five_guides_costs(observe, build, run):
    found = run("C15-D8", observe(columns=guides(build, [1, 0, 2, 0, 0, 9])))
    assert [finding.points for finding in found] == [2, 2, 2]
    assert found[0].subject == f"{build.home}g/0.html#name"
    assert "事项名称" in found[0].message


def broken(build, page: str, text: str, url: str = "http://www.qingshan.gov.cn/x.doc") -> dict:
    source = LinkSource(page=page, element="a", attribute="href", text=text, line=5)
    seen = LinkSeen(
        url=url,
        internal=True,
        outcome=LinkOutcome.BROKEN,
        reason=FetchOutcome.NOT_FOUND,
        source=source,
        checked_at=build.now,
        defect=LinkDefect.DEAD,
    )
    link = PageLink(url=url, raw=url, text=text, element="a", attribute="href", line=5)
    return {"seen": seen, "link": link}


@pytest.mark.parametrize(("text", "found"), [("申请表下载", True), ("附件1", True), ("返回首页", False)])
def test_forms_of_guides_must_open(observe, build, run, text, found):
    page = f"{build.home}g/1.html"
    made = broken(build, page, text)
    guide = build.page(page, PageFacts(charset="utf-8", guide_elements=ALL, links=(made["link"],)))
    findings = run("C15-D9", observe(columns={"g": guide}, links=(made["seen"],)))
    assert [finding.points for finding in findings] == [1] * found


def test_forms_elsewhere_are_links_like_others(observe, build, run):
    made = broken(build, build.home, "申请表下载")
    assert run("C15-D9", observe(facts={"links": (made["link"],)}, links=(made["seen"],))) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("网上申报系统", True),
        ("办件进度查询", True),
        ("关于网上申报系统停机维护的公告", False),
        ("便民服务入口", False),
    ],
)
def test_online_systems_must_open(observe, build, run, text, found):
    made = broken(build, build.home, text, "http://ws.qingshan.gov.cn/")
    findings = run("C15-D10", observe(facts={"links": (made["link"],)}, links=(made["seen"],)))
    assert [finding.points for finding in findings] == [3] * found
