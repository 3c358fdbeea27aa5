"""Rows, regions and digests of the registry."""

import pytest

from inspection.errors import InputRejected
from inspection.registry import Contact, Site, SiteCategory, SiteCode, SiteStatus, regions
from inspection.registry.digest import registry_digest, row_digest
from inspection.registry.row import COLUMNS, parse_row, row_of

GOOD = {
    "code": "3706000001",
    "name": "烟台市教育局",
    "url": "http://jyj.yantai.gov.cn/",
    "category": "city-department",
    "region": "370600",
    "organizer": "烟台市教育局",
    "supervisor": "烟台市人民政府办公室",
    "status": "normal",
    "contact_name": "张三",
    "contact_title": "主任",
    "contact_phone": "0535-1234567",
    "contact_email": "a@yantai.gov.cn",
}


def test_a_good_row_round_trips():
    site, problems = parse_row(GOOD)
    assert problems == []
    assert row_of(site) == GOOD
    assert parse_row(row_of(site))[0] == site


@pytest.mark.parametrize(
    ("changes", "field", "expected"),
    [
        ({"category": "市级政府部门"}, "category", SiteCategory.CITY_DEPARTMENT),
        ({"status": "关停"}, "status", SiteStatus.CLOSED),
        ({"code": "３７０６０００００１"}, "code", "3706000001"),
        ({"name": "　烟台市教育局 "}, "name", "烟台市教育局"),
        ({"url": "jyj.yantai.gov.cn"}, "url", "http://jyj.yantai.gov.cn/"),
        ({"url": "HTTP://JYJ.yantai.gov.cn"}, "url", "http://jyj.yantai.gov.cn/"),
        ({"code": "BM07000001", "category": "state-council", "region": ""}, "region", "000000"),
        ({"region": "370602"}, "region", "370602"),
        ({"contact_email": ""}, "contact", Contact(name="张三", title="主任", phone="0535-1234567")),
    ],
)
def test_accepted_spellings(changes, field, expected):
    site, problems = parse_row({**GOOD, **changes})
    assert problems == []
    assert getattr(site, field) == expected


@pytest.mark.parametrize(
    ("changes", "column", "hint"),
    [
        ({"code": ""}, "code", "不能为空"),
        ({"code": "37060000"}, "code", "10 位"),
        ({"code": "7706000001"}, "code", "10 位"),
        ({"code": "3799990001"}, "code", "GB/T 2260"),
        ({"name": ""}, "name", "不能为空"),
        ({"name": "长" * 101}, "name", "超过上限"),
        ({"name": "坏\x07名"}, "name", "控制字符"),
        ({"name": "乱\ufffd码"}, "name", "乱码"),
        ({"url": ""}, "url", "不能为空"),
        ({"url": "ftp://a.gov.cn/"}, "url", "http"),
        ({"url": "http://a b.gov.cn/"}, "url", "有效的网址"),
        ({"url": "教育局网站"}, "url", "有效的网址"),
        ({"url": "http://a.cn/" + "x" * 3000}, "url", "超过"),
        ({"category": "portal"}, "category", "七类"),
        ({"category": "state-council"}, "category", "矛盾"),
        ({"region": "3706"}, "region", "6 位"),
        ({"region": "379999"}, "region", "GB/T 2260"),
        ({"region": "110105"}, "region", "省份"),
        ({"status": "open"}, "status", "状态"),
        ({"contact_phone": "无"}, "contact_phone", "电话"),
        ({"contact_email": "a#b"}, "contact_email", "邮箱"),
    ],
)
def test_problems_name_column_value_and_remedy(changes, column, hint):
    site, [problem] = parse_row({**GOOD, **changes})
    assert site is None
    assert (problem.column, hint in problem.reason) == (column, True), problem


@pytest.mark.parametrize(
    ("category", "region", "expected"),
    [
        ("province-portal", "370602", "“省级政府门户”的行政区划应为省级代码，而 370602 是县级的（山东省烟台市芝罘区）"),
        ("province-portal", "370600", "是市级的"),
        ("province-department", "370602", "应为省级或市级代码"),
        ("city-portal", "370000", "应为市级代码，而 370000 是省级的"),
        ("city-portal", "370602", "应为市级代码"),
        ("county-below", "370000", "应为县级或市级代码"),
        ("county-portal", "000000", "省份"),
        ("province-portal", "370000", ""),
        ("province-department", "370000", ""),
        ("city-portal", "370600", ""),
        ("county-portal", "370602", ""),
        ("county-below", "370600", ""),
    ],
)
def test_the_class_does_not_contradict_the_region(category, region, expected):
    site, problems = parse_row({**GOOD, "category": category, "region": region})
    assert [problem.column for problem in problems] == (["region"] if expected else [])
    assert all(expected in problem.reason for problem in problems)
    assert (site is None) is bool(expected)


