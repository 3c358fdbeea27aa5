"""The annexes of a bulletin: groups with their intervals, named sites, deductions, statistics with charts."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from inspection.bulletin.document import Annex, Block, Chart, ChartKind, ChartSeries, Table
from inspection.bulletin.figures import BulletinFigures, GroupRow, NamedSite, SampleFigures, SeriesPoint
from inspection.bulletin.sample import is_estimate, is_small, running_total
from inspection.bulletin.wording import LevelWording, Wording
from inspection.bulletin.words import count, interval, percent, points
from inspection.offices import OfficeLevel
from inspection.statistics.period import chinese_period, short_period

_UNKNOWN, _SMALL = "—", "*"
_INTERVAL_DECIMALS = 1


class _Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a table of groups; it is left out where ``shown`` holds for no row."""

    header: str
    cell: Callable[[GroupRow], str]
    shown: Callable[[GroupRow], bool] = lambda _: True
    width: float = 1.0
    numeric: bool = True


def annexes_of(figures: BulletinFigures, wording: Wording) -> tuple[Annex, ...]:
    """Those that have something to show, in the usual order."""
    words = wording.at(figures.level, figures.area)
    statistics = _statistics(figures, wording, words)
    found = [
        _groups(
            words.regions_annex,
            "地区",
            [
                (f"{figures.office}抽查结果", figures.regions),
                (f"{words.reporting}自行抽查结果", figures.reported_regions),
            ],
            wording,
            words,
        ),
        _groups(
            words.departments_annex,
            "部门（单位）",
            [
                (f"{figures.office}抽查结果", figures.departments),
                (f"各{words.reporting_departments}抽查结果", figures.own_departments),
                (f"{words.reporting_departments}自行抽查结果", figures.reported_departments),
            ],
            wording,
            words,
        ),
        _named(figures),
        _sites("复查仍存在问题的网站名单", figures.rechecked_failing),
        _deductions(figures),
        Annex(title=f"{figures.area}政府网站统计图表", blocks=tuple(statistics)) if statistics else None,
    ]
    if figures.level not in (OfficeLevel.NATIONAL, OfficeLevel.PROVINCIAL):
        found[0], found[1] = found[1], found[0]  # an office's own departments come before its districts
    return tuple(annex for annex in found if annex is not None)


# Regions, departments, units


def _groups(
    title: str, what: str, parts: Sequence[tuple[str, Sequence[GroupRow]]], wording: Wording, words: LevelWording
) -> Annex | None:
    """One table for each part that has rows: the office's own sample, and what others have reported."""
    filled = [(caption, rows) for caption, rows in parts if rows]
    if not filled:
        return None
    blocks: list[Block] = []
    for caption, rows in filled:
        blocks.append(_table(title if len(filled) == 1 else caption, what, rows, wording, words))
        chart = _rates_chart(title, rows)
        blocks += [] if chart is None else [chart]
    return Annex(title=title, blocks=tuple(blocks))


def _table(caption: str, what: str, rows: Sequence[GroupRow], wording: Wording, words: LevelWording) -> Table:
    columns = [column for column in _columns(what, words) if any(map(column.shown, rows))]
    return Table(
        caption=caption,
        header=("序号", *(column.header for column in columns)),
        rows=tuple((str(place), *(column.cell(row) for column in columns)) for place, row in enumerate(rows, 1)),
        numeric=(0, *(place for place, column in enumerate(columns, 1) if column.numeric)),
        widths=(0.75, *(column.width for column in columns)),
        note=_about_rates(rows, wording),
    )


