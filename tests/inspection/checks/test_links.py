"""Link availability: what counts, where, and once."""

from decimal import Decimal

import msgspec
import pytest

from inspection.findings import FindingState
from inspection.observation import FetchOutcome, LinkOutcome, LinkSeen, LinkSource, PageFacts, PageLink
from inspection.observation.site import LinkDefect


def link(build, url, outcome, *, page, internal=True, reason=FetchOutcome.NOT_FOUND):
    return LinkSeen(
        url=url,
        internal=internal,
        outcome=outcome,
        reason=reason,
        source=LinkSource(page=page, element="a", attribute="href", text="下载", line=7),
        checked_at=build.now,
        defect=LinkDefect.DEAD if outcome is LinkOutcome.BROKEN else None,
        status=404,
    )


@pytest.mark.parametrize(
    ("outcome", "where", "state", "points"),
    [
        (LinkOutcome.BROKEN, "", FindingState.ESTABLISHED, "1"),
        (LinkOutcome.BROKEN, "list.html", FindingState.ESTABLISHED, "0.1"),
        (LinkOutcome.UNDETERMINED, "", FindingState.SUSPECTED, "0"),
    ],
)
def test_home_one_point_elsewhere_a_tenth(observe, build, run, outcome, where, state, points):
    seen = observe(links=(link(build, "http://x.cn/1", outcome, page=build.home + where),))
    [finding] = run("C15-D2", seen)
    assert (finding.state, finding.points) == (state, Decimal(points))
    assert finding.evidence[0].line == 7


@pytest.mark.parametrize("outcome", [LinkOutcome.OK, LinkOutcome.EXCLUDED, LinkOutcome.UNSUPPORTED])
def test_nothing_else_is_a_finding(observe, build, run, outcome):
    assert run("C15-D2", observe(links=(link(build, "http://x.cn/1", outcome, page=build.home),))) == []


def test_a_target_that_the_home_page_repeats_costs_one_point_wherever_it_was_seen_first(observe, build, run):
    target = "http://x.cn/1"
    repeated = PageLink(url=target, raw=target, text="旧链接", element="a", attribute="href", line=3)
    inner = build.page(f"{build.home}in.html", PageFacts(charset="utf-8", links=(repeated,)))
    seen = observe(facts={"links": (repeated,)}, links=(link(build, target, LinkOutcome.BROKEN, page=inner.url),))
    [finding] = run("C15-D2", seen)
    assert finding.points == 1
    assert finding.evidence[0].url == build.home


def test_evidence_lists_several_places_home_first(observe, build, run):
    target = "http://x.cn/1"
    repeated = PageLink(url=target, raw=target, text="旧链接", element="a", attribute="href", line=3)
    column = build.page(f"{build.home}dt/", PageFacts(charset="utf-8", links=(repeated,)))
    seen = observe(
        facts={"links": (repeated,)},
        columns={"dt": column},
        links=(link(build, target, LinkOutcome.BROKEN, page=column.url),),
    )
    [finding] = run("C15-D2", seen)
    assert [place.url for place in finding.evidence] == [build.home, column.url]


def test_links_left_unchecked_are_an_open_question_that_costs_nothing(observe, build, run):
    inner = [
        msgspec.structs.replace(build.page(f"{build.home}{n}.html", PageFacts(charset="utf-8")), links_left=left)
        for n, left in enumerate((3, 0, 40))
    ]
    [finding] = run("C15-D2", observe(pages=tuple(inner)))
    assert (finding.state, finding.points, finding.price) == (FindingState.NOT_DETERMINED, 0, 0)
    assert "2 个页面上合计 43 处链接没有检查" in finding.message
    assert [(each.url, each.excerpt) for each in finding.evidence] == [
        (f"{build.home}2.html", "本页有 40 处链接没有检查"),
        (f"{build.home}0.html", "本页有 3 处链接没有检查"),
    ]
