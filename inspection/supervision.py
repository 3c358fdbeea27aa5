"""All rules of supervision beside the editions of the standard, as one value for those who pass them on."""

from typing import TypeVar

import msgspec

from inspection.accountability.record import AccountabilityRules
from inspection.bulletin.rules import BulletinRules
from inspection.linkage.rules import LinkageRules
from inspection.messages.rules import MessageRules
from inspection.monthly.report import MonthlyRules
from inspection.rules import parse_rules, shipped_rules

T = TypeVar("T", bound=msgspec.Struct)


class SupervisionRules(msgspec.Struct, frozen=True, kw_only=True):
    """Each from a file of its name."""

    messages: MessageRules
    linkage: LinkageRules
    accountability: AccountabilityRules
    monthly: MonthlyRules
    bulletin: BulletinRules


def load_rules(own: dict[str, str] | None = None) -> SupervisionRules:
    """The shipped rules, a whole file each replaced by the operator's own: text by name (``messages.toml``)."""
    files = own or {}

    def rules(name: str, type_: type[T]) -> T:
        origin = f"{name}.toml"
        return parse_rules(files[origin], type_, origin) if origin in files else shipped_rules(name, type_)

    return SupervisionRules(
        messages=rules("messages", MessageRules),
        linkage=rules("linkage", LinkageRules),
        accountability=rules("accountability", AccountabilityRules),
        monthly=rules("monthly", MonthlyRules),
        bulletin=rules("bulletin", BulletinRules),
    )