def _columns(what: str, words: LevelWording) -> list[_Column]:
    return [
        _Column(header=what, cell=lambda row: row.name, width=2.4, numeric=False),
        _Column(
            header="运行网站数",
            cell=lambda row: _UNKNOWN if row.running is None else count(row.running),
            shown=lambda row: row.running is not None,
        ),
        _Column(header="抽查数", cell=lambda row: count(row.sampled)),
        _Column(
            header="抽查比例",
            cell=lambda row: _share_sampled(row, words.decimals),
            shown=lambda row: row.running is not None and row.low is None,
        ),
        _Column(header="合格", cell=lambda row: count(row.passed), width=0.8),
        _Column(header="不合格", cell=lambda row: count(row.failed), width=0.9),
        _Column(
            header="未判定",
            cell=lambda row: count(row.not_determined),
            shown=lambda row: row.not_determined > 0,
            width=0.9,
        ),
        _Column(header="关停", cell=lambda row: count(row.closed), shown=lambda row: row.closed > 0, width=0.8),
        _Column(
            header="合格率",
            cell=lambda row: _rate(row, words.decimals),
            shown=lambda row: row.rate is not None or row.small_cell,
        ),
        _Column(
            header="95%置信区间",
            cell=_interval,
            shown=lambda row: row.low is not None and row.high is not None,
            width=2.4,
        ),
        _Column(
            header="位次",
            cell=lambda row: _UNKNOWN if row.rank is None else str(row.rank),
            shown=lambda row: row.rank is not None,
            width=0.8,
        ),
    ]


def _share_sampled(row: GroupRow, decimals: int) -> str:
    return percent(row.sampled / row.running, decimals) if row.running else _UNKNOWN


def _rate(row: GroupRow, decimals: int) -> str:
    if row.small_cell:
        return _SMALL
    return _UNKNOWN if row.rate is None else percent(row.rate, decimals)


def _interval(row: GroupRow | SampleFigures) -> str:
    if row.low is None or row.high is None:
        return _UNKNOWN
    return interval(row.low, row.high, _INTERVAL_DECIMALS)


def _about_rates(rows: Sequence[GroupRow], wording: Wording) -> str:
    text = _about_estimates(rows)
    if any(row.low is not None for row in rows):
        text += "置信区间反映随机抽样的误差，区间重叠的，不宜比较高低。"
    if any(row.small_cell for row in rows):
        text += f"标注{_SMALL}的，{wording.small_sample}。"
    return text


def _about_estimates(rows: Sequence[GroupRow | SampleFigures]) -> str:
    """What a rate is: the share of the decided sites, or the estimate of that share among all that run."""
    rated = [row for row in rows if row.rate is not None]
    plain = "为合格网站占作出判定的网站的比例。"
    estimated = "为按各网站被抽中的概率加权推算的估计值，与样本中合格网站的比例可能不同。"
    if not any(map(is_estimate, rated)):
        return f"合格率{plain}" if rated else ""
    if any(row.low is None for row in rated):
        return f"列有置信区间的，合格率{estimated[:-1]}；未列的，{plain}"
    return f"合格率{estimated}"


def _rates_chart(title: str, rows: Sequence[GroupRow]) -> Chart | None:
    """Pass rates with their intervals; none for a single group, or where nothing is estimated."""
    known = [row for row in rows if row.rate is not None and row.low is not None and not row.small_cell]
    if len(known) < 2:
        return None
    lowest = min(known, key=lambda row: row.rate or 0)
    highest = max(known, key=lambda row: row.rate or 0)
    return Chart(
        kind=ChartKind.INTERVALS,
        title=f"{title.removesuffix('抽查情况')}抽查合格率及95%置信区间",
        labels=tuple(row.name for row in known),
        series=(
            ChartSeries(
                name="合格率",
                values=tuple(row.rate for row in known),
                low=tuple(row.low for row in known),
                high=tuple(row.high for row in known),
            ),
        ),
        description=(
            f"{len(known)}个单位的合格率，最高为{_sharing(highest, known)}，最低为{_sharing(lowest, known)}；"
            "数值见上表。"
        ),
    )


