"""Imports go in batches, whatever the size of the file."""

from inspection.cells import Cells
from inspection.registry.row import RowProblem
from inspection.workflows.import_records import BATCH, counted, import_records
from inspection.workflows.import_registry import RawRow


def read(cells: Cells) -> str | None:
    name = cells.text("name", required=True)
    return None if cells.problems else name


def test_batches_are_bounded_and_everything_is_counted():
    names = [f"n{n}" for n in range(2 * BATCH + 1)]
    rows = [RawRow(n, {"name": name}) for n, name in enumerate(names, 2)]
    rows += [
        RawRow(9000, {"name": ""}),
        RawRow(9001, {}, RowProblem("", "x", "编码错误")),
        RawRow(9002, {"name": "n7"}),
    ]
    written: list[list[str]] = []
    done: list[int] = []

    def write(batch):
        written.append(list(batch))
        return counted(len(batch) - ("n0" in batch), len(batch))

    report = import_records(rows, read, write, key=("name", str), progress=done.append)
    assert [len(batch) for batch in written] == [BATCH, BATCH, 1]
    assert [name for batch in written for name in batch] == names
    assert (report.rows, report.rejected_rows) == (len(rows), 3)
    assert (report.counts.added, report.counts.unchanged) == (len(names) - 1, 1)
    assert sum(done) == len(rows)
    assert [(each.line, each.problem.reason[:6]) for each in report.problems] == [
        (9000, "不能为空"),
        (9001, "编码错误"),
        (9002, "与第 9 行"),
    ]
