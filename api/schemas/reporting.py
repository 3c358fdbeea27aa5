"""Self-checks, filings of reported rounds, their sums and verifications as callers see them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field

from api.schemas.encoded import Base64, bytes_of
from inspection.errors import InputRejected
from inspection.registry import Site
from inspection.reporting import SelfCheck, VerificationDraw
from inspection.reporting.figures import ReportedFigures
from inspection.reporting.report import Filing, ReportedRound, ResultRow, StatedTotals, Totals
from inspection.reporting.self_check import Coverage
from inspection.reporting.verification import Compared, Disagreement, DrawnOffice, OfficeAgreement
from inspection.sampling import ProbePlan
from inspection.sampling.plan import Size
from inspection.scoring import Verdict
from inspection.workflows.import_registry import RawRow
from inspection.workflows.verify_reports import VerificationResult

_MOST_RESULTS = 50_000


class ResultIn(BaseModel):
    """What an office found of one site."""

    code: str = Field(max_length=40, examples=["3706000001"])
    verdict: Verdict
    problems: list[Annotated[str, Field(max_length=2000)]] = Field(default=[], max_length=100)
    inspected_on: date | None = None


Results = Annotated[list[ResultIn], Field(max_length=_MOST_RESULTS)]


def rows_of(results: Sequence[ResultIn]) -> list[RawRow]:
    """As a table would hold them; ``line`` is the place in the list, from 1."""
    return [
        RawRow(
            line=line,
            values={
                "code": each.code,
                "verdict": each.verdict.value,
                "problems": "；".join(each.problems),
                "inspected_on": "" if each.inspected_on is None else f"{each.inspected_on}",
            },
        )
        for line, each in enumerate(results, 1)
    ]


class ResultOut(BaseModel):
    """What an office found of one site."""

    code: str
    verdict: Verdict
    problems: list[str]
    inspected_on: date | None

    @classmethod
    def of(cls, row: ResultRow) -> "ResultOut":
        """From the domain's value."""
        return cls(code=row.code, verdict=row.verdict, problems=list(row.problems), inspected_on=row.inspected_on)


class SelfCheckIn(BaseModel):
    """A signed and stamped form of a deep self-check."""

    office: str = Field(max_length=64, description="Id of the office whose sites these are")
    period: str = Field(max_length=20, examples=["2017Q1"])
    results: Results
    signatory: str = Field(max_length=100, description="The head who has signed")
    signed_on: date | None = Field(None, description="Today in China by default")
    scan: Base64
    by: str = Field(max_length=100, description="Who files it")

    def scanned(self) -> bytes:
        """The scan; InputRejected where it is no Base64."""
        return bytes_of(self.scan, "扫描件 scan ")


class ScanOut(BaseModel):
    """The scan of the form; its body is at ``/v1/snapshots/{digest}/body``."""

    digest: str = Field(description="SHA-256 (hex)")
    kind: str = Field(examples=["pdf"])
    size: int = Field(description="Bytes")


class SelfCheckOut(BaseModel):
    """A form in a list."""

    id: str
    office: str
    region: str
    period: str
    sites: int = Field(description="With a result on this form")
    signatory: str
    signed_on: date
    scan: ScanOut
    filed_at: datetime
    by: str

    @classmethod
    def of(cls, check: SelfCheck) -> "SelfCheckOut":
        """From the domain's value."""
        return cls(
            id=check.id,
            office=check.office,
            region=check.region,
            period=check.period,
            sites=len(check.results),
            signatory=check.signatory,
            signed_on=check.signed_on,
            scan=ScanOut(digest=check.scan.digest, kind=check.scan.kind, size=check.scan.size),
            filed_at=check.filed_at,
            by=check.by,
        )


class SelfCheckDetailOut(BaseModel):
    """A form with its results, by site code."""

    check: SelfCheckOut
    results: list[ResultOut]

    @classmethod
    def of(cls, check: SelfCheck) -> "SelfCheckDetailOut":
        """From the domain's value."""
        return cls(check=SelfCheckOut.of(check), results=[ResultOut.of(row) for row in check.results])


class SelfCheckStatusOut(BaseModel):
    """How far the self-check of an office is; forms of the offices below it count."""

    office: str
    period: str
    sites: int = Field(description="That must be checked: all that are not closed for good")
    missing: int = Field(description="Of these without a result")
    verdicts: dict[Verdict, int]
    complete: bool

    @classmethod
    def of(cls, office: str, period: str, found: Coverage) -> "SelfCheckStatusOut":
        """From the domain's value."""
        return cls(
            office=office,
            period=period,
            sites=found.sites,
            missing=len(found.missing),
            verdicts=found.verdicts,
            complete=found.is_complete,
        )


class MissingSiteOut(BaseModel):
    """A site without a result."""

    code: str
    name: str
    organizer: str

    @classmethod
    def of(cls, site: Site) -> "MissingSiteOut":
        """From the domain's value."""
        return cls(code=site.code, name=site.name, organizer=site.organizer)


