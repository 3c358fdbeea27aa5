"""The application."""

from typing import Any

from fastapi import FastAPI

from api import problems
from api.repositories import Repositories, Stores
from api.routes import inspections, monitoring, registry, reviews, rounds, snapshots, standard

_DESCRIPTION = """\
Findings and pass rates of government-website inspections. Lists are paged by cursor: pass `next_cursor` on as
`cursor` until it is null. Errors are problem+json (RFC 9457). Times are UTC, dates China Standard Time.
"""


def create_app(repositories: Repositories) -> FastAPI:
    """The API over these stores; nothing connects before the first request."""
    app = FastAPI(title="Xuncha 巡查", version="1", description=_DESCRIPTION)
    app.state.repositories = repositories
    problems.install(app)
    for module in (registry, rounds, inspections, reviews, snapshots, standard, monitoring):
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
