"""The example plans can be drawn as they stand."""

import pytest

from inspection.offices import Office, OfficeLevel
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.sampling.draw import draw
from inspection.sampling.parse import parse_plan

NUMBERS = {
    SiteCategory.STATE_COUNCIL: 100,
    SiteCategory.PROVINCE_PORTAL: 2,
    SiteCategory.PROVINCE_DEPARTMENT: 150,
    SiteCategory.CITY_PORTAL: 20,
    SiteCategory.CITY_DEPARTMENT: 900,
    SiteCategory.COUNTY_PORTAL: 100,
    SiteCategory.COUNTY_BELOW: 900,
}


def registry() -> list[Site]:
    """Some 2,200 running sites in two provinces and three cities, and 60 closed ones."""
    sites = []
    for category, number in NUMBERS.items():
        for n in range(number):
            region = "000000" if category is SiteCategory.STATE_COUNCIL else ("370600", "370200", "110100")[n % 3]
            code = f"{region}{len(sites):04d}" if region != "000000" else f"bm0700{len(sites):04d}"
            sites.append(Site(code=code, name="某站", url="http://a.cn/", category=category, region=region))
    closed = {"category": SiteCategory.COUNTY_BELOW, "region": "370602", "status": SiteStatus.CLOSED}
    return sites + [Site(code=f"370602{n:04d}", name="某站", url="http://a.cn/", **closed) for n in range(60)]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("national-quarter.toml", 469),
        ("province-share.toml", 415),
        ("province-class-neyman.toml", 109),
        ("fixed-per-class.toml", 2 + 20 + 20 + 20 + 20 + 100),
        ("closed-sites.toml", 60),
        ("city-districts.toml", 60),
        ("county-share.toml", 652),
        ("department-share.toml", 30),
        ("province-cities.toml", 652),
    ],
)
def test_plan(project_root, name, size):
    plan = parse_plan((project_root / "deploy" / "plans" / name).read_text("utf-8"), origin=name)
    drawn = draw(plan, registry(), "种子")
    assert len(drawn.members) == size
    covered = sum(row.covered for row in drawn.strata)
    weights = sum(1 / member.inclusion_probability for member in drawn.members)
    assert weights == pytest.approx(covered)


def of(number: int, category: SiteCategory, *regions: str) -> list[Site]:
    return [
        Site(
            code=f"{'bm07' + '00' if region == '000000' else region}{n:04d}",
            name="某站",
            url="http://a.cn/",
            category=category,
            region=region,
        )
        for region in regions
        for n in range(number)
    ]


DEPARTMENT = Office(id="d", name="某部", level=OfficeLevel.DEPARTMENTAL, department="07")
COUNTY = Office(id="c", name="某区办", level=OfficeLevel.COUNTY, region="370602")
PROVINCE = Office(id="p", name="某省办", level=OfficeLevel.PROVINCIAL, region="370000")


@pytest.mark.parametrize(
    ("name", "office", "own", "size"),
    [
        ("department-share.toml", DEPARTMENT, of(14, SiteCategory.STATE_COUNCIL, "000000"), 5),
        ("department-share.toml", DEPARTMENT, of(1, SiteCategory.STATE_COUNCIL, "000000"), 1),
        ("county-share.toml", COUNTY, of(30, SiteCategory.COUNTY_BELOW, "370602"), 9),
        ("county-share.toml", COUNTY, of(2, SiteCategory.COUNTY_BELOW, "370602"), 1),
        ("province-cities.toml", PROVINCE, of(9, SiteCategory.CITY_DEPARTMENT, "370000", "370600", "370200"), 9),
        ("province-cities.toml", PROVINCE, of(150, SiteCategory.CITY_DEPARTMENT, "370600", "370200"), 90),
    ],
)
def test_an_office_of_ordinary_size_draws_from_its_own_sites(project_root, name, office, own, size):
    plan = parse_plan((project_root / "deploy" / "plans" / name).read_text("utf-8"), origin=name)
    others = of(20, SiteCategory.COUNTY_BELOW, "371002", "440103")
    of_province = [*own, *others[:20]] if office is PROVINCE else own
    drawn = draw(plan.within(office.sampling_scope), [*own, *others], "种子")
    assert len(drawn.members) == (size if office is not PROVINCE else size + 6)
    assert {member.code for member in drawn.members} <= {site.code for site in of_province}


def test_no_plan_goes_untested(project_root):
    shipped = {path.name for path in (project_root / "deploy" / "plans").glob("*.toml")}
    assert shipped == {
        "national-quarter.toml",
        "province-share.toml",
        "province-class-neyman.toml",
        "fixed-per-class.toml",
        "closed-sites.toml",
        "city-districts.toml",
        "county-share.toml",
        "department-share.toml",
        "province-cities.toml",
    }
