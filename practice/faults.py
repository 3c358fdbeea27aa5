"""The faults: what each plants into a site and under which indicator it falls."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import cycle
from random import Random

from practice.model import (
    ELEMENTS,
    GUIDE_ELEMENTS,
    LETTER_ELEMENTS,
    LETTER_ENTRY,
    Column,
    Fault,
    Letter,
    PlantedLink,
    PracticeSite,
)
from practice.pages import HIDINGS

Planter = Callable[[PracticeSite, Random], PracticeSite]

_REACH = {"2015": "C15-V1", "2019": "N19-V2"}
_HOME = {"2015": "C15-V2", "2019": "N19-V3"}
_STALE_COLUMNS = {"2015": "C15-V3a", "2019": "N19-V4"}
_BLANK_COLUMNS = {"2015": "C15-V3c", "2019": "N19-V4"}
_SERIOUS = {"2015": "C15-V4", "2019": "N19-V1"}
_LETTERS = {"2015": "C15-V5", "2019": "N19-V5"}
_LETTERS_PUBLISHED = "N19-D12"
_LINKS = {"2015": "C15-D2", "2019": "N19-D17"}
_MISLEADING = {"2015": "C15-D2b", "2019": "N19-D17b"}
_STALE = {"2015": "C15-D4", "2019": "N19-D09"}
_BLANK = {"2019": "N19-D09"}
_FOOTER = {"2019": "N19-D16"}
_GUIDE_GAP = {"2015": "C15-D8", "2019": "N19-D10"}
_TEXTS = {"bdgk/": "N19-D01", "jgzn/": "N19-D02", "ldxx/": "N19-D03"}
_CLOSED_RUNNING = {"2015": "R-2", "2019": "R-2"}
_REPORTED_CLOSED = {"2015": "R-3", "2019": "R-3"}
_OFFLINE = {"2015": "R-4", "2019": "R-4"}
_REDIRECT = {"2015": "R-5", "2019": "R-5"}
_GUIDES = 5
_TWO_YEARS = timedelta(days=730)

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


def missing_columns(site: PracticeSite, rng: Random, number: int) -> PracticeSite:
    """``number`` of the columns about the place, the offices and the leaders are not there at all."""
    chosen = rng.sample(sorted(_TEXTS), number)
    site = replace(site, columns=tuple(column for column in site.columns if column.path not in chosen))
    for path in chosen:
        site = site.with_fault(Fault("missing-column", path, {"2019": _TEXTS[path]}))
    return site


def dead_over_ipv6(site: PracticeSite, rng: Random) -> PracticeSite:
    """Over IPv6 the site is out of service."""
    return site.with_fault(Fault("dead-over-ipv6", site.base, {"2019": "N19-D21"}), dead_over_ipv6=True)


def script_column(site: PracticeSite, rng: Random) -> PracticeSite:
    """One column that only a script fills: not to be blamed."""
    columns = tuple(replace(column, state="script") if column.path == "tjsj/" else column for column in site.columns)
    return replace(site, columns=columns)


def by_script(site: PracticeSite, rng: Random, planter: Planter) -> PracticeSite:
    """Columns with a fault that only a script fills: without a browser there is nothing to be said of them."""
    planted = planter(site, rng)
    faulty = {fault.subject for fault in planted.faults}
    columns = tuple(replace(column, state="script") if column.path in faulty else column for column in planted.columns)
    return replace(planted, columns=columns, needs_browser=True)


def broken_links(site: PracticeSite, rng: Random, on_home: int, elsewhere: int) -> PracticeSite:
    """References that lead nowhere or wrong, of all kinds in turn, on the home page and on column pages."""
    kinds = (
        *("missing", "refused", "unresolvable", "malformed", "to-home", "soft-404", "empty-file", "html-file"),
        *("squatted", "closed-site"),
    )
    links = list(site.links)
    listed = [column.path for column in site.columns if column.state == "listed"]
    for n in range(on_home + elsewhere):
        kind = kinds[n % len(kinds)] if n < 20 else "missing"
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
        "squatted": f"http://lapsed-{site.number}-{n}.localhost:{site.port}/",
        "closed-site": f"http://closed-{site.number}-{n}.localhost:{site.port}/",
        "malformed": f"http://www .partner-{n}.localhost/",
        "to-home": f"{root}/moved/{n}.html",
        "soft-404": f"{root}/vanished/{n}.html",
        "empty-file": f"{root}/files/empty-{n}.pdf",
        "html-file": f"{root}/files/page-{n}.pdf",
    }[kind]


def doubtful_links(site: PracticeSite, rng: Random) -> PracticeSite:
    """Targets that refuse, are busy or fail for now, and links that lead elsewhere than they say: suspected only."""
    root = f"http://{site.host}:{site.port}{site.directory}"
    statuses = (403, 429, 503)
    links = [PlantedLink(f"{root}/busy/{status}.html", f"busy-{status}", True, counts=False) for status in statuses]
    misnamed = ("misnamed", "竹亭县水利局")
    misaddressed = ("misaddressed", f"http://www.lianhe{site.number}.gov.cn.localhost/")
    for n, (kind, text) in enumerate((misnamed, misaddressed)):
        url = f"http://seaside-{site.number}-{n}.localhost:{site.port}/"
        links.append(PlantedLink(url, kind, True, counts=False, text=text))
        site = site.with_fault(Fault(f"misleading-link:{kind}", url, _MISLEADING, detail=text))
    return replace(site, links=(*site.links, *links))


def missing_elements(site: PracticeSite, rng: Random, number: int) -> PracticeSite:
    """``number`` of the seven footer elements missing."""
    chosen = rng.sample(ELEMENTS, number)
    site = replace(site, missing=frozenset(chosen))
    for element in chosen:
        site = site.with_fault(Fault("missing-element", element, _FOOTER))
    return site


def hidden_links(site: PracticeSite, rng: Random) -> PracticeSite:
    """A farm of links to made-up betting pages, hidden in one way or another."""
    hiding = rng.choice(HIDINGS)
    return site.with_fault(Fault("hidden-links", site.base, _SERIOUS, veto=True, detail=hiding), hiding=hiding)


def wrong_expression(site: PracticeSite, rng: Random) -> PracticeSite:
    """A fixed expression mis-written."""
    wrong = rng.choice(("中华人民共合国", "社会主义核心价直观", "一代一路"))
    text = f"本单位认真贯彻有关部署，结合{wrong}的要求开展各项工作，接受社会监督。"
    return site.with_fault(Fault("wrong-expression", wrong, _SERIOUS, veto=True, detail="jgzn/"), extra_text=text)


def personal_data(site: PracticeSite, rng: Random) -> PracticeSite:
    """An identity number of nobody, in full, with its check digit."""
    number = _identity_number(site, rng)
    fault = Fault("personal-data", "jgzn/", {"2015": "P-1", "2019": "P-1"})
    return site.with_fault(fault, extra_text=f"公示对象王某某，身份证号 {number}，公示期五个工作日。")


def _identity_number(site: PracticeSite, rng: Random) -> str:
    region = site.region if site.region != "000000" else "110105"
    born = date(rng.randint(1950, 1999), rng.randint(1, 12), rng.randint(1, 28))
    digits = f"{region}{born:%Y%m%d}{rng.randint(0, 999):03d}"
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(digits))
    return digits + "10X98765432"[total % 11]


def wrong_code(site: PracticeSite, rng: Random) -> PracticeSite:
    """The page tags carry another site's code."""
    other = f"5001070{rng.randint(100, 999)}"
    return site.with_fault(Fault("wrong-code", other, {"2015": "G17-4", "2019": "G17-4"}), meta_code=other)


