"""Rounds, their samples, progress and pass rates."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from inspection.bulletin.figures import Change, ProblemShare
from inspection.ports import RoundProgress
from inspection.sampling import ForcedClosing, Round, RoundKind, RoundState, SampleMember
from inspection.statistics import Dimension, PassRate
from inspection.statistics.ranking import Standing


class ForcedClosingOut(BaseModel):
    """How a round was closed with sites left open; all of them are recorded as not determined."""

    reason: str = Field(description="Chinese", examples=["机房停电"])
    unjudged: int = Field(description="Sites without a verdict")
    unconfirmed: int = Field(description="Sites that failed by vetoes which nobody had confirmed")

    @classmethod
    def of(cls, forced: ForcedClosing) -> "ForcedClosingOut":
        """From the domain's value."""
        return cls(reason=forced.reason, unjudged=forced.unjudged, unconfirmed=forced.unconfirmed)


class RoundOut(BaseModel):
    """A round (一轮抽查)."""

    id: str = Field(examples=["2026Q4"])
    title: str = Field(examples=["2026年第四季度全国政府网站抽查"])
    as_of: date = Field(description="Monitoring date (监测时间点), China Standard Time")
    edition: str = Field(description="Edition of the standard", examples=["2019"])
    state: RoundState
    drill: bool = Field(description="A drill compresses the probe series and is never published")
    monitoring: bool = Field(
        description="A day of the key sites: no sample, neither judged nor rolled up nor published"
    )
    kind: RoundKind = Field(description="A recheck looks again at nothing but what was found or reported before")
    seed: str = Field(description="Published before the draw")
    registry_digest: str = Field(description="SHA-256 of the registry at the draw")
    sample_digest: str = Field(description="SHA-256 of the sample")
    drawn_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    probes: int = Field(description="Availability probes per site and vantage point", examples=[147])
    vantages: list[str] = Field(description="Places (监测点) that probes are made from", examples=[["default"]])
    probe_span_s: float = Field(description="Seconds over which they are spread", examples=[604800.0])
    page_budget: int = Field(description="Pages per site at most", examples=[60])
    office: str = Field(description="Id of the office that owns the round; empty for none", examples=["qingshan"])
    forced: ForcedClosingOut | None = Field(description="Set where it was closed with sites left open")

    @classmethod
    def of(cls, round_: Round) -> "RoundOut":
        """From the domain's value."""
        return cls(
            id=round_.id,
            title=round_.title,
            as_of=round_.as_of,
            edition=round_.edition,
            state=round_.state,
            drill=round_.drill,
            monitoring=round_.monitoring,
            kind=round_.kind,
            seed=round_.seed,
            registry_digest=round_.registry_digest,
            sample_digest=round_.sample_digest,
            drawn_at=round_.drawn_at,
            opened_at=round_.opened_at,
            closed_at=round_.closed_at,
            probes=round_.probes.count,
            vantages=list(round_.probes.vantages),
            probe_span_s=round_.probes.span.total_seconds(),
            page_budget=round_.page_budget,
            office=round_.office,
            forced=None if round_.forced is None else ForcedClosingOut.of(round_.forced),
        )


class ProgressOut(BaseModel):
    """Work of a round, as the queue has it now. Sites: queued + leased + done."""

    round_id: str
    drill: bool
    queued: int
    leased: int
    done: int
    requests_queued: int
    requests_in_flight: int
    probes_due: int
    probes_due_by_vantage: dict[str, int]

    @classmethod
    def of(cls, round_: Round, progress: RoundProgress) -> "ProgressOut":
        """From the domain's value."""
        return cls(
            round_id=round_.id,
            drill=round_.drill,
            queued=progress.queued,
            leased=progress.leased,
            done=progress.done,
            requests_queued=progress.requests_queued,
            requests_in_flight=progress.requests_in_flight,
            probes_due=progress.probes_due,
            probes_due_by_vantage=progress.probes_due_by_vantage,
        )


class SampleMemberOut(BaseModel):
    """A sampled site with its inclusion probability."""

    code: str = Field(examples=["3706000001"])
    stratum: str = Field(examples=["37|city-department"])
    inclusion_probability: float = Field(examples=[0.011])
    certainty: bool = Field(description="Included whatever the draw, as key monitoring targets are")

    @classmethod
    def of(cls, member: SampleMember) -> "SampleMemberOut":
        """From the domain's value."""
        return cls(
            code=member.code,
            stratum=member.stratum,
            inclusion_probability=member.inclusion_probability,
            certainty=member.certainty,
        )


