"""Published bulletins and their files; those that are not published yet only where they are asked for."""

from operator import attrgetter
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from api.paging import Cursor, Limit, Page, after, page_of
from api.problems import responses
from api.repositories import Stores
from api.schemas.bulletins import BulletinOut, BulletinWholeOut
from inspection.bulletin.bulletin import BulletinState
from inspection.errors import NotFound
from inspection.offices import OfficeLevel
from inspection.records import get
from inspection.workflows.draft_bulletin import WHAT
from inspection.workflows.publish_bulletin import file_of

router = APIRouter(prefix="/v1/bulletins", tags=["bulletins"])

BulletinId = Annotated[str, Path(max_length=64, description="Id of a bulletin", examples=["2017Q1-national"])]
_MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "json": "application/json",
}


@router.get("", operation_id="listBulletins", response_model=Page[BulletinOut], responses=responses())
def list_bulletins(
    stores: Stores,
    state: Annotated[BulletinState, Query(description="Published ones unless another state is asked for")] = (
        BulletinState.PUBLISHED
    ),
    level: Annotated[OfficeLevel | None, Query(description="Level of the office")] = None,
    region: Annotated[str, Query(pattern=r"^(\d{2}){0,3}$", description="Prefix of 2, 4 or 6 digits")] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Bulletins by id."""
    where = {"state": state.value, "level": "" if level is None else level.value, "region": region}
    rows = stores.bulletins.page(where, after=after(cursor), limit=limit + 1)
    return page_of(rows, limit, attrgetter("id"), BulletinOut.of)


@router.get("/{bulletin_id}", operation_id="getBulletin", response_model=BulletinWholeOut, responses=responses(404))
def get_bulletin(
    stores: Stores,
    bulletin_id: BulletinId,
    unpublished: Annotated[bool, Query(description="Also one that is not published yet")] = False,
) -> BulletinWholeOut:
    """One bulletin: its text, figures and steps."""
    bulletin = get(stores.bulletins, bulletin_id, WHAT)
    if bulletin.state is not BulletinState.PUBLISHED and not unpublished:
        raise NotFound(f"通报 {bulletin_id} 尚未发布")
    return BulletinWholeOut.whole(bulletin)


@router.get(
    "/{bulletin_id}/files/{format}",
    operation_id="getBulletinFile",
    response_class=Response,
    responses={200: {"content": {kind.split(";")[0]: {} for kind in _MEDIA_TYPES.values()}}, **responses(404)},
)
def get_bulletin_file(
    stores: Stores,
    bulletin_id: BulletinId,
    format: Annotated[str, Path(pattern=r"^[a-z]{3,5}$", description="docx, html, pdf or json", examples=["docx"])],
) -> Response:
    """A file of a published bulletin, byte for byte as it was published; json holds its figures and document."""
    file = file_of(get(stores.bulletins, bulletin_id, WHAT), format)
    headers = {
        "Content-Disposition": f'inline; filename="{bulletin_id}.{format}"',
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        "X-Content-Type-Options": "nosniff",
        "ETag": f'"{file.digest}"',
    }
    return Response(stores.snapshots.get(file.digest), media_type=_MEDIA_TYPES[file.format], headers=headers)
