"""The consistency guard: what a bulletin is to print must add up, or a person answers for it.

Each identity is declared once, below. What does not hold is a :class:`Conflict` that names both numbers and the parts.
:func:`require_consistent` stops a publication unless each conflict is overridden by a record that names a person and a
reason; the override holds for exactly these numbers and is printed as a note. docs/statistics.md lists the identities.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from decimal import Decimal

import msgspec

from inspection.bulletin.figures import BulletinFigures, DeclaredTotal, GroupRow, SampleFigures, SeriesPoint
from inspection.bulletin.words import day
from inspection.errors import InputRejected, RuleBroken
from inspection.observation.site import CHINA
from inspection.records import Record
from inspection.statistics.period import chinese_period

Parts = tuple[tuple[str, int], ...]

_WHOLE_PERCENT = 2
"""A share is never printed coarser than in whole percent: 0.9 says 90 %, not "some nine tenths"."""


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """A number as ``stated`` beside the one ``computed`` from its ``parts``; both as they are printed.

    ``sentence`` says the same in Chinese.
    """

    name: str
    stated: str
    computed: str
    parts: Parts
    sentence: str

    @property
    def digest(self) -> str:
        """Identity with all its numbers: 16 hex digits of SHA-256. Another number makes another conflict."""
        told = "\n".join((self.name, self.stated, self.computed, *(f"{name}={n}" for name, n in self.parts)))
        return hashlib.sha256(told.encode()).hexdigest()[:16]


class Override(Record, frozen=True, kw_only=True):
    """A person's decision to publish in spite of a conflict. ``subject`` is the bulletin (or period) it is about."""

    subject: str
    conflict: Conflict
    by: str
    at: datetime
    reason: str

    @property
    def note(self) -> str:
        """The Chinese note that the bulletin prints."""
        on = day(self.at.astimezone(CHINA).date())
        return f"注：{self.conflict.sentence}。经{self.by}于{on}核定按原数刊发，理由：{self.reason}。"


def override(conflict: Conflict, *, subject: str, by: str, at: datetime, reason: str) -> Override:
    """The record of a decision; :class:`InputRejected` without a person or a reason."""
    if not by.strip():
        raise InputRejected("核定不一致须写明核定人（by）")
    if not reason.strip():
        raise InputRejected("核定不一致须写明理由（reason），理由将作为附注刊出")
    return Override(
        id=f"{subject}:{conflict.digest}",
        subject=subject,
        conflict=conflict,
        by=by.strip(),
        at=at,
        reason=reason.strip().rstrip("。"),
    )


def require_consistent(figures: BulletinFigures, overrides: Collection[Override] = ()) -> tuple[str, ...]:
    """The notes to print: one for each conflict that was overridden. :class:`RuleBroken` names all the others.

    An override counts only where its conflict is found again with the same numbers.
    """
    found = conflicts(figures)
    by_digest = {each.conflict.digest: each for each in overrides}
    open_ = [conflict for conflict in found if conflict.digest not in by_digest]
    if open_:
        told = "；".join(f"（{number}）{conflict.sentence}" for number, conflict in enumerate(open_, 1))
        raise RuleBroken(
            f"数据前后不一致，不能发布，共 {len(open_)} 处：{told}。请更正数据，或由负责人逐处核定并写明理由"
        )
    return tuple(by_digest[conflict.digest].note for conflict in found)


def conflicts(figures: BulletinFigures) -> list[Conflict]:
    """Everything that does not add up, in the order of the bulletin."""
    return [
        *_sums(figures),
        *_quotients(figures),
        *_bounds(figures),
        *_series(figures),
        *_own_departments(figures),
    ]


def _sums(figures: BulletinFigures) -> Iterator[Conflict]:
    """Totals against their parts."""
    for name, sample in _samples(figures):
        yield from _sum(f"{name}网站数", sample.sampled, _verdicts(sample))
    for total in figures.declared:
        yield from _declared(total)
    yield from _annexes(figures)
    for row in _rows(figures):
        yield from _sum(f"{row.name}抽查网站数", row.sampled, _verdicts(row))
    found = figures.rectification
    if found is not None:
        parts = (("已整改", found.rectified), ("整改中", found.open), ("升级处理", found.escalated))
        yield from _sum("上期不合格网站数", found.failing, (*parts, ("关停", found.closed)))


