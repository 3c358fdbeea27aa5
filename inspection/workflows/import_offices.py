"""Import offices: good rows go in or replace what has changed, every bad row is reported."""

from collections.abc import Iterable, Sequence

import msgspec

from inspection.offices import Office
from inspection.offices.row import parent_problem, parse_office
from inspection.ports import ImportCounts
from inspection.records import RecordRepository
from inspection.registry.row import RowProblem
from inspection.workflows.import_registry import ImportReport, RawRow, RejectedRow


def import_offices(rows: Iterable[RawRow], offices: RecordRepository[Office]) -> ImportReport:
    """Read all rows, then write the good ones, from the top down. Repeating an import changes nothing.

    An office above may stand anywhere in the file, or be stored already; who depends on a bad row is rejected with it.
    """
    problems: list[RejectedRow] = []
    good: list[tuple[int, Office]] = []
    lines: dict[str, int] = {}
    total = 0
    for row in rows:
        total += 1
        office, found = (None, [row.problem]) if row.problem is not None else parse_office(row.values)
        if office is not None and lines.setdefault(office.id, row.line) != row.line:
            found = [RowProblem("id", office.id, f"与第 {lines[office.id]} 行的编号重复，已保留先出现的一行")]
        problems += [RejectedRow(row.line, problem) for problem in found]
        if office is not None and not found:
            good.append((row.line, office))
    kept, orphans = _under_known_parents(good, offices)
    problems += orphans
    rejected = len({each.line for each in problems})
    return ImportReport(rows=total, rejected_rows=rejected, counts=_put(kept, offices), problems=problems)


def _under_known_parents(
    rows: Iterable[tuple[int, Office]], offices: RecordRepository[Office]
) -> tuple[list[Office], list[RejectedRow]]:
    kept: dict[str, Office] = {}
    orphans: list[RejectedRow] = []
    for line, office in sorted(rows, key=lambda row: (row[1].level.rank, row[1].id)):
        parent = kept.get(office.parent) or (offices.find(office.parent) if office.parent else None)
        problem = parent_problem(office, parent)
        if problem is None:
            kept[office.id] = office
        else:
            orphans.append(RejectedRow(line, problem))
    return list(kept.values()), orphans


def _put(offices: Sequence[Office], stored: RecordRepository[Office]) -> ImportCounts:
    added = stored.add(offices)
    changed = 0
    for office in offices:
        before = stored.find(office.id)
        if before is None or msgspec.structs.replace(office, revision=before.revision) == before:
            continue
        stored.replace(msgspec.structs.replace(office, revision=before.revision + 1))
        changed += 1
    return ImportCounts(added=added, changed=changed, unchanged=len(offices) - added - changed)