@pytest.mark.parametrize(
    ("category", "region"),
    [
        ("city-portal", "110105"),  # a district of a municipality
        ("city-department", "310000"),
        ("county-below", "500000"),
        ("city-portal", "419001"),  # a county-level city right below its province
        ("county-portal", "441900"),  # a city without counties
        ("city-portal", "660100"),  # a division of the corps
    ],
)
def test_what_ranks_as_a_city_where_there_is_none(category, region):
    _, problems = parse_row({**GOOD, "code": f"{region}0001", "category": category, "region": region})
    assert problems == []


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://127.0.0.1/",
            "http://127.0.0.1:8080/",
            "http://10.1.2.3/",
            "192.168.1.9",
            "http://172.16.0.1/index.html",
        ),
        *("http://[::1]/", "http://[fd00::1]/", "http://[::ffff:10.0.0.1]/", "http://127.1/", "http://0.0x7f000001/"),
        *("http://169.254.1.1/", "http://localhost./"),
    ],
)
def test_the_home_page_is_not_inside_a_network_of_somebodys_own(url):
    _, [problem] = parse_row({**GOOD, "url": url})
    assert (problem.column, "本机或内网" in problem.reason) == ("url", True)


@pytest.mark.parametrize(
    "url", ["http://www.yantai1.gov.cn.localhost:8080/", "http://219.147.1.2/", "http://[2400:3200::1]/"]
)
def test_names_of_drills_and_public_numbers_are_home_pages(url):
    assert parse_row({**GOOD, "url": url})[1] == []


def test_every_problem_of_a_row_is_found():
    _, problems = parse_row(dict.fromkeys(COLUMNS, ""))
    assert [problem.column for problem in problems] == ["code", "name", "url", "category", "region", "status"]


@pytest.mark.parametrize("code", ["3706000001", "bm07000001"])
def test_site_codes(code):
    assert SiteCode(code) == code
    assert SiteCode(code).region == ("000000" if code.startswith("bm") else "370600")


@pytest.mark.parametrize("code", ["", "0706000001", "bm0700001", "37060000011", "3706000001 "])
def test_bad_site_codes(code):
    with pytest.raises(InputRejected):
        SiteCode(code)


@pytest.mark.parametrize(
    ("code", "name", "full", "current", "parent"),
    [
        ("370600", "烟台市", "山东省烟台市", True, "370000"),
        ("370602", "芝罘区", "山东省烟台市芝罘区", True, "370600"),
        ("110105", "朝阳区", "北京市朝阳区", True, "110100"),
        ("342601", "巢湖市", "安徽省巢湖地区巢湖市", False, "342600"),
        ("660100", "第一师阿拉尔市", "新疆生产建设兵团第一师阿拉尔市", True, "660000"),
        ("000000", "国务院部门", "国务院部门", True, None),
    ],
)
def test_regions(code, name, full, current, parent):
    assert (regions.name(code), regions.full_name(code)) == (name, full)
    assert (regions.is_current(code), regions.parent(code)) == (current, parent)
    assert regions.exists(code)


def test_unknown_regions_say_so():
    assert not regions.exists("379999")
    assert not regions.exists("x")
    assert regions.name("379999") == "未知地区（379999）"


def test_thirty_two_provinces_have_portals():
    assert len(regions.provinces()) == 32


def site(**changes) -> Site:
    return parse_row({**GOOD, **changes})[0]


def test_digest_covers_what_is_published_and_no_contact():
    assert row_digest(site()) == row_digest(site(contact_name="李四", contact_phone=""))
    for column, value in {"name": "新名", "url": "http://b.cn/", "status": "closed", "organizer": "x"}.items():
        assert row_digest(site(**{column: value})) != row_digest(site())


def test_registry_digest_does_not_depend_on_order():
    rows = [("b", "2"), ("a", "1")]
    assert registry_digest(rows) == registry_digest(reversed(rows))
    assert registry_digest(rows) != registry_digest([("a", "2"), ("b", "1")])
