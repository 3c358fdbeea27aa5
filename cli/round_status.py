"""How far a round is: counts by province and class, printed once or watched live."""

import time
from collections import Counter
from collections.abc import Callable, Iterable

import msgspec
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cli.tables import title_of
from inspection.errors import Conflict, NotFound, StoreUnavailable
from inspection.ports import RoundProgress, VerdictRow
from inspection.registry import SiteCategory, regions
from inspection.sampling import Round, RoundState
from inspection.scoring import Verdict
from store.stores import Stores

_BAR_WIDTH = 18
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0
_PAUSE_PER_QUERY_TIME = 10
_RETRY_PAUSE_S = 2.0
_LINE_EVERY_S = 15.0


class Extent(msgspec.Struct, frozen=True, kw_only=True):
    """Sites of a group: all, crawled to the end, with a verdict."""

    key: str
    label: str
    total: int
    crawled: int
    judged: int


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """How far a round is at one moment."""

    round: Round
    all: Extent
    provinces: tuple[Extent, ...]
    categories: tuple[Extent, ...]
    verdicts: dict[Verdict, int]
    progress: RoundProgress

    @property
    def is_crawled(self) -> bool:
        """Whether no site is waiting any more."""
        return self.all.crawled == self.all.total


def overview(stores: Stores, round_id: str) -> Overview:
    """Read how far a round is; Conflict before it was opened."""
    round_ = stores.rounds.get(round_id)
    if round_.state is RoundState.DRAWN:
        raise Conflict(f"轮次 {round_id} 已抽样、尚未开始；请运行 xuncha round open {round_id}")
    rows = list(stores.inspections.verdicts(round_id))
    return overview_of(round_, rows, stores.queue.progress(round_id))


def overview_of(round_: Round, rows: Iterable[VerdictRow], progress: RoundProgress) -> Overview:
    """Count the rows of a round."""
    rows = list(rows)
    return Overview(
        round=round_,
        all=_extents(rows, lambda _: "", lambda _: "全部")[0] if rows else _NOTHING,
        provinces=tuple(_extents(rows, lambda row: row.region[:2], regions.prefix_name)),
        categories=tuple(_extents(rows, lambda row: row.category.value, lambda key: SiteCategory(key).chinese)),
        verdicts=dict(Counter(row.verdict for row in rows if row.verdict is not None)),
        progress=progress,
    )


_NOTHING = Extent(key="", label="全部", total=0, crawled=0, judged=0)


def _extents(rows: list[VerdictRow], key: Callable[[VerdictRow], str], label: Callable[[str], str]) -> list[Extent]:
    total = Counter(map(key, rows))
    crawled = Counter(key(row) for row in rows if row.crawl_finished)
    judged = Counter(key(row) for row in rows if row.verdict is not None)
    return [Extent(key=k, label=label(k), total=total[k], crawled=crawled[k], judged=judged[k]) for k in _order(total)]


def _order(keys: Iterable[str]) -> list[str]:
    """Classes as bulletins list them, provinces by code."""
    published = [category.value for category in SiteCategory]
    return sorted(keys, key=lambda key: (published.index(key) if key in published else 0, key))


class Pace:
    """Estimates the time left from the crawled sites seen since watching began."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None

    def left(self, now: float, crawled: int, total: int) -> float | None:
        """Seconds left, None while nothing has moved."""
        if self._first is None:
            self._first = (now, crawled)
        since, before = self._first
        done = crawled - before
        return (total - crawled) * (now - since) / done if done > 0 else None


def render(view: Overview, left_s: float | None = None, trouble: str = "") -> RenderableType:
    """The display: one bar for all, bars by class and by province, the queue's counters."""
    head = Text(title_of(view.round), style="bold yellow" if view.round.drill else "bold")
    parts: list[RenderableType] = [head, _bars([view.all], columns=1), Text("按类别", style="cyan")]
    parts += [_bars(view.categories, columns=1), Text("按地区", style="cyan"), _bars(view.provinces, columns=2)]
    parts.append(Text(_counters(view, left_s)))
    if trouble:
        parts.append(Text(f"{trouble}（继续重试，按 Ctrl-C 退出）", style="red"))
    return Group(*parts)


def _bars(extents: Iterable[Extent], *, columns: int) -> Table:
    table = Table.grid(padding=(0, 1))
    cells: list[RenderableType] = []
    for extent in extents:
        bar = ProgressBar(total=extent.total, completed=extent.crawled, width=_BAR_WIDTH)
        cells += [Text(extent.label), bar, Text(f"{extent.crawled:,}/{extent.total:,}", justify="right")]
        if len(cells) == 3 * columns:
            table.add_row(*cells)
            cells = []
    if cells:
        table.add_row(*cells)
    return table


