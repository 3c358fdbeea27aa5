"""Availability of links (链接可用性、可用性)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import msgspec

from inspection.checks.case import Case, page_evidence
from inspection.checks.check import Params, check
from inspection.findings import Evidence, Finding, FindingState
from inspection.observation import LinkOutcome, LinkSeen
from inspection.observation.site import LinkDefect, LinkSource
from inspection.standard import Indicator

_SHOWN_PLACES = 5
_DEFECTS: dict[LinkDefect, str] = {
    LinkDefect.DEAD: "打不开",
    LinkDefect.MALFORMED: "地址格式错误",
    LinkDefect.REDIRECT_HOME: "跳转到首页，原内容不存在",
    LinkDefect.SOFT_404: "显示“页面不存在”",
    LinkDefect.CATCH_ALL: "内容不存在，显示的是网站对任何错误地址都返回的页面",
    LinkDefect.BAD_ATTACHMENT: "附件无法打开",
    LinkDefect.SQUATTED: "指向已被抢注或出售的域名",
    LinkDefect.CLOSED_SITE: "指向已关闭的网站",
}


class LinkParams(Params, frozen=True, kw_only=True):
    """Prices of a broken link."""

    home_points: Annotated[Decimal, msgspec.Meta(title="首页每个 {} 分")]
    other_points: Annotated[Decimal, msgspec.Meta(title="其他页面每个 {} 分")]


@check(LinkParams)
def link_availability(case: Case, row: Indicator, params: LinkParams) -> list[Finding]:
    """Deduction per broken target: ``home_points`` if the home page refers to it, else ``other_points``.

    国办发〔2015〕15号，链接可用性: 首页及其他页面不能正常访问的链接数量（含图片、附件、外部链接）.
    A target counts once per site, however many pages repeat it. Suspected targets are listed and cost nothing.
    What was left unchecked, since the site refers to more addresses than the crawl looks at, is not determined.
    """
    doubtful = (LinkOutcome.BROKEN, LinkOutcome.UNDETERMINED)
    found = [_finding(case, row, link, params) for link in case.observations.links if link.outcome in doubtful]
    return found + _left_unchecked(case, row)


def _finding(case: Case, row: Indicator, link: LinkSeen, params: LinkParams) -> Finding:
    broken = link.outcome is LinkOutcome.BROKEN
    places = case.link_places.get(link.url, [link.source])
    points, where = price_of(case, places, params)
    kind = "站内" if link.internal else "外部"
    return case.finding(
        row,
        FindingState.ESTABLISHED if broken else FindingState.SUSPECTED,
        f"{where}{kind}链接{_described(link)}：{link.url}",
        subject=link.url,
        points=points,
        evidence=[_evidence(link, place) for place in home_first(case, places)[:_SHOWN_PLACES]],
    )


def _left_unchecked(case: Case, row: Indicator) -> list[Finding]:
    pages = sorted((page for page in case.observations.pages if page.links_left), key=lambda page: -page.links_left)
    if not pages:
        return []
    left = sum(page.links_left for page in pages)
    return [
        case.finding(
            row,
            FindingState.NOT_DETERMINED,
            f"网站链接数超出单站检查上限：{len(pages)} 个页面上合计 {left} 处链接没有检查，是否失效未知",
            subject="unchecked",
            evidence=[
                page_evidence(page, f"本页有 {page.links_left} 处链接没有检查") for page in pages[:_SHOWN_PLACES]
            ],
        )
    ]


def price_of(case: Case, places: Sequence[LinkSource], params: LinkParams) -> tuple[Decimal, str]:
    """What a wrong target costs that stands in these places, and where that is."""
    is_home = any(place.page in case.home_urls for place in places)
    return (params.home_points, "首页") if is_home else (params.other_points, "其他页面")


def home_first(case: Case, places: Sequence[LinkSource]) -> list[LinkSource]:
    """The places, those on the home page before the others."""
    return sorted(places, key=lambda place: place.page not in case.home_urls)


def _described(link: LinkSeen) -> str:
    status = f"（HTTP {link.status}）" if link.status is not None else f"（{link.reason.policy.chinese}）"
    if link.outcome is LinkOutcome.UNDETERMINED:
        return f"疑似打不开{status}"
    return f"{_DEFECTS[link.defect or LinkDefect.DEAD]}{status}"


def _evidence(link: LinkSeen, place: LinkSource) -> Evidence:
    text = f"“{place.text}”" if place.text else ""
    excerpt = f"<{place.element} {place.attribute}>{text} → {link.url}；尝试 {len(link.tries)} 次"
    return Evidence(url=place.page, excerpt=excerpt, observed_at=link.checked_at, line=place.line)
