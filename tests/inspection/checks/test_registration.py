"""What the registry says of a site, against what is there."""

import msgspec
import pytest

from inspection.checks import CHECK_PARAMS
from inspection.findings import FindingState
from inspection.observation import ColumnLink, FetchOutcome
from inspection.observation.page import ListState
from inspection.registry import SiteStatus
from inspection.standard import EditionLibrary

SURE, MAYBE, OPEN = FindingState.ESTABLISHED, FindingState.SUSPECTED, FindingState.NOT_DETERMINED
OTHER = "5001070012"
NO_CODE = {"site_code": None}


@pytest.fixture
def seen(observe):
    """Observations of a site of this status; ``final_url`` is where its address leads, ``outcome`` how that ends."""

    def make(*, status=SiteStatus.NORMAL, final_url=None, outcome=FetchOutcome.OK, home=(1,) * 12, **facts):
        made = observe(home=home, facts=facts)
        page = made.pages[0]
        if outcome is not FetchOutcome.OK:
            page = msgspec.structs.replace(page, outcome=outcome, facts=None)
        page = msgspec.structs.replace(page, final_url=final_url or page.url)
        site = msgspec.structs.replace(made.site, status=status)
        return msgspec.structs.replace(made, site=site, pages=(page,))

    return make


@pytest.mark.parametrize(
    ("final_url", "facts", "rows"),
    [
        ("http://www.qingshan.gov.cn/index.html", {}, []),
        ("https://qingshan.gov.cn:8443/", {}, []),
        ("http://www.beishan.gov.cn/qs/", {}, ["R-1"]),
        ("http://www.beishan.gov.cn/qs/", NO_CODE, ["R-1"]),
        ("http://www.beishan.gov.cn/", {"site_code": OTHER}, ["R-5"]),
        ("http://www.beishan.gov.cn/", {"site_code": None, "site_code_meta": OTHER}, ["R-5"]),
        ("http://www.beishan.gov.cn/", {"site_code_meta": OTHER}, ["R-1"]),
    ],
)
def test_an_address_that_only_leads_elsewhere(seen, run, final_url, facts, rows):
    found = seen(final_url=final_url, **facts)
    assert [row for row in ("R-1", "R-5") if run(row, found)] == rows


@pytest.mark.parametrize(
    ("final_url", "code", "rows"),
    [
        ("http://www.qingshan.gov.cn/jyj/index.html", OTHER, []),
        ("http://www.qingshan.gov.cn/", OTHER, ["R-5"]),
        ("http://www.qingshan.gov.cn/", None, []),
        ("http://www.qingshan.gov.cn/new/", "3706000001", []),
    ],
)
def test_a_site_in_a_directory_that_leads_to_another_site_of_its_host(seen, run, final_url, code, rows):
    found = seen(final_url=final_url, site_code=code)
    site = msgspec.structs.replace(found.site, url="http://www.qingshan.gov.cn/jyj/")
    page = msgspec.structs.replace(found.pages[0], url=site.url)
    found = msgspec.structs.replace(found, site=site, pages=(page,))
    assert [row for row in ("R-1", "R-5") if run(row, found)] == rows


def test_a_new_address_of_the_same_site_is_told_from_another_site(seen, run):
    [moved] = run("R-1", seen(final_url="http://www.xin-qingshan.gov.cn/"))
    assert (moved.state, "改版未报新网址" in moved.message) == (SURE, True)
    [unknown] = run("R-1", seen(final_url="http://www.beishan.gov.cn/", **NO_CODE))
    assert "改版未报新网址" not in unknown.message
    [other] = run("R-5", seen(final_url="http://www.beishan.gov.cn/", site_code=OTHER))
    assert (other.state, OTHER in other.message) == (MAYBE, True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("根据机构改革要求，本网站自今年起关停，内容迁移至市政府门户网站。", True),
        ("网站已停止服务，感谢您的支持。", True),
        ("因业务整合，现已关停本单位网站。", True),
        ("网站系统维护，暂时关闭，请稍后访问。", False),
        ("网站正在升级改版，将于近日恢复。", False),
        ("欢迎访问本单位网站。", False),
        ("本站已并入市政府门户网站。", True),
        ("我局网站将于下月底正式下线，请访问新址。", True),
        ("为正常浏览本网站，请关闭兼容模式。", False),
        ("网站首页浮窗关闭", False),
        ("本网站已启用新版，点击关闭按钮返回旧版。", False),
        ("网站提示：本窗口将在 5 秒后关闭，随后进入首页。", False),
        ("本站友情链接停止更新，进入网站", False),
        ("关于关停部分政府网站的通知。" + "各单位要按要求做好网站关停工作。" * 80, False),
    ],
)
def test_a_home_page_that_says_goodbye(seen, run, text, found):
    states = [each.state for each in run("R-4", seen(home=(), text=text))]
    assert states == [MAYBE] * found


def test_a_notice_above_a_site_that_goes_on_is_none(seen, run, build):
    notice = "本网站将于下月关停，内容迁移至市政府门户网站。"
    column = ColumnLink(name="工作动态", url=f"{build.home}dt/", in_navigation=True)
    for facts in ({"home": (1,)}, {"home": (), "columns": (column,)}):
        assert run("R-4", seen(text=notice, **facts)) == []
    for status in (SiteStatus.EXEMPT, SiteStatus.SUSPENDED):
        assert run("R-4", seen(status=status, home=(), text=notice)) == []


@pytest.mark.parametrize(
    ("facts", "rows", "state"),
    [
        ({"home": [3]}, ["R-3"], SURE),
        ({"home": [180]}, ["R-3"], SURE),
        ({"home": [181]}, ["R-2"], SURE),
        ({"home": [None]}, ["R-2"], SURE),
        ({"home": [400], **NO_CODE, "title": "青山市人民政府门户网站"}, ["R-2"], SURE),
        ({"home": [400], **NO_CODE, "title": "某某茶叶"}, ["R-2"], MAYBE),
        ({"home": [3], "site_code": OTHER}, ["R-3"], MAYBE),
        ({"home": [3], "final_url": "http://new.gov.cn/"}, ["R-3"], SURE),
        ({"home": [3], "final_url": "http://new.gov.cn/", "site_code": OTHER}, [], None),
        ({"home": [3], "final_url": "http://new.gov.cn/", **NO_CODE}, [], None),
        ({"home": (), "text": "本网站已关停，内容迁移至市政府门户网站。"}, [], None),
        ({"home": (), "text": "Welcome to nginx!"}, [], None),
        ({"home": (), "script_written": True, "list_state": ListState.SCRIPT_ONLY}, ["R-2"], OPEN),
        ({"outcome": FetchOutcome.CONNECT_REFUSED}, [], None),
        ({"outcome": FetchOutcome.BLOCKED}, [], None),
    ],
)
def test_sites_reported_as_closed(seen, run, facts, rows, state):
    found = seen(status=SiteStatus.CLOSED, **facts)
    findings = {row: run(row, found) for row in ("R-2", "R-3")}
    assert [row for row, each in findings.items() if each] == rows
    assert {each.state for listed in findings.values() for each in listed} == ({state} if rows else set())


def test_which_rows_judge_a_closed_site(seen):

    edition = EditionLibrary(CHECK_PARAMS).get("2019")
    closed, running = seen(status=SiteStatus.CLOSED), seen()
    assert [row.id for row in edition.ruling(closed.site, closed.as_of).rows] == ["R-2", "R-3"]
    assert not {"R-2", "R-3"} & {row.id for row in edition.ruling(running.site, running.as_of).rows}
