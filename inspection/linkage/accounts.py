"""Accounts of governments in the new media (政务新媒体), and what was seen of them."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from inspection.cells import Cells, choices_of
from inspection.linkage.rules import LinkageRules
from inspection.observation.site import china_day
from inspection.records import Record, revised


class Platform(StrEnum):
    """Where an account is."""

    WECHAT = "wechat"
    WEIBO = "weibo"
    APP = "app"
    SHORT_VIDEO = "short-video"
    HEADLINES = "headlines"
    OTHER = "other"

    @property
    def chinese(self) -> str:
        """As lists print it."""
        names = ("微信", "微博", "移动客户端", "短视频", "今日头条", "其他")
        return dict(zip(Platform, names, strict=True))[self]


class AccountLevel(StrEnum):
    """Level of the owner."""

    CENTRAL = "central"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"

    @property
    def chinese(self) -> str:
        """As lists print it."""
        return {"central": "国务院部门", "province": "省级", "city": "市级", "county": "县级及以下"}[self.value]


class AccountStatus(StrEnum):
    """Registry status."""

    NORMAL = "normal"
    SUSPENDED = "suspended"
    CLOSED = "closed"

    @property
    def chinese(self) -> str:
        """As lists print it."""
        return {"normal": "正常", "suspended": "暂停", "closed": "注销"}[self.value]


class Account(Record, frozen=True, kw_only=True):
    """An account. ``id`` is ``<platform>:<account>``; ``region`` that of the owner.

    ``last_update`` is the newest update known of, ``seen_on`` the last day in China on which anybody looked: only
    between the two has the account been silent for certain. None = never.
    """

    platform: Platform
    name: str
    owner: str
    level: AccountLevel
    status: AccountStatus = AccountStatus.NORMAL
    last_update: date | None = None
    seen_on: date | None = None


class Freshness(StrEnum):
    """Whether an account is kept up."""

    FRESH = "fresh"
    STALE = "stale"
    NOT_DETERMINED = "not_determined"

    @property
    def chinese(self) -> str:
        """As lists print it."""
        return {"fresh": "正常更新", "stale": "更新不及时", "not_determined": "未判定"}[self.value]


def freshness(account: Account, day: date, rules: LinkageRules) -> Freshness:
    """Whether an account has been silent for more days than its rule allows, as of ``day``.

    Nothing is said of one that nobody has looked at within these days, nor of one whose last update is not known.
    """
    days = rules.for_region(account.region).days
    if account.last_update is not None and (day - account.last_update).days <= days:
        return Freshness.FRESH
    if account.last_update is None or account.seen_on is None or (day - account.seen_on).days > days:
        return Freshness.NOT_DETERMINED
    return Freshness.STALE if (account.seen_on - account.last_update).days > days else Freshness.NOT_DETERMINED


class AccountSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What an observer saw of an account: when, its newest update, and the event or article it carried, if any."""

    account: str
    seen_at: datetime
    last_update: date | None = None
    event: str = ""
    url: str = ""

    @property
    def key(self) -> str:
        """Identity: account, moment, event."""
        return f"{self.account} {self.seen_at.isoformat()} {self.event}"


def with_sighting(account: Account, seen: AccountSeen) -> Account:
    """The account as it stands after a sighting; itself where that tells nothing new."""
    seen_on = china_day(seen.seen_at)
    newest = max((day for day in (account.last_update, seen.last_update) if day is not None), default=None)
    last_look = seen_on if account.seen_on is None else max(account.seen_on, seen_on)
    if (newest, last_look) == (account.last_update, account.seen_on):
        return account
    return revised(account, last_update=newest, seen_on=last_look)


def as_registered(stored: Account, row: Account) -> Account:
    """The stored account as a registry row has it; itself where nothing differs. Of what was seen the newest stays."""
    newest = max((day for day in (stored.last_update, row.last_update) if day is not None), default=None)
    looked = max((day for day in (stored.seen_on, row.seen_on) if day is not None), default=None)
    changes = {"region": row.region, "owner": row.owner, "level": row.level, "status": row.status}
    after = msgspec.structs.replace(stored, **changes, last_update=newest, seen_on=looked)
    return stored if after == stored else revised(after)


ACCOUNT_REQUIRED = ("platform", "account", "owner", "region", "level")
ACCOUNT_OPTIONAL = ("status", "last_update", "seen_on")
SEEN_REQUIRED = ("platform", "account", "seen_at")
SEEN_OPTIONAL = ("last_update", "event", "url")
_LEVELS = {**choices_of(AccountLevel), "县级": AccountLevel.COUNTY}
"""Levels by name; that of counties as files of offices write it, too."""


def read_account(cells: Cells) -> Account | None:
    """The account of a row; None where ``cells`` has noted problems."""
    platform = cells.choice("platform", choices_of(Platform), Platform.OTHER)
    name = cells.text("account", required=True, limit=100)
    last_update, seen_on = cells.day("last_update"), cells.day("seen_on")
    if last_update is not None and seen_on is not None and last_update > seen_on:
        cells.refuse("last_update", "最后更新日期晚于观察日期")
    account = Account(
        id=account_id(platform, name),
        region=cells.region("region"),
        platform=platform,
        name=name,
        owner=cells.text("owner", required=True, limit=100),
        level=cells.choice("level", _LEVELS, AccountLevel.COUNTY),
        status=cells.choice("status", choices_of(AccountStatus), AccountStatus.NORMAL),
        last_update=last_update,
        seen_on=seen_on or last_update,
    )
    for column in ("platform", "level"):
        cells.text(column, required=True)
    return None if cells.problems else account


def read_sighting(cells: Cells) -> AccountSeen | None:
    """The sighting of a row; None where ``cells`` has noted problems."""
    seen_at = cells.moment("seen_at", required=True)
    cells.text("platform", required=True)
    platform = cells.choice("platform", choices_of(Platform), Platform.OTHER)
    seen = AccountSeen(
        account=account_id(platform, cells.text("account", required=True, limit=100)),
        seen_at=seen_at or datetime.min,
        last_update=cells.day("last_update"),
        event=cells.text("event", limit=200),
        url=cells.text("url", limit=2048),
    )
    if seen_at is not None and seen.last_update is not None and seen.last_update > china_day(seen_at):
        cells.refuse("last_update", "最后更新日期晚于观察时间")
    return None if cells.problems else seen


def account_id(platform: Platform, name: str) -> str:
    """Identity of an account."""
    return f"{platform.value}:{name}"