def _counters(view: Overview, left_s: float | None) -> str:
    queue = view.progress
    line = (
        f"网站：等待 {queue.queued:,}　处理中 {queue.leased:,}　已判定 {view.all.judged:,}　｜　"
        f"请求：排队 {queue.requests_queued:,}　进行中 {queue.requests_in_flight:,}　｜　待探测 {queue.probes_due:,}"
    )
    if len(queue.probes_due_by_vantage) > 1:
        line += f"（{'，'.join(f'{name} {number:,}' for name, number in queue.probes_due_by_vantage.items())}）"
    return line if left_s is None or view.is_crawled else f"{line}　｜　预计还需 {_span(left_s)}"


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{max(1, round(seconds))} 秒"
    return f"{minutes} 分钟" if minutes < 120 else f"{minutes / 60:.1f} 小时"


def print_status(console: Console, view: Overview) -> None:
    """Print how far a round is, once."""
    console.print(render(view))
    if view.verdicts:
        told = "　".join(f"{verdict.chinese} {view.verdicts.get(verdict, 0):,}" for verdict in Verdict)
        console.print(f"判定：{told}")
    if view.round.forced is not None:
        console.print(view.round.forced.statement, markup=False, highlight=False, soft_wrap=True)


def watch(console: Console, open_: Callable[[], Stores], round_id: str) -> None:
    """Show a round's progress until all its sites are crawled; Ctrl-C leaves the work alone.

    ``open_`` opens the stores; while they cannot be reached the display says so and goes on trying.
    Without a terminal a line is printed from time to time.
    """
    watcher = _Watcher(console, open_, round_id)
    try:
        watcher.run()
    except KeyboardInterrupt:
        console.print("已停止查看；抓取不受影响，可随时再次查看。")
    finally:
        watcher.close()


class _Watcher:
    """Reads, shows and waits; holds the stores open between two readings while they answer."""

    def __init__(self, console: Console, open_: Callable[[], Stores], round_id: str) -> None:
        self._console = console
        self._open = open_
        self._round_id = round_id
        self._stores: Stores | None = None
        self._view: Overview | None = None
        self._pace = Pace()
        self._told_at = float("-inf")
        self._told = ""
        self._told_trouble = False

    def run(self) -> None:
        """Until all sites are crawled."""
        if not self._console.is_terminal:
            self._loop(self._tell)
        else:
            with Live(console=self._console, auto_refresh=False, vertical_overflow="visible") as live:
                self._loop(lambda shown, _: live.update(shown, refresh=True))
        if self._view is not None and self._view.is_crawled:
            self._console.print(f"全部 {self._view.all.total:,} 个网站抓取完成。", highlight=False)

    def close(self) -> None:
        """Give the stores back."""
        if self._stores is not None:
            self._stores.close()
            self._stores = None

    def _loop(self, show: Callable[[RenderableType, str], None]) -> None:
        while True:
            started = time.monotonic()
            trouble = self._read()
            show(self._rendered(trouble), self._line(trouble))
            if not trouble and self._view is not None and self._is_over(self._view):
                return
            time.sleep(_RETRY_PAUSE_S if trouble else _pause(time.monotonic() - started))

    @staticmethod
    def _is_over(view: Overview) -> bool:
        return view.is_crawled or view.round.state is RoundState.CLOSED

    def _read(self) -> str:
        """Read anew; the reason, if the stores cannot be reached.

        A round that was there and is not found belongs to a store that is being replaced: it is waited for.
        """
        try:
            if self._stores is None:
                self._stores = self._open()
            self._view = overview(self._stores, self._round_id)
        except (StoreUnavailable, NotFound) as error:
            self.close()
            if isinstance(error, NotFound) and self._view is None:
                raise
            return str(error)
        return ""

    def _rendered(self, trouble: str) -> RenderableType:
        if self._view is None:
            return Text(f"{trouble}（继续重试，按 Ctrl-C 退出）", style="red")
        return render(self._view, self._left(self._view), trouble)

    def _left(self, view: Overview) -> float | None:
        return self._pace.left(time.monotonic(), view.all.crawled, view.all.total)

    def _line(self, trouble: str) -> str:
        if trouble or self._view is None:
            return trouble
        extent = self._view.all
        mark = "【演练】" if self._view.round.drill else ""
        return f"{mark}{self._round_id}：已抓取 {extent.crawled:,}/{extent.total:,}　{_counters(self._view, None)}"

    def _tell(self, _: RenderableType, line: str) -> None:
        """Without a terminal: a line now and then; at once when trouble starts or ends, or all is done."""
        is_trouble = self._view is None or line != self._line("")
        is_over = self._view is not None and self._is_over(self._view)
        is_due = is_over or is_trouble or self._told_trouble or time.monotonic() - self._told_at >= _LINE_EVERY_S
        if not is_due or line == self._told:
            return
        self._told, self._told_trouble, self._told_at = line, is_trouble, time.monotonic()
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)


def _pause(took: float) -> float:
    """Seconds until the next reading: a big round is not read so often that reading it becomes a load."""
    return min(max(_SHORTEST_PAUSE_S, took * _PAUSE_PER_QUERY_TIME), _LONGEST_PAUSE_S)
