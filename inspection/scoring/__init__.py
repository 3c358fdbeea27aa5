"""Findings and an edition give a scorecard; every point traceable to a finding."""

from inspection.scoring.scorecard import Scorecard, ScoreLine, Verdict

__all__ = ["ScoreLine", "Scorecard", "Verdict"]
