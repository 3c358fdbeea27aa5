"""Options that the commands on cases share, and the rules and files that they name."""

from pathlib import Path
from typing import Annotated

import typer

from cli.wiring import read_text
from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.rectification.rules import RectificationRules, parse_rules
from inspection.supervision import SupervisionRules
from inspection.workflows.step_case import Document

CaseId = Annotated[str, typer.Argument(metavar="CASE", help="案件编号：轮次:网站标识码")]
By = Annotated[str, typer.Option("--by", help="经办单位或经办人")]
Rules = Annotated[str, typer.Option("--rules", help="整改规则的 id（national、city-example、自有的）或 TOML 文件")]
Files = Annotated[list[Path], typer.Option("--file", help="附件（PDF、JPEG、PNG），可多次给出")]
Due = Annotated[str | None, typer.Option("--due", metavar="YYYY-MM-DD", help="整改期限，默认按规则")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


def rules_of(name: str, own: SupervisionRules) -> RectificationRules:
    """Rules of the installation by id, or those of a file."""
    if name.endswith(".toml"):
        return parse_rules(read_text(Path(name)), origin=name)
    return own.rectification_of(name)


def documents_of(paths: list[Path]) -> list[Document]:
    """Files with what is in them."""
    try:
        return [Document(path.name, path.read_bytes()) for path in paths]
    except OSError as error:
        raise InputRejected(f"无法读取附件 {error.filename}：{in_chinese(error)}") from error