def _sharing(one: GroupRow, rows: Sequence[GroupRow]) -> str:
    """The rate of ``one`` after its name, and how many others have the same: 北京等11个单位（100%）."""
    alike = sum(row.rate == one.rate for row in rows)
    return f"{one.name}{f'等{alike}个单位' if alike > 1 else ''}（{percent(one.rate or 0, 1)}）"


# Named sites and deductions


def _named(figures: BulletinFigures) -> Annex | None:
    """The failing sites; a list of some of them says that it is one."""
    title, sites = "存在突出问题的网站名单", figures.named
    if figures.named_in_full or figures.own is None:
        return _sites(title, sites)
    note = f"本次抽查发现不合格网站{count(figures.own.failed)}个，本表仅列出其中{count(len(sites))}个。"
    return _sites(f"部分{title}", sites, note)


def _sites(title: str, sites: Sequence[NamedSite], note: str = "") -> Annex | None:
    if not sites:
        return None
    table = Table(
        caption=title,
        header=("序号", "网站标识码", "网站名称", "首页网址", "主办单位", "主要问题"),
        rows=tuple(
            (str(place), site.code, site.name, site.url, site.organizer, "；".join(site.problems))
            for place, site in enumerate(sites, 1)
        ),
        numeric=(0,),
        widths=(0.75, 1.75, 1.4, 2.4, 1.35, 2.05),
        note=note,
    )
    return Annex(title=title, blocks=(table,))


def _deductions(figures: BulletinFigures) -> Annex | None:
    if not figures.deductions:
        return None
    title = "日常考核扣分情况"
    with_reasons = any(unit.reasons for unit in figures.deductions)
    rows = [
        (str(place), unit.unit, points(unit.points), "；".join(unit.reasons) or _UNKNOWN)
        for place, unit in enumerate(figures.deductions, 1)
    ]
    shown = 4 if with_reasons else 3
    table = Table(
        caption=title,
        header=("序号", "责任单位", "扣分", "扣分事由")[:shown],
        rows=tuple(row[:shown] for row in rows),
        numeric=(0, 2),
        widths=(0.75, 2.0, 0.8, 4.0)[:shown],
    )
    return Annex(title=title, blocks=(table,))


# Statistics


def _statistics(figures: BulletinFigures, wording: Wording, words: LevelWording) -> list[Block]:
    return [*_samples(figures, wording, words), *_classes(figures, wording), *_course(figures, words)]


def _samples(figures: BulletinFigures, wording: Wording, words: LevelWording) -> list[Block]:
    """The samples as a whole, with the interval of a rate that was estimated."""
    others = f"、{words.reporting_departments}" if figures.departments_reporting else ""
    named = [(f"{figures.office}抽查", figures.own), (f"{words.reporting}{others}抽查", figures.reported)]
    samples = [(name, sample) for name, sample in named if sample is not None]
    if all(sample.low is None for _, sample in samples):
        return []
    columns: list[tuple[str, Callable[[SampleFigures], int]]] = [
        ("抽查数", lambda sample: sample.sampled),
        ("合格", lambda sample: sample.passed),
        ("不合格", lambda sample: sample.failed),
        ("未判定", lambda sample: sample.not_determined),
        ("关停", lambda sample: sample.closed),
    ]
    counted = [(header, value) for header, value in columns if any(value(sample) for _, sample in samples)]
    table = Table(
        caption="抽查总体结果",
        header=("项目", *(header for header, _ in counted), "合格率", "95%置信区间"),
        rows=tuple(
            (
                name,
                *(count(value(sample)) for _, value in counted),
                _sample_rate(sample, wording, words),
                _interval(sample),
            )
            for name, sample in samples
        ),
        numeric=tuple(range(1, len(counted) + 3)),
        widths=(2.6, *(0.9 for _ in counted), 1.1, 1.8),
        note=_about_estimates([sample for _, sample in samples]) + "".join(_about_changes(figures)),
    )
    return [table]


