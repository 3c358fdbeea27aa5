"""Rolling a full national round up, and serving its rates: time, cost per site, and how it grows.

    python benchmarks/rollup.py [--sites 43143] [--findings 40] [--quarters 12] [--parts 0.25,0.5,1] [--folder FOLDER]

For each part of the sites a database of its own is filled, indexes before data: the registry (a tenth more sites than
are sampled, so that intervals have to be computed), the round with its scorecards and findings, and for each past
quarter its verdicts and pass rates. Then the round is rolled up (a first time, and again as every night of an open
round), its problems are counted, and pages of rates are asked of the API, plain and against the quarter before.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TypeVar

import msgspec
from fastapi.testclient import TestClient

from api.app import create_app
from inspection.findings import Evidence, Finding, FindingState, finding_id
from inspection.ports import Inspection
from inspection.registry import Contact, Site, SiteCategory, regions
from inspection.sampling import Round, RoundState
from inspection.scoring import Scorecard, Verdict
from inspection.workflows.compare_rates import stored_rates
from inspection.workflows.count_problems import count_problems
from inspection.workflows.draw_sample import draw_sample
from inspection.workflows.roll_up import roll_up
from store.config import StoreConfig
from store.embedded.processes import down, up
from store.mongo.access import insert_new
from store.mongo.codec import encode
from store.mongo.migrate import migrate
from store.stores import Stores

T = TypeVar("T")

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
ROUND = "2026Q4"
BATCH = 4000
CLASSES = {  # of the 43,143 sites of 2017Q1
    SiteCategory.STATE_COUNCIL: 2229,
    SiteCategory.PROVINCE_PORTAL: 32,
    SiteCategory.PROVINCE_DEPARTMENT: 2591,
    SiteCategory.CITY_PORTAL: 496,
    SiteCategory.CITY_DEPARTMENT: 17211,
    SiteCategory.COUNTY_PORTAL: 2773,
    SiteCategory.COUNTY_BELOW: 17811,
}
INDICATORS = ("N19-D17", "N19-D09", "N19-D16", "N19-D19", "N19-D05", "N19-D12", "N19-D10", "N19-V4", "N19-V3", "N19-V2")


class StillClock:
    """Port ``Clock``."""

    def now(self) -> datetime:
        return NOW


def registry(number: int) -> Iterator[Site]:
    """Sites over all counties of today, in the classes of the national bulletins."""
    rng = random.Random(20170331)
    counties = [code for code in (f"{n:06d}" for n in range(110000, 660000)) if regions.is_current(code)]
    counties = [code for code in counties if code[4:] != "00"]
    kinds = rng.choices(list(CLASSES), weights=list(CLASSES.values()), k=number)
    for serial, category in enumerate(kinds):
        region, code = _place(category, counties[serial % len(counties)], serial)
        yield Site(
            code=code,
            name=f"第{serial}号政府网站",
            url=f"http://www.site{serial}.gov.cn/",
            category=category,
            region=region,
            organizer=f"第{serial}号单位",
            contact=Contact(name="张三", phone="010-12345678"),
        )


def _place(category: SiteCategory, county: str, serial: int) -> tuple[str, str]:
    if category is SiteCategory.STATE_COUNCIL:
        return "000000", f"bm{serial % 71 + 1:02d}{serial:06d}"
    if category in (SiteCategory.PROVINCE_PORTAL, SiteCategory.PROVINCE_DEPARTMENT):
        region = f"{county[:2]}0000"
    elif category in (SiteCategory.CITY_PORTAL, SiteCategory.CITY_DEPARTMENT):
        region = f"{county[:4]}00"
    else:
        region = county
    return region, f"{region}{serial % 10000:04d}"


def scorecard(rng: random.Random) -> Scorecard:
    """One site in eleven fails, one in fifty is not determined."""
    draw = rng.random()
    verdict = Verdict.FAILED if draw < 0.09 else Verdict.NOT_DETERMINED if draw < 0.11 else Verdict.PASSED
    reasons = ("首页2周没有更新",) if verdict is Verdict.FAILED else ()
    return Scorecard(edition="2019", verdict=verdict, score=Decimal("87.5"), deducted=Decimal("12.5"), reasons=reasons)


def findings(code: str, number: int) -> Iterator[Finding]:
    """Findings with evidence, as a crawl makes them."""
    for n in range(number):
        indicator, subject = INDICATORS[n * 7 % len(INDICATORS)], f"http://www.{code}.gov.cn/zwgk/art_{n * 7919}.html"
        yield Finding(
            id=finding_id(code, indicator, subject),
            indicator=indicator,
            state=FindingState.ESTABLISHED if n % 5 else FindingState.SUSPECTED,
            subject=subject,
            message="链接打不开（404）",
            points=Decimal("0.1"),
            evidence=(
                Evidence(url=subject, excerpt="<a href='art.html'>关于印发文件的通知</a>", observed_at=NOW, line=120),
            ),
        )


def in_batches(items: Iterable[T]) -> Iterator[list[T]]:
    """Some thousand at a time."""
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        yield batch


class Filled:
    """A database with a national round and its past."""

    def __init__(self, stores: Stores, sites: int, quarters: int, findings_each: int) -> None:
        self.stores, self.sites, self.quarters, self.findings_each = stores, sites, quarters, findings_each

    def fill(self) -> float:
        """Fill it; seconds that it took."""
        started = time.perf_counter()
        stores = self.stores
        by_code = {site.code: site for site in registry(self.sites * 10 // 9)}
        for batch in in_batches(sorted(by_code.values(), key=lambda site: site.code)):
            stores.sites.upsert(batch, at=NOW, source="benchmark")
        plan = (
            f'name = "全国"\n[strata]\nby = ["province", "category"]\n[size]\ncount = {min(self.sites, len(by_code))}\n'
        )
        round_ = draw_sample(
            plan,
            round_id=ROUND,
            title="全国抽查",
            as_of=date(2026, 11, 20),
            edition="2019",
            seed="种子",
            sites=stores.sites,
            rounds=stores.rounds,
            clock=StillClock(),
        )
        stores.rounds.move(ROUND, to=RoundState.OPEN, at=NOW)
        self._inspections(by_code, ROUND)
        self._findings()
        for quarter in self.past():
            self._past(round_, by_code, quarter)
        return time.perf_counter() - started

    @cached_property
    def members(self) -> list[tuple[str, str]]:
        """Code and stratum of each sampled site."""
        return [(member.code, member.stratum) for member in self.stores.rounds.members(ROUND)]

    def past(self) -> list[str]:
        """Ids of the quarters before, oldest first."""
        ids = [f"{year}Q{quarter}" for year in range(2000, 2027) for quarter in (1, 2, 3, 4)]
        return ids[: ids.index(ROUND)][-self.quarters :] if self.quarters else []

    def _inspections(self, by_code: dict[str, Site], round_id: str) -> None:
        rng = random.Random(round_id)
        for batch in in_batches(self.members):
            self.stores.inspections.open(
                [
                    Inspection(
                        round_id=round_id,
                        site=by_code[code],
                        stratum=stratum,
                        crawl_finished_at=NOW,
                        judged_at=NOW,
                        scorecard=scorecard(rng),
                    )
                    for code, stratum in batch
                ]
            )

    def _findings(self) -> None:
        documents = (
            {
                "_id": f"{ROUND}:{code}:2019:{finding.id}",
                "round_id": ROUND,
                "code": code,
                "edition": "2019",
                "key": f"{code}:{finding.id}",
                **encode(finding),
            }
            for code, _ in self.members
            for finding in findings(code, self.findings_each)
        )
        for batch in in_batches(documents):
            insert_new(self.stores.database["findings"], batch)
        self.stores.database["inspections"].update_many(
            {"round_id": ROUND}, {"$set": {"established": sorted(INDICATORS)}}
        )

    def _past(self, round_: Round, by_code: dict[str, Site], quarter: str) -> None:
        """A closed round of the same sample: its verdicts, and the pass rates rolled up of them."""
        stores = self.stores
        past = msgspec.structs.replace(round_, id=quarter, state=RoundState.OPEN, as_of=date(2020, 1, 1))
        stores.rounds.add(past, stores.rounds.members(ROUND), stores.rounds.frame(ROUND))
        self._inspections(by_code, quarter)
        roll(stores, quarter)


def roll(stores: Stores, round_id: str) -> int:
    """Roll a round up; returns the number of groups."""
    ports = {name: getattr(stores, name) for name in ("rounds", "inspections", "sites", "pass_rates")}
    return len(roll_up(round_id, **ports))


def timed(action: Callable[[], object]) -> float:
    """Seconds."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def served(stores: Stores, path: str, runs: int = 40) -> tuple[float, float]:
    """Median and worst time (ms) of one page."""
    client = TestClient(create_app(stores))
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200, answer.text
    return median(times), max(times)


