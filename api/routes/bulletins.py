"""Bulletins from draft to publication, and their files; unpublished ones are shown only where they are asked for."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from api.clock import Present
from api.paging import Cursor, Limit, Page, page_from
from api.press import OfBulletins
from api.problems import responses
from api.repositories import Stores
from api.schemas.bulletins import (
    BulletinOut,
    BulletinWholeOut,
    DraftIn,
    FileCheckOut,
    OverrideIn,
    PublishIn,
    ReviewBulletinIn,
)
from inspection.bulletin.bulletin import BulletinState
from inspection.errors import NotFound
from inspection.observation.site import china_day
from inspection.offices import OfficeLevel
from inspection.records import get
from inspection.workflows.draft_bulletin import (
    WHAT,
    corrections,
    draft_bulletin,
    override_conflict,
    region_on_file,
    review_bulletin,
)
from inspection.workflows.figures_of_round import figures_of_round
from inspection.workflows.publish_bulletin import file_of, publish_bulletin
from inspection.workflows.verify_bulletin import verify_bulletin

router = APIRouter(prefix="/v1/bulletins", tags=["bulletins"])

BulletinId = Annotated[str, Path(max_length=64, description="Id of a bulletin", examples=["2017Q1-national"])]
Unpublished = Annotated[bool, Query(description="Also one that is not published yet")]
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
    corrected = corrections(stores.bulletins)
    return page_from(
        stores.bulletins, where, cursor, limit, lambda each: BulletinOut.of(each, corrected.get(each.id, ""))
    )


@router.get("/{bulletin_id}", operation_id="getBulletin", response_model=BulletinWholeOut, responses=responses(404))
def get_bulletin(stores: Stores, bulletin_id: BulletinId, unpublished: Unpublished = False) -> BulletinWholeOut:
    """One bulletin: its text, figures, steps, and what does not add up."""
    bulletin = get(stores.bulletins, bulletin_id, WHAT)
    if bulletin.state is not BulletinState.PUBLISHED and not unpublished:
        raise NotFound(f"通报 {bulletin_id} 尚未发布")
    return BulletinWholeOut.whole(bulletin, corrections(stores.bulletins).get(bulletin_id, ""))


@router.post(
    "", operation_id="draftBulletin", response_model=BulletinWholeOut, status_code=201, responses=responses(404, 409)
)
def draft(stores: Stores, clock: Present, wanted: DraftIn) -> BulletinWholeOut:
    """Draft a bulletin, or one that is not published anew. The figures of a large round take a while to gather."""
    figures = wanted.own_figures()
    office = get(stores.offices, wanted.office, "单位") if wanted.office else None
    if figures is None:
        figures = figures_of_round(wanted.scope(office, china_day(clock.now())), wanted.parts(stores.rules), stores)
    bulletin = draft_bulletin(
        wanted.order(region_on_file(figures, office=office, region=wanted.region, offices=stores.offices)),
        figures,
        stores.rules.wording,
        bulletins=stores.bulletins,
        rounds=stores.rounds,
        clock=clock,
    )
    return BulletinWholeOut.whole(bulletin)


@router.post(
    "/{bulletin_id}/overrides",
    operation_id="overrideConflict",
    response_model=BulletinWholeOut,
    responses=responses(404, 409),
)
def override(stores: Stores, clock: Present, bulletin_id: BulletinId, decision: OverrideIn) -> BulletinWholeOut:
    """Let figures stand that do not add up; the reason is printed, and the bulletin is to be reviewed again."""
    bulletin = override_conflict(
        bulletin_id,
        decision.conflict,
        reason=decision.reason,
        by=decision.by,
        bulletins=stores.bulletins,
        clock=clock,
    )
    return BulletinWholeOut.whole(bulletin)


@router.post(
    "/{bulletin_id}/review",
    operation_id="reviewBulletin",
    response_model=BulletinWholeOut,
    responses=responses(404, 409),
)
def review(stores: Stores, clock: Present, bulletin_id: BulletinId, decision: ReviewBulletinIn) -> BulletinWholeOut:
    """A person has read the draft and finds it good."""
    bulletin = review_bulletin(
        bulletin_id,
        by=decision.by,
        note=decision.note,
        bulletins=stores.bulletins,
        clock=clock,
        rules=stores.rules.bulletin,
    )
    return BulletinWholeOut.whole(bulletin)


@router.post(
    "/{bulletin_id}/publish",
    operation_id="publishBulletin",
    response_model=BulletinWholeOut,
    responses=responses(404, 409),
)
def publish(
    stores: Stores, clock: Present, press: OfBulletins, bulletin_id: BulletinId, order: PublishIn
) -> BulletinWholeOut:
    """Publish a reviewed bulletin for good: its figures add up or are let stand, its files are made and kept."""
    with press.all(pdf=not order.without_pdf) as renderers:
        bulletin = publish_bulletin(
            bulletin_id,
            by=order.by,
            bulletins=stores.bulletins,
            rounds=stores.rounds,
            snapshots=stores.snapshots,
            renderers=renderers,
            clock=clock,
            rules=stores.rules.bulletin,
        )
    return BulletinWholeOut.whole(bulletin)


@router.get(
    "/{bulletin_id}/verification",
    operation_id="verifyBulletin",
    response_model=list[FileCheckOut],
    responses=responses(404, 409),
)
def verify(stores: Stores, bulletin_id: BulletinId) -> list[FileCheckOut]:
    """Whether the files and figures of a published bulletin are what was published, by digests computed anew."""
    checks = verify_bulletin(bulletin_id, bulletins=stores.bulletins, snapshots=stores.snapshots)
    return [FileCheckOut.of(check) for check in checks]


@router.get(
    "/{bulletin_id}/files/{format}",
    operation_id="getBulletinFile",
    response_class=Response,
    responses={200: {"content": {kind.split(";")[0]: {} for kind in _MEDIA_TYPES.values()}}, **responses(404)},
)
def get_bulletin_file(
    stores: Stores,
    press: OfBulletins,
    bulletin_id: BulletinId,
    format: Annotated[str, Path(pattern=r"^[a-z]{3,5}$", description="docx, html, pdf or json", examples=["docx"])],
    unpublished: Unpublished = False,
) -> Response:
    """A file of a published bulletin, byte for byte as it was published; json holds its figures and document.

    Of one that is not published yet, the file is made anew, marked as a draft.
    """
    bulletin = get(stores.bulletins, bulletin_id, WHAT)
    headers = {
        "Content-Disposition": f'inline; filename="{bulletin_id}.{format}"',
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        "X-Content-Type-Options": "nosniff",
    }
    if unpublished and bulletin.state is not BulletinState.PUBLISHED:
        with press.one(format) as renderer:
            body = renderer.render(bulletin.document)
    else:
        file = file_of(bulletin, format)
        headers["ETag"] = f'"{file.digest}"'
        body = stores.snapshots.get(file.digest)
    return Response(body, media_type=_MEDIA_TYPES[format], headers=headers)
