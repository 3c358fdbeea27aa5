"""An edition made ready to judge many sites by."""

from functools import cached_property

from inspection.checks.terms import TermMatcher
from inspection.standard import Edition


class Rulebook:
    """An edition ready for use: what many cases share is made once."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the edition."""
        return self.edition.digest

    @cached_property
    def terms(self) -> TermMatcher:
        """Its lexicons."""
        return TermMatcher(self.edition.lexicons)
