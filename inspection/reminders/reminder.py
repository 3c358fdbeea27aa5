"""Reminders of what has a due day, whatever it is: each is made once for each stage, and told once."""

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from importlib import resources

import msgspec

from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.records import Record
from inspection.registry.site import NATION
from inspection.workdays import after_working_days, working_days_between


class DueItem(msgspec.Struct, frozen=True, kw_only=True):
    """Something still open that somebody owes by the end of a day.

    ``kind`` and ``subject`` (an id within the kind) name it; ``who`` and ``what`` are Chinese, ``region`` is that of
    whoever owes it.
    """

    kind: str
    subject: str
    who: str
    what: str
    due: date
    region: str = NATION


class Stage(StrEnum):
    """When somebody is reminded."""

    BEFORE = "before"
    ON_THE_DAY = "on_the_day"
    LATE = "late"

    @property
    def chinese(self) -> str:
        """As tables print it."""
        return {"before": "即将到期", "on_the_day": "今日到期", "late": "已逾期"}[self.value]


class StageRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From ``working_days_before`` working days before the due day on, somebody is reminded (negative: after it).

    ``kinds`` are the kinds of items that the rule is for; empty: all that no other rule names.
    """

    working_days_before: int
    kinds: tuple[str, ...] = ()
    source: str = ""

    @property
    def stage(self) -> Stage:
        """What the reminder says."""
        if self.working_days_before > 0:
            return Stage.BEFORE
        return Stage.LATE if self.working_days_before < 0 else Stage.ON_THE_DAY

    def first_day(self, due: date) -> date:
        """The first day on which it applies to an item due on a day."""
        return after_working_days(due, -self.working_days_before)


class Reminder(Record, frozen=True, kw_only=True):
    """``who`` owes ``what`` by ``due``, and is to be told so at this stage.

    ``made`` is the day for which it was made, ``told`` when somebody was told. ``state`` is ``open`` until then.
    """

    kind: str
    subject: str
    who: str
    what: str
    due: date
    stage: Stage
    made: date
    state: str = "open"
    told: datetime | None = None
    told_by: str = ""

    @property
    def text(self) -> str:
        """As people read it."""
        return f"{self.stage.chinese}：{self.who}　{self.what}（应于 {self.due} 前完成）"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    stages: tuple[StageRule, ...]


def parse_stages(text: str, origin: str) -> tuple[StageRule, ...]:
    """Stages from TOML (``[[stages]]``); :class:`InputRejected` names what is wrong."""
    try:
        return msgspec.convert(tomllib.loads(text), _File).stages
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InputRejected(f"提醒规则 {origin} 有误：{in_chinese(error)}。写法见 docs/timetable.md") from error


def shipped_stages() -> tuple[StageRule, ...]:
    """Those that come with the program."""
    text = resources.files("inspection.reminders").joinpath("stages.toml").read_text("utf-8")
    return parse_stages(text, "stages.toml")


def reminders_for(items: Iterable[DueItem], stages: Sequence[StageRule], day: date) -> list[Reminder]:
    """The reminders that are to be there by ``day``, for each item the latest stage that it has reached.

    A stage that went by while nobody looked is not made up for: who is late need not be told that it will soon be due.
    An item that gets another due day is reminded of anew.
    """
    named = {kind for stage in stages for kind in stage.kinds}
    found = []
    for item in items:
        own = [stage for stage in stages if (item.kind in stage.kinds if item.kind in named else not stage.kinds)]
        reached = [stage for stage in own if stage.first_day(item.due) <= day]
        if reached:
            found.append(_reminder(item, min(reached, key=lambda stage: stage.working_days_before), day))
    return found


def _reminder(item: DueItem, rule: StageRule, day: date) -> Reminder:
    return Reminder(
        id=f"{item.due:%Y%m%d}:{item.kind}:{item.subject}:{rule.working_days_before}",
        region=item.region,
        kind=item.kind,
        subject=item.subject,
        who=item.who,
        what=item.what,
        due=item.due,
        stage=rule.stage,
        made=day,
    )


def days_late(due: date, day: date) -> int:
    """Working days since the due day; 0 up to it."""
    return max(0, working_days_between(due, day))
