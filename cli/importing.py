"""What the imports of files have in common: the bar, the counts, the error file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import typer

from cli.wiring import progress_bar, say
from inspection.workflows.import_registry import ImportReport, RawRow
from store.registry_file import Columns, count_lines, read_rows, write_problems

SOME_REJECTED = 3
"""Exit code of an import with bad rows."""
_SHOWN_PROBLEMS = 20


def import_file(
    file: Path,
    columns: Columns,
    run: Callable[[Iterator[RawRow], Callable[[int], None]], ImportReport],
    *,
    errors: Path | None,
) -> None:
    """Read a file, let ``run`` (rows, progress) import it, tell what came of it; exit code 3 with bad rows."""
    rows = read_rows(file, columns=columns)
    with progress_bar() as bar:
        task = bar.add_task("导入", total=count_lines(file))
        report = run(rows, lambda done: bar.advance(task, done))
    counts = report.counts
    say(
        f"读取 {report.rows:,} 行：新增 {counts.added:,}，变更 {counts.changed:,}，已有 {counts.unchanged:,}，"
        f"错误行 {report.rejected_rows:,}"
    )
    if not report.problems:
        return
    target = errors or file.with_name(f"{file.name}.errors.csv")
    write_problems(target, report.problems)
    for each in report.problems[:_SHOWN_PROBLEMS]:
        say(f"第 {each.line} 行 {each.problem.column} {each.problem.value!r}：{each.problem.reason}")
    say(f"共 {len(report.problems)} 处错误，已写入 {target}")
    raise typer.Exit(SOME_REJECTED)
