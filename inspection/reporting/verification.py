"""Verification sampling (抽样复核): a random part of the reported results is inspected again and compared.

The draw is stratified by reporting office: so many of each, by its number of decided results and never fewer than the
rule's minimum. Anybody can draw again: ``results_digest`` is the SHA-256 over ``<batch>:<code> <verdict>`` lines of the
decided results by ascending id; key and ranks are those of :mod:`inspection.sampling.draw`, over ids of results; of
each office the smallest win. Results that the office itself could not determine have nothing to be compared with: they
are not drawn, but counted.

Every compared result stands for as many of its office's decided results as the office has for each compared one, so
that what the verification could not determine counts as missing by chance within the office. Rates and kappa are those
of all decided results, with intervals by the design.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

import msgspec

from inspection.errors import InputRejected, RuleBroken
from inspection.records import Record
from inspection.reporting.report import ReportedResult
from inspection.reporting.rules import VerificationRule
from inspection.sampling import StratumSize
from inspection.sampling.allocation import allocate, total_size
from inspection.sampling.draw import draw_key, rank
from inspection.sampling.plan import Allocation, Size
from inspection.scoring import Verdict
from inspection.statistics.estimate import SMALL_CELL, GroupSize, estimate
from inspection.statistics.kappa import Judged, Kappa, cohens_kappa
from inspection.statistics.tally import Tally, VerdictCounts


class DrawnOffice(msgspec.Struct, frozen=True, kw_only=True):
    """Stratum of a draw: of the ``population`` decided results in an office's ``batch``, ``drawn`` were drawn.

    ``apart`` are those that the office could not determine itself.
    """

    office: str
    name: str
    batch: str
    population: int
    apart: int
    drawn: int


class VerificationDraw(Record, frozen=True, kw_only=True):
    """What was drawn; ``id`` is that of the round that inspects it again, ``office`` the one that verifies.

    ``batches`` are the filings drawn from, ``population`` their decided results, ``apart`` those not determined.
    ``drawn`` are ids of results, ascending. ``strata`` are the reporting offices, by id; draws of earlier versions were
    made from all results together and have none.
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
    strata: tuple[DrawnOffice, ...] = ()


class OfficeResults(msgspec.Struct, frozen=True, kw_only=True):
    """All results of the filing of an office that counts."""

    office: str
    name: str
    batch: str
    results: tuple[ReportedResult, ...]


class DrawnResults(msgspec.Struct, frozen=True, kw_only=True):
    """Outcome of :func:`draw_results`."""

    results_digest: str
    drawn: tuple[ReportedResult, ...]
    strata: tuple[DrawnOffice, ...]

    @property
    def population(self) -> int:
        """Decided results of all offices."""
        return sum(stratum.population for stratum in self.strata)

    @property
    def apart(self) -> int:
        """Results that the offices could not determine."""
        return sum(stratum.apart for stratum in self.strata)


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """A site of which the two verdicts differ."""

    code: str
    batch: str
    reported: Verdict
    found: Verdict
    problems: tuple[str, ...]
    """What the office reported."""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """Reported against verified verdicts: ``drawn = compared + not_determined + pending``.

    ``rate`` is the share of all ``population`` decided results whose verdict holds, as the compared ones tell, between
    ``low`` and ``high``. ``apart`` results the office could not determine itself, ``not_determined`` the verification
    could not, ``pending`` has no verdict yet.
    """

    population: int
    apart: int
    drawn: int
    compared: int
    agreed: int
    not_determined: int
    pending: int
    rate: float | None
    low: float | None
    high: float | None
    kappa: Kappa | None

    @property
    def is_small(self) -> bool:
        """Whether too few were compared to say anything of this part by itself."""
        return self.compared < SMALL_CELL and self.compared < self.population


class OfficeAgreement(Compared, frozen=True, kw_only=True):
    """Of the results of one office."""

    office: str
    name: str


