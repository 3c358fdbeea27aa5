"""Mistakes of calling a command, in Chinese: typer has no translations of its own messages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

import typer
from pydantic import ValidationError

from inspection.faults import value_fault

_TEXTS: tuple[tuple[str, str], ...] = (
    (r"(?s)Missing (?:option|parameter)(?: '(.+?)')?\..*", r"缺少选项 \1"),
    (r"(?s)Missing argument(?: '(.+?)')?\..*", r"缺少参数 \1"),
    (r"Missing command\.", "缺少命令"),
    (r"No such option: (\S+)(?: \(Possible options: .+\))?", r"没有选项 \1"),
    (r"No such command '(.+?)'\..*", r"没有命令 \1"),
    (r"Option '(.+?)' requires an argument\.", r"选项 \1 后面要写值"),
    (r"Option '(.+?)' requires (\d+) arguments\.", r"选项 \1 后面要写 \2 个值"),
    (r"Option '(.+?)' does not take a value\.", r"选项 \1 后面不写值"),
    (r"Argument '(.+?)' takes (\d+) values\.", r"参数 \1 应有 \2 个"),
    (r"Got unexpected extra argument(?:\(s\)|s)? \((.+)\)", r"多余的参数 \1；含空格的值请用引号括起"),
    (r"Could not open file '(.+?)': .*", r"无法打开文件 \1"),
)
"""Messages of typer."""
_OF_PATHS: tuple[tuple[str, str], ...] = (
    (r"(?:File|Directory|Path) (.+) does not exist\.", r"\1 不存在"),
    (r"(?:File|Directory|Path) (.+) is a (?:file|directory)\.", r"\1 不是所要的文件或目录"),
    (r"(?:File|Directory|Path) (.+) is not (?:readable|writable)\.", r"\1 没有权限"),
)
_NOT_OF_CHOICES = re.compile(r"(?:Value error, )?(.+?) is not one of (.+?)\.?")


@contextmanager
def usage_in_chinese() -> Iterator[None]:
    """Tell a mistake of usage in Chinese, with the usage line and how to mend it, and end with its exit code."""
    try:
        yield
    except typer.Abort:
        typer.echo("已中止", err=True)
        raise typer.Exit(1) from None
    except Exception as error:
        context = getattr(error, "ctx", None)
        if not hasattr(error, "format_message") or type(error).__name__ == "NoArgsIsHelpError":
            raise
        if context is not None:
            typer.echo(f"用法：{context.get_usage().removeprefix('Usage:').strip()}", err=True)
        typer.echo(f"错误：{mistake(error)}", err=True)
        if context is not None:
            typer.echo(f"全部选项及说明见：{context.command_path} --help", err=True)
        raise typer.Exit(getattr(error, "exit_code", 2)) from None


def mistake(error: Any) -> str:
    """What is wrong, with the name of the option or argument; an own text of the program stays as it is."""
    if type(error).__name__ == "BadParameter":
        name = error.param_hint or (error.param.get_error_hint().strip("'") if error.param is not None else "")
        return f"{_kind(error.param)} {name} 的值有误：{_of_value(error)}" if name else _of_value(error)
    message = error.format_message()
    for pattern, chinese in _TEXTS:
        found = re.fullmatch(pattern, message)
        if found:
            return f"{found.expand(chinese).rstrip()}{_how_to_mend(error, found)}"
    return str(message)


def _how_to_mend(error: Any, found: re.Match[str]) -> str:
    """What a missing parameter is for, as its help says; or the names that are near an unknown one."""
    if help_ := getattr(getattr(error, "param", None), "help", None):
        return f"（{help_}），请补上"
    near = getattr(error, "possibilities", None) or []
    if found.string.startswith("No such command"):
        near = get_close_matches(found[1], error.ctx.command.list_commands(error.ctx))
    return f"，是否应为 {'、'.join(near)}？" if near else ""


def _kind(param: Any) -> str:
    return "参数" if getattr(param, "param_type_name", "option") == "argument" else "选项"


def _of_value(error: Any) -> str:
    cause = error.__cause__
    text = str(error.message)
    if isinstance(cause, ValidationError):
        fault = cause.errors()[0]
        choices = _NOT_OF_CHOICES.fullmatch(fault["msg"])
        if choices:
            return f"没有 {choices[1]}，可用：{choices[2].replace(', ', '、')}"
        return f"{value_fault(fault['type'], fault.get('ctx', {}))}，得到 {fault['input']!r}"
    for pattern, chinese in _OF_PATHS:
        if found := re.fullmatch(pattern, text):
            return found.expand(chinese)
    return text
