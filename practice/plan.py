"""The plan of a practice web: which sites there are, what they publish, and which faults each has."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from practice import faults
from practice.model import PORTALS, Column, Item, Letter, PracticeSite
from practice.names import (
    BUREAUS,
    COLUMNS,
    INTERPRETATIONS,
    MINISTRIES,
    PLACES,
    PROVINCES,
    TEXT_COLUMNS,
    TITLES,
    TOPICS,
)

FAMILIES = ("trs", "aspnet", "jpage", "frameset", "docwrite", "press", "handmade", "cards", "mislabelled", "iframe")
"""Template families, see :mod:`practice.families`."""

_ITEMS = 6
_CATEGORY_CYCLE = (
    *("city-department", "county-below", "county-portal", "city-department", "province-department", "county-below"),
    *("city-portal", "city-department", "county-below", "state-council", "county-portal", "city-department"),
    *("province-portal", "county-below"),
)


def plan_web(*, sites: int, seed: int, as_of: date, port: int) -> list[PracticeSite]:
    """The sites of a practice web, in order of their number."""
    closed = {number: faults.CLOSED[n % len(faults.CLOSED)] for n, number in enumerate(range(19, sites, 20))}
    running = [number for number in range(sites) if number not in closed]
    portals = {place for place, number in enumerate(running) if _category(number) in PORTALS}
    menu = faults.menu(len(running), Random(f"{seed}:faults"), portals=portals)
    planters = closed | dict(zip(running, menu, strict=True))
    web = [_site(number, seed, as_of, port, planters[number]) for number in range(sites)]
    return [_led(site, web) if site.behaviour == "elsewhere" else site for site in web]


def without_faults(site: PracticeSite, *, seed: int) -> PracticeSite:
    """The same site as it would be if nothing were wrong with it."""
    rng = Random(f"{seed}:{site.number}")
    twin = _identity(site.number, rng, site.as_of, site.port)
    twin = replace(twin, columns=_columns(twin, rng), letters=_letters(twin, rng))
    return replace(twin, status=site.status, entry=site.entry)


def _led(site: PracticeSite, web: list[PracticeSite]) -> PracticeSite:
    """The site, its address leading to one without fault; without fault itself where there is no such site."""
    others = (other for other in web if not other.faults and other.entry == "direct" and other.status == "normal")
    other = next((other for other in others if not other.directory), None)
    if other is None:
        return replace(site, behaviour="normal", faults=())
    return replace(site, leads_to=other.base)


def _site(number: int, seed: int, as_of: date, port: int, plant: Callable[..., PracticeSite]) -> PracticeSite:
    rng = Random(f"{seed}:{number}")
    site = _identity(number, rng, as_of, port)
    site = replace(site, columns=_columns(site, rng), letters=_letters(site, rng))
    return plant(site, rng)


def _identity(number: int, rng: Random, as_of: date, port: int) -> PracticeSite:
    category = _category(number)
    region, place, label = _place(number, category)
    serial = f"{number + 1:04d}"
    if category == "state-council":
        ministry, short = MINISTRIES[number % len(MINISTRIES)]
        name, host, code = (
            f"{ministry}第{number}网站",
            f"www.{short}{number}.gov.cn",
            f"bm{number % 90 + 10:02d}00{serial}",
        )
    elif category.endswith("portal"):
        kind = {"province-portal": "人民政府", "city-portal": "人民政府", "county-portal": "人民政府"}[category]
        name, host, code = f"{place}{kind}门户网站第{number}站", f"www.{label}{number}.gov.cn", region + serial
    else:
        bureau, short = BUREAUS[number % len(BUREAUS)]
        bureau = bureau.replace("局", "厅") if category == "province-department" else bureau
        name, host, code = f"{place}{bureau}第{number}站", f"{short}.{label}{number}.gov.cn", region + serial
    in_directory = category in ("city-department", "county-below") and number % 9 == 4
    return PracticeSite(
        number=number,
        code=code,
        name=name,
        city=place,
        host=f"{'www.' + label + str(number) + '.gov.cn' if in_directory else host}.localhost",
        port=port,
        directory=f"/{host.split('.')[0]}" if in_directory else "",
        category=category,
        region=region,
        organizer=name.split("门户")[0].split("第")[0] + ("办公室" if category.endswith("portal") else ""),
        supervisor=f"{place}人民政府办公室",
        status="closed" if number % 20 == 19 else "exempt" if number % 60 == 29 else "normal",
        family=FAMILIES[rng.randrange(len(FAMILIES))] if number >= len(FAMILIES) else FAMILIES[number],
        as_of=as_of,
        entry="direct"
        if in_directory
        else ("direct", "direct", "direct", "direct", "redirect", "meta", "script", "direct")[number % 8],
    )


def _category(number: int) -> str:
    return _CATEGORY_CYCLE[number % len(_CATEGORY_CYCLE)]


def _place(number: int, category: str) -> tuple[str, str, str]:
    if category == "state-council":
        return "000000", "全国", "quanguo"
    if category.startswith("province"):
        return PROVINCES[number % len(PROVINCES)]
    county = category.startswith("county")
    places = [place for place in PLACES if place[0].endswith("00") is not county]
    return places[number % len(places)]


def _columns(site: PracticeSite, rng: Random) -> tuple[Column, ...]:
    listed: list[Column] = []
    for names, class_, slug in COLUMNS:
        if class_ == "interpretation":
            documents = next(column for column in listed if column.class_ == "policy").items
            listed.append(explaining(Column(rng.choice(names), f"{slug}/", class_), documents, site))
        else:
            listed.append(_column(site, rng, names, class_, slug))
    texts = [Column(name, f"{slug}/", "", state="text") for name, slug in TEXT_COLUMNS]
    return (*listed, *texts)


def explaining(column: Column, documents: Sequence[Item], site: PracticeSite) -> Column:
    """The column with an interpretation of each document, published a day after it."""
    items = []
    for n, document in enumerate(documents):
        day = min(document.day + timedelta(days=1), site.as_of)
        title = INTERPRETATIONS[n % 2].format(document=document.title)
        items.append(Item(title, f"{column.path}{day:%Y%m}/t{day:%Y%m%d}_{1000 + site.number * 7 + n}{n}.html", day))
    return replace(column, items=tuple(items))


def _column(site: PracticeSite, rng: Random, names: tuple[str, ...], class_: str, slug: str) -> Column:
    newest = {
        "news": (0, 3),
        "notice": (2, 40),
        "policy": (5, 90),
        "survey": (3, 40),
        "interview": (3, 40),
        "personnel": (10, 200),
        "plan": (20, 250),
        "": (5, 300),
    }
    step = {
        "news": 1,
        "notice": 9,
        "policy": 17,
        "survey": 25,
        "interview": 25,
        "personnel": 35,
        "plan": 50,
        "": 30,
    }[class_]
    start = rng.randint(*newest[class_])
    return with_newest(Column(rng.choice(names), f"{slug}/", class_), site, rng, start, step)


def with_newest(column: Column, site: PracticeSite, rng: Random, days: int, step: int) -> Column:
    """The column with items the newest of which is ``days`` old, each next one up to ``step`` days older."""
    items = []
    day = site.as_of - timedelta(days=days)
    for n in range(_ITEMS):
        title = rng.choice(TITLES[column.class_]).format(
            place=site.city, topic=rng.choice(TOPICS), n=rng.randint(2, 98)
        )
        number = 1000 + site.number * 7 + n
        path = f"{column.path}{day:%Y%m}/t{day:%Y%m%d}_{number}{n}.html"
        items.append(Item(title, path, day))
        day -= timedelta(days=rng.randint(0, step) if n else max(1, step))
    return replace(column, items=tuple(items), state="listed")


def _letters(site: PracticeSite, rng: Random) -> tuple[Letter, ...]:
    letters = []
    for n in range(5):
        asked = site.as_of - timedelta(days=20 + 30 * n + rng.randint(0, 9))
        letters.append(
            Letter(f"咨询{rng.choice(TOPICS)}办理事宜之{n + 1}", asked, asked + timedelta(days=rng.randint(2, 6)))
        )
    return tuple(letters)
