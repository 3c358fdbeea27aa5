"""An office's desk over memory stores: its calendar, its files, and a crawler that sees what it is told.

Everything goes the way the commands go: the same columns, the same workflows. Only the network is missing: a worker
takes each order from the queue and stores what :class:`Sight` says of the site.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import docx
import msgspec

from cli.report import RESULTS, UNITS
from inspection.bulletin.bulletin import Bulletin, BulletinState
from inspection.bulletin.figures import BulletinFigures, Deadlines
from inspection.bulletin.wording import shipped_wording
from inspection.findings import FindingState
from inspection.observation import (
    ColumnLink,
    FetchOutcome,
    ItemSeen,
    LinkOutcome,
    LinkSeen,
    PageFacts,
    PageLink,
    PageSeen,
    ProbeSeen,
)
from inspection.observation.page import ListState
from inspection.observation.site import CHINA, LinkDefect, LinkSource
from inspection.offices import Office
from inspection.offices.row import COLUMNS as OFFICE_COLUMNS
from inspection.offices.row import OPTIONAL as OFFICE_OPTIONAL
from inspection.ports import SiteFacts
from inspection.records import get
from inspection.registry import Site
from inspection.reporting.report import StatedTotals
from inspection.review import Decision, Review
from inspection.sampling import Round
from inspection.standard import IndicatorKind
from inspection.workflows.close_round import close_round
from inspection.workflows.draft_bulletin import DraftOrder, draft_bulletin, review_bulletin
from inspection.workflows.draw_sample import draw_sample
from inspection.workflows.figures_of_round import FiguresOrder, figures_of_round, last_day
from inspection.workflows.file_report import file_report
from inspection.workflows.gather_figures import BulletinScope
from inspection.workflows.import_offices import import_offices
from inspection.workflows.import_registry import ImportReport, import_registry
from inspection.workflows.judge_site import judge_round
from inspection.workflows.open_round import open_round
from inspection.workflows.publish_bulletin import file_of, publish_bulletin
from inspection.workflows.review_finding import review_finding
from inspection.workflows.review_queue import review_queue
from store.bulletins.docx_file import DocxRenderer
from store.memory import MemoryStores
from store.registry_file import REGISTRY, Columns, read_rows

EDITION = "2015"
_DEAD = 41
"""Dead links that cost more than the forty points a site may lose."""


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What a crawl sees of a site.

    ``fault`` is empty, ``stale``, ``columns``, ``blank``, ``down`` or ``links``; ``mended`` the fault that it had once.
    """

    fault: str = ""
    mended: str = ""
    has_column: bool = True
    has_entry: bool = True
    reposts: tuple[tuple[str, date], ...] = ()
    """Titles on the home page with the days shown beside them."""


