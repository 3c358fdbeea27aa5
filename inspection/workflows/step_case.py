"""Take one step on a case: receipt, report, escalation, interview, closing of the site, and what undoes a step."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import msgspec

from inspection.errors import Conflict, RuleBroken
from inspection.observation.site import china_day
from inspection.ports import Clock, SiteRepository, SnapshotStore
from inspection.records import RecordRepository, get
from inspection.rectification.attachment import attachment_of
from inspection.rectification.case import Notice, Problem, RectificationCase, refuse_own, take_step
from inspection.rectification.notice import Addressees, reminder_of
from inspection.rectification.rules import RectificationRules, own_rules
from inspection.rectification.steps import Fate, StepKind
from inspection.workflows.follow_case import follow_case, source_of


class StepStores(Protocol):
    """What a step reads and writes; processes pass their stores whole."""

    @property
    def sites(self) -> SiteRepository: ...

    @property
    def cases(self) -> RecordRepository[RectificationCase]: ...

    @property
    def snapshots(self) -> SnapshotStore: ...


class Document(msgspec.Struct, frozen=True):
    """A file handed in with a step."""

    name: str
    body: bytes


def step_case(
    case_id: str,
    kind: StepKind,
    rules: RectificationRules,
    stores: StepStores,
    *,
    by: str,
    clock: Clock,
    note: str = "",
    due: date | None = None,
    reverses: int = 0,
    documents: Sequence[Document] = (),
) -> RectificationCase:
    """The case with a step of any kind but an escalation (:func:`escalate_case`) or a recheck.

    The registry follows where the site is closed or merged, or that is undone.
    A reopened case is due by ``due`` or as the rules say. NotFound, Conflict (changed meanwhile, or the state does
    not allow it), RuleBroken and InputRejected as the step and its documents deserve.
    """
    case = get(stores.cases, case_id, "整改案件")
    now = clock.now()
    attachments = [attachment_of(each.name, each.body, max_bytes=rules.attachments.max_bytes) for each in documents]
    if kind is StepKind.REOPEN and due is None:
        due = rules.due_after(china_day(now))
    changed = take_step(case, kind, at=now, by=by, note=note, due=due, reverses=reverses, attachments=attachments)
    stores.snapshots.put(each.body for each in documents)
    registered = follow_case(case, changed, stores.sites, at=now)  # first: the same step again then completes it
    try:
        stores.cases.replace(changed)
    except Conflict:
        if registered is not None:
            stores.sites.upsert([registered], at=now, source=source_of(case))
        raise
    return changed


def escalate_case(
    case_id: str,
    rules: RectificationRules,
    stores: StepStores,
    *,
    by: str,
    reason: str,
    clock: Clock,
    due: date | None = None,
) -> RectificationCase:
    """One grade more is deducted, and a report is due again. RuleBroken while the report owed is not overdue."""
    case = get(stores.cases, case_id, "整改案件")
    day = china_day(clock.now())
    if case.state.awaits_report and not case.overdue_days(day):
        raise RuleBroken(f"案件 {case_id} 的整改期限 {case.due} 未过（今天 {day}），不能以逾期升级")
    refuse_own(case, by)
    changed = escalated(case, rules, by=by, reason=reason, clock=clock, due=due)
    stores.cases.replace(changed)
    return changed


def escalated(
    case: RectificationCase,
    rules: RectificationRules,
    *,
    by: str,
    reason: str,
    clock: Clock,
    due: date | None = None,
    fates: dict[str, Fate] | None = None,
) -> RectificationCase:
    """The case escalated, with the notice of it; ``fates`` leave out of that notice what is gone.

    It is due again by the shipped rules that it was opened by, else by ``rules``.
    """
    now = clock.now()
    rules = own_rules(case.rules, rules)
    day = china_day(now)
    if due is not None and due < day:
        raise RuleBroken(f"新的整改期限 {due} 已过，请给出今天或以后的日期")
    until = due or rules.escalation_due(day)
    left = [each for each in case.problems if (fates or {}).get(each.finding) is not Fate.GONE]
    notice = _reminder(case, left, rules, day=day, due=until, reason=reason)
    return take_step(case, StepKind.ESCALATE, at=now, by=by, note=reason, due=until, fates=fates or {}, notice=notice)


def _reminder(
    case: RectificationCase,
    left: Sequence[Problem],
    rules: RectificationRules,
    *,
    day: date,
    due: date,
    reason: str,
) -> Notice:
    about = Addressees(
        site_name=case.site_name,
        code=case.code,
        url=case.url,
        unit=case.unit,
        supervisor=case.supervisor,
        office_name=case.office_name,
        title="",
    )
    return reminder_of(
        about,
        left,
        number=f"{case.notices[0].number}（督办{len(case.notices)}）",
        day=day,
        due=due,
        recheck_on=rules.recheck_after(due),
        reason=reason,
    )
