"""One row of a table of results: strings in, a result or the list of what is wrong with it out."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from inspection.cells import Cells
from inspection.offices import Office
from inspection.registry import Site
from inspection.registry.row import RowProblem
from inspection.reporting.report import ResultRow, UnitCount
from inspection.scoring import Verdict

COLUMNS = {"code": "网站标识码", "verdict": "结论", "problems": "存在问题", "inspected_on": "检查日期"}
"""Columns of a table of results, with the headings of the paper form."""
OPTIONAL = frozenset({"problems", "inspected_on"})

UNIT_COLUMNS = {"unit": "单位", "sampled": "抽查数"}
"""Columns of the sites by unit, with the headings of the paper form."""

_VERDICTS = {
    **{verdict.value: verdict for verdict in Verdict},
    **{verdict.chinese: verdict for verdict in Verdict},
    "关停": Verdict.CLOSED,
}
_SEPARATORS = re.compile(r"[;；\n]")
_SPACE = " \t\r\n\u3000"


def parse_result(
    values: Mapping[str, str], *, sites: Mapping[str, Site], office: Office, as_of: date, days: tuple[date, date]
) -> tuple[ResultRow | None, list[RowProblem]]:
    """The result of a row, or None and every problem found in it. ``sites`` are the registered ones by code.

    ``days`` are the first and the last day on which it may have been inspected, ``as_of`` the day up to which is told.
    """
    row = {column: values.get(column, "").strip(_SPACE) for column in COLUMNS}
    verdict = _VERDICTS.get(row["verdict"]) or _VERDICTS.get(row["verdict"].lower())
    day, day_problems = _day(row["inspected_on"], as_of, days)
    problems = [*_code_problems(row["code"].lower(), sites, office), *day_problems]
    if verdict is None:
        problems.append(RowProblem("verdict", row["verdict"], "结论应为：合格、不合格、未判定、关停"))
    if problems or verdict is None:
        return None, problems
    parts = tuple(part for each in _SEPARATORS.split(row["problems"]) if (part := each.strip(_SPACE)))
    return ResultRow(code=row["code"].lower(), verdict=verdict, problems=parts, inspected_on=day), []


def _code_problems(code: str, sites: Mapping[str, Site], office: Office) -> list[RowProblem]:
    site = sites.get(code)
    if site is None:
        return [RowProblem("code", code, "登记中没有这个标识码，请核对或先导入登记")]
    if not office.covers(site):
        return [RowProblem("code", code, f"{site.name}不在{office.name}的管辖范围内，请核对标识码或报送单位")]
    return []


def _day(text: str, as_of: date, days: tuple[date, date]) -> tuple[date | None, list[RowProblem]]:
    if not text:
        return None, []
    try:
        day = datetime.fromisoformat(text).date()  # spreadsheets give a day with its midnight
    except ValueError:
        return None, [RowProblem("inspected_on", text, "日期应写成 YYYY-MM-DD，例如 2017-03-20")]
    if day > as_of:
        return None, [RowProblem("inspected_on", text, f"检查日期晚于截止日期 {as_of}，请核对")]
    first, last = days
    if not first <= day <= last:
        reason = f"检查日期不在所报时期的范围（{first} 至 {last}）内，请核对日期或时期"
        return None, [RowProblem("inspected_on", text, reason)]
    return day, []


def read_unit(cells: Cells) -> UnitCount | None:
    """The number of one unit; None where ``cells`` has noted problems."""
    count = UnitCount(unit=cells.text("unit", required=True, limit=100), sampled=cells.number("sampled", least=0))
    return None if cells.problems else count
