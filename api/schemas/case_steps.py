"""What callers send to open cases, take steps on them and settle rechecks, and what they are told of it."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, Field

from api.schemas.cases import MOST_DOCUMENTS, CaseOut, DocumentIn
from inspection.rectification.key_sites import Repeat
from inspection.rectification.recheck import RecheckResult
from inspection.rectification.steps import Fate, StepKind
from inspection.workflows.import_registry import RawRow
from inspection.workflows.open_cases import CasesOpened
from inspection.workflows.recheck_cases import RecheckOrdered
from inspection.workflows.settle_cases import Settled
from inspection.workflows.watch_repeats import Watched

_MOST_FAILURES = 50_000
_MOST_CODES = 5_000

By = Field(max_length=200, description="Who does it: an office or a person")
Rules = Field("national", max_length=40, description="Id of rules of rectification, shipped or own")


class FailureIn(BaseModel):
    """One problem of a site that failed in a round which was run elsewhere."""

    code: str = Field(max_length=40, examples=["3706000001"])
    indicator: str = Field(max_length=40, examples=["N19-V3"])
    message: str = Field(max_length=2000)
    url: str = Field("", max_length=2000, description="The page that shows it")


class OpenCasesIn(BaseModel):
    """A closed round whose failing sites get cases; with ``failures``, one that was run elsewhere."""

    round_id: str = Field(max_length=100)
    by: str = By
    rules: str = Rules
    due: date | None = Field(None, description="When reports are due; as the rules say by default")
    recheck_on: date | None = Field(None, description="First day of the recheck; as the rules say by default")
    failures: list[FailureIn] | None = Field(None, max_length=_MOST_FAILURES)
    edition: str = Field("2019", max_length=40, description="With ``failures``: the edition that they were judged by")
    title: str = Field("", max_length=200, description="With ``failures``: the title of that round")


def rows_of(failures: Sequence[FailureIn]) -> list[RawRow]:
    """As a table would hold them; ``line`` is the place in the list, from 1."""
    return [RawRow(line, each.model_dump()) for line, each in enumerate(failures, 1)]


class CasesOpenedOut(BaseModel):
    """What came of opening the cases of a round."""

    cases: list[CaseOut] = Field(description="All of the round, old ones too")
    new: int
    provisional: list[str] = Field(description="Codes of sites without a case: nobody has confirmed their vetoes")
    refused: list[str] = Field(description="Why other sites got none (Chinese)")
    ignored: list[str] = Field(description="Cases on file that differ from what was given now, and stay (Chinese)")

    @classmethod
    def of(cls, done: CasesOpened, day: date) -> "CasesOpenedOut":
        """From the domain's value, as the cases stand on a day."""
        return cls(
            cases=[CaseOut.of(case, day) for case in done.cases],
            new=done.new,
            provisional=list(done.provisional),
            refused=list(done.refused),
            ignored=list(done.ignored),
        )


class StepTaken(StrEnum):
    """Steps that a person takes on one case; reports have a route of their own, and rechecks are rounds."""

    RECEIVE = "receive"
    ESCALATE = "escalate"
    INTERVIEW = "interview"
    CLOSE_SITE = "close_site"
    REOPEN = "reopen"
    REVERSE = "reverse"

    @property
    def kind(self) -> StepKind:
        """As the domain calls it."""
        return StepKind(self.value)


class StepIn(BaseModel):
    """A step on a case. Fields that its kind has no use for are refused."""

    kind: StepTaken
    by: str = By
    note: str = Field("", max_length=10_000, description="Needed by all kinds but ``receive``")
    due: date | None = Field(
        None, description="New deadline, with ``escalate`` and ``reopen``; by the rules by default"
    )
    reverses: int | None = Field(None, ge=1, description="With ``reverse``: number of the step that is undone")
    documents: list[DocumentIn] = Field([], max_length=MOST_DOCUMENTS, description="Needed with ``close_site``")
    rules: str = Rules


class RecheckIn(BaseModel):
    """A recheck to be ordered by a third party."""

    round_id: str = Field(max_length=100, description="The round whose cases are looked at again")
    by: str = Field(max_length=200, description="The third party; neither the unit nor who reported for it")
    codes: list[str] = Field([], max_length=_MOST_CODES, description="Only these sites; all that are due by default")
    early: bool = Field(False, description="Also where the day of the recheck has not come")


