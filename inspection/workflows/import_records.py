"""Import a file of records: good rows go in, in batches; every bad row is reported."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from inspection.cells import Cells
from inspection.ports import ImportCounts
from inspection.registry.row import RowProblem
from inspection.workflows.import_registry import ImportReport, RawRow, RejectedRow

T = TypeVar("T")

BATCH = 2000
"""Records written at once."""


def import_records(
    rows: Iterable[RawRow],
    read: Callable[[Cells], T | None],
    write: Callable[[Sequence[T]], int],
    *,
    key: tuple[str, Callable[[T], str]],
    progress: Callable[[int], None] = lambda _: None,
) -> ImportReport:
    """Write what ``read`` makes of the rows, a batch at a time, so that a file of a million needs no memory for them.

    ``write`` returns how many were new: those known before stay as they are. ``key`` is the column that must be unique
    within the file and how to get it from a record. ``progress`` gets the number of rows done since its last call.
    """
    problems: list[RejectedRow] = []
    batch: list[T] = []
    lines: dict[str, int] = {}
    total = added = good = rejected = 0
    column, key_of = key
    for row in rows:
        total += 1
        record, found = _read(row, read)
        if record is not None:
            earlier = lines.setdefault(key_of(record), row.line)
            if earlier != row.line:
                found = [RowProblem(column, row.values.get(column, ""), f"与第 {earlier} 行重复，已保留先出现的一行")]
        if found or record is None:
            problems += [RejectedRow(row.line, problem) for problem in found]
            rejected += 1
            continue
        good += 1
        batch.append(record)
        if len(batch) == BATCH:
            added += write(batch)
            progress(len(batch))
            batch = []
    added += write(batch)
    progress(len(batch) + rejected)
    counts = ImportCounts(added=added, changed=0, unchanged=good - added)
    return ImportReport(rows=total, rejected_rows=rejected, counts=counts, problems=problems)


def _read(row: RawRow, read: Callable[[Cells], T | None]) -> tuple[T | None, list[RowProblem]]:
    if row.problem is not None:
        return None, [row.problem]
    cells = Cells(row.values)
    return read(cells), cells.problems
