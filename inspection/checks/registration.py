"""Whether the registry tells the truth: address, status, and whether there is a site at all (登记信息).

Defects that the bulletins of past rounds name: 报送网址与实际不一致，改版未报新网址，申请关停后仍“带病运行”，自行下线.
"""

import re
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from inspection.checks.case import Case, page_evidence
from inspection.checks.check import NoParams, Params, check
from inspection.findings import Evidence, Finding, FindingState
from inspection.observation import FetchOutcome, PageSeen
from inspection.observation.columns import newest_date
from inspection.observation.reference import normal_title
from inspection.registry.address import SiteScope, host_of
from inspection.registry.site import SiteStatus
from inspection.standard import Indicator

_CLOSING = re.compile(
    r"(?:网站|站点|本站|网页|主页|平台)[^。\n窗秒弹浮]{0,40}?(?:已|现|将|拟|予以|正式|起|即日|于)[^。\n窗秒弹浮]{0,12}?"
    r"(?:关停|关闭|停用|停止(?:运行|服务|访问|更新|使用)|下线|注销|撤销|迁移|整合|归并|并入|合并)(?!按钮|窗口|浮窗|弹窗|提示|兼容|拦截|广告)"
    r"|(?:已|现|将|予以|起)[^。\n]{0,12}?(?:关停|关闭|停止运行|下线|迁移)了?(?:本|我|该)[^。\n]{0,20}(?:网站|站点|主页)"
)
"""That a site closes is announced (已、将、自…起); windows, buttons and modes of browsers are closed as well."""
_FOR_A_WHILE = re.compile(r"暂时|暂停|维护|升级|改版|改造|调试|恢复")
_NOTICE_LENGTH = 1000
"""A home page that says more than that says more than goodbye."""


class ClosedParams(Params, frozen=True, kw_only=True):
    """Until when before the monitoring date a site still counts as kept up."""

    window_days: Annotated[int, msgspec.Meta(ge=1, title="{} 天内有更新的算正常运行")]


@check(NoParams)
def registered_address(case: Case, row: Indicator, params: NoParams) -> list[Finding]:
    """KPI: the registered address is the site's own: it does not merely lead to another host.

    报送网址与实际不一致；改版未报新网址: where the page there carries the site's own code it is the latter. An address
    that leads to another site is a matter of its own (:func:`redirect_only`).
    """
    del params
    home = _home_elsewhere(case)
    if home is None or _is_another_site(case, home):
        return []
    site = case.observations.site
    new = "，网站标识码一致，属改版未报新网址" if site.code.lower() in _codes(home) else ""
    message = f"登记网址 {site.url} 实际跳转到 {home.final_url}{new}"
    return [
        case.finding(row, FindingState.ESTABLISHED, message, subject="address", evidence=[_at(case, message, home)])
    ]


@check(NoParams)
def redirect_only(case: Case, row: Indicator, params: NoParams) -> list[Finding]:
    """KPI: the registered address has no site of its own, it leads to another registered site (仅作跳转).

    The other site is known by its code; that a merger of both was reported is for a person to see.
    """
    del params
    home = _home_elsewhere(case)
    if home is None or not _is_another_site(case, home):
        return []
    site, other = case.observations.site, "、".join(sorted(_codes(home)))
    message = f"登记网址 {site.url} 没有自己的内容，只跳转到标识码为 {other} 的其他网站 {home.final_url}"
    return [case.finding(row, FindingState.SUSPECTED, message, subject="redirect", evidence=[_at(case, message, home)])]


@check(NoParams)
def taken_offline(case: Case, row: Indicator, params: NoParams) -> list[Finding]:
    """KPI: reported as running, and its home page holds nothing but the notice that it has closed or moved (自行下线).

    A page that speaks of maintenance, and a notice above other content, are none; a site that does not answer is
    judged by its availability.
    """
    del params
    notice = _notice(case)
    if case.observations.site.status is not SiteStatus.NORMAL or notice is None:
        return []
    message = "登记状态为正常，首页只有关停或迁移的告示"
    evidence = [page_evidence(case.home_pages[-1], notice)]
    return [case.finding(row, FindingState.SUSPECTED, message, subject="offline", evidence=evidence)]


