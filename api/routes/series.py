"""The series of pass rates, period by period."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.problems import responses
from api.repositories import Stores
from api.schemas.series import SeriesPointOut
from inspection.errors import NotFound
from inspection.registry import regions
from inspection.registry.site import NATION
from inspection.workflows.keep_series import series_of

router = APIRouter(prefix="/v1", tags=["series"])


@router.get("/series", operation_id="listSeries", response_model=list[SeriesPointOut], responses=responses(404))
def list_series(
    stores: Stores,
    region: Annotated[str, Query(pattern=r"^\d{6}$", description="Six digits; the nation by default")] = NATION,
) -> list[SeriesPointOut]:
    """All periods of a place: what was published, and closed rounds (no drills) where nothing was."""
    if region != NATION and not regions.exists(region):
        raise NotFound(f"行政区划代码 {region} 不存在")
    points = series_of(region, series=stores.series_points, rounds=stores.rounds, pass_rates=stores.pass_rates)
    return [SeriesPointOut.of(point) for point in points]
