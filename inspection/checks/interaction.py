"""Interaction with citizens: letters and their answers, surveys, interviews (互动回应、互动交流)."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

import msgspec

from inspection.checks.calendar import months_before
from inspection.checks.case import Case, column_evidence, page_evidence
from inspection.checks.check import Params, check
from inspection.findings import Evidence, Finding, FindingState
from inspection.observation import LinkOutcome, PageSeen
from inspection.observation.columns import ColumnSeen, ColumnState
from inspection.observation.page import LetterElement, LetterSeen, LetterState, ListState
from inspection.registry import SiteCategory
from inspection.standard import Indicator

_SHOWN = 10
_PLACE_NAME_LENGTH = 12
_LINKS = ("a", "area")

ChannelNames = Annotated[tuple[str, ...], msgspec.Meta(min_length=1, title="渠道名称含：{}")]
ExcludedNames = Annotated[tuple[str, ...], msgspec.Meta(title="不含：{}")]
MissingPoints = Annotated[Decimal, msgspec.Meta(title="未开设 {} 分")]


class LetterParams(Params, frozen=True, kw_only=True):
    """Which letters must have been answered; ``channel_names`` empty = that a channel exists is not looked at."""

    overdue_months: Annotated[int, msgspec.Meta(ge=1, title="超过 {} 个月未回应")]
    within_days: Annotated[int, msgspec.Meta(ge=1, title="{} 天内的留言")]
    excluded_names: ExcludedNames = ()
    channel_names: Annotated[tuple[str, ...], msgspec.Meta(title="应有渠道，名称含：{}")] = ()


class ConsultationParams(Params, frozen=True, kw_only=True):
    """What a missing or unused channel costs."""

    channel_names: ChannelNames
    within_days: Annotated[int, msgspec.Meta(ge=1, title="{} 天内应有留言")]
    missing_points: MissingPoints
    inactive_points: Annotated[Decimal, msgspec.Meta(title="无有效留言 {} 分")]
    excluded_names: ExcludedNames = ()


class ActivityParams(Params, frozen=True, kw_only=True):
    """How many activities a year are asked for, and what their lack costs. ``minimum`` 0 = one suffices."""

    column_class: Annotated[str, msgspec.Meta(title="{}")]
    within_days: Annotated[int, msgspec.Meta(ge=1, title="{} 天内")]
    missing_points: MissingPoints
    inactive_points: Annotated[Decimal, msgspec.Meta(title="未开展 {} 分")]
    few_points: Annotated[Decimal, msgspec.Meta(title="次数少 {} 分")] = Decimal(0)
    minimum: Annotated[int, msgspec.Meta(ge=0, title="一般不少于 {} 次")] = 0
    higher_minimum: Annotated[int, msgspec.Meta(ge=0, title="以下网站不少于 {} 次")] = 0
    higher_for: Annotated[tuple[SiteCategory, ...], msgspec.Meta(title="{}")] = ()


class FrequentActivityParams(Params, frozen=True, kw_only=True):
    """How many activities a year earn bonus points, and how many points."""

    column_class: Annotated[str, msgspec.Meta(title="{}")]
    within_days: Annotated[int, msgspec.Meta(ge=1, title="{} 天内")]
    minimum: Annotated[int, msgspec.Meta(ge=1, title="不少于 {} 次")]
    earned_points: Annotated[Decimal, msgspec.Meta(title="加 {} 分")]


class PublishedLetterParams(Params, frozen=True, kw_only=True):
    """What is to be published of answered letters, and what its lack costs."""

    sample: Annotated[int, msgspec.Meta(ge=1, title="抽查 {} 件已答复的留言")]
    elements: Annotated[tuple[LetterElement, ...], msgspec.Meta(min_length=1, title="应公开：{}")]
    element_points: Annotated[Decimal, msgspec.Meta(title="缺一项要素 {} 分")]
    unpublished_points: Annotated[Decimal, msgspec.Meta(title="未公开 {} 分")]
    channel_names: ChannelNames
    excluded_names: ExcludedNames = ()


class EntryParams(Params, frozen=True, kw_only=True):
    """By what names the entry for writing letters is known."""

    entry_names: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, title="入口名称含：{}")]
    excluded_names: ExcludedNames = ()


@check(LetterParams)
def letters_unanswered(case: Case, row: Indicator, params: LetterParams) -> list[Finding]:
    """Veto: letters of the last year without an answer for more than three months; or no channel at all.

    国办发〔2015〕15号: 监测时间点前1年内，政务咨询类栏目（在线访谈、调查征集、举报投诉类栏目除外）中存在超过三个月
    未回应的现象. 国办秘函〔2019〕19号 adds: 未提供网上有效咨询建言渠道. Only what a list shows as unanswered
    counts; that no channel was found is for a person to confirm.
    """
    latest = months_before(case.observations.as_of, params.overdue_months)
    earliest = case.observations.as_of - timedelta(days=params.within_days)
    overdue = [
        (page, letter)
        for page, letter in _letters(case, params.excluded_names)
        if letter.state is LetterState.PENDING and letter.asked is not None and earliest <= letter.asked < latest
    ]
    if overdue:
        message = f"{len(overdue)} 件留言超过 {params.overdue_months} 个月未回应"
        evidence = [
            page_evidence(page, f"“{letter.title}”{letter.asked} 提交，未回应") for page, letter in overdue[:_SHOWN]
        ]
        return [case.finding(row, FindingState.ESTABLISHED, message, subject="letters", evidence=evidence)]
    return list(_no_channel(case, row, params.channel_names, Decimal(0))) if params.channel_names else []


@check(ConsultationParams)
def consultation(case: Case, row: Indicator, params: ConsultationParams) -> list[Finding]:
    """Deduction: no channel for consultation, or no letter within a year (国办发〔2015〕15号，政务咨询类栏目)."""
    missing = list(_no_channel(case, row, params.channel_names, params.missing_points))
    if missing:
        return missing
    letters = [(page, letter) for page, letter in _letters(case, params.excluded_names) if letter.asked is not None]
    newest = max((letter.asked for _, letter in letters if letter.asked is not None), default=None)
    if newest is None or newest >= case.observations.as_of - timedelta(days=params.within_days):
        return []
    page = letters[0][0]
    message = f"{params.within_days} 天内没有留言（最近一件为 {newest}）"
    evidence = [page_evidence(page, message)]
    return [case.finding(row, FindingState.ESTABLISHED, message, points=params.inactive_points, evidence=evidence)]


@check(ActivityParams)
def activities(case: Case, row: Indicator, params: ActivityParams) -> list[Finding]:
    """Deduction: no column for surveys (or interviews), none held within a year, or too few for the class of site.

    国办发〔2015〕15号，调查征集类栏目、互动访谈类栏目; 国办秘函〔2019〕19号，征集调查. That the home page names no
    such column is for a person to confirm: it may stand deeper.
    """
    columns = [column for column in case.columns if _is_of(case, column, params.column_class)]
    if not case.home_pages:
        return [case.finding(row, FindingState.NOT_DETERMINED, "首页未能读取，无法列出栏目")]
    name = _class_name(case, params.column_class)
    if not columns:
        message = f"首页未见{name}栏目"
        if case.home_may_hold_more:
            return [case.finding(row, FindingState.NOT_DETERMINED, f"{message}，但首页由脚本生成")]
        return [case.finding(row, FindingState.SUSPECTED, message, points=params.missing_points)]
    evidence = [column_evidence(column) for column in columns]
    since = case.observations.as_of - timedelta(days=params.within_days)
    held, is_all = _held_since(columns, since, case.observations.last_day)
    needed = params.higher_minimum if case.observations.site.category in params.higher_for else params.minimum
    if held >= max(needed, 1):
        return []
    if not is_all:
        message = f"{name}栏目的开展次数未能读全"
        return [case.finding(row, FindingState.NOT_DETERMINED, message, evidence=evidence)]
    message = f"{name}栏目 {params.within_days} 天内开展 {held} 次" + (f"，少于 {needed} 次" if held else "")
    points = params.few_points if held else params.inactive_points
    return [case.finding(row, FindingState.ESTABLISHED, message, points=points, evidence=evidence)]


@check(FrequentActivityParams)
def frequent_activities(case: Case, row: Indicator, params: FrequentActivityParams) -> list[Finding]:
    """Bonus: as many activities within a year as the clause asks for; a person confirms them and their channel.

    国办秘函〔2019〕19号，互动交流（加分）: 征集调查渠道（不含电子邮件形式）1年内开展活动6次（含）以上.
    """
    columns = [column for column in case.columns if _is_of(case, column, params.column_class)]
    since = case.observations.as_of - timedelta(days=params.within_days)
    held, _ = _held_since(columns, since, case.observations.last_day)
    if held < params.minimum:
        return []
    message = (
        f"{_class_name(case, params.column_class)}栏目 {params.within_days} 天内开展 {held} 次，"
        f"达到 {params.minimum} 次；请确认不是电子邮件形式的渠道"
    )
    evidence = [column_evidence(column) for column in columns]
    return [case.finding(row, FindingState.SUSPECTED, message, points=params.earned_points, evidence=evidence)]


def _class_name(case: Case, class_id: str) -> str:
    return next(each.name for each in case.edition.column_classes if each.id == class_id)


@check(EntryParams)
def letter_entry(case: Case, row: Indicator, params: EntryParams) -> list[Finding]:
    """Deduction: the entry for writing letters does not open (国办秘函〔2019〕19号，信息提交：不能正常提交的扣5分).

    Nothing is ever submitted: that an entry opens does not show that a letter gets through, which is for people to try.
    One entry that opens suffices; that none does is for a person to confirm.
    """
    outcomes = {link.url: link.outcome for link in case.observations.links}
    outcomes.update((page.url, LinkOutcome.OK) for page in case.observations.pages if page.facts is not None)
    entries = {
        url: place
        for url, places in case.link_places.items()
        for place in places
        if place.element in _LINKS and _is_named(place.text, params.entry_names, params.excluded_names)
    }
    if not entries:
        return [case.finding(row, FindingState.NOT_DETERMINED, "未见写信入口，留言能否提交由人工检查")]
    if any(outcomes.get(url) is LinkOutcome.OK for url in entries):
        return []
    if any(outcomes.get(url) is not LinkOutcome.BROKEN for url in entries):
        return [case.finding(row, FindingState.NOT_DETERMINED, "写信入口未能检查，留言能否提交由人工检查")]
    evidence = [
        Evidence(url=place.page, excerpt=f"“{place.text}” → {url} 打不开", line=place.line)
        for url, place in entries.items()
    ][:_SHOWN]
    message = "写信入口打不开"
    return [
        case.finding(row, FindingState.SUSPECTED, message, subject="entry", points=row.points or 0, evidence=evidence)
    ]


@check(PublishedLetterParams)
def letters_published(case: Case, row: Indicator, params: PublishedLetterParams) -> list[Finding]:
    """Deduction: letters and answers are not made public, or without an element (国办秘函〔2019〕19号，留言公开).

    未公开留言受理反馈情况的扣5分；公开内容缺少留言时间、答复时间、答复单位、答复内容等要素的，每项扣1分. An element is
    missing where none of the answered letters that were read shows it, nor any list of letters. All is for a person to
    confirm.
    """
    listed = [letter for _, letter in _letters(case, params.excluded_names)]
    pages = list(_letter_pages(case, params.excluded_names))
    if not listed and not pages:
        return [_nothing_published(case, row, params)]
    answered = sorted(
        ((page, letter) for page, letter in pages if letter.state is LetterState.ANSWERED),
        key=lambda pair: pair[0].url,
    )[: params.sample]
    if not answered:
        return [case.finding(row, FindingState.NOT_DETERMINED, "未读到已答复留言的详情页，无法核对公开要素")]
    shown = [*(letter for _, letter in answered), *listed]
    missing = [element for element in params.elements if not any(letter.shows(element) for letter in shown)]
    return [_element_missing(case, row, element, answered, params.element_points) for element in missing]


def _element_missing(
    case: Case,
    row: Indicator,
    element: LetterElement,
    answered: list[tuple[PageSeen, LetterSeen]],
    points: Decimal,
) -> Finding:
    message = f"抽查的 {len(answered)} 件已答复留言均未公开{element.chinese}"
    evidence = [page_evidence(page, f"“{letter.title}”未见{element.chinese}") for page, letter in answered]
    return case.finding(row, FindingState.SUSPECTED, message, subject=element.value, points=points, evidence=evidence)


def _letter_pages(case: Case, excluded_names: tuple[str, ...]) -> Iterator[tuple[PageSeen, LetterSeen]]:
    """Pages of single letters, those of places with an excluded name left out."""
    for page in case.observations.pages:
        if page.facts is not None and page.facts.letter is not None:
            name = f"{case.name_of(page)} {page.facts.meta.get('ColumnName', '')}"
            if not any(word in name for word in excluded_names):
                yield page, page.facts.letter


def _nothing_published(case: Case, row: Indicator, params: PublishedLetterParams) -> Finding:
    """No letter was seen: for a person to confirm where all that is named like a channel was read, else open."""
    channels = {
        url: place
        for url, places in case.link_places.items()
        for place in places
        if place.element in _LINKS and _is_named(place.text, params.channel_names, params.excluded_names)
    }
    if not channels:
        return case.finding(row, FindingState.NOT_DETERMINED, "未见留言渠道，留言公开情况无法判断")
    fetched = {page.url for page in case.observations.pages}
    read = {page.url: page for page in case.observations.pages if _is_read_in_full(page, fetched)}
    if any(url not in read for url in channels):
        return case.finding(row, FindingState.NOT_DETERMINED, "留言渠道页面未能读全，留言公开情况无法判断")
    message = "留言渠道页面上未见公开的留言"
    evidence = [page_evidence(read[url], f"“{place.text}”：{message}") for url, place in channels.items()][:_SHOWN]
    return case.finding(
        row, FindingState.SUSPECTED, message, subject="letters", points=params.unpublished_points, evidence=evidence
    )


def _is_named(text: str, names: tuple[str, ...], excluded: tuple[str, ...]) -> bool:
    """Whether a text short enough to name a place holds one of the names."""
    if len(text) > _PLACE_NAME_LENGTH or any(word in text for word in excluded):
        return False
    return any(name in text for name in names)


def _is_read_in_full(page: PageSeen, fetched: set[str]) -> bool:
    """Whether a page was read, and no script, frame or stub keeps anything of it back."""
    facts = page.facts
    if facts is None or facts.script_written or facts.redirect_url is not None or set(facts.frames) - fetched:
        return False
    return facts.list_state is not ListState.SCRIPT_ONLY


def _is_of(case: Case, column: ColumnSeen, class_id: str) -> bool:
    class_ = case.column_class(column)
    return class_ is not None and class_.id == class_id


def _held_since(columns: list[ColumnSeen], first: date, last: date) -> tuple[int, bool]:
    """Items dated within the period; and whether that is all: no list unread, undated, or longer than what was read."""
    held, is_all = 0, True
    for column in columns:
        facts = column.page.facts if column.page is not None else None
        if column.state is ColumnState.BLANK:
            continue
        if facts is None or column.state is not ColumnState.LISTED:
            is_all = False
            continue
        days = [item.date for item in facts.list_items if item.date is not None]
        within = sum(first <= day <= last for day in days)
        goes_on = bool(facts.pager_urls) and within == len(facts.list_items)
        is_dated = len(days) == len(facts.list_items) and all(day <= last for day in days)
        is_all = is_all and bool(days) and is_dated and not goes_on
        held += within
    return held, is_all


def _letters(case: Case, excluded_names: tuple[str, ...]) -> Iterator[tuple[PageSeen, LetterSeen]]:
    """Letters on all pages, those of places with an excluded name (访谈、举报、信访…) left out."""
    for page in case.observations.pages:
        if page.facts is None or not page.facts.letters:
            continue
        name = case.name_of(page)
        if not any(word in name for word in excluded_names):
            yield from ((page, letter) for letter in page.facts.letters)


def _no_channel(case: Case, row: Indicator, names: tuple[str, ...], points: Decimal) -> Iterator[Finding]:
    """An open question where nothing on the home page is named like a channel and no page shows letters."""
    if not case.home_pages:
        yield case.finding(row, FindingState.NOT_DETERMINED, "首页未能读取，无法查找咨询渠道", subject="channel")
        return
    if any(page.facts is not None and page.facts.letters for page in case.observations.pages):
        return
    shown = "\n".join(case.home_texts)
    if any(name in shown for name in names):
        return
    message = "首页未见网上咨询建言渠道"
    if case.home_may_hold_more:
        yield case.finding(row, FindingState.NOT_DETERMINED, f"{message}，但首页由脚本生成", subject="channel")
        return
    evidence = [page_evidence(page, message) for page in case.home_pages[-1:]]
    yield case.finding(row, FindingState.SUSPECTED, message, subject="channel", points=points, evidence=evidence)
