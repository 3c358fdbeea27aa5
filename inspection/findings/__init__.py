"""What was found: a finding under one indicator, with the evidence that carries it."""

from inspection.findings.finding import Evidence, Finding, FindingState, ReviewStatus, finding_id

__all__ = ["Evidence", "Finding", "FindingState", "ReviewStatus", "finding_id"]
