"""The job of what is due: every part that owes something by a day has a provider here."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from inspection.observation.site import CHINA, china_day
from inspection.ports import Clock
from inspection.records import every
from inspection.registry import regions
from inspection.registry.site import NATION
from inspection.reminders import DueItem, StageRule
from inspection.workflows.file_monthly_report import monthly_status
from inspection.workflows.remind import remind
from scheduler.job import Job, Repositories
from scheduler.timetable import Due

logger = logging.getLogger(__name__)

Provider = Callable[[Repositories, date], Iterable[DueItem]]
"""What is still open on a day and has a due day, past or to come; what is done is left out."""


def opt_outs_ending(stores: Repositories, day: date) -> Iterator[DueItem]:
    """Sites that will be visited again: whoever asked for the opt-out may want to prolong it."""
    morning = datetime.combine(day, datetime.min.time(), CHINA)
    for opt_out in stores.opt_outs.in_force(morning):
        if opt_out.until is None:
            continue
        site = stores.sites.find(opt_out.code)
        who = opt_out.code if site is None else site.supervisor or site.organizer or site.name
        yield DueItem(
            kind="opt-out",
            subject=opt_out.code,
            who=who,
            what=f"网站 {opt_out.code} 退出检查到期（{opt_out.reason}）",
            due=china_day(opt_out.until - timedelta(seconds=1)),
            region=NATION if site is None else site.region,
        )


def reports_owed(stores: Repositories, day: date) -> Iterator[DueItem]:
    """Rectification reports of failing sites."""
    del day
    for case in every(stores.cases):
        if case.state.awaits_report:
            yield DueItem(
                kind="rectification",
                subject=case.id,
                who=case.unit,
                what=f"{case.site_name}（{case.code}）的整改报告",
                due=case.due,
                region=case.region,
            )


def replies_owed(stores: Repositories, day: date) -> Iterator[DueItem]:
    """Replies to messages that have been routed to an office."""
    names = {office.id: office.name for office in every(stores.offices)}
    for message in every(stores.messages):
        state = message.state_on(day)
        if state is not None and state.awaits_reply and message.office:
            yield DueItem(
                kind="message",
                subject=message.id,
                who=names.get(message.office, message.office),
                what=f"网民留言 {message.id} 的答复",
                due=message.due,
                region=message.region,
            )


def monthly_reports_owed(stores: Repositories, day: date) -> Iterator[DueItem]:
    """Reports on the month before that cities have not filed."""
    last_month = f"{day.replace(day=1) - timedelta(days=1):%Y-%m}"
    for status in monthly_status(last_month, day, stores, stores.rules.monthly):
        if status.filed_on is None:
            yield DueItem(
                kind="monthly-report",
                subject=f"{last_month}:{status.city}",
                who=regions.full_name(status.city),
                what=f"{last_month} 的日常监管月报",
                due=status.due,
                region=status.city,
            )


PROVIDERS: Sequence[Provider] = (opt_outs_ending, reports_owed, replies_owed, monthly_reports_owed)
"""All of them, one explicit tuple."""


def reminders(stages: Sequence[StageRule], providers: Sequence[Provider] = PROVIDERS) -> Job:
    """The job that makes the reminders of a day."""

    def make_reminders(stores: Repositories, clock: Clock, run: Due) -> None:
        del clock
        items = (item for provider in providers for item in provider(stores, run.day))
        made = remind(items, stages, day=run.day, reminders=stores.reminders)
        if made:
            logger.info("新增到期提醒 %d 条（xuncha reminders list）", made)

    return make_reminders
