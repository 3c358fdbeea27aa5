"""Stored pages, served so that they can do no harm: they are other people's and may be hostile."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from api.problems import responses
from api.repositories import Stores
from inspection.errors import NotFound

router = APIRouter(prefix="/v1/snapshots", tags=["snapshots"])

Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the body")]
_JPEG = b"\xff\xd8\xff"
_IMMUTABLE = "public, max-age=31536000, immutable"


class SnapshotOut(BaseModel):
    """A stored page body."""

    digest: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    size: int = Field(description="Bytes")


@router.get("/{digest}", operation_id="getSnapshot", response_model=SnapshotOut, responses=responses(404))
def get_snapshot(stores: Stores, digest: Digest, response: Response) -> SnapshotOut:
    """Size of a stored body."""
    response.headers["Cache-Control"] = _IMMUTABLE
    return SnapshotOut(digest=digest, size=len(stores.snapshots.get(digest)))


@router.get(
    "/{digest}/image",
    operation_id="getSnapshotImage",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}, **responses(404)},
)
def get_image(stores: Stores, digest: Digest) -> Response:
    """A picture taken as evidence; 404 where the digest is not that of a picture."""
    body = stores.snapshots.get(digest)
    if not body.startswith(_JPEG):
        raise NotFound(f"快照 {digest} 不是图片")
    return Response(body, media_type="image/jpeg", headers=_harmless(digest, f"{digest}.jpg", shown=True))


@router.get(
    "/{digest}/body",
    operation_id="getSnapshotBody",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}, **responses(404)},
)
def get_body(stores: Stores, digest: Digest) -> Response:
    """The body as it was fetched, as bytes that no browser runs."""
    headers = _harmless(digest, f"{digest}.bin", shown=False)
    return Response(stores.snapshots.get(digest), media_type="application/octet-stream", headers=headers)


def _harmless(digest: str, name: str, *, shown: bool) -> dict[str, str]:
    return {
        "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": _IMMUTABLE,
        "ETag": f'"{digest}"',
    }
