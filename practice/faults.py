"""The faults: what each plants into a site and under which indicator it falls."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random

from practice.model import ELEMENTS, Column, Fault, Letter, PlantedLink, PracticeSite

Planter = Callable[[PracticeSite, Random], PracticeSite]

_REACH = {"2015": "C15-V1", "2019": "N19-V2"}
_HOME = {"2015": "C15-V2", "2019": "N19-V3"}
_STALE_COLUMNS = {"2015": "C15-V3a", "2019": "N19-V4"}
_BLANK_COLUMNS = {"2015": "C15-V3c", "2019": "N19-V4"}
_SERIOUS = {"2015": "C15-V4", "2019": "N19-V1"}
_LETTERS = {"2015": "C15-V5", "2019": "N19-V5"}
_LINKS = {"2015": "C15-D2", "2019": "N19-D17"}
_STALE = {"2015": "C15-D4", "2019": "N19-D09"}
_BLANK = {"2019": "N19-D09"}
_FOOTER = {"2019": "N19-D16"}

_CLOSED_PORT = 4
"""Nothing listens there, and no browser refuses it."""


def clean(site: PracticeSite, rng: Random) -> PracticeSite:
    """No fault."""
    return site


def unreachable(site: PracticeSite, rng: Random, behaviour: str) -> PracticeSite:
    """The home page does not open: ``behaviour`` says how."""
    fault = Fault(f"unreachable:{behaviour}", site.base, _REACH, veto=True)
    return replace(site, entry="direct").with_fault(fault, behaviour=behaviour)


def flapping(site: PracticeSite, rng: Random) -> PracticeSite:
    """Every fifth request of the home page fails."""
    return site.with_fault(Fault("flapping", site.base, _REACH, veto=True, detail="every 5th"), behaviour="flapping")


def flapping_mildly(site: PracticeSite, rng: Random) -> PracticeSite:
    """Every fiftieth request of the home page fails: about 2 %, below the veto."""
    fault = Fault("flapping-mild", site.base, {"2015": "C15-D1"}, detail="every 50th")
    return site.with_fault(fault, behaviour="flapping-mild")


def slow(site: PracticeSite, rng: Random) -> PracticeSite:
    """The home page takes more than 15 seconds."""
    return replace(site, entry="direct").with_fault(Fault("slow", site.base, _REACH, veto=True), behaviour="slow")


def firewall(site: PracticeSite, rng: Random) -> PracticeSite:
    """A firewall answers for the site: nobody can say how the site is."""
    return replace(site, entry="direct").with_fault(Fault("firewall", site.base, {}), behaviour="firewall")


def home_stale(site: PracticeSite, rng: Random) -> PracticeSite:
    """Nothing on the home page is newer than a month; the news columns are stale with it."""
    columns = tuple(
        _aged(column, site, rng.randint(30, 60)) if column.state == "listed" else column for column in site.columns
    )
    site = replace(site, columns=columns)
    site = site.with_fault(Fault("home-stale", site.base, _HOME, veto=True))
    for column in site.columns:
        if column.class_ == "news":
            site = site.with_fault(Fault("stale-column", column.path, _STALE, detail=column.name))
    return site


def home_undated(site: PracticeSite, rng: Random) -> PracticeSite:
    """The home page shows no date at all, which counts as not updated."""
    return site.with_fault(Fault("home-undated", site.base, _HOME, veto=True), home_undated=True)


def stale_columns(site: PracticeSite, rng: Random, number: int, short: bool = False) -> PracticeSite:
    """``number`` columns stale; ``short`` = of the classes news, notice and policy alone, six or more of them."""
    classes = ("news", "notice", "policy") if short else ("notice", "policy", "personnel", "plan")
    candidates = [column for column in site.columns if column.class_ in classes]
    kept = 2 if short else 0
    chosen = (
        {column.path for column in candidates[kept : kept + number]}
        if short
        else {column.path for column in rng.sample(candidates, number)}
    )
    columns = tuple(_stale(column, site, rng) if column.path in chosen else column for column in site.columns)
    site = replace(site, columns=columns)
    for column in columns:
        if column.path in chosen:
            site = site.with_fault(Fault("stale-column", column.path, _STALE, detail=column.name))
    if short and number >= 5:
        site = site.with_fault(Fault("too-many-stale", site.base, _STALE_COLUMNS, veto=True))
    return site


def blank_columns(site: PracticeSite, rng: Random, number: int) -> PracticeSite:
    """``number`` columns without any item."""
    candidates = [column for column in site.columns if column.class_ in ("", "plan", "personnel") and column.items]
    chosen = {column.path for column in rng.sample(candidates, number)}
    columns = tuple(
        replace(column, items=(), state="blank") if column.path in chosen else column for column in site.columns
    )
    site = replace(site, columns=columns)
    for column in columns:
        if column.path in chosen:
            site = site.with_fault(Fault("blank-column", column.path, _BLANK, detail=column.name))
    if number >= 5:
        site = site.with_fault(Fault("too-many-blank", site.base, _BLANK_COLUMNS, veto=True))
    return site


def script_column(site: PracticeSite, rng: Random) -> PracticeSite:
    """One column that only a script fills: not to be blamed, not to be judged."""
    columns = tuple(
        replace(column, items=(), state="script") if column.path == "tjsj/" else column for column in site.columns
    )
    return replace(site, columns=columns)


def broken_links(site: PracticeSite, rng: Random, on_home: int, elsewhere: int) -> PracticeSite:
    """References that lead nowhere or wrong, of all kinds in turn, on the home page and on column pages."""
    kinds = ("missing", "refused", "unresolvable", "malformed", "to-home", "soft-404", "empty-file", "html-file")
    links = list(site.links)
    listed = [column.path for column in site.columns if column.state == "listed"]
    for n in range(on_home + elsewhere):
        kind = kinds[n % len(kinds)] if n < 16 else "missing"
        home = n < on_home
        url = _broken(site, kind, n)
        links.append(PlantedLink(url, kind, home, column="" if home else listed[n % len(listed)]))
    site = replace(site, links=tuple(links))
    for link in links:
        if link.counts:
            where = site.base if link.on_home else link.column
            site = site.with_fault(Fault(f"broken-link:{link.kind}", link.url, _LINKS, detail=where))
    return site


def _broken(site: PracticeSite, kind: str, n: int) -> str:
    root = f"http://{site.host}:{site.port}{site.directory}"
    return {
        "missing": f"{root}/gone/{n}.html",
        "refused": f"http://partner-{site.number}-{n}.localhost:{_CLOSED_PORT}/",
        "unresolvable": f"http://partner-{site.number}-{n}.invalid/",
        "malformed": f"http://www .partner-{n}.localhost/",
        "to-home": f"{root}/moved/{n}.html",
        "soft-404": f"{root}/vanished/{n}.html",
        "empty-file": f"{root}/files/empty-{n}.pdf",
        "html-file": f"{root}/files/page-{n}.pdf",
    }[kind]


def doubtful_links(site: PracticeSite, rng: Random) -> PracticeSite:
    """Targets that refuse, are busy or fail for now: suspected, never broken."""
    root = f"http://{site.host}:{site.port}{site.directory}"
    statuses = (403, 429, 503)
    links = [PlantedLink(f"{root}/busy/{status}.html", f"busy-{status}", True, counts=False) for status in statuses]
    return replace(site, links=(*site.links, *links))


def missing_elements(site: PracticeSite, rng: Random, number: int) -> PracticeSite:
    """``number`` of the seven footer elements missing."""
    chosen = rng.sample(ELEMENTS, number)
    site = replace(site, missing=frozenset(chosen))
    for element in chosen:
        site = site.with_fault(Fault("missing-element", element, _FOOTER))
    return site


def hidden_links(site: PracticeSite, rng: Random) -> PracticeSite:
    """A hidden farm of links to made-up betting pages."""
    return site.with_fault(Fault("hidden-links", site.base, _SERIOUS, veto=True), hidden_links=True)


def defacement(site: PracticeSite, rng: Random) -> PracticeSite:
    """Somebody else's text in the place of the home page's title and banner."""
    return site.with_fault(Fault("defacement", site.base, _SERIOUS, veto=True), defaced=True)


def unanswered_letters(site: PracticeSite, rng: Random) -> PracticeSite:
    """Letters of more than three months within the last year without an answer."""
    old = [Letter(f"反映道路积水问题之{n}", site.as_of - timedelta(days=120 + 30 * n), None) for n in range(3)]
    fault = Fault("unanswered-letters", "xxjl/", _LETTERS, veto=True)
    return site.with_fault(fault, letters=(*site.letters, *old))


def _stale(column: Column, site: PracticeSite, rng: Random) -> Column:
    low, high = {"news": (40, 120), "notice": (240, 400), "policy": (240, 500)}.get(column.class_, (450, 800))
    return _aged(column, site, rng.randint(low, high))


def _aged(column: Column, site: PracticeSite, days: int) -> Column:
    newest = column.newest
    assert newest is not None  # only listed columns are aged
    shift = (site.as_of - timedelta(days=days)) - newest
    items = tuple(
        replace(item, day=item.day + shift, path=_dated(item.path, item.day + shift)) for item in column.items
    )
    return replace(column, items=items)


def _dated(path: str, day: object) -> str:
    folder, _, name = path.rpartition("/")
    return f"{folder.rsplit('/', 1)[0]}/{day:%Y%m}/t{day:%Y%m%d}_{name.rpartition('_')[2]}"


_FAILING: tuple[Planter, ...] = (
    partial(unreachable, behaviour="refused"),
    home_stale,
    partial(stale_columns, number=6, short=True),
    partial(blank_columns, number=6),
    flapping,
    slow,
    partial(unreachable, behaviour="unresolvable"),
    home_undated,
    partial(unreachable, behaviour="503"),
    partial(broken_links, on_home=46, elsewhere=0),
    partial(unreachable, behaviour="reset"),
    hidden_links,
    partial(unreachable, behaviour="hang"),
    defacement,
    partial(unreachable, behaviour="empty"),
    unanswered_letters,
)
_COSTLY: tuple[Planter, ...] = (
    partial(stale_columns, number=2),
    partial(broken_links, on_home=8, elsewhere=8),
    partial(missing_elements, number=1),
    partial(blank_columns, number=2),
    partial(broken_links, on_home=28, elsewhere=4),
    flapping_mildly,
    partial(missing_elements, number=3),
    partial(stale_columns, number=3),
    doubtful_links,
    firewall,
    partial(missing_elements, number=7),
    script_column,
)


def menu(sites: int, rng: Random) -> list[Planter]:
    """A planter for each site: about 30 % failing, 25 % with lesser faults, the rest clean; all kinds in turn."""
    failing = [_FAILING[n % len(_FAILING)] for n in range(max(1, round(0.3 * sites)))]
    costly = [_COSTLY[n % len(_COSTLY)] for n in range(max(1, round(0.25 * sites)))]
    chosen = [*failing, *costly][:sites]
    chosen += [clean] * (sites - len(chosen))
    rng.shuffle(chosen)
    return chosen
