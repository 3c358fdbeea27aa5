"""The consistency guard: what a bulletin is to print must add up, or a person answers for it.

Each identity is declared once, below. What does not hold is a :class:`Conflict` that names both numbers and the parts.
:func:`require_consistent` stops a publication unless each conflict is overridden by a record that names a person and a
reason; the override holds for exactly these numbers and is printed as a note. docs/statistics.md lists the identities.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from inspection.bulletin.figures import BulletinFigures, Change, DeclaredTotal, GroupRow, SampleFigures, SeriesPoint
from inspection.bulletin.words import day
from inspection.errors import InputRejected, RuleBroken
from inspection.observation.site import CHINA
from inspection.records import Record
from inspection.statistics.period import chinese_period, period_of, previous_period
from inspection.statistics.ranges import changes_of, counts_of, rows_of, samples_of, shares_of

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
        *_ranges(figures),
        *_sums(figures),
        *_named(figures),
        *_quotients(figures),
        *_bounds(figures),
        *_series(figures),
        *_own_departments(figures),
    ]


def _ranges(figures: BulletinFigures) -> Iterator[Conflict]:
    """Numbers that cannot be, whatever stands beside them."""
    for name, number in counts_of(figures):
        if number is not None and number < 0:
            yield Conflict(
                name=name, stated=f"{number:g}", computed="0", parts=(), sentence=f"{name}为 {number:g}，不能小于 0"
            )
    for name, share in shares_of(figures):
        if share is not None and not _is_share(share):
            yield _impossible(name, share, "")
    for name, share, change in changes_of(figures):
        if share is not None and change is not None:
            yield from _base(name, share, change)


def _is_share(share: float) -> bool:
    return -1e-9 <= share <= 1 + 1e-9


def _impossible(name: str, share: float, why: str) -> Conflict:
    shown = _percent(share)
    sentence = f"{name}为 {shown}{why}，不在 0%～100% 之内"
    return Conflict(name=name, stated=shown, computed="0%～100%", parts=(), sentence=sentence)


def _base(name: str, share: float, change: Change) -> Iterator[Conflict]:
    """What a share was before its change is a share, too."""
    before = share - change.points / 100
    spare = _spare(share) + _spare(change.points / 100)
    if _is_share(share) and not -spare <= before <= 1 + spare:
        yield _impossible(f"{name}的上期数", before, f"（本期 {_percent(share)}，变化 {change.points:+g} 个百分点）")


def _sums(figures: BulletinFigures) -> Iterator[Conflict]:
    """Totals against their parts."""
    for name, sample in samples_of(figures):
        yield from _sum(f"{name}网站数", sample.sampled, _verdicts(sample))
    for total in figures.declared:
        yield from _declared(total)
    yield from _annexes(figures)
    for row in rows_of(figures):
        yield from _sum(f"{row.name}抽查网站数", row.sampled, _verdicts(row))
    found = figures.rectification
    if found is not None:
        parts = (("已整改", found.rectified), ("整改中", found.open), ("升级处理", found.escalated))
        yield from _sum("上期不合格网站数", found.failing, (*parts, ("关停", found.closed)))


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
    """The annexes together are the sample, and whom the text praises or names stands there as it says."""
    for name, sample, rows in _listed(figures):
        yield from _annex(name, sample, rows)
        yield from _praised(name, sample, {row.name: row for row in rows})


def _listed(figures: BulletinFigures) -> Iterator[tuple[str, SampleFigures, tuple[GroupRow, ...]]]:
    """Samples with the rows that list them: the reported one or the office's own, whichever the rows agree with.

    The reports one by one are what was reported together.
    """
    rows, samples = (*figures.regions, *figures.departments), samples_of(figures)
    listed = sum(row.sampled for row in rows)
    if rows and samples:
        name, sample = next((pair for pair in samples if pair[1].sampled == listed), samples[-1])
        yield name, sample, rows
    reports = (*figures.reported_regions, *figures.reported_departments)
    if reports and figures.reported is not None:
        yield "自行抽查", figures.reported, reports


def _annex(name: str, sample: SampleFigures, rows: tuple[GroupRow, ...]) -> Iterator[Conflict]:
    for what, field in (("", "sampled"), ("合格", "passed"), ("不合格", "failed")):
        parts = tuple((row.name, int(getattr(row, field))) for row in rows)
        yield from _sum(f"{name}{what}网站数（附件）", getattr(sample, field), parts)


def _praised(name: str, sample: SampleFigures, rows: Mapping[str, GroupRow]) -> Iterator[Conflict]:
    """Groups at 100 % have passed sites and no failed one in the annex, groups with a low rate some failed one."""
    listed = [(group, "合格率达100%", True) for group in sample.full]
    listed += [(group, "合格率较低", False) for group in sample.below]
    for group, what, is_full in listed:
        row = rows.get(group)
        if row is not None and (row.passed > 0 == row.failed if is_full else row.failed > 0):
            continue
        found = "附件中没有这一单位" if row is None else f"附件中合格 {row.passed}、不合格 {row.failed}"
        title = f"{name}{what}的{group}"
        yield Conflict(name=title, stated=what, computed=found, parts=(), sentence=f"{title}：{found}")


def _named(figures: BulletinFigures) -> Iterator[Conflict]:
    """The list of failing sites is all of them; one that says of itself to be a part may be shorter, none is longer."""
    if not figures.named or figures.own is None:
        return
    named, failed = len({site.code for site in figures.named}), figures.own.failed
    if named > failed or (figures.named_in_full and named < failed):
        yield Conflict(
            name="不合格网站名单",
            stated=str(named),
            computed=str(failed),
            parts=(("名单所列", named), ("不合格", failed)),
            sentence=f"不合格网站名单：列出 {named} 个网站，不合格网站为 {failed} 个",
        )


def _quotients(figures: BulletinFigures) -> Iterator[Conflict]:
    """Percentages against their counts, to the precision in which they are given."""
    running = sum(each.sites for each in figures.running)
    for name, sample in samples_of(figures):
        yield from _rate(f"{name}合格率", sample)
        if sample.share_of_running is not None and running:
            parts = (("抽查", sample.sampled), ("运行", running))
            yield from _share(f"{name}占运行网站比例", sample.share_of_running, parts)
    for row in rows_of(figures):
        yield from _rate(f"{row.name}合格率", row)
    failing = {sample.failed for _, sample in samples_of(figures)}
    failing.add(sum(sample.failed for _, sample in samples_of(figures)))
    for problem in figures.problems:
        if any(base and _agrees(problem.share, problem.sites / base) for base in failing) or not any(failing):
            continue
        parts = (("有此问题", problem.sites), ("不合格", max(failing)))
        yield from _share(f"问题“{problem.name}”占比", problem.share, parts)


def _rate(name: str, counts: SampleFigures | GroupRow) -> Iterator[Conflict]:
    """The quotient of the counts, as far as the sampling weights leave it; an estimate lies in its own interval."""
    rate, passed, failed = counts.rate, counts.passed, counts.failed
    if rate is None:
        return
    if passed >= 0 and failed >= 0 and passed + failed:
        yield from _weighted(name, rate, counts)
    if counts.low is not None and counts.high is not None and not counts.low - 1e-9 <= rate <= counts.high + 1e-9:
        stated, interval = _percent(rate), f"{counts.low:.1%}~{counts.high:.1%}"
        sentence = f"{name}：{stated} 不在其置信区间 {interval} 之内"
        yield Conflict(name=name, stated=stated, computed=interval, parts=(), sentence=sentence)


def _weighted(name: str, rate: float, counts: SampleFigures | GroupRow) -> Iterator[Conflict]:
    """The rate is lowest where each failed site has the greatest weight and each passed one the least."""
    passed, failed = counts.passed, counts.failed
    least, most = counts.weights or (1.0, 1.0)
    if not 0 < least < most:
        yield from _share(name, rate, (("合格", passed), ("得出结论", passed + failed)))
        return
    lowest, highest = (
        least * passed / (least * passed + most * failed),
        most * passed / (most * passed + least * failed),
    )
    if not lowest - _spare(rate) <= rate <= highest + _spare(rate):
        stated, range_ = _percent(rate), f"{lowest:.1%}～{highest:.1%}"
        sentence = (
            f"{name}：所称为 {stated}，按网站数（合格 {passed}、不合格 {failed}）和抽样权数（{least:g}～{most:g}）"
            f"只能在 {range_} 之内"
        )
        yield Conflict(
            name=name, stated=stated, computed=range_, parts=(("合格", passed), ("不合格", failed)), sentence=sentence
        )


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
    return abs(stated - computed) <= _spare(stated)


def _spare(stated: float) -> float:
    """How far a share may be from what it is rounded from, by the digits that it is given in."""
    return 0.5 * 10.0 ** -_decimals(stated) + 1e-9


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
    if figures.reported is not None and figures.reported.units:
        departments, units = figures.departments_reporting, figures.reported.units
        yield from _at_most("自行抽查的部门", departments, "自行抽查的单位", units)
    for check in figures.special_checks:
        yield from _at_most(f"{check.topic}专项检查有问题的网站", check.faulty, "检查的网站", check.checked)
    if figures.recheck is not None:
        left = len(figures.rechecked_failing)
        yield from _at_most("复查仍有问题的网站", left, "复查的网站", figures.recheck.sites)
    for row in rows_of(figures):
        if row.running is not None:
            yield from _at_most(f"{row.name}抽查网站", row.sampled, "其运行网站", row.running)
    failed = sum(sample.failed for _, sample in samples_of(figures))
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
    yield from _changed(figures)


def _changed(figures: BulletinFigures) -> Iterator[Conflict]:
    """The change that the text names is that from the quarter before to this one, where the series knows the former.

    Of a change on some other period (``compared_with``) the series is not asked.
    """
    now, change = figures.own, None if figures.own is None else figures.own.change
    quarter = period_of(figures.as_of)
    if now is None or now.rate is None or change is None or chinese_period(quarter) != figures.period:
        return
    if figures.compared_with:
        return
    for point in figures.series:
        if point.period == previous_period(quarter) and point.rate is not None:
            moved = (now.rate - point.rate) * 100
            spare = 100 * (_spare(point.rate) + _spare(now.rate) + _spare(change.points / 100))
            if abs(change.points - moved) > spare:
                name, stated, computed = "本级抽查合格率的变化", f"{change.points:+g}", f"{moved:+.1f}"
                sentence = (
                    f"{name}：所称为 {stated} 个百分点，按序列中 {point.period} 的合格率 {_percent(point.rate)}"
                    f" 和本期的 {_percent(now.rate)} 计算为 {computed} 个百分点"
                )
                yield Conflict(name=name, stated=stated, computed=computed, parts=(), sentence=sentence)


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
