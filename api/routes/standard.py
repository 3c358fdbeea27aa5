"""Editions of the standard."""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.problems import responses
from inspection.checks import check_names
from inspection.standard import Edition, IndicatorKind, Source
from inspection.standard.edition import Automation
from inspection.standard.parse import SHIPPED, shipped_edition

router = APIRouter(prefix="/v1/editions", tags=["standard"])


class IndicatorOut(BaseModel):
    """One row of the indicator table."""

    id: str = Field(examples=["C15-V1"])
    name: str = Field(examples=["站点无法访问"])
    clause: str
    kind: IndicatorKind
    automation: Automation
    source: Source
    provisional: bool = Field(description="The number is not verified in a published text (待核)")
    points: float | None
    cap: float | None


class EditionOut(BaseModel):
    """One edition of the standard."""

    id: str = Field(examples=["2019"])
    name: str
    document: str = Field(examples=["国办秘函〔2019〕19号"])
    valid_from: date
    valid_to: date | None
    fails_above: float = Field(description="Points lost above which a site fails", examples=[40])
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
            fails_above=float(edition.pass_rule.fails_above),
            indicators=[
                IndicatorOut(
                    id=row.id,
                    name=row.name,
                    clause=row.clause,
                    kind=row.kind,
                    automation=row.automation,
                    source=row.source,
                    provisional=row.source.is_provisional,
                    points=None if row.points is None else float(row.points),
                    cap=None if row.cap is None else float(row.cap),
                )
                for row in edition.indicators
            ],
        )


@router.get("", operation_id="listEditions", response_model=list[EditionOut], responses=responses())
def list_editions() -> list[EditionOut]:
    """All editions, oldest first."""
    return [EditionOut.of(shipped_edition(id_, known_checks=check_names())) for id_ in SHIPPED]


@router.get("/{edition_id}", operation_id="getEdition", response_model=EditionOut, responses=responses(404))
def get_edition(edition_id: str) -> EditionOut:
    """One edition with its indicators."""
    return EditionOut.of(shipped_edition(edition_id, known_checks=check_names()))
