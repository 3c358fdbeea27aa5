"""The pass rule: vetoes first, then deductions under caps, then bonus points."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from inspection.findings import Finding, FindingState, ReviewStatus
from inspection.scoring.scorecard import Scorecard, ScoreLine, Verdict
from inspection.standard import Edition, Indicator, IndicatorKind, Ruling
from inspection.standard.edition import PassRule

_CENT = Decimal("0.01")
_NOTHING = Decimal(0)


def score(findings: Sequence[Finding], ruling: Ruling) -> Scorecard:
    """Scorecard of one site.

    An established veto fails the site and nothing else is scored. Otherwise a score below the pass rule's
    ``pass_score`` fails it, even if a veto is undecided. Otherwise an undecided veto leaves the verdict not
    determined. Deductions are bounded by the cap of their indicator and the points of its group; a subject that
    several indicators of a ``counted_once`` set name costs under the first of them only.
    """
    counted = [finding for finding in findings if finding.state is not FindingState.DISMISSED]
    by_row = {row.id: [finding for finding in counted if finding.indicator == row.id] for row in ruling.rows}
    by_id = {row.id: row for row in ruling.rows}
    vetoes = _vetoes(ruling, by_row, established=True)
    undetermined = tuple(id_ for id_ in _vetoes(ruling, by_row, established=False) if id_ not in vetoes)
    lines = () if vetoes else _lines(ruling, by_row, IndicatorKind.DEDUCTION)
    deducted = _within_groups(ruling, lines)
    reached = None if vetoes else _scaled(ruling, ruling.pass_rule.full_score - deducted)
    fails = reached is not None and reached < ruling.pass_rule.pass_score
    bonus_lines = () if reached is None else _bonus_lines(ruling, by_row, reached)
    bonus = _capped(sum((line.deducted for line in bonus_lines), _NOTHING), ruling.pass_rule.bonus_cap)
    reasons = [_veto_reason(by_id[id_], by_row[id_], established=True) for id_ in vetoes]
    if fails:
        assert reached is not None  # else it could not fail
        reasons.append(_points_reason(ruling.pass_rule, deducted, reached))
    reasons += [_veto_reason(by_id[id_], by_row[id_], established=False) for id_ in undetermined]
    return Scorecard(
        edition=ruling.edition,
        edition_digest=ruling.digest,
        profiles=ruling.profiles,
        verdict=_verdict(fails=fails or bool(vetoes), undetermined=bool(undetermined)),
        provisional=bool(vetoes) and not any(_is_reviewed(finding) for id_ in vetoes for finding in by_row[id_]),
        score=None if reached is None else reached + bonus,
        deducted=deducted,
        bonus=bonus,
        vetoes=vetoes,
        undetermined=undetermined,
        lines=(*lines, *bonus_lines),
        reasons=tuple(reasons),
    )


def _is_reviewed(finding: Finding) -> bool:
    return finding.review in (ReviewStatus.CONFIRMED, ReviewStatus.CORRECTED)


def closed_scorecard(edition: Edition) -> Scorecard:
    """Scorecard of a site that the registry reports as closed."""
    return Scorecard(
        edition=edition.id,
        edition_digest=edition.digest,
        verdict=Verdict.CLOSED,
        score=None,
        deducted=_NOTHING,
        reasons=("网站已关停，不参与评分",),
    )


def opted_out_scorecard(edition: Edition, reason: str) -> Scorecard:
    """Scorecard of a site that was left alone during the round."""
    return Scorecard(
        edition=edition.id,
        edition_digest=edition.digest,
        verdict=Verdict.NOT_DETERMINED,
        score=None,
        deducted=_NOTHING,
        reasons=(f"网站退出检查，不作判定：{reason}",),
    )


def _vetoes(ruling: Ruling, by_row: Mapping[str, Sequence[Finding]], *, established: bool) -> tuple[str, ...]:
    return tuple(
        row.id
        for row in ruling.rows
        if row.kind is IndicatorKind.VETO
        and any((finding.state is FindingState.ESTABLISHED) is established for finding in by_row[row.id])
    )


def _lines(ruling: Ruling, by_row: Mapping[str, Sequence[Finding]], kind: IndicatorKind) -> tuple[ScoreLine, ...]:
    lines = []
    for row in ruling.rows:
        taken = _taken(ruling, row.id, by_row)
        costly = [finding for finding in by_row[row.id] if finding.points and finding.subject not in taken]
        if row.kind is kind and costly:
            raw = sum((finding.points for finding in costly), _NOTHING)
            ids = tuple(sorted(finding.id for finding in costly))
            lines.append(ScoreLine(indicator=row.id, deducted=_capped(raw, row.cap), raw=raw, findings=ids))
    return tuple(lines)


def _taken(ruling: Ruling, indicator: str, by_row: Mapping[str, Sequence[Finding]]) -> set[str]:
    """Subjects for which an indicator that stands before this one in a ``counted_once`` set takes points."""
    earlier = {id_ for ids in ruling.counted_once if indicator in ids for id_ in ids[: ids.index(indicator)]}
    return {finding.subject for id_ in earlier for finding in by_row.get(id_, ()) if finding.points}


def _within_groups(ruling: Ruling, lines: Sequence[ScoreLine]) -> Decimal:
    """All deductions, each group's bounded by its points."""
    group_of = {row.id: row.group for row in ruling.rows}
    points = {group.id: group.points for group in ruling.groups}
    sums: dict[str, Decimal] = {}
    for line in lines:
        group = group_of[line.indicator]
        sums[group] = sums.get(group, _NOTHING) + line.deducted
    return sum((_capped(lost, points.get(group)) for group, lost in sums.items()), _NOTHING)


def _bonus_lines(ruling: Ruling, by_row: Mapping[str, Sequence[Finding]], reached: Decimal) -> tuple[ScoreLine, ...]:
    above = ruling.pass_rule.bonus_above
    return () if above is None or reached <= above else _lines(ruling, by_row, IndicatorKind.BONUS)


def _scaled(ruling: Ruling, points: Decimal) -> Decimal:
    """Points under the profile's scale, to the cent where it is no whole number."""
    if ruling.scale_numerator == ruling.scale_denominator:
        return points
    exact = Fraction(points) * ruling.scale_numerator / ruling.scale_denominator
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(_CENT, ROUND_HALF_UP)


def _capped(points: Decimal, cap: Decimal | None) -> Decimal:
    return points if cap is None else min(points, cap)


def _verdict(*, fails: bool, undetermined: bool) -> Verdict:
    if fails:
        return Verdict.FAILED
    return Verdict.NOT_DETERMINED if undetermined else Verdict.PASSED


def _points_reason(rule: PassRule, deducted: Decimal, reached: Decimal) -> str:
    return f"累计扣 {_plain(deducted)} 分，得 {_plain(reached)} 分，低于 {_plain(rule.pass_score)} 分"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _veto_reason(row: Indicator, findings: Sequence[Finding], *, established: bool) -> str:
    message = next(f.message for f in findings if (f.state is FindingState.ESTABLISHED) is established)
    return f"{'单项否决' if established else '未判定'} {row.id} {row.name}：{message}"