@check(ClosedParams)
def closed_but_running(case: Case, row: Indicator, params: ClosedParams) -> list[Finding]:
    """KPI: reported as closed, and still open to visitors though nobody keeps it up (申请关停后仍“带病运行”)."""
    newest = _newest(case)
    if newest is not None and newest >= case.observations.as_of - timedelta(days=params.window_days):
        return []
    shown = f"最新信息日期为 {newest}，已不更新" if newest else "信息均未注明日期"
    return _still_open(case, row, f"登记为已关停的网站仍在“带病运行”：{shown}")


@check(ClosedParams)
def running_but_reported_closed(case: Case, row: Indicator, params: ClosedParams) -> list[Finding]:
    """KPI: reported as closed, and kept up as before, out of reach of the inspections (正常运行却报关停)."""
    newest = _newest(case)
    if newest is None or newest < case.observations.as_of - timedelta(days=params.window_days):
        return []
    return _still_open(case, row, f"登记为已关停的网站仍在正常更新，最新信息日期为 {newest}")


def _still_open(case: Case, row: Indicator, message: str) -> list[Finding]:
    """A finding if the home page of a closed site opens with content, not with a notice or at a successor's.

    Established where the page carries the site's code or name: after the closing the domain may be another's.
    """
    home = case.observations.home
    if home is None or home.outcome is not FetchOutcome.OK or home.facts is None or _notice(case) is not None:
        return []
    if not _is_own(case) and not SiteScope.of(case.observations.site.url).contains(home.final_url):
        return []
    if not (case.home_items or case.columns):
        if any(page.facts is not None and page.facts.script_written for page in case.home_pages):
            return [case.finding(row, FindingState.NOT_DETERMINED, "首页由脚本生成，需渲染后判断是否仍在运行")]
        return []
    evidence = [page_evidence(home, f"首页可打开，标题“{home.facts.title or ''}”，信息 {len(case.home_items)} 条")]
    if _is_own(case):
        return [case.finding(row, FindingState.ESTABLISHED, message, subject="closed", evidence=evidence)]
    doubt = f"{message}（页面没有该网站的标识码或名称，域名可能已由他人使用）"
    return [case.finding(row, FindingState.SUSPECTED, doubt, subject="closed", evidence=evidence)]


def _newest(case: Case) -> date | None:
    return newest_date(case.home_items, case.observations.last_day)


def _notice(case: Case) -> str | None:
    """The line that says that the site has closed or moved, where the home page says little else."""
    text = "\n".join(page.facts.text for page in case.home_pages if page.facts is not None)
    if any(page.facts is not None and page.facts.script_written for page in case.home_pages):
        return None
    if not text or len(text) > _NOTICE_LENGTH or case.home_items or case.columns or _FOR_A_WHILE.search(text):
        return None
    return next((line.strip() for line in text.splitlines() if _CLOSING.search(line)), None)


def _home_elsewhere(case: Case) -> PageSeen | None:
    """The home page, where the registered address leads to another host, or out of its directory to another site."""
    home = case.observations.home
    if home is None or home.outcome is not FetchOutcome.OK:
        return None
    registered = case.observations.site.url
    if _bare(host_of(registered)) != _bare(host_of(home.final_url)):
        return home
    is_left = not SiteScope.of(registered).contains(home.final_url)
    return home if is_left and _is_another_site(case, home) else None


def _is_another_site(case: Case, home: PageSeen) -> bool:
    codes = _codes(home)
    return bool(codes) and case.observations.site.code.lower() not in codes


def _is_own(case: Case) -> bool:
    """Whether the home page carries the site's code, or its name where it shows no code."""
    codes = {code for page in case.home_pages for code in _codes(page)}
    if codes:
        return case.observations.site.code.lower() in codes
    name = normal_title(case.observations.site.name)
    titles = (page.facts.title or "" for page in case.home_pages if page.facts is not None)
    return bool(name) and any(name in normal_title(title) for title in titles)


def _codes(page: PageSeen) -> set[str]:
    """Codes that a page shows, in the footer and in its tags."""
    if page.facts is None:
        return set()
    return {code.lower() for code in (page.facts.site_code, page.facts.site_code_meta) if code}


def _at(case: Case, message: str, home: PageSeen) -> Evidence:
    return Evidence(
        url=case.observations.site.url, excerpt=message, observed_at=home.fetched_at, snapshot=home.snapshot
    )


def _bare(host: str) -> str:
    """A host without port, and without the ``www.`` that many sites answer with or without."""
    return (urlsplit(f"//{host}").hostname or host).removeprefix("www.")