def _about_changes(figures: BulletinFigures) -> Iterator[str]:
    """What may be said of the changes that the text names, and which period they are on where it is not the last."""
    messages = figures.messages
    named = [(f"{figures.office}抽查合格率", None if figures.own is None else figures.own.change)]
    named += [("首页有“我为政府网站找错”入口的网站比例", None if messages is None else messages.entry_change)]
    told = [(name, change.statement) for name, change in named if change is not None and change.statement]
    for name, statement in told:
        yield f"{name}{statement.rstrip('。')}。"
    if told and figures.compared_with:
        yield f"上期指{figures.compared_with}。"


def _sample_rate(sample: SampleFigures, wording: Wording, words: LevelWording) -> str:
    if sample.rate is None:
        return _UNKNOWN
    return wording.small_sample if is_small(sample) else percent(sample.rate, words.decimals)


def _classes(figures: BulletinFigures, wording: Wording) -> list[Block]:
    rows = [(wording.classes[row.category], row.sites) for row in figures.running if row.sites]
    if len(rows) < 2:
        return []
    total = running_total(figures)
    caption = "正在运行的政府网站数量（按类别）"
    largest = max(rows, key=lambda row: row[1])
    return [
        Table(
            caption=caption,
            header=("网站类别", "数量（家）", "占比"),
            rows=(
                *((name, count(sites), percent(sites / total, 1, fixed=True)) for name, sites in rows),
                ("合计", count(total), percent(1, 1, fixed=True)),
            ),
            numeric=(1, 2),
            widths=(4.0, 1.2, 1.0),
        ),
        Chart(
            kind=ChartKind.BARS,
            title=caption,
            labels=tuple(name for name, _ in rows),
            series=(ChartSeries(name="数量（家）", values=tuple(float(sites) for _, sites in rows)),),
            description=f"共{count(total)}家，最多的是{largest[0]}，{count(largest[1])}家；数值见上表。",
        ),
    ]


def _course(figures: BulletinFigures, words: LevelWording) -> list[Block]:
    series = figures.series
    if len(series) < 2:
        return []
    title = "历期运行网站数和抽查合格率"
    lines = [
        ("抽查合格率", [point.rate for point in series]),
        ("各方上报的抽查合格率", [p.reported_rate for p in series]),
    ]
    return [
        Chart(
            kind=ChartKind.COURSE,
            title=title,
            labels=tuple(short_period(point.period) for point in series),
            series=(
                ChartSeries(
                    name="运行网站数（家）",
                    values=tuple(None if point.running is None else float(point.running) for point in series),
                ),
                *(
                    ChartSeries(name=name, values=tuple(values))
                    for name, values in lines
                    if any(value is not None for value in values)
                ),
            ),
            description=f"{chinese_period(series[0].period)}至{chinese_period(series[-1].period)}的{title}；数值见下表。",
        ),
        _course_table(title, figures, words),
    ]


def _course_table(title: str, figures: BulletinFigures, words: LevelWording) -> Table:
    """Shares of earlier periods as they were published, those of this period as the text has them."""

    def whole(number: int | None) -> str:
        return _UNKNOWN if number is None else count(number)

    def share(point: SeriesPoint, number: float | None) -> str:
        if number is None:
            return _UNKNOWN
        is_published = number == round(number, 3) and chinese_period(point.period) != figures.period
        return percent(number, max(words.decimals, 1) if is_published else words.decimals)

    rows = tuple(
        (
            chinese_period(point.period),
            whole(point.running),
            whole(point.sampled),
            share(point, point.rate),
            share(point, point.reported_rate),
        )
        for point in figures.series
    )
    return Table(
        caption=title,
        header=("时期", "运行网站数（家）", "抽查数（个）", "抽查合格率", "上报合格率"),
        rows=rows,
        numeric=(1, 2, 3, 4),
        widths=(1.6, 1.3, 1.2, 1.1, 1.1),
        note=f"“{_UNKNOWN}”为缺少数据。" if any(_UNKNOWN in row for row in rows) else "",
    )
