"""A small round in which only named addresses of named sites are looked at, before all other work."""

import json
from collections.abc import Collection, Mapping
from typing import Protocol

from inspection.observation.site import china_day
from inspection.ports import Clock, Inspection, InspectionRepository, RoundRepository, SiteRepository, WorkQueue
from inspection.rectification.recheck import Errand
from inspection.registry import SiteStatus
from inspection.sampling import ProbePlan, Round
from inspection.standard import EditionLibrary
from inspection.workflows.draw_sample import draw_sample
from inspection.workflows.open_round import open_round


class ErrandStores(Protocol):
    """What drawing and opening such a round reads and writes; processes pass their stores whole."""

    @property
    def editions(self) -> EditionLibrary: ...

    @property
    def sites(self) -> SiteRepository: ...

    @property
    def rounds(self) -> RoundRepository: ...

    @property
    def inspections(self) -> InspectionRepository: ...

    @property
    def queue(self) -> WorkQueue: ...


def draw_errands(
    id_: str,
    codes: Collection[str],
    *,
    name: str,
    title: str,
    edition: str,
    stores: ErrandStores,
    clock: Clock,
    probes: ProbePlan = ProbePlan(),  # noqa: B008 - immutable
    drill: bool = False,
) -> Round:
    """Draw the round like any, by a plan (``name``) that takes these sites and no others; its seed is its id."""
    return draw_sample(
        _plan(name, codes),
        round_id=id_,
        title=title,
        as_of=china_day(clock.now()),
        edition=edition,
        seed=id_,
        sites=stores.sites,
        rounds=stores.rounds,
        clock=clock,
        probes=probes,
        drill=drill,
        origin="复查方案",
        recheck=True,
    )


def _plan(name: str, codes: Collection[str]) -> str:
    return f"""\
name = {json.dumps(name, ensure_ascii=False)}
[population]
status = {json.dumps([status.value for status in SiteStatus])}
[must_include]
codes = {json.dumps(sorted(codes))}
[allocation]
method = "fixed"
default_count = 0
"""


def open_errands(round_: Round, errands: Mapping[str, Errand], *, stores: ErrandStores, clock: Clock) -> Round:
    """Open it with what is to be looked at, by site code; those that are open with an errand already keep it."""
    sites = stores.sites.many(list(errands))
    strata = {member.code: member.stratum for member in stores.rounds.members(round_.id)}
    stores.inspections.open(
        [
            Inspection(round_id=round_.id, site=sites[code], stratum=strata[code], errand=errand)
            for code, errand in errands.items()
        ]
    )
    return open_round(
        round_.id,
        stores.editions.get(round_.edition),
        rounds=stores.rounds,
        sites=stores.sites,
        inspections=stores.inspections,
        queue=stores.queue,
        clock=clock,
    ).round
