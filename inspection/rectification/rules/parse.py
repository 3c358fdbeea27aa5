"""Rules from TOML; every file says where its numbers come from."""

import tomllib
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Annotated

import msgspec

from inspection.errors import InputRejected, NotFound
from inspection.faults import in_chinese
from inspection.rectification.key_sites import RepeatRule

SHIPPED = ("national", "city-example")
"""Ids of the rules that come with the program."""
_LARGEST = 15_000_000
"""Bytes: a document of MongoDB holds no more than 16 MiB."""

Days = Annotated[int, msgspec.Meta(ge=1, le=366)]


class ReportRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report is due so many days after the notice; None: each notice says when."""

    days: Days | None = None
    source: str


class RecheckRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The recheck begins so many days after the report is due."""

    days_after_due: Annotated[int, msgspec.Meta(ge=0, le=366)]
    source: str


class EscalationRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """After an escalation a report is due again within so many days."""

    report_days: Days
    source: str


class NoticeRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Form of the notices' numbers: ``{year}``, ``{round}`` and ``{serial}`` are put in."""

    number: str
    source: str


class AttachmentRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Size of the largest document that is taken."""

    max_bytes: Annotated[int, msgspec.Meta(ge=1, le=_LARGEST)]
    source: str


class RectificationRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules of one nation, province or city."""

    id: str
    name: str
    report: ReportRule
    recheck: RecheckRule
    escalation: EscalationRule
    notice: NoticeRule
    attachments: AttachmentRule
    repeat: RepeatRule

    def due_after(self, day: date) -> date:
        """When the report on a notice of a day is due; InputRejected where the notice has to say so itself."""
        if self.report.days is None:
            raise InputRejected(f"规则“{self.name}”不规定整改期限，请用 --due 指定（依据：{self.report.source}）")
        return day + timedelta(days=self.report.days)

    def recheck_after(self, due: date) -> date:
        """The first day of the recheck."""
        return due + timedelta(days=self.recheck.days_after_due)

    def escalation_due(self, day: date) -> date:
        """When a report is due again after an escalation on a day."""
        return day + timedelta(days=self.escalation.report_days)

    def number_of(self, *, year: int, round_id: str, serial: int) -> str:
        """The number of a notice."""
        return self.notice.number.format(year=year, round=round_id, serial=serial)


def parse_rules(text: str, *, origin: str) -> RectificationRules:
    """Rules from a file; :class:`InputRejected` names ``origin`` and what is wrong."""
    try:
        rules = msgspec.convert(tomllib.loads(text), RectificationRules)
        rules.number_of(year=2000, round_id="r", serial=1)
    except tomllib.TOMLDecodeError as error:
        raise InputRejected(f"整改规则 {origin} 不是有效的 TOML：{in_chinese(error)}") from error
    except msgspec.ValidationError as error:
        raise InputRejected(f"整改规则 {origin} 有误：{in_chinese(error)}。写法见 docs/rectification.md") from error
    except (KeyError, IndexError, ValueError) as error:
        raise InputRejected(
            f"整改规则 {origin} 的 notice.number 有误：只能用 {{year}}、{{round}}、{{serial}}"
        ) from error
    return rules


@cache
def shipped_rules(id_: str) -> RectificationRules:
    """Rules that come with the program; NotFound names those there are."""
    if id_ not in SHIPPED:
        raise NotFound(f"没有名为 {id_} 的整改规则；可用：{'、'.join(SHIPPED)}，或给出 TOML 文件")
    file = resources.files("inspection.rectification.rules") / f"{id_}.toml"
    return parse_rules(file.read_text("utf-8"), origin=f"{id_}.toml")


def own_rules(id_: str, given: RectificationRules) -> RectificationRules:
    """The shipped rules of that id; ``given`` where it names none: what a file says is not kept with a case."""
    return shipped_rules(id_) if id_ in SHIPPED and id_ != given.id else given