def useless_guides(site: PracticeSite, rng: Random) -> PracticeSite:
    """All five guides lack five of the ten elements."""
    gaps = tuple(tuple(sorted(rng.sample(GUIDE_ELEMENTS[1:], 5))) for _ in range(_GUIDES))
    site = replace(site, guide_gaps=gaps)
    site = site.with_fault(Fault("useless-guides", "bszn/", {"2019": "N19-V6"}, veto=True))
    return _with_gaps(site)


def guide_gaps(site: PracticeSite, rng: Random, number: int) -> PracticeSite:
    """One guide lacks ``number`` elements."""
    lacking = tuple(sorted(rng.sample(GUIDE_ELEMENTS[1:], number)))
    gaps: list[tuple[str, ...]] = [()] * _GUIDES
    gaps[rng.randrange(_GUIDES)] = lacking
    return _with_gaps(replace(site, guide_gaps=tuple(gaps)))


def _with_gaps(site: PracticeSite) -> PracticeSite:
    for number, lacking in enumerate(site.guide_gaps, 1):
        for element in lacking:
            site = site.with_fault(Fault("guide-gap", f"bszn/{number}.html", _GUIDE_GAP, detail=element))
    return site


def few_surveys(site: PracticeSite, rng: Random, held: int) -> PracticeSite:
    """Only ``held`` surveys within the year, the rest older."""
    day = site.as_of - timedelta(days=20)
    columns = tuple(_held(column, site, held, day) if column.class_ == "survey" else column for column in site.columns)
    indicators = {"2015": "C15-D6"} if held else {"2015": "C15-D6", "2019": "N19-D14"}
    kind = "few-surveys" if held else "no-surveys"
    return replace(site, columns=columns).with_fault(Fault(kind, "dczj/", indicators))


