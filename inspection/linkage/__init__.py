"""Linkage with the State Council: shares of columns and reposts, new-media accounts, coverage of events."""

from inspection.linkage.accounts import (
    Account,
    AccountLevel,
    AccountSeen,
    AccountStatus,
    Freshness,
    Platform,
    freshness,
)
from inspection.linkage.carried import Carried, Carrier, event_key
from inspection.linkage.rules import LinkageRules
from inspection.linkage.shares import Share, change_of

__all__ = [
    "Account",
    "AccountLevel",
    "AccountSeen",
    "AccountStatus",
    "Carried",
    "Carrier",
    "Freshness",
    "LinkageRules",
    "Platform",
    "Share",
    "change_of",
    "event_key",
    "freshness",
]
