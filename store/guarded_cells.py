"""Texts in tables that people open in a spreadsheet: none is run as a formula, and read back each is the same text."""

import re
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

_FORMULA = r"[=+\-@＝＋－＠\t\r\n]"
_NEEDS_GUARD = re.compile(f"'*{_FORMULA}")
_IS_GUARDED = re.compile(f"'+{_FORMULA}")


def guarded(text: str) -> str:
    """For a cell of CSV: an apostrophe before what a spreadsheet would run (OWASP, *CSV Injection*).

    One more before those that look guarded already, so that :func:`unguarded` gives every text back.
    """
    return f"'{text}" if _NEEDS_GUARD.match(text) else text


def unguarded(text: str) -> str:
    """The text of a cell that was written :func:`guarded`."""
    return text[1:] if _IS_GUARDED.match(text) else text


def text_cell(sheet: Any, text: str) -> WriteOnlyCell:
    """A cell of XLSX that is a text whatever it begins with; characters that XLSX cannot hold are left out."""
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"  # else a leading "=" would make it a formula
    return cell