class RecheckOrderedOut(BaseModel):
    """A recheck that was ordered: a round of its own, which workers crawl before all others."""

    round_id: str = Field(examples=["recheck-2026Q4-1"])
    cases: list[CaseOut]
    problems: int = Field(description="That are looked at again")
    probed: int = Field(description="Cases that need a series of probes")

    @classmethod
    def of(cls, done: RecheckOrdered, day: date) -> "RecheckOrderedOut":
        """From the domain's value, as the cases stand on a day."""
        return cls(
            round_id=done.round.id,
            cases=[CaseOut.of(case, day) for case in done.cases],
            problems=done.problems,
            probed=done.probed,
        )


class SeenFate(StrEnum):
    """What a person has seen of a problem that the recheck cannot tell."""

    GONE = "gone"
    REMAINS = "remains"


class SeenIn(BaseModel):
    """A problem that a person has looked at."""

    code: str = Field(max_length=40)
    finding: str = Field(max_length=100, description="Id of the problem in its case")
    fate: SeenFate


class SettleIn(BaseModel):
    """That the outcome of a recheck is applied to the cases that wait for it."""

    by: str = Field(max_length=200, description="The third party; neither the unit nor who reported for it")
    due: date | None = Field(None, description="When escalated cases are due again; as the rules say by default")
    seen: list[SeenIn] = Field([], max_length=_MOST_CODES)
    rules: str = Rules

    def fates(self) -> dict[str, dict[str, Fate]]:
        """What was seen, by site code and finding."""
        found: dict[str, dict[str, Fate]] = {}
        for each in self.seen:
            found.setdefault(each.code, {})[each.finding] = Fate(each.fate.value)
        return found


class FateOut(BaseModel):
    """What became of one problem."""

    finding: str
    indicator: str
    message: str
    fate: Fate
    why: str = Field(description="Chinese; empty where it needs no word")


class NewFindingOut(BaseModel):
    """What else the recheck has found; it does not count in the case."""

    finding: str
    indicator: str
    message: str


class SettledOut(BaseModel):
    """A case after its recheck."""

    case: CaseOut
    judged: bool = Field(description="False where the recheck round has not judged the site yet: the case still waits")
    summary: str
    fates: list[FateOut]
    new: list[NewFindingOut]

    @classmethod
    def of(cls, settled: Settled, day: date) -> "SettledOut":
        """From the domain's value, as the case stands on a day."""
        result = settled.result or RecheckResult(fates=())
        return cls(
            case=CaseOut.of(settled.case, day),
            judged=settled.result is not None,
            summary="" if settled.result is None else result.summary,
            fates=[
                FateOut(
                    finding=each.problem.finding,
                    indicator=each.problem.indicator,
                    message=each.problem.message,
                    fate=each.fate,
                    why=each.why,
                )
                for each in result.fates
            ],
            new=[NewFindingOut(finding=each.id, indicator=each.indicator, message=each.message) for each in result.new],
        )


class RepeatOut(BaseModel):
    """A repeat offender."""

    code: str
    name: str
    region: str
    rounds: list[str] = Field(description="In which it failed, newest first")
    escalations: int
    reason: str = Field(description="Chinese")

    @classmethod
    def of(cls, repeat: Repeat) -> "RepeatOut":
        """From the domain's value."""
        return cls(
            code=repeat.code,
            name=repeat.name,
            region=repeat.region,
            rounds=list(repeat.rounds),
            escalations=repeat.escalations,
            reason=repeat.reason,
        )


class RepeatsOut(BaseModel):
    """Repeat offenders in the last rounds."""

    rounds: list[str] = Field(description="Counted ones, newest first")
    repeats: list[RepeatOut]
    added: list[str] = Field(description="Codes that were put on the list of key sites now")
    source: str = Field(description="What the rule rests on (Chinese)")

    @classmethod
    def of(cls, found: Watched, source: str) -> "RepeatsOut":
        """From the domain's value and the source of the rule."""
        return cls(
            rounds=list(found.periods),
            repeats=[RepeatOut.of(each) for each in found.repeats],
            added=list(found.added),
            source=source,
        )


class RepeatsIn(BaseModel):
    """That repeat offenders are put on the list of key sites."""

    by: str = Field(max_length=200, pattern=r"\S", description="Who puts them there")
    rules: str = Rules
    rounds: list[str] = Field([], max_length=100, description="Counted ones, newest first; the last closed by default")
    drill: bool = Field(False, description="Count drills in place of real rounds")
    day: date | None = Field(None, description="Today in China by default")