def measure(sites: int, folder: Path, options: argparse.Namespace) -> None:
    """Fill where that is not done yet, roll up, serve, print."""
    folder = folder / f"{sites}x{options.findings}-{options.quarters}"
    told = folder / "filled_in_s"
    if folder.exists() and not told.exists():
        raise SystemExit(f"{folder} was not filled to its end: delete it")
    config = StoreConfig(var_dir=folder)
    try:
        for name in ("mongo", "redis"):
            up(config, name)
        with Stores(config) as stores:
            filled = Filled(stores, sites, options.quarters, options.findings)
            if not told.exists():
                migrate(stores.database, now=NOW - timedelta(days=1))
                told.write_text(str(filled.fill()))
            if not options.fill_only:
                _measure(filled, float(told.read_text()), options)
    finally:
        for name in ("mongo", "redis"):
            down(config, name)


def _measure(filled: Filled, filling: float, options: argparse.Namespace) -> None:
    stores, number = filled.stores, len(filled.members)
    print(
        f"{number:,} sites × {options.findings} findings, {options.quarters} past quarters (filled in {filling:.0f} s)"
    )
    stores.database["pass_rates"].delete_many({"round_id": ROUND})
    for label in ("first roll-up", "again"):
        seconds = timed(lambda: roll(stores, ROUND))
        print(f"  {label:<36}{seconds:8.2f} s {seconds / number * 1e6:8.1f} µs per site")
    seconds = timed(lambda: count_problems(ROUND, rounds=stores.rounds, inspections=stores.inspections))
    print(f"  {'problem types of the failing sites':<36}{seconds:8.2f} s {seconds / number * 1e6:8.1f} µs per site")
    print(f"  groups with a rate: {len(stored_rates(stores.pass_rates, ROUND)):,}")
    before = filled.past()[-1:] or [ROUND]
    path = f"/v1/rounds/{ROUND}/pass-rates"
    for label, query in (
        ("GET pass-rates, 50 rows", ""),
        ("GET pass-rates, 500 rows", "?limit=500"),
        ("  provinces", "?dimension=province"),
        ("  provinces against the quarter before", f"?dimension=province&against={before[0]}"),
        ("  500 counties against it", f"?dimension=county&limit=500&against={before[0]}"),
    ):
        middle, worst = served(stores, path + query)
        print(f"  {label:<40}{middle:7.1f} ms median {worst:7.1f} ms worst")


def main() -> None:
    """Measure each part of the sites."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=43143)
    parser.add_argument("--findings", type=int, default=40)
    parser.add_argument("--quarters", type=int, default=12)
    parser.add_argument("--parts", default="0.25,0.5,1")
    parser.add_argument("--folder", type=Path, help="keep the filled databases here; without it they go at the end")
    parser.add_argument("--fill-only", action="store_true", help="fill the databases of --folder, measure nothing")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for part in options.parts.split(","):
            measure(round(options.sites * float(part)), options.folder or Path(temporary), options)


if __name__ == "__main__":
    main()
