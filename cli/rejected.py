"""Rows of a table that cannot be used: named one by one, then the command ends with code 3."""

from collections.abc import Sequence

import typer

from cli.wiring import say
from inspection.workflows.import_registry import RejectedRow

_SOME_REJECTED = 3
_SHOWN = 20


def stop_at(problems: Sequence[RejectedRow]) -> None:
    """Name the problems, the first ones in full, and end; nothing where there are none."""
    if not problems:
        return
    for each in problems[:_SHOWN]:
        problem = each.problem
        say(f"第 {each.line} 行 {problem.column} {problem.value!r}：{problem.reason}")
    if len(problems) > _SHOWN:
        say(f"另有 {len(problems) - _SHOWN} 处错误未列出")
    raise typer.Exit(_SOME_REJECTED)
