"""Verification sampling (抽样复核): a random part of the reported results is inspected again and compared.

Anybody can draw again: ``results_digest`` is the SHA-256 over ``<batch>:<code> <verdict>`` lines of the decided results
by ascending id; key and ranks are those of :mod:`inspection.sampling.draw`, over ids of results; the smallest win.
Results that the office itself could not determine have nothing to be compared with: they are not drawn, but counted.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from inspection.errors import InputRejected, RuleBroken
from inspection.records import Record
from inspection.reporting.report import ReportedResult
from inspection.reporting.rules import VerificationRule
from inspection.sampling.allocation import total_size
from inspection.sampling.draw import draw_key, rank
from inspection.sampling.plan import Size
from inspection.scoring import Verdict
from inspection.statistics.hypergeometric import bounds
from inspection.statistics.kappa import Kappa, cohens_kappa


class VerificationDraw(Record, frozen=True, kw_only=True):
    """What was drawn; ``id`` is that of the round that inspects it again, ``office`` the one that verifies.

    ``batches`` are the filings drawn from, ``population`` their decided results, ``apart`` those not determined.
    ``drawn`` are ids of results, ascending.
    """

    office: str
    period: str
    seed: str
    batches: tuple[str, ...]
    results_digest: str
    population: int
    apart: int
    drawn: tuple[str, ...]
    drawn_at: datetime


class DrawnResults(msgspec.Struct, frozen=True, kw_only=True):
    """Outcome of :func:`draw_results`."""

    results_digest: str
    population: int
    apart: int
    drawn: tuple[ReportedResult, ...]


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """A site of which the two verdicts differ."""

    code: str
    batch: str
    reported: Verdict
    found: Verdict
    problems: tuple[str, ...]
    """What the office reported."""


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """Reported against verified verdicts: ``drawn = compared + not_determined + pending``.

    ``matrix`` counts (reported, found). ``rate`` is the share of the compared that agree, ``low`` and ``high`` bound
    that of all ``population`` decided results (exact; the draw is without replacement). ``apart`` results the office
    could not determine itself, ``not_determined`` the verification could not, ``pending`` has no verdict yet.
    """

    population: int
    apart: int
    drawn: int
    compared: int
    agreed: int
    not_determined: int
    pending: int
    matrix: dict[tuple[Verdict, Verdict], int]
    rate: float | None
    low: float | None
    high: float | None
    kappa: Kappa | None
    disagreements: tuple[Disagreement, ...]


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What may be said of reported results; ``holds`` only where the bound of the rule does."""

    holds: bool
    text: str


def draw_results(results: Iterable[ReportedResult], seed: str, size: Size) -> DrawnResults:
    """Draw results at random by a published seed; ``drawn`` by ascending id.

    Raises :class:`RuleBroken` for an empty seed or where no result is decided, :class:`InputRejected` for a size that
    the results cannot give.
    """
    if not seed.strip():
        raise RuleBroken("没有种子：请先公布种子，再抽取要复核的结果")
    listed = sorted(results, key=lambda result: result.id)
    decided = [result for result in listed if result.verdict is not Verdict.NOT_DETERMINED]
    if not decided:
        raise RuleBroken("上报结果中没有已得出结论的网站明细，无从抽样复核；只报总数的报表不能复核")
    _check_size(size)
    number = total_size(size, len(decided))
    digest = results_digest(decided)
    key = draw_key(digest, seed)
    won = sorted(decided, key=lambda result: (rank(key, result.id), result.id))[:number]
    return DrawnResults(
        results_digest=digest,
        population=len(decided),
        apart=len(listed) - len(decided),
        drawn=tuple(sorted(won, key=lambda result: result.id)),
    )


def _check_size(size: Size) -> None:
    if (size.count is None) is (size.share is None):
        raise InputRejected("复核数量须且只须给出个数或比例之一")
    if size.count is not None and size.count < 1:
        raise InputRejected(f"复核个数应为正整数，得到 {size.count}")
    if size.share is not None and not 0 < size.share <= Decimal(1):
        raise InputRejected(f"复核比例应大于 0 且不超过 1，得到 {size.share}")


