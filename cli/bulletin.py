"""``xuncha bulletin``: draft, review, publish and verify bulletins."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from cli.assess import assessment_rules
from cli.renderers import bulletin_renderers
from cli.wiring import SystemClock, china_day, print_json, read_text, say
from inspection.bulletin.bulletin import Bulletin, BulletinState
from inspection.bulletin.document import text_of
from inspection.bulletin.figures import BulletinFigures, Deadlines
from inspection.bulletin.figures_given import figures_given
from inspection.bulletin.wording import own_wording
from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.observation.site import CHINA
from inspection.offices import Office
from inspection.records import every, get
from inspection.statistics.guard import conflicts
from inspection.workflows.draft_bulletin import (
    WHAT,
    DraftOrder,
    corrections,
    draft_bulletin,
    override_conflict,
    region_on_file,
    review_bulletin,
)
from inspection.workflows.figures_of_round import FiguresOrder, figures_of_round, last_day
from inspection.workflows.gather_figures import BulletinScope
from inspection.workflows.publish_bulletin import publish_bulletin
from inspection.workflows.verify_bulletin import verify_bulletin
from store.stores import Stores, open_stores

app = typer.Typer(help="通报：起草、审核、发布、核验", no_args_is_help=True, add_completion=False)

BulletinId = Annotated[str, typer.Argument(metavar="ID", help="通报编号，例如 2017Q1-national")]
By = Annotated[str, typer.Option("--by", help="经办人，记入通报的办理记录")]
WithoutPdf = Annotated[bool, typer.Option("--without-pdf", help="不生成 PDF（没有浏览器时）")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@app.callback()
def _group() -> None:
    """通报：起草、审核、发布、核验"""


@app.command()
def draft(
    id_: BulletinId,
    by: By,
    figures_file: Annotated[
        Path | None, typer.Option("--figures", metavar="FILE", help="数据文件（JSON），代替 --round")
    ] = None,
    round_id: Annotated[
        str, typer.Option("--round", metavar="ROUND", help="汇总这一已结束轮次（或复查轮次）的数据")
    ] = "",
    own_report: Annotated[
        str,
        typer.Option(
            "--own-report", metavar="PERIOD", help="汇总发布单位自己上报的这一期结果，如 2017-02，代替 --round"
        ),
    ] = "",
    office_id: Annotated[str, typer.Option("--office", help="发布单位的编号；用 --round 或 --own-report 时必填")] = "",
    period: Annotated[str, typer.Option("--period", help="所通报的时期，照印，如 2017年第一季度")] = "",
    area: Annotated[str, typer.Option("--area", help="所通报的地区，照印，如 全国、山东省")] = "",
    against: Annotated[
        str,
        typer.Option(
            "--against",
            metavar="ROUND",
            help="上期轮次（用 --own-report 时也可用上报结果的编号）：与之比较，统计其整改；默认与已发布的上期比较",
        ),
    ] = "",
    reported: Annotated[str, typer.Option("--reported", metavar="PERIOD", help="汇总这一期的上报结果，如 2017Q1")] = "",
    verification: Annotated[str, typer.Option("--verification", metavar="ID", help="引用这一次抽样复核的结论")] = "",
    since: Annotated[
        str | None,
        typer.Option("--since", help="时期的第一天（YYYY-MM-DD），默认按 --period，不能识别时为本季度第一天"),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", help="时期的最后一天（YYYY-MM-DD），如监测截止日；默认按 --period，尚未结束时为今天"),
    ] = None,
    event: Annotated[str, typer.Option("--event", help="联动发布的内容，照印；据此统计转载的网站和新媒体账号")] = "",
    assessment: Annotated[str, typer.Option("--assessment", help="考核规则：city-example、annual 或 TOML 文件")] = "",
    report_by: Annotated[str | None, typer.Option("--report-by", help="报送整改情况的期限（YYYY-MM-DD）")] = None,
    recheck_on: Annotated[str | None, typer.Option("--recheck-on", help="复查的日期（YYYY-MM-DD）")] = None,
    region: Annotated[
        str, typer.Option("--region", help="通报所属地区的六位代码；用 --figures 而发布单位没有登记时必填")
    ] = "",
    number: Annotated[str, typer.Option("--number", help="文号，如 国办秘函〔2017〕23号")] = "",
    issued_on: Annotated[str | None, typer.Option("--issued-on", help="成文日期；默认为发布之日")] = None,
    copies_to: Annotated[
        str, typer.Option("--copies-to", help="抄送机关，照印，如 省委办公厅，省人大常委会办公厅；默认为措辞文件所列的")
    ] = "",
    wording: Annotated[Path | None, typer.Option("--wording", help="措辞文件（TOML），覆盖随程序提供的措辞")] = None,
    corrects: Annotated[str, typer.Option("--corrects", metavar="ID", help="本通报所更正的已发布通报")] = "",
    reason: Annotated[str, typer.Option("--reason", help="更正的原因，印入通报")] = "",
) -> None:
    """起草通报；同一编号未发布的，重新起草。数据前后不一致之处当即列出，不更正或核定则不能发布。"""
    if sum(map(bool, (figures_file, round_id, own_report))) != 1:
        raise InputRejected("请用 --figures 给出数据文件，或用 --round 给出轮次，或用 --own-report 给出时期，三者取一")
    with open_stores() as stores:
        words = stores.rules.wording if wording is None else own_wording(read_text(wording), str(wording))
        office = get(stores.offices, office_id, "单位") if office_id else None
        if figures_file is not None:
            figures = _read(figures_file)
        else:
            last = last_day(period, None if until is None else china_day(until), china_day(None))
            scope = _scope(office, period, area, last, report_by, recheck_on)
            scope = msgspec.structs.replace(scope, round_id=round_id, report=own_report, against=against)
            asked = FiguresOrder(
                since=None if since is None else china_day(since),
                event=event,
                assessment=assessment_rules(assessment, stores.rules) if assessment else None,
                reported=reported,
                verification=verification,
            )
            figures = figures_of_round(scope, asked, stores)
        order = DraftOrder(
            id=id_,
            by=by,
            region=region_on_file(figures, office=office, region=region, offices=stores.offices),
            number=number,
            issued_on=None if issued_on is None else china_day(issued_on),
            copies_to=copies_to,
            corrects=corrects,
            reason=reason,
        )
        bulletin = draft_bulletin(
            order, figures, words, bulletins=stores.bulletins, rounds=stores.rounds, clock=SystemClock()
        )
    say(f"已起草：{bulletin.document.title}{'（演练，不能发布）' if bulletin.drill else ''}")
    _warn(bulletin)
    say(f"下一步：xuncha bulletin show {id_}；xuncha bulletin review {id_} --by 审核人")


@app.command()
def override(
    id_: BulletinId,
    conflict: Annotated[str, typer.Argument(metavar="CONFLICT", help="不一致之处的编号（起草时列出）")],
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="按原数刊发的理由，作为附注印入通报")],
) -> None:
    """核定一处数据不一致，按原数刊发；理由作为附注印入通报，通报须由另一人重新审核。"""
    with open_stores() as stores:
        override_conflict(id_, conflict, reason=reason, by=by, bulletins=stores.bulletins, clock=SystemClock())
    say(f"已核定；请重新审核：xuncha bulletin review {id_} --by 审核人")


@app.command()
def review(id_: BulletinId, by: By, note: Annotated[str, typer.Option("--note", help="审核意见")] = "") -> None:
    """审核通过一份草稿；审核人不得是起草人，也不得是核定不一致的人。"""
    with open_stores() as stores:
        bulletin = review_bulletin(
            id_, by=by, note=note, bulletins=stores.bulletins, clock=SystemClock(), rules=stores.rules.bulletin
        )
    say(f"通报 {id_} 已审核")
    _warn(bulletin)


@app.command()
def publish(id_: BulletinId, by: By, without_pdf: WithoutPdf = False) -> None:
    """发布已审核的通报：核对数据是否前后一致，生成文件并记下摘要；发布后不能更改，只能另发更正。"""
    renderers = bulletin_renderers(with_pdf=not without_pdf)
    with open_stores() as stores:
        bulletin = publish_bulletin(
            id_,
            by=by,
            bulletins=stores.bulletins,
            rounds=stores.rounds,
            snapshots=stores.snapshots,
            renderers=renderers,
            clock=SystemClock(),
            rules=stores.rules.bulletin,
        )
    say(f"已发布：{bulletin.document.title}")
    for file in bulletin.files:
        say(f"  {file.format}　{file.size:,} 字节　SHA-256 {file.digest}")


@app.command()
def show(id_: BulletinId, as_json: AsJson = False) -> None:
    """显示一份通报的全文和办理记录。"""
    with open_stores() as stores:
        bulletin = get(stores.bulletins, id_, WHAT)
        correction = corrections(stores.bulletins).get(id_, "")
    if as_json:
        print_json({**msgspec.to_builtins(bulletin), "corrected_by": correction})
        return
    if correction:
        say(f"【本通报已由 {correction} 更正，不一致的以更正通报为准：xuncha bulletin show {correction}】")
    say(text_of(bulletin.document))
    say("")
    for step in bulletin.steps:
        say(f"{step.at.astimezone(CHINA):%Y-%m-%d %H:%M}　{step.state.chinese}　{step.by}　{step.note}".rstrip())
    _warn(bulletin)


@app.command("list")
def list_(
    state: Annotated[BulletinState | None, typer.Option("--state", help="只列出这一状态的")] = None,
    as_json: AsJson = False,
) -> None:
    """列出通报。"""
    where = {} if state is None else {"state": state.value}
    with open_stores() as stores:
        found = list(every(stores.bulletins, where))
        corrected = corrections(stores.bulletins)
    if as_json:
        print_json([_line(bulletin, corrected.get(bulletin.id, "")) for bulletin in found])
        return
    table = Table("编号", "状态", "标题", "文号", "成文日期", "所更正的", "已由更正")
    for each in found:
        issued = "" if each.issued_on is None else f"{each.issued_on}"
        table.add_row(
            each.id,
            each.state.chinese,
            each.document.title,
            each.number,
            issued,
            each.corrects,
            corrected.get(each.id, ""),
        )
    Console().print(table)


@app.command()
def files(
    id_: BulletinId,
    out: Annotated[Path, typer.Option("--out", help="保存到的目录")],
    without_pdf: WithoutPdf = False,
) -> None:
    """保存通报的文件：已发布的取发布时的原件；未发布的当场生成，首页标明“草稿”。"""
    with open_stores() as stores:
        bulletin = get(stores.bulletins, id_, WHAT)
        if bulletin.state is BulletinState.PUBLISHED:
            bodies = _published(bulletin, stores)
        else:
            renderers = bulletin_renderers(with_pdf=not without_pdf)
            bodies = {renderer.format: renderer.render(bulletin.document) for renderer in renderers}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for format_, body in bodies.items():
            file = out / f"{bulletin.id}.{format_}"
            file.write_bytes(body)
            say(f"{file}（{len(body):,} 字节）")
    except OSError as error:
        raise InputRejected(f"无法写入 {error.filename or out}：{in_chinese(error)}") from error


@app.command()
def verify(id_: BulletinId) -> None:
    """核验已发布通报的文件和登记是否与发布时一致；有不一致时退出码为 1。"""
    with open_stores() as stores:
        checks = verify_bulletin(id_, bulletins=stores.bulletins, snapshots=stores.snapshots)
    for check in checks:
        say(f"{check.format}　{check.digest}　{check.fault or '一致'}")
    if any(check.fault for check in checks):
        raise typer.Exit(1)


def _scope(
    office: Office | None, period: str, area: str, until: date, report_by: str | None, recheck_on: str | None
) -> BulletinScope:
    if office is None or not period or not area:
        raise InputRejected("用 --round 或 --own-report 起草时，请同时给出 --office、--period 和 --area")
    days = {"report_by": report_by, "recheck_on": recheck_on}
    return BulletinScope(
        office=office,
        period=period,
        area=area,
        until=until,
        deadlines=Deadlines(**{name: china_day(text) for name, text in days.items() if text is not None}),
    )


def _read(file: Path) -> BulletinFigures:
    try:
        return figures_given(msgspec.json.decode(read_text(file)))
    except msgspec.DecodeError as error:
        raise InputRejected(f"数据文件 {file} 无效：{in_chinese(error)}") from error
    except InputRejected as error:
        raise InputRejected(f"数据文件 {file} 无效：{error}") from error


def _published(bulletin: Bulletin, stores: Stores) -> dict[str, bytes]:
    return {file.format: stores.snapshots.get(file.digest) for file in bulletin.files}


def _warn(bulletin: Bulletin) -> None:
    """Name what does not add up and nobody has let stand."""
    settled = {each.conflict.digest for each in bulletin.overrides}
    for conflict in conflicts(bulletin.figures):
        if conflict.digest not in settled:
            say(f"数据不一致 {conflict.digest}：{conflict.sentence}")


def _line(bulletin: Bulletin, corrected_by: str) -> dict[str, Any]:
    return {
        "id": bulletin.id,
        "state": bulletin.state,
        "title": bulletin.document.title,
        "number": bulletin.number,
        "issued_on": bulletin.issued_on,
        "drill": bulletin.drill,
        "corrects": bulletin.corrects,
        "corrected_by": corrected_by,
        "files": bulletin.files,
    }
