"""Collections, validators and indexes: the one place that declares them.

Every list that is paged has an index with an equality prefix and ends in its sort key; whole-collection
paging goes over the constant field ``all``.
"""

from typing import Any, Final

import msgspec

VERSION: Final = 9
"""Raised by one with every change here; ``migrate`` applies and records it."""

Index = tuple[str, ...]


class CollectionSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One collection: name, required fields with their BSON types, indexes (ascending fields)."""

    name: str
    fields: dict[str, str | list[str]]
    indexes: tuple[Index, ...] = ()

    @property
    def validator(self) -> dict[str, Any]:
        """The JSON-schema validator."""
        properties = {name: {"bsonType": type_} for name, type_ in self.fields.items()}
        return {"$jsonSchema": {"bsonType": "object", "required": list(self.fields), "properties": properties}}


_INSPECTED = {"round_id": "string", "code": "string"}


def _records(name: str, *fields: str) -> CollectionSpec:
    """A collection of :class:`inspection.records.Record`, listed by each of these fields too."""
    types: dict[str, str | list[str]] = {
        **{"all": "int", "id": "string", "region": "string", "areas": "array", "revision": "int"},
        **dict.fromkeys(fields, "string"),
    }
    return CollectionSpec(
        name=name, fields=types, indexes=(("all", "id"), ("areas", "id"), *((field, "id") for field in fields))
    )


COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec(
        name="sites",
        fields={
            "all": "int",
            "code": "string",
            "name": "string",
            "url": "string",
            "category": "string",
            "region": "string",
            "province": "string",
            "status": "string",
            "added_at": "date",
            "added_source": "string",
        },
        indexes=(("all", "code"), ("province", "code"), ("category", "code")),
    ),
    CollectionSpec(
        name="site_changes",
        fields={"code": "string", "at": "date", "source": "string", "after": "object"},
        indexes=(("code", "at"),),
    ),
    CollectionSpec(
        name="rounds",
        fields={"all": "int", "id": "string", "state": "string", "seed": "string", "drill": "bool"},
        indexes=(("all", "id"), ("office", "id")),
    ),
    CollectionSpec(
        name="round_parts",
        fields={"round_id": "string", "kind": "string", "number": "int", "data": "binData"},
        indexes=(("round_id", "kind", "number"),),
    ),
    CollectionSpec(
        name="inspections",
        fields={"all": "int", "id": "string", **_INSPECTED, "site": "object", "areas": "array", "stratum": "string"},
        indexes=(
            ("all", "id"),
            ("round_id", "id"),
            ("round_id", "areas", "id"),
            ("round_id", "verdict", "id"),
            ("code", "id"),
        ),
    ),
    CollectionSpec(
        name="findings",
        fields={**_INSPECTED, "edition": "string", "indicator": "string", "id": "string", "state": "string"},
        indexes=(
            ("round_id", "code", "edition", "id"),
            ("round_id", "edition", "indicator"),
            ("round_id", "edition", "review", "indicator", "key"),
        ),
    ),
    CollectionSpec(
        name="references",
        fields={"all": "int", "title": "string", "url": "string", "published_at": "date"},
        indexes=(("all", "published_at"),),
    ),
    CollectionSpec(
        name="item_history",
        fields={
            **{"code": "string", "url": "string", "title": "string", "digest": "string", "round_id": "string"},
            **{"first_seen_at": "date", "remembered_at": "date"},
        },
        indexes=(("code", "remembered_at"),),
    ),
    CollectionSpec(
        name="reviews",
        fields={**_INSPECTED, "key": "string", "finding": "string", "decision": "string", "by": "string", "at": "date"},
        indexes=(("round_id", "code", "at"), ("round_id", "key")),
    ),
    CollectionSpec(
        name="opt_outs",
        fields={"all": "int", "code": "string", "url": "string", "reason": "string", "since": "date"},
        indexes=(("code", "since"), ("all", "code")),
    ),
    CollectionSpec(
        name="crawl_windows",
        fields={"all": "int", "place": "string", "window": "object", "set_at": "date"},
        indexes=(("all", "place"),),
    ),
    CollectionSpec(
        name="rejudgements",
        fields={**_INSPECTED, "edition": "string", "judged_at": "date", "scorecard": "object"},
        indexes=(("round_id", "edition", "code"),),
    ),
    CollectionSpec(
        name="probes",
        fields={**_INSPECTED, "sequence": "int", "at": "date", "outcome": "string"},
        indexes=(("round_id", "code", "sequence"),),
    ),
    CollectionSpec(
        name="pages",
        fields={**_INSPECTED, "url": "string", "fetched_at": "date", "outcome": "string"},
        indexes=(("round_id", "code", "url"), ("snapshot",)),
    ),
    CollectionSpec(
        name="links",
        fields={**_INSPECTED, "url": "string", "checked_at": "date", "outcome": "string", "source": "object"},
        indexes=(("round_id", "code", "url"),),
    ),
    CollectionSpec(
        name="renders",
        fields={**_INSPECTED, "url": "string", "rendered_at": "date", "complete": "bool"},
        indexes=(("round_id", "code", "url"), ("snapshot",)),
    ),
    CollectionSpec(
        name="hosts",
        fields={**_INSPECTED, "host": "string", "observed_at": "date", "over_ipv6": "string", "https": "string"},
        indexes=(("round_id", "code", "host"),),
    ),
    CollectionSpec(
        name="screenshots",
        fields={**_INSPECTED, "url": "string", "taken_at": "date"},
        indexes=(("round_id", "code", "url"),),
    ),
    CollectionSpec(name="snapshots", fields={"size": "int", "data": "binData"}),
    CollectionSpec(
        name="pass_rates",
        fields={"round_id": "string", "dimension": "string", "key": "string", "sort": "string"},
        indexes=(
            ("round_id", "sort"),
            ("round_id", "dimension", "sort"),
            ("round_id", "number"),
            ("round_id", "dimension", "place"),
        ),
    ),
    _records("offices", "level", "parent"),
    _records("bulletins", "state", "level", "office"),
    _records("cases", "state", "round_id", "code"),
    _records("key_sites", "code"),
    _records("series_points", "period"),
    _records("messages", "state", "office", "site"),
    _records("message_senders"),
    _records("recheck_requests", "state"),
    _records("accounts", "platform", "status"),
    _records("carried", "event", "carrier"),
    _records("accountability", "kind", "department"),
    _records("monthly_reports", "month"),
    _records("late_lists", "month"),
    _records("job_states"),
    _records("job_runs", "job"),
    _records("early_warnings", "code", "state"),
    _records("reminders", "state", "kind"),
    _records("planned_openings"),
    _records("reports", "office", "period"),
    _records("reported_results", "batch", "code"),
    _records("verifications", "office", "period"),
    _records("self_checks", "office", "period"),
    _records("special_checks", "office"),
    CollectionSpec(name="migrations", fields={"version": "int", "applied_at": "date"}),
)
