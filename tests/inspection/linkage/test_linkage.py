"""Shares and their change, accounts, events carried."""

from datetime import date, datetime

import msgspec
import pytest

from inspection.cells import Cells
from inspection.linkage.accounts import (
    Account,
    AccountLevel,
    AccountSeen,
    Freshness,
    Platform,
    freshness,
    read_account,
    read_sighting,
    with_sighting,
)
from inspection.linkage.carried import Carrier, carried, event_key, read_carried
from inspection.linkage.shares import Share, change_of
from inspection.observation.site import CHINA
from inspection.supervision import load_rules

RULES = load_rules().linkage
DAY = date(2017, 3, 31)


def account(last: date | None, seen: date | None) -> Account:
    return Account(
        id="wechat:x",
        region="370600",
        platform=Platform.WECHAT,
        name="x",
        owner="某局",
        level=AccountLevel.CITY,
        last_update=last,
        seen_on=seen,
    )


@pytest.mark.parametrize(
    ("last", "seen", "state"),
    [
        (date(2017, 3, 17), None, Freshness.FRESH),
        (date(2017, 3, 16), date(2017, 3, 31), Freshness.STALE),
        (date(2017, 3, 16), date(2017, 3, 30), Freshness.NOT_DETERMINED),
        (date(2017, 1, 1), date(2017, 3, 16), Freshness.NOT_DETERMINED),
        (date(2017, 1, 1), date(2017, 3, 17), Freshness.STALE),
        (None, date(2017, 3, 31), Freshness.NOT_DETERMINED),
    ],
)
def test_an_account_is_stale_only_as_far_as_somebody_looked(last, seen, state):
    assert freshness(account(last, seen), DAY, RULES) is state


def test_days_without_update_are_a_rule_of_the_region():
    own = msgspec.structs.replace(RULES.stale[0], id="yt", region="3706", days=10)
    rules = msgspec.structs.replace(RULES, stale=(*RULES.stale, own))
    seen = account(date(2017, 3, 19), DAY)
    assert freshness(seen, DAY, RULES) is Freshness.FRESH
    assert freshness(seen, DAY, rules) is Freshness.STALE


def test_a_sighting_only_ever_adds():
    first = account(date(2017, 3, 10), date(2017, 3, 12))
    at = datetime(2017, 3, 20, 0, 30, tzinfo=CHINA)
    after = with_sighting(first, AccountSeen(account=first.id, seen_at=at, last_update=date(2017, 3, 9)))
    assert (after.last_update, after.seen_on, after.revision) == (date(2017, 3, 10), date(2017, 3, 20), 1)
    earlier = datetime(2017, 3, 1, tzinfo=CHINA)
    newest = with_sighting(after, AccountSeen(account=first.id, seen_at=earlier, last_update=date(2017, 3, 11)))
    assert (newest.last_update, newest.seen_on) == (date(2017, 3, 11), date(2017, 3, 20))
    assert with_sighting(after, AccountSeen(account=first.id, seen_at=at)) is after


def test_the_entry_share_went_up_by_four_points():
    """National bulletin of 2017 Q1: 97 % carry the entry, 4 points up on 93 %."""
    now = Share(have=97, lack=3, unknown=5)
    told = change_of(now, 0.93)
    assert told is not None
    assert round(told.points, 6) == 4
    assert told.significant is None
    few = change_of(now, Share(have=93, lack=7))
    many = change_of(Share(have=9700, lack=300), Share(have=9300, lack=700))
    assert few is not None
    assert many is not None
    assert (few.significant, many.significant) == (False, True)
    assert "在抽样误差范围内" in few.statement
    assert change_of(now, Share()) is None
    assert Share(unknown=3).value is None


def test_the_interval_of_a_difference_is_newcombes():
    """Example of the paper (method 10): 56/70 and 48/80, difference 0.20, interval 0.0524 to 0.3339."""
    told = change_of(Share(have=56, lack=14), Share(have=48, lack=32))
    assert told is not None
    assert "+5.2 至 +33.4" in told.statement


def test_rows_of_accounts_and_sightings():
    values = {"platform": "微信", "account": "某某发布", "owner": "某局", "region": "370600", "level": "市级"}
    read = read_account(Cells({**values, "last_update": "2017-03-01"}))
    assert read is not None
    assert (read.id, read.seen_on) == ("wechat:某某发布", date(2017, 3, 1))
    cells = Cells({**values, "platform": "", "level": "乡", "region": "999999"})
    assert read_account(cells) is None
    assert {problem.column for problem in cells.problems} == {"platform", "level", "region"}
    cells = Cells({"platform": "wechat", "account": "x", "seen_at": "2017-03-01 08:00", "last_update": "2017-03-02"})
    assert read_sighting(cells) is None


@pytest.mark.parametrize("level", ["县级", "县级及以下", "county"])
def test_the_level_of_counties_by_each_of_its_names(level):
    row = {"platform": "微信", "account": "甲发布", "owner": "某局", "region": "370602", "level": level}
    read = read_account(Cells(row))
    assert read is not None
    assert read.level is AccountLevel.COUNTY
    cells = Cells({**row, "level": "村"})
    assert read_account(cells) is None
    assert "县级及以下" in cells.problems[0].reason


def test_an_event_is_known_by_its_title_whatever_its_marks():
    assert event_key("国务院总理会见中外记者") == event_key("国务院总理，会见中外记者！")
    at = datetime(2017, 3, 15, 12, tzinfo=CHINA)
    one = carried("总理会见中外记者", Carrier.SITE, "3706000001", at)
    assert one.id == carried("总理会见中外记者。", Carrier.SITE, "3706000001", at).id
    row = {
        "event": "总理会见中外记者",
        "carrier": "新媒体账号",
        "subject": "x",
        "seen_at": "2017-03-15",
        "platform": "微博",
    }
    read = read_carried(Cells(row))
    assert read is not None
    assert read.subject == "weibo:x"
    cells = Cells({**row, "platform": ""})
    assert read_carried(cells) is None
    assert cells.problems[0].column == "platform"
