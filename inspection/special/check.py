"""A special check as an office files it, one row of a file, and what a bulletin says of it."""

import re
from collections.abc import Callable, Iterable
from datetime import date

from inspection.bulletin.figures import SpecialCheckFigures
from inspection.cells import Cells
from inspection.offices import Office
from inspection.records import Record

_SEPARATORS = re.compile(r"[;；\n]")


class SpecialCheck(Record, frozen=True, kw_only=True):
    """What an office found of one topic (办事服务功能) from ``first`` to ``last``, both days included.

    ``id`` is the number under which the office keeps it, ``office`` the id of the office. Of the ``checked`` sites
    ``faulty`` had problems; ``problems`` names them, most frequent first, as the bulletin is to print them.
    """

    office: str
    topic: str
    first: date
    last: date
    checked: int
    faulty: int
    problems: tuple[str, ...] = ()
    note: str = ""


REQUIRED = ("number", "office", "topic", "first", "last", "checked", "faulty")
OPTIONAL = ("problems", "note")
DAYS = ("first", "last")


def row_reader(find_office: Callable[[str], Office | None]) -> Callable[[Cells], SpecialCheck | None]:
    """Reads rows of a file; None where the cells have noted problems. ``find_office`` knows the offices on file."""

    def read(cells: Cells) -> SpecialCheck | None:
        office_id = cells.text("office", required=True, limit=40)
        office = find_office(office_id)
        if office_id and office is None:
            cells.refuse("office", "没有这个编号的单位，请核对，或先用 xuncha office import 导入")
        first, last = cells.day("first", required=True), cells.day("last", required=True)
        if first is not None and last is not None and last < first:
            cells.refuse("last", f"早于第一天 {first}")
        checked, faulty = cells.number("checked", least=1), cells.number("faulty", least=0)
        if checked and faulty > checked:
            cells.refuse("faulty", f"多于检查的网站数 {checked}")
        number, topic = cells.text("number", required=True, limit=60), cells.text("topic", required=True, limit=40)
        problems, note = cells.text("problems"), cells.text("note")
        if cells.problems or office is None or first is None or last is None:
            return None
        return SpecialCheck(
            id=number,
            region=office.region,
            office=office.id,
            topic=topic,
            first=first,
            last=last,
            checked=checked,
            faulty=faulty,
            problems=tuple(part for each in _SEPARATORS.split(problems) if (part := each.strip())),
            note=note,
        )

    return read


def special_check_figures(checks: Iterable[SpecialCheck], first: date, last: date) -> tuple[SpecialCheckFigures, ...]:
    """Those that ended from ``first`` to ``last`` (both included), in the order of their end."""
    ended = sorted((each for each in checks if first <= each.last <= last), key=lambda each: (each.last, each.id))
    return tuple(
        SpecialCheckFigures(topic=each.topic, checked=each.checked, faulty=each.faulty, problems=each.problems)
        for each in ended
    )