def _samples(figures: BulletinFigures) -> list[tuple[str, SampleFigures]]:
    named = (("本级抽查", figures.own), ("自行抽查", figures.reported))
    return [(name, sample) for name, sample in named if sample is not None]


def _verdicts(counts: SampleFigures | GroupRow) -> Parts:
    return (
        ("合格", counts.passed),
        ("不合格", counts.failed),
        ("未判定", counts.not_determined),
        ("关停", counts.closed),
    )


def _declared(total: DeclaredTotal) -> Iterator[Conflict]:
    origin = f"（{total.source}）" if total.source else ""
    yield from _sum(f"{total.name}{origin}", total.stated, total.parts)


def _sum(name: str, stated: int, parts: Parts) -> Iterator[Conflict]:
    computed = sum(number for _, number in parts)
    if computed != stated:
        listed = "、".join(f"{part} {number}" for part, number in parts)
        yield Conflict(
            name=name,
            stated=str(stated),
            computed=str(computed),
            parts=parts,
            sentence=f"{name}：总数为 {stated}，各部分（{listed}）之和为 {computed}，相差 {abs(computed - stated)}",
        )


def _annexes(figures: BulletinFigures) -> Iterator[Conflict]:
    """The annexes together are the sample: the reported one or the office's own, whichever they agree with.

    The reports one by one are what was reported together.
    """
    rows, samples = (*figures.regions, *figures.departments), _samples(figures)
    listed = sum(row.sampled for row in rows)
    if rows and samples:
        name, sample = next((pair for pair in samples if pair[1].sampled == listed), samples[-1])
        yield from _annex(name, sample, rows)
    reports = (*figures.reported_regions, *figures.reported_departments)
    if reports and figures.reported is not None:
        yield from _annex("自行抽查", figures.reported, reports)


def _annex(name: str, sample: SampleFigures, rows: Iterable[GroupRow]) -> Iterator[Conflict]:
    rows = tuple(rows)
    for what, field in (("", "sampled"), ("合格", "passed"), ("不合格", "failed")):
        parts = tuple((row.name, int(getattr(row, field))) for row in rows)
        yield from _sum(f"{name}{what}网站数（附件）", getattr(sample, field), parts)


def _rows(figures: BulletinFigures) -> tuple[GroupRow, ...]:
    """Of all annexes."""
    own = (*figures.regions, *figures.departments)
    return (*own, *figures.reported_regions, *figures.reported_departments)


def _quotients(figures: BulletinFigures) -> Iterator[Conflict]:
    """Percentages against their counts, to the precision in which they are given."""
    running = sum(each.sites for each in figures.running)
    for name, sample in _samples(figures):
        yield from _rate(f"{name}合格率", sample)
        if sample.share_of_running is not None and running:
            parts = (("抽查", sample.sampled), ("运行", running))
            yield from _share(f"{name}占运行网站比例", sample.share_of_running, parts)
    for row in _rows(figures):
        yield from _rate(f"{row.name}合格率", row)
    failing = {sample.failed for _, sample in _samples(figures)}
    failing.add(sum(sample.failed for _, sample in _samples(figures)))
    for problem in figures.problems:
        if any(base and _agrees(problem.share, problem.sites / base) for base in failing) or not any(failing):
            continue
        parts = (("有此问题", problem.sites), ("不合格", max(failing)))
        yield from _share(f"问题“{problem.name}”占比", problem.share, parts)


def _rate(name: str, counts: SampleFigures | GroupRow) -> Iterator[Conflict]:
    """A plain quotient of the counts, or an estimate that lies within its own interval."""
    rate, decided = counts.rate, counts.passed + counts.failed
    if rate is None:
        return
    if counts.low is None or counts.high is None:
        if decided:
            yield from _share(name, rate, (("合格", counts.passed), ("得出结论", decided)))
    elif not counts.low - 1e-9 <= rate <= counts.high + 1e-9:
        stated, interval = _percent(rate), f"{counts.low:.1%}~{counts.high:.1%}"
        sentence = f"{name}：{stated} 不在其置信区间 {interval} 之内"
        yield Conflict(name=name, stated=stated, computed=interval, parts=(), sentence=sentence)


