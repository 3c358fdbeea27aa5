"""Availability of the home page over the probe series (站点无法访问、首页可用性)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import Enum, auto
from typing import Annotated

import msgspec

from inspection.checks.case import Case
from inspection.checks.check import Params, check
from inspection.findings import Evidence, Finding, FindingState
from inspection.observation import Fault, ProbeSeen
from inspection.observation.site import DEFAULT_VANTAGE
from inspection.standard import Indicator

_SHOWN_FAILURES = 10

Limit = Annotated[float, msgspec.Meta(gt=0, title="{} 秒（含）以上为打不开")]
MinProbes = Annotated[int, msgspec.Meta(ge=1, title="有效监测不少于 {} 次")]


class SeriesParams(Params, frozen=True, kw_only=True):
    """Of a probe series."""

    limit_s: Limit
    min_probes: MinProbes


class UnreachableParams(SeriesParams, frozen=True, kw_only=True):
    """Of the veto."""

    fail_share: Annotated[Decimal, msgspec.Meta(title="打不开的次数达到 {%}")]


class ProbeTally(msgspec.Struct, frozen=True, kw_only=True):
    """The visits of a series; one visit may have been made from several vantage points.

    ``counted`` = visits that say something about the site, ``failed`` of these. Out of the denominator stay
    ``set_aside`` = our own outages and firewall pages, and ``disputed`` = failures that not all vantage points saw.
    """

    counted: int
    failed: int
    set_aside: int
    disputed: int = 0

    @property
    def failed_share(self) -> float:
        """Share of counted visits that failed; 0 where none counted."""
        return self.failed / self.counted if self.counted else 0.0


def has_failed(probe: ProbeSeen, limit_s: float) -> bool:
    """Whether the site failed to open: its own fault, or an answer that took ``limit_s`` seconds or more."""
    return probe.outcome.policy.fault is Fault.SITE or probe.elapsed_s >= limit_s


def tally_probes(probes: Iterable[ProbeSeen], limit_s: float) -> ProbeTally:
    """Count a probe series.

    With several vantage points a visit fails only if at least two of them saw it fail and none saw it open.
    """
    visits: dict[int, list[ProbeSeen]] = defaultdict(list)
    vantages = set()
    for probe in probes:
        visits[probe.sequence].append(probe)
        vantages.add(probe.vantage)
    outcomes = Counter(_visit(seen, limit_s, needed=min(2, len(vantages))) for seen in visits.values())
    return ProbeTally(
        counted=outcomes[_Visit.OPENED] + outcomes[_Visit.FAILED],
        failed=outcomes[_Visit.FAILED],
        set_aside=outcomes[_Visit.SET_ASIDE],
        disputed=outcomes[_Visit.DISPUTED],
    )


class _Visit(Enum):
    OPENED = auto()
    FAILED = auto()
    SET_ASIDE = auto()
    DISPUTED = auto()


def _visit(probes: Sequence[ProbeSeen], limit_s: float, *, needed: int) -> _Visit:
    """What the probes of one visit, made from different places, say together."""
    telling = [probe for probe in probes if probe.outcome.policy.fault not in (Fault.OURS, Fault.UNDETERMINED)]
    failed = sum(has_failed(probe, limit_s) for probe in telling)
    if not telling:
        return _Visit.SET_ASIDE
    if not failed:
        return _Visit.OPENED
    return _Visit.FAILED if failed == len(telling) and failed >= needed else _Visit.DISPUTED


@check(UnreachableParams)
def site_unreachable(case: Case, row: Indicator, params: UnreachableParams) -> list[Finding]:
    """Veto: over one week, at least ``fail_share`` of the probes did not open within ``limit_s``.

    国办发〔2015〕15号 and 国办秘函〔2019〕19号: 监测1周，每天间隔性访问20次以上，超过（含）15秒网站仍打不开的次数比例
    累计超过（含）5%. Fewer than ``min_probes`` counted visits decide nothing.
    """
    tally = tally_probes(case.observations.probes, params.limit_s)
    if tally.counted < params.min_probes:
        return [
            case.finding(
                row, FindingState.NOT_DETERMINED, _too_few(tally, params), evidence=_evidence(case, params.limit_s)
            )
        ]
    # Compared exactly: 7 of 140 is 5 %, which floating point might miss.
    if Decimal(tally.failed) < params.fail_share * tally.counted:
        return _disputed(case, row, params, tally)
    message = f"监测 {tally.counted} 次，{tally.failed} 次打不开，占 {tally.failed_share:.1%}"
    return [case.finding(row, FindingState.ESTABLISHED, message, evidence=_evidence(case, params.limit_s))]


def _disputed(case: Case, row: Indicator, params: UnreachableParams, tally: ProbeTally) -> list[Finding]:
    """An open question where failures that only some vantage points saw could decide."""
    if Decimal(tally.failed + tally.disputed) < params.fail_share * (tally.counted + tally.disputed):
        return []
    message = f"{tally.disputed} 次仅部分监测点打不开，另有 {tally.failed} 次各监测点均打不开，是否达到否决条件无法判断"
    return [case.finding(row, FindingState.NOT_DETERMINED, message, evidence=_evidence(case, params.limit_s))]


@check(SeriesParams)
def home_availability(case: Case, row: Indicator, params: SeriesParams) -> list[Finding]:
    """Deduction: ``points`` for every full 1 % of probes that did not open (国办发〔2015〕15号，首页可用性)."""
    tally = tally_probes(case.observations.probes, params.limit_s)
    if tally.counted < params.min_probes:
        return [case.finding(row, FindingState.NOT_DETERMINED, _too_few(tally, params))]
    percent = tally.failed * 100 // tally.counted
    if percent == 0:
        return []
    message = f"监测 {tally.counted} 次，{tally.failed} 次打不开，占 {tally.failed_share:.1%}"
    points = percent * (row.points or Decimal(0))
    evidence = _evidence(case, params.limit_s)
    return [case.finding(row, FindingState.ESTABLISHED, message, points=points, evidence=evidence)]


PROBED = frozenset({site_unreachable.name, home_availability.name})
"""Checks that only a series of probes can answer."""


def _too_few(tally: ProbeTally, params: SeriesParams) -> str:
    aside = f"（另有 {tally.set_aside} 次因被拦截或监测方网络故障不计）" if tally.set_aside else ""
    aside += f"（另有 {tally.disputed} 次各监测点结果不一）" if tally.disputed else ""
    return f"有效监测 {tally.counted} 次{aside}，不足 {params.min_probes} 次，不作判定；其中打不开 {tally.failed} 次"


def _evidence(case: Case, limit_s: float) -> list[Evidence]:
    probes = case.observations.probes
    failures = [probe for probe in probes if has_failed(probe, limit_s)]
    causes = Counter(_cause(probe) for probe in failures)
    summary = "；".join(f"{cause} {times} 次" for cause, times in sorted(causes.items())) or "没有失败"
    url = case.observations.site.url
    shown = [
        Evidence(url=url, excerpt=f"{_cause(probe)}，用时 {probe.elapsed_s:.1f} 秒", observed_at=probe.at)
        for probe in failures[:_SHOWN_FAILURES]
    ]
    return [Evidence(url=url, excerpt=f"共监测 {len(probes)} 次：{summary}"), *shown]


def _cause(probe: ProbeSeen) -> str:
    if probe.outcome.policy.fault is Fault.NONE:
        return "打开过慢"
    status = f"（HTTP {probe.status}）" if probe.status is not None else ""
    place = f"［{probe.vantage}］" if probe.vantage != DEFAULT_VANTAGE else ""
    return f"{place}{probe.outcome.policy.chinese}{status}"
