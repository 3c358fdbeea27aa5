"""xuncha story: its chapters from first to last, every command taken at its word, over memory and without a network.

In the place of servers and workers stand the pages of the practice web, read as a crawl would have stored them.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import docx
import openpyxl
import pytest
from rich.console import Console
from typer.testing import CliRunner

from cli import bulletin, case, case_steps, main, registry, round, round_judging, round_rates, story
from cli.wiring import SystemClock
from crawler.extract import extract
from inspection.observation import FetchOutcome, PageSeen, ProbeSeen
from inspection.observation.site import CHINA
from inspection.ports import Inspection
from inspection.records import every
from inspection.rectification import CaseState, RectificationCase, StepKind
from practice.later import later_web
from practice.mended import mended_web
from practice.model import PracticeSite
from practice.pages import HTML, site_files
from practice.plan import plan_web
from practice.registry import write_registry
from practice.truth import truth_of
from store.memory import MemoryStores

START = datetime(2026, 8, 20, 4, tzinfo=UTC)
SITES, SEED = 20, 1
HOMES = ("", "top.html", "main.html", "web/index.html", "inc/footer.html")
AWAY = {
    "refused": FetchOutcome.CONNECT_REFUSED,
    "unresolvable": FetchOutcome.DNS_ERROR,
    "503": FetchOutcome.SERVER_ERROR,
    "reset": FetchOutcome.CONNECTION_RESET,
    "hang": FetchOutcome.READ_TIMEOUT,
    "empty": FetchOutcome.EMPTY_PAGE,
}
FAILS_EVERY = {"slow": 1, "flapping": 5}
PROBES = 147


class Stage:
    """Stands for the practice web, the workers and the processes of the commands."""

    def __init__(self, stores: MemoryStores, folder: Path) -> None:
        self.stores = stores
        self.folder = folder
        self.web: dict[str, PracticeSite] = {}
        self.told: list[str] = []
        self.crawled: list[tuple[str, date]] = []

    @contextmanager
    def practice_web(
        self,
        _console: Console,
        folder: Path,
        *,
        sites: int,
        seed: int,
        port: int,
        as_of: date,
        days_later: int = 0,
        mended: Path | None = None,
    ) -> Iterator[None]:
        web = plan_web(sites=sites, seed=seed, as_of=as_of, port=port)
        web = mended_web(web, codes=mended.read_text("utf-8").split() if mended else (), seed=seed)
        web = later_web(web, days=days_later, seed=seed) if days_later else web
        (folder / "web").mkdir(exist_ok=True)
        write_registry(folder / "web" / "registry.csv", web)
        truth = {"sites": [truth_of(site) for site in web]}
        (folder / "web" / "truth.json").write_text(json.dumps(truth), "utf-8")
        self.web = {site.code: site for site in web}
        yield
        self.web = {}

    def crawl(self, _console: Console, _folder: Path, round_id: str, _workers: int) -> None:
        now = SystemClock().now()
        self.crawled.append((round_id, now.astimezone(CHINA).date()))
        for inspection in list(self.stores.inspections.of_round(round_id)):
            site = self.web[inspection.site.code]
            probes = [ProbeSeen(sequence=n, at=now, outcome=_probed(site, n)) for n in range(PROBES)]
            self.stores.observations.add_probes(round_id, site.code, probes)
            pages = [] if site.behaviour in AWAY else list(_pages(site, inspection, now))
            self.stores.observations.add_pages(round_id, site.code, pages)
            self.stores.inspections.crawl_finished(round_id, site.code, at=now)

    def run(self, _console: Console, *words: str) -> None:
        done = CliRunner().invoke(main.app, list(words), catch_exceptions=False, env={"COLUMNS": "200"})
        assert done.exit_code == 0, f"xuncha {' '.join(words)}\n{done.output}"
        self.told.append(f"$ xuncha {' '.join(words)}\n{done.stdout}")


def _probed(site: PracticeSite, number: int) -> FetchOutcome:
    if site.behaviour in FAILS_EVERY:
        return FetchOutcome.OK if number % FAILS_EVERY[site.behaviour] else FetchOutcome.READ_TIMEOUT
    return AWAY.get(site.behaviour, FetchOutcome.OK)


def _pages(site: PracticeSite, inspection: Inspection, now: datetime) -> Iterator[PageSeen]:
    """The home page and the pages of columns, as far as the errand of a recheck wants them."""
    wanted = (
        None if inspection.errand is None else {*(site.base + path for path in HOMES), *inspection.errand.addresses}
    )
    columns = {column.path for column in site.columns}
    for path, answer in site_files(site).items():
        url = site.base + path
        if answer.content_type == HTML and path in {*HOMES, *columns} and (wanted is None or url in wanted):
            facts = extract(answer.body, url, as_of=site.as_of, content_type=HTML)
            depth = 0 if path in HOMES else 1
            yield PageSeen(
                url=url, final_url=url, depth=depth, fetched_at=now, outcome=FetchOutcome.OK, status=200, facts=facts
            )


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """After the story has been told."""
    folder = tmp_path_factory.mktemp("story")
    stage = Stage(MemoryStores(), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XUNCHA_VAR_DIR", str(folder))
        patch.setenv("XUNCHA_CLOCK_AHEAD_DAYS", "0")
        patch.setattr(SystemClock, "now", lambda clock: START + clock._ahead)
        for module in (bulletin, case, case_steps, registry, round, round_judging, round_rates, story):
            patch.setattr(module, "open_stores", lambda: stage.stores)
        for name in ("practice_web", "crawl", "run"):
            patch.setattr(story, name, getattr(stage, name))
        patch.setattr(story, "has_browser", lambda: False)
        teller = story._Teller(sites=SITES, workers=1, seed=SEED, port=18800, out=folder / "out")
        teller.folder.mkdir()
        teller.tell()
    return stage


def cases_of(stage: Stage, round_id: str) -> dict[str, RectificationCase]:
    return {each.code: each for each in every(stage.stores.cases, {"round_id": round_id})}


def kinds(one: RectificationCase) -> list[StepKind]:
    return [step.kind for step in one.steps]


def mended(stage: Stage) -> set[str]:
    return set((stage.folder / "story" / "mended.txt").read_text("utf-8").split())


def test_the_quarters_lie_a_quarter_apart_with_the_recheck_after_the_last_deadline(stage: Stage) -> None:
    first, recheck, second = stage.crawled
    assert (first, second) == (("story-1", date(2026, 8, 20)), ("story-2", date(2026, 11, 19)))
    last = max(step.due for each in cases_of(stage, "story-1").values() for step in each.steps[:1] if step.due)
    assert recheck == ("recheck-story-1-1", last + timedelta(days=1))


def test_who_has_mended_is_closed_who_pretended_is_escalated_who_said_nothing_is_called_in(stage: Stage) -> None:
    cases, honest = cases_of(stage, "story-1"), mended(stage)
    silent = [code for code, each in cases.items() if StepKind.SUBMIT not in kinds(each)]
    assert len(silent) == 1
    assert StepKind.INTERVIEW in kinds(cases[silent[0]])
    closed = {code for code, each in cases.items() if each.state is CaseState.CLOSED}
    escalated = {code for code, each in cases.items() if each.state is CaseState.ESCALATED}
    assert closed == honest
    assert escalated == set(cases) - honest
    pretending = escalated - set(silent)
    assert min(len(closed), len(pretending)) >= 2
    assert all(kinds(cases[code])[-2:] == [StepKind.RECHECK, StepKind.ESCALATE] for code in pretending)


def test_the_second_quarter_finds_the_pretenders_again_and_none_that_mended(stage: Stage) -> None:
    again = set(cases_of(stage, "story-1")) & set(cases_of(stage, "story-2"))
    assert again
    assert not again & mended(stage)
    assert {each.code for each in every(stage.stores.key_sites)} == again


def test_both_bulletins_are_drafts_of_a_drill_that_word_processors_can_read(stage: Stage) -> None:
    for round_id, period in (("story-1", "2026年第三季度"), ("story-2", "2026年第四季度")):
        paper = docx.Document(str(stage.folder / "out" / f"{round_id}.docx"))
        text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
        assert period in text
        assert "演练" in text
        failing = len(cases_of(stage, round_id))
        assert f"发现不合格网站{failing}个" in text
    before, closed = len(cases_of(stage, "story-1")), len(mended(stage))
    assert f"上季度通报的{before}个不合格政府网站中，{closed}个已完成整改" in text
    assert f"{before - closed}个逾期未整改或者整改不到位" in text
    assert re.search(r"比上期(提高|下降)[\d.]+个百分点", text)


def test_the_ledger_has_every_case(stage: Stage) -> None:
    sheet = openpyxl.load_workbook(stage.folder / "out" / "ledger.xlsx").active
    assert sheet is not None
    assert sheet.max_row == 1 + len(cases_of(stage, "story-1")) + len(cases_of(stage, "story-2"))


def test_the_log_can_be_read_as_a_story(stage: Stage) -> None:
    told = [line.split()[2:4] for each in stage.told for line in each.splitlines()[:1]]
    order = [["registry", "import"], ["round", "draw"], ["round", "judge"], ["case", "open"], ["bulletin", "draft"]]
    places = [told.index(words) for words in [*order, ["case", "submit"], ["case", "recheck"], ["case", "settle"]]]
    assert places == sorted(places)