def _share(name: str, stated: float, parts: Parts) -> Iterator[Conflict]:
    (first, part), (second, whole) = parts
    if _agrees(stated, part / whole):
        return
    shown, computed = _percent(stated), f"{part / whole:.2%}"
    yield Conflict(
        name=name,
        stated=shown,
        computed=computed,
        parts=parts,
        sentence=f"{name}：所称为 {shown}，按网站数（{first} {part}、{second} {whole}）计算为 {computed}",
    )


def _agrees(stated: float, computed: float) -> bool:
    """Whether a share is the computed one, rounded to as many digits as it is given in."""
    return abs(stated - computed) <= 0.5 * 10.0 ** -_decimals(stated) + 1e-9


def _decimals(share: float) -> int:
    exponent = Decimal(repr(share)).normalize().as_tuple().exponent
    return max(-int(exponent), _WHOLE_PERCENT)


def _percent(share: float) -> str:
    return f"{share:.{min(max(_decimals(share) - 2, 0), 2)}%}"


def _bounds(figures: BulletinFigures) -> Iterator[Conflict]:
    """Parts that cannot be more than their whole."""
    messages = figures.messages
    if messages is not None:
        yield from _at_most("已办结留言", messages.handled, "有效留言", messages.valid)
        unhandled = messages.valid - messages.handled
        yield from _at_most("逾期未办结留言", messages.overdue, "未办结留言", max(unhandled, 0))
    for check in figures.special_checks:
        yield from _at_most(f"{check.topic}专项检查有问题的网站", check.faulty, "检查的网站", check.checked)
    if figures.recheck is not None:
        left = len(figures.rechecked_failing)
        yield from _at_most("复查仍有问题的网站", left, "复查的网站", figures.recheck.sites)
    for row in _rows(figures):
        if row.running is not None:
            yield from _at_most(f"{row.name}抽查网站", row.sampled, "其运行网站", row.running)
    failed = sum(sample.failed for _, sample in _samples(figures))
    if failed:
        for problem in figures.problems:
            yield from _at_most(f"有“{problem.name}”问题的网站", problem.sites, "不合格网站", failed)


def _at_most(name: str, part: int, whole_name: str, whole: int) -> Iterator[Conflict]:
    if part > whole:
        yield Conflict(
            name=name,
            stated=str(part),
            computed=str(whole),
            parts=((name, part), (whole_name, whole)),
            sentence=f"{name} {part} 个，多于{whole_name} {whole} 个",
        )


def _series(figures: BulletinFigures) -> Iterator[Conflict]:
    """The series' point of the period itself says what the text says."""
    for point in figures.series:
        if chinese_period(point.period) == figures.period:
            yield from _point(figures, point)


def _point(figures: BulletinFigures, point: SeriesPoint) -> Iterator[Conflict]:
    if point.running is not None and figures.running:
        parts = tuple((each.category.chinese, each.sites) for each in figures.running)
        yield from _sum(f"{point.period} 序列中的运行网站数", point.running, parts)
    if point.sampled is not None and figures.own is not None:
        parts = (("本级抽查", figures.own.sampled),)
        yield from _sum(f"{point.period} 序列中的抽查网站数", point.sampled, parts)
    for name, stated, sample in (("", point.rate, figures.own), ("自行抽查", point.reported_rate, figures.reported)):
        if stated is None or sample is None or sample.rate is None or _agrees(stated, sample.rate):
            continue
        shown, computed, title = _percent(stated), _percent(sample.rate), f"{point.period} 序列中的{name}合格率"
        sentence = f"{title}为 {shown}，正文为 {computed}"
        yield Conflict(name=title, stated=shown, computed=computed, parts=(), sentence=sentence)


def _own_departments(figures: BulletinFigures) -> Iterator[Conflict]:
    """Departments of a region itself, one by one, are what the annexes say of them together."""
    rows = figures.own_departments
    if not rows:
        return
    for what, field in (("", "sampled"), ("合格", "passed"), ("不合格", "failed")):
        together = sum(int(getattr(row, field)) for row in figures.departments)
        parts = tuple((row.name, int(getattr(row, field))) for row in rows)
        yield from _sum(f"本级部门{what}网站数（附件）", together, parts)
