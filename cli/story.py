"""``xuncha story``: two quarters on the practice web in simulated time, from the first sample to the second notice."""

import json
import os
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, TypedDict

import typer
from rich.console import Console

from cli.drill import (
    confirm_vetoes,
    crawl,
    drill_environment,
    end_in_good_order,
    has_browser,
    practice_web,
    run,
    start_afresh,
)
from cli.wiring import china_day
from inspection.offices import Office, OfficeLevel
from inspection.records import every
from inspection.rectification import CaseState
from inspection.statistics.period import chinese_period, period_of
from store.config import StoreConfig
from store.stores import open_stores

_FIRST, _SECOND = "story-1", "story-2"
_OFFICE = Office(id="guoban", name="国务院办公厅", level=OfficeLevel.NATIONAL)
_REVIEWER, _THIRD_PARTY = "复核员甲", "第三方机构"
_BULLETIN_AFTER, _REPORT_AFTER, _SECOND_AFTER = 7, 20, 91
_OUT_OF_REACH = ("unreachable:refused", "unreachable:unresolvable")
_REPORT = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""
"""What stands for the stamped report of a unit: one empty page."""


def story(
    sites: Annotated[int, typer.Option("--sites", min=20, help="模拟网站数量")] = 60,
    workers: Annotated[int, typer.Option("--workers", min=1, help="抓取进程数")] = 2,
    seed: Annotated[int, typer.Option("--seed", help="模拟网络的种子")] = 20261120,
    port: Annotated[int, typer.Option("--port", help="模拟网络的端口")] = 18800,
    out: Annotated[Path, typer.Option("--out", help="两份通报等文件写入的目录")] = Path("story"),
) -> None:
    """故事：两个季度的抽查、通知、整改、复查、升级和通报，用模拟网络和模拟时间跑完。"""
    teller = _Teller(sites=sites, workers=workers, seed=seed, port=port, out=out)
    end_in_good_order()
    start_afresh(teller.folder)
    os.environ.update(drill_environment(teller.folder))
    with ExitStack() as running:
        running.callback(run, teller.console, "stores", "down")
        run(teller.console, "stores", "up")
        teller.tell()


class _WebOptions(TypedDict):
    sites: int
    seed: int
    port: int
    as_of: date