def _held(column: Column, site: PracticeSite, held: int, day: date) -> Column:
    items = []
    for number, item in enumerate(column.items):
        own = day - timedelta(days=40 * number) if number < held else site.as_of - timedelta(days=400 + 30 * number)
        items.append(replace(item, day=own, path=_dated(item.path, own)))
    return replace(column, items=tuple(items))


def quiet_letters(site: PracticeSite, rng: Random) -> PracticeSite:
    """The last letter is older than a year, and was answered."""
    letters = tuple(
        replace(each, asked=each.asked - _TWO_YEARS, answered=each.asked - _TWO_YEARS + timedelta(days=3))
        for each in site.letters
    )
    return replace(site, letters=letters).with_fault(Fault("quiet-letters", "xxjl/", {"2015": "C15-D5"}))


def unexplained(site: PracticeSite, rng: Random, number: int) -> PracticeSite:
    """The first documents of the first column of policy documents have no interpretation."""
    column = next(column for column in site.columns if column.class_ == "policy")
    bare = tuple(
        replace(item, title=f"{site.city}档案馆藏品借阅规则（第{n}版）")
        for n, item in enumerate(column.items[:number], 1)
    )
    altered = replace(column, items=(*bare, *column.items[number:]))
    site = replace(site, columns=tuple(altered if each is column else each for each in site.columns))
    for item in bare:
        site = site.with_fault(Fault("unexplained", item.path, {"2019": "N19-D07"}))
    return site


def one_way(site: PracticeSite, rng: Random, class_: str) -> PracticeSite:
    """The first item of the first column of a class, policy or interpretation, does not lead to its counterpart."""
    item = next(column for column in site.columns if column.class_ == class_).items[0]
    fault = Fault("one-way", item.path, {"2019": "N19-D08"})
    return site.with_fault(fault, unrelated=frozenset({item.path}))


def letters_unpublished(site: PracticeSite, rng: Random) -> PracticeSite:
    """A place to write letters, and none to read any."""
    return site.with_fault(Fault("letters-unpublished", "xxjl/", {"2019": _LETTERS_PUBLISHED}), letters=())


def dead_entry(site: PracticeSite, rng: Random) -> PracticeSite:
    """The entry for writing letters does not open, which is a broken link as well."""
    link = PlantedLink(f"{site.base}{LETTER_ENTRY}", "missing", on_home=False, column="xxjl/")
    site = site.with_fault(Fault("dead-entry", link.url, {"2019": "N19-D11"}))
    return site.with_fault(Fault("broken-link:missing", link.url, _LINKS, detail="xxjl/"), links=(*site.links, link))


def letter_gaps(site: PracticeSite, rng: Random, number: int) -> PracticeSite:
    """The pages of letters do not say who answered, or not what."""
    chosen = rng.sample(LETTER_ELEMENTS, number)
    for element in chosen:
        site = site.with_fault(Fault("letter-gap", "xxjl/", {"2019": _LETTERS_PUBLISHED}, detail=element))
    return replace(site, letter_gaps=frozenset(chosen))


def future_dates(site: PracticeSite, rng: Random) -> PracticeSite:
    """The first news item is dated weeks ahead."""
    day = site.as_of + timedelta(days=rng.randint(20, 40))
    first, *rest = site.columns
    item = replace(first.items[0], day=day, path=_dated(first.items[0].path, day))
    ahead = replace(first, items=(item, *first.items[1:]))
    return replace(site, columns=(ahead, *rest)).with_fault(Fault("future-dates", site.base, _SERIOUS, doubtful=True))


