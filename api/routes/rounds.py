"""Rounds and their pass rates."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.paging import Cursor, Limit, Page, after, page_of
from api.problems import responses
from api.repositories import Stores
from api.schemas.rounds import (
    PassRateOut,
    ProblemOut,
    ProgressOut,
    RankingOut,
    RoundOut,
    SampleMemberOut,
    StandingOut,
)
from inspection.bulletin.figures import Change
from inspection.errors import NotFound, RuleBroken
from inspection.ports import LISTED_KINDS
from inspection.sampling import RoundKind
from inspection.statistics import Dimension
from inspection.statistics.lists import full_groups, groups_below, shipped_rules
from inspection.statistics.ranking import standings
from inspection.workflows.compare_rates import changes_since
from inspection.workflows.count_problems import count_problems

router = APIRouter(prefix="/v1/rounds", tags=["rounds"])

_MOST_RANKED = 500
"""Groups that one request may compare: each with each other."""


@router.get("", operation_id="listRounds", response_model=Page[RoundOut], responses=responses())
def list_rounds(
    stores: Stores,
    office: Annotated[str, Query(max_length=40, description="Id of the office that owns the rounds")] = "",
    kind: Annotated[list[RoundKind] | None, Query(description="Kinds of rounds; default: sample and recheck")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Rounds, by id; those of the daily monitoring only where `kind` asks for them."""
    rows = stores.rounds.page(office=office, kinds=kind or LISTED_KINDS, after=after(cursor), limit=limit + 1)
    return page_of(rows, limit, attrgetter("id"), RoundOut.of)


@router.get("/{round_id}", operation_id="getRound", response_model=RoundOut, responses=responses(404))
def get_round(stores: Stores, round_id: str) -> RoundOut:
    """One round."""
    return RoundOut.of(stores.rounds.get(round_id))


@router.get(
    "/{round_id}/progress", operation_id="getRoundProgress", response_model=ProgressOut, responses=responses(404)
)
def get_progress(stores: Stores, round_id: str) -> ProgressOut:
    """What the workers have done and what waits."""
    round_ = stores.rounds.get(round_id)
    return ProgressOut.of(round_, stores.queue.progress(round_id))


@router.get(
    "/{round_id}/sample", operation_id="listSample", response_model=Page[SampleMemberOut], responses=responses(404)
)
def list_sample(stores: Stores, round_id: str, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """The sample with inclusion probabilities, by site code."""
    key = after(cursor)
    members = [member for member in stores.rounds.members(round_id) if member.code > key]
    return page_of(members[: limit + 1], limit, attrgetter("code"), SampleMemberOut.of)


@router.get(
    "/{round_id}/pass-rates", operation_id="listPassRates", response_model=Page[PassRateOut], responses=responses(404)
)
def list_pass_rates(
    stores: Stores,
    round_id: str,
    dimension: Dimension | None = None,
    key: Annotated[str, Query(max_length=40, description="Prefix of the key, as `37` for one province")] = "",
    against: Annotated[
        str | None, Query(max_length=100, description="Id of an earlier round: each rate tells its change on it")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Pass rates with intervals by nation, region, department and class, as last rolled up."""
    round_ = stores.rounds.get(round_id)
    rows = stores.pass_rates.page(round_id, dimension=dimension, key_prefix=key, after=after(cursor), limit=limit + 1)
    changes: Mapping[str, Change | None] = {}
    if against is not None:
        found = changes_since(stores.rounds.get(against).id, rows, stores.pass_rates)
        changes = {rate.sort_key: change for rate, change in zip(rows, found, strict=True)}
    return page_of(
        rows, limit, attrgetter("sort_key"), lambda rate: PassRateOut.of(round_, rate, changes.get(rate.sort_key))
    )


@router.get("/{round_id}/ranking", operation_id="getRanking", response_model=RankingOut, responses=responses(404))
def get_ranking(
    stores: Stores,
    round_id: str,
    dimension: Dimension = Dimension.PROVINCE,
    key: Annotated[str, Query(max_length=40, description="Prefix of the key: `37` compares within one province")] = "",
    below: Annotated[
        float | None, Query(ge=0, le=100, description="Percent under which groups are named; else by the rules")
    ] = None,
) -> RankingOut:
    """Ranks as far as intervals allow, groups at 100 %, groups below a mark; up to 500 groups are compared."""
    round_ = stores.rounds.get(round_id)
    rates = stores.pass_rates.page(round_id, dimension=dimension, key_prefix=key, limit=_MOST_RANKED + 1)
    if not rates:
        raise NotFound(f"轮次 {round_id} 还没有这样的合格率；请先运行 xuncha round judge {round_id}")
    if len(rates) > _MOST_RANKED:
        raise RuleBroken(f"分组多于 {_MOST_RANKED} 个，不能一次两两比较；请用 key 给出编号的前几位，例如一个省 37")
    rules = shipped_rules()
    mark = rules.below.percent if below is None else below
    ranked = standings({rate.key: rate for rate in rates})
    return RankingOut(
        round_id=round_id,
        drill=round_.drill,
        dimension=dimension,
        standings=[StandingOut.of(rate, ranked.get(rate.key)) for rate in rates],
        full=[rate.key for rate in full_groups(rates, rules.full)],
        below=[rate.key for rate in groups_below(rates, mark)],
        below_percent=mark,
    )


@router.get(
    "/{round_id}/problems", operation_id="listProblems", response_model=list[ProblemOut], responses=responses(404)
)
def list_problems(stores: Stores, round_id: str) -> list[ProblemOut]:
    """Types of problems at the failing sites, the most frequent first; a dozen rows, counted when asked."""
    found = count_problems(round_id, rounds=stores.rounds, inspections=stores.inspections)
    return [ProblemOut.of(problem) for problem in found]
