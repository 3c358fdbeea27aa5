"""Bulletins as the API shows them."""

from datetime import date, datetime
from typing import Any

import msgspec
from pydantic import BaseModel, Field

from inspection.bulletin.bulletin import Bulletin, BulletinState
from inspection.bulletin.document import text_of
from inspection.offices import OfficeLevel


class BulletinFileOut(BaseModel):
    """A file of a published bulletin."""

    format: str = Field(examples=["docx"])
    digest: str = Field(description="SHA-256 (hex)")
    size: int = Field(description="Bytes")


class BulletinStepOut(BaseModel):
    """Who did what, when."""

    state: BulletinState
    by: str
    at: datetime
    note: str


class BulletinOut(BaseModel):
    """A bulletin in a list."""

    id: str = Field(examples=["2017Q1-national"])
    state: BulletinState
    level: OfficeLevel
    office: str
    region: str
    period: str = Field(description="As it is printed", examples=["2017年第一季度"])
    title: str
    number: str = Field(description="Document number; empty where it has none")
    issued_on: date | None
    drill: bool = Field(description="Of a round in compressed time: never published")
    corrects: str = Field(description="Id of the published bulletin that this one corrects; empty where it is none")
    files: list[BulletinFileOut] = Field(description="Empty until it is published")

    @classmethod
    def of(cls, bulletin: Bulletin) -> "BulletinOut":
        """From the domain's value."""
        return cls(**_summary(bulletin))


class BulletinWholeOut(BulletinOut):
    """A bulletin with its text, figures and steps."""

    text: str = Field(description="The whole text, annexes too; cells of tables are joined by tabs")
    figures: dict[str, Any] = Field(description="All numbers; shares in 0..1")
    steps: list[BulletinStepOut]
    notes: list[str] = Field(description="Printed notes: conflicts of figures that a person let stand, and why")

    @classmethod
    def whole(cls, bulletin: Bulletin) -> "BulletinWholeOut":
        """From the domain's value."""
        steps = [BulletinStepOut(state=step.state, by=step.by, at=step.at, note=step.note) for step in bulletin.steps]
        return cls(
            **_summary(bulletin),
            text=text_of(bulletin.document),
            figures=msgspec.to_builtins(bulletin.figures),
            steps=steps,
            notes=list(bulletin.document.notes),
        )


def _summary(bulletin: Bulletin) -> dict[str, Any]:
    return {
        "id": bulletin.id,
        "state": bulletin.state,
        "level": bulletin.level,
        "office": bulletin.office,
        "region": bulletin.region,
        "period": bulletin.figures.period,
        "title": bulletin.document.title,
        "number": bulletin.number,
        "issued_on": bulletin.issued_on,
        "drill": bulletin.drill,
        "corrects": bulletin.corrects,
        "files": [BulletinFileOut(format=f.format, digest=f.digest, size=f.size) for f in bulletin.files],
    }
