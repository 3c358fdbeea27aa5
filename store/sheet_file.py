"""Tables for people: CSV (UTF-8 with BOM, which Excel needs) or XLSX, by suffix."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

import openpyxl

from inspection.errors import InputRejected
from inspection.faults import in_chinese
from store.guarded_cells import guarded, text_cell

Cell = str | int | Decimal


def write_sheet(path: Path, title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a table. Texts stay texts: what the inspected web says is never run as a formula.

    :class:`InputRejected` for another suffix, or where the file cannot be written.
    """
    writers = {".csv": _write_csv, ".xlsx": _write_xlsx}
    write = writers.get(path.suffix.lower())
    if write is None:
        raise InputRejected(f"不支持的文件类型 {path.suffix!r}，请用 .csv 或 .xlsx")
    try:
        write(path, title, [headings, *rows])
    except OSError as error:
        raise InputRejected(f"无法写入 {path}：{in_chinese(error)}") from error


def _write_csv(path: Path, title: str, rows: Sequence[Sequence[Cell]]) -> None:
    del title  # the file's name says it
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)


def _write_xlsx(path: Path, title: str, rows: Sequence[Sequence[Cell]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append([text_cell(sheet, value) if isinstance(value, str) else value for value in row])
    book.save(path)
