"""An edition of the standard: indicators, column classes, profiles and the pass rule, all of them data."""

import hashlib
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from inspection.registry.site import Site, SiteCategory, SiteStatus
from inspection.standard.lexicon import Lexicon
from inspection.standard.source import Source


class IndicatorKind(StrEnum):
    """What a finding under an indicator does to a site. ``KPI`` costs nothing: it is counted over all sites."""

    VETO = "veto"
    DEDUCTION = "deduction"
    BONUS = "bonus"
    KPI = "kpi"

    @property
    def chinese(self) -> str:
        """The kind as tables print it."""
        return {"veto": "单项否决", "deduction": "扣分", "bonus": "加分", "kpi": "考核"}[self.value]


class Automation(StrEnum):
    """Who can decide an indicator."""

    MACHINE = "machine"
    MACHINE_REVIEW = "machine+review"
    HUMAN = "human"

    @property
    def chinese(self) -> str:
        """As tables print it."""
        return {"machine": "机器", "machine+review": "机器+人工复核", "human": "人工"}[self.value]


class Target(StrEnum):
    """What is judged by an indicator: a website, a new-media account, or the office that answers for many.

    ``CLOSED_SITE`` is a website that the registry reports as closed; all other indicators leave it alone.
    """

    SITE = "site"
    CLOSED_SITE = "closed-site"
    ACCOUNT = "account"
    OFFICE = "office"

    @property
    def chinese(self) -> str:
        """As tables print it."""
        return {
            "site": "网站",
            "closed-site": "已关停网站",
            "account": "政务新媒体账号",
            "office": "主管单位",
        }[self.value]


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of an edition file; a key that it does not know is refused."""


class ColumnClass(_Row, frozen=True, kw_only=True):
    """A class of columns with its update window (days) and the words that name it; first match wins.

    ``column_types`` are values of the page tag ColumnType that put a column into the class whatever its name.
    ``window_days`` None = the class is recognized, but has no window of its own.
    """

    id: str
    name: str
    names: tuple[str, ...]
    window_days: int | None = None
    excluded_names: tuple[str, ...] = ()
    column_types: tuple[str, ...] = ()
    source: Source = Source.FOUND


class Scope(_Row, frozen=True, kw_only=True):
    """A named set of sites: those of one of the classes, or whose code matches a pattern (``?`` and ``*``)."""

    id: str
    name: str
    categories: tuple[SiteCategory, ...] = ()
    codes: tuple[str, ...] = ()
    source: Source = Source.FOUND

    def contains(self, site: Site) -> bool:
        """Whether the site belongs to the set."""
        return site.category in self.categories or any(fnmatchcase(site.code, pattern) for pattern in self.codes)


class Group(_Row, frozen=True, kw_only=True):
    """First-level heading of the table. ``points`` bounds what the indicators under it can cost together."""

    id: str
    name: str
    points: Decimal | None = None
    source: Source = Source.FOUND


class Indicator(_Row, frozen=True, kw_only=True):
    """One row of the indicator table.

    ``check`` names the check that serves it (empty: people only); ``params`` are the check's thresholds.
    ``points`` is what one finding costs (or earns), None where the check computes it or a veto needs none;
    ``cap`` bounds the sum of the indicator's deductions. ``scope`` names the sites it applies to, empty = all.
    ``since`` is the first day on which it binds, where that is later than the edition itself.
    ``corresponds`` names the rows of other editions that rule the same matter; ``note`` tells users (in Chinese)
    what the machine can see of it and what only a person can.
    """

    id: str
    name: str
    clause: str
    kind: IndicatorKind
    automation: Automation
    source: Source
    group: str = ""
    target: Target = Target.SITE
    check: str = ""
    params: dict[str, Any] = {}
    points: Decimal | None = None
    cap: Decimal | None = None
    scope: str = ""
    since: date | None = None
    corresponds: tuple[str, ...] = ()
    note: str = ""


class PassRule(_Row, frozen=True, kw_only=True):
    """Below ``pass_score`` of ``full_score`` points a site fails.

    Where ``bonus_above`` is set, a score above it earns bonus points too, ``bonus_cap`` of them at most.
    """

    id: str
    name: str
    clause: str
    full_score: Decimal
    pass_score: Decimal
    source: Source
    bonus_above: Decimal | None = None
    bonus_cap: Decimal | None = None


class Change(_Row, frozen=True, kw_only=True):
    """What an own edition or a profile changes of an indicator; ``params`` are laid over those of the row."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    clause: str | msgspec.UnsetType = msgspec.UNSET
    kind: IndicatorKind | msgspec.UnsetType = msgspec.UNSET
    automation: Automation | msgspec.UnsetType = msgspec.UNSET
    source: Source | msgspec.UnsetType = msgspec.UNSET
    check: str | msgspec.UnsetType = msgspec.UNSET
    points: Decimal | msgspec.UnsetType = msgspec.UNSET
    cap: Decimal | msgspec.UnsetType = msgspec.UNSET
    scope: str | msgspec.UnsetType = msgspec.UNSET
    since: date | msgspec.UnsetType = msgspec.UNSET
    note: str | msgspec.UnsetType = msgspec.UNSET
    params: dict[str, Any] = {}

    def applied_to(self, row: Indicator) -> Indicator:
        """The row as changed."""
        given = {name: value for name in self.__struct_fields__ if (value := getattr(self, name)) is not msgspec.UNSET}
        return msgspec.structs.replace(row, **{**given, "params": {**row.params, **self.params}})


