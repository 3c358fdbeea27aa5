"""The ledger (不合格网站台账) as a table."""

from datetime import date

from inspection.observation.site import china_day
from inspection.rectification.case import RectificationCase
from inspection.rectification.steps import StepKind

HEADINGS = (
    *("编号", "轮次", "标识码", "网站名称", "网址", "主办单位", "主管单位", "监管单位", "不合格原因", "问题数"),
    *("通知文号", "通知日期", "整改期限", "状态", "逾期天数", "报送日期", "迟报天数", "复查轮次", "升级次数"),
    *("约谈", "办结日期", "最近步骤"),
)


def ledger_row(case: RectificationCase, day: date) -> tuple[str | int, ...]:
    """One case as it stands on a day, under :data:`HEADINGS`."""
    reports = case.of_kind(StepKind.SUBMIT)
    last = case.standing[-1]
    interviews = "；".join(f"{china_day(step.at)} {step.note}" for step in case.of_kind(StepKind.INTERVIEW))
    return (
        *(case.id, case.round_id, case.code, case.site_name, case.url),
        *(case.unit, case.supervisor, case.office_name, "；".join(case.reasons), len(case.problems)),
        *(case.notices[0].number, f"{case.notices[0].day}", f"{case.due}", case.state.chinese, case.overdue_days(day)),
        f"{china_day(reports[-1].at)}" if reports else "",
        max((step.late_days for step in reports), default=0),
        *(case.recheck_round, case.escalations, interviews),
        "" if case.state.is_open else f"{china_day(last.at)}",
        f"{china_day(last.at)} {last.by} {last.kind.chinese}{f'：{last.note}' if last.note else ''}",
    )
