"""The pass rule: vetoes first, then deductions under caps."""

from collections.abc import Sequence
from decimal import Decimal

from inspection.findings import Finding, FindingState
from inspection.registry import SiteCategory
from inspection.scoring.scorecard import Scorecard, ScoreLine, Verdict
from inspection.standard import Edition, Indicator, IndicatorKind


def score(findings: Sequence[Finding], edition: Edition, category: SiteCategory) -> Scorecard:
    """Scorecard of one site.

    An established veto fails the site and nothing else is scored. Otherwise more than
    ``pass_rule.fails_above`` points lost fails it, even if a veto is undecided. Otherwise an undecided
    veto leaves the verdict not determined.
    """
    rows = edition.indicators_for(category)
    by_row = {row.id: [finding for finding in findings if finding.indicator == row.id] for row in rows}
    by_id = {row.id: row for row in rows}
    vetoes = _vetoes(rows, by_row, established=True)
    undetermined = tuple(id_ for id_ in _vetoes(rows, by_row, established=False) if id_ not in vetoes)
    lines = () if vetoes else _lines(rows, by_row)
    deducted = sum((line.deducted for line in lines), Decimal(0))
    reasons = [_veto_reason(by_id[id_], by_row[id_], established=True) for id_ in vetoes]
    if deducted > edition.pass_rule.fails_above:
        reasons.append(f"累计扣 {deducted.normalize():f} 分，超过 {edition.pass_rule.fails_above.normalize():f} 分")
    reasons += [_veto_reason(by_id[id_], by_row[id_], established=False) for id_ in undetermined]
    return Scorecard(
        edition=edition.id,
        verdict=_verdict(edition, vetoes, undetermined, deducted),
        score=None if vetoes else edition.pass_rule.full_score - deducted,
        deducted=deducted,
        vetoes=vetoes,
        undetermined=undetermined,
        lines=lines,
        reasons=tuple(reasons),
    )


def closed_scorecard(edition: Edition) -> Scorecard:
    """Scorecard of a site that the registry reports as closed."""
    return Scorecard(
        edition=edition.id, verdict=Verdict.CLOSED, score=None, deducted=Decimal(0), reasons=("网站已关停，不参与评分",)
    )


def _vetoes(rows: Sequence[Indicator], by_row: dict[str, list[Finding]], *, established: bool) -> tuple[str, ...]:
    return tuple(
        row.id
        for row in rows
        if row.kind is IndicatorKind.VETO
        and any((finding.state is FindingState.ESTABLISHED) is established for finding in by_row[row.id])
    )


def _lines(rows: Sequence[Indicator], by_row: dict[str, list[Finding]]) -> tuple[ScoreLine, ...]:
    lines = []
    for row in rows:
        costly = [finding for finding in by_row[row.id] if finding.points]
        if row.kind is IndicatorKind.DEDUCTION and costly:
            raw = sum((finding.points for finding in costly), Decimal(0))
            deducted = raw if row.cap is None else min(raw, row.cap)
            ids = tuple(sorted(finding.id for finding in costly))
            lines.append(ScoreLine(indicator=row.id, deducted=deducted, raw=raw, findings=ids))
    return tuple(lines)


def _verdict(edition: Edition, vetoes: Sequence[str], undetermined: Sequence[str], deducted: Decimal) -> Verdict:
    if vetoes or deducted > edition.pass_rule.fails_above:
        return Verdict.FAILED
    return Verdict.NOT_DETERMINED if undetermined else Verdict.PASSED


def _veto_reason(row: Indicator, findings: Sequence[Finding], *, established: bool) -> str:
    message = next(f.message for f in findings if (f.state is FindingState.ESTABLISHED) is established)
    return f"{'单项否决' if established else '未判定'} {row.id} {row.name}：{message}"
