"""By how many persons a bulletin is made."""

from functools import lru_cache
from typing import Literal

from inspection.rules import Rule, shipped_rules
from inspection.standard.source import Source


class ReviewRule(Rule, frozen=True, kw_only=True):
    """``persons`` who draft (and let conflicts stand) and who review must be as many different ones."""

    persons: Literal[1, 2]
    source: Source


class BulletinRules(Rule, frozen=True, kw_only=True):
    """The whole file."""

    review: ReviewRule


@lru_cache(maxsize=1)
def shipped_bulletin_rules() -> BulletinRules:
    """Those that come with the program."""
    return shipped_rules("bulletin", BulletinRules)
