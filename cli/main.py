"""Entry point of ``xuncha``: joins the commands and turns errors into one line and an exit code."""

import os
import sys

import typer
from pydantic import ValidationError

from cli import practice, registry, stores
from cli.api import api
from cli.demo import demo
from cli.inspect import inspect
from cli.page import page
from cli.round import app as round_app
from cli.scheduler import scheduler
from cli.settings import SETTINGS
from cli.worker import worker
from inspection.errors import InputRejected, StoreUnavailable, XunchaError
from store.config import PREFIX, refuse_unknown_names

app = typer.Typer(name="xuncha", help="巡查：政府网站抽查系统", no_args_is_help=True, pretty_exceptions_enable=False)

app.add_typer(stores.app, name="stores")
app.add_typer(registry.app, name="registry")
app.add_typer(round_app, name="round")
app.add_typer(practice.app, name="practice")
app.command("api")(api)
app.command("demo")(demo)
app.command("inspect")(inspect)
app.command("page")(page)
app.command("scheduler")(scheduler)
app.command("worker")(worker)


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
    faults = (f"{PREFIX}{str(fault['loc'][0]).upper()}：{fault['msg']}" for fault in error.errors() if fault["loc"])
    return f"设置有误，请修改环境变量：{'；'.join(faults)}（说明见 deploy/env.example）"


def _stop(error: XunchaError, *, code: int) -> None:
    typer.echo(f"错误：{error}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
