"""Every kind of record over every implementation: kept whole, once by id, changed by revision, found by its fields.

The values are made from the types, a value other than the default for each field: a field that a store loses or changes
is found out, and so is a kind that nobody has added here.
"""

import types
import typing
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec
import pytest

from inspection.accountability import Accountability
from inspection.bulletin.bulletin import Bulletin
from inspection.errors import Conflict
from inspection.linkage import Account, Carried
from inspection.messages import Message, RecheckRequest, Sender
from inspection.monitoring import EarlyWarning, KeySite
from inspection.monthly import LateList, MonthlyReport
from inspection.offices import Office
from inspection.records import Record, revised
from inspection.rectification import RectificationCase
from inspection.reminders import Reminder
from inspection.reporting import ReportedResult, ReportedRound, SelfCheck, VerificationDraw
from inspection.special import SpecialCheck
from inspection.statistics.series import SeriesEntry
from inspection.timetable import JobRun, JobState, PlannedOpening
from store.memory import MemoryRecords, MemoryStores
from store.mongo.codec import projection_of
from store.mongo.records import MongoRecords
from store.mongo.schema import COLLECTIONS

KINDS: dict[str, type[Record]] = {
    "accountability": Accountability,
    "accounts": Account,
    "bulletins": Bulletin,
    "carried": Carried,
    "cases": RectificationCase,
    "early_warnings": EarlyWarning,
    "job_runs": JobRun,
    "job_states": JobState,
    "key_sites": KeySite,
    "late_lists": LateList,
    "message_senders": Sender,
    "messages": Message,
    "monthly_reports": MonthlyReport,
    "offices": Office,
    "planned_openings": PlannedOpening,
    "recheck_requests": RecheckRequest,
    "reminders": Reminder,
    "reported_results": ReportedResult,
    "reports": ReportedRound,
    "special_checks": SpecialCheck,
    "self_checks": SelfCheck,
    "series_points": SeriesEntry,
    "verifications": VerificationDraw,
}
SPECS = {spec.name: spec for spec in COLLECTIONS if {"areas", "revision"} <= set(spec.fields)}
_PLAIN: dict[object, object] = {
    str: "值 <a>",
    int: 7,
    float: 0.25,
    bool: True,
    Decimal: Decimal("0.10"),
    datetime: datetime(2026, 11, 20, 4, 5, 6, 789000, tzinfo=UTC),
    date: date(2026, 11, 20),
    bytes: b"\x00\xff",
}


@pytest.fixture(params=["memory", "mongo"])
def stores(request):
    return MemoryStores() if request.param == "memory" else request.getfixturevalue("mongo_stores")


def full(type_: Any) -> Any:
    """A value of a type with something in every field; of a union the first member that is not None."""
    if type_ in _PLAIN:
        return _PLAIN[type_]
    if isinstance(type_, type) and issubclass(type_, Enum):
        return list(type_)[-1]
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return type_(**{name: full(hint) for name, hint in typing.get_type_hints(type_).items()})
    if typing.get_origin(type_) is None:
        raise AssertionError(f"no value is known for {type_}: add one")
    return _composed(type_, *typing.get_args(type_))


def _composed(type_: Any, first: Any, *rest: Any) -> Any:
    """A value of a type with parameters; a tuple of any length has one element of each member of a union."""
    origin = typing.get_origin(type_)
    if origin is tuple:
        return tuple(map(full, alternatives(first) if rest == (Ellipsis,) else (first, *rest)))
    if origin is dict:
        return {full(first): full(rest[0])}
    return full(alternatives(type_)[0])


def alternatives(type_: Any) -> list[Any]:
    """The members of a union but None; a type itself where it is none."""
    if typing.get_origin(type_) not in (typing.Union, types.UnionType):
        return [type_]
    return [each for each in typing.get_args(type_) if each is not type(None)]


def record_of(kind: str, id_: str = "2017Q1:某", region: str = "370602") -> Record:
    return msgspec.structs.replace(full(KINDS[kind]), id=id_, region=region, revision=0)


def test_no_kind_is_left_out(mongo_stores):
    in_memory = {name for name, value in vars(MemoryStores()).items() if isinstance(value, MemoryRecords)}
    in_mongo = {name for name, value in vars(mongo_stores).items() if isinstance(value, MongoRecords)}
    assert set(KINDS) == in_memory == in_mongo == set(SPECS)


def test_each_comes_back_whole_and_once(stores):
    for kind, type_ in KINDS.items():
        records, record = getattr(stores, kind), record_of(kind)
        assert records.add([record, record]) == 1, kind
        assert records.add([revised(record)]) == 0, kind
        assert records.find(record.id) == record, kind
        assert type(records.find(record.id)) is type_, kind
        assert records.find("x") is None, kind


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    state: str


class Part(msgspec.Struct, frozen=True, kw_only=True):
    region: str
    due: date
    steps: tuple[Moment, ...]


def test_of_many_only_a_part_is_read(stores):
    """Fields by name, as they are in the whole record; structs in tuples with fewer fields, too."""
    records, whole = stores.messages, record_of("messages")
    records.add([whole, record_of("messages", "x", "110000")])
    [step] = whole.steps
    part = Part(region="370602", due=whole.due, steps=(Moment(at=step.at, state=step.state),))
    assert list(records.parts(Part, {"region": "3706"})) == [part]
    assert sorted(each.region for each in records.parts(Part)) == ["110000", "370602"]
    assert list(records.parts(Part, {"state": "another"})) == []


def test_of_what_a_part_does_not_name_nothing_is_fetched():
    assert projection_of(Part) == {"_id": 0, "region": 1, "due": 1, "steps.at": 1, "steps.state": 1}


def test_each_is_changed_in_the_place_of_its_last_revision_alone(stores):
    for kind in KINDS:
        records, record = getattr(stores, kind), record_of(kind)
        records.add([record])
        changed = revised(record, region="110000")
        records.replace(changed)
        assert records.find(record.id) == changed, kind
        with pytest.raises(Conflict):
            records.replace(revised(record, region="440000"))
        assert records.page({"region": "11"}) == [changed], kind
        assert records.page({"region": "37"}) == [], kind


def test_each_is_listed_by_the_fields_that_have_an_index(stores):
    for kind, spec in SPECS.items():
        records, record = getattr(stores, kind), record_of(kind)
        other = record_of(kind, "x", "110000")
        records.add([record, other])
        assert records.page({"region": "3706"}) == [record], kind
        assert records.count({"region": "11"}) == 1, kind
        assert records.page(limit=1) == [record], kind
        assert records.page(after=record.id) == [other], kind
        for field, *_ in spec.indexes:
            if field in ("all", "areas"):
                continue
            value = str(getattr(record, field))
            assert records.page({field: value, "region": "3706"}) == [record], (kind, field)
            assert records.count({field: value}) == 2, (kind, field)
            assert records.page({field: "another"}) == [], (kind, field)
