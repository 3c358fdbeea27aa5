"""Linkage figures, coverage of reference articles and who carried an event, as callers see them."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from api.schemas.rounds import ChangeOut
from inspection.bulletin.figures import LinkageFigures, MessageFigures
from inspection.linkage import Carried, Carrier
from inspection.statistics.coverage import ArticleCoverage
from inspection.workflows.linkage_shares import GroupShare


class EntryOut(BaseModel):
    """Sites with an entry for error reports (找错入口) on their home page, and the messages that came in."""

    until: date = Field(description="Last day of the messages that count")
    entry_share: float | None = Field(description="Share 0..1 of the round's judged sites; null where nothing is known")
    entry_change: ChangeOut | None = Field(description="On the round or the share that `before` names")
    valid: int
    handled: int
    handled_share: float | None = Field(description="Null where there is no valid message")
    overdue: int

    @classmethod
    def of(cls, found: MessageFigures) -> "EntryOut":
        """From the domain's value."""
        return cls(
            until=found.until,
            entry_share=found.entry_share,
            entry_change=None if found.entry_change is None else ChangeOut.of(found.entry_change),
            valid=found.valid,
            handled=found.handled,
            handled_share=found.handled_share,
            overdue=found.overdue,
        )


class LinkageOut(BaseModel):
    """The linkage figures of a round; shares in 0..1, null where nothing is known."""

    round_id: str
    drill: bool
    column_share: float | None = Field(description="Sites with the column on the State Council's policies")
    in_time_share: float | None = Field(description="Pairs of site and article that came within 24 hours")
    event: str = Field(description="What the counts below are about; empty where none was named")
    sites_reposting: int | None = Field(description="Null where no event was named")
    accounts_reposting: int | None
    messages: EntryOut

    @classmethod
    def of(cls, round_id: str, drill: bool, linked: LinkageFigures, told: MessageFigures) -> "LinkageOut":
        """From the domain's values."""
        return cls(
            round_id=round_id,
            drill=drill,
            column_share=linked.column_share,
            in_time_share=linked.in_time_share,
            event=linked.title,
            sites_reposting=linked.sites_reposting,
            accounts_reposting=linked.accounts_reposting,
            messages=EntryOut.of(told),
        )


class CoverageOut(BaseModel):
    """Sites that were to repost an article: sites = in_time + late + not_seen + not_determined."""

    title: str
    url: str
    published_at: datetime
    sites: int
    in_time: int
    late: int
    not_seen: int = Field(description="Those too that wait for a person")
    not_determined: int = Field(description="Of which it is not known; they do not count in the share")
    share: float | None = Field(description="In time, 0..1; null where nothing is known")

    @classmethod
    def of(cls, each: ArticleCoverage) -> "CoverageOut":
        """From the domain's value."""
        return cls(
            title=each.article.title,
            url=each.article.url,
            published_at=each.article.published_at,
            sites=each.sites,
            in_time=each.in_time,
            late=each.late,
            not_seen=each.not_seen,
            not_determined=each.unclear,
            share=each.share,
        )


class GroupShareOut(BaseModel):
    """Share of the sites of a group that the indicator binds, estimated by the design; counts are of the sample."""

    key: str
    label: str
    have: int
    lack: int
    unknown: int = Field(description="Of which it is not known; they do not count in the share")
    share: float | None = Field(description="0..1; null for a small cell, or where nothing is known")
    low: float | None = Field(description="Lower end of the 95 % interval")
    high: float | None = Field(description="Upper end of the 95 % interval")
    small_cell: bool = Field(description="Too few sites for a statement")

    @classmethod
    def of(cls, each: GroupShare) -> "GroupShareOut":
        """From the domain's value; of a small cell the counts alone."""
        return cls(
            key=each.key,
            label=each.label,
            have=each.have,
            lack=each.lack,
            unknown=each.unknown,
            share=None if each.small_cell else each.rate,
            low=None if each.small_cell else each.low,
            high=None if each.small_cell else each.high,
            small_cell=each.small_cell,
        )


class CarriedOut(BaseModel):
    """A site or an account that carried an event."""

    title: str
    carrier: Carrier
    subject: str = Field(description="Site code, or id of the account")
    region: str
    seen_at: datetime
    url: str

    @classmethod
    def of(cls, record: Carried) -> "CarriedOut":
        """From the domain's value."""
        return cls(
            title=record.title,
            carrier=record.carrier,
            subject=record.subject,
            region=record.region,
            seen_at=record.seen_at,
            url=record.url,
        )
