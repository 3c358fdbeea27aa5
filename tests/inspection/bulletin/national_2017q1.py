"""The first quarter of 2017 of the whole nation, as files that an office would import, and what was done with them.

The numbers of the published bulletin are put in as rows: 43,143 running sites in seven classes, 469 of them inspected
by the State Council's office, 7,768 reported by 32 regions and 71 departments, 4,176 valid messages and so on. The
text must get them out again. Names are made up; so is which region fails how often.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any

from inspection.accountability.record import OPTIONAL as ACCOUNTABILITY_OPTIONAL
from inspection.accountability.record import REQUIRED as ACCOUNTABILITY_REQUIRED
from inspection.accountability.record import row_reader as accountability_reader
from inspection.bulletin.bulletin import Bulletin
from inspection.bulletin.figures import BulletinFigures, Deadlines
from inspection.linkage.accounts import ACCOUNT_OPTIONAL, ACCOUNT_REQUIRED, SEEN_OPTIONAL, SEEN_REQUIRED
from inspection.linkage.carried import CARRIED_OPTIONAL, CARRIED_REQUIRED
from inspection.messages.row import MOMENTS, OPTIONAL, REQUIRED
from inspection.observation.reference import ReferenceArticle
from inspection.observation.site import CHINA
from inspection.records import every
from inspection.rectification import StepKind
from inspection.rectification.rules import shipped_rules as rectification_rules
from inspection.registry import Site, SiteCategory, SiteStatus, regions
from inspection.registry.departments import department_of
from inspection.registry.row import row_of
from inspection.reporting.rules import shipped_rules as reporting_rules
from inspection.sampling.plan import Size
from inspection.special.check import DAYS as SPECIAL_DAYS
from inspection.special.check import OPTIONAL as SPECIAL_OPTIONAL
from inspection.special.check import REQUIRED as SPECIAL_REQUIRED
from inspection.special.check import row_reader as special_reader
from inspection.workflows.bulletin_parts import Reported, bulletin_parts
from inspection.workflows.gather_figures import BulletinScope, gather_figures
from inspection.workflows.handle_message import import_messages
from inspection.workflows.import_records import adding, import_records
from inspection.workflows.import_registry import ImportReport
from inspection.workflows.keep_series import import_series
from inspection.workflows.note_accounts import import_accounts, import_carried, import_sightings
from inspection.workflows.open_cases import open_cases
from inspection.workflows.recheck_cases import recheck_cases
from inspection.workflows.settle_cases import settle_cases
from inspection.workflows.step_case import Document, step_case
from inspection.workflows.verify_reports import draw_verification
from store.registry_file import Columns, read_rows

Class = SiteCategory
RUNNING = {
    Class.STATE_COUNCIL: 2229,
    Class.PROVINCE_PORTAL: 32,
    Class.PROVINCE_DEPARTMENT: 2591,
    Class.CITY_PORTAL: 496,
    Class.CITY_DEPARTMENT: 17211,
    Class.COUNTY_PORTAL: 2773,
    Class.COUNTY_BELOW: 17811,
}
LEAST = {Class.PROVINCE_PORTAL: 1, Class.PROVINCE_DEPARTMENT: 4, Class.CITY_PORTAL: 1, Class.CITY_DEPARTMENT: 10}
SIZES = {
    **{"11": 72, "12": 105, "13": 499, "14": 398, "15": 537, "21": 543, "22": 302, "23": 207, "31": 63, "32": 645},
    **{"33": 558, "34": 810, "35": 433, "36": 533, "37": 864, "41": 841, "42": 707, "43": 576, "44": 617, "45": 573},
    **{"46": 108, "50": 113, "51": 909, "52": 413, "53": 302, "54": 215, "61": 627, "62": 520, "63": 134, "64": 126},
    **{"65": 161, "66": 51},
}
"""How many sites a province has beside the others."""
FULL = frozenset(("11", "12", "31", "32", "33", "35", "37", "44", "46", "51", "66"))
"""Provinces all of whose sampled sites pass."""
DISTRICTS_ARE_CITIES = ("11", "12", "31", "50")
DEPARTMENTS, REPORTING = 78, 71
CLOSED_SINCE, SUSPENDED = 240, 15
OWN, REPORTED, REPORTED_FAILED = 469, 7768, 621
VALID, HANDLED, INVALID, DUPLICATE = 4176, 4134, 310, 120
SITES_CARRYING, ACCOUNTS_CARRYING, ACCOUNTS = 10930, 4239, 4300
PERSONS = {"约谈": (8, 11), "书面检查": (6,), "通报批评": (3, 7), "警告/记过": (3,), "调岗": (4,), "免职": (6,)}
EVENT = "十二届全国人大五次会议国务院总理记者会"
ARTICLES = (
    ("国务院关于印发推进某项改革工作方案的通知", datetime(2017, 3, 14, 9, tzinfo=CHINA)),
    ("国务院办公厅关于进一步做好某项工作的意见", datetime(2017, 3, 21, 16, tzinfo=CHINA)),
)
PLAN = """name = "国务院办公厅季度抽查"
[population]
status = ["normal"]
[strata]
by = ["province", "category"]
[allocation]
method = "fixed"
default_count = 0
[allocation.counts]
state-council = {departments}
province-portal = 1
province-department = 2
city-portal = 1
city-department = 4
county-portal = 1
county-below = 5
"""
PORTALS_AND_DEPARTMENTS = (Class.STATE_COUNCIL, Class.PROVINCE_PORTAL, Class.CITY_PORTAL, Class.COUNTY_PORTAL)
FAULTS = ("stale", "columns", "stale", "blank", "links", "down")
LAST, THIS, CHECKED_AGAIN = "2016Q4", "2017Q1", "2017Q1-fuhe"
PERIOD = "2017Q1"
SERIES = """period,as_of,running_sites,state_council_sampled,state_council_pass_pct,regions_sampled,\
regions_pct_of_running,regions_pass_pct,note,source
2015-census,2015-07-27,85737,,,,,,,F
2015-census-final,2015-12-15,,,90.8,,,,,F
2016Q1,,,,81.5,,,,,F
2016Q2,2016-06,,746,85,,,,,F
2016Q3,,,867,88,7788,,89,,F
2016Q4,,,,,7535,16,91,,F
"""
REPORT_PDF = b"%PDF-1.4 stamped report of a unit"


@dataclass(frozen=True)
class NationalQuarter:
    """What came of it: the desk, the figures, the published bulletin, what each import said."""

    desk: Any
    figures: BulletinFigures
    bulletin: Bulletin
    word: str
    """The published DOCX as it is read back."""
    imports: Mapping[str, ImportReport]


def national_quarter(desk: Any, folder: Path) -> NationalQuarter:
    """From the files to the published bulletin."""
    quarter = _Quarter(desk, folder)
    quarter.last_quarter()
    quarter.this_quarter()
    quarter.reports_of_others()
    quarter.records()
    desk.today = date(2017, 5, 11)
    figures = quarter.figures()
    desk.draft("2017Q1-national", figures, number="国办秘函〔2017〕23号")
    bulletin = desk.publish("2017Q1-national")
    return NationalQuarter(desk, figures, bulletin, desk.text_of_word(desk.word(bulletin)), quarter.imports)


@dataclass
class _Quarter:
    desk: Any
    folder: Path
    imports: dict[str, ImportReport] = field(default_factory=dict)

    # -- the quarter before: a round, its cases, their recheck ---------------------------------------

    def last_quarter(self) -> None:
        desk = self.desk
        desk.today = date(2016, 12, 5)
        self._import_registry("registry-2016Q4.csv", closed=False)
        offices = desk.write(
            self.folder / "offices.csv", ("id", "name", "level", "region", "department", "parent"), _offices()
        )
        self.imports["offices"] = desk.import_offices(offices)
        import_series(SERIES, region="000000", origin="series.csv", series=desk.stores.series_points)
        desk.today = date(2016, 12, 20)
        desk.draw(PLAN.format(departments=11), LAST, "2016年第四季度抽查", office="guoban")
        sites = desk.sampled(LAST)
        faults = dict(zip((site.code for site in sites[5::11]), cycle(FAULTS), strict=False))
        with_entry = set(_some_portals(sites, 100))
        desk.inspect(LAST, lambda site: _sight(desk, fault=faults.get(site.code, ""), entry=site.code in with_entry))
        self._rectify(faults)

    def _rectify(self, faults: Mapping[str, str]) -> None:
        """All but one unit report, one site is closed; the recheck finds one that has only said so."""
        desk, rules = self.desk, rectification_rules("national")
        desk.today = date(2017, 1, 4)
        cases = open_cases(LAST, rules, desk.stores, by="国务院办公厅", clock=desk).cases
        closing, silent, pretending, *_ = cases
        desk.today = date(2017, 1, 25)
        for case in cases:
            self._step(case.id, StepKind.RECEIVE, case.unit)
            if case is closing:
                self._step(case.id, StepKind.CLOSE_SITE, case.unit, "整合至上级门户网站", with_document=True)
            elif case is not silent:
                self._step(case.id, StepKind.SUBMIT, case.unit, "已整改到位", with_document=True)
        desk.today = date(2017, 2, 6)
        ordered = recheck_cases(LAST, desk.stores, by="第三方机构", clock=desk)
        desk.inspect(
            ordered.round.id,
            lambda site: (
                _sight(desk, fault=faults[site.code])
                if site.code == pretending.code
                else _sight(desk, mended=faults[site.code])
            ),
        )
        settle_cases(ordered.round.id, rules, desk.stores, by="第三方机构", clock=desk)

    def _step(self, case: str, kind: StepKind, by: str, note: str = "", *, with_document: bool = False) -> None:
        documents = [Document("整改报告.pdf", REPORT_PDF)] if with_document else []
        rules, desk = rectification_rules("national"), self.desk
        step_case(case, kind, rules, desk.stores, by=by, clock=desk, note=note, documents=documents)

    # -- this quarter: the registry as it is now, the office's own sample ----------------------------

    def this_quarter(self) -> None:
        desk = self.desk
        desk.today = date(2017, 3, 6)
        self._import_registry("registry-2017Q1.csv", closed=True)
        desk.stores.references.add(
            [
                ReferenceArticle(title=title, url=f"http://www.gov.cn/a/{n}.htm", published_at=at)
                for n, (title, at) in enumerate(ARTICLES)
            ]
        )
        desk.today = date(2017, 3, 31)
        desk.draw(PLAN.format(departments=21), THIS, "2017年第一季度抽查", office="guoban")
        sites = desk.sampled(THIS)
        faults = dict(zip(_failing(desk, THIS), cycle(FAULTS), strict=False))
        having = {n: set(_some_portals(sites, n)) for n in (105, 114, 94)}

        def sight(site: Site) -> Any:
            if site.code in faults:
                return _sight(desk, fault=faults[site.code])
            days = 0 if site.code in having[94] else 4
            return _sight(
                desk,
                column=site.code in having[105],
                entry=site.code in having[114],
                reposts=tuple((title, at.date() + timedelta(days=days)) for title, at in ARTICLES),
            )

        desk.inspect(THIS, sight)

    def _import_registry(self, name: str, *, closed: bool) -> None:
        rows = (tuple(row_of(site).values()) for site in _registry(closed=closed))
        columns = tuple(row_of(next(_registry(closed=closed))))
        self.imports[name] = self.desk.import_sites(self.desk.write(self.folder / name, columns, rows))

    # -- what regions and departments report, and the verification of it ------------------------------

    def reports_of_others(self) -> None:
        desk = self.desk
        desk.today = date(2017, 4, 7)
        running = [site for site in desk.stores.sites.all() if site.status is SiteStatus.NORMAL]
        verdicts: dict[str, str] = {}
        for office, rows, of in _reports(running):
            path = desk.write(
                self.folder / f"report-{office}.csv",
                ("code", "verdict", "problems", "inspected_on"),
                [
                    (code, verdict, "首页长期不更新" if verdict == "不合格" else "", "2017-03-20")
                    for code, verdict in rows
                ],
            )
            desk.file_report(office, PERIOD, path, running=of, sampled=len(rows))
            verdicts.update(rows)
        desk.today = date(2017, 4, 12)
        drawn = draw_verification(
            round_id=CHECKED_AGAIN,
            title="2017年第一季度上报结果抽样复核",
            office_id="guoban",
            period=PERIOD,
            seed="2017-04-10公布的种子",
            size=Size(count=300),
            min_per_office=1,
            as_of=desk.today,
            edition="2015",
            stores=desk.stores,
            clock=desk,
        )
        desk.open(CHECKED_AGAIN)
        differing = {id_.rpartition(":")[2] for id_ in drawn.drawn[:3]}
        desk.inspect(
            CHECKED_AGAIN,
            lambda site: _sight(
                desk, fault="stale" if (verdicts[site.code] == "不合格") is not (site.code in differing) else ""
            ),
        )

    # -- records of other kinds -----------------------------------------------------------------------

    def records(self) -> None:
        stores = self.desk.stores
        self.imports["messages"] = import_messages(
            self._file("messages.csv", (*REQUIRED, *OPTIONAL), MOMENTS, _messages(stores.sites.all())),
            stores,
            stores.rules.messages,
            source="messages.csv",
            clock=self.desk,
        )
        accounts = self._file("accounts.csv", (*ACCOUNT_REQUIRED, *ACCOUNT_OPTIONAL), ("last_update",), _accounts())
        self.imports["accounts"] = import_accounts(accounts, stores)
        seen = self._file("seen.csv", (*SEEN_REQUIRED, *SEEN_OPTIONAL), ("seen_at", "last_update"), _sightings())
        self.imports["sightings"] = import_sightings(seen, stores)
        carried = self._file(
            "carried.csv", (*CARRIED_REQUIRED, *CARRIED_OPTIONAL), ("seen_at",), _carrying(stores.sites.all())
        )
        self.imports["carried"] = import_carried(carried, stores)
        self.imports["accountability"] = import_records(
            self._file(
                "accountability.csv", (*ACCOUNTABILITY_REQUIRED, *ACCOUNTABILITY_OPTIONAL), ("date",), _decisions()
            ),
            accountability_reader(stores.rules.accountability, stores.cases.find, self.desk.today),
            adding(stores.accountability),
            key=("number", lambda each: each.id),
        )
        self.imports["special"] = import_records(
            self._file("special.csv", (*SPECIAL_REQUIRED, *SPECIAL_OPTIONAL), SPECIAL_DAYS, _special()),
            special_reader(stores.offices.find),
            adding(stores.special_checks),
            key=("number", lambda each: each.id),
        )

    def _file(
        self, name: str, columns: Sequence[str], moments: Sequence[str], rows: Iterable[Mapping[str, object]]
    ) -> Any:
        path = self.desk.write(self.folder / name, columns, ([row.get(name, "") for name in columns] for row in rows))
        return read_rows(path, columns=Columns(columns, (), moments))

    def figures(self) -> BulletinFigures:
        """As ``xuncha bulletin draft`` gathers them."""
        scope = BulletinScope(
            round_id=THIS,
            office=self.desk.office("guoban"),
            period="2017年第一季度",
            area="全国",
            until=date(2017, 3, 31),
            against=LAST,
            deadlines=Deadlines(report_by=date(2017, 6, 8)),
        )
        parts = bulletin_parts(
            self.desk.stores,
            since=date(2017, 1, 1),
            event=EVENT,
            reports=Reported(period=PERIOD, rules=reporting_rules(), verification=CHECKED_AGAIN),
        )
        return gather_figures(scope, self.desk.stores, **parts)


# Sites


def _registry(*, closed: bool) -> Iterator[Site]:
    """All sites; 240 of them are closed by the time of the second file, where others are suspended."""
    numbers, serials = count(1), defaultdict(lambda: count(1))
    for category, total in RUNNING.items():
        extra = CLOSED_SINCE + SUSPENDED if category is Class.COUNTY_BELOW else 0
        if category is Class.STATE_COUNCIL:
            places = ((n % DEPARTMENTS + 1, "000000") for n in range(total))
        else:
            shares = _allotted(total + extra, SIZES, LEAST.get(category, 20))
            places = ((0, region) for p, number in shares.items() for region in islice(_seats(category, p), number))
        for place, (department, region) in enumerate(places):
            left = place // _APART if extra and not place % _APART else extra
            status = SiteStatus.NORMAL
            if closed and left < extra:
                status = SiteStatus.SUSPENDED if left < SUSPENDED else SiteStatus.CLOSED
            head = f"bm{department:02}00" if department else region
            yield _site(f"{head}{next(serials[head]):04}", region, category, next(numbers), status)


_APART = 70
"""Every so many sites of the last class one is not running any more."""


def _seats(category: SiteCategory, province: str) -> Iterator[str]:
    """Regions that sites of a class belong to, over and over."""
    if category in (Class.PROVINCE_PORTAL, Class.PROVINCE_DEPARTMENT):
        return cycle([f"{province}0000"])
    cities, counties = _below(province)
    if province in DISTRICTS_ARE_CITIES or not counties:
        return cycle(counties or cities)
    return cycle(cities if category in (Class.CITY_PORTAL, Class.CITY_DEPARTMENT) else counties)


def _below(province: str) -> tuple[list[str], list[str]]:
    cities = [code for n in range(1, 91) if regions.is_current(code := f"{province}{n:02}00")]
    heads = [code[:4] for code in cities] or [f"{province}{n:02}" for n in range(1, 91)]
    return cities, [code for head in heads for n in range(1, 90) if regions.is_current(code := f"{head}{n:02}")]


_FIRST, _SECOND = "青临东安丰河云海松宁", "岚泉港垦溪原陵屏浦林"
_BUREAUS = ("水务", "林业", "档案", "粮食", "旅游", "体育", "气象", "民政", "教育", "交通")
_KINDS = {
    Class.PROVINCE_PORTAL: "省人民政府",
    Class.PROVINCE_DEPARTMENT: "省{}厅",
    Class.CITY_PORTAL: "市人民政府",
    Class.CITY_DEPARTMENT: "市{}局",
    Class.COUNTY_PORTAL: "县人民政府",
    Class.COUNTY_BELOW: "县{}局",
}


def _site(code: str, region: str, category: SiteCategory, number: int, status: SiteStatus) -> Site:
    place = _FIRST[number % 10] + _SECOND[number // 10 % 10]
    bureau = _BUREAUS[number // 100 % 10]
    if category is Class.STATE_COUNCIL:
        owner = _department(int(department_of(code))) + ("" if code.endswith("0001") else f"{place}直属机构")
        above = _department(int(department_of(code)))
    else:
        owner, above = place + _KINDS[category].format(bureau), f"{place}{_KINDS[category][0]}人民政府办公室"
    return Site(
        code=code,
        name=f"{owner}网站",
        url=f"http://www.s{number:05}.gov.cn/",
        category=category,
        region=region,
        organizer=owner,
        supervisor=above,
        status=status,
    )


def _department(number: int) -> str:
    """Seventy-eight names that no department has."""
    return f"{_FIRST[number % 10]}{_SECOND[number // 10]}工作{('部', '委员会', '总局')[number % 3]}"


def _allotted(total: int, weights: Mapping[str, int], least: int = 0) -> dict[str, int]:
    """So many by weight, each at least so many; largest remainders."""
    if total == len(weights):
        return dict.fromkeys(weights, 1)
    share = Fraction(total - least * len(weights), sum(weights.values()))
    floors = {key: int(weight * share) for key, weight in weights.items()}
    rest = total - least * len(weights) - sum(floors.values())
    first = sorted(weights, key=lambda key: (floors[key] - weights[key] * share, key))[:rest]
    return {key: least + floors[key] + (key in first) for key in weights}


def _offices() -> Iterator[tuple[str, ...]]:
    yield "guoban", "国务院办公厅", "国家级", "000000", "", ""
    for province in SIZES:
        yield (
            f"p{province}",
            f"{regions.name(f'{province}0000')}政府网站主管单位",
            "省级",
            f"{province}0000",
            "",
            "guoban",
        )
    for number in range(1, DEPARTMENTS + 1):
        yield f"d{number:02}", _department(number), "国务院部门", "000000", f"{number:02}", "guoban"


# Rounds


def _sight(
    desk: Any,
    *,
    fault: str = "",
    mended: str = "",
    column: bool = True,
    entry: bool = True,
    reposts: tuple[tuple[str, date], ...] = (),
) -> Any:
    return desk.sight(fault=fault, mended=mended, has_column=column, has_entry=entry, reposts=reposts)


def _some_portals(sites: Iterable[Site], number: int) -> list[str]:
    """Codes of so many of the sampled portals and department sites, from all over the nation."""
    bound = sorted(
        (site.code for site in sites if site.category in PORTALS_AND_DEPARTMENTS), key=lambda code: code[::-1]
    )
    return bound[:number]


def _failing(desk: Any, round_id: str) -> list[str]:
    """Sampled sites outside of the good provinces, one after the other, until the estimate is nine per cent."""
    weights = {member.code: 1 / member.inclusion_probability for member in desk.stores.rounds.members(round_id)}
    found: defaultdict[tuple[SiteCategory, str], list[str]] = defaultdict(list)
    for site in desk.sampled(round_id):
        found[site.category, site.region[:2]].append(site.code)
    turns = [
        found[category, province][0]
        for category in (Class.COUNTY_BELOW, Class.CITY_DEPARTMENT)
        for province in SIZES
        if province not in FULL
    ]
    failing: list[str] = []
    while sum(weights[code] for code in failing) < 0.0895 * sum(weights.values()):
        failing.append(turns[len(failing)])
    return failing


def _reports(running: Sequence[Site]) -> Iterator[tuple[str, list[tuple[str, str]], int]]:
    """Office, (code, verdict) of its rows, and how many sites it runs."""
    by_office: defaultdict[str, list[str]] = defaultdict(list)
    for site in running:
        office = f"d{department_of(site.code)}" if site.category is Class.STATE_COUNCIL else f"p{site.region[:2]}"
        by_office[office].append(site.code)
    reporting = {
        office: codes for office, codes in by_office.items() if office[0] == "p" or int(office[1:]) <= REPORTING
    }
    sampled = _allotted(REPORTED, {office: len(codes) for office, codes in reporting.items()}, 3)
    failed = _allotted(REPORTED_FAILED, {office: number for office, number in sampled.items() if office[0] == "p"}, 1)
    for office, codes in reporting.items():
        step = len(codes) // sampled[office]
        drawn = codes[:: max(step, 1)][: sampled[office]]
        bad = failed.get(office, 0)
        yield office, [(code, "不合格" if n < bad else "合格") for n, code in enumerate(drawn)], len(codes)


# Records


def _messages(sites: Iterable[Site]) -> Iterator[dict[str, object]]:
    """Valid ones: most are answered in time, the newest are not due yet. Some that came later do not count."""
    for n, site in zip(range(VALID + INVALID + DUPLICATE + 50), cycle(islice(sites, 0, 43000, 9)), strict=False):
        received = date(2017, 1, 3) + timedelta(days=n % 80)
        row: dict[str, object] = {"number": f"2017-{n:05}", "text": "网站栏目打不开", "code": site.code}
        if n < HANDLED:
            replied = received + timedelta(days=1)
            row |= {"reply": "已处理", "replied_at": f"{replied} 09:00", "reviewed_at": f"{replied} 15:00"}
        elif n < VALID:
            received = date(2017, 3, 30)
        elif n < VALID + INVALID:
            row |= {"validity": "无效", "reason": "与政府网站无关"}
        elif n < VALID + INVALID + DUPLICATE:
            row |= {"validity": "重复", "duplicate_of": f"2017-{n - VALID:05}"}
        else:
            received = date(2017, 4, 3)
        yield row | {"received_at": f"{received} 10:00"}


def _accounts() -> Iterator[dict[str, object]]:
    for n, province in zip(range(ACCOUNTS), cycle(SIZES), strict=False):
        yield {
            "platform": "微信" if n % 2 else "微博",
            "account": f"政务{n:04}",
            "owner": "某单位",
            "region": f"{province}0000",
            "level": "省级",
            "last_update": "2017-03-01",
        }


def _sightings() -> Iterator[dict[str, object]]:
    for n, row in enumerate(_accounts()):
        event = EVENT if n < ACCOUNTS_CARRYING else ""
        yield {"platform": row["platform"], "account": row["account"], "seen_at": "2017-03-15 12:00", "event": event}


def _carrying(sites: Iterable[Site]) -> Iterator[dict[str, object]]:
    """Each of these sites once, and some of them of another event."""
    for n, site in enumerate(islice(sites, SITES_CARRYING + 100)):
        event = EVENT if n < SITES_CARRYING else "国务院新闻发布会"
        row = {"event": event, "carrier": "网站", "subject": site.code, "seen_at": "2017-03-15 11:00"}
        yield row | {"region": site.region}


def _decisions() -> Iterator[dict[str, object]]:
    days = cycle((date(2017, 1, 9), date(2017, 2, 17), date(2017, 3, 30)))
    rows = [(kind, number) for kind, numbers in PERSONS.items() for number in numbers]
    for n, ((kind, number), day) in enumerate(zip(rows, days, strict=False)):
        yield {"number": f"问责-{n}", "kind": kind, "persons": number, "unit": "某局", "date": day}
    yield {"number": "问责-上年", "kind": "约谈", "persons": 9, "unit": "某局", "date": "2016-12-30"}


def _special() -> Iterator[dict[str, object]]:
    problems = "办事指南要素不全；表格不能下载；在线办理入口失效"
    days = {"first": "2017-02-20", "last": "2017-03-17"}
    counts = {"checked": 120, "faulty": 31}
    yield {"number": "专项-1", "office": "guoban", "topic": "办事服务功能", **days, **counts, "problems": problems}
    before = {"first": "2016-10-10", "last": "2016-11-11"}
    yield {"number": "专项-0", "office": "guoban", "topic": "域名", **before, "checked": 50, "faulty": 0}


def cases_of(quarter: NationalQuarter) -> list[Any]:
    """The cases of the quarter before."""
    return list(every(quarter.desk.stores.cases, {"round_id": LAST}))
