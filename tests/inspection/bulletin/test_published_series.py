"""The national series, the table of classes and two provinces, from what is imported to the bulletin."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inspection.bulletin.document import Chart, ChartKind, Document, Table, text_of
from inspection.bulletin.figures import ClassCount
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.registry.row import COLUMNS
from inspection.workflows.keep_series import import_series

SERIES = """period,as_of,running_sites,state_council_sampled,state_council_pass_pct,regions_sampled,\
regions_pct_of_running,regions_pass_pct,note,source
2015-census,2015-07-27,85737,,,,,,,F
2015-census-final,2015-12-15,,,90.8,,,,,F
2016Q1,,,,81.5,,,,,F
2016Q2,2016-06,,746,85,,,,,F
2016Q3,,,867,88,7788,,89,,F
2016Q4,,,,,7535,16,91,,F
2017Q1,,43143,469,91,7768,18,92,,F
2017Q2,2017-06-01,36916,524,94,8616,23,94,,F
2017Q3,2017-09-01,29431,,,,,,,D
2017Q4,2017-12-01,24820,460,95,12336,50,96,,F
2018Q1,2018-03-01,23269,303,95,11639,50,,,F
2018Q2,2018-06-01,22206,,,,,,,F
2018-12,2018-12,17962,,,,,,,F
2019-12,2019-12,14474,,,,,,,F
"""
DRAWN = {
    "2015年普查": ("85737", "—", "—", "—"),
    "2015年普查（整改后）": ("—", "—", "90.8%", "—"),
    "2016年第一季度": ("—", "—", "81.5%", "—"),
    "2016年第二季度": ("—", "746", "85%", "—"),
    "2016年第三季度": ("—", "867", "88%", "89%"),
    "2016年第四季度": ("—", "—", "—", "91%"),
    "2017年第一季度": ("43143", "469", "91%", "92%"),
    "2017年第二季度": ("36916", "524", "94%", "94%"),
    "2017年第三季度": ("29431", "—", "—", "—"),
    "2017年第四季度": ("24820", "460", "95%", "96%"),
    "2018年第一季度": ("23269", "303", "95%", "—"),
    "2018年第二季度": ("22206", "—", "—", "—"),
    "2018年12月": ("17962", "—", "—", "—"),
    "2019年12月": ("14474", "—", "—", "—"),
}
"""Running sites, own sample and its pass rate, pass rate of the reported samples, as the table prints them."""


def office(desk: Any, folder: Path, id_: str, name: str, level: str, region: str) -> None:
    columns = ("id", "name", "level", "region", "department", "parent")
    desk.import_offices(desk.write(folder / "offices.csv", columns, [(id_, name, level, region, "", "")]))


@pytest.fixture(scope="module")
def later(desk: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Document:
    """A bulletin of 2020, when 328 sites were sampled: 91.8 % of them passed."""
    made = desk()
    made.today = date(2020, 12, 31)
    office(made, tmp_path_factory.mktemp("series"), "guoban", "国务院办公厅", "国家级", "000000")
    import_series(SERIES, region="000000", origin="series.csv", series=made.stores.series_points)
    made.file_report("guoban", "2020", None, running=14261, sampled=328, passed=301, failed=27)
    made.today = date(2021, 1, 20)
    return made.draft("2020", made.gather("guoban", "2020年", "全国", report="2020")).document


def blocks_of(document: Document) -> list[Any]:
    return [block for annex in document.annexes for block in annex.blocks]


@pytest.mark.parametrize(("period", "row"), DRAWN.items(), ids=list(DRAWN))
def test_the_table_of_the_series_has_what_was_published(later: Document, period: str, row: tuple[str, ...]) -> None:
    [table] = [block for block in blocks_of(later) if isinstance(block, Table) and block.header[0] == "时期"]
    assert {cells[0]: cells[1:] for cells in table.rows}[period] == row


def test_the_chart_draws_them_exactly_in_the_order_of_time(later: Document) -> None:
    [chart] = [block for block in blocks_of(later) if isinstance(block, Chart) and block.kind is ChartKind.COURSE]
    running, rates, reported = ([value for value in series.values if value is not None] for series in chart.series)
    assert running == [85737, 43143, 36916, 29431, 24820, 23269, 22206, 17962, 14474]
    assert rates[:-1] == [0.908, 0.815, 0.85, 0.88, 0.91, 0.94, 0.95, 0.95]
    assert round(rates[-1], 3) == 0.918
    assert reported == [0.89, 0.91, 0.92, 0.94, 0.96]
    assert (chart.labels[0], chart.labels[6], chart.labels[-1]) == ("2015年普查", "2017Q1", "2020Q4")


CLASSES = msgspec.json.decode(
    (Path(__file__).parent / "published" / "classes.json").read_bytes(), type=dict[str, tuple[ClassCount, ...]]
)
TOTALS = {"2017Q2": 36916, "2017Q4": 24820, "2018Q1": 23268, "2018Q2": 22205}
"""After those of the first quarter of 2017, which has a data set of its own. Those of 2018 go without 中国政府网."""


def sites_of(classes: tuple[ClassCount, ...]) -> Iterator[Site]:
    numbers = count(1)
    for row in classes:
        head, region = ("bm01", "000000") if row.category is SiteCategory.STATE_COUNCIL else ("3705", "370500")
        for n in range(row.sites):
            code = f"{head}{list(SiteCategory).index(row.category):02}{n:05}"
            url = f"http://www.s{next(numbers)}.gov.cn/"
            yield Site(code=code, name="某网站", url=url, category=row.category, region=region, organizer="某局")


def test_the_table_of_classes_follows_the_registry(desk: Callable[..., Any], tmp_path: Path) -> None:
    """From period to period sites are closed and others come."""
    made = desk()
    office(made, tmp_path, "guoban", "国务院办公厅", "国家级", "000000")
    printed: dict[str, list[int]] = {}
    known: dict[str, Site] = {}
    for period in TOTALS:
        running = {site.code: site for site in sites_of(CLASSES[period])}
        gone = [
            msgspec.structs.replace(site, status=SiteStatus.CLOSED)
            for code, site in known.items()
            if code not in running
        ]
        new = [site for code, site in running.items() if code not in known]
        changed = sorted((*gone, *new), key=lambda site: site.code)
        made.stores.sites.upsert(changed, at=made.now(), source=f"{period}.csv")
        known = running
        made.file_report("guoban", period, None, sampled=460, passed=437, failed=23)
        figures = made.gather("guoban", period, "全国", report=period)
        [table] = [
            block
            for block in blocks_of(made.draft(period, figures).document)
            if isinstance(block, Table) and block.header[0] == "网站类别"
        ]
        printed[period] = [int(row[1]) for row in table.rows]
    assert printed == {period: [*(row.sites for row in CLASSES[period]), total] for period, total in TOTALS.items()}


@pytest.mark.parametrize(
    ("name", "region", "period", "printed", "running", "sampled", "failed", "sentences"),
    [
        (
            *("海南省", "460000", "2016Q1", "2016年第一季度", 203, 112, 13),
            ("网站203家", "政府网站112个，占运行政府网站总数的55.2%", "不合格网站13个", "合格率88.4%"),
        ),
        (
            *("甘肃省", "620000", "2018-02", "2018年2月", 689, 224, 15),
            ("政府网站224个，占运行政府网站总数的32.5%", "不合格网站15个", "合格率93.3%"),
        ),
    ],
)
def test_provinces(
    desk: Callable[..., Any],
    tmp_path: Path,
    name: str,
    region: str,
    period: str,
    printed: str,
    running: int,
    sampled: int,
    failed: int,
    sentences: tuple[str, ...],
) -> None:
    made = desk()
    made.today = date(2018, 3, 1)
    codes = [f"{region}{n:04}" for n in range(1, running + 1)]
    rows = [
        (
            code,
            f"{name}某厅网站",
            f"http://www.s{code}.gov.cn/",
            "province-department",
            region,
            "某厅",
            "",
            "normal",
            *[""] * 4,
        )
        for code in codes
    ]
    assert made.import_sites(made.write(tmp_path / "registry.csv", COLUMNS, rows)).rejected_rows == 0
    office(made, tmp_path, "sheng", f"{name}人民政府办公厅", "省级", region)
    results = [(code, "不合格" if n < failed else "合格") for n, code in enumerate(codes[:sampled])]
    made.file_report("sheng", period, made.write(tmp_path / "results.csv", ("code", "verdict"), results))
    text = text_of(made.draft(period, made.gather("sheng", printed, name, report=period)).document)
    assert [sentence for sentence in sentences if sentence not in text] == []
