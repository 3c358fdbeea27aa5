"""A month of a city as files that its office would import: the form of its sample, the results, the failing sites.

The form names 60 sites and units that add up to 61: the list has a site less of the last county than the form says.
How many sites run in the city, which of them fail by what, and all names are made up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cli.case import reported_failures
from inspection.assessment.scoring_rules import shipped_rules as scoring_rules
from inspection.bulletin.bulletin import Bulletin
from inspection.bulletin.figures import BulletinFigures, Deadlines
from inspection.rectification import RectificationCase
from inspection.rectification.rules import shipped_rules as rectification_rules
from inspection.registry.row import COLUMNS
from inspection.workflows.figures_of_round import FiguresOrder
from inspection.workflows.file_monthly_report import Attachment, file_monthly_report
from inspection.workflows.open_cases import Occasion, open_reported_cases

UNITS = {"市直部门": 13, "东港区": 9, "河口区": 9, "垦丰县": 13, "广安县": 12, "临湖县": 5}
"""Sites by unit as the form lists them."""
_REGIONS = ("370500", "370502", "370503", "370505", "370522", "370523")
_RUNNING = 20
"""Sites of each unit."""
REPORT_BY, RECHECK_ON = date(2017, 3, 9), date(2017, 3, 10)
PROBLEMS = {
    "市直部门": [[("C15-V4", "网站被篡改，出现非法内容")]],
    "东港区": [[("C15-V2", "首页长期不更新")]],
    "河口区": [[("C15-V3c", "空白栏目6个")]],
    "垦丰县": [
        [("C15-D2b", "链接错误12处"), ("C15-D2", "首页死链接35个")],
        [("C15-D4", "信息更新不及时的栏目9个"), ("C15-D4", "栏目设置不合理")],
    ],
    "广安县": [
        [("C15-V2", "首页长期不更新")],
        [("C15-D4", "信息公开专栏更新不及时"), ("C15-D4", "信息公开专栏存在空白栏目")],
        [("C15-D4", "信息公开专栏主题分类不清"), ("C15-D2", "首页死链接41个")],
    ],
}
"""Failing sites by unit, each with indicator and text of its problems."""


@dataclass(frozen=True)
class MunicipalMonth:
    """The desk, the cases opened, the figures and the draft made of them."""

    desk: Any
    cases: tuple[RectificationCase, ...]
    figures: BulletinFigures
    draft: Bulletin


def municipal_month(desk: Any, folder: Path) -> MunicipalMonth:
    """From the files to the draft."""
    desk.today = date(2017, 1, 20)
    sites = desk.import_sites(desk.write(folder / "registry.csv", COLUMNS, _sites()))
    columns = ("id", "name", "level", "region", "department", "parent")
    city = ("qinglan", "青岚市人民政府办公室", "市级", "370500", "", "")
    offices = desk.import_offices(desk.write(folder / "offices.csv", columns, [city]))
    assert (sites.rejected_rows, offices.rejected_rows) == (0, 0)
    desk.today = date(2017, 2, 3)
    filed = [Attachment(region="370500", name="1月月报.pdf", body=b"%PDF-1.4 report of January")]
    file_monthly_report("2017-01", "370500", filed, by="青岚市", stores=desk.stores, clock=desk)
    desk.today = date(2017, 2, 27)
    results = desk.write(folder / "results.csv", ("code", "verdict"), _results())
    units = desk.write(folder / "units.csv", ("unit", "sampled"), UNITS.items())
    desk.file_report("qinglan", "2017-02", results, units=units, sampled=60, failed=8)
    failing = desk.write(folder / "failing.csv", ("code", "indicator", "message", "url"), _failing())
    opened = open_reported_cases(
        Occasion(
            round_id="2017-02:qinglan",
            title="2017年2月抽查",
            edition="2015",
            by="青岚市人民政府办公室",
            due=REPORT_BY,
            recheck_on=RECHECK_ON,
        ),
        reported_failures(failing, desk.stores.editions.get("2015")),
        rectification_rules("city-example"),
        desk.stores,
        desk,
    )
    assert opened.refused == ()
    desk.today = date(2017, 3, 2)
    figures = desk.gather(
        "qinglan",
        "2017年2月",
        "青岚市",
        report="2017-02",
        order=FiguresOrder(assessment=scoring_rules("city-example")),
        deadlines=Deadlines(report_by=REPORT_BY, recheck_on=RECHECK_ON),
    )
    return MunicipalMonth(desk, opened.cases, figures, desk.draft("2017-02-qinglan", figures, region="370500"))


def _code(unit: int, number: int) -> str:
    return f"{_REGIONS[unit]}{number:04}"


def _sites() -> Iterator[tuple[str, ...]]:
    for unit, (name, region) in enumerate(zip(UNITS, _REGIONS, strict=True)):
        for n in range(_RUNNING):
            owner = f"{'市' if unit == 0 else name}第{n + 1}局"
            above = ("市水利局" if n == 0 else owner) if unit == 0 else name
            category = "city-department" if unit == 0 else "county-below"
            code = _code(unit, n)
            yield (
                code,
                f"{owner}网站",
                f"http://www.s{code}.gov.cn/",
                category,
                region,
                owner,
                above,
                "normal",
                *[""] * 4,
            )


def _results() -> Iterator[tuple[str, str]]:
    for unit, (name, sampled) in enumerate(UNITS.items()):
        for n in range(sampled - (name == "临湖县")):
            yield _code(unit, n), "不合格" if n < len(PROBLEMS.get(name, ())) else "合格"


def _failing() -> Iterator[tuple[str, str, str, str]]:
    for unit, name in enumerate(UNITS):
        for n, problems in enumerate(PROBLEMS.get(name, ())):
            for indicator, message in problems:
                yield _code(unit, n), indicator, message, ""
