"""Registry files: encodings, broken lines, Excel's quirks, and the round trip."""

import csv
from datetime import UTC, datetime

import openpyxl
import pytest

from inspection.errors import InputRejected
from inspection.registry.row import COLUMNS, parse_row
from inspection.workflows.import_registry import import_registry
from store.memory import MemoryStores
from store.registry_file import read_rows, write_problems, write_sites

HEADER = ",".join(COLUMNS)


def row(n: int, **changes) -> list[str]:
    values = {
        "code": f"370600{n:04d}",
        "name": f"烟台市第{n}局",
        "url": f"http://s{n}.yantai.gov.cn/",
        "category": "city-department",
        "region": "370600",
        "organizer": "某局",
        "supervisor": "某办",
        "status": "normal",
        "contact_name": "张三",
        "contact_title": "主任",
        "contact_phone": "0535-1234567",
        "contact_email": "a@yantai.gov.cn",
        **changes,
    }
    return list(values.values())


def line(n: int, **changes) -> str:
    return ",".join(row(n, **changes))


class Clock:
    def now(self):
        return datetime(2026, 11, 20, tzinfo=UTC)


def load(path, stores=None, **options):
    stores = stores or MemoryStores()
    report = import_registry(read_rows(path, **options), stores.sites, source=path.name, clock=Clock())
    return report, stores


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_encodings_are_recognised(tmp_path, encoding, ending):
    path = tmp_path / "a.csv"
    path.write_bytes(ending.join([HEADER, line(1), line(2), ""]).encode(encoding))
    report, stores = load(path)
    assert (report.rows, report.rejected_rows, report.counts.added) == (2, 0, 2)
    assert stores.sites.get("3706000001").name == "烟台市第1局"


def test_columns_in_any_order(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(",".join(reversed(COLUMNS)) + "\n" + ",".join(reversed(row(1))) + "\n", "utf-8")
    assert load(path)[0].counts.added == 1


@pytest.mark.parametrize(
    ("header", "named"),
    [
        (HEADER.replace("url,", ""), "缺少列 url"),
        (HEADER + ",extra", "未知列 'extra'"),
        (HEADER + ",code", "重复列 code"),
        ("", "缺少列"),
    ],
)
def test_a_bad_header_names_the_columns(tmp_path, header, named):
    path = tmp_path / "a.csv"
    path.write_text(header + "\n" + line(1) + "\n", "utf-8")
    with pytest.raises(InputRejected, match=named):
        load(path)


def test_missing_and_foreign_files(tmp_path):
    with pytest.raises(InputRejected, match="找不到文件"):
        read_rows(tmp_path / "none.csv")
    for name, content, told in (
        ("a.xls", b"x", "旧版 Excel 格式"),
        ("a.xlsx", b"not a zip", "已损坏，或内容是别的格式。请用 Excel 打开后另存为"),
        ("b.csv", b"", "空文件"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputRejected, match=f"^{name} .*{told}"):
            read_rows(tmp_path / name)


KINDS = {
    "bad code": line(1, code="123"),
    "code of no region": line(2, code="3799990001"),
    "empty name": line(3, name=""),
    "bad category": line(4, category="x"),
    "category against code": line(5, category="state-council"),
    "bad region": line(6, region="37"),
    "unknown region": line(7, region="379999"),
    "region against code": line(8, region="110105"),
    "bad status": line(9, status="x"),
    "empty url": line(10, url=""),
    "ftp": line(11, url="ftp://a.cn/"),
    "bad url": line(12, url="http://a b/"),
    "bad mail": line(13, contact_email="x"),
    "bad phone": line(14, contact_phone="x"),
    "control character": line(15, name="a\x07"),
    "too few fields": "3706000016,x",
    "too many fields": line(17) + ",x",
    "open quote": line(18).replace("某局", '"某局'),
    "stray quote in a row": line(19).replace("某局,", '"某"局,'),
    "long name": line(20, name="长" * 101),
}


def test_a_hundred_bad_rows_are_reported_by_line_and_no_good_row_is_lost(tmp_path):
    lines, bad = [HEADER], {}
    kinds = list(KINDS.items())
    for n in range(100):
        kind, text = kinds[n % len(kinds)]
        lines.append(text)
        bad[len(lines)] = kind
        lines.append(line(1000 + n))
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), "utf-8")
    report, stores = load(path)
    reported = {each.line for each in report.problems}
    missed = {kind for number, kind in bad.items() if number not in reported}
    assert missed <= {"stray quote in a row"}  # RFC 4180 readers accept it
    assert reported <= set(bad)
    assert all(each.problem.reason for each in report.problems)
    assert {f"370600{1000 + n:04d}" for n in range(100)} <= {site.code for site in stores.sites.all()}


