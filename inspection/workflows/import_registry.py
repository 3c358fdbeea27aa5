"""Import a registry file: good rows go in, every bad row is reported, nothing is lost."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from inspection.ports import Clock, ImportCounts, SiteRepository
from inspection.registry.row import RowProblem, parse_row
from inspection.registry.site import Site, SiteStatus

_BATCH = 2000


class RawRow(msgspec.Struct, frozen=True):
    """A row as the file holds it. ``line`` counts from 1; ``problem`` says why it could not even be split."""

    line: int
    values: Mapping[str, str]
    problem: RowProblem | None = None


class RejectedRow(msgspec.Struct, frozen=True):
    """One problem of one row."""

    line: int
    problem: RowProblem


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did. ``rows`` = sites counted + rows rejected."""

    rows: int
    rejected_rows: int
    counts: ImportCounts
    problems: Sequence[RejectedRow]


def import_registry(
    rows: Iterable[RawRow],
    sites: SiteRepository,
    *,
    source: str,
    clock: Clock,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> ImportReport:
    """Read all rows, then write the good ones. Repeating an import changes nothing.

    ``progress`` gets the number of rows done with since its last call: rejected, or written.
    """
    problems: list[RejectedRow] = []
    good: list[Site] = []
    total = 0
    for row, site, found in _parsed(rows):
        total += 1
        problems += [RejectedRow(row.line, problem) for problem in found]
        if site is not None:
            good.append(site)
    progress(total - len(good))
    counts = ImportCounts(added=0, changed=0, unchanged=0)
    good.sort(key=lambda site: site.code)
    at = clock.now()
    for start in range(0, len(good), _BATCH):
        batch = good[start : start + _BATCH]
        counts += sites.upsert(batch, at=at, source=source, dry_run=dry_run)
        progress(len(batch))
    rejected = len({each.line for each in problems})
    return ImportReport(rows=total, rejected_rows=rejected, counts=counts, problems=problems)


def _parsed(rows: Iterable[RawRow]) -> Iterator[tuple[RawRow, Site | None, list[RowProblem]]]:
    """Each row's site or problems; codes and addresses must be unique within the file."""
    codes: dict[str, int] = {}
    addresses: dict[str, int] = {}
    for row in rows:
        site, found = (None, [row.problem]) if row.problem is not None else parse_row(row.values)
        if site is not None:
            found = _repeated(row, site, codes, addresses)
            site = None if found else site
        yield row, site, found


def _repeated(row: RawRow, site: Site, codes: dict[str, int], addresses: dict[str, int]) -> list[RowProblem]:
    earlier = codes.setdefault(site.code, row.line)
    if earlier != row.line:
        return [RowProblem("code", site.code, f"与第 {earlier} 行的标识码重复，已保留先出现的一行")]
    if site.status is SiteStatus.NORMAL:
        earlier = addresses.setdefault(site.url, row.line)
        if earlier != row.line:
            return [RowProblem("url", site.url, f"与第 {earlier} 行的网址重复：一个地址只能登记一个正常网站")]
    return []
