"""The linkage figures of a bulletin, and the share of sites with an entry for error reports."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Literal, Protocol

import msgspec

from inspection.bulletin.figures import LinkageFigures, MessageFigures
from inspection.errors import NotFound
from inspection.findings import FindingState
from inspection.linkage.carried import Carried, Carrier, event_key
from inspection.linkage.shares import Share, change_of
from inspection.messages.figures import message_figures
from inspection.messages.message import Course, Message
from inspection.ports import JudgingStores
from inspection.records import RecordRepository
from inspection.registry import SiteStatus
from inspection.workflows.count_reposts import count_reposts

COLUMN, IN_TIME, ENTRY = "L-1", "L-2", "E-1"
"""Indicators of the shipped editions: the State Council's column, reposts within 24 hours, the entry for reports."""


class LinkageStores(JudgingStores, Protocol):
    """What the figures are read from."""

    @property
    def messages(self) -> RecordRepository[Message]: ...

    @property
    def carried(self) -> RecordRepository[Carried]: ...


def share_under(round_id: str, indicator: str, stores: JudgingStores, *, region: str = "") -> Share:
    """Of a round's judged sites that the indicator binds: how many have no established finding under it.

    Errors as for :func:`standings`.
    """
    counted = Counter(standing for _, standing in standings(round_id, indicator, stores, region=region))
    return Share(have=counted["have"], lack=counted["lack"], unknown=counted["unknown"])


def standings(
    round_id: str, indicator: str, stores: JudgingStores, *, region: str = ""
) -> Iterator[tuple[str, Literal["have", "lack", "unknown"]]]:
    """Code of each judged site that the indicator binds, and how it stands with it.

    Sites whose home page could not be read, or whose finding is not settled, are unknown; closed sites do not count.
    NotFound where the round's edition has no such indicator.
    """
    round_ = stores.rounds.get(round_id)
    edition = stores.editions.get(round_.edition)
    row = next((row for row in edition.indicators if row.id == indicator), None)
    if row is None:
        raise NotFound(f"{edition.id} 版标准没有指标 {indicator}")
    for inspection in stores.inspections.of_round(round_id):
        site = inspection.site
        if inspection.scorecard is None or site.status is SiteStatus.CLOSED or not site.region.startswith(region):
            continue
        if edition.applies(row, site, round_.as_of):
            found = stores.inspections.findings(round_id, site.code, edition=edition.id, indicator=indicator)
            yield site.code, _standing({finding.state for finding in found})


def _standing(states: set[FindingState]) -> Literal["have", "lack", "unknown"]:
    if FindingState.ESTABLISHED in states:
        return "lack"
    return "unknown" if states - {FindingState.DISMISSED} else "have"


def linkage_figures(round_id: str, stores: LinkageStores, *, event: str = "", region: str = "") -> LinkageFigures:
    """Column share and 24-hour share of a round, and who carried ``event`` (its title), where it is given.

    ``region`` bounds the column share and who carried the event; reposts are counted over the whole round. The
    24-hour share is that of all pairs of a site and an article of which it is known whether it came in time.
    """
    coverage = count_reposts(round_id, IN_TIME, stores)
    known = sum(each.sites - each.unclear for each in coverage)
    where = {"event": event_key(event), "region": region}
    return LinkageFigures(
        column_share=share_under(round_id, COLUMN, stores, region=region).value,
        in_time_share=sum(each.in_time for each in coverage) / known if known else None,
        sites_reposting=stores.carried.count({**where, "carrier": Carrier.SITE}) if event else None,
        accounts_reposting=stores.carried.count({**where, "carrier": Carrier.ACCOUNT}) if event else None,
        title=event,
    )


def figures_of_messages(
    until: date,
    stores: LinkageStores,
    *,
    region: str = "",
    round_id: str = "",
    before: str | float = "",
) -> MessageFigures:
    """Messages up to a day, with the share of sites that carry the entry in ``round_id``.

    ``before`` is the round of the last period, or the share (0..1) that was published then.
    """
    figures = message_figures(stores.messages.parts(Course, {"region": region}), until)
    if not round_id:
        return figures
    now = share_under(round_id, ENTRY, stores, region=region)
    earlier = share_under(before, ENTRY, stores, region=region) if isinstance(before, str) and before else before
    change = None if isinstance(earlier, str) else change_of(now, earlier)
    return msgspec.structs.replace(figures, entry_share=now.value, entry_change=change)
