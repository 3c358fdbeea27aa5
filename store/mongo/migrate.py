"""Bring a database to the declared schema; safe to repeat and to run twice at once."""

from datetime import datetime

from pymongo.errors import CollectionInvalid

from store.mongo.access import DocumentDatabase, mongo_errors
from store.mongo.schema import COLLECTIONS, VERSION, CollectionSpec


def migrate(database: DocumentDatabase, *, now: datetime) -> bool:
    """Create collections, validators and indexes; returns whether the version was not recorded yet."""
    with mongo_errors():
        for spec in COLLECTIONS:
            _apply(database, spec)
        record = {"$setOnInsert": {"version": VERSION, "applied_at": now}}
        done = database["migrations"].update_one({"_id": VERSION}, record, upsert=True)
        return done.upserted_id is not None


def applied_version(database: DocumentDatabase) -> int:
    """Highest recorded version; 0 for a new database."""
    with mongo_errors():
        return max((int(row["version"]) for row in database["migrations"].find()), default=0)


def _apply(database: DocumentDatabase, spec: CollectionSpec) -> None:
    try:
        database.create_collection(spec.name, validator=spec.validator)
    except CollectionInvalid:
        database.command("collMod", spec.name, validator=spec.validator)
    for fields in spec.indexes:
        database[spec.name].create_index([(field, 1) for field in fields], name="_".join(fields))
