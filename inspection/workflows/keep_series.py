"""Keep the published series of a place, and join it with the rounds of one's own."""

from collections.abc import Iterator, Sequence

import msgspec

from inspection.bulletin.figures import SeriesPoint
from inspection.ports import ImportCounts, PassRateRepository, RoundRepository
from inspection.records import RecordRepository, every, revised
from inspection.registry.site import NATION
from inspection.sampling import Round, RoundKind, RoundState
from inspection.statistics import Dimension, PassRate
from inspection.statistics.series import SeriesEntry, joined, point_of_round, read_entries
from inspection.workflows.rounds import every_round


def import_series(text: str, *, region: str, origin: str, series: RecordRepository[SeriesEntry]) -> ImportCounts:
    """Keep the periods of a CSV text; those on file are replaced where they differ. Nothing where a row is wrong."""
    return keep_entries(read_entries(text, region=region, origin=origin), region=region, series=series)


def keep_entries(entries: Sequence[SeriesEntry], *, region: str, series: RecordRepository[SeriesEntry]) -> ImportCounts:
    """Keep the periods of a place; those on file are replaced where they differ."""
    known = {entry.id: entry for entry in every(series, {"region": region})}
    changed = 0
    for entry in entries:
        before = known.get(entry.id)
        if before is not None and msgspec.structs.replace(entry, revision=before.revision) != before:
            series.replace(revised(msgspec.structs.replace(entry, revision=before.revision)))
            changed += 1
    added = series.add([entry for entry in entries if entry.id not in known])
    return ImportCounts(added=added, changed=changed, unchanged=len(entries) - added - changed)


def series_of(
    region: str,
    *,
    series: RecordRepository[SeriesEntry],
    rounds: RoundRepository,
    pass_rates: PassRateRepository,
) -> tuple[SeriesPoint, ...]:
    """The series of a place by period: what was published, and closed rounds (no drills) where nothing was.

    Of several rounds in a quarter the one that was closed last counts.
    """
    published = (entry.point for entry in every(series, {"region": region}) if entry.region == region)
    own: dict[str, SeriesPoint] = {}
    for round_ in sorted(_closed(rounds), key=lambda each: (each.as_of, each.closed_at)):
        rate = _rate_of(region, round_.id, pass_rates)
        if rate is not None and rate.sampled:
            point = point_of_round(round_, rate)
            own[point.period] = point
    return joined(published, own.values())


def _closed(rounds: RoundRepository) -> Iterator[Round]:
    samples = every_round(rounds, kinds=(RoundKind.SAMPLE,))
    return (each for each in samples if each.state is RoundState.CLOSED and not each.drill)


def _rate_of(region: str, round_id: str, pass_rates: PassRateRepository) -> PassRate | None:
    dimension, key = _place(region)
    found = pass_rates.page(round_id, dimension=dimension, key_prefix=key, limit=1)
    return found[0] if found and found[0].key == key else None


def _place(region: str) -> tuple[Dimension, str]:
    if region == NATION:
        return Dimension.NATION, NATION
    if region.endswith("0000"):
        return Dimension.PROVINCE, region[:2]
    return (Dimension.CITY, region[:4]) if region.endswith("00") else (Dimension.COUNTY, region)
