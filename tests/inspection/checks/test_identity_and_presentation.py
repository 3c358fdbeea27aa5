"""Domain, code; loading time, time format, annual report, page tags; personal data."""

from datetime import date

import msgspec
import pytest

from inspection.checks.privacy import is_identity_number
from inspection.findings import FindingState
from inspection.observation import PageFacts
from inspection.observation.page import CharsetFault, ListState
from inspection.registry import Site, SiteCategory

SURE, MAYBE = FindingState.ESTABLISHED, FindingState.SUSPECTED


def at(url: str, category: SiteCategory = SiteCategory.CITY_PORTAL) -> Site:
    return Site(code="3706000001", name="青山市人民政府", url=url, category=category, region="370600")


@pytest.mark.parametrize(
    ("url", "category", "states"),
    [
        ("http://www.qingshan.gov.cn/", SiteCategory.CITY_PORTAL, []),
        ("http://qingshan.gov.cn/", SiteCategory.CITY_PORTAL, []),
        ("http://www.qingshan.gov.cn.localhost:8800/", SiteCategory.CITY_PORTAL, []),
        ("http://www.xn--abc.xn--zfr164b/", SiteCategory.CITY_PORTAL, []),
        ("http://zw.qingshan.gov.cn/", SiteCategory.CITY_PORTAL, [MAYBE]),
        ("http://slj.qingshan.gov.cn/", SiteCategory.CITY_DEPARTMENT, []),
        ("http://www.qingshan.com/", SiteCategory.CITY_PORTAL, [SURE]),
        ("http://www.qingshangov.cn/", SiteCategory.CITY_PORTAL, [SURE]),
        ("http://123.45.67.89/", SiteCategory.CITY_PORTAL, [SURE]),
        ("http://[2001:db8::1]/", SiteCategory.CITY_PORTAL, [SURE]),
    ],
)
def test_domains(observe, run, url, category, states):
    found = run("N19-D15", observe(site=at(url, category)), "2019")
    assert [finding.state for finding in found] == states


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, 0),
        ({"site_code": None}, 0),
        ({"site_code": "5001070012"}, 1),
        ({"site_code_meta": "5001070012"}, 1),
        ({"site_code": "5001070012", "site_code_meta": "5001070012"}, 2),
    ],
)
def test_codes_agree(observe, run, facts, found):
    assert len(run("G17-4", observe(facts=facts))) == found


@pytest.mark.parametrize(("elapsed_s", "found"), [(3.0, False), (3.1, True)])
def test_load_time_is_the_median_of_the_probes(observe, build, run, elapsed_s, found):
    slow = tuple(msgspec.structs.replace(probe, elapsed_s=elapsed_s) for probe in build.probes(5, 0))
    outlier = msgspec.structs.replace(slow[0], elapsed_s=14.0)
    assert bool(run("G17-2", observe(probes=(outlier, *slow[1:])))) is found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2026-11-20 10:19", False),
        ("2026-11-20 10:19:30", False),
        ("2026年11月20日", True),
        ("2026-11-20", True),
        ("null", False),
    ],
)
def test_time_format(observe, build, run, value, found):
    article = build.page(f"{build.home}a.html", PageFacts(charset="utf-8", meta={"pubdate": value}))
    assert bool(run("G17-3", observe(columns={"a": article}))) is found


@pytest.mark.parametrize(
    ("declared", "fault", "told"),
    [
        ("utf-8", None, None),
        ("gbk", CharsetFault.CONTRADICTED, "声明为 gbk，实际为 utf-8"),
        ("", CharsetFault.UNDECLARED, "未声明编码，实际为 utf-8"),
    ],
)
def test_declared_charset(observe, run, declared, fault, told):
    found = run("T-2", observe(facts={"charset_declared": declared, "charset_fault": fault}))
    assert [told in finding.message for finding in found] == [True] * (fault is not None)


def test_site_map(observe, run):
    assert run("G17-7", observe(facts={"site_map": True})) == []
    assert [finding.subject for finding in run("G17-7", observe(facts={"site_map": False}))] == ["site_map"]


@pytest.mark.parametrize(
    ("title", "day", "found"),
    [
        ("2025年政府网站工作年度报表", date(2026, 11, 20), False),
        ("政府网站年度工作报表（2025年）", date(2026, 11, 20), False),
        ("2024年政府网站工作年度报表", date(2026, 11, 20), True),
        ("", date(2026, 1, 31), False),
        ("", date(2026, 2, 1), True),
    ],
)
def test_annual_report(observe, build, run, title, day, found):
    page = build.page(f"{build.home}a.html", PageFacts(charset="utf-8", title=title))
    assert [each.state for each in run("G17-5", observe(columns={"a": page}, as_of=day))] == [MAYBE] * found


TAGS = {"SiteName": "青山", "SiteDomain": "www.qingshan.gov.cn", "SiteIDCode": "3706000001"}


def test_tags_by_kind_of_page(observe, build, run):
    column = build.page(
        f"{build.home}dt/",
        PageFacts(
            charset="utf-8", list_items=build.items([1]), list_state=ListState.LISTED, meta={"ColumnName": "动态"}
        ),
    )
    article = build.page(
        f"{build.home}1.html", PageFacts(charset="utf-8", newest_item_date=build.as_of, meta={"ArticleTitle": "null"})
    )
    found = run("N19-D19", observe(facts={"meta": TAGS}, columns={"动态": column, "a": article}), "2019")
    assert [finding.subject for finding in found] == ["ColumnType", "ArticleTitle", "PubDate", "ContentSource"]
    assert all(finding.points == 0 and finding.evidence for finding in found)


def test_script_written_pages_say_nothing_about_tags(observe, run):
    assert run("N19-D19", observe(facts={"script_written": True}), "2019") == []


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("11010519491231002X", True),
        ("110105194912310021", False),
        ("440524188001010014", True),
        ("110105194913310020", False),
    ],
)
def test_identity_numbers_have_a_check_digit(number, valid):
    assert is_identity_number(number) is valid


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("张某，身份证号11010519491231002X", True),
        ("项目编号110105194912310021号", False),
        ("联系人：李某 13812345678", False),
        ("、".join(f"1381234567{n}" for n in range(5)), True),
        ("、".join(f"1381234567{n}" for n in range(4)), False),
        ("统一社会信用代码91110105194912310021", False),
    ],
)
def test_personal_data(observe, run, text, found):
    findings = run("P-1", observe(facts={"text": text}))
    assert [finding.state for finding in findings] == [MAYBE] * found
    assert all("11010519491231002X" not in each.excerpt for finding in findings for each in finding.evidence)


@pytest.mark.parametrize(("text", "found"), [("Асcount", True), ("政务 Office", False), ("α粒子 PM2.5 5μm", False)])
def test_mixed_scripts(observe, run, text, found):
    assert bool(run("T-1", observe(facts={"text": text}))) is found
