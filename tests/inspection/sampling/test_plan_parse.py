"""Plans from TOML: what is read, and how each mistake is told."""

from decimal import Decimal

import pytest

from inspection.errors import InputRejected
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.sampling.parse import parse_plan
from inspection.sampling.plan import AllocationMethod, Stratifier

FULL = """
name = "全部设置"
[population]
status = ["normal", "suspended"]
categories = ["city-portal", "county-portal"]
regions = ["11", "3706"]
[strata]
by = ["province", "category"]
[size]
share = 0.3
[allocation]
method = "neyman"
min_per_stratum = 2
default_rate = 0.95
[allocation.rates]
"11/city-portal" = 0.8
county-portal = 0.7
[must_include]
codes = ["1100000001"]
categories = ["city-portal"]
"""


def site(region: str, category: SiteCategory, status: SiteStatus = SiteStatus.NORMAL) -> Site:
    return Site(code=f"{region}0001", name="某站", url="http://a.cn/", category=category, region=region, status=status)


def test_every_setting_is_read():
    plan = parse_plan(FULL)
    assert plan.population.status == (SiteStatus.NORMAL, SiteStatus.SUSPENDED)
    assert plan.strata.by == (Stratifier.PROVINCE, Stratifier.CATEGORY)
    assert plan.size.share == Decimal("0.3")
    assert plan.allocation.method is AllocationMethod.NEYMAN
    assert plan.allocation.rates == {"11/city-portal": Decimal("0.8"), "county-portal": Decimal("0.7")}
    assert plan.must_include.codes == ("1100000001",)


def test_defaults():
    plan = parse_plan('name = "x"\n[size]\ncount = 5')
    assert plan.population.status == (SiteStatus.NORMAL,)
    assert plan.strata.key(site("110101", SiteCategory.COUNTY_BELOW)) == "all"
    assert plan.allocation.method is AllocationMethod.PROPORTIONAL


@pytest.mark.parametrize(
    ("region", "category", "status", "covered"),
    [
        ("110000", SiteCategory.CITY_PORTAL, SiteStatus.NORMAL, True),
        ("370602", SiteCategory.COUNTY_PORTAL, SiteStatus.SUSPENDED, True),
        ("370700", SiteCategory.CITY_PORTAL, SiteStatus.NORMAL, False),
        ("110000", SiteCategory.COUNTY_BELOW, SiteStatus.NORMAL, False),
        ("110000", SiteCategory.CITY_PORTAL, SiteStatus.CLOSED, False),
    ],
)
def test_population(region, category, status, covered):
    assert parse_plan(FULL).population.covers(site(region, category, status)) is covered


@pytest.mark.parametrize(
    ("by", "key"),
    [
        ("[]", "all"),
        ('["province"]', "37"),
        ('["city", "category"]', "3706/county-portal"),
        ('["category", "county"]', "county-portal/370602"),
    ],
)
def test_stratum_names(by, key):
    plan = parse_plan(f'name = "x"\n[strata]\nby = {by}\n[size]\ncount = 1')
    assert plan.strata.key(site("370602", SiteCategory.COUNTY_PORTAL)) == key


SIZE = "\n[size]\ncount = 5\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = ", "不是有效的 TOML"),
        ('nane = "x"' + SIZE, "顶层有未知的键 'nane'，是否应为 name？"),
        ('name = "x"\n[size]\ncuont = 5', r"表 \[size\] 中有未知的键 'cuont'，是否应为 count？"),
        ('name = "x"\n[allocation]\nzzz = 1' + SIZE, r"表 \[allocation\] 中有未知的键 'zzz'；可用的键：method、"),
        ("[size]\ncount = 5", "缺少键 name"),
        ('name = " "' + SIZE, "name 不能为空"),
        ('name = "x"\n[size]\ncount = "5"', "size.count：应为整数，得到文本"),
        ('name = "x"\n[population]\nstatus = ["open"]' + SIZE, r"population.status\[0\]：不认识的值 'open'"),
        ('name = "x"\n[population]\nstatus = []' + SIZE, "population.status 不能为空"),
        ('name = "x"\n[population]\nregions = ["371"]' + SIZE, "'371' 应为 2、4 或 6 位"),
        ('name = "x"\n[strata]\nby = ["city", "county"]' + SIZE, "只能取一个"),
        ('name = "x"\n[strata]\nby = ["city", "city"]' + SIZE, "重复"),
        ('name = "x"', "须且只须给出"),
        ('name = "x"\n[size]\ncount = 5\nshare = 0.5', "须且只须给出"),
        ('name = "x"\n[size]\ncount = 0', "正整数"),
        ('name = "x"\n[size]\nshare = 1.5', "不超过 1"),
        ('name = "x"\n[size]\nshare = 0.0', "大于 0"),
        ('name = "x"\n[allocation]\nmin_per_stratum = 0' + SIZE, "至少为 1"),
        ('name = "x"\n[allocation]\nmethod = "fixed"' + SIZE, "请删去"),
        ('name = "x"\n[allocation]\nmethod = "fixed"\ncounts = { "11" = -1 }', "不能为负"),
        ('name = "x"\n[allocation]\nmethod = "fixed"\ndefault_count = 1\nmin_per_stratum = 2', "不用于"),
        ('name = "x"\n[allocation]\nmethod = "neyman"\nrates = { "11" = 1.0 }' + SIZE, "小于 1"),
        ('name = "x"\n[allocation]\nrates = { "11" = 0.5 }' + SIZE, "只用于"),
        ('name = "x"\n[allocation]\ndefault_count = 3' + SIZE, "只用于"),
    ],
)
def test_mistakes_are_named_with_their_place(text, told):
    with pytest.raises(InputRejected, match=told) as caught:
        parse_plan(text, origin="plan.toml")
    assert str(caught.value).startswith("plan.toml")