class _Teller:
    """Tells the story; ``today`` is the day on which it begins."""

    def __init__(self, *, sites: int, workers: int, seed: int, port: int, out: Path) -> None:
        self.console = Console()
        self.folder = StoreConfig().var_dir / "story"
        self.today = china_day(None)
        self._web: _WebOptions = {"sites": sites, "seed": seed, "port": port, "as_of": self.today}
        self._days = 0
        self._workers = workers
        self._out = out
        self._mended = self.folder / "mended.txt"

    def tell(self) -> None:
        """The chapters, in order."""
        self._chapter("第一季度：抽样、抓取、判定", 0)
        with practice_web(self.console, self.folder, **self._web):
            run(self.console, "registry", "import", str(self.folder / "web" / "registry.csv"))
            with open_stores() as stores:
                stores.offices.add([_OFFICE])
            self._inspect(_FIRST, "第一轮")
        self._chapter("第一季度：通报和整改通知", _BULLETIN_AFTER)
        run(self.console, "case", "open", "--round", _FIRST, "--by", _OFFICE.name)
        self._bulletin(_FIRST)
        self._chapter("各单位报送整改报告：有的已整改，有的只是说已整改，有一家逾期未报", _REPORT_AFTER)
        self._submit()
        self._chapter("到期复查：第三方按原问题逐一复查，弄虚作假的升级处理", self._recheck_after())
        with practice_web(self.console, self.folder, **self._web, days_later=self._days, mended=self._mended):
            self._recheck()
        self._chapter("第二季度：再次抽样、抓取、判定", _SECOND_AFTER)
        with practice_web(self.console, self.folder, **self._web, days_later=self._days, mended=self._mended):
            self._inspect(_SECOND, "第二轮")
        self._chapter("第二季度：通报", _SECOND_AFTER + _BULLETIN_AFTER)
        run(self.console, "round", "rates", _SECOND, "--against", _FIRST)
        run(self.console, "case", "open", "--round", _SECOND, "--by", _OFFICE.name)
        run(self.console, "case", "repeat", "--by", _OFFICE.name, "--drill")
        self._bulletin(_SECOND, against=_FIRST)
        run(self.console, "case", "ledger", "--out", str(self._out / "ledger.xlsx"))
        self.console.print(f"\n[bold green]故事讲完：文件在 {self._out}[/bold green]")

    # -- time --------------------------------------------------------------------------------------

    def _chapter(self, title: str, days: int) -> None:
        """A new chapter, so many days after the first."""
        self._days = days
        os.environ["XUNCHA_CLOCK_AHEAD_DAYS"] = str(days)
        self.console.rule(f"[bold]{self.today + timedelta(days=days)}　{title}[/bold]")

    def _recheck_after(self) -> int:
        """Days until the latest deadline is over."""
        with open_stores() as stores:
            due = max(case.due for case in every(stores.cases, {"round_id": _FIRST}))
        return (due - self.today).days + 1

    # -- chapters ----------------------------------------------------------------------------------

    def _inspect(self, round_id: str, title: str) -> None:
        plan = self.folder / "plan.toml"
        plan.write_text(_PLAN, "utf-8")
        options = ["--id", round_id, "--title", title, "--seed", f"{round_id}-种子"]
        drill = ["--drill", "--probes", "147", "--probe-span", "45", "--page-budget", "40"]
        run(self.console, "round", "draw", str(plan), *options, *drill)
        run(self.console, "round", "open", round_id)
        crawl(self.console, self.folder, round_id, self._workers)
        run(self.console, "round", "judge", round_id)
        with open_stores() as stores:
            confirm_vetoes(self.console, round_id, stores, by=_REVIEWER)
        run(self.console, "round", "close", round_id)
        run(self.console, "round", "rates", round_id)

    def _bulletin(self, round_id: str, against: str = "") -> None:
        period = chinese_period(period_of(self.today + timedelta(days=self._days)))
        scope = ["--round", round_id, "--office", _OFFICE.id, "--period", period, "--area", "全国"]
        scope += ["--against", against] if against else []
        run(self.console, "bulletin", "draft", round_id, *scope, "--by", "起草人")
        run(self.console, "bulletin", "review", round_id, "--by", "审核人")
        pdf = [] if has_browser() else ["--without-pdf"]
        run(self.console, "bulletin", "files", round_id, "--out", str(self._out), *pdf)

    def _submit(self) -> None:
        """All units but the last report; every second of those whose site can be reached has told the truth."""
        report = self.folder / "report.pdf"
        report.write_bytes(_REPORT)
        with open_stores() as stores:
            cases = list(every(stores.cases, {"round_id": _FIRST}))
        *reporting, silent = cases
        mended = _reachable(self.folder / "web" / "truth.json", (case.code for case in reporting))[::2]
        self._mended.write_text("\n".join(mended), "utf-8")
        for case in cases:
            run(self.console, "case", "receive", case.id, "--by", case.unit)
        for case in reporting:
            run(
                self.console,
                "case",
                "submit",
                case.id,
                "--by",
                case.unit,
                "--file",
                str(report),
                "--note",
                "已整改到位",
            )
        self.console.print(
            f"实际已整改 {len(mended)} 家；声称整改而未整改 {len(reporting) - len(mended)} 家；未报 {silent.unit}"
        )

    def _recheck(self) -> None:
        run(self.console, "case", "list", "--round", _FIRST, "--overdue")
        with open_stores() as stores:
            late = [case.id for case in every(stores.cases, {"round_id": _FIRST}) if case.state is CaseState.CORRECTING]
        for case_id in late:
            reason = ["--reason", "逾期未报送整改报告", "--interview", "约谈主办单位负责人"]
            run(self.console, "case", "escalate", case_id, "--by", _OFFICE.name, *reason)
        run(self.console, "case", "recheck", "--round", _FIRST, "--by", _THIRD_PARTY, "--early")
        recheck = f"recheck-{_FIRST}-1"
        crawl(self.console, self.folder, recheck, self._workers)
        run(self.console, "round", "judge", recheck)
        with open_stores() as stores:
            confirm_vetoes(self.console, recheck, stores, by=_REVIEWER)
        run(self.console, "case", "settle", recheck, "--by", _THIRD_PARTY)
        run(self.console, "case", "list", "--round", _FIRST)


_PLAN = """name = "演练：全部网站"

[population]
status = ["normal", "exempt"]

[strata]
by = ["province", "category"]

[size]
share = 0.9

[allocation]
method = "proportional"
min_per_stratum = 1
"""


def _reachable(truth: Path, codes: Iterable[str]) -> list[str]:
    """Those codes whose site can be mended where it is, as the practice web tells."""
    faults = {
        row["code"]: [each["kind"] for each in row["faults"]] for row in json.loads(truth.read_text("utf-8"))["sites"]
    }
    return [code for code in codes if not any(kind in _OUT_OF_REACH for kind in faults.get(code, []))]
