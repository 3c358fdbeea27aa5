"""Registry files and others of their kind: CSV (UTF-8 or GB18030) and XLSX; one broken line costs one row."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.registry.row import COLUMNS, RowProblem, row_of
from inspection.registry.site import Site
from inspection.workflows.import_registry import RawRow, RejectedRow
from store.guarded_cells import guarded, text_cell, unguarded

_QUOTED_LINES = 20
"""A cell may hold that many line breaks; a quote left open longer is a mistake of its own line."""


class Columns(NamedTuple):
    """Columns of a kind of file; those that hold ``moments`` may be dates in Excel, all others must be text.

    ``headings`` are Chinese names that are taken for a column, too.
    """

    required: Sequence[str]
    optional: Sequence[str] = ()
    moments: Sequence[str] = ()
    headings: Mapping[str, str] = MappingProxyType({})

    @classmethod
    def named(cls, columns: Mapping[str, str], optional: Collection[str], moments: Sequence[str] = ()) -> "Columns":
        """From the columns with their Chinese names."""
        return cls(
            [name for name in columns if name not in optional],
            [name for name in columns if name in optional],
            moments,
            {chinese: name for name, chinese in columns.items()},
        )


REGISTRY = Columns(COLUMNS)


def read_rows(path: Path, *, encoding: str | None = None, columns: Columns = REGISTRY) -> Iterator[RawRow]:
    """Rows of a file with these columns; :class:`InputRejected` where the file or its header is unusable."""
    if not path.is_file():
        raise InputRejected(f"找不到文件 {path}")
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _read_xlsx(path, columns)
    if path.suffix.lower() == ".xls":
        raise InputRejected(f"{path.name} 是旧版 Excel 格式，请另存为 .xlsx 或 CSV 后再导入")
    return _read_csv(path, encoding, columns)


def count_lines(path: Path) -> int | None:
    """Roughly how many rows a file has, for a progress bar; None where that costs a full read."""
    if path.suffix.lower() in (".xlsx", ".xlsm") or not path.is_file():
        return None
    with path.open("rb") as file:
        return max(0, sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) - 1)


def write_sites(path: Path, sites: Iterable[Site]) -> int:
    """Write sites as CSV (UTF-8 with BOM, which Excel needs) or XLSX, by suffix; returns how many.

    No cell is run as a formula, and :func:`read_rows` gives the same texts back. :class:`InputRejected` for another
    suffix, or where the file cannot be written.
    """
    write = {".csv": _write_csv, ".xlsx": _write_xlsx}.get(path.suffix.lower())
    if write is None:
        raise InputRejected(f"不支持的文件类型 {path.suffix!r}，请用 .csv 或 .xlsx")
    try:
        return write(path, (row_of(site) for site in sites))
    except OSError as error:
        raise InputRejected(f"无法写入 {path}：{in_chinese(error)}") from error


def write_problems(path: Path, problems: Sequence[RejectedRow]) -> None:
    """Write the error file of an import: line, column, value, reason."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("line", "column", "value", "reason"))
        for each in problems:
            texts = (each.problem.column, each.problem.value, each.problem.reason)
            writer.writerow((each.line, *map(guarded, texts)))


# -- CSV -------------------------------------------------------------------------------------------


def _write_csv(path: Path, rows: Iterable[dict[str, str]]) -> int:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        count = 0
        for count, row in enumerate(rows, 1):  # noqa: B007 - the last number is the answer
            writer.writerow([guarded(row[name]) for name in COLUMNS])
    return count


def _read_csv(path: Path, encoding: str | None, columns: Columns) -> Iterator[RawRow]:
    lines = _split_lines(path.read_bytes(), encoding, path)
    if not lines:
        raise InputRejected(f"{path.name} 是空文件")
    header_text, _ = lines[0]
    delimiter = max(",;\t", key=header_text.count)
    header = _header(next(csv.reader([header_text], delimiter=delimiter), []), path, columns)
    return _csv_rows(lines, header, delimiter)


