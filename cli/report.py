"""``xuncha report``: results that offices report of their own rounds; ``verify`` inspects a random part again."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.rejected import stop_at
from cli.report_verification import app as verification
from cli.reporting_rules import RulesFile, rules_of
from cli.wiring import SystemClock, china_day, print_json, say
from inspection.records import every, get
from inspection.reporting import ReportedRound
from inspection.reporting.report import StatedTotals
from inspection.reporting.row import COLUMNS, OPTIONAL, UNIT_COLUMNS
from inspection.workflows.file_report import file_report
from inspection.workflows.sum_reports import sum_reports
from inspection.workflows.verify_reports import verification_result
from store.registry_file import Columns, read_rows
from store.stores import open_stores

app = typer.Typer(help="上报：各地区、各部门报送的抽查结果", no_args_is_help=True, add_completion=False)
app.add_typer(verification, name="verify")

RESULTS = Columns.named(COLUMNS, OPTIONAL, ("inspected_on",))
"""A table of results, as reports and self-checks bring it."""
UNITS = Columns.named(UNIT_COLUMNS, ())
"""A table of the sites by unit, as the form of a report lists them."""

OfficeId = Annotated[str, typer.Option("--office", metavar="ID", help="单位编号")]
Period = Annotated[str, typer.Option("--period", help="时期，例如 2017Q1")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Number = Annotated[int | None, typer.Option(min=0, help="报表所填的数；有明细时与明细核对")]


@app.command("import")
def import_(
    office: OfficeId,
    period: Period,
    by: Annotated[str, typer.Option("--by", help="填报人")],
    file: Annotated[
        Path | None,
        typer.Argument(help="CSV 或 XLSX 明细，列：code,verdict,problems,inspected_on（后两列可省）；不给则只报总数"),
    ] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="截止日期 YYYY-MM-DD，默认今天")] = None,
    running: Annotated[int | None, typer.Option("--running", min=0, help="在运行网站总数，默认按登记统计")] = None,
    sampled: Number = None,
    passed: Number = None,
    failed: Number = None,
    not_determined: Number = None,
    closed: Number = None,
    units: Annotated[
        Path | None,
        typer.Option("--units", help="报表所列各单位的抽查数（CSV 或 XLSX，列：unit,sampled），照原表保存"),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="更正已报结果的原因")] = "",
    rules_file: RulesFile = None,
) -> None:
    """导入一个单位报送的抽查结果。报表与明细不符、或有任何错误行时整份不入库（错误行退出码为 3）。"""
    rows = None if file is None else read_rows(file, columns=RESULTS)
    stated = StatedTotals(
        running=running,
        sampled=sampled,
        passed=passed,
        failed=failed,
        not_determined=not_determined,
        closed=closed,
    )
    with open_stores() as stores:
        done = file_report(
            rows,
            stated,
            office_id=office,
            period=period,
            as_of=china_day(as_of),
            by=by,
            source="" if file is None else file.name,
            reason=reason,
            stores=stores,
            clock=SystemClock(),
            rules=rules_of(rules_file, stores.rules),
            units=() if units is None else read_rows(units, columns=UNITS),
        )
    if done.report is not None:
        say(_line(done.report))
        _warn_of_units(done.report)
    stop_at(done.problems)


def _warn_of_units(report: ReportedRound) -> None:
    """Say where the units of the form do not add up to its total: it is kept as it stands, but stops a bulletin."""
    units, sampled = report.current.units, report.totals.sampled
    listed = sum(each.sampled for each in units)
    if units and listed != sampled:
        say(f"注意：报表各单位之和为 {listed:,}，与抽查 {sampled:,} 不符；按此起草的通报须更正或核定后才能发布")


def _line(report: ReportedRound) -> str:
    totals = report.totals
    rate = "" if totals.rate is None else f"，合格率 {totals.rate:.1%}"
    filings = "" if len(report.filings) == 1 else f"，第 {len(report.filings)} 次报送"
    rows = "附明细" if report.current.batch else "只报总数"
    return (
        f"{report.office_name} {report.period}：在运行 {totals.running:,}，抽查 {totals.sampled:,}，"
        f"合格 {totals.passed:,}，不合格 {totals.failed:,}，未判定 {totals.not_determined:,}，"
        f"关停 {totals.closed:,}{rate}（{rows}{filings}）"
    )


@app.command("list")
def list_(
    period: Annotated[str, typer.Option("--period", help="只列一个时期")] = "",
    office: Annotated[str, typer.Option("--office", metavar="ID", help="只列一个单位")] = "",
    as_json: AsJson = False,
) -> None:
    """列出报送的抽查结果。"""
    with open_stores() as stores:
        reports = list(every(stores.reports, {"period": period, "office": office}))
    if as_json:
        print_json(reports)
        return
    table = Table("时期", "单位")
    for heading in ("在运行", "抽查", "合格", "不合格", "未判定", "关停", "合格率", "报送次数"):
        table.add_column(heading, justify="right", no_wrap=True)
    for report in reports:
        totals = report.totals
        numbers = (totals.running, totals.sampled, totals.passed, totals.failed, totals.not_determined, totals.closed)
        rate = "—" if totals.rate is None else f"{totals.rate:.1%}"
        table.add_row(
            report.period, Text(report.office_name), *map("{:,}".format, numbers), rate, str(len(report.filings))
        )
    Console().print(table)


@app.command("sum")
def sum_(
    office: Annotated[str, typer.Option("--office", metavar="ID", help="汇总的上级单位")],
    period: Period,
    running: Annotated[
        int | None, typer.Option("--running", min=1, help="计算抽查比例所用的在运行网站总数，默认各单位所报之和")
    ] = None,
    verification_id: Annotated[str, typer.Option("--verification", help="引用哪一次抽样复核的结论")] = "",
    rules_file: RulesFile = None,
    as_json: AsJson = False,
) -> None:
    """汇总一个单位所辖各单位的上报结果，如通报所印。"""
    with open_stores() as stores:
        rules = rules_of(rules_file, stores.rules)
        verified = ""
        if verification_id:
            statement = verification_result(verification_id, stores=stores, rule=rules.verification).statement
            verified = statement.text if statement.holds else ""
        found = sum_reports(
            get(stores.offices, office, "单位"),
            period,
            reports=stores.reports,
            below=rules.named_below.rate,
            running=running,
            verified=verified,
        )
    if as_json:
        print_json(found)
        return
    sample = found.sample
    say(f"{found.regions} 个地区单位和 {found.departments} 个国务院部门报送 {period} 结果")
    say(
        f"抽查 {sample.sampled:,}，合格 {sample.passed:,}，不合格 {sample.failed:,}，"
        f"未判定 {sample.not_determined:,}，关停 {sample.closed:,}"
    )
    for label, share in (("占在运行网站", sample.share_of_running), ("合格率", sample.rate)):
        say(f"{label} {_percent(share)}")
    for label, names in (("全部合格", sample.full), (f"合格率低于 {rules.named_below.rate:.0%}", sample.below)):
        if names:
            say(f"{label}：{'、'.join(names)}")
    if verified:
        say(verified)


def _percent(share: Any) -> str:
    return "—" if share is None else f"{share:.1%}"
