"""Columns: whether they are there and fresh (栏目不更新、基本信息、概况信息、动态要闻、政策文件、其他栏目)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated

import msgspec

from inspection.checks.case import Case, column_evidence, page_evidence
from inspection.checks.check import Params, check
from inspection.findings import Finding, FindingState
from inspection.observation.columns import ColumnSeen, ColumnState
from inspection.standard import Indicator

_NAME_LENGTH = 12
"""Longer texts are titles, not names of columns."""


class BranchParams(Params, frozen=True, kw_only=True):
    """Numbers of columns from which a branch is met; a branch without a number is not judged under the row."""

    short_window_classes: Annotated[tuple[str, ...], msgspec.Meta(title="{}")] = ()
    short_window_limit: Annotated[int | None, msgspec.Meta(title="上述各类未更新达到 {} 个")] = None
    stale_limit: Annotated[int | None, msgspec.Meta(title="应更新未更新达到 {} 个")] = None
    blank_limit: Annotated[int | None, msgspec.Meta(title="空白栏目达到 {} 个")] = None


class StaleColumnParams(Params, frozen=True, kw_only=True):
    """What a stale column costs."""

    points_by_class: Annotated[dict[str, Decimal], msgspec.Meta(title="每个未更新栏目：{} 分")]


class RequiredColumnParams(Params, frozen=True, kw_only=True):
    """Which class must have a column."""

    column_class: Annotated[str, msgspec.Meta(title="{}")]


class NamedColumnParams(Params, frozen=True, kw_only=True):
    """By what names a column that must exist is known."""

    names: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, title="栏目名称含：{}")]
    excluded_names: Annotated[tuple[str, ...], msgspec.Meta(title="不含：{}")] = ()


class OtherColumnParams(Params, frozen=True, kw_only=True):
    """What a blank or a stale column costs, and which classes other rows judge."""

    blank_points: Annotated[Decimal, msgspec.Meta(title="空白每个 {} 分")]
    stale_points: Annotated[Decimal, msgspec.Meta(title="未更新每个 {} 分")]
    except_classes: Annotated[tuple[str, ...], msgspec.Meta(title="不含{}")] = ()


@check(BranchParams)
def columns_not_updated(case: Case, row: Indicator, params: BranchParams) -> list[Finding]:
    """Veto: too many stale or blank columns.

    国办发〔2015〕15号 and 国办秘函〔2019〕19号: (a) 前2周的动态、要闻类和前6个月的通知公告、政策文件类
    累计 5 个以上未更新; (b) 应更新但长期未更新 10 个以上（空白栏目计入）; (c) 空白栏目 5 个以上.
    One finding per branch that is met, or one open question where columns that could not be read might
    meet a branch.
    """
    branches = _branches(case, params)
    met = [
        case.finding(
            row,
            FindingState.ESTABLISHED,
            f"{label} {len(columns)} 个（达到 {limit} 个即否决）",
            subject=subject,
            evidence=[column_evidence(column) for column in columns],
        )
        for subject, label, columns, _, limit in branches
        if len(columns) >= limit
    ]
    return met or _open_question(case, row, branches)


_Branch = tuple[str, str, list[ColumnSeen], list[ColumnSeen], int]


def _branches(case: Case, params: BranchParams) -> list[_Branch]:
    """(subject, label, columns that count, columns that might, limit) of the three branches."""
    short = set(params.short_window_classes)
    stale = [column for column in case.columns if case.is_stale(column)]
    blank = [column for column in case.columns if column.state is ColumnState.BLANK]
    short_stale = [column for column in stale if _class_id(case, column) in short]
    unknown = [column for column in case.columns if not column.state.is_known]
    unknown_short = [column for column in unknown if _class_id(case, column) in short]
    branches: tuple[tuple[str, str, list[ColumnSeen], list[ColumnSeen], int | None], ...] = (
        (
            "short-window",
            "未更新的动态要闻、通知公告、政策文件类栏目",
            short_stale,
            unknown_short,
            params.short_window_limit,
        ),
        ("stale", "应更新但长期未更新的栏目", [*stale, *blank], unknown, params.stale_limit),
        ("blank", "空白栏目", blank, unknown, params.blank_limit),
    )
    return [
        (subject, label, columns, unknown, limit)
        for subject, label, columns, unknown, limit in branches
        if limit is not None
    ]


def _open_question(case: Case, row: Indicator, branches: Sequence[_Branch]) -> list[Finding]:
    if not case.home_pages:
        return [case.finding(row, FindingState.NOT_DETERMINED, "首页未能读取，无法列出栏目")]
    open_branches = [branch for branch in branches if len(branch[2]) + len(branch[3]) >= branch[4]]
    if not open_branches:
        return []
    unknown = {column.url: column for branch in open_branches for column in branch[3]}
    evidence = [column_evidence(column) for column in unknown.values()]
    message = f"{len(unknown)} 个栏目未能读取（脚本生成或未抓取），是否达到否决条件无法判断"
    return [case.finding(row, FindingState.NOT_DETERMINED, message, evidence=evidence)]


@check(StaleColumnParams)
def stale_columns(case: Case, row: Indicator, params: StaleColumnParams) -> list[Finding]:
    """Deduction per stale column, by its class (国办发〔2015〕15号，基本信息：更新是否及时)."""
    findings = []
    for column in case.columns:
        class_id = _class_id(case, column)
        if class_id in params.points_by_class and case.is_stale(column):
            findings.append(_stale(case, row, column, params.points_by_class[class_id]))
    return findings


@check(RequiredColumnParams)
def required_column(case: Case, row: Indicator, params: RequiredColumnParams) -> list[Finding]:
    """Deduction: no column of the class, or none of its columns updated within the window (动态要闻、政策文件)."""
    columns = [column for column in case.columns if _class_id(case, column) == params.column_class]
    if not case.home_pages:
        return [case.finding(row, FindingState.NOT_DETERMINED, "首页未能读取，无法列出栏目")]
    name = next(
        (each.name for each in case.edition.column_classes if each.id == params.column_class), params.column_class
    )
    if not columns:
        if _menu_is_hidden(case) or _is_shown_below(case, params.column_class):
            message = f"首页未见{name}栏目，菜单未能读全或可能设在下级页面"
            return [case.finding(row, FindingState.NOT_DETERMINED, message)]
        return [case.finding(row, FindingState.ESTABLISHED, f"未开设{name}栏目", points=row.points or 0)]
    if any(column.state is ColumnState.LISTED and not case.is_stale(column) for column in columns):
        return []
    evidence = [column_evidence(column) for column in columns]
    if not all(case.is_stale(column) or column.state is ColumnState.BLANK for column in columns):
        return [case.finding(row, FindingState.NOT_DETERMINED, f"{name}栏目未能读取", evidence=evidence)]
    message = f"{name}栏目未按期更新"
    return [case.finding(row, FindingState.ESTABLISHED, message, points=row.points or 0, evidence=evidence)]


@check(NamedColumnParams)
def named_column(case: Case, row: Indicator, params: NamedColumnParams) -> list[Finding]:
    """Deduction: no column of one of the names on any page that was read (概况信息、机构职能、领导信息：未开设的扣5分).

    国办秘函〔2019〕19号. Menus count on every page, since such columns often stand below 政务公开. That none was seen
    is for a person to confirm; a home page whose menu only scripts or frames show leaves it open.
    """
    if not case.home_pages:
        return [case.finding(row, FindingState.NOT_DETERMINED, "首页未能读取，无法列出栏目")]
    if any(_is_named(name, params) for name in _names_shown(case)):
        return []
    if _menu_is_hidden(case):
        return [
            case.finding(row, FindingState.NOT_DETERMINED, "首页菜单未能读全（由脚本或框架生成），无法判断栏目是否开设")
        ]
    message = f"首页和读到的页面均未见{row.name}类栏目"
    evidence = [page_evidence(page, message) for page in case.home_pages[-1:]]
    return [case.finding(row, FindingState.SUSPECTED, message, points=row.points or 0, evidence=evidence)]


def _menu_is_hidden(case: Case) -> bool:
    """Whether scripts or frames may hold more of the menu than was read."""
    return not case.columns or case.home_may_hold_more


def _is_shown_below(case: Case, class_id: str) -> bool:
    """Whether any page that was read shows a name of the class, as of a column below the menu."""
    class_ = next((each for each in case.edition.column_classes if each.id == class_id), None)
    if class_ is None:
        return False
    named = (name for name in _names_shown(case) if any(word in name for word in class_.names))
    return any(not any(word in name for word in class_.excluded_names) for name in named)


def _is_named(name: str, params: NamedColumnParams) -> bool:
    return any(word in name for word in params.names) and not any(word in name for word in params.excluded_names)


def _names_shown(case: Case) -> Iterator[str]:
    """Names of columns, and all other texts as short as such a name, the titles of dated items apart."""
    for page in case.observations.pages:
        if page.facts is None:
            continue
        yield from (column.name for column in page.facts.columns)
        lists = (page.facts.list_items, *(column.items for column in page.facts.columns))
        titles = {item.title for items in lists for item in items if item.date is not None}
        texts = (*page.facts.text.split("\n"), *(link.text for link in page.facts.links))
        yield from (text for text in texts if len(text) <= _NAME_LENGTH and text not in titles)


@check(OtherColumnParams)
def other_columns(case: Case, row: Indicator, params: OtherColumnParams) -> list[Finding]:
    """Deduction per blank or stale column outside the classes that other indicators judge (其他栏目)."""
    excepted = set(params.except_classes)
    findings = []
    for column in case.columns:
        if _class_id(case, column) in excepted:
            continue
        if column.state is ColumnState.BLANK:
            message = f"栏目“{column.name}”空白"
            points = params.blank_points
            evidence = [column_evidence(column)]
            findings.append(
                case.finding(
                    row, FindingState.ESTABLISHED, message, subject=column.url, points=points, evidence=evidence
                )
            )
        elif case.is_stale(column):
            findings.append(_stale(case, row, column, params.stale_points))
    return findings


def _class_id(case: Case, column: ColumnSeen) -> str:
    class_ = case.column_class(column)
    return class_.id if class_ is not None else ""


def _stale(case: Case, row: Indicator, column: ColumnSeen, points: Decimal) -> Finding:
    class_ = case.column_class(column)
    window = f"{class_.window_days} 天" if class_ is not None else "规定期限"
    newest = f"最新日期 {column.newest}" if column.newest else "未注明日期"
    message = f"栏目“{column.name}”{window}内未更新（{newest}）"
    evidence = [column_evidence(column)]
    return case.finding(row, FindingState.ESTABLISHED, message, subject=column.url, points=points, evidence=evidence)
