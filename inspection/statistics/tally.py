"""Counts of verdicts that can be added up: the definition of every number of a round.

A tally of a round is the sum of the tallies of its sites, in any order and grouping; so is a tally of a
province over its counties, or one computed in parts.
"""

from collections.abc import Iterable

import msgspec

from inspection.scoring import Verdict


class VerdictCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Sampled sites by verdict."""

    passed: int = 0
    failed: int = 0
    not_determined: int = 0
    closed: int = 0

    @property
    def sampled(self) -> int:
        """The four together: each sampled site has exactly one verdict."""
        return self.passed + self.failed + self.not_determined + self.closed

    @property
    def decided(self) -> int:
        """Passed or failed: the denominator of a pass rate."""
        return self.passed + self.failed

    def __add__(self, other: "VerdictCounts") -> "VerdictCounts":
        return VerdictCounts(
            passed=self.passed + other.passed,
            failed=self.failed + other.failed,
            not_determined=self.not_determined + other.not_determined,
            closed=self.closed + other.closed,
        )


_ONE = {verdict: VerdictCounts(**{verdict.value: 1}) for verdict in Verdict}


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Verdicts of a group of sampled sites.

    ``certain`` are the sites that were in the sample with probability 1 (must-include sites and strata taken
    whole), ``drawn`` those taken by chance, by stratum. ``Tally()`` is the neutral element of ``+``, which is
    associative and commutative.
    """

    certain: VerdictCounts = VerdictCounts()
    drawn: dict[str, VerdictCounts] = {}

    @staticmethod
    def of(verdict: Verdict | None, stratum: str, *, certain: bool) -> "Tally":
        """The tally of one site. A site without a verdict is not determined."""
        counts = _ONE[verdict or Verdict.NOT_DETERMINED]
        return Tally(certain=counts) if certain else Tally(drawn={stratum: counts})

    @staticmethod
    def sum(tallies: Iterable["Tally"]) -> "Tally":
        """All of them together, in one pass."""
        certain = VerdictCounts()
        drawn: dict[str, VerdictCounts] = {}
        for tally in tallies:
            certain += tally.certain
            for stratum, counts in tally.drawn.items():
                drawn[stratum] = drawn[stratum] + counts if stratum in drawn else counts
        return Tally(certain=certain, drawn=drawn)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally.sum((self, other))

    @property
    def counts(self) -> VerdictCounts:
        """All sites of the group."""
        return sum(self.drawn.values(), self.certain)