def test_an_undecodable_line_costs_one_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(
        "\n".join([HEADER, line(1), "@@", line(2)]).encode().replace(b"@@", b"\xff\xfe\xff" + line(3).encode())
    )
    report, stores = load(path)
    assert [(each.line, "编码错误" in each.problem.reason) for each in report.problems] == [(3, True)]
    assert len(list(stores.sites.all())) == 2


def test_a_cell_may_hold_line_breaks(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, line(1).replace("某局", '"某\n局"'), line(2)]), "utf-8")
    report, _ = load(path)
    assert report.counts.added + report.rejected_rows == 2


def test_repeated_codes_and_addresses(tmp_path):
    path = tmp_path / "a.csv"
    rows = [
        HEADER,
        line(1),
        line(1, name="又一个"),
        line(2, url="http://s1.yantai.gov.cn"),
        line(3, url="http://s1.yantai.gov.cn", status="closed"),
    ]
    path.write_text("\n".join(rows), "utf-8")
    report, _ = load(path)
    assert [(each.line, each.problem.column) for each in report.problems] == [(3, "code"), (4, "url")]
    assert "第 2 行" in report.problems[0].problem.reason
    assert report.counts.added == 2


def test_importing_again_changes_nothing(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, line(1), line(2)]), "utf-8")
    _, stores = load(path)
    report, _ = load(path, stores)
    assert (report.counts.added, report.counts.changed, report.counts.unchanged) == (0, 0, 2)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_export_round_trips(tmp_path, suffix):
    sites = [parse_row(dict(zip(COLUMNS, row(n, name='带,"引号'), strict=True)))[0] for n in (1, 2)]
    path = tmp_path / f"a.{suffix}"
    assert write_sites(path, sites) == 2
    _, stores = load(path)
    assert list(stores.sites.all()) == sites


FORMULAS = ("=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "＝A1", "'=A1", "'引号'")


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_no_name_is_run_as_a_formula(tmp_path, suffix):
    sites = [parse_row(dict(zip(COLUMNS, row(n, name=name), strict=True)))[0] for n, name in enumerate(FORMULAS, 1)]
    path = tmp_path / f"a.{suffix}"
    write_sites(path, sites)
    if suffix == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            shown = [cells["name"] for cells in csv.DictReader(file)]
        assert not [text for text in shown if text.startswith(("=", "+", "-", "@", "＝"))]
    else:
        kinds = {cell.data_type for cells in openpyxl.load_workbook(path).active.iter_rows() for cell in cells}
        assert kinds == {"s"}
    _, stores = load(path)
    assert [site.name for site in stores.sites.all()] == list(FORMULAS)


def test_a_csv_file_that_was_saved_as_xlsx(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(list(COLUMNS))
    book.active.append(row(1, name="'=A1"))
    book.save(tmp_path / "a.xlsx")
    _, stores = load(tmp_path / "a.xlsx")
    assert [site.name for site in stores.sites.all()] == ["=A1"]


def test_a_file_that_cannot_be_written(tmp_path):
    for name in ("none/a.csv", "none/a.xlsx"):
        with pytest.raises(InputRejected, match="文件或目录不存在"):
            write_sites(tmp_path / name, [])


def test_excel_numbers_dates_and_empty_rows(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(COLUMNS))
    sheet.append([3706000001.0, *row(1)[1:4], 370600, *row(1)[5:]])
    sheet.append([None] * len(COLUMNS))
    sheet.append([*row(2)[:1], datetime(2026, 1, 1), *row(2)[2:]])
    path = tmp_path / "a.xlsx"
    book.save(path)
    report, stores = load(path)
    assert [site.code for site in stores.sites.all()] == ["3706000001"]
    assert [(each.line, each.problem.column) for each in report.problems] == [(4, "name")]


def test_the_error_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, line(1, status="x"), line(2, status="=A1")]), "utf-8")
    report, _ = load(path)
    write_problems(tmp_path / "e.csv", report.problems)
    header, written, formula = (tmp_path / "e.csv").read_text("utf-8-sig").splitlines()
    assert header == "line,column,value,reason"
    assert written.startswith("2,status,x,状态应为")
    assert formula.startswith("3,status,'=A1,")
