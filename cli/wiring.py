"""What several commands put together: the clock, the edition, JSON output."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.observation.site import CHINA
from inspection.registry.address import canonical
from inspection.standard import Edition, EditionLibrary
from store.config import StoreConfig

_JSON = msgspec.json.Encoder(decimal_format="number")


class SystemClock:
    """The real present (port ``Clock``), or in a drill as many days later as the settings say."""

    def __init__(self) -> None:
        self._ahead = timedelta(days=StoreConfig().clock_ahead_days)

    def now(self) -> datetime:
        """Aware time in UTC."""
        return datetime.now(UTC) + self._ahead


def china_day(text: str | None) -> date:
    """The date an option gives (YYYY-MM-DD), or today in China."""
    if text is None:
        return SystemClock().now().astimezone(CHINA).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputRejected(f"日期 {text!r} 无效，请写成 YYYY-MM-DD，例如 2026-11-20") from error


def home_address(url: str) -> str:
    """The canonical address of a page that a person typed, with or without ``http://``."""
    address = canonical(url if "://" in url else f"http://{url}")
    if address is None:
        raise InputRejected(f"网址 {url!r} 无效，请给出 http 或 https 地址，例如 http://www.example.gov.cn/")
    return address


def read_text(path: Path) -> str:
    """The text of a UTF-8 file that a person named."""
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise InputRejected(f"无法读取 {path}：{in_chinese(error)}") from error
    except UnicodeDecodeError as error:
        raise InputRejected(f"{path} 不是 UTF-8 文本，请另存为 UTF-8") from error


def edition_for(editions: EditionLibrary, edition_id: str | None, day: date) -> Edition:
    """The named edition, or the one in force on ``day``."""
    return editions.get(edition_id) if edition_id else editions.in_force(day)


def progress_bar() -> Progress:
    """A bar that counts what is done and says how long the rest will take; to be entered. On standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))


def print_json(value: Any) -> None:
    """Write a value as indented JSON to standard output."""
    typer.echo(msgspec.json.format(_JSON.encode(value), indent=2).decode())


def print_json_line(value: Any) -> None:
    """Write a value as one line of JSON to standard output."""
    typer.echo(_JSON.encode(value).decode())


def say(text: str) -> None:
    """One line to standard output, as it stands."""
    Console(soft_wrap=True).print(text, highlight=False, markup=False)
