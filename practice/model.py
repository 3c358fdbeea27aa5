"""What a practice site is: its identity, columns, faults. Plain values, no rendering."""

from dataclasses import dataclass, field, replace
from datetime import date
from zlib import crc32

WINDOW_DAYS = {"news": 14, "notice": 180, "policy": 180, "interpretation": 180, "personnel": 365, "plan": 365}
"""Update windows by column class; that of interpretations is one of the 2019 indicators only."""

CATEGORIES = (
    *("state-council", "province-portal", "province-department", "city-portal", "city-department"),
    *("county-portal", "county-below"),
)
PORTALS = frozenset({"state-council", "province-portal", "city-portal", "county-portal"})

ELEMENTS = ("conac_mark", "jiucuo_entry", "site_code", "icp", "police_record", "organizer", "contact")
"""The seven elements of a home page's footer."""


GUIDE_ELEMENTS = (
    *("事项名称", "设定依据", "申请条件", "办理材料", "办理地点"),
    *("办理机构", "收费标准", "办理时间", "联系电话", "办理流程"),
)
"""The ten elements of a service guide."""


LETTER_ELEMENTS = ("答复单位", "答复内容")
"""Of what is to be published with an answered letter, the two that only its own page shows."""


LETTER_ENTRY = "xxjl/write.html"
"""Where letters are written."""

SITE_MAP = "map.html"
"""The page that names all columns."""


@dataclass(frozen=True)
class Item:
    """One article of a column. ``origin`` is the path under which it first stood, where it was put up again."""

    title: str
    path: str
    day: date
    origin: str = ""

    @property
    def serial(self) -> int:
        """A number that its text names and no other article's does, wherever it stands."""
        return crc32((self.origin or self.path).encode())


@dataclass(frozen=True)
class Column:
    """One column. ``class_`` empty = no update window; ``state`` listed, blank, script or text (no list at all)."""

    name: str
    path: str
    class_: str
    items: tuple[Item, ...] = ()
    state: str = "listed"

    @property
    def newest(self) -> date | None:
        """Newest item."""
        return max((item.day for item in self.items), default=None)


@dataclass(frozen=True)
class Letter:
    """A letter of a citizen, with its answer's day if it has one."""

    title: str
    asked: date
    answered: date | None


@dataclass(frozen=True)
class PlantedLink:
    """A reference that leads wrong or only looks so. ``url`` is what the page writes; ``counts`` = a defect.

    ``text`` is what a reader sees of it, empty = nothing particular.
    """

    url: str
    kind: str
    on_home: bool
    counts: bool = True
    column: str = ""
    text: str = ""


@dataclass(frozen=True)
class Fault:
    """A planted fault. ``indicators`` maps an edition to the indicator it falls under; ``veto`` = it alone fails.

    ``doubtful`` = with it no verdict can be given before a person has looked, unless other faults fail the site.
    """

    kind: str
    subject: str
    indicators: dict[str, str]
    veto: bool = False
    detail: str = ""
    doubtful: bool = False


@dataclass(frozen=True, eq=False)
class PracticeSite:
    """One site of the practice web, compared by identity: ``entry`` is how its registered address leads home.

    ``hiding`` is how a farm of links is hidden, empty = there is none; ``extra_text`` stands on the page of its duties;
    ``guide_gaps`` are the elements that each of the five guides lacks; ``meta_code`` is a wrong code in the page tags.
    ``unrelated`` are the addresses of policy documents and interpretations that do not lead to their counterparts.
    ``letter_gaps`` are the elements that the pages of letters lack. ``leads_to`` is the other site to which its
    address merely leads. ``dead_over_ipv6``: it answers over IPv4 only. ``needs_browser``: what decides stands in
    lists that only scripts fill.
    """

    number: int
    code: str
    name: str
    city: str
    host: str
    port: int
    directory: str
    category: str
    region: str
    organizer: str
    supervisor: str
    status: str
    family: str
    as_of: date
    entry: str = "direct"
    behaviour: str = "normal"
    columns: tuple[Column, ...] = ()
    letters: tuple[Letter, ...] = ()
    links: tuple[PlantedLink, ...] = ()
    missing: frozenset[str] = frozenset()
    home_undated: bool = False
    hiding: str = ""
    defaced: bool = False
    extra_text: str = ""
    guide_gaps: tuple[tuple[str, ...], ...] = ()
    unrelated: frozenset[str] = frozenset()
    letter_gaps: frozenset[str] = frozenset()
    meta_code: str = ""
    needs_browser: bool = False
    dead_over_ipv6: bool = False
    leads_to: str = ""
    faults: tuple[Fault, ...] = field(default=())

    @property
    def base(self) -> str:
        """Address of the site's directory, with a final slash."""
        return f"http://{self.host}:{self.port}{self.directory}/"

    @property
    def home_path(self) -> str:
        """Path of the real home page."""
        return f"{self.directory}/web/index.html" if self.entry in ("meta", "script") else f"{self.directory}/"

    @property
    def registered_url(self) -> str:
        """The address in the registry."""
        if self.behaviour == "refused":
            return f"http://{self.host}:4/"
        if self.behaviour == "unresolvable":
            return f"http://{self.host.removesuffix('.localhost')}.invalid:{self.port}/"
        if self.entry == "redirect":
            return f"http://{self.host.removeprefix('www.')}:{self.port}{self.directory}/"
        return self.base

    @property
    def documents(self) -> list[Item]:
        """All policy documents."""
        return [item for column in self.columns if column.class_ == "policy" for item in column.items]

    def interpretation_of(self, document: Item) -> Item | None:
        """The interpretation whose title names the document."""
        given = [item for column in self.columns if column.class_ == "interpretation" for item in column.items]
        return next((item for item in given if f"《{document.title}》" in item.title), None)

    def with_fault(self, fault: Fault, **changes: object) -> "PracticeSite":
        """The site with one more fault and what it changes."""
        return replace(self, faults=(*self.faults, fault), **changes)  # type: ignore[arg-type]
