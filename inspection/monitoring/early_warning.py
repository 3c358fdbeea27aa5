"""Early warnings (预警): a site is on the way to a veto, and its office can still mend it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

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

    ``told`` is when somebody was told, which happens once. ``basis`` says in Chinese what the value rests on.
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
    is_share: bool = False

    @property
    def shown(self) -> str:
        """The value beside its threshold, in Chinese."""
        value, above = (f"{n:.1%}" if self.is_share else f"{n:g}" for n in (self.value, self.threshold))
        return f"{value}（预警线 {above}，依据 {self.basis}）"


Value = tuple[float, int]
"""A value, and how many visits, items or columns it rests on."""


def values_of(case: Case, *, limit_s: float) -> dict[Measure, Value]:
    """What a site's observations say of each measure; what they do not say is absent.

    A home page that scripts write, or that could not be read, says nothing about its freshness.
    """
    found: dict[Measure, Value] = {}
    tally = tally_probes(case.observations.probes, limit_s)
    if tally.counted:
        found[Measure.HOME_FAILURE_SHARE] = (tally.failed_share, tally.counted)
    newest = newest_date(case.home_items, case.observations.last_day)
    if newest is not None and not case.home_is_partly_scripted:
        days = (case.observations.last_day - newest).days
        found[Measure.HOME_STALE_DAYS] = (float(max(days, 0)), len(case.home_items))
    seen = [column for column in case.columns if column.state.is_known]
    if seen:
        blank = sum(column.state is ColumnState.BLANK for column in seen)
        found[Measure.BLANK_COLUMNS] = (float(blank), len(seen))
        found[Measure.STALE_COLUMNS] = (float(blank + sum(map(case.is_stale, seen))), len(seen))
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
        if known is None or known[1] < rule.min_visits:
            continue
        value, basis = known[0], _basis(rule.measure, known[1])
        before = by_rule.get(rule.id)
        if before is None and value > rule.above:
            new.append(_new(site, rule, value, basis, at))
        elif before is not None and value <= rule.above:
            changed.append(revised(before, value=value, basis=basis, state=WarningState.ENDED, ended=at))
        elif before is not None and value != before.value:
            changed.append(revised(before, value=value, basis=basis, worst=max(value, before.worst)))
    return new, changed


def _basis(measure: Measure, number: int) -> str:
    counted = {
        Measure.HOME_FAILURE_SHARE: "{} 次有效探测",
        Measure.HOME_STALE_DAYS: "首页 {} 条信息",
    }
    return counted.get(measure, "{} 个栏目").format(number)


def _new(site: Site, rule: WarningRule, value: float, basis: str, at: datetime) -> EarlyWarning:
    return EarlyWarning(
        id=f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}:{site.code}:{rule.id}",
        region=site.region,
        code=site.code,
        site_name=site.name,
        rule=rule.id,
        title=rule.title,
        state=WarningState.OPEN,
        value=value,
        worst=value,
        threshold=rule.above,
        since=at,
        basis=basis,
        is_share=rule.measure is Measure.HOME_FAILURE_SHARE,
    )
