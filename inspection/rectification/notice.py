"""The notice of rectification (整改通知书) in Chinese, to the supervising unit and to the head of the owning unit."""

from collections.abc import Sequence
from datetime import date

import msgspec

from inspection.rectification.case import Notice, Problem

_SHOWN_PLACES = 3


class Addressees(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a notice goes to, and what it is about."""

    site_name: str
    code: str
    url: str
    unit: str
    supervisor: str
    office_name: str
    title: str
    """Of the round: 2017年第一季度抽查."""

    @property
    def recipients(self) -> tuple[str, ...]:
        """The supervising unit, and the head of the owning unit; a notice never goes to the unit's own desk alone."""
        above = next((name for name in (self.supervisor, self.office_name) if name and name != self.unit), self.unit)
        return (above, f"{self.unit}主要负责人")


def notice_of(
    about: Addressees,
    problems: Sequence[Problem],
    reasons: Sequence[str],
    *,
    number: str,
    day: date,
    due: date,
    recheck_on: date | None,
) -> Notice:
    """The first notice of a case."""
    text = "\n".join(
        (
            "政府网站整改通知书",
            number,
            "",
            f"{'、'.join(about.recipients)}：",
            f"经{about.title}，你单位主管（主办）的网站“{about.site_name}”"
            f"（标识码 {about.code}，{about.url}）不合格。{'。'.join(reasons)}。",
            f"请对照下列问题立即整改，于{_day(due)}前报送整改报告，附证明材料。",
            *_recheck_line(recheck_on),
            "逾期未报或复查仍不达标的，加重一档扣分，并约谈有关负责人。确实无力维护的网站，可申请关停并转。",
            "",
            f"问题清单（共 {len(problems)} 项）：",
            *(line for place, problem in enumerate(problems, 1) for line in _listed(place, problem)),
            "",
            about.office_name or "监管单位",
            _day(day),
        )
    )
    return Notice(number=number, day=day, due=due, recheck_on=recheck_on, recipients=about.recipients, text=text)


def reminder_of(
    about: Addressees,
    remaining: Sequence[Problem],
    *,
    number: str,
    day: date,
    due: date,
    recheck_on: date | None,
    reason: str,
) -> Notice:
    """The notice of an escalation: what remains, and the new deadline."""
    text = "\n".join(
        (
            "政府网站整改督办通知书",
            number,
            "",
            f"{'、'.join(about.recipients)}：",
            f"网站“{about.site_name}”（标识码 {about.code}，{about.url}）整改不到位：{reason.rstrip('。')}。"
            "现加重一档扣分，并约谈有关负责人。",
            f"请于{_day(due)}前再次报送整改报告。",
            *_recheck_line(recheck_on),
            "",
            f"尚未整改的问题（共 {len(remaining)} 项）：",
            *(line for place, problem in enumerate(remaining, 1) for line in _listed(place, problem)),
            "",
            about.office_name or "监管单位",
            _day(day),
        )
    )
    return Notice(number=number, day=day, due=due, recheck_on=recheck_on, recipients=about.recipients, text=text)


def _recheck_line(recheck_on: date | None) -> list[str]:
    return [] if recheck_on is None else [f"{_day(recheck_on)}起由第三方按问题清单复查。"]


def _listed(place: int, problem: Problem) -> list[str]:
    kind = "单项否决" if problem.veto else f"扣 {problem.points.normalize():f} 分"
    lines = [f"{place}．{problem.indicator}{f' {problem.name}' if problem.name else ''}（{kind}）：{problem.message}"]
    for each in problem.evidence[:_SHOWN_PLACES]:
        seen = f"　快照 {each.snapshot}" if each.snapshot else ""
        seen += f"　截图 {each.screenshot}" if each.screenshot else ""
        lines.append(f"　　{each.url}{f' 第 {each.line} 行' if each.line else ''}{seen}")
    more = len(problem.evidence) - _SHOWN_PLACES
    return [*lines, f"　　另有 {more} 处，见台账"] if more > 0 else lines


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
