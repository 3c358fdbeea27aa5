"""Rectification (整改): the ledger of failing sites, from the notice to the recheck that closes or escalates a case."""

from inspection.rectification.attachment import Attachment
from inspection.rectification.case import Exhibit, Notice, Problem, RectificationCase
from inspection.rectification.steps import CaseState, Step, StepKind

__all__ = [
    "Attachment",
    "CaseState",
    "Exhibit",
    "Notice",
    "Problem",
    "RectificationCase",
    "Step",
    "StepKind",
]
