"""Inspections, findings and what was observed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from pydantic import BaseModel, Field

from api.schemas.registry import SiteOut
from inspection.findings import Finding, FindingState, ReviewStatus
from inspection.observation import FetchOutcome, LinkOutcome, LinkSeen, PageSeen, ProbeSeen, ScreenshotSeen
from inspection.observation.link_tally import LinkTally
from inspection.observation.site import LinkDefect
from inspection.ports import Inspection
from inspection.scoring import Scorecard, Verdict


class ScoreLineOut(BaseModel):
    """Deductions under one indicator; ``deducted`` is after its cap."""

    indicator: str = Field(examples=["C15-D2"])
    deducted: float
    raw: float
    findings: list[str] = Field(description="Ids of the findings that cost the points")


class ScorecardOut(BaseModel):
    """Verdict under one edition."""

    edition: str
    edition_digest: str = Field(description="SHA-256 (hex) of the edition as it was")
    profiles: list[str] = Field(description="Special rules of the edition that applied to the site")
    verdict: Verdict
    provisional: bool = Field(description="It fails by vetoes that no person has confirmed yet")
    score: float | None = Field(
        description="Null where a veto stopped the scoring; contains the bonus", examples=[93.4]
    )
    deducted: float
    bonus: float
    vetoes: list[str]
    undetermined: list[str] = Field(description="Veto indicators that could not be decided")
    lines: list[ScoreLineOut]
    reasons: list[str] = Field(description="The verdict explained, in Chinese")

    @classmethod
    def of(cls, card: Scorecard) -> "ScorecardOut":
        """From the domain's value."""
        return cls(
            edition=card.edition,
            edition_digest=card.edition_digest,
            profiles=list(card.profiles),
            verdict=card.verdict,
            provisional=card.provisional,
            score=None if card.score is None else float(card.score),
            deducted=float(card.deducted),
            bonus=float(card.bonus),
            vetoes=list(card.vetoes),
            undetermined=list(card.undetermined),
            lines=[
                ScoreLineOut(
                    indicator=line.indicator,
                    deducted=float(line.deducted),
                    raw=float(line.raw),
                    findings=list(line.findings),
                )
                for line in card.lines
            ],
            reasons=list(card.reasons),
        )


class InspectionOut(BaseModel):
    """One site in one round; ``site`` is its registry row when the round was opened."""

    round_id: str
    site: SiteOut
    stratum: str
    crawl_finished_at: datetime | None
    probes_stored: int
    pages_stored: int
    links_stored: int
    links_left: int = Field(
        description="Addresses left unchecked, page by page, since the site refers to more than a crawl looks at"
    )
    judged_at: datetime | None
    scorecard: ScorecardOut | None

    @classmethod
    def of(cls, inspection: Inspection) -> "InspectionOut":
        """From the domain's value."""
        return cls(
            round_id=inspection.round_id,
            site=SiteOut.of(inspection.site),
            stratum=inspection.stratum,
            crawl_finished_at=inspection.crawl_finished_at,
            probes_stored=inspection.probes_stored,
            pages_stored=inspection.pages_stored,
            links_stored=inspection.links_stored,
            links_left=inspection.links_left,
            judged_at=inspection.judged_at,
            scorecard=None if inspection.scorecard is None else ScorecardOut.of(inspection.scorecard),
        )


class EvidenceOut(BaseModel):
    """Where and when a fact was seen."""

    url: str
    excerpt: str
    observed_at: datetime | None
    snapshot: str | None = Field(description="SHA-256 of the stored page, see /v1/snapshots")
    screenshot: str | None = Field(description="SHA-256 of a picture of the page, see /v1/snapshots/{digest}/image")
    line: int = Field(description="From 1; 0 = the whole page")


class ScreenshotOut(BaseModel):
    """A picture of a whole page, taken as evidence."""

    url: str
    taken_at: datetime
    image: str | None = Field(description="SHA-256 of the JPEG, see /v1/snapshots/{digest}/image; null: none was taken")
    snapshot: str | None = Field(description="SHA-256 of the stored page that it shows; null: the page was asked again")
    detail: str = Field(description="What was wrong with the page, in English")

    @classmethod
    def of(cls, shot: ScreenshotSeen) -> "ScreenshotOut":
        """From the domain's value."""
        return cls(url=shot.url, taken_at=shot.taken_at, image=shot.image, snapshot=shot.snapshot, detail=shot.detail)


def images_of(screenshots: Iterable[ScreenshotSeen]) -> dict[str, str]:
    """Digests of the pictures by address."""
    return {shot.url: shot.image for shot in screenshots if shot.image is not None}


