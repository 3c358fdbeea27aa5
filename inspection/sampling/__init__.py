"""Which sites are inspected: rounds, sampling plans and the draw."""

from inspection.sampling.round import ProbePlan, Round, RoundState, SampleMember

__all__ = ["ProbePlan", "Round", "RoundState", "SampleMember"]