class ChangeOut(BaseModel):
    """Change on an earlier round; the two samples are taken as independent."""

    points: float = Field(description="Percentage points", examples=[1.0])
    significant: bool | None = Field(
        description="Whether the 95 % interval of the difference leaves 0 out; null where that cannot be said"
    )
    statement: str = Field(description="The same as a Chinese sentence")

    @classmethod
    def of(cls, change: Change) -> "ChangeOut":
        """From the domain's value."""
        return cls(points=change.points, significant=change.significant, statement=change.statement)


class PassRateOut(BaseModel):
    """Pass rate of one group of sites; sampled = passed + failed + not_determined + closed."""

    round_id: str
    drill: bool
    dimension: Dimension
    key: str = Field(examples=["37"])
    label: str = Field(examples=["山东省"])
    population: int
    sampled: int
    share_sampled: float = Field(description="Sampled over population, 0..1", examples=[0.18])
    passed: int
    failed: int
    not_determined: int
    closed: int
    rate: float | None = Field(description="Share 0..1 of the decided sites; null where none was", examples=[0.91])
    low: float | None = Field(description="Lower end of the 95 % interval", examples=[0.88])
    high: float | None = Field(description="Upper end of the 95 % interval", examples=[0.93])
    standard_error: float | None = Field(description="Linearised (Taylor) standard error of the rate")
    method: str = Field(description="How the interval was computed")
    small_cell: bool = Field(description="Too few sites for a statement")
    change: ChangeOut | None = Field(
        None, description="On the round named by `against`; null without it, or where that has no such rate"
    )

    @classmethod
    def of(cls, round_: Round, rate: PassRate, change: Change | None = None) -> "PassRateOut":
        """From the domain's value."""
        return cls(
            round_id=rate.round_id,
            drill=round_.drill,
            dimension=rate.dimension,
            key=rate.key,
            label=rate.label,
            population=rate.population,
            sampled=rate.sampled,
            share_sampled=rate.share_sampled,
            passed=rate.passed,
            failed=rate.failed,
            not_determined=rate.not_determined,
            closed=rate.closed,
            rate=rate.rate,
            low=rate.low,
            high=rate.high,
            standard_error=rate.standard_error,
            method=rate.method,
            small_cell=rate.small_cell,
            change=None if change is None else ChangeOut.of(change),
        )


class ProblemOut(BaseModel):
    """A type of problem (主要问题) and at how many of the round's failing sites it was found."""

    name: str = Field(examples=["首页长期不更新"])
    sites: int
    share: float = Field(description="Share 0..1 of the failing sites; a site may have several problems")

    @classmethod
    def of(cls, problem: ProblemShare) -> "ProblemOut":
        """From the domain's value."""
        return cls(name=problem.name, sites=problem.sites, share=problem.share)


class StandingOut(BaseModel):
    """How one group stands among the others, as far as the intervals allow."""

    key: str = Field(examples=["37"])
    label: str = Field(examples=["山东省"])
    rate: float | None
    low: float | None
    high: float | None
    small_cell: bool = Field(description="Too few sites: neither ranked nor listed")
    rank: int | None = Field(description="1 = highest rate; shared by groups that cannot be told apart; null: any")
    best: int | None = Field(description="Best rank that it can have; null where it is not ranked")
    worst: int | None

    @classmethod
    def of(cls, rate: PassRate, standing: Standing | None) -> "StandingOut":
        """From the domain's values."""
        return cls(
            key=rate.key,
            label=rate.label,
            rate=rate.rate,
            low=rate.low,
            high=rate.high,
            small_cell=rate.small_cell,
            rank=None if standing is None else standing.rank,
            best=None if standing is None else standing.best,
            worst=None if standing is None else standing.worst,
        )


class RankingOut(BaseModel):
    """Groups of one kind compared with each other, and the lists of a bulletin."""

    round_id: str
    drill: bool
    dimension: Dimension
    standings: list[StandingOut] = Field(description="By key")
    full: list[str] = Field(description="Keys of the groups of which every decided site passed")
    below: list[str] = Field(description="Keys of the groups under `below_percent`")
    below_percent: float = Field(examples=[60.0])
