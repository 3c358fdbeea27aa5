"""``xuncha api``: serve the REST API."""

from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.config import ApiConfig
from cli.renderers import available_renderers
from cli.wiring import SystemClock
from store.stores import open_stores


def api(
    host: Annotated[str | None, typer.Option("--host", help="监听地址，默认 127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, help="端口，默认 8000")] = None,
) -> None:
    """提供 REST 接口，接口说明见 /docs。"""
    config = ApiConfig()
    with open_stores(config) as stores:
        app = create_app(stores, SystemClock(), available_renderers())
        uvicorn.run(app, host=host or config.api_host, port=port or config.api_port, log_level="warning")
