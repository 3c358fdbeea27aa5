"""Repeat offenders, which are to come under key monitoring (重点监测对象)."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from inspection.rectification.case import RectificationCase


class RepeatRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is a repeat offender: failed in ``failed`` of the last ``periods`` rounds, or was escalated in one."""

    failed: int
    periods: int
    source: str
    escalated: bool = True
    watched_days: int | None = None
    """How long a site stays on the list; None: until somebody takes it off."""


class Repeat(msgspec.Struct, frozen=True, kw_only=True):
    """A repeat offender: the rounds in which it failed, and how often it was escalated in them."""

    code: str
    name: str
    region: str
    rounds: tuple[str, ...]
    escalations: int
    reason: str


def repeats(cases: Iterable[RectificationCase], periods: Sequence[str], rule: RepeatRule) -> list[Repeat]:
    """Repeat offenders among the cases of these rounds, by site code; ``periods`` are round ids, newest first."""
    counted = periods[: rule.periods]
    ours = [case for case in cases if case.round_id in counted]
    times = Counter(case.code for case in ours)
    graver = Counter({case.code: 0 for case in ours})
    for case in ours:
        graver[case.code] += case.escalations
    found = []
    for code in sorted(times):
        by_count = times[code] >= rule.failed
        if by_count or (rule.escalated and graver[code]):
            last = [case for case in ours if case.code == code]
            rounds = tuple(each for each in counted if any(case.round_id == each for case in last))
            found.append(
                Repeat(
                    code=code,
                    name=last[-1].site_name,
                    region=last[-1].region,
                    rounds=rounds,
                    escalations=graver[code],
                    reason=_reason(len(rounds), len(counted), graver[code], by_count=by_count),
                )
            )
    return found


def _reason(failed: int, periods: int, escalations: int, *, by_count: bool) -> str:
    parts = [f"最近 {periods} 轮检查中 {failed} 轮不合格"] if by_count else []
    parts += [f"整改不到位被升级 {escalations} 次"] if escalations else []
    return "；".join(parts)
