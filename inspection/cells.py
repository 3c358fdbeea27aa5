"""The cells of one row of an imported file: text in, typed values out, every problem noted."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from inspection.observation.site import CHINA
from inspection.registry import regions
from inspection.registry.row import RowProblem
from inspection.registry.site import NATION

E = TypeVar("E", bound=StrEnum)

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffd]")
_GREATEST = 999_999_999
_SPACE = " \t\r\n\u3000\xa0\ufeff"


class Cells:
    """One row. A method that finds fault notes it in ``problems`` and gives an empty value of its type.

    Methods return the empty value for an empty cell, too; ``required`` makes that a fault.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.problems: list[RowProblem] = []

    def refuse(self, column: str, reason: str) -> None:
        """Note a fault of a column."""
        self.problems.append(RowProblem(column, self._values.get(column, "")[:200], reason))

    def text(self, column: str, *, required: bool = False, limit: int = 500) -> str:
        """White space at the ends dropped."""
        value = self._values.get(column, "").strip(_SPACE)
        if required and not value:
            self.refuse(column, "不能为空")
        if _CONTROL.search(value):
            self.refuse(column, "含有控制字符或乱码，请在原文件中清除后重新导入")
        if len(value) > limit:
            self.refuse(column, f"长度 {len(value)} 超过上限 {limit} 个字，请缩短")
        return value

    def day(self, column: str, *, required: bool = False) -> date | None:
        """YYYY-MM-DD."""
        moment = self._moment(column, required=required, form="2026-11-20")
        return None if moment is None else moment.date()

    def moment(self, column: str, *, required: bool = False) -> datetime | None:
        """Beijing time where no offset is given; a day alone is its beginning. Aware."""
        return self._moment(column, required=required, form="2026-11-20 09:30（北京时间）")

    def number(self, column: str, *, least: int) -> int:
        """A whole number."""
        value = self.text(column, required=True)
        if value and not re.fullmatch(r"[+-]?\d+", value):
            self.refuse(column, "应为整数，只写数字")
        elif value and int(value) < least:
            self.refuse(column, f"不能小于 {least}")
        elif value and int(value) > _GREATEST:
            self.refuse(column, f"不能大于 {_GREATEST}")
        elif value:
            return int(value)
        return 0

    def region(self, column: str, *, department: str = "") -> str:
        """Six digits of GB/T 2260; empty for bodies of no region. ``department`` is the column for their numbers."""
        value = self.text(column) or NATION
        if value != NATION and not (re.fullmatch(r"\d{6}", value) and regions.exists(value)):
            where = f"，部门编号写在 {department} 列" if department else ""
            self.refuse(column, f"应为 GB/T 2260 的 6 位行政区划代码；国务院部门填 000000 或留空{where}")
        return value

    def department(self, column: str, *, region: str) -> str:
        """Two digits of a State Council department, also written ``bm07``; a fault where there is a region, too."""
        value = self.text(column)
        found = re.fullmatch(r"(?:bm)?(\d{2})", value.lower())
        if not value:
            return ""
        if found is None:
            self.refuse(column, "应为国务院部门的编号：网站标识码中 bm 之后的 2 位数字，例如 07")
        elif region != NATION:
            self.refuse(column, "只用于国务院部门，其行政区划填 000000 或留空；地方单位不填部门编号")
        else:
            return found[1]
        return ""

    def choice(self, column: str, choices: Mapping[str, E], default: E) -> E:
        """One of the values by its name, Chinese or English; ``default`` for an empty cell."""
        value = self.text(column)
        if value and value not in choices:
            self.refuse(column, f"应为：{'、'.join(choices)}")
        return choices.get(value, default)

    def _moment(self, column: str, *, required: bool, form: str) -> datetime | None:
        value = self.text(column, required=required)
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value.replace("/", "-"))
        except ValueError:
            self.refuse(column, f"时间无效，请写成 {form}")
            return None
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=CHINA)


def choices_of(kinds: type[E]) -> dict[str, E]:
    """Values by English and Chinese name, for :meth:`Cells.choice`; the enum has a property ``chinese``."""
    english: dict[str, E] = {kind.value: kind for kind in kinds}
    chinese: dict[str, E] = {str(getattr(kind, "chinese")): kind for kind in kinds}  # noqa: B009 - not of StrEnum
    return {**chinese, **english}
