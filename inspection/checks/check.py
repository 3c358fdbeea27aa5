"""What a check is: a function with a type for its parameters, named by an edition's indicators."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from inspection.checks.case import Case
from inspection.findings import Finding
from inspection.standard import Indicator


class Params(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parameters of a check: thresholds that an edition sets.

    Each field's title is a Chinese phrase for tables, ``{}`` in the place of the value (``{%}``: as percentage).
    """


class NoParams(Params, frozen=True, kw_only=True):
    """For a check that needs none."""


P = TypeVar("P", bound=Params)
FindFunction = Callable[[Case, Indicator, P], list[Finding]]


class Check:
    """One check: ``check(case, row)`` gives the findings under the indicator ``row``."""

    def __init__(self, find: Callable[[Case, Indicator, Any], list[Finding]], params: type[Params]) -> None:
        self.name = find.__name__
        self.params = params
        self.summary = (find.__doc__ or "").strip().partition("\n")[0]
        self._find = find

    def __call__(self, case: Case, row: Indicator) -> list[Finding]:
        """Findings of one case; the parameters were validated when the edition was read."""
        return self._find(case, row, msgspec.convert(row.params, self.params))


def check(params: type[P]) -> Callable[[FindFunction[P]], Check]:
    """Decorator: a function of case, indicator and ``params`` as a check of the same name."""
    return lambda find: Check(find, params)
