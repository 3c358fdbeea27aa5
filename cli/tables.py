"""Tables that several commands print."""

import sys
from collections.abc import Iterator, Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from inspection.bulletin.figures import Change
from inspection.registry import SiteCategory, regions
from inspection.sampling import Round, RoundKind, StratumSize
from inspection.sampling.plan import WHOLE
from inspection.scoring import Verdict
from inspection.scoring.comparison import Comparison
from inspection.statistics import Dimension, PassRate
from inspection.statistics.estimate import CENSUS, SMALL_CELL
from inspection.statistics.ranking import Standing, standings

_MARKS = {RoundKind.SAMPLE: "", RoundKind.RECHECK: "【复查】", RoundKind.MONITORING: "【监测】"}
_DIMENSIONS = {
    Dimension.NATION: "全国",
    Dimension.CATEGORY: "按类别",
    Dimension.PROVINCE: "按地区",
    Dimension.CITY: "按市（州）",
    Dimension.COUNTY: "按县（区）",
    Dimension.DEPARTMENT: "按国务院部门",
    Dimension.PROVINCE_CATEGORY: "按地区和类别",
}
_SHOWN_STRATA = 20
_SMALL = "*"
_SURE = "†"
_UNSAID = "?"
_SMALL_NOTE = f"{_SMALL} 得出结论的网站不足 {SMALL_CELL} 个，不宜单独引用。"


def title_of(round_: Round) -> str:
    """Title of a round, with 演练 wherever a drill is shown."""
    mark = "【演练】" if round_.drill else _MARKS[round_.kind]
    return f"{mark}{round_.title}（{round_.id}，{round_.state.chinese}）"


def print_rates(
    console: Console,
    rates: Sequence[PassRate],
    *,
    title: str = "合格率",
    drill: bool = False,
    changes: Mapping[str, Change | None] | None = None,
) -> None:
    """Print pass rates with their 95 % intervals, a section for each dimension in the order given.

    Groups of which no site was sampled are counted, not listed. ``changes`` by sort key add a column.
    """
    listed = [rate for rate in rates if rate.sampled]
    with_closed = any(rate.closed for rate in listed)
    table = Table(title=Text(f"【演练】{title}" if drill else title), box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("分组", min_width=16, overflow="fold")
    counts = ("总体", "抽查", "合格", "不合格", "未判定", *(("关停",) if with_closed else ()))
    for heading in (*counts, "合格率", "95% 区间", *(() if changes is None else ("比上期",))):
        table.add_column(heading, justify="right", no_wrap=True)
    before: Dimension | None = None
    for rate in listed:
        if rate.dimension is not before:
            _start_section(table, rate.dimension)
            before = rate.dimension
        more = () if changes is None else (_change(changes.get(rate.sort_key)),)
        _add_rate(table, rate, *more, with_closed=with_closed)
    console.print(table)
    for note in (*_notes(rates), *_change_notes(rates, changes)):
        console.print(note, highlight=False, markup=False, style="dim")


def _start_section(table: Table, dimension: Dimension) -> None:
    table.add_section()
    if dimension is not Dimension.NATION:
        table.add_row(Text(_DIMENSIONS[dimension], style="bold cyan"))


def _add_rate(table: Table, rate: PassRate, *more: str, with_closed: bool) -> None:
    numbers = [rate.population, rate.sampled, rate.passed, rate.failed, rate.not_determined]
    if with_closed:
        numbers.append(rate.closed)
    table.add_row(
        Text(rate.label),
        *(f"{number:,}" for number in numbers),
        f"{_SMALL if _is_small(rate) else ''}{_percent(rate.rate)}",
        _interval(rate),
        *more,
        style="bold" if rate.dimension is Dimension.NATION else "dim" if rate.small_cell else "",
    )


def _is_small(rate: PassRate) -> bool:
    return rate.small_cell and rate.rate is not None


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.1%}"


def _interval(rate: PassRate) -> str:
    if rate.low is None or rate.high is None:
        return "—"
    if rate.method == CENSUS:
        return "全部检查"
    return f"{_percent(rate.low)}~{_percent(rate.high)}"


def _change(change: Change | None) -> str:
    if change is None:
        return "—"
    mark = {True: _SURE, False: "", None: _UNSAID}[change.significant]
    return f"{mark}{change.points:+.1f}"


def _change_notes(rates: Sequence[PassRate], changes: Mapping[str, Change | None] | None) -> Iterator[str]:
    if changes is None:
        return
    yield f"比上期：百分点；{_SURE} 有统计学意义，{_UNSAID} 无法判断，未加注的无统计学意义（95% 水平）。"
    for rate in rates:
        change = changes.get(rate.sort_key)
        if rate.dimension is Dimension.NATION and change is not None:
            yield f"{rate.label}：{change.statement}。"


