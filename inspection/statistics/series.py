"""The published series of pass rates over the periods: imported points and those of one's own rounds."""

import csv
from collections.abc import Iterable
from io import StringIO
from math import isfinite

import msgspec

from inspection.bulletin.figures import SeriesPoint
from inspection.errors import InputRejected
from inspection.records import Record
from inspection.sampling import Round
from inspection.statistics.change import Share
from inspection.statistics.pass_rate import PassRate
from inspection.statistics.period import check_period, period_of, period_order

_COUNTS = {
    "running": "running_sites",
    "sampled": "state_council_sampled",
    "reported_sampled": "regions_sampled",
}
_PERCENTS = {
    "rate": "state_council_pass_pct",
    "reported_share": "regions_pct_of_running",
    "reported_rate": "regions_pass_pct",
}
_TEXTS = {"as_of": "as_of", "note": "note", "source": "source"}
COLUMNS = ("period", *_TEXTS.values(), *_COUNTS.values(), *_PERCENTS.values())
"""Columns of an import file; all but ``period`` may be blank or missing. Percentages are 0..100."""


class SeriesEntry(Record, frozen=True, kw_only=True):
    """One period as it was published; shares lie in 0..1, None = not found. The id is ``<region>:<period>``.

    ``sampled`` and ``rate`` are those of the supervising office's own sample, ``reported_*`` those of the samples that
    regions and departments took themselves. ``as_of`` is the day (or month) as the source gives it.
    """

    period: str
    as_of: str = ""
    running: int | None = None
    sampled: int | None = None
    rate: float | None = None
    reported_sampled: int | None = None
    reported_share: float | None = None
    reported_rate: float | None = None
    note: str = ""
    source: str = ""

    @property
    def point(self) -> SeriesPoint:
        """As a bulletin prints it."""
        return SeriesPoint(
            period=self.period,
            running=self.running,
            sampled=self.sampled,
            rate=self.rate,
            reported_rate=self.reported_rate,
        )

    @property
    def share(self) -> Share:
        """The rate, for comparisons: published ones have no interval."""
        return Share(rate=self.rate)


def read_entries(text: str, *, region: str, origin: str) -> list[SeriesEntry]:
    """Entries of a CSV text with a heading; :class:`InputRejected` names line and column of the first fault."""
    reader = csv.DictReader(StringIO(text.lstrip("\ufeff")))
    if "period" not in (reader.fieldnames or ()):
        raise InputRejected(f"{origin} 缺少列 period；可用的列：{','.join(COLUMNS)}")
    unknown = [name for name in reader.fieldnames or () if name not in COLUMNS]
    if unknown:
        raise InputRejected(f"{origin} 有不认识的列 {'、'.join(unknown)}；可用的列：{','.join(COLUMNS)}")
    entries: dict[str, SeriesEntry] = {}
    for row in reader:
        where = f"{origin} 第 {reader.line_num} 行"
        entry = _entry(row, region, where)
        if entry.id in entries:
            raise InputRejected(f"{where}：期次 {entry.period} 重复，请只留一行")
        entries[entry.id] = entry
    return list(entries.values())


def _entry(row: dict[str, str], region: str, where: str) -> SeriesEntry:
    try:
        period = check_period((row["period"] or "").strip())
    except InputRejected as error:
        raise InputRejected(f"{where}：{error}") from error
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    fields: dict[str, object] = {"id": f"{region}:{period}", "region": region, "period": period}
    fields |= {field: cells[column] for field, column in _TEXTS.items()}
    fields |= {field: _count(cells[column], f"{where} {column}") for field, column in _COUNTS.items()}
    fields |= {field: _percent(cells[column], f"{where} {column}") for field, column in _PERCENTS.items()}
    return msgspec.convert(fields, SeriesEntry)


def _count(text: str, where: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise InputRejected(f"{where}：{text!r} 不是整数，请写成 43143 这样的数字，没有则留空")
    return int(text)


def _percent(text: str, where: str) -> float | None:
    """A share; 91 % is 0.91, with as many digits as the source has."""
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or not 0 <= value <= 100:
        raise InputRejected(f"{where}：{text!r} 不是 0 到 100 之间的百分数，请写成 91 或 91.5，没有则留空")
    return round(value / 100, 10)


def point_of_round(round_: Round, rate: PassRate) -> SeriesPoint:
    """The point of a round of one's own, under the quarter of its monitoring day."""
    return SeriesPoint(period=period_of(round_.as_of), running=rate.population, sampled=rate.sampled, rate=rate.rate)


def joined(published: Iterable[SeriesPoint], own: Iterable[SeriesPoint]) -> tuple[SeriesPoint, ...]:
    """The series by period. A published sample counts before one's own; a round fills in where none was published."""
    points = {point.period: point for point in published}
    for point in own:
        known = points.get(point.period)
        points[point.period] = point if known is None else _filled(known, point)
    return tuple(points[period] for period in sorted(points, key=period_order))


def _filled(known: SeriesPoint, own: SeriesPoint) -> SeriesPoint:
    """Sample and rate of a point come from one source: they belong together."""
    if known.sampled is not None or known.rate is not None:
        return known
    running = own.running if known.running is None else known.running
    return msgspec.structs.replace(known, running=running, sampled=own.sampled, rate=own.rate)
