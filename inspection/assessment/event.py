"""What costs (or earns) a unit points."""

from datetime import date

import msgspec


class AssessmentEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event. ``rule`` is the id of the scoring rule, ``reference`` names the record that it rests on.

    Unit, rule, day and reference together are its identity.
    """

    unit: str
    rule: str
    day: date
    reference: str
    note: str = ""