class Profile(_Row, frozen=True, kw_only=True):
    """Special rules for some sites: classes, regions (prefixes of GB/T 2260), or codes; empty = nobody.

    Indicators ``without`` are not judged. ``full_score`` replaces that of the pass rule, and the score is
    multiplied by ``scale_numerator / scale_denominator`` (4/3 where a quarter of the points is not judged).
    """

    id: str
    name: str
    clause: str
    source: Source
    scope: str = ""
    regions: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    full_score: Decimal | None = None
    bonus_cap: Decimal | None = None
    scale_numerator: int = 1
    scale_denominator: int = 1
    group_points: dict[str, Decimal] = {}
    changes: dict[str, Change] = {}

    def covers(self, site: Site) -> bool:
        """Whether the site is named by code or region."""
        return site.code in self.codes or any(site.region.startswith(prefix) for prefix in self.regions)


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """The rules that bind one site on one day: the edition's, with the profiles that cover it applied in order.

    ``rows`` keep the order of the table and are those whose target is the site.
    """

    edition: str
    digest: str
    rows: tuple[Indicator, ...]
    groups: tuple[Group, ...]
    counted_once: tuple[tuple[str, ...], ...]
    pass_rule: PassRule
    scale_numerator: int = 1
    scale_denominator: int = 1
    profiles: tuple[str, ...] = ()
    veto_reviewers: int = 1


class Edition(_Row, frozen=True, kw_only=True):
    """One edition of the standard. ``valid_to`` None = still in force.

    ``counted_once`` are lists of indicators under which the same subject costs points once only: under the first
    of the list. ``veto_reviewers`` is how many persons must agree on a veto finding (2 = two-person rule).
    ``extends`` is the edition that an own file changes, empty for one that stands alone.
    """

    id: str
    name: str
    document: str
    valid_from: date
    valid_to: date | None = None
    extends: str = ""
    pass_rule: PassRule
    column_classes: tuple[ColumnClass, ...]
    indicators: tuple[Indicator, ...]
    scopes: tuple[Scope, ...] = ()
    groups: tuple[Group, ...] = ()
    profiles: tuple[Profile, ...] = ()
    lexicons: tuple[Lexicon, ...] = ()
    counted_once: tuple[tuple[str, ...], ...] = ()
    veto_reviewers: int = 1

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the whole content: two editions of the same digest judge alike."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()

    def scope_named(self, scope_id: str) -> Scope:
        """The scope of that id; parsing has made sure that it exists."""
        return next(scope for scope in self.scopes if scope.id == scope_id)

    def applies(self, row: Indicator, site: Site, day: date) -> bool:
        """Whether the row judges this site on that day."""
        target = Target.CLOSED_SITE if site.status is SiteStatus.CLOSED else Target.SITE
        if row.target is not target or (row.since is not None and day < row.since):
            return False
        return not row.scope or self.scope_named(row.scope).contains(site)

    def ruling(self, site: Site, day: date, *, digest: str = "") -> Ruling:
        """What binds ``site`` on ``day``. ``digest`` may be passed by who judges many sites."""
        rows = [row for row in self.indicators if self.applies(row, site, day)]
        ruling = Ruling(
            edition=self.id,
            digest=digest or self.digest,
            rows=tuple(rows),
            groups=self.groups,
            counted_once=self.counted_once,
            pass_rule=self.pass_rule,
            veto_reviewers=self.veto_reviewers,
        )
        for profile in self.profiles:
            if profile.covers(site) and (not profile.scope or self.scope_named(profile.scope).contains(site)):
                ruling = _under(profile, ruling)
        return ruling


def _under(profile: Profile, ruling: Ruling) -> Ruling:
    kept = [row for row in ruling.rows if row.id not in profile.without]
    rows = [profile.changes[row.id].applied_to(row) if row.id in profile.changes else row for row in kept]
    groups = [
        msgspec.structs.replace(group, points=profile.group_points[group.id])
        if group.id in profile.group_points
        else group
        for group in ruling.groups
    ]
    rule = ruling.pass_rule
    return msgspec.structs.replace(
        ruling,
        rows=tuple(rows),
        groups=tuple(groups),
        pass_rule=msgspec.structs.replace(
            rule,
            full_score=rule.full_score if profile.full_score is None else profile.full_score,
            bonus_cap=rule.bonus_cap if profile.bonus_cap is None else profile.bonus_cap,
        ),
        scale_numerator=ruling.scale_numerator * profile.scale_numerator,
        scale_denominator=ruling.scale_denominator * profile.scale_denominator,
        profiles=(*ruling.profiles, profile.id),
    )
