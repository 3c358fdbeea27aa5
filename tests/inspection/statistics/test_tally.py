"""Tallies add up in any order and grouping."""

from hypothesis import given
from hypothesis import strategies as st

from inspection.scoring import Verdict
from inspection.statistics.tally import Tally, VerdictCounts

SITES = st.lists(st.tuples(st.sampled_from([*Verdict, None]), st.sampled_from("abc"), st.booleans()), max_size=30)


def tally(sites) -> Tally:
    return Tally.sum(Tally.of(verdict, stratum, certain=certain) for verdict, stratum, certain in sites)


@given(SITES, SITES, SITES)
def test_commutative_monoid(one, two, three):
    a, b, c = tally(one), tally(two), tally(three)
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + Tally() == Tally() + a == a


@given(SITES, st.integers(0, 30))
def test_any_split_gives_the_tally_of_the_whole(sites, at):
    assert tally(sites[:at]) + tally(sites[at:]) == tally(sites)


@given(SITES)
def test_every_sampled_site_is_counted_once(sites):
    counts = tally(sites).counts
    assert counts.sampled == len(sites)
    assert counts.passed == sum(verdict is Verdict.PASSED for verdict, _, _ in sites)
    assert counts.failed == sum(verdict is Verdict.FAILED for verdict, _, _ in sites)
    assert counts.closed == sum(verdict is Verdict.CLOSED for verdict, _, _ in sites)
    assert counts.not_determined == sum(verdict in (Verdict.NOT_DETERMINED, None) for verdict, _, _ in sites)
    assert counts.decided == counts.passed + counts.failed


def test_certain_sites_are_kept_apart():
    total = tally([(Verdict.PASSED, "a", True), (Verdict.PASSED, "a", False), (None, "b", False)])
    assert total.certain == VerdictCounts(passed=1)
    assert total.drawn == {"a": VerdictCounts(passed=1), "b": VerdictCounts(not_determined=1)}
