"""Domain values to BSON and back, in one place.

Datetimes are stored as such (aware UTC, millisecond precision), dates and decimals as text (exact), time
spans as ISO 8601. The facts of a page are the bulk of all data and are only read whole: they are stored packed
(:mod:`inspection.observation.packing`).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

T = TypeVar("T")


def encode(value: msgspec.Struct) -> dict[str, Any]:
    """A struct as a BSON-ready dictionary."""
    document: dict[str, Any] = msgspec.to_builtins(value, builtin_types=(datetime, bytes))
    return document


def decode(document: dict[str, Any], type_: type[T]) -> T:
    """The struct that a document holds; fields that are not the struct's are ignored."""
    return msgspec.convert(document, type_, builtin_types=(datetime, bytes), strict=False)


def projection_of(type_: type[msgspec.Struct]) -> dict[str, int]:
    """The projection that leaves no fields but the struct's, and of structs in tuples no fields but theirs."""
    return {"_id": 0, **dict.fromkeys(_paths(type_), 1)}


def _paths(type_: type[msgspec.Struct]) -> Iterator[str]:
    for name, hint in get_type_hints(type_).items():
        of_many = get_args(hint)[:1] if get_args(hint)[1:] == (Ellipsis,) else ()
        inner = [each for each in of_many if isinstance(each, type) and issubclass(each, msgspec.Struct)]
        yield from (f"{name}.{path}" for each in inner for path in _paths(each)) if inner else (name,)


def areas_of(region: str) -> list[str]:
    """Prefixes of a region, so that province, city and county are each one equality match."""
    return [region[:2], region[:4], region]
