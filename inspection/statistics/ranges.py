"""The numbers that a bulletin prints, by their Chinese names: those that count something, and those that are shares.

The consistency guard looks at them one by one: a count is never negative, a share lies in 0..1.
"""

from collections.abc import Iterator

from inspection.bulletin.figures import BulletinFigures, Change, GroupRow, SampleFigures

Shares = Iterator[tuple[str, float | None]]
Counts = Iterator[tuple[str, float | None]]

_VERDICTS = {"sampled": "抽查", "passed": "合格", "failed": "不合格", "not_determined": "未判定", "closed": "关停"}


def samples_of(figures: BulletinFigures) -> list[tuple[str, SampleFigures]]:
    """The office's own sample and the reported one, as far as there are such, by name."""
    named = (("本级抽查", figures.own), ("自行抽查", figures.reported))
    return [(name, sample) for name, sample in named if sample is not None]


def rows_of(figures: BulletinFigures) -> tuple[GroupRow, ...]:
    """The rows of all annexes of groups."""
    own = (*figures.regions, *figures.departments, *figures.own_departments)
    return (*own, *figures.reported_regions, *figures.reported_departments)


def changes_of(figures: BulletinFigures) -> Iterator[tuple[str, float | None, Change | None]]:
    """Name of a share, its value, and its change on the last period."""
    for name, sample in samples_of(figures):
        yield f"{name}合格率", sample.rate, sample.change
    if figures.messages is not None:
        yield "找错入口添加比例", figures.messages.entry_share, figures.messages.entry_change


def counts_of(figures: BulletinFigures) -> Counts:
    """All that is counted, in the order of the bulletin; None where it is not known."""
    for each in figures.running:
        yield f"{each.category.chinese}运行网站数", each.sites
    for name, sample in samples_of(figures):
        yield from _verdicts(name, sample)
        yield f"{name}单位数", sample.units
    yield "自行抽查部门数", figures.departments_reporting
    yield from _rectified(figures)
    yield from _published(figures)
    for kind, persons in () if figures.accountability is None else figures.accountability.persons:
        yield f"{kind}人数", persons
    for problem in figures.problems:
        yield f"有“{problem.name}”问题的网站数", problem.sites
    for deduction in figures.deductions:
        yield f"{deduction.unit}扣分", deduction.points
    for check in figures.special_checks:
        yield f"{check.topic}专项检查网站数", check.checked
        yield f"{check.topic}专项检查有问题的网站数", check.faulty
    for row in rows_of(figures):
        yield f"{row.name}运行网站数", row.running
        yield from _verdicts(row.name, row)
    for point in figures.series:
        yield f"{point.period} 序列中的运行网站数", point.running
        yield f"{point.period} 序列中的抽查网站数", point.sampled
    for total in figures.declared:
        yield total.name, total.stated
        yield from ((f"{total.name}（{part}）", number) for part, number in total.parts)


def _verdicts(name: str, counts: SampleFigures | GroupRow) -> Counts:
    for field, chinese in _VERDICTS.items():
        yield f"{name}{'' if field == 'sampled' else chinese}网站数", getattr(counts, field)


def _rectified(figures: BulletinFigures) -> Counts:
    found = figures.rectification
    if found is not None:
        yield "上期不合格网站数", found.failing
        yield "上期已整改网站数", found.rectified
        yield "上期整改中网站数", found.open
        yield "上期升级处理网站数", found.escalated
        yield "上期关停网站数", found.closed
    if figures.recheck is not None:
        yield "复查的网站数", figures.recheck.sites


def _published(figures: BulletinFigures) -> Counts:
    linkage, messages = figures.linkage, figures.messages
    if linkage is not None:
        yield "转载网站数", linkage.sites_reposting
        yield "转载新媒体账号数", linkage.accounts_reposting
    if messages is not None:
        yield "有效留言数", messages.valid
        yield "已办结留言数", messages.handled
        yield "逾期未办结留言数", messages.overdue


def shares_of(figures: BulletinFigures) -> Shares:
    """All shares that are printed as they stand, in the order of the bulletin; None where they are not known."""
    for name, sample in samples_of(figures):
        yield from _rates(name, sample)
        yield f"{name}占运行网站比例", _of_those_left(sample)
    linkage, messages = figures.linkage, figures.messages
    if linkage is not None:
        yield "国务院重要政策信息专栏开设比例", linkage.column_share
        yield "24小时内转载比例", linkage.in_time_share
    if messages is not None:
        yield "找错入口添加比例", messages.entry_share
    for problem in figures.problems:
        yield f"问题“{problem.name}”占比", problem.share
    for row in rows_of(figures):
        yield from _rates(row.name, row)
    for point in figures.series:
        yield f"{point.period} 序列中的合格率", point.rate
        yield f"{point.period} 序列中的自行抽查合格率", point.reported_rate


def _rates(name: str, counts: SampleFigures | GroupRow) -> Shares:
    yield f"{name}合格率", counts.rate
    yield f"{name}合格率置信下限", counts.low
    yield f"{name}合格率置信上限", counts.high


def _of_those_left(sample: SampleFigures) -> float | None:
    """Share of the running sites that was sampled, without sampled sites that run no more.

    A self-check of all sites looks at more of them than are left in the end.
    """
    share = sample.share_of_running
    if share is None or not 0 < sample.closed < sample.sampled:
        return share
    return share * (sample.sampled - sample.closed) / sample.sampled