class Desk:
    """``today`` is moved by hand; the clock stands at ten in the morning in China."""

    def __init__(self) -> None:
        self.stores = MemoryStores()
        self.today = date(2016, 12, 1)

    def now(self) -> datetime:
        """Port ``Clock``."""
        return datetime.combine(self.today, time(10), CHINA)

    @staticmethod
    def sight(**seen: object) -> Sight:
        """What a crawl is to see of a site."""
        return msgspec.convert(seen, Sight)

    @staticmethod
    def text_of_word(body: bytes) -> str:
        """The paragraphs and the cells of a DOCX file, read back; cells joined by tabs."""
        made = docx.Document(io.BytesIO(body))
        rows = ("\t".join(cell.text for cell in row.cells) for table in made.tables for row in table.rows)
        return "\n".join([*(paragraph.text for paragraph in made.paragraphs), *rows])

    # -- files ---------------------------------------------------------------------------------------

    @staticmethod
    def write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
        """A CSV file as offices have it."""
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(rows)
        return path

    def import_sites(self, path: Path) -> ImportReport:
        """``xuncha registry import``."""
        return import_registry(read_rows(path, columns=REGISTRY), self.stores.sites, source=path.name, clock=self)

    def import_offices(self, path: Path) -> ImportReport:
        """``xuncha office import``."""
        return import_offices(
            read_rows(path, columns=Columns.named(OFFICE_COLUMNS, OFFICE_OPTIONAL)),
            self.stores.offices,
            self.stores.sites,
        )

    def file_report(
        self, office: str, period: str, path: Path | None, *, units: Path | None = None, **stated: int
    ) -> None:
        """``xuncha report import``."""
        done = file_report(
            None if path is None else read_rows(path, columns=RESULTS),
            StatedTotals(**stated),
            office_id=office,
            period=period,
            as_of=self.today,
            by="填报人",
            source="" if path is None else path.name,
            reason="",
            stores=self.stores,
            clock=self,
            rules=self.stores.rules.reporting,
            units=() if units is None else read_rows(units, columns=UNITS),
        )
        assert list(done.problems) == []

    def office(self, id_: str) -> Office:
        """One that is on file."""
        return get(self.stores.offices, id_, "单位")

    # -- rounds --------------------------------------------------------------------------------------

    def draw(self, plan: str, round_id: str, title: str, *, office: str = "") -> Round:
        """``xuncha round draw`` and ``round open``."""
        draw_sample(
            plan,
            round_id=round_id,
            title=title,
            as_of=self.today,
            edition=EDITION,
            seed=f"{round_id}-种子",
            sites=self.stores.sites,
            rounds=self.stores.rounds,
            clock=self,
            office=self.office(office) if office else None,
        )
        self.open(round_id)
        return self.stores.rounds.get(round_id)

    def open(self, round_id: str) -> None:
        """``xuncha round open``."""
        stores = self.stores
        open_round(
            round_id,
            stores.editions.get(EDITION),
            rounds=stores.rounds,
            sites=stores.sites,
            inspections=stores.inspections,
            queue=stores.queue,
            clock=self,
        )

    def inspect(self, round_id: str, sight_of: Callable[[Site], Sight]) -> None:
        """``xuncha worker``, ``round judge``, ``review`` of the vetoes, ``round close``."""
        stores = self.stores
        while (order := stores.queue.take()) is not None:
            assert order.round_id == round_id
            site = stores.sites.get(order.code)
            stores.observations.add([_seen(round_id, site, sight_of(site), self.now())])
            stores.inspections.crawl_finished(round_id, order.code, at=self.now())
        edition = stores.editions.get(EDITION)
        judge_round(round_id, edition, stores, clock=self)
        for each in review_queue(round_id, edition, stores.inspections, kind=IndicatorKind.VETO, limit=10_000):
            if each.finding.state is FindingState.ESTABLISHED:
                review_finding(
                    Review(
                        round_id=round_id,
                        code=each.code,
                        finding=each.finding.id,
                        decision=Decision.CONFIRM,
                        by="复核员甲",
                        at=self.now(),
                    ),
                    stores,
                    clock=self,
                )
        close_round(
            round_id,
            rounds=stores.rounds,
            inspections=stores.inspections,
            sites=stores.sites,
            pass_rates=stores.pass_rates,
            queue=stores.queue,
            clock=self,
        )

    def sampled(self, round_id: str) -> list[Site]:
        """The sites of a round by code."""
        return [inspection.site for inspection in self.stores.inspections.of_round(round_id)]

    # -- bulletins -----------------------------------------------------------------------------------

    def draft(self, id_: str, figures: BulletinFigures, *, region: str = "000000", number: str = "") -> Bulletin:
        """``xuncha bulletin draft``."""
        return draft_bulletin(
            DraftOrder(id=id_, by="拟稿人", region=region, number=number),
            figures,
            shipped_wording(),
            bulletins=self.stores.bulletins,
            rounds=self.stores.rounds,
            clock=self,
        )

    def gather(
        self,
        office: str,
        period: str,
        area: str,
        *,
        order: FiguresOrder = FiguresOrder(),  # noqa: B008 - immutable
        deadlines: Deadlines = Deadlines(),  # noqa: B008 - immutable
        round_id: str = "",
        report: str = "",
    ) -> BulletinFigures:
        """As ``xuncha bulletin draft`` gathers them."""
        scope = BulletinScope(
            office=self.office(office),
            period=period,
            area=area,
            until=last_day(period, None, self.today),
            round_id=round_id,
            report=report,
            deadlines=deadlines,
        )
        return figures_of_round(scope, order, self.stores)

    def publish(self, id_: str) -> Bulletin:
        """``xuncha bulletin review`` and ``publish``."""
        stores = self.stores
        review_bulletin(id_, by="审核人", note="", bulletins=stores.bulletins, clock=self)
        published = publish_bulletin(
            id_,
            by="签发人",
            bulletins=stores.bulletins,
            rounds=stores.rounds,
            snapshots=stores.snapshots,
            renderers=[DocxRenderer()],
            clock=self,
        )
        assert published.state is BulletinState.PUBLISHED
        return published

    def word(self, bulletin: Bulletin) -> bytes:
        """The published DOCX."""
        return self.stores.snapshots.get(file_of(bulletin, "docx").digest)


