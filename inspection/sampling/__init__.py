"""Which sites are inspected: rounds, sampling plans and the draw.

The package root holds the value classes that ports and stores need; the rest is imported from its module:
``parse`` (plans from TOML), ``draw``, ``manifest`` (the public record), ``verification``.
"""

from inspection.sampling.plan import SamplingPlan
from inspection.sampling.round import (
    ForcedClosing,
    ProbePlan,
    Round,
    RoundKind,
    RoundState,
    SampleMember,
    StratumSize,
)

__all__ = [
    "ForcedClosing",
    "ProbePlan",
    "Round",
    "RoundKind",
    "RoundState",
    "SampleMember",
    "SamplingPlan",
    "StratumSize",
]
