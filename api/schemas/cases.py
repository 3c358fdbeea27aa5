"""Cases, their steps and the assessment of units as the API shows them."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from api.schemas.encoded import Base64, bytes_of
from inspection.assessment import UnitAssessment
from inspection.rectification.case import Notice, Problem, RectificationCase
from inspection.rectification.steps import CaseState, Fate, Step, StepKind
from inspection.registry import SiteCategory
from inspection.workflows.step_case import Document

MOST_DOCUMENTS = 10
"""That come with one step."""


class ExhibitOut(BaseModel):
    """Where a problem was seen."""

    url: str
    excerpt: str
    line: int = Field(description="From 1; 0 = the whole page")
    snapshot: str | None = Field(description="SHA-256 of the stored page")
    screenshot: str | None = Field(description="SHA-256 of the picture")


class ProblemOut(BaseModel):
    """What a unit is to put right."""

    finding: str
    indicator: str
    name: str
    message: str = Field(description="Chinese")
    veto: bool
    points: float
    evidence: list[ExhibitOut]

    @classmethod
    def of(cls, problem: Problem) -> "ProblemOut":
        """From the domain's value."""
        return cls(
            finding=problem.finding,
            indicator=problem.indicator,
            name=problem.name,
            message=problem.message,
            veto=problem.veto,
            points=float(problem.points),
            evidence=[
                ExhibitOut(
                    url=each.url,
                    excerpt=each.excerpt,
                    line=each.line,
                    snapshot=each.snapshot,
                    screenshot=each.screenshot,
                )
                for each in problem.evidence
            ],
        )


class NoticeOut(BaseModel):
    """A notice as it was sent."""

    number: str
    day: date
    due: date
    recheck_on: date | None
    recipients: list[str]
    text: str

    @classmethod
    def of(cls, notice: Notice) -> "NoticeOut":
        """From the domain's value."""
        return cls(
            number=notice.number,
            day=notice.day,
            due=notice.due,
            recheck_on=notice.recheck_on,
            recipients=list(notice.recipients),
            text=notice.text,
        )


class AttachmentOut(BaseModel):
    """A document that came with a step; its body is at ``/v1/snapshots/{digest}/body``."""

    name: str
    digest: str
    size: int
    media_type: str


class StepOut(BaseModel):
    """One step of a case."""

    number: int
    kind: StepKind
    at: datetime
    by: str
    note: str
    due: date | None = Field(description="The deadline that this step set")
    late_days: int
    round_id: str = Field(description="Round of a recheck")
    reverses: int = Field(description="Number of the step that this one undoes; 0 = none")
    stands: bool = Field(description="Whether no later step has undone it")
    attachments: list[AttachmentOut]
    fates: dict[str, Fate] = Field(description="What a recheck has found, by finding")

    @classmethod
    def of(cls, step: Step, *, stands: bool) -> "StepOut":
        """From the domain's value."""
        return cls(
            number=step.number,
            kind=step.kind,
            at=step.at,
            by=step.by,
            note=step.note,
            due=step.due,
            late_days=step.late_days,
            round_id=step.round_id,
            reverses=step.reverses,
            stands=stands,
            attachments=[
                AttachmentOut(name=each.name, digest=each.digest, size=each.size, media_type=each.media_type)
                for each in step.attachments
            ],
            fates=step.fates,
        )


class CaseOut(BaseModel):
    """A case as lists show it."""

    id: str = Field(examples=["2026Q4:3706000001"])
    round_id: str
    code: str
    site_name: str
    url: str
    category: SiteCategory
    region: str
    unit: str
    supervisor: str
    office: str
    office_name: str
    state: CaseState
    due: date
    overdue_days: int = Field(description="On the day that was asked for")
    problems: int
    escalations: int
    reasons: list[str]

    @classmethod
    def of(cls, case: RectificationCase, day: date) -> "CaseOut":
        """From the domain's value, as it stands on a day."""
        return cls(
            id=case.id,
            round_id=case.round_id,
            code=case.code,
            site_name=case.site_name,
            url=case.url,
            category=case.category,
            region=case.region,
            unit=case.unit,
            supervisor=case.supervisor,
            office=case.office,
            office_name=case.office_name,
            state=case.state,
            due=case.due,
            overdue_days=case.overdue_days(day),
            problems=len(case.problems),
            escalations=case.escalations,
            reasons=list(case.reasons),
        )


class CaseDetailOut(BaseModel):
    """A case whole."""

    case: CaseOut
    problems: list[ProblemOut]
    notices: list[NoticeOut]
    steps: list[StepOut]

    @classmethod
    def of(cls, case: RectificationCase, day: date) -> "CaseDetailOut":
        """From the domain's value, as it stands on a day."""
        return cls(
            case=CaseOut.of(case, day),
            problems=[ProblemOut.of(problem) for problem in case.problems],
            notices=[NoticeOut.of(notice) for notice in case.notices],
            steps=steps_of(case),
        )


def steps_of(case: RectificationCase, kind: StepKind | None = None) -> list[StepOut]:
    """The steps of a case, of one kind or all."""
    standing = {step.number for step in case.standing}
    return [StepOut.of(step, stands=step.number in standing) for step in case.steps if kind in (None, step.kind)]


class DocumentIn(BaseModel):
    """A document handed in."""

    name: str = Field(max_length=200, examples=["整改报告.pdf"])
    content: Base64

    def document(self) -> Document:
        """With its bytes; InputRejected where they are no Base64."""
        return Document(self.name, bytes_of(self.content, f"附件 {self.name} 的 content "))


class SubmissionIn(BaseModel):
    """A rectification report."""

    by: str = Field(max_length=200, description="Who reports")
    note: str = Field("", max_length=10_000)
    documents: list[DocumentIn] = Field(min_length=1, max_length=MOST_DOCUMENTS)
    rules: str = Field("national", max_length=40, description="Id of rules of rectification: they bound a document")


class AssessmentLineOut(BaseModel):
    """One event that cost a unit points."""

    rule: str
    name: str
    points: float
    day: date
    reference: str = Field(description="What it rests on: a case, a message")
    note: str
    clause: str = Field(description="Where the rule stands")
    provisional: bool = Field(description="Whether the points are not verified in a published text")


class UnitAssessmentOut(BaseModel):
    """What a responsible unit lost in the period."""

    unit: str
    points: float
    score: float | None = Field(description="Null where the rules set no full mark")
    lines: list[AssessmentLineOut]

    @classmethod
    def of(cls, row: UnitAssessment) -> "UnitAssessmentOut":
        """From the domain's value."""
        return cls(
            unit=row.unit,
            points=float(row.points),
            score=None if row.score is None else float(row.score),
            lines=[
                AssessmentLineOut(
                    rule=line.rule.id,
                    name=line.rule.name,
                    points=float(line.rule.points),
                    day=line.event.day,
                    reference=line.event.reference,
                    note=line.event.note,
                    clause=line.rule.clause,
                    provisional=line.rule.source.is_provisional,
                )
                for line in row.lines
            ],
        )
