"""A round of inspections and the members of its sample."""

import re
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from inspection.errors import InputRejected
from inspection.observation.site import DEFAULT_VANTAGE


class RoundState(StrEnum):
    """drawn -> open -> closed."""

    DRAWN = "drawn"
    OPEN = "open"
    CLOSED = "closed"

    @property
    def chinese(self) -> str:
        """The state as the console prints it."""
        return {"drawn": "已抽样", "open": "进行中", "closed": "已结束"}[self.value]


class RoundKind(StrEnum):
    """What a round is for."""

    SAMPLE = "sample"
    RECHECK = "recheck"
    MONITORING = "monitoring"


_VANTAGE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class ProbePlan(msgspec.Struct, frozen=True, kw_only=True):
    """The availability series of each sampled site: ``count`` visits spread over ``span``.

    Each visit is made from all ``vantages`` (监测点) at about the same time, so that a failure seen from one alone does
    not count against the site.
    """

    count: int = 147
    span: timedelta = timedelta(days=7)
    vantages: tuple[str, ...] = (DEFAULT_VANTAGE,)

    def check(self) -> None:
        """:class:`InputRejected` where the vantage points are unusable."""
        wrong = [name for name in self.vantages if not _VANTAGE.fullmatch(name)]
        if wrong:
            raise InputRejected(f"监测点名称 {'、'.join(wrong)} 无效：用小写字母、数字和连字符，最多 32 个字符")
        if not self.vantages or len(set(self.vantages)) < len(self.vantages):
            raise InputRejected("监测点至少一个，且不能重复")

    @property
    def is_compressed(self) -> bool:
        """Whether the series is shorter than the week the standard asks for; only drills may do so."""
        return self.span < timedelta(days=7)


class StratumSize(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a draw's table of strata.

    ``population`` are the sites of the stratum that the plan covers, ``certain`` those of them that had to be
    taken, ``sampled`` those taken by chance out of the other ``population - certain``.
    """

    stratum: str
    population: int
    certain: int
    sampled: int

    @property
    def drawable(self) -> int:
        """Sites that chance could take."""
        return self.population - self.certain

    @property
    def covered(self) -> int:
        """Sites that had a chance to be taken; a fixed allocation of nought leaves the drawable ones out."""
        return self.population if self.sampled else self.certain

    @property
    def is_census(self) -> bool:
        """Whether every site of the stratum is in the sample."""
        return self.sampled == self.drawable


class ForcedClosing(msgspec.Struct, frozen=True, kw_only=True):
    """On record where a round was closed with sites left open, all of them recorded as not determined.

    ``unjudged`` sites had no verdict yet, ``unconfirmed`` ones failed by vetoes that nobody had confirmed; ``reason``
    is Chinese.
    """

    reason: str
    unjudged: int
    unconfirmed: int

    @property
    def statement(self) -> str:
        """The same as a Chinese sentence."""
        counted = ((self.unjudged, "尚未判定"), (self.unconfirmed, "否决项未经人工确认"))
        parts = "，".join(f"{number:,} 个网站{what}" for number, what in counted if number)
        return f"结束时 {parts}，均记为“未判定”；理由：{self.reason}"


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """One round (一轮抽查).

    ``seed`` is published before the draw; ``registry_digest`` is the SHA-256 of the registry it was
    drawn from, ``sample_digest`` that of the drawn sample; ``plan`` is the TOML text of the sampling plan,
    ``strata`` the sizes that the estimates need. ``office`` is the id of the office that owns it, ``scope`` what of the
    plan's population that one is responsible for (:meth:`inspection.sampling.plan.Population.within`). A ``drill`` may
    compress the probe series and can never be published. ``monitoring``: a day of the key sites (日常监测), of which
    only home pages are looked at; nothing was drawn, and it is neither judged nor rolled up nor published.
    ``recheck``: only what was found or reported before is looked at again, which says nothing of the sites as a whole.
    ``forced``: how it was closed although sites were left open; None where none was.
    """

    id: str
    title: str
    as_of: date
    edition: str
    plan: str
    seed: str
    registry_digest: str
    sample_digest: str
    state: RoundState
    drawn_at: datetime
    probes: ProbePlan = ProbePlan()
    page_budget: int = 60
    drill: bool = False
    monitoring: bool = False
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    strata: tuple[StratumSize, ...] = ()
    office: str = ""
    scope: str = ""
    recheck: bool = False
    forced: ForcedClosing | None = None

    @property
    def kind(self) -> RoundKind:
        """What it is for."""
        if self.monitoring:
            return RoundKind.MONITORING
        return RoundKind.RECHECK if self.recheck else RoundKind.SAMPLE


class SampleMember(msgspec.Struct, frozen=True, kw_only=True):
    """One sampled site, with what the estimates need.

    ``inclusion_probability`` is 1.0 for must-include members (``certainty`` True) and in strata that were
    taken whole.
    """

    code: str
    stratum: str
    inclusion_probability: float
    certainty: bool = False
