"""Cursor pagination: opaque cursors over the sort key, so that no list is ever loaded whole."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from inspection.errors import RuleBroken
from inspection.records import Record, RecordRepository

T = TypeVar("T")
R = TypeVar("R")
D = TypeVar("D", bound=Record)

MAX_LIMIT = 500
_MARK = "v1:"

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Items per page")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before", max_length=4096)]


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next_cursor: str | None = Field(None, description="Cursor of the next page; null on the last one")


def after(cursor: str | None) -> str:
    """The sort key that a cursor stands for; empty for the first page. RuleBroken where it is not ours."""
    if cursor is None:
        return ""
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("utf-8")
    except (UnicodeError, binascii.Error, ValueError) as error:
        raise RuleBroken("cursor 无效：请原样使用上一页返回的 next_cursor") from error
    if not text.startswith(_MARK) or "\0" in text:
        raise RuleBroken("cursor 无效：请原样使用上一页返回的 next_cursor")
    return text.removeprefix(_MARK)


def page_from(
    records: RecordRepository[D],
    where: Mapping[str, str],
    cursor: str | None,
    limit: int,
    shape: Callable[[D], Any],
) -> dict[str, Any]:
    """The page of records behind a cursor, by id."""
    return page_of(records.page(where, after=after(cursor), limit=limit + 1), limit, attrgetter("id"), shape)


def page_of(rows: Sequence[R], limit: int, key: Callable[[R], str], shape: Callable[[R], Any]) -> dict[str, Any]:
    """A page from up to ``limit`` + 1 rows: the row too many tells that there is more."""
    shown = rows[:limit]
    more = len(rows) > limit
    return {
        "items": [shape(row) for row in shown],
        "next_cursor": _encode(key(shown[-1])) if more and shown else None,
    }


def _encode(key: str) -> str:
    return base64.urlsafe_b64encode(f"{_MARK}{key}".encode()).decode("ascii").rstrip("=")
