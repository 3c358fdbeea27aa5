"""Domain values to BSON and back, in one place.

Datetimes are stored as such (aware UTC, millisecond precision), dates and decimals as text (exact), time
spans as ISO 8601. The facts of a page are the bulk of all data and are only read whole: they are stored packed
(:mod:`inspection.observation.packing`).
"""

from datetime import datetime
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def encode(value: msgspec.Struct) -> dict[str, Any]:
    """A struct as a BSON-ready dictionary."""
    document: dict[str, Any] = msgspec.to_builtins(value, builtin_types=(datetime, bytes))
    return document


def decode(document: dict[str, Any], type_: type[T]) -> T:
    """The struct that a document holds; fields that are not the struct's are ignored."""
    return msgspec.convert(document, type_, builtin_types=(datetime, bytes), strict=False)


def areas_of(region: str) -> list[str]:
    """Prefixes of a region, so that province, city and county are each one equality match."""
    return [region[:2], region[:4], region]
