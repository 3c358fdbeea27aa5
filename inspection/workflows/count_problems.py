"""Count the types of problems at the failing sites of a round."""

from collections.abc import Iterable

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
    """Shares of the round's failing sites, from what is established (after review) under the round's edition.

    One query for each indicator, none for each site.
    """
    edition = rounds.get(round_id).edition
    failing = [row.code for row in inspections.verdicts(round_id) if row.verdict is Verdict.FAILED]
    if not failing:
        return ()
    found = {
        type_.name: {
            code for indicator in type_.indicators for code in inspections.sites_with(round_id, edition, indicator)
        }
        for type_ in (shipped_problems() if types is None else types)
    }
    return shares(found, failing)
