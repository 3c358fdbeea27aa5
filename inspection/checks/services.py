"""Services: guides and their elements, forms to download, online systems (服务实用情况、办事服务)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

import msgspec

from inspection.checks.case import Case, page_evidence
from inspection.checks.check import NoParams, Params, check
from inspection.findings import Evidence, Finding, FindingState
from inspection.observation import LinkOutcome, LinkSeen, LinkSource, PageSeen
from inspection.observation.page import GuideElement
from inspection.standard import Indicator

_SHOWN = 10
_SYSTEM_NAME_LENGTH = 12
_FORM = re.compile(r"表格|样表|申请表|登记表|申报表|审批表|样式|附件|下载|表$")
_SYSTEM = re.compile(
    r"(?:在线|网上|线上)(?:申报|申请|办理|查询|预约|受理|审批|缴费|办事)(?:系统|平台|大厅|入口)?|(?:申报|查询|审批|办事|服务)(?:系统|平台|大厅)|办件查询|进度查询"
)


class GuideParams(Params, frozen=True, kw_only=True):
    """What a missing element costs, and how many guides are looked at."""

    sample: Annotated[int, msgspec.Meta(ge=1, title="抽查 {} 个事项")]
    missing_points: Annotated[Decimal, msgspec.Meta(title="缺一项要素 {} 分")]


class UselessParams(Params, frozen=True, kw_only=True):
    """From when guides are of no use."""

    missing_elements: Annotated[int, msgspec.Meta(ge=1, title="要素缺失达到 {} 类")]
    guides: Annotated[int, msgspec.Meta(ge=1, title="这样的事项达到 {} 个")]
    service_names: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, title="应有办事服务，名称含：{}")]


@check(UselessParams)
def services_useless(case: Case, row: Indicator, params: UselessParams) -> list[Finding]:
    """Veto: no services at all, or too many guides that lack too many elements (国办秘函〔2019〕19号，服务不实用).

    Only guides that were read count. Where fewer than ``guides`` matters exist, each of them must be deficient, which
    the pages alone cannot show; that case and missing services are open questions for a person.
    """
    guides = list(_guides(case))
    poor = [(page, found) for page, found in guides if len(_missing(found)) >= params.missing_elements]
    evidence = [_guide_evidence(page, found) for page, found in poor[:_SHOWN]]
    if len(poor) >= params.guides:
        message = f"{len(poor)} 个事项的办事指南缺失 {params.missing_elements} 类以上要素"
        return [case.finding(row, FindingState.ESTABLISHED, message, subject="guides", evidence=evidence)]
    if guides and len(poor) == len(guides):
        message = f"读到的 {len(guides)} 个事项均缺失 {params.missing_elements} 类以上要素，事项总数须人工核对"
        return [case.finding(row, FindingState.SUSPECTED, message, subject="guides", evidence=evidence)]
    if not guides and case.home_pages and not any(name in "\n".join(case.home_texts) for name in params.service_names):
        message = "首页未见办事服务"
        home = [page_evidence(page, message) for page in case.home_pages[-1:]]
        return [case.finding(row, FindingState.SUSPECTED, message, subject="services", evidence=home)]
    return []


@check(GuideParams)
def guide_elements(case: Case, row: Indicator, params: GuideParams) -> list[Finding]:
    """Deduction per element that a guide lacks (国办发〔2015〕15号，办事指南；国办秘函〔2019〕19号，办事服务)."""
    sampled = sorted(_guides(case), key=lambda pair: pair[0].url)[: params.sample]
    return [
        case.finding(
            row,
            FindingState.ESTABLISHED,
            f"办事指南“{case.name_of(page)}”缺少{element.chinese}",
            subject=f"{page.url}#{element.value}",
            points=params.missing_points,
            evidence=[_guide_evidence(page, found)],
        )
        for page, found in sampled
        for element in _missing(found)
    ]


@check(NoParams)
def guide_attachments(case: Case, row: Indicator, params: NoParams) -> list[Finding]:
    """Deduction per form or attachment of a guide that does not open (国办发〔2015〕15号，附件下载)."""
    del params
    guides = {page.url for page, _ in _guides(case)}
    return [
        _broken(case, row, link, place, "办事附件无法下载")
        for link, places in _broken_links(case)
        if (place := next((each for each in places if each.page in guides and _FORM.search(each.text)), None))
    ]


@check(NoParams)
def online_systems(case: Case, row: Indicator, params: NoParams) -> list[Finding]:
    """Deduction per online system that does not open (国办发〔2015〕15号，在线系统)."""
    del params
    return [
        _broken(case, row, link, place, "在线系统无法访问")
        for link, places in _broken_links(case)
        if (
            place := next(
                (each for each in places if len(each.text) <= _SYSTEM_NAME_LENGTH and _SYSTEM.search(each.text)), None
            )
        )
    ]


def _guides(case: Case) -> Iterator[tuple[PageSeen, tuple[GuideElement, ...]]]:
    for page in case.observations.pages:
        if page.facts is not None and page.facts.guide_elements is not None:
            yield page, page.facts.guide_elements


def _missing(found: tuple[GuideElement, ...]) -> list[GuideElement]:
    return [element for element in GuideElement if element not in found]


def _guide_evidence(page: PageSeen, found: tuple[GuideElement, ...]) -> Evidence:
    names = "、".join(element.chinese for element in _missing(found))
    return page_evidence(page, f"缺少：{names}" if names else "要素齐全")


def _broken_links(case: Case) -> Iterator[tuple[LinkSeen, list[LinkSource]]]:
    for link in case.observations.links:
        if link.outcome is LinkOutcome.BROKEN:
            yield link, case.link_places.get(link.url, [link.source])


def _broken(case: Case, row: Indicator, link: LinkSeen, place: LinkSource, what: str) -> Finding:
    message = f"{what}：“{place.text}” {link.url}"
    evidence = [
        Evidence(url=place.page, excerpt=f"“{place.text}” → {link.url}", observed_at=link.checked_at, line=place.line)
    ]
    return case.finding(
        row, FindingState.ESTABLISHED, message, subject=link.url, points=row.points or 0, evidence=evidence
    )
