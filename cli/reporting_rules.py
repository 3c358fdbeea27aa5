"""Which bounds of reporting a command goes by: the shipped ones, or an operator's own file."""

from pathlib import Path
from typing import Annotated

import typer

from cli.wiring import read_text
from inspection.reporting.rules import ReportingRules, parse_rules, shipped_rules

RulesFile = Annotated[
    Path | None, typer.Option("--rules", help="自己的界限（TOML 文件），默认用随程序提供的 reporting.toml")
]


def rules_of(file: Path | None) -> ReportingRules:
    """The rules of a file, or the shipped ones."""
    return shipped_rules() if file is None else parse_rules(read_text(file), origin=file.name)
