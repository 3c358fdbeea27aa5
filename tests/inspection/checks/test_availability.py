"""The probe series: thresholds, denominators and what decides nothing."""

from decimal import Decimal

import msgspec
import pytest

from inspection.checks.availability import tally_probes
from inspection.findings import FindingState
from inspection.observation import FetchOutcome

ESTABLISHED, NOT_DETERMINED = FindingState.ESTABLISHED, FindingState.NOT_DETERMINED


@pytest.mark.parametrize(
    ("total", "failed", "expected"),
    [
        (140, 0, []),
        (140, 6, []),
        (140, 7, [ESTABLISHED]),  # exactly 5 % counts ("超过（含）5%")
        (147, 147, [ESTABLISHED]),
        (139, 139, [NOT_DETERMINED]),
        (0, 0, [NOT_DETERMINED]),
    ],
)
@pytest.mark.parametrize(("indicator", "edition"), [("C15-V1", "2015"), ("N19-V2", "2019")])
def test_veto_at_five_percent_of_enough_probes(observe, build, run, indicator, edition, total, failed, expected):
    found = run(indicator, observe(probes=build.probes(total, failed)), edition)
    assert [finding.state for finding in found] == expected


def test_firewall_pages_and_own_outages_leave_the_denominator(observe, build, run):
    blocked = build.probes(147, 20, FetchOutcome.BLOCKED)
    [finding] = run("C15-V1", observe(probes=blocked))
    assert finding.state is NOT_DETERMINED
    assert "有效监测 127 次" in finding.message
    assert "20 次因被拦截" in finding.message
    assert run("C15-V1", observe(probes=build.probes(160, 20, FetchOutcome.OUR_NETWORK_DOWN))) == []


def test_an_answer_after_fifteen_seconds_is_a_failure(observe, build, run):
    slow = tuple(
        type(probe)(sequence=probe.sequence, at=probe.at, outcome=FetchOutcome.OK, elapsed_s=15.0)
        for probe in build.probes(147, 0)
    )
    [finding] = run("C15-V1", observe(probes=slow))
    assert finding.state is ESTABLISHED
    assert "打开过慢 147 次" in finding.evidence[0].excerpt


def test_evidence_counts_causes_and_shows_the_first_failures(observe, build, run):
    [finding] = run("C15-V1", observe(probes=build.probes(147, 30)))
    assert finding.message == "监测 147 次，30 次打不开，占 20.4%"
    assert "连接被拒绝 30 次" in finding.evidence[0].excerpt
    assert len(finding.evidence) == 11
    assert finding.evidence[1].observed_at == build.now


@pytest.mark.parametrize(("failed", "points"), [(0, None), (1, None), (2, 5), (4, 10), (5, 15)])
def test_five_points_for_every_full_percent(observe, build, run, failed, points):
    found = run("C15-D1", observe(probes=build.probes(147, failed)))
    assert [finding.points for finding in found] == ([] if points is None else [Decimal(points)])


def seen_from(build, places: dict[str, set[int]], total: int = 147):
    """A series of ``total`` visits from each place, of which those with these numbers failed."""
    return tuple(
        msgspec.structs.replace(
            probe, vantage=place, outcome=FetchOutcome.CONNECT_TIMEOUT if probe.sequence in failed else FetchOutcome.OK
        )
        for place, failed in places.items()
        for probe in build.probes(total, 0)
    )


@pytest.mark.parametrize(
    ("places", "state"),
    [
        ({"北京": set(range(8)), "广州": set(range(8))}, FindingState.ESTABLISHED),
        ({"北京": set(range(8)), "广州": set()}, FindingState.NOT_DETERMINED),
        ({"北京": set(range(4)), "广州": set(range(4, 8))}, FindingState.NOT_DETERMINED),
        ({"北京": set(range(7)), "广州": set()}, None),
        ({"北京": set(range(12)), "广州": set(range(8))}, FindingState.ESTABLISHED),
        ({"北京": set(range(8)), "广州": set(range(8)), "成都": set()}, FindingState.NOT_DETERMINED),
    ],
)
def test_a_failure_seen_from_one_place_only_decides_nothing(observe, build, run, places, state):
    found = run("C15-V1", observe(probes=seen_from(build, places)))
    assert [finding.state for finding in found] == ([] if state is None else [state])


def test_a_visit_that_only_one_of_several_places_made_and_saw_fail_is_disputed(build):
    here, there = build.probes(20, 0), build.probes(5, 5)
    tally = tally_probes([*here, *(msgspec.structs.replace(probe, vantage="广州") for probe in there)], 15)
    assert (tally.counted, tally.failed, tally.disputed) == (15, 0, 5)
    alone = [msgspec.structs.replace(probe, vantage="广州", sequence=probe.sequence + 50) for probe in there]
    assert tally_probes([*here, *alone], 15).disputed == 5
