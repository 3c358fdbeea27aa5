"""Shares of sites under an indicator as the sample's design has them: weighted, with intervals, by region."""

from typing import Protocol

import msgspec

from inspection.errors import RuleBroken
from inspection.ports import JudgingStores, SiteRepository
from inspection.scoring import Verdict
from inspection.statistics import Dimension
from inspection.workflows.linkage_figures import standings
from inspection.workflows.roll_up import pass_rates_of, registry_at_draw

_AS_VERDICTS = {"have": Verdict.PASSED, "lack": Verdict.FAILED, "unknown": Verdict.NOT_DETERMINED}


class ShareStores(JudgingStores, Protocol):
    """What the shares are read from."""

    @property
    def sites(self) -> SiteRepository: ...


class GroupShare(msgspec.Struct, frozen=True, kw_only=True):
    """Of the sites of a group that the indicator binds, the estimated share (0..1) that has what it asks for.

    ``have``, ``lack`` and ``unknown`` count sampled sites; ``low`` and ``high`` bound the 95 % interval. Of a
    ``small_cell`` nothing may be said. ``key`` and ``label`` are those of a pass rate.
    """

    key: str
    label: str
    have: int
    lack: int
    unknown: int
    rate: float | None
    low: float | None
    high: float | None
    small_cell: bool


def linkage_shares(
    round_id: str, indicator: str, stores: ShareStores, *, by: Dimension, region: str = ""
) -> list[GroupShare]:
    """Shares of a round under ``indicator`` by groups of a dimension, those within ``region``, by key.

    The sites that it does not bind, and those closed or not judged, are outside of the domain that is estimated: they
    stay in the design, as closed sites do in a pass rate. NotFound for an unknown round or indicator, Conflict where
    the registry of the draw is lost, RuleBroken for a round of the daily monitoring.
    """
    round_ = stores.rounds.get(round_id)
    if round_.monitoring:
        raise RuleBroken(f"轮次 {round_id} 是日常监测，不是抽样，不推算比例")
    members = stores.rounds.members(round_id)
    found = {code: _AS_VERDICTS[standing] for code, standing in standings(round_id, indicator, stores)}
    verdicts = {member.code: found.get(member.code, Verdict.CLOSED) for member in members}
    registry = registry_at_draw(round_id, stores.rounds, stores.sites)
    rates = pass_rates_of(round_, registry, members, verdicts)
    return [
        GroupShare(
            key=rate.key,
            label=rate.label,
            have=rate.passed,
            lack=rate.failed,
            unknown=rate.not_determined,
            rate=rate.rate,
            low=rate.low,
            high=rate.high,
            small_cell=rate.small_cell,
        )
        for rate in rates
        if rate.dimension is by and rate.key.startswith(region) and rate.passed + rate.failed + rate.not_determined
    ]
