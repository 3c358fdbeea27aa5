from datetime import UTC, datetime

from inspection.observation import FetchOutcome, LinkOutcome, LinkSeen, LinkSource
from inspection.observation.link_tally import tally_links

HOME, OTHER = "http://www.qingshan.gov.cn/", "http://www.qingshan.gov.cn/dt/"
OK, BROKEN, UNSURE = LinkOutcome.OK, LinkOutcome.BROKEN, LinkOutcome.UNDETERMINED


def link(number, page, internal, outcome):
    return LinkSeen(
        url=f"http://a.cn/{number}",
        internal=internal,
        outcome=outcome,
        reason=FetchOutcome.OK,
        source=LinkSource(page=page, element="a", attribute="href"),
        checked_at=datetime(2026, 11, 20, tzinfo=UTC),
    )


def test_the_four_kinds_are_counted_apart():
    kinds = [
        *[(HOME, True, OK)] * 5,
        *[(HOME, True, BROKEN)] * 2,
        *[(HOME, False, UNSURE)] * 3,
        *[(OTHER, True, BROKEN)] * 4,
        *[(OTHER, True, UNSURE)] * 1,
    ]
    tallies = tally_links([link(n, *kind) for n, kind in enumerate(kinds)], {HOME})
    counted = [(each.on_home, each.internal, each.targets, each.broken, each.suspected) for each in tallies]
    assert counted == [(True, True, 7, 2, 0), (True, False, 3, 0, 3), (False, True, 5, 4, 1), (False, False, 0, 0, 0)]