class Agreement(Compared, frozen=True, kw_only=True):
    """Of all results. ``matrix`` counts (reported, found), unweighted; ``offices`` has a line for each stratum.

    Rate, bounds and kappa leave out offices of which nothing is compared.
    """

    matrix: dict[tuple[Verdict, Verdict], int]
    disagreements: tuple[Disagreement, ...]
    offices: tuple[OfficeAgreement, ...] = ()

    @property
    def unseen(self) -> tuple[OfficeAgreement, ...]:
        """Offices of whose decided results none could be compared."""
        return tuple(line for line in self.offices if line.population and not line.compared)


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What may be said of reported results; ``holds`` only where the bound of the rule does."""

    holds: bool
    text: str


def draw_results(offices: Iterable[OfficeResults], seed: str, size: Size, *, min_per_office: int) -> DrawnResults:
    """Draw results at random by a published seed, of each office its part; ``drawn`` by ascending id.

    A share that gives less than the minimum of all offices together gives that. Raises :class:`RuleBroken` for an empty
    seed or where no result is decided, :class:`InputRejected` for a size that the results cannot give.
    """
    if not seed.strip():
        raise RuleBroken("没有种子：请先公布种子，再抽取要复核的结果")
    listed = sorted(offices, key=lambda each: each.office)
    decided = {each.office: [row for row in each.results if row.verdict is not _OPEN] for each in listed}
    populations = {office: len(rows) for office, rows in decided.items() if rows}
    if not populations:
        raise RuleBroken("上报结果中没有已得出结论的网站明细，无从抽样复核；只报总数的报表不能复核")
    numbers = allocate(
        Allocation(min_per_stratum=min_per_office), populations, _number(size, populations, min_per_office)
    )
    digest = results_digest(row for rows in decided.values() for row in rows)
    key = draw_key(digest, seed)
    drawn = [row for office, number in numbers.items() for row in _winners(decided[office], key, number)]
    return DrawnResults(
        results_digest=digest,
        drawn=tuple(sorted(drawn, key=lambda result: result.id)),
        strata=tuple(
            DrawnOffice(
                office=each.office,
                name=each.name,
                batch=each.batch,
                population=len(decided[each.office]),
                apart=len(each.results) - len(decided[each.office]),
                drawn=numbers.get(each.office, 0),
            )
            for each in listed
        ),
    )


_OPEN = Verdict.NOT_DETERMINED


def _winners(results: Iterable[ReportedResult], key: str, number: int) -> list[ReportedResult]:
    return sorted(results, key=lambda result: (rank(key, result.id), result.id))[:number]


def _number(size: Size, populations: Mapping[str, int], minimum: int) -> int:
    """How many to draw of all offices together."""
    _check_size(size)
    number = total_size(size, sum(populations.values()))
    needed = sum(min(minimum, population) for population in populations.values())
    if size.count is not None and size.count < needed:
        raise InputRejected(
            f"复核个数为 {size.count}，至少应为 {needed}：{len(populations)} 个报送单位每个至少复核 {minimum} 个"
            f"{_taken_whole(populations, minimum)}；请增大个数，或在自己的界限文件（--rules）中减小 draw.min_per_office"
        )
    return max(number, needed)


def _taken_whole(populations: Mapping[str, int], minimum: int) -> str:
    """Why fewer are needed than the minimum of each office: those with fewer results are verified whole."""
    small = [population for population in populations.values() if population < minimum]
    return f"，其中 {len(small)} 个单位的结果不足 {minimum} 个（共 {sum(small)} 个），全部复核" if small else ""


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
    """Compare the drawn ``results`` with the verdicts ``found`` by site code; a missing one is pending.

    Intervals are of ``1 - alpha``. A draw without strata is one stratum.
    """
    rows: dict[str, list[_Pair]] = {stratum.batch: [] for stratum in drawn.strata}
    for result in results:
        rows.setdefault(result.batch if drawn.strata else "", []).append((result, found.get(result.code)))
    strata = [_Stratum(office=each, pairs=rows[each.batch]) for each in drawn.strata] or [
        _Stratum(office=_pooled(drawn), pairs=rows.get("", []))
    ]
    offices = [
        OfficeAgreement(
            office=each.office.office, name=each.office.name, **_measured([each], alpha=alpha), **_counted([each])
        )
        for each in strata
        if drawn.strata
    ]
    compared = [pair for stratum in strata for pair in stratum.compared]
    return Agreement(
        **_counted(strata),
        **_measured(strata, alpha=alpha),
        matrix=dict(sum((stratum.matrix for stratum in strata), Counter())),
        disagreements=tuple(
            sorted(
                (_disagreement(result, verdict) for result, verdict in compared if result.verdict is not verdict),
                key=lambda each: (each.batch, each.code),
            )
        ),
        offices=tuple(offices),
    )


_Pair = tuple[ReportedResult, Verdict | None]


class _Stratum(msgspec.Struct, frozen=True, kw_only=True):
    """The drawn results of an office, each with the verdict that the verification has found by now."""

    office: DrawnOffice
    pairs: list[_Pair]

    @property
    def compared(self) -> list[tuple[ReportedResult, Verdict]]:
        """Those that both sides determined."""
        return [(result, found) for result, found in self.pairs if found is not None and found is not _OPEN]

    @property
    def matrix(self) -> Counter[tuple[Verdict, Verdict]]:
        """The compared ones by (reported, found)."""
        return Counter((result.verdict, found) for result, found in self.compared)

    @property
    def agreed(self) -> int:
        """Compared ones whose verdicts are the same."""
        return sum(number for (reported, found), number in self.matrix.items() if reported is found)


def _pooled(drawn: VerificationDraw) -> DrawnOffice:
    return DrawnOffice(
        office="", name="", batch="", population=drawn.population, apart=drawn.apart, drawn=len(drawn.drawn)
    )


def _counted(strata: Sequence[_Stratum]) -> dict[str, int]:
    """The counts of :class:`Compared`."""
    found = [verdict for stratum in strata for _, verdict in stratum.pairs]
    return {
        "population": sum(stratum.office.population for stratum in strata),
        "apart": sum(stratum.office.apart for stratum in strata),
        "drawn": len(found),
        "compared": sum(len(stratum.compared) for stratum in strata),
        "agreed": sum(stratum.agreed for stratum in strata),
        "not_determined": sum(verdict is _OPEN for verdict in found),
        "pending": sum(verdict is None for verdict in found),
    }


class _Measured(TypedDict):
    rate: float | None
    low: float | None
    high: float | None
    kappa: Kappa | None


def _measured(strata: Sequence[_Stratum], *, alpha: float) -> _Measured:
    """Rate, bounds and kappa of :class:`Compared`, over the strata of which something was compared.

    A stratum that was compared whole has no error of its own.
    """
    seen = {each.office.office: each for each in strata if each.compared}
    whole = {name for name, each in seen.items() if len(each.compared) == each.office.population}
    counts = {
        name: VerdictCounts(passed=each.agreed, failed=len(each.compared) - each.agreed) for name, each in seen.items()
    }
    population = sum(each.office.population for each in seen.values())
    certain = sum((counts[name] for name in whole), VerdictCounts())
    found = estimate(
        Tally(certain=certain, drawn={name: each for name, each in counts.items() if name not in whole}),
        GroupSize(population=population, drawable=population - certain.sampled),
        {
            name: StratumSize(stratum=name, population=each.office.population, certain=0, sampled=len(each.compared))
            for name, each in seen.items()
        },
        alpha=alpha,
    )
    kappa = cohens_kappa(
        (Judged(matrix=each.matrix, population=each.office.population) for each in seen.values()), alpha=alpha
    )
    return {"rate": found.rate, "low": found.low, "high": found.high, "kappa": kappa}


def _disagreement(result: ReportedResult, found: Verdict) -> Disagreement:
    return Disagreement(
        code=result.code, batch=result.batch, reported=result.verdict, found=found, problems=result.problems
    )


def statement_of(agreement: Agreement, rule: VerificationRule) -> Statement:
    """The sentence of the bulletin where the bound holds, else one that says what is short."""
    if agreement.rate is None or agreement.low is None or agreement.high is None:
        return Statement(holds=False, text="还没有可比较的复核结论，不能说明上报结果是否真实准确")
    counts = f"复核 {agreement.compared} 个上报结果，{agreement.agreed} 个结论一致"
    weighted = "按各单位结果数加权的" if len(agreement.offices) > 1 else ""
    interval = (
        f"{weighted}一致率 {agreement.rate:.1%}（{rule.confidence:.0%} 区间 {agreement.low:.1%}~{agreement.high:.1%}）"
    )
    if agreement.pending:
        return Statement(holds=False, text=f"{counts}，{interval}；还有 {agreement.pending} 个没有复核结论，暂不作结论")
    if agreement.unseen:
        names = "、".join(line.name for line in agreement.unseen)
        return Statement(
            holds=False,
            text=f"{counts}，{interval}；{names}的上报结果没有一个可以比较，不能认定{rule.statement}",
        )
    if agreement.low >= rule.agreement_low:
        return Statement(holds=True, text=f"{counts}，{interval}，{rule.statement}")
    return Statement(
        holds=False,
        text=(
            f"{counts}，{interval}；区间下限低于要求的 {rule.agreement_low:.0%}，"
            f"差 {(rule.agreement_low - agreement.low) * 100:.1f} 个百分点，不能认定{rule.statement}"
        ),
    )
