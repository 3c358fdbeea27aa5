"""Which bounds of reporting a command goes by: those of a file that it is given, else the installation's."""

from pathlib import Path
from typing import Annotated

import typer

from cli.wiring import read_text
from inspection.reporting.rules import ReportingRules, parse_rules
from inspection.supervision import SupervisionRules

RulesFile = Annotated[
    Path | None, typer.Option("--rules", help="自己的界限（TOML 文件），默认用本机设置的或随程序提供的 reporting.toml")
]


def rules_of(file: Path | None, own: SupervisionRules) -> ReportingRules:
    """The rules of a file, or those of the installation."""
    return own.reporting if file is None else parse_rules(read_text(file), origin=file.name)
