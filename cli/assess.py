"""``xuncha assess``: points that responsible units lost in a period, each with what it rests on."""

import csv
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.wiring import china_day, print_json, read_text, say
from inspection.assessment import AssessmentEvent, AssessmentRules, UnitAssessment
from inspection.assessment.scoring_rules import parse_rules
from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.supervision import SupervisionRules
from inspection.workflows.assess import assess as assess_units
from inspection.workflows.late_answers import event_providers, months_not_fixed, without_source
from store.sheet_file import Cell, write_sheet
from store.stores import open_stores

_COLUMNS = ("unit", "rule", "day", "reference", "note")
_HEADINGS = ("责任单位", "合计扣分", "规则", "事项", "扣分", "日期", "依据编号", "说明", "条款", "来源")


def assess(
    first: Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="考核期第一天")],
    last: Annotated[str, typer.Option("--to", metavar="YYYY-MM-DD", help="考核期最后一天（含）")],
    rules: Annotated[
        str, typer.Option("--rules", help="考核规则的 id（city-example、annual、自有的）或 TOML 文件")
    ] = "city-example",
    region: Annotated[str, typer.Option("--region", help="只计这一地区的案件、留言和月报：行政区划代码前缀")] = "",
    events: Annotated[
        Path | None, typer.Option("--events", help=f"另行登记的事件（CSV，UTF-8），列：{','.join(_COLUMNS)}")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="写入的 .xlsx 或 .csv 文件，每行一条扣分")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """日常考核：按规则统计各责任单位的扣分，每一分都可追溯到一件事。"""
    given = [] if events is None else _read(events)

    def handed_in(_: AssessmentRules, __: date, ___: date) -> list[AssessmentEvent]:
        return given

    with open_stores() as stores:
        by_rules = assessment_rules(rules, stores.rules)
        table = assess_units(
            by_rules,
            stores.cases,
            first=china_day(first),
            last=china_day(last),
            region=region,
            providers=(handed_in, *event_providers(stores, region=region)),
        )
        end = min(china_day(last), china_day(None))
        unfixed = months_not_fixed(stores, by_rules, china_day(first), end, region=region)
    if out is not None:
        write_sheet(out, "日常考核", _HEADINGS, [row for unit in table for row in _rows(unit)])
        say(f"已写入 {len(table)} 个单位的考核结果到 {out}")
    elif as_json:
        print_json(table)
    else:
        _print(table, by_rules, first, last)
    if unfixed and not as_json:
        say(f"迟报名单尚未确定、未计分的月报：{'、'.join(unfixed)}；请用 xuncha monthly fix 月份 确定后再考核")


def assessment_rules(name: str, own: SupervisionRules) -> AssessmentRules:
    """Rules of the installation by their id, others by the path of a TOML file."""
    return parse_rules(read_text(Path(name)), origin=name) if name.endswith(".toml") else own.assessment_of(name)


def _rows(unit: UnitAssessment) -> list[tuple[Cell, ...]]:
    return [
        (
            *(unit.unit, unit.points, line.rule.id, line.rule.name, line.rule.points, f"{line.event.day}"),
            *(line.event.reference, line.event.note, line.rule.clause, line.rule.source.chinese),
        )
        for line in unit.lines
    ]


def _print(table: tuple[UnitAssessment, ...], rules: AssessmentRules, first: str, last: str) -> None:
    shown = Table("责任单位", "扣分", "事项", title=f"{rules.name}（{first} 至 {last}）")
    for unit in table:
        reasons = "\n".join(f"{line.rule.points.normalize():f}　{line.reason}" for line in unit.lines)
        score = "" if unit.score is None else f"（得 {unit.score.normalize():f}）"
        shown.add_row(Text(unit.unit), f"{unit.points.normalize():f}{score}", Text(reasons))
    Console().print(shown)
    handed_in = "、".join(f"{rule.id}（{rule.name}）" for rule in without_source(rules))
    if handed_in:
        say(f"没有自动来源的规则，只计用 --events 报入的事件：{handed_in}")
    provisional = [f"{rule.id}（{rule.source.chinese}）" for rule in rules.rules if rule.source.is_provisional]
    if provisional:
        say(f"分值待核的规则：{'、'.join(provisional)}")


def _read(path: Path) -> list[AssessmentEvent]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise InputRejected(f"{path} 缺少列 {'、'.join(missing)}；应有：{','.join(_COLUMNS)}")
            rows = list(reader)
    except (OSError, UnicodeDecodeError) as error:
        raise InputRejected(f"无法读取 {path}：{in_chinese(error)}；请确认路径正确并存为 UTF-8") from error
    return [_event(path, line, row) for line, row in enumerate(rows, 2)]


def _event(path: Path, line: int, row: dict[str, str]) -> AssessmentEvent:
    unit, rule, day, reference, note = ((row[name] or "").strip() for name in _COLUMNS)
    try:
        return AssessmentEvent(unit=unit, rule=rule, day=china_day(day), reference=reference, note=note)
    except InputRejected as error:
        raise InputRejected(f"{path} 第 {line} 行：{error}") from error