class FindingOut(BaseModel):
    """A fault or an open question under one indicator."""

    id: str
    indicator: str
    state: FindingState
    subject: str
    message: str
    points: float
    price: float = Field(description="What it costs once a person confirms it")
    review: ReviewStatus
    evidence: list[EvidenceOut]

    @classmethod
    def of(cls, finding: Finding, screenshots: Mapping[str, str]) -> "FindingOut":
        """From the domain's value and the pictures of its site by address."""
        return cls(
            id=finding.id,
            indicator=finding.indicator,
            state=finding.state,
            subject=finding.subject,
            message=finding.message,
            points=float(finding.points),
            price=float(finding.price),
            review=finding.review,
            evidence=[
                EvidenceOut(
                    url=each.url,
                    excerpt=each.excerpt,
                    observed_at=each.observed_at,
                    snapshot=each.snapshot,
                    screenshot=screenshots.get(each.url.partition("#")[0]),
                    line=each.line,
                )
                for each in finding.evidence
            ],
        )


class PageOut(BaseModel):
    """A fetched page, with the most asked-for facts; its links are under ``links``."""

    url: str
    final_url: str
    depth: int = Field(description="Clicks from the home page")
    fetched_at: datetime
    outcome: FetchOutcome
    status: int | None
    elapsed_s: float
    content_type: str
    snapshot: str | None
    title: str | None
    charset: str | None
    items: int | None = Field(description="Items of its list")
    newest_item_date: date | None
    links_left: int = Field(description="Addresses on it left unchecked, see the inspection's ``links_left``")

    @classmethod
    def of(cls, page: PageSeen) -> "PageOut":
        """From the domain's value."""
        facts = page.facts
        return cls(
            url=page.url,
            final_url=page.final_url,
            depth=page.depth,
            fetched_at=page.fetched_at,
            outcome=page.outcome,
            status=page.status,
            elapsed_s=page.elapsed_s,
            content_type=page.content_type,
            snapshot=page.snapshot,
            title=facts.title if facts else None,
            charset=facts.charset if facts else None,
            items=len(facts.list_items) if facts else None,
            newest_item_date=facts.newest_item_date if facts else None,
            links_left=page.links_left,
        )


class LinkSourceOut(BaseModel):
    """Where a link stands."""

    page: str
    element: str
    attribute: str
    text: str
    line: int


class LinkTryOut(BaseModel):
    """One request of a link check."""

    at: datetime
    method: str
    outcome: FetchOutcome
    status: int | None
    elapsed_s: float


class LinkTallyOut(BaseModel):
    """Numbers of link targets of one kind."""

    on_home: bool
    internal: bool
    targets: int
    broken: int
    suspected: int

    @classmethod
    def of(cls, tally: LinkTally) -> "LinkTallyOut":
        """From the domain's value."""
        return cls(
            on_home=tally.on_home,
            internal=tally.internal,
            targets=tally.targets,
            broken=tally.broken,
            suspected=tally.suspected,
        )


class LinkOut(BaseModel):
    """The check of one link target."""

    url: str
    internal: bool
    outcome: LinkOutcome
    defect: LinkDefect | None
    reason: FetchOutcome
    status: int | None
    final_url: str | None
    checked_at: datetime
    source: LinkSourceOut
    tries: list[LinkTryOut]
    detail: str

    @classmethod
    def of(cls, link: LinkSeen) -> "LinkOut":
        """From the domain's value."""
        source = link.source
        return cls(
            url=link.url,
            internal=link.internal,
            outcome=link.outcome,
            defect=link.defect,
            reason=link.reason,
            status=link.status,
            final_url=link.final_url,
            checked_at=link.checked_at,
            source=LinkSourceOut(
                page=source.page,
                element=source.element,
                attribute=source.attribute,
                text=source.text,
                line=source.line,
            ),
            tries=[
                LinkTryOut(
                    at=each.at,
                    method=each.method,
                    outcome=each.outcome,
                    status=each.status,
                    elapsed_s=each.elapsed_s,
                )
                for each in link.tries
            ],
            detail=link.detail,
        )


class ProbeOut(BaseModel):
    """One availability probe."""

    sequence: int
    at: datetime
    outcome: FetchOutcome
    status: int | None
    elapsed_s: float
    vantage: str
    detail: str

    @classmethod
    def of(cls, probe: ProbeSeen) -> "ProbeOut":
        """From the domain's value."""
        return cls(
            sequence=probe.sequence,
            at=probe.at,
            outcome=probe.outcome,
            status=probe.status,
            elapsed_s=probe.elapsed_s,
            vantage=probe.vantage,
            detail=probe.detail,
        )
