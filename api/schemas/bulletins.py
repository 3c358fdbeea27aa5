"""Bulletins as the API shows them."""

from datetime import date, datetime
from typing import Any

import msgspec
from pydantic import BaseModel, Field

from inspection.bulletin.bulletin import Bulletin, BulletinState
from inspection.bulletin.document import text_of
from inspection.bulletin.figures import BulletinFigures, Deadlines
from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.offices import Office, OfficeLevel
from inspection.registry.site import NATION
from inspection.statistics.guard import Conflict, conflicts
from inspection.supervision import SupervisionRules
from inspection.workflows.draft_bulletin import DraftOrder
from inspection.workflows.figures_of_round import FiguresOrder, last_day
from inspection.workflows.gather_figures import BulletinScope
from inspection.workflows.verify_bulletin import FileCheck


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


class ConflictOut(BaseModel):
    """Figures that do not add up: they stop the publication until they are put right or let stand."""

    id: str = Field(description="Identity with all its numbers", examples=["0123456789abcdef"])
    name: str
    stated: str
    computed: str
    sentence: str = Field(description="The same in Chinese")
    overridden: bool = Field(description="Whether a person lets it stand")

    @classmethod
    def of(cls, conflict: Conflict, *, overridden: bool) -> "ConflictOut":
        """From the domain's value."""
        return cls(
            id=conflict.digest,
            name=conflict.name,
            stated=conflict.stated,
            computed=conflict.computed,
            sentence=conflict.sentence,
            overridden=overridden,
        )


class BulletinWholeOut(BulletinOut):
    """A bulletin with its text, figures and steps."""

    text: str = Field(description="The whole text, annexes too; cells of tables are joined by tabs")
    figures: dict[str, Any] = Field(description="All numbers; shares in 0..1")
    steps: list[BulletinStepOut]
    notes: list[str] = Field(description="Printed notes: conflicts of figures that a person let stand, and why")
    conflicts: list[ConflictOut] = Field(description="Figures that do not add up")

    @classmethod
    def whole(cls, bulletin: Bulletin) -> "BulletinWholeOut":
        """From the domain's value."""
        settled = {each.conflict.digest for each in bulletin.overrides}
        steps = [BulletinStepOut(state=step.state, by=step.by, at=step.at, note=step.note) for step in bulletin.steps]
        return cls(
            **_summary(bulletin),
            text=text_of(bulletin.document),
            figures=msgspec.to_builtins(bulletin.figures),
            steps=steps,
            notes=list(bulletin.document.notes),
            conflicts=[ConflictOut.of(each, overridden=each.digest in settled) for each in conflicts(bulletin.figures)],
        )


class FileCheckOut(BaseModel):
    """A file of a published bulletin, looked at anew."""

    format: str
    digest: str = Field(description="SHA-256 (hex) as it was published")
    fault: str = Field(description="What is wrong with it (Chinese); empty where it is as it was published")

    @classmethod
    def of(cls, check: FileCheck) -> "FileCheckOut":
        """From the domain's value."""
        return cls(format=check.format, digest=check.digest, fault=check.fault)


By = Field(max_length=100, description="Who does it; kept with the bulletin")


class ReviewBulletinIn(BaseModel):
    """That a person has read a draft and finds it good."""

    by: str = By
    note: str = Field("", max_length=2000)


class OverrideIn(BaseModel):
    """That figures may stand although they do not add up."""

    conflict: str = Field(description="Id of the conflict", max_length=40)
    reason: str = Field(max_length=2000, description="Printed as a note")
    by: str = By


class PublishIn(BaseModel):
    """That a reviewed bulletin goes out."""

    by: str = By
    without_pdf: bool = Field(False, description="Make no PDF; needed where the service has no browser")


class DraftIn(BaseModel):
    """A bulletin to be drafted: on a closed round, on the office's own report, or from figures of elsewhere."""

    id: str = Field(max_length=64, examples=["2017Q1-national"])
    by: str = By
    office: str = Field(
        "", max_length=64, description="Id of the office that issues it; needed with `round_id` and `own_report`"
    )
    round_id: str = Field("", max_length=100, description="The closed round whose figures are gathered")
    own_report: str = Field(
        "",
        max_length=20,
        description="Period of the office's own report that is told, in the place of `round_id`",
        examples=["2017-02"],
    )
    period: str = Field("", max_length=100, description="As it is printed", examples=["2017年第一季度"])
    area: str = Field("", max_length=100, description="As it is printed", examples=["全国"])
    against: str = Field(
        "", max_length=100, description="Round (or report) of the last period; empty: the issue published last"
    )
    reported: str = Field("", max_length=20, description="Period of the reported rounds to add up", examples=["2017Q1"])
    verification: str = Field("", max_length=100, description="Id of the verification whose statement is quoted")
    since: date | None = Field(None, description="First day of the period; by default that which `period` tells")
    until: date | None = Field(
        None, description="Last day of the period; by default that which `period` tells, today as long as it goes on"
    )
    event: str = Field("", max_length=200, description="Title of what sites and accounts were to carry")
    assessment: str = Field("", max_length=40, description="Id of scoring rules; empty: no deductions")
    report_by: date | None = Field(None, description="Day by which failing units report")
    recheck_on: date | None = None
    figures: dict[str, Any] | None = Field(
        None, description="Figures in the place of `round_id` or `own_report`, as a bulletin has them"
    )
    number: str = Field("", max_length=40, examples=["国办秘函〔2017〕23号"])
    issued_on: date | None = Field(None, description="That of the publication by default")
    corrects: str = Field("", max_length=64, description="Id of the published bulletin that this one corrects")
    reason: str = Field("", max_length=2000, description="Why it is corrected; printed")

    def order(self, office: Office | None) -> DraftOrder:
        """What a person says of it besides its figures."""
        return DraftOrder(
            id=self.id,
            by=self.by,
            region=NATION if office is None else office.region,
            number=self.number,
            issued_on=self.issued_on,
            corrects=self.corrects,
            reason=self.reason,
        )

    def scope(self, office: Office | None, today: date) -> BulletinScope:
        """What it is about; InputRejected where that is not said, or the period ends after today."""
        if office is None or not self.period or not self.area:
            raise InputRejected("用 round_id 或 own_report 起草时，请同时给出 office、period 和 area")
        return BulletinScope(
            round_id=self.round_id,
            report=self.own_report,
            office=office,
            period=self.period,
            area=self.area,
            until=last_day(self.period, self.until, today),
            deadlines=Deadlines(report_by=self.report_by, recheck_on=self.recheck_on),
            against=self.against,
        )

    def parts(self, rules: SupervisionRules) -> FiguresOrder:
        """What goes into it beside the round; NotFound for unknown scoring rules."""
        return FiguresOrder(
            since=self.since,
            event=self.event,
            assessment=rules.assessment_of(self.assessment) if self.assessment else None,
            reported=self.reported,
            verification=self.verification,
        )

    def own_figures(self) -> BulletinFigures | None:
        """Those that were handed in; InputRejected where they are none, or more than one source is named, or none."""
        if sum((self.figures is not None, bool(self.round_id), bool(self.own_report))) != 1:
            raise InputRejected("请用 figures 给出数据，或用 round_id 给出轮次，或用 own_report 给出时期，三者取一")
        try:
            return None if self.figures is None else msgspec.convert(self.figures, BulletinFigures)
        except msgspec.ValidationError as error:
            raise InputRejected(f"figures 无效：{in_chinese(error)}") from error


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
