"""The timetable of this installation: the shipped entries, the intervals of the settings, the operator's file."""

import tomllib
from collections import Counter
from importlib.resources import files

import msgspec

from inspection.errors import InputRejected
from inspection.faults import in_chinese
from scheduler.config import SchedulerConfig
from scheduler.rules import own_or
from scheduler.timetable import Entry


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    entries: tuple[Entry, ...] = ()


def timetable(config: SchedulerConfig) -> tuple[Entry, ...]:
    """All entries; those of the operator's file take the place of shipped ones of the same job.

    :class:`InputRejected` says what is wrong with the file.
    """
    shipped = parse_entries(files("scheduler").joinpath("timetable.toml").read_text("utf-8"), "timetable.toml")
    own = own_or(config.timetable_file, parse_entries, _none)
    by_job = {entry.job: entry for entry in (*_by_interval(config), *shipped, *own)}
    return tuple(by_job.values())


def _none() -> tuple[Entry, ...]:
    return ()


def _by_interval(config: SchedulerConfig) -> tuple[Entry, ...]:
    return (
        _interval("refill", "找回丢失的任务", config.refill_every_s),
        _interval("judge", "判定已抓取完成的网站", config.judge_every_s),
        _interval("roll-up", "汇总合格率", config.roll_up_every_s),
        _interval("photograph", "为否决项截图", config.photograph_every_s),
    )


def _interval(job: str, title: str, every_s: float) -> Entry:
    """A job that, where it fails, is simply due again with the next interval."""
    return Entry(job=job, title=title, every_s=every_s, retry_s=every_s, tries=1)


def parse_entries(text: str, origin: str) -> tuple[Entry, ...]:
    """Entries of a TOML file (``[[entries]]``); :class:`InputRejected` names file, entry and mistake."""
    try:
        found = msgspec.convert(tomllib.loads(text), _File).entries
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InputRejected(f"时刻表 {origin} 有误：{in_chinese(error)}。写法见 docs/timetable.md") from error
    problems = [f"{entry.job}：{entry.problem()}" for entry in found if entry.problem()]
    problems += [f"{job} 重复" for job, times in Counter(entry.job for entry in found).items() if times > 1]
    if problems:
        raise InputRejected(f"时刻表 {origin} 有误：{'；'.join(problems)}。写法见 docs/timetable.md")
    return found
