"""Count the types of problems at the failing sites of a round."""

from collections.abc import Iterable, Mapping

from inspection.bulletin.figures import ProblemShare
from inspection.ports import InspectionRepository, RoundRepository
from inspection.scoring import Verdict
from inspection.statistics.problems import ProblemType, shares, shipped_problems


def count_problems(
    round_id: str,
    *,
    rounds: RoundRepository,
    inspections: InspectionRepository,
    types: Iterable[ProblemType] | None = None,
) -> tuple[ProblemShare, ...]:
    """Shares of the round's failing sites, from what is established (after review) under the round's edition."""
    failing = dict(inspections.established(rounds.get(round_id).id, Verdict.FAILED))
    return shares(sites_by_problem(failing, shipped_problems() if types is None else types), failing)


def sites_by_problem(failing: Mapping[str, frozenset[str]], types: Iterable[ProblemType]) -> dict[str, set[str]]:
    """Codes of the failing sites by type of problem, in the order of the types.

    ``failing`` holds the indicators with an established finding by site code.
    """
    return {
        type_.name: {code for code, indicators in failing.items() if indicators.intersection(type_.indicators)}
        for type_ in types
    }
