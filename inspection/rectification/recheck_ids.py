"""Ids of rounds that are rechecks: made of the id of the round whose cases are looked at again, and a number."""

import hashlib
import re

PREFIX = "recheck-"
"""All of them begin so."""
_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,52}")
"""Ids that leave room for the prefix and a number of three digits in the 64 characters of a round's id."""
_FOREIGN = re.compile(r"[^A-Za-z0-9._-]+")
_KEPT = 32
_DIGITS = 12


def recheck_id(round_id: str, number: int) -> str:
    """The id of the recheck of that number (from 1) of a round; the same whenever it is asked for.

    A round id that is too long, or has characters that ids of rounds run here may not have (rounds that were run
    elsewhere have Chinese ones), stands in it shortened, with a digest.
    """
    return f"{_stem(round_id)}-{number}"


def is_recheck_of(id_: str, round_id: str) -> bool:
    """Whether a round is a recheck of that one."""
    return id_.rpartition("-")[0] == _stem(round_id)


def number_of(id_: str) -> int:
    """Which recheck of its round it is."""
    return int(id_.rpartition("-")[2])


def _stem(round_id: str) -> str:
    if _PLAIN.fullmatch(round_id):
        return f"{PREFIX}{round_id}"
    kept = _FOREIGN.sub("-", round_id)[:_KEPT].strip("-")
    digest = hashlib.sha256(round_id.encode()).hexdigest()[:_DIGITS]
    return f"{PREFIX}{kept}-{digest}" if kept else f"{PREFIX}{digest}"