def _split_lines(data: bytes, encoding: str | None, path: Path) -> list[tuple[str, bool]]:
    """Physical lines and whether each could be decoded."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [(line, True) for line in data.decode("utf-16", "replace").splitlines()]
    data = data.removeprefix(b"\xef\xbb\xbf")
    raw = re.split(rb"\r\n|\n|\r", data)
    if raw and not raw[-1]:
        raw.pop()
    chosen = encoding or _best_encoding(raw)
    try:
        return [_decoded(line, chosen) for line in raw]
    except LookupError as error:
        raise InputRejected(f"未知的编码 {chosen!r}，请用 utf-8 或 gb18030 读取 {path.name}") from error


def _best_encoding(lines: Sequence[bytes]) -> str:
    """UTF-8 or GB18030, whichever leaves fewer lines undecoded."""
    bad = {name: sum(not _decoded(line, name)[1] for line in lines) for name in ("utf-8", "gb18030")}
    return min(bad, key=lambda name: bad[name])


def _decoded(line: bytes, encoding: str) -> tuple[str, bool]:
    try:
        return line.decode(encoding), True
    except UnicodeDecodeError:
        return line.decode(encoding, "replace"), False


def _csv_rows(lines: Sequence[tuple[str, bool]], header: Sequence[str], delimiter: str) -> Iterator[RawRow]:
    number = 1
    while number < len(lines):
        line = number + 1
        text, is_decoded = lines[number]
        record, used = _record(lines, number, len(header), delimiter)
        number += used
        if not text.strip().strip(delimiter):
            continue
        if not is_decoded:
            yield RawRow(line, {}, RowProblem("", text[:200], "该行编码错误，无法解码，请用 UTF-8 或 GB18030 重新保存"))
        elif record is None:
            yield RawRow(line, {}, RowProblem("", text[:200], "引号不配对，请补上缺少的引号或删除多余的引号"))
        elif len(record) != len(header):
            reason = f"有 {len(record)} 个字段，应为 {len(header)} 个；字段中含逗号时请用引号括起"
            yield RawRow(line, {}, RowProblem("", text[:200], reason))
        else:
            yield RawRow(line, dict(zip(header, map(unguarded, record), strict=True)))


def _record(lines: Sequence[tuple[str, bool]], start: int, fields: int, delimiter: str) -> tuple[list[str] | None, int]:
    """The record that starts on a line and how many lines it takes; None where its quotes do not match."""
    text = lines[start][0]
    if text.count('"') % 2 == 0:
        return next(csv.reader([text], delimiter=delimiter), []), 1
    for extra in range(1, min(_QUOTED_LINES, len(lines) - start)):
        text += "\n" + lines[start + extra][0]
        if text.count('"') % 2 == 0:
            record = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
            if len(record) == fields:
                return record, extra + 1
            break
    return None, 1


def _header(names: Sequence[str], path: Path, columns: Columns) -> list[str]:
    known = (*columns.required, *columns.optional)
    given = (name.strip(" \t\ufeff\u3000").lower() for name in names)
    header = [columns.headings.get(name, name) for name in given]
    missing = [name for name in columns.required if name not in header]
    unknown = [name for name in header if name not in known]
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    faults = [
        text
        for text, found in (
            (f"缺少列 {'、'.join(missing)}", missing),
            (f"未知列 {'、'.join(repr(name) for name in unknown)}", unknown),
            (f"重复列 {'、'.join(doubled)}", doubled),
        )
        if found
    ]
    if faults:
        raise InputRejected(f"{path.name} 第 1 行表头有误：{'；'.join(faults)}。{_expected(columns)}")
    return header


def _expected(columns: Columns) -> str:
    may = f"；可有的列：{','.join(columns.optional)}" if columns.optional else ""
    return f"应有的列：{','.join(columns.required)}{may}"


# -- XLSX ------------------------------------------------------------------------------------------


def _read_xlsx(path: Path, columns: Columns) -> Iterator[RawRow]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except OSError as error:
        raise InputRejected(f"无法读取 {path}：{in_chinese(error)}") from error
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise InputRejected(
            f"{path.name} 不是有效的 XLSX 文件：已损坏，或内容是别的格式。请用 Excel 打开后另存为 .xlsx 或 CSV 再导入"
        ) from error
    rows = book.worksheets[0].iter_rows(values_only=True)
    first = next(rows, None)
    if first is None:
        raise InputRejected(f"{path.name} 是空文件")
    cells = list(first)
    while cells and cells[-1] is None:
        cells.pop()
    header = _header(["" if cell is None else str(cell) for cell in cells], path, columns)
    return _xlsx_rows(rows, header, columns.moments)


def _xlsx_rows(rows: Iterable[tuple[Any, ...]], header: Sequence[str], moments: Sequence[str]) -> Iterator[RawRow]:
    for line, cells in enumerate(rows, 2):
        if all(cell is None or cell == "" for cell in cells):
            continue
        problem = next(
            (
                found
                for name, cell in zip(header, cells, strict=False)
                if name not in moments and (found := _cell_problem(name, cell))
            ),
            None,
        )
        if problem is None and any(cell not in (None, "") for cell in cells[len(header) :]):
            problem = RowProblem("", "", f"表头之外还有内容，应为 {len(header)} 列")
        yield RawRow(line, {name: _cell_text(cell) for name, cell in zip(header, cells, strict=False)}, problem)


def _cell_problem(name: str, cell: Any) -> RowProblem | None:
    if isinstance(cell, bool | date | datetime):
        return RowProblem(name, str(cell), "单元格类型不是文本，请在 Excel 中改为文本格式后重新填写")
    return None


def _cell_text(cell: Any) -> str:
    """Excel keeps codes typed without care as numbers: 1304000009.0 is 1304000009."""
    if cell is None:
        return ""
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return unguarded(str(cell))  # a CSV file that was saved again as XLSX


def _write_xlsx(path: Path, rows: Iterable[dict[str, str]]) -> int:
    with path.open("wb") as file:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("sites")
        sheet.append(list(COLUMNS))
        count = 0
        for count, row in enumerate(rows, 1):  # noqa: B007 - the last number is the answer
            texts = (guarded(row[name]) if row[name].startswith("'") else row[name] for name in COLUMNS)
            sheet.append([text_cell(sheet, text) for text in texts])
        book.save(file)
    return count