def print_ranking(console: Console, rates: Sequence[PassRate], *, title: str) -> None:
    """Print groups by rate, with the ranks that the intervals allow and the share of sites sampled."""
    listed = [rate for rate in rates if rate.rate is not None]
    found = standings({rate.key: rate for rate in listed})
    table = Table("位次", "分组", title=Text(title), box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("抽查", "抽查比例", "合格率", "95% 区间", "可能的位次"):
        table.add_column(heading, justify="right", no_wrap=True)
    for rate in sorted(listed, key=lambda rate: (_place(found.get(rate.key)), -(rate.rate or 0.0), rate.key)):
        standing = found.get(rate.key)
        small = _SMALL if rate.small_cell else ""
        table.add_row(
            "—" if standing is None or standing.rank is None else str(standing.rank),
            Text(rate.label),
            f"{rate.sampled:,}",
            f"{rate.share_sampled:.1%}",
            f"{small}{_percent(rate.rate)}",
            _interval(rate),
            "—" if standing is None else f"{standing.best}~{standing.worst}",
        )
    console.print(table)
    console.print("位次相同的分组，其合格率之差无统计学意义或不足以定先后；“—”不排位次。", style="dim", highlight=False)
    if any(map(_is_small, listed)):
        console.print(_SMALL_NOTE, highlight=False, markup=False, style="dim")


def _place(standing: Standing | None) -> int:
    return sys.maxsize if standing is None else standing.best


def _notes(rates: Sequence[PassRate]) -> Iterator[str]:
    if any(map(_is_small, rates)):
        yield _SMALL_NOTE
    unsampled = sum(not rate.sampled for rate in rates)
    if unsampled:
        yield f"另有 {unsampled:,} 个分组没有抽到网站，未列出。"
    for rate in rates:
        if rate.dimension is Dimension.NATION and rate.not_determined and rate.worst is not None:
            yield (
                f"未判定的 {rate.not_determined:,} 个网站不计入合格率；"
                f"若它们全部不合格或全部合格，全国合格率为 {_percent(rate.worst)} 或 {_percent(rate.best)}。"
            )


def print_strata(console: Console, strata: Sequence[StratumSize]) -> None:
    """Print a draw's strata, the largest first; a long table is cut and says so."""
    table = Table("层", title="分层与样本")
    for heading in ("总体", "必查", "抽取"):
        table.add_column(heading, justify="right")
    largest = sorted(strata, key=lambda row: (-row.population, row.stratum))
    for row in largest[:_SHOWN_STRATA]:
        table.add_row(Text(_stratum_label(row.stratum)), f"{row.population:,}", f"{row.certain:,}", f"{row.sampled:,}")
    if len(strata) > _SHOWN_STRATA:
        rest = largest[_SHOWN_STRATA:]
        sums = (sum(r.population for r in rest), sum(r.certain for r in rest), sum(r.sampled for r in rest))
        table.add_row(f"其余 {len(rest)} 层", *(f"{number:,}" for number in sums))
    table.add_section()
    totals = (sum(r.population for r in strata), sum(r.certain for r in strata), sum(r.sampled for r in strata))
    table.add_row("合计", *(f"{number:,}" for number in totals), style="bold")
    console.print(table)


def _stratum_label(stratum: str) -> str:
    if stratum == WHOLE:
        return "全部"
    named = (regions.full_name(p.ljust(6, "0")) if p.isdigit() else SiteCategory(p).chinese for p in stratum.split("/"))
    return " ".join(named)


def print_matrix(console: Console, matrix: Mapping[tuple[Verdict, Verdict], int], *, title: str, corner: str) -> None:
    """Print a matrix of verdicts, rows first; the diagonal stands out."""
    table = Table(title=title)
    for heading in (corner, *(verdict.chinese for verdict in Verdict)):
        table.add_column(heading, justify="right")
    for row in Verdict:
        counts = [matrix.get((row, column), 0) for column in Verdict]
        if any(counts):
            cells = (
                f"[green]{n}[/green]" if row is column else str(n) for column, n in zip(Verdict, counts, strict=True)
            )
            table.add_row(row.chinese, *cells)
    console.print(table)


def print_comparison(console: Console, found: Comparison, before: str, after: str) -> None:
    """Print how many verdicts change between two editions, and for each site why."""
    print_matrix(
        console,
        found.matrix,
        title=f"结论对照（行：{before} 版，列：{after} 版）",
        corner=f"{before}＼{after}",
    )
    for change in found.changes:
        verdicts = f"{change.before.verdict.chinese} → {change.after.verdict.chinese}"
        console.print(f"{change.code}　{verdicts}", highlight=False, markup=False)
        for reason in change.why:
            console.print(f"    {reason}", highlight=False, markup=False, soft_wrap=True)
    total = sum(found.matrix.values())
    console.print(f"共 {total:,} 个网站，{len(found.changes):,} 个结论改变。", style="bold", highlight=False)
    for edition, codes in ((before, found.only_before), (after, found.only_after)):
        if codes:
            console.print(f"另有 {len(codes):,} 个网站只按 {edition} 版判定过，例如 {codes[0]}。", highlight=False)
