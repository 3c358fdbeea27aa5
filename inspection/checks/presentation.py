"""Presentation: loading time, charset, time format, annual report, page tags (国办发〔2017〕47号；页面标签)."""

import re
from collections.abc import Iterator
from datetime import date
from statistics import median
from typing import Annotated

import msgspec

from inspection.checks.case import Case, page_evidence
from inspection.checks.check import NoParams, Params, check
from inspection.findings import Evidence, Finding, FindingState
from inspection.observation import FetchOutcome, PageFacts, PageSeen
from inspection.standard import Indicator

_SHOWN = 5
_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(?::\d{2})?")
_REPORT = r"(?:政府)?网站(?:监管)?(?:工作)?年度(?:工作)?报[表告]"
_ABSENT = ("", "null", "undefined")


class LoadParams(Params, frozen=True, kw_only=True):
    """How long a page may take."""

    limit_s: Annotated[float, msgspec.Meta(gt=0, title="不超过 {} 秒")]


class ReportParams(Params, frozen=True, kw_only=True):
    """By when last year's report must be public."""

    due_month: Annotated[int, msgspec.Meta(ge=1, le=12, title="每年 {} 月")]
    due_day: Annotated[int, msgspec.Meta(ge=1, le=31, title="{} 日前")]


class TagParams(Params, frozen=True, kw_only=True):
    """Tags (names of meta elements) that the kinds of pages must carry."""

    site_tags: Annotated[tuple[str, ...], msgspec.Meta(title="网站标签 {}")]
    column_tags: Annotated[tuple[str, ...], msgspec.Meta(title="栏目标签 {}")]
    article_tags: Annotated[tuple[str, ...], msgspec.Meta(title="内容页标签 {}")]


@check(LoadParams)
def load_time(case: Case, row: Indicator, params: LoadParams) -> list[Finding]:
    """KPI: the home page loads within the limit: the median of the probes that opened, else the crawl's own visit."""
    times = [probe.elapsed_s for probe in case.observations.probes if probe.outcome is FetchOutcome.OK]
    home = case.observations.home
    if not times and home is not None and home.outcome is FetchOutcome.OK:
        times = [home.elapsed_s]
    if not times or median(times) <= params.limit_s:
        return []
    message = f"首页加载用时中位数 {median(times):.1f} 秒（{len(times)} 次），超过 {params.limit_s:g} 秒"
    evidence = [Evidence(url=case.observations.site.url, excerpt=message)]
    return [case.finding(row, FindingState.ESTABLISHED, message, evidence=evidence)]


@check(NoParams)
def time_format(case: Case, row: Indicator, params: NoParams) -> list[Finding]:
    """KPI: the publication time that articles carry as a tag is written YYYY-MM-DD HH:MM."""
    del params
    written = [
        (page, value) for page in case.observations.pages if (value := _tag(page.facts, "PubDate")) not in _ABSENT
    ]
    wrong = [(page, value) for page, value in written if not _TIME.fullmatch(value)]
    if not wrong:
        return []
    message = f"{len(wrong)} 个页面的发布时间格式不规范，例如“{wrong[0][1]}”"
    evidence = [page_evidence(page, f"PubDate：{value}") for page, value in wrong[:_SHOWN]]
    return [case.finding(row, FindingState.ESTABLISHED, message, evidence=evidence)]


@check(NoParams)
def charset_declared(case: Case, row: Indicator, params: NoParams) -> list[Finding]:
    """KPI: the home page declares the charset that its bytes are in; else browsers may show garbled text (乱码)."""
    del params
    findings = []
    for page in case.home_pages:
        facts = page.facts
        if facts is None or facts.charset_fault is None or page.rendered:
            continue
        told = f"声明为 {facts.charset_declared}" if facts.charset_declared else "未声明编码"
        message = f"首页{told}，实际为 {facts.charset}，浏览器可能显示乱码"
        evidence = [page_evidence(page, message)]
        findings.append(case.finding(row, FindingState.ESTABLISHED, message, subject=page.url, evidence=evidence))
    return findings


@check(ReportParams)
def annual_report(case: Case, row: Indicator, params: ReportParams) -> list[Finding]:
    """KPI: last year's annual report is public after the due day. That none was found is for a person to confirm."""
    day = case.observations.as_of
    if day <= date(day.year, params.due_month, params.due_day) or not case.home_pages:
        return []
    wanted = re.compile(rf"{day.year - 1}\s*年?(?:度)?[^，。]{{0,20}}{_REPORT}|{_REPORT}[^，。]{{0,12}}{day.year - 1}")
    texts = (
        text
        for page in case.observations.pages
        if page.facts is not None
        for text in (page.facts.title or "", *(link.text for link in page.facts.links))
    )
    if any(wanted.search(text) for text in texts):
        return []
    message = f"未见 {day.year - 1} 年度政府网站工作年度报表"
    return [case.finding(row, FindingState.SUSPECTED, message, evidence=[page_evidence(case.home_pages[-1], message)])]


@check(TagParams)
def page_tags(case: Case, row: Indicator, params: TagParams) -> list[Finding]:
    """Deduction per tag that pages of its kind lack; an empty value or ``null`` is none (页面标签)."""
    findings = []
    for kind, pages, tags in _kinds(case, params):
        for tag in tags:
            lacking = [page for page in pages if _tag(page.facts, tag) in _ABSENT]
            if lacking:
                message = f"{len(pages)} 个{kind}中有 {len(lacking)} 个缺少标签 {tag}"
                evidence = [page_evidence(page, f"没有标签 {tag}") for page in lacking[:_SHOWN]]
                findings.append(
                    case.finding(
                        row, FindingState.ESTABLISHED, message, subject=tag, points=row.points or 0, evidence=evidence
                    )
                )
    return findings


def _kinds(case: Case, params: TagParams) -> Iterator[tuple[str, list[PageSeen], tuple[str, ...]]]:
    """(kind, its pages, the tags that they must carry); pages that scripts write say nothing."""
    read = [page for page in case.observations.pages if page.facts is not None and not page.facts.script_written]
    inner = [page for page in read if page.depth > 0]
    columns = [page for page in inner if page.facts is not None and page.facts.list_items]
    articles = [page for page in inner if page.facts is not None and _is_article(page.facts)]
    home = case.observations.home
    yield "首页", [page for page in read if home is not None and page.url == home.url], params.site_tags
    yield "栏目页", columns, params.column_tags
    yield "内容页", articles, params.article_tags


def _is_article(facts: PageFacts) -> bool:
    return not facts.list_items and (facts.newest_item_date is not None or _tag(facts, "ArticleTitle") not in _ABSENT)


def _tag(facts: PageFacts | None, name: str) -> str:
    """Value of a tag, its name in any case; empty where it is absent."""
    if facts is None:
        return ""
    value = facts.meta.get(name)
    if value is None:
        value = next((each for key, each in facts.meta.items() if key.lower() == name.lower()), "")
    return "" if value.strip().lower() in _ABSENT else value.strip()
