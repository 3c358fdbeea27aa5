"""Entry point of ``xuncha``: joins the commands and turns errors into one line and an exit code."""

import os
import sys
from importlib import import_module
from typing import Any

import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from cli.settings import SETTINGS
from cli.usage import usage_in_chinese
from inspection.errors import InputRejected, StoreUnavailable, XunchaError
from inspection.faults import value_fault
from store.config import PREFIX, refuse_unknown_names

_GROUPS = (
    "accountability",
    "accounts",
    "bulletin",
    "case",
    "evidence",
    "frontier",
    "linkage",
    "messages",
    "monthly",
    "monitor",
    "office",
    "practice",
    "registry",
    "reminders",
    "report",
    "review",
    "round",
    "selfcheck",
    "series",
    "special",
    "standard",
    "stores",
    "timetable",
    "warnings",
)
GROUPS = {name: f"cli.{name}" for name in _GROUPS}
"""Modules with an ``app`` of several commands."""
_COMMANDS = ("api", "assess", "demo", "inspect", "links", "page", "scheduler", "story", "worker")
COMMANDS = {name: f"cli.{name}" for name in _COMMANDS}
"""Modules with one function of the same name."""


class CommandsOnDemand(TyperGroup):
    """Imports a command when it is called: all of them together take two seconds to load. Speaks Chinese."""

    def make_context(self, *args: Any, **extra: Any) -> Any:
        """The context of a call, as typer makes it."""
        with usage_in_chinese():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that is called for."""
        with usage_in_chinese():
            return super().invoke(ctx)

    def list_commands(self, ctx: Any) -> list[str]:
        """Names for the help page."""
        return sorted([*super().list_commands(ctx), *GROUPS, *COMMANDS])

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, None where there is none."""
        if cmd_name in GROUPS:
            group = import_module(GROUPS[cmd_name]).app
        elif cmd_name in COMMANDS:
            group = typer.Typer(add_completion=False)
            group.command(cmd_name)(getattr(import_module(COMMANDS[cmd_name]), cmd_name))
        else:
            return super().get_command(ctx, cmd_name)
        command = typer.main.get_command(group)
        command.name = cmd_name
        return command


app = typer.Typer(
    name="xuncha",
    cls=CommandsOnDemand,
    help="巡查：政府网站抽查系统",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _program() -> None:
    """巡查：政府网站抽查系统"""


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 refused, 2 a store cannot be reached or wrong usage, 130 Ctrl-C."""
    try:
        refuse_unknown_names(os.environ, SETTINGS)
        app()
    except StoreUnavailable as error:
        _stop(error, code=2)
    except XunchaError as error:
        _stop(error, code=1)
    except ValidationError as error:
        _stop(InputRejected(_settings_faults(error)), code=1)


def _settings_faults(error: ValidationError) -> str:
    faults = (
        f"{PREFIX}{str(fault['loc'][0]).upper()}：{value_fault(fault['type'], fault.get('ctx', {}))}"
        for fault in error.errors()
        if fault["loc"]
    )
    return f"设置有误，请修改环境变量：{'；'.join(faults)}（说明见 deploy/env.example）"


def _stop(error: XunchaError, *, code: int) -> None:
    typer.echo(f"错误：{error}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