# What a crawl stores


def _seen(round_id: str, site: Site, sight: Sight, now: datetime) -> SiteFacts:
    refused = 20 if sight.fault == "down" else 0
    probes = [
        ProbeSeen(
            sequence=n,
            at=now - timedelta(days=7) + n * timedelta(hours=1),
            outcome=FetchOutcome.CONNECT_REFUSED if n < refused else FetchOutcome.OK,
        )
        for n in range(147)
    ]
    pages = _pages(site, sight, now)
    links = [_dead_link(link, site.url, now) for link in pages[0].facts.links] if pages[0].facts is not None else []
    return SiteFacts(round_id=round_id, code=site.code, probes=probes, pages=pages, links=links)


_COLUMNS: Mapping[str, Sequence[str]] = {
    "columns": ("工作动态", "要闻", "新闻中心", "通知公告", "政策文件", "公示公告"),
    "blank": ("领导信箱", "专题专栏", "数据开放", "公众互动", "便民服务", "资料下载"),
}


def _pages(site: Site, sight: Sight, now: datetime) -> list[PageSeen]:
    day = now.date() - timedelta(days=200 if sight.fault == "stale" else 1)
    items = [ItemSeen(title=f"{day}工作消息之{n}", url=f"{site.url}{day:%Y%m%d}/{n}.html", date=day) for n in range(12)]
    items += [
        ItemSeen(title=title, url=f"{site.url}r/{n}.html", date=shown) for n, (title, shown) in enumerate(sight.reposts)
    ]
    names = _COLUMNS.get(sight.fault or sight.mended, ())
    columns = tuple(ColumnLink(name=name, url=f"{site.url}c{n}/", in_navigation=True) for n, name in enumerate(names))
    dead = _DEAD if sight.fault == "links" else 0
    home = PageFacts(
        charset="utf-8",
        title=site.name,
        list_items=tuple(items),
        list_state=ListState.LISTED,
        columns=columns,
        jiucuo_entry=sight.has_entry,
        state_council_column=sight.has_column,
        links=tuple(
            PageLink(
                url=f"{site.url}gone/{n}.html", raw=f"gone/{n}.html", text=f"附件{n}", element="a", attribute="href"
            )
            for n in range(dead)
        ),
    )
    blank = PageFacts(charset="utf-8", empty_column=True, list_state=ListState.BLANK)
    newest = now.date() - timedelta(days=400 if sight.fault == "columns" else 1)
    listed = PageFacts(
        charset="utf-8",
        list_items=(ItemSeen(title=f"{newest}栏目消息", url=f"{site.url}{newest:%Y%m%d}.html", date=newest),),
        list_state=ListState.LISTED,
    )
    return [
        _page(site.url, home, 0, now),
        *(_page(column.url or "", blank if sight.fault == "blank" else listed, 1, now) for column in columns),
    ]


def _page(url: str, facts: PageFacts, depth: int, now: datetime) -> PageSeen:
    return PageSeen(
        url=url, final_url=url, depth=depth, fetched_at=now, outcome=FetchOutcome.OK, status=200, facts=facts
    )


def _dead_link(link: PageLink, page: str, now: datetime) -> LinkSeen:
    assert link.url is not None
    return LinkSeen(
        url=link.url,
        internal=True,
        outcome=LinkOutcome.BROKEN,
        reason=FetchOutcome.NOT_FOUND,
        defect=LinkDefect.DEAD,
        status=404,
        source=LinkSource(page=page, element="a", attribute="href", text=link.text),
        checked_at=now,
    )
