"""Editions of the standard."""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.problems import responses
from api.repositories import Stores
from inspection.checks import CHECK_PARAMS
from inspection.checks.describe import threshold_text
from inspection.standard import Automation, Edition, Indicator, IndicatorKind, Source, Target

router = APIRouter(prefix="/v1/editions", tags=["standard"])


class IndicatorOut(BaseModel):
    """One row of the indicator table."""

    id: str = Field(examples=["C15-V1"])
    name: str = Field(examples=["站点无法访问"])
    group: str = Field(examples=["网站可用性"])
    clause: str
    kind: IndicatorKind
    target: Target
    automation: Automation
    source: Source
    provisional: bool = Field(description="The number is not verified in a published text (待核)")
    threshold: str = Field(description="Thresholds of its check, in Chinese; empty where people decide")
    scope: str = Field(description="Which sites it judges, in Chinese; empty: all")
    points: float | None
    cap: float | None
    since: date | None
    note: str = Field(description="What the machine sees of it and what only a person can, in Chinese")

    @classmethod
    def of(cls, row: Indicator, edition: Edition) -> "IndicatorOut":
        """From the domain's value."""
        groups = {group.id: group.name for group in edition.groups}
        return cls(
            id=row.id,
            name=row.name,
            group=groups.get(row.group, ""),
            clause=row.clause,
            kind=row.kind,
            target=row.target,
            automation=row.automation,
            source=row.source,
            provisional=row.source.is_provisional,
            threshold=threshold_text(row, edition, CHECK_PARAMS[row.check]) if row.check else "",
            scope=edition.scope_named(row.scope).name if row.scope else "",
            points=None if row.points is None else float(row.points),
            cap=None if row.cap is None else float(row.cap),
            since=row.since,
            note=row.note,
        )


class EditionOut(BaseModel):
    """One edition of the standard."""

    id: str = Field(examples=["2019"])
    name: str
    document: str = Field(examples=["国办秘函〔2019〕19号"])
    valid_from: date
    valid_to: date | None
    digest: str = Field(description="SHA-256 (hex) of the edition's content")
    full_score: float = Field(examples=[100])
    pass_score: float = Field(description="Score below which a site fails", examples=[60])
    indicators: list[IndicatorOut]

    @classmethod
    def of(cls, edition: Edition) -> "EditionOut":
        """From the domain's value."""
        return cls(
            id=edition.id,
            name=edition.name,
            document=edition.document,
            valid_from=edition.valid_from,
            valid_to=edition.valid_to,
            digest=edition.digest,
            full_score=float(edition.pass_rule.full_score),
            pass_score=float(edition.pass_rule.pass_score),
            indicators=[IndicatorOut.of(row, edition) for row in edition.indicators],
        )


@router.get("", operation_id="listEditions", response_model=list[EditionOut], responses=responses())
def list_editions(stores: Stores) -> list[EditionOut]:
    """All editions, oldest first."""
    return [EditionOut.of(edition) for edition in stores.editions.all()]


@router.get("/{edition_id}", operation_id="getEdition", response_model=EditionOut, responses=responses(404))
def get_edition(stores: Stores, edition_id: str) -> EditionOut:
    """One edition with its indicators."""
    return EditionOut.of(stores.editions.get(edition_id))