def taken_offline(site: PracticeSite, rng: Random) -> PracticeSite:
    """Reported as normal, and nothing but the notice of its closing left."""
    fault = Fault("taken-offline", site.base, _OFFLINE, doubtful=True)
    return replace(site, entry="direct").with_fault(fault, behaviour="notice")


def redirect_only(site: PracticeSite, rng: Random) -> PracticeSite:
    """The registered address leads to another site; which one is settled when all are planned."""
    return replace(site, entry="direct").with_fault(Fault("redirect-only", site.base, _REDIRECT), behaviour="elsewhere")


def reported_closed(site: PracticeSite, rng: Random) -> PracticeSite:
    """Reported as closed, and kept up like any other."""
    return site.with_fault(Fault("reported-closed", site.base, _REPORTED_CLOSED))


def closed_running(site: PracticeSite, rng: Random) -> PracticeSite:
    """Reported as closed, and left open to visitors as it was."""
    columns = tuple(
        _aged(column, site, rng.randint(240, 400)) if column.state == "listed" else column for column in site.columns
    )
    return replace(site, columns=columns).with_fault(Fault("closed-running", site.base, _CLOSED_RUNNING))


def closed_with_notice(site: PracticeSite, rng: Random) -> PracticeSite:
    """Reported as closed, and its page says so."""
    return replace(site, entry="direct", behaviour="notice")


def closed_and_gone(site: PracticeSite, rng: Random) -> PracticeSite:
    """Reported as closed, and nothing answers any more."""
    return replace(site, entry="direct", behaviour="refused")


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
    wrong_expression,
    useless_guides,
    hidden_links,
    partial(by_script, planter=partial(stale_columns, number=6, short=True)),
    partial(by_script, planter=partial(blank_columns, number=6)),
)
_COSTLY: tuple[Planter, ...] = (
    partial(stale_columns, number=2),
    partial(broken_links, on_home=8, elsewhere=8),
    partial(missing_elements, number=1),
    partial(blank_columns, number=2),
    partial(broken_links, on_home=28, elsewhere=4),
    future_dates,
    taken_offline,
    redirect_only,
    flapping_mildly,
    partial(missing_elements, number=3),
    partial(stale_columns, number=3),
    doubtful_links,
    firewall,
    partial(missing_elements, number=7),
    script_column,
    partial(few_surveys, held=2),
    partial(guide_gaps, number=2),
    quiet_letters,
    personal_data,
    wrong_code,
    partial(few_surveys, held=0),
)
_OF_PORTALS: tuple[Planter, ...] = (
    partial(missing_columns, number=1),
    dead_over_ipv6,
    letters_unpublished,
    partial(unexplained, number=1),
    partial(one_way, class_="policy"),
    partial(letter_gaps, number=1),
    dead_entry,
    partial(one_way, class_="interpretation"),
    partial(unexplained, number=3),
    partial(missing_columns, number=3),
    partial(letter_gaps, number=2),
)
"""What only the table for portals asks for."""

CLOSED: tuple[Planter, ...] = (reported_closed, closed_running, closed_with_notice, closed_and_gone)
"""What becomes of sites that are reported as closed, in turn."""


def menu(sites: int, rng: Random, *, portals: Collection[int]) -> list[Planter]:
    """A planter for each site: about 30 % failing, 25 % with lesser faults, the rest clean; all kinds in turn.

    Of the clean sites that are ``portals`` (by number), every second one gets a fault of the table for portals.
    """
    failing = [_FAILING[n % len(_FAILING)] for n in range(max(1, round(0.3 * sites)))]
    costly = [_COSTLY[n % len(_COSTLY)] for n in range(max(1, round(0.25 * sites)))]
    chosen = [*failing, *costly][:sites]
    chosen += [clean] * (sites - len(chosen))
    rng.shuffle(chosen)
    spare = [number for number in range(sites) if number in portals and chosen[number] is clean]
    for number, planter in zip(spare[::2], cycle(_OF_PORTALS), strict=False):
        chosen[number] = planter
    return chosen
