"""Photograph the pages that veto findings rest on, as evidence that a person can look at."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice

import msgspec

from inspection.errors import NotFound
from inspection.findings import Finding, FindingState
from inspection.observation import ScreenshotSeen
from inspection.ports import (
    Inspection,
    InspectionRepository,
    ObservationRepository,
    Photographer,
    PhotoOrder,
    RoundRepository,
    SnapshotStore,
)
from inspection.standard import EditionLibrary, IndicatorKind

_TRIES = 3
"""A page of which no picture could be taken is tried so often, by as many runs."""
_RENDERED_TYPE = "text/html; charset=utf-8"


class PhotoCounts(msgspec.Struct, kw_only=True):
    """Pictures taken, and pages of which none could be taken."""

    taken: int = 0
    failed: int = 0


def photograph_vetoes(
    round_id: str,
    *,
    editions: EditionLibrary,
    rounds: RoundRepository,
    inspections: InspectionRepository,
    observations: ObservationRepository,
    snapshots: SnapshotStore,
    photographer: Photographer,
    per_finding: int = 10,
    at_most: int | None = None,
    settled: dict[str, datetime | None] | None = None,
    progress: Callable[[Inspection], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> PhotoCounts:
    """Take the pictures that are missing: up to ``per_finding`` pages of each veto finding, established or suspected.

    What is shown is the stored page that was judged, where there is one, with the images and styles that its site has
    now; a finding without a page of its own shows the home page as it answers now. Each picture is stored when it is
    taken, so that the work may be interrupted and repeated. ``at_most`` pictures are tried, and none once ``stop`` says
    so. ``settled`` remembers, for the next call, when the sites were judged (by code) that need no picture any more.
    ``progress`` is called before each inspection.
    """
    edition = editions.get(rounds.get(round_id).edition)
    vetoes = {row.id for row in edition.indicators if row.kind is IndicatorKind.VETO}

    known = {} if settled is None else settled

    def orders() -> Iterator[PhotoOrder]:
        for inspection in inspections.of_round(round_id):
            progress(inspection)
            if stop():
                return
            code, judged_at = inspection.site.code, inspection.judged_at
            if inspection.scorecard is None or (code in known and known[code] == judged_at):
                continue
            found = inspections.findings(round_id, code, edition=edition.id)
            kept = [finding for finding in found if finding.indicator in vetoes and _is_fault(finding)]
            missing = False
            for order in _orders(
                round_id,
                inspection,
                kept,
                observations=observations,
                snapshots=snapshots,
                per_finding=per_finding,
            ):
                missing = True
                yield order
            if not missing:
                known[code] = judged_at

    counts = PhotoCounts()
    for order, photo in photographer.photograph(islice(orders(), at_most)):
        image = None if photo.image is None else snapshots.put([photo.image])[0]
        seen = ScreenshotSeen(
            url=order.url,
            taken_at=photo.taken_at,
            image=image,
            snapshot=order.snapshot if photo.stored else None,
            detail=photo.detail,
            tries=order.tries + 1,
        )
        observations.add_screenshots(round_id, order.code, [seen])
        if image is None:
            counts.failed += 1
        else:
            counts.taken += 1
    return counts


def _is_fault(finding: Finding) -> bool:
    return finding.state in (FindingState.ESTABLISHED, FindingState.SUSPECTED)


def _orders(
    round_id: str,
    inspection: Inspection,
    findings: Iterable[Finding],
    *,
    observations: ObservationRepository,
    snapshots: SnapshotStore,
    per_finding: int,
) -> Iterator[PhotoOrder]:
    """One order for each address that has no picture yet and may still get one."""
    code = inspection.site.code
    wanted = _wanted(inspection, findings, per_finding)
    tried: dict[str, int] = {}
    for shot in observations.screenshots(round_id, code) if wanted else ():
        tried[shot.url] = shot.tries
        if shot.image is not None or shot.tries >= _TRIES:
            wanted.pop(shot.url, None)
    if not wanted:
        return
    types = {page.snapshot: page.content_type for page in observations.pages(round_id, code)}
    rendered = {render.snapshot for render in observations.renders(round_id, code)}
    for url, digest in wanted.items():
        body = _body(snapshots, digest)
        yield PhotoOrder(
            code=code,
            url=url,
            body=body,
            snapshot=digest if body is not None else None,
            content_type=_RENDERED_TYPE if digest in rendered else types.get(digest, ""),
            scripts=digest not in rendered,
            tries=tried.get(url, 0),
        )


def _wanted(inspection: Inspection, findings: Iterable[Finding], per_finding: int) -> dict[str, str | None]:
    """Addresses to photograph with the digest of the page judged there, None where there is none."""
    wanted: dict[str, str | None] = {}
    for finding in findings:
        pages: dict[str, str | None] = {
            evidence.url: evidence.snapshot for evidence in finding.evidence if evidence.snapshot is not None
        }
        for url, digest in list(pages.items())[:per_finding] or [(inspection.site.url, None)]:
            wanted.setdefault(url.partition("#")[0], digest)
    return wanted


def _body(snapshots: SnapshotStore, digest: str | None) -> bytes | None:
    try:
        return None if digest is None else snapshots.get(digest)
    except NotFound:  # not kept any more
        return None