class TotalsOut(BaseModel):
    """The numbers of a report form; sampled = passed + failed + not_determined + closed."""

    running: int
    sampled: int
    passed: int
    failed: int
    not_determined: int
    closed: int
    rate: float | None = Field(description="Share 0..1 of the decided sites; null where none was")

    @classmethod
    def of(cls, totals: Totals) -> "TotalsOut":
        """From the domain's value."""
        return cls(
            running=totals.running,
            sampled=totals.sampled,
            passed=totals.passed,
            failed=totals.failed,
            not_determined=totals.not_determined,
            closed=totals.closed,
            rate=totals.rate,
        )


class FilingOut(BaseModel):
    """One filing of a report."""

    totals: TotalsOut
    as_of: date
    filed_at: datetime
    by: str
    reason: str = Field(description="Why it corrects the one before; empty for the first")
    has_results: bool

    @classmethod
    def of(cls, filing: Filing) -> "FilingOut":
        """From the domain's value."""
        return cls(
            totals=TotalsOut.of(filing.totals),
            as_of=filing.as_of,
            filed_at=filing.filed_at,
            by=filing.by,
            reason=filing.reason,
            has_results=bool(filing.batch),
        )


class ReportDetailOut(BaseModel):
    """A reported round with all its filings, oldest first; the last one counts."""

    id: str
    period: str
    office: str
    office_name: str
    region: str
    filings: list[FilingOut]

    @classmethod
    def of(cls, report: ReportedRound) -> "ReportDetailOut":
        """From the domain's value."""
        return cls(
            id=report.id,
            period=report.period,
            office=report.office,
            office_name=report.office_name,
            region=report.region,
            filings=[FilingOut.of(filing) for filing in report.filings],
        )


class ReportIn(BaseModel):
    """What an office reports of its round: the form, and results of single sites where it gives them."""

    office: str = Field(max_length=64)
    period: str = Field(max_length=20, examples=["2017Q1"])
    as_of: date | None = Field(None, description="Today in China by default")
    by: str = Field(max_length=100, description="Who files it")
    running: int | None = Field(None, ge=0, description="Counted from the registry by default")
    sampled: int | None = Field(None, ge=0, description="Held against the results where there are any")
    passed: int | None = Field(None, ge=0)
    failed: int | None = Field(None, ge=0)
    not_determined: int | None = Field(None, ge=0)
    closed: int | None = Field(None, ge=0)
    results: Results | None = Field(None, description="Null where totals alone are reported")
    reason: str = Field("", max_length=2000, description="Why a report that is on file is corrected")

    def stated(self) -> StatedTotals:
        """The numbers of the form."""
        return StatedTotals(
            running=self.running,
            sampled=self.sampled,
            passed=self.passed,
            failed=self.failed,
            not_determined=self.not_determined,
            closed=self.closed,
        )


class ReportSumOut(BaseModel):
    """What the offices below another have reported on a period, each part of it once; there is no interval."""

    regions: int = Field(description="Offices of regions that have reported")
    departments: int
    sampled: int
    passed: int
    failed: int
    not_determined: int
    closed: int
    rate: float | None
    share_of_running: float | None
    full: list[str] = Field(description="Offices of which every decided site passed")
    below: list[str] = Field(description="Offices that are named for their low rate")
    verified: str = Field(description="Statement of the verification asked for; empty where its bound does not hold")

    @classmethod
    def of(cls, found: ReportedFigures) -> "ReportSumOut":
        """From the domain's value."""
        sample = found.sample
        return cls(
            regions=found.regions,
            departments=found.departments,
            sampled=sample.sampled,
            passed=sample.passed,
            failed=sample.failed,
            not_determined=sample.not_determined,
            closed=sample.closed,
            rate=sample.rate,
            share_of_running=sample.share_of_running,
            full=list(sample.full),
            below=list(sample.below),
            verified=sample.verified,
        )


class VerificationIn(BaseModel):
    """A random part of reported results to be drawn, and inspected as a round of the verifying office."""

    id: str = Field(max_length=64, description="That of the round, too", examples=["2017Q1-fuhe"])
    title: str = Field(min_length=1, max_length=200)
    office: str = Field(max_length=64, description="Id of the verifying office")
    period: str = Field(max_length=20, examples=["2017Q1"])
    seed: str = Field(min_length=1, max_length=200, description="Published before the draw")
    count: int | None = Field(None, ge=1, description="Results to draw; `share` or `count`, else by the rules")
    share: Decimal | None = Field(None, gt=0, le=1, description="Share of the results to draw, rounded up")
    as_of: date | None = Field(None, description="Monitoring day; today in China by default")
    edition: str = Field("", max_length=40, description="Of the standard; the one in force on that day by default")
    drill: bool = Field(False, description="In compressed time; nothing of it may ever be published")
    probes: int = Field(ProbePlan().count, ge=1, description="Visits of the home page of each site")
    probe_span_s: float = Field(ProbePlan().span.total_seconds(), ge=1, description="Seconds over which they go")
    vantages: list[str] = Field(list(ProbePlan().vantages), min_length=1, max_length=20)
    page_budget: int = Field(60, ge=1, description="Pages of each site at most")

    def size(self, default: Decimal) -> Size:
        """How many are drawn; ``default`` is the share where none is given. InputRejected where both are."""
        if self.count is not None and self.share is not None:
            raise InputRejected("count 和 share 只能给出一个")
        return Size(count=self.count, share=default if self.count is None and self.share is None else self.share)

    def probe_plan(self) -> ProbePlan:
        """How sites are probed."""
        span = timedelta(seconds=self.probe_span_s)
        return ProbePlan(count=self.probes, span=span, vantages=tuple(self.vantages))


