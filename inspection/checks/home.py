"""Freshness of the home page (网站不更新、首页不更新、首页栏目)."""

from datetime import date, timedelta
from typing import Annotated

import msgspec

from inspection.checks.case import Case, column_evidence, page_evidence
from inspection.checks.check import Params, check
from inspection.findings import Finding, FindingState
from inspection.observation.columns import ColumnState, newest_date
from inspection.standard import Indicator

Window = Annotated[int, msgspec.Meta(ge=1, title="{} 天内")]


class WindowParams(Params, frozen=True, kw_only=True):
    """How long back is looked."""

    window_days: Window


class UpdateCountParams(WindowParams, frozen=True, kw_only=True):
    """How much is asked for."""

    min_items: Annotated[int, msgspec.Meta(ge=1, title="更新不少于 {} 条")]


@check(WindowParams)
def home_not_updated(case: Case, row: Indicator, params: WindowParams) -> list[Finding]:
    """Veto: nothing on the home page is dated within ``window_days`` of the monitoring date.

    国办发〔2015〕15号: 监测2周，首页栏目无信息更新的（首页仅为网站栏目导航入口的，检查所有二级页面栏目）；
    未注明信息发布时间的视为不更新. 国办秘函〔2019〕19号 keeps the rule.
    """
    if not case.home_pages:
        return [case.finding(row, FindingState.NOT_DETERMINED, "首页未能读取，无法判断是否更新")]
    if not case.home_items:
        return _navigation_only(case, row, params)
    newest = newest_date(case.home_items, case.observations.last_day)
    if newest is not None and newest >= _window_start(case, params):
        return []
    if case.home_is_partly_scripted:
        message = f"首页部分列表由脚本生成；可见内容{_described(newest)}，需渲染后判断"
        return [case.finding(row, FindingState.NOT_DETERMINED, message)]
    message = f"首页{_described(newest)}，监测时间点 {case.observations.as_of} 前 {params.window_days} 天内无更新"
    evidence = [
        page_evidence(page, f"首页共 {len(case.home_items)} 条信息，{_described(newest)}") for page in case.home_pages
    ]
    return [case.finding(row, FindingState.ESTABLISHED, message, evidence=evidence)]


@check(UpdateCountParams)
def home_update_count(case: Case, row: Indicator, params: UpdateCountParams) -> list[Finding]:
    """Deduction: fewer than ``min_items`` home-page items within ``window_days`` (国办发〔2015〕15号，首页栏目)."""
    if not case.home_pages:
        return [case.finding(row, FindingState.NOT_DETERMINED, "首页未能读取，无法统计更新数量")]
    last, start = case.observations.last_day, _window_start(case, params)
    recent = [item for item in case.home_items if item.date is not None and start <= item.date <= last]
    if len(recent) >= params.min_items:
        return []
    message = f"监测时间点前 {params.window_days} 天内首页更新 {len(recent)} 条，少于 {params.min_items} 条"
    if case.home_is_partly_scripted or not case.home_items:
        return [case.finding(row, FindingState.NOT_DETERMINED, f"{message}（首页列表未能全部读取）")]
    evidence = [page_evidence(page, message) for page in case.home_pages[-1:]]
    return [case.finding(row, FindingState.ESTABLISHED, message, points=row.points or 0, evidence=evidence)]


def _navigation_only(case: Case, row: Indicator, params: WindowParams) -> list[Finding]:
    """The home page has no list of its own: all second-level columns are looked at instead."""
    if case.home_is_partly_scripted:
        return [case.finding(row, FindingState.NOT_DETERMINED, "首页列表由脚本生成，需渲染后判断")]
    start = _window_start(case, params)
    if any(column.newest is not None and column.newest >= start for column in case.columns):
        return []
    unknown = [
        column for column in case.columns if not column.state.is_known or column.state is ColumnState.UNREACHABLE
    ]
    if unknown or not case.columns:
        message = f"首页仅为导航，{len(unknown)} 个二级栏目未能读取" if case.columns else "首页没有可读的列表和栏目"
        return [case.finding(row, FindingState.NOT_DETERMINED, message)]
    message = f"首页仅为导航，{len(case.columns)} 个二级栏目在 {params.window_days} 天内均无更新"
    evidence = [column_evidence(column) for column in case.columns]
    return [case.finding(row, FindingState.ESTABLISHED, message, evidence=evidence)]


def _window_start(case: Case, params: WindowParams) -> date:
    return case.observations.as_of - timedelta(days=params.window_days)


def _described(newest: date | None) -> str:
    return f"最新信息日期为 {newest}" if newest else "信息均未注明日期"
