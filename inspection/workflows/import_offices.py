"""Import offices: good rows go in or replace what has changed, every bad row is reported."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from inspection.offices import Office, OfficeLevel
from inspection.offices.row import change_problem, parent_problem, parse_office, seat_problem, unknown_department
from inspection.ports import ImportCounts, SiteFilter, SiteRepository
from inspection.records import RecordRepository, every
from inspection.registry.row import RowProblem
from inspection.workflows.import_registry import ImportReport, RawRow, RejectedRow


def import_offices(rows: Iterable[RawRow], offices: RecordRepository[Office], sites: SiteRepository) -> ImportReport:
    """Read all rows, then write the good ones, from the top down. Repeating an import changes nothing.

    An office above may stand anywhere in the file, or be stored already; who depends on a bad row is rejected with it.
    A row that changes an office is rejected, too, where offices below it, stored and left as they are, would no longer
    fit under it: the tree is sound after every import, whatever it refuses. One office alone is responsible for a
    region or department at its level; a department is one of the registered sites, as soon as there are any of one.
    """
    has_departments = _has_codes(sites, "bm")
    problems: list[RejectedRow] = []
    good: list[_Row] = []
    lines: dict[str, int] = {}
    total = 0
    for row in rows:
        total += 1
        office, found = (None, [row.problem]) if row.problem is not None else parse_office(row.values)
        if office is not None and lines.setdefault(office.id, row.line) != row.line:
            found = [RowProblem("id", office.id, f"与第 {lines[office.id]} 行的编号重复，已保留先出现的一行")]
        if office is not None and office.department and has_departments:
            known = _has_codes(sites, f"bm{office.department}")
            found = found if known else [*found, unknown_department(office)]
        problems += [RejectedRow(row.line, problem) for problem in found]
        if office is not None and not found:
            good.append(_Row(line=row.line, office=office))
    kept, misfits = _fitting(good, {office.id: office for office in every(offices)})
    problems = sorted([*problems, *misfits], key=lambda each: each.line)
    rejected = len({each.line for each in problems})
    return ImportReport(rows=total, rejected_rows=rejected, counts=_put(kept, offices), problems=problems)


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    office: Office


def _has_codes(sites: SiteRepository, prefix: str) -> bool:
    """Whether there is a registered site whose code begins so."""
    return any(site.code.startswith(prefix) for site in sites.page(SiteFilter(), after=prefix, limit=1))


def _fitting(rows: Iterable[_Row], stored: Mapping[str, Office]) -> tuple[list[Office], list[RejectedRow]]:
    """The offices, from the top down, that together with those stored make a sound tree; what is wrong with the others.

    A rejected row leaves the stored office in place, or none, which may leave others without a fit: hence the rounds.
    """
    kept = {row.office.id: row for row in sorted(rows, key=lambda row: (row.office.level.rank, row.office.id))}
    rejected: list[RejectedRow] = []
    while misfits := _misfits(kept, stored):
        for id_, problem in misfits.items():
            rejected.append(RejectedRow(kept.pop(id_).line, problem))
    return [row.office for row in kept.values()], rejected


def _misfits(rows: Mapping[str, _Row], stored: Mapping[str, Office]) -> dict[str, RowProblem]:
    """What is wrong, by the id of the office whose row is to blame: the lower one, unless it stays as it was."""
    tree = {**stored, **{id_: row.office for id_, row in rows.items()}}
    found: dict[str, RowProblem] = {}
    left: dict[str, list[Office]] = {}
    for office in tree.values():
        problem = parent_problem(office, tree.get(office.parent))
        if problem is None:
            continue
        if office.id in rows and not _same(office, stored.get(office.id)):
            found[office.id] = problem
        elif office.parent in rows:
            left.setdefault(office.parent, []).append(office)
    changes = {id_: change_problem(tree[id_], stored.get(id_), below) for id_, below in left.items()}
    return {**_taken_seats(rows, stored, tree), **changes, **found}


def _taken_seats(
    rows: Mapping[str, _Row], stored: Mapping[str, Office], tree: Mapping[str, Office]
) -> dict[str, RowProblem]:
    """Rows that would take the seat of another office: of one on file that keeps it, or of an earlier row."""

    def is_new(id_: str) -> bool:
        return id_ not in stored or stored[id_].seat != tree[id_].seat

    holders: dict[tuple[OfficeLevel, str], Office] = {}
    for id_ in sorted(tree, key=lambda id_: (is_new(id_), rows[id_].line if id_ in rows else 0)):
        holders.setdefault(tree[id_].seat, tree[id_])
    taken = {id_: holders[tree[id_].seat] for id_ in rows if is_new(id_)}
    return {id_: seat_problem(tree[id_], holder) for id_, holder in taken.items() if holder.id != id_}


def _same(office: Office, stored: Office | None) -> bool:
    return stored is not None and msgspec.structs.replace(office, revision=stored.revision) == stored


def _put(offices: Sequence[Office], stored: RecordRepository[Office]) -> ImportCounts:
    added = stored.add(offices)
    changed = 0
    for office in offices:
        before = stored.find(office.id)
        if before is None or _same(office, before):
            continue
        stored.replace(msgspec.structs.replace(office, revision=before.revision + 1))
        changed += 1
    return ImportCounts(added=added, changed=changed, unchanged=len(offices) - added - changed)
