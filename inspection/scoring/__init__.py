"""Findings and an edition give a scorecard; every point traceable to a finding."""

from inspection.scoring.score import closed_scorecard, opted_out_scorecard, score
from inspection.scoring.scorecard import Scorecard, ScoreLine, Verdict

__all__ = ["ScoreLine", "Scorecard", "Verdict", "closed_scorecard", "opted_out_scorecard", "score"]
