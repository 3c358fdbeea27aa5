"""The application."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI

from api import problems
from api.clock import RealClock
from api.press import Press
from api.repositories import Repositories, Stores
from api.routes import (
    bulletins,
    case_steps,
    cases,
    imports,
    inspections,
    linkage,
    messages,
    monitoring,
    offices,
    registry,
    reporting,
    reviews,
    rounds,
    series,
    snapshots,
    standard,
    supervision,
)
from inspection.ports import BulletinRenderer, Clock

_ROUTES = (
    bulletins,
    case_steps,
    cases,
    imports,
    inspections,
    linkage,
    messages,
    monitoring,
    offices,
    registry,
    reporting,
    reviews,
    rounds,
    series,
    snapshots,
    standard,
    supervision,
)

_DESCRIPTION = """\
Findings and pass rates of government-website inspections. Lists are paged by cursor: pass `next_cursor` on as
`cursor` until it is null. Errors are problem+json (RFC 9457). Times are UTC, dates China Standard Time.
"""


def create_app(
    repositories: Repositories, clock: Clock | None = None, renderers: Sequence[BulletinRenderer] = ()
) -> FastAPI:
    """The API over these stores; nothing connects before the first request.

    ``renderers`` make the files of bulletins: without any, none can be published here.
    """
    app = FastAPI(title="Xuncha 巡查", version="1", description=_DESCRIPTION)
    app.state.repositories = repositories
    app.state.clock = clock or RealClock()
    app.state.press = Press(renderers)
    problems.install(app)
    for module in _ROUTES:
        app.include_router(module.router)

    @app.get("/health", operation_id="health", tags=["service"])
    def health() -> dict[str, str]:
        """Whether the process answers."""
        return {"status": "ok"}

    @app.get("/ready", operation_id="ready", tags=["service"], responses=problems.responses())
    def ready(stores: Stores) -> dict[str, Any]:
        """Whether the stores answer too."""
        stores.ping()
        return {"status": "ok"}

    return app
