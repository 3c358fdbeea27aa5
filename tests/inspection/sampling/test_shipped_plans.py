"""The example plans can be drawn as they stand."""

import pytest

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
    ],
)
def test_plan(project_root, name, size):
    plan = parse_plan((project_root / "deploy" / "plans" / name).read_text("utf-8"), origin=name)
    drawn = draw(plan, registry(), "种子")
    assert len(drawn.members) == size
    covered = sum(row.covered for row in drawn.strata)
    weights = sum(1 / member.inclusion_probability for member in drawn.members)
    assert weights == pytest.approx(covered)


def test_no_plan_goes_untested(project_root):
    shipped = {path.name for path in (project_root / "deploy" / "plans").glob("*.toml")}
    assert shipped == {
        "national-quarter.toml",
        "province-share.toml",
        "province-class-neyman.toml",
        "fixed-per-class.toml",
        "closed-sites.toml",
        "city-districts.toml",
    }
