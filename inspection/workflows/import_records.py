"""Import a file of records: good rows go in, in batches; every bad row is reported."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from inspection.cells import Cells
from inspection.ports import ImportCounts
from inspection.records import Record, RecordRepository
from inspection.registry.row import RowProblem
from inspection.workflows.import_registry import ImportReport, RawRow, RejectedRow

T = TypeVar("T")
R = TypeVar("R", bound=Record)

BATCH = 2000
"""Records written at once."""


def import_records(
    rows: Iterable[RawRow],
    read: Callable[[Cells], T | None],
    write: Callable[[Sequence[T]], ImportCounts],
    *,
    key: tuple[str, Callable[[T], str]],
    progress: Callable[[int], None] = lambda _: None,
) -> ImportReport:
    """Write what ``read`` makes of the rows, a batch at a time, so that a file of a million needs no memory for them.

    ``write`` says what became of a batch, as :func:`adding` does. ``key`` is the column that must be unique
    within the file and how to get it from a record. ``progress`` gets the number of rows done since its last call.
    """
    problems: list[RejectedRow] = []
    batch: list[T] = []
    lines: dict[str, int] = {}
    total = rejected = 0
    counts = ImportCounts(added=0, changed=0, unchanged=0)
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
        batch.append(record)
        if len(batch) == BATCH:
            counts += write(batch)
            progress(len(batch))
            batch = []
    counts += write(batch)
    progress(len(batch) + rejected)
    return ImportReport(rows=total, rejected_rows=rejected, counts=counts, problems=problems)


def adding(records: RecordRepository[R]) -> Callable[[Sequence[R]], ImportCounts]:
    """A ``write`` that adds what is new; what is on file stays as it is."""

    def write(batch: Sequence[R]) -> ImportCounts:
        return counted(records.add(batch), len(batch))

    return write


def counted(added: int, total: int) -> ImportCounts:
    """Counts of a batch of which only new ones were written."""
    return ImportCounts(added=added, changed=0, unchanged=total - added)


def _read(row: RawRow, read: Callable[[Cells], T | None]) -> tuple[T | None, list[RowProblem]]:
    if row.problem is not None:
        return None, [row.problem]
    cells = Cells(row.values)
    return read(cells), cells.problems
