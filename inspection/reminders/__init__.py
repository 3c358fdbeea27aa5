"""Deadlines (到期提醒): what is due soon, due today, or late, and who is to be told."""

from inspection.reminders.reminder import (
    DueItem,
    Reminder,
    Stage,
    StageRule,
    parse_stages,
    reminders_for,
    shipped_stages,
)

__all__ = [
    "DueItem",
    "Reminder",
    "Stage",
    "StageRule",
    "parse_stages",
    "reminders_for",
    "shipped_stages",
]
