"""A recheck of a province, from its registry: sites are inspected and told, report, and are looked at again.

Which problems the others had and all names are made up; of what was published, the five that had not mended are kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from inspection.bulletin.bulletin import Bulletin
from inspection.bulletin.figures import BulletinFigures, Deadlines
from inspection.rectification import StepKind
from inspection.rectification.rules import shipped_rules
from inspection.registry.row import COLUMNS
from inspection.workflows.file_monthly_report import Attachment, file_monthly_report
from inspection.workflows.open_cases import open_cases
from inspection.workflows.recheck_cases import recheck_cases
from inspection.workflows.settle_cases import settle_cases
from inspection.workflows.step_case import Document, step_case

FIRST = "2016-12-hunan"
FAILING = {
    "4300000002": "columns",
    "4300000005": "stale",
    "4310000001": "links",
    "4310000003": "columns",
    "4310000006": "blank",
    "4312000002": "columns",
    "4312000004": "stale",
    "4313000001": "links",
    "4313000007": "down",
}
"""Fault by site: those of the first round."""
STILL = ("4300000002", "4310000001", "4310000003", "4312000002", "4313000001")
"""Sites that have said so, but not mended it."""
_REGIONS = {"430000": "省某厅", "431000": "郴州某局", "431200": "怀化某局", "431300": "娄底某局"}
_PLAN = """name = "省级普查式抽查"
[allocation]
method = "fixed"
default_count = 40
"""


@dataclass(frozen=True)
class ProvincialRecheck:
    """The desk, the figures and the published bulletin."""

    desk: Any
    figures: BulletinFigures
    bulletin: Bulletin


def provincial_recheck(desk: Any, folder: Path) -> ProvincialRecheck:
    """From the files to the published bulletin."""
    desk.today = date(2016, 12, 1)
    sites = desk.import_sites(desk.write(folder / "registry.csv", COLUMNS, _sites()))
    columns = ("id", "name", "level", "region", "department", "parent")
    offices = desk.import_offices(desk.write(folder / "offices.csv", columns, _offices()))
    assert (sites.rejected_rows, offices.rejected_rows) == (0, 0)
    desk.draw(_PLAN, FIRST, "2016年12月抽查", office="hunan")
    desk.inspect(FIRST, lambda site: desk.sight(fault=FAILING.get(site.code, "")))
    _rectify(desk)
    desk.today = date(2017, 2, 24)
    ordered = recheck_cases(FIRST, desk.stores, by="第三方机构", clock=desk)
    desk.inspect(ordered.round.id, lambda site: _seen_again(desk, site.code))
    settle_cases(ordered.round.id, shipped_rules("national"), desk.stores, by="第三方机构", clock=desk)
    _report_january(desk)
    desk.today = date(2017, 3, 1)
    figures = desk.gather(
        "hunan",
        "2017年2月",
        "全省",
        round_id=ordered.round.id,
        deadlines=Deadlines(report_by=date(2017, 3, 20)),
    )
    desk.draft("2017-02-hunan", figures, region="430000")
    return ProvincialRecheck(desk, figures, desk.publish("2017-02-hunan"))


def _rectify(desk: Any) -> None:
    """Every unit is told its report and says that it has mended its site."""
    rules = shipped_rules("national")
    desk.today = date(2016, 12, 8)
    cases = open_cases(FIRST, rules, desk.stores, by="省人民政府办公厅", clock=desk).cases
    desk.today = date(2016, 12, 28)
    report = [Document("整改报告.pdf", b"%PDF-1.4 stamped report of a unit")]
    for case in cases:
        step_case(case.id, StepKind.RECEIVE, rules, desk.stores, by=case.unit, clock=desk)
        step_case(case.id, StepKind.SUBMIT, rules, desk.stores, by=case.unit, clock=desk, note="已改", documents=report)


def _seen_again(desk: Any, code: str) -> Any:
    fault = FAILING[code]
    return desk.sight(fault=fault) if code in STILL else desk.sight(mended=fault)


def _report_january(desk: Any) -> None:
    """One prefecture reports with the annex of a county on the last day, another a day late, the third not at all."""
    for day, city, counties in ((5, "431000", ("431002",)), (6, "431200", ())):
        desk.today = date(2017, 2, day)
        files = [
            Attachment(region=region, name=f"{region}.pdf", body=f"%PDF-1.4 {region}".encode())
            for region in (city, *counties)
        ]
        file_monthly_report("2017-01", city, files, by="填报人", stores=desk.stores, clock=desk)


def _sites() -> Iterator[tuple[str, ...]]:
    for region, owner in _REGIONS.items():
        category = "province-department" if region == "430000" else "city-department"
        for n in range(1, 11):
            code, name = f"{region}{n:04}", f"{owner}之{n}"
            yield code, f"{name}网站", f"http://www.s{code}.gov.cn/", category, region, name, owner, "normal", *[""] * 4


def _offices() -> Iterator[tuple[str, ...]]:
    yield "hunan", "省人民政府办公厅", "省级", "430000", "", ""
    for id_, region, name in (("cz", "431000", "郴州市"), ("hh", "431200", "怀化市"), ("ld", "431300", "娄底市")):
        yield id_, f"{name}人民政府办公室", "市级", region, "", "hunan"
    yield "beihu", "北湖区人民政府办公室", "县级", "431002", "", "cz"
