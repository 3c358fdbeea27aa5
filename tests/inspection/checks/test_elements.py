"""Elements of the home page."""

import pytest

from inspection.checks.elements import Element
from inspection.findings import FindingState
from inspection.observation import PageFacts
from inspection.registry import SiteCategory

SEVEN = ["conac_mark", "jiucuo_entry", "site_code", "icp", "police_record", "organizer", "contact"]


def test_a_complete_home_page_has_no_finding(observe, run):
    assert run("N19-D16", observe(), "2019") == []


@pytest.mark.parametrize("element", SEVEN)
def test_each_missing_element_costs_a_point(observe, run, element):
    [finding] = run("N19-D16", observe(facts={element: None if element not in SEVEN[:2] else False}), "2019")
    assert (finding.subject, finding.points) == (element, 1)
    assert Element(element).chinese in finding.message


def test_a_script_written_page_keeps_the_question_open(observe, run):
    [finding] = run("N19-D16", observe(facts={"icp": None, "script_written": True}), "2019")
    assert (finding.state, finding.points) == (FindingState.NOT_DETERMINED, 0)


def test_an_element_in_a_frame_of_the_home_page_counts(observe, build, run):
    seen = observe(facts={"icp": None})
    footer = build.page(f"{build.home}footer.html", PageFacts(charset="utf-8", icp="鲁ICP备1号"), depth=0)
    assert run("N19-D16", type(seen)(site=seen.site, as_of=seen.as_of, pages=(*seen.pages, footer)), "2019") == []


def test_kpi_rows_cost_nothing(observe, run):
    [finding] = run("E-1", observe(facts={"jiucuo_entry": False}, category=SiteCategory.COUNTY_BELOW))
    assert (finding.state, finding.points) == (FindingState.ESTABLISHED, 0)
