"""Which renderings stand for the page that was fetched."""

from datetime import UTC, datetime

import pytest

from inspection.observation import FetchOutcome, PageFacts, PageSeen, RenderSeen
from inspection.observation.render import with_renders

AT = datetime(2026, 11, 20, tzinfo=UTC)
URL = "http://www.qingshan.gov.cn/wb/"


@pytest.mark.parametrize(
    ("final_url", "stands"),
    [
        (URL, True),
        ("http://qingshan.gov.cn/wb/index.html", True),
        ("https://weibo.com/login", False),
        ("http://www.qingshan.gov.cn/", False),
    ],
)
def test_a_page_that_scripts_leave_is_not_that_page(final_url, stands):
    plain = PageFacts(charset="utf-8", script_written=True)
    shown = PageFacts(charset="utf-8", title="shown")
    page = PageSeen(url=URL, final_url=URL, depth=1, fetched_at=AT, outcome=FetchOutcome.OK, facts=plain)
    render = RenderSeen(url=URL, final_url=final_url, rendered_at=AT, elapsed_s=1.0, complete=True, facts=shown)
    [seen] = with_renders([page], [render])
    assert (seen.rendered, seen.facts) == (stands, shown if stands else plain)


@pytest.mark.parametrize(("left", "shown_left"), [(3, 5), (5, 3)])
def test_what_is_left_unchecked_of_a_page_and_its_rendering_is_the_greater_of_both(left, shown_left):
    facts = PageFacts(charset="utf-8")
    page = PageSeen(
        url=URL, final_url=URL, depth=1, fetched_at=AT, outcome=FetchOutcome.OK, facts=facts, links_left=left
    )
    render = RenderSeen(url=URL, final_url=URL, rendered_at=AT, elapsed_s=1.0, facts=facts, links_left=shown_left)
    [seen] = with_renders([page], [render])
    assert seen.links_left == 5
