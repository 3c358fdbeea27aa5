"""Review (人工复核): what a machine found waits for a person, whose decisions are kept for good."""

from inspection.review.apply import apply_reviews, needs_review
from inspection.review.record import record
from inspection.review.review import Decision, Review

__all__ = ["Decision", "Review", "apply_reviews", "needs_review", "record"]
