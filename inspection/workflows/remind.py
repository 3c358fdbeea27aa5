"""Remind: make the reminders of a day, and put on record who was told."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from inspection.errors import Conflict, InputRejected
from inspection.records import RecordRepository, get, revised
from inspection.reminders import DueItem, Reminder, StageRule, reminders_for


def remind(
    items: Iterable[DueItem], stages: Sequence[StageRule], *, day: date, reminders: RecordRepository[Reminder]
) -> int:
    """Make the reminders of a day that are not there yet; returns how many were new. Safe to repeat."""
    return reminders.add(reminders_for(items, stages, day))


def mark_told(id_: str, *, by: str, reminders: RecordRepository[Reminder], at: datetime) -> Reminder:
    """Put on record that the person was told, by whom. NotFound, or Conflict where somebody already did."""
    if not by.strip():
        raise InputRejected("须写明由谁提醒（--by）")
    reminder = get(reminders, id_, "提醒")
    if reminder.told is not None:
        raise Conflict(f"{id_} 已由 {reminder.told_by} 提醒过")
    told = revised(reminder, told=at, told_by=by, state="told")
    reminders.replace(told)
    return told