class StratumOut(BaseModel):
    """What was drawn of one reporting office."""

    office: str
    name: str
    population: int = Field(description="Its decided results")
    drawn: int
    apart: int = Field(description="That it could not decide itself; not drawn from")

    @classmethod
    def of(cls, stratum: DrawnOffice) -> "StratumOut":
        """From the domain's value."""
        return cls(**{name: getattr(stratum, name) for name in cls.model_fields})


class VerificationOut(BaseModel):
    """A random part of reported results that is inspected again."""

    id: str = Field(description="That of the round, too")
    office: str
    region: str
    period: str
    seed: str = Field(description="Published before the draw")
    results_digest: str = Field(description="SHA-256 over the reported results drawn from")
    population: int = Field(description="Decided results drawn from")
    apart: int = Field(description="That the offices could not decide themselves; not drawn from")
    drawn: int
    drawn_at: datetime
    strata: list[StratumOut] = Field(description="By reporting office; empty where all results were drawn from as one")

    @classmethod
    def of(cls, draw: VerificationDraw) -> "VerificationOut":
        """From the domain's value."""
        return cls(
            id=draw.id,
            office=draw.office,
            region=draw.region,
            period=draw.period,
            seed=draw.seed,
            results_digest=draw.results_digest,
            population=draw.population,
            apart=draw.apart,
            drawn=len(draw.drawn),
            drawn_at=draw.drawn_at,
            strata=[StratumOut.of(each) for each in draw.strata],
        )


class DisagreementOut(BaseModel):
    """A site of which the two verdicts differ."""

    code: str
    reported: Verdict
    found: Verdict
    problems: list[str] = Field(description="What the office reported")

    @classmethod
    def of(cls, each: Disagreement) -> "DisagreementOut":
        """From the domain's value."""
        return cls(code=each.code, reported=each.reported, found=each.found, problems=list(each.problems))


class ComparedOut(BaseModel):
    """How far reported and verified verdicts agree: drawn = compared + not_determined + pending."""

    population: int = Field(description="Decided results drawn from")
    drawn: int
    compared: int
    agreed: int
    not_determined: int = Field(description="That the verification could not decide")
    pending: int = Field(description="Without a verdict yet")
    rate: float | None = Field(description="Share 0..1 that agrees")
    low: float | None
    high: float | None
    kappa: float | None = Field(description="Cohen's; null where all verdicts are of one class")
    kappa_low: float | None
    kappa_high: float | None


class OfficeAgreementOut(ComparedOut):
    """Of the results of one reporting office."""

    office: str
    name: str
    small: bool = Field(description="Too few were compared to say anything of this office by itself")

    @classmethod
    def of(cls, line: OfficeAgreement) -> "OfficeAgreementOut":
        """From the domain's value."""
        return cls(office=line.office, name=line.name, small=line.is_small, **_compared(line))


class VerificationResultOut(ComparedOut):
    """How far all reported and verified verdicts agree, and what may be said of it."""

    verification: VerificationOut
    offices: list[OfficeAgreementOut] = Field(description="By reporting office; empty where all were drawn as one")
    disagreements: list[DisagreementOut]
    holds: bool = Field(description="Whether the reported results may be called true")
    statement: str = Field(description="What may be said of them (Chinese)")
    provisional: bool = Field(description="Whether the bound of the statement is not verified in a published text")

    @classmethod
    def of(cls, found: VerificationResult, *, provisional: bool) -> "VerificationResultOut":
        """From the domain's value."""
        return cls(
            verification=VerificationOut.of(found.draw),
            offices=[OfficeAgreementOut.of(line) for line in found.agreement.offices],
            disagreements=[DisagreementOut.of(each) for each in found.agreement.disagreements],
            holds=found.statement.holds,
            statement=found.statement.text,
            provisional=provisional,
            **_compared(found.agreement),
        )


def _compared(line: Compared) -> dict[str, Any]:
    kappa = line.kappa
    return {
        "population": line.population,
        "drawn": line.drawn,
        "compared": line.compared,
        "agreed": line.agreed,
        "not_determined": line.not_determined,
        "pending": line.pending,
        "rate": line.rate,
        "low": line.low,
        "high": line.high,
        "kappa": None if kappa is None else kappa.value,
        "kappa_low": None if kappa is None else kappa.low,
        "kappa_high": None if kappa is None else kappa.high,
    }
