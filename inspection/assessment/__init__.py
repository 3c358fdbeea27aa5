"""Daily assessment (日常考核): points that responsible units lose in a period, each traceable to what happened."""

from inspection.assessment.evaluation import UnitAssessment, deductions, evaluate
from inspection.assessment.event import AssessmentEvent
from inspection.assessment.scoring_rules import AssessmentRules, ScoringRule

__all__ = ["AssessmentEvent", "AssessmentRules", "ScoringRule", "UnitAssessment", "deductions", "evaluate"]
