"""Early warnings (预警): a site is on the way to a veto, and its office can still mend it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple

import msgspec

from inspection.checks import Case
from inspection.checks.availability import tally_probes
from inspection.observation.columns import ColumnState, newest_date
from inspection.records import Record, revised
from inspection.registry import Site
from inspection.standard.source import Source


class Measure(StrEnum):
    """What a rule looks at."""

    HOME_FAILURE_SHARE = "home_failure_share"
    """Share (0..1) of visits of the home page within a week that did not open."""
    HOME_STALE_DAYS = "home_stale_days"
    """Days since the newest date on the home page."""
    BLANK_COLUMNS = "blank_columns"
    """Columns without any item."""
    STALE_COLUMNS = "stale_columns"
    """Columns that should have been updated and were not, blank ones among them."""


class WarningRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Warn of a site where ``measure`` is more than ``above``; ``title`` is Chinese.

    A share counts from ``min_visits`` visits on.
    """

    id: str
    title: str
    measure: Measure
    above: float
    source: Source
    min_visits: Annotated[int, msgspec.Meta(ge=1)] = 1
    note: str = ""


class WarningState(StrEnum):
    """A warning stands until the value has fallen back."""

    OPEN = "open"
    ENDED = "ended"

    @property
    def chinese(self) -> str:
        """As tables print it."""
        return {"open": "预警中", "ended": "已解除"}[self.value]


class EarlyWarning(Record, frozen=True, kw_only=True):
    """One site, one rule, from ``since`` to ``ended``; ``value`` is the latest, ``worst`` the highest seen.

    ``told`` is when somebody was told, which happens once. ``basis`` says in Chinese what the value rests on,
    ``observed`` is when that was last seen, ``end_reason`` why it ended (Chinese).
    """

    code: str
    site_name: str
    rule: str
    title: str
    state: WarningState
    value: float
    worst: float
    threshold: float
    since: datetime
    basis: str = ""
    told: datetime | None = None
    ended: datetime | None = None
    observed: datetime | None = None
    end_reason: str = ""
    is_share: bool = False

    @property
    def shown(self) -> str:
        """The value beside its threshold, in Chinese."""
        value, above = (f"{n:.1%}" if self.is_share else f"{n:g}" for n in (self.value, self.threshold))
        return f"{value}（预警线 {above}，依据 {self.basis}）"


class Value(NamedTuple):
    """A value, how many visits, items or columns it rests on, and when the latest of them was seen."""

    value: float
    number: int
    at: datetime


def values_of(case: Case, *, limit_s: float) -> dict[Measure, Value]:
    """What a site's observations say of each measure; what they do not say is absent.

    A home page that scripts write, or that could not be read, says nothing about its freshness.
    """
    found: dict[Measure, Value] = {}
    tally = tally_probes(case.observations.probes, limit_s)
    if tally.counted:
        last = max(probe.at for probe in case.observations.probes)
        found[Measure.HOME_FAILURE_SHARE] = Value(tally.failed_share, tally.counted, last)
    read = max((page.fetched_at for page in case.observations.pages), default=None)
    if read is None:
        return found
    newest = newest_date(case.home_items, case.observations.last_day)
    if newest is not None and not case.home_is_partly_scripted:
        days = (case.observations.last_day - newest).days
        found[Measure.HOME_STALE_DAYS] = Value(float(max(days, 0)), len(case.home_items), read)
    seen = [column for column in case.columns if column.state.is_known]
    if seen:
        blank = sum(column.state is ColumnState.BLANK for column in seen)
        found[Measure.BLANK_COLUMNS] = Value(float(blank), len(seen), read)
        found[Measure.STALE_COLUMNS] = Value(float(blank + sum(map(case.is_stale, seen))), len(seen), read)
    return found


def compared(
    site: Site,
    rules: Iterable[WarningRule],
    values: Mapping[Measure, Value],
    standing: Sequence[EarlyWarning],
    at: datetime,
) -> tuple[list[EarlyWarning], list[EarlyWarning]]:
    """(new warnings, standing ones that have changed), as of a moment.

    One whose value has fallen back ends; one whose value is not known now stays as it is.
    """
    by_rule = {warning.rule: warning for warning in standing}
    new, changed = [], []
    for rule in rules:
        known = values.get(rule.measure)
        if known is None or known.number < rule.min_visits:
            continue
        value, basis, seen = known.value, _basis(rule.measure, known.number), known.at
        before = by_rule.get(rule.id)
        if before is None and value > rule.above:
            new.append(_new(site, rule, known, at))
        elif before is not None and value <= rule.above:
            changed.append(revised(before, value=value, basis=basis, observed=seen, **_over(at, "已回落至预警线以内")))
        elif before is not None and (value, seen) != (before.value, before.observed):
            changed.append(revised(before, value=value, basis=basis, observed=seen, worst=max(value, before.worst)))
    return new, changed


def unobserved(warning: EarlyWarning, span: timedelta, at: datetime) -> EarlyWarning | None:
    """The warning as it ends since nothing was seen of it for a span; None where something was."""
    if at - (warning.observed or warning.since) <= span:
        return None
    return revised(warning, **_over(at, f"已 {span.days} 天没有新的观察，情况不明"))


def _over(at: datetime, reason: str) -> dict[str, object]:
    return {"state": WarningState.ENDED, "ended": at, "end_reason": reason}


def _basis(measure: Measure, number: int) -> str:
    counted = {
        Measure.HOME_FAILURE_SHARE: "{} 次有效探测",
        Measure.HOME_STALE_DAYS: "首页 {} 条信息",
    }
    return counted.get(measure, "{} 个栏目").format(number)


def _new(site: Site, rule: WarningRule, known: Value, at: datetime) -> EarlyWarning:
    return EarlyWarning(
        id=f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}:{site.code}:{rule.id}",
        region=site.region,
        code=site.code,
        site_name=site.name,
        rule=rule.id,
        title=rule.title,
        state=WarningState.OPEN,
        value=known.value,
        worst=known.value,
        threshold=rule.above,
        since=at,
        basis=_basis(rule.measure, known.number),
        observed=known.at,
        is_share=rule.measure is Measure.HOME_FAILURE_SHARE,
    )