def results_digest(results: Iterable[ReportedResult]) -> str:
    """SHA-256 (hex) over ``<id> <verdict>`` lines by ascending id."""
    digest = hashlib.sha256()
    for result in sorted(results, key=lambda result: result.id):
        digest.update(f"{result.id} {result.verdict.value}\n".encode())
    return digest.hexdigest()


def plan_of(title: str, codes: Iterable[str]) -> str:
    """TOML text of a sampling plan that takes just these sites, whatever their status."""
    name = msgspec.json.encode(title).decode()  # a JSON string is a TOML string too
    listed = "\n".join(f'  "{code}",' for code in sorted(set(codes)))
    return (
        f"name = {name}\n\n"
        '[population]\nstatus = ["normal", "exempt", "suspended", "closed"]\n\n'
        '[allocation]\nmethod = "fixed"\ndefault_count = 0\n\n'
        f"[must_include]\ncodes = [\n{listed}\n]\n"
    )


def compare(
    drawn: VerificationDraw, results: Sequence[ReportedResult], found: Mapping[str, Verdict | None], *, alpha: float
) -> Agreement:
    """Compare the drawn ``results`` with the verdicts ``found`` by site code; a missing one is pending."""
    verdicts = [(result, found.get(result.code)) for result in results]
    pairs = [
        (result, verdict)
        for result, verdict in verdicts
        if verdict is not None and verdict is not Verdict.NOT_DETERMINED
    ]
    agreed = sum(result.verdict is verdict for result, verdict in pairs)
    low, high = bounds(agreed, len(pairs), drawn.population, alpha=alpha) if pairs else (None, None)
    counts: Counter[tuple[Verdict, Verdict]] = Counter((result.verdict, verdict) for result, verdict in pairs)
    matrix = dict(counts)
    return Agreement(
        population=drawn.population,
        apart=drawn.apart,
        drawn=len(results),
        compared=len(pairs),
        agreed=agreed,
        not_determined=sum(verdict is Verdict.NOT_DETERMINED for _, verdict in verdicts),
        pending=sum(verdict is None for _, verdict in verdicts),
        matrix=matrix,
        rate=agreed / len(pairs) if pairs else None,
        low=low,
        high=high,
        kappa=cohens_kappa(matrix, alpha=alpha),
        disagreements=tuple(
            _disagreement(result, verdict) for result, verdict in pairs if result.verdict is not verdict
        ),
    )


def _disagreement(result: ReportedResult, found: Verdict) -> Disagreement:
    return Disagreement(
        code=result.code, batch=result.batch, reported=result.verdict, found=found, problems=result.problems
    )


def statement_of(agreement: Agreement, rule: VerificationRule) -> Statement:
    """The sentence of the bulletin where the bound holds, else one that says what is short."""
    if agreement.rate is None or agreement.low is None or agreement.high is None:
        return Statement(holds=False, text="还没有可比较的复核结论，不能说明上报结果是否真实准确")
    counts = f"复核 {agreement.compared} 个上报结果，{agreement.agreed} 个结论一致"
    interval = f"一致率 {agreement.rate:.1%}（{rule.confidence:.0%} 区间 {agreement.low:.1%}~{agreement.high:.1%}）"
    if agreement.pending:
        return Statement(holds=False, text=f"{counts}，{interval}；还有 {agreement.pending} 个没有复核结论，暂不作结论")
    if agreement.low >= rule.agreement_low:
        return Statement(holds=True, text=f"{counts}，{interval}，{rule.statement}")
    return Statement(
        holds=False,
        text=(
            f"{counts}，{interval}；区间下限低于要求的 {rule.agreement_low:.0%}，"
            f"差 {(rule.agreement_low - agreement.low) * 100:.1f} 个百分点，不能认定{rule.statement}"
        ),
    )
