"""The embedded pair: up, down, up again, and killed in between."""

import hashlib
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pymongo.errors
import pytest

from inspection.errors import StoreUnavailable
from store.config import StoreConfig
from store.embedded.processes import down, running, up
from store.embedded.servers import ServerRecord, record_file
from store.mongo.migrate import applied_version, migrate
from store.mongo.schema import COLLECTIONS, VERSION
from store.stores import Stores, open_stores

NOW = datetime(2026, 11, 20, tzinfo=UTC)
BOTH = ("mongo", "redis")


@pytest.fixture
def config(tmp_path: Path) -> Iterator[StoreConfig]:
    config = StoreConfig(var_dir=tmp_path / "var")
    yield config
    for name in BOTH:
        down(config, name)


@pytest.fixture
def kill(config: StoreConfig) -> Callable[[str], ServerRecord]:
    def kill_it(name: str) -> ServerRecord:
        record = running(config, name)
        assert record is not None
        os.kill(record.pid, signal.SIGKILL)
        while running(config, name) is not None:
            pass
        return record

    return kill_it


def test_acknowledged_data_survives_a_kill(config: StoreConfig, kill: Callable[[str], ServerRecord]) -> None:
    before = {name: up(config, name) for name in BOTH}
    with Stores(config) as stores:
        migrate(stores.database, now=NOW)
        stores.database["plain"].insert_many([{"_id": n} for n in range(300)])
        stores.redis.rpush("work", *range(300))
    for name in BOTH:
        assert kill(name) == before[name]
    assert all(up(config, name).pid != before[name].pid for name in BOTH)
    with Stores(config) as stores:
        assert stores.database["plain"].count_documents({}) == 300
        assert stores.redis.llen("work") == 300
        assert applied_version(stores.database) == VERSION


def test_up_waits_until_a_restarted_redis_has_read_its_file(config: StoreConfig) -> None:
    up(config, "redis")
    with Stores(config) as stores:
        for _ in range(10):
            stores.redis.rpush("much", *["x" * 200] * 20_000)
    for _ in range(3):
        down(config, "redis")
        up(config, "redis")
        with Stores(config) as stores:
            assert stores.redis.llen("much") == 200_000


def test_up_twice_is_the_same_server(config: StoreConfig) -> None:
    assert up(config, "redis") == up(config, "redis")
    assert down(config, "redis")
    assert not down(config, "redis")


def test_pairs_that_start_at_the_same_time_take_ports_of_their_own(tmp_path: Path) -> None:
    configs = [StoreConfig(var_dir=tmp_path / f"var{n}") for n in range(4)]
    try:
        with ThreadPoolExecutor(len(configs)) as together:
            records = list(together.map(lambda config: up(config, "redis"), configs))
        assert len({record.port for record in records}) == len(configs)
        assert [running(config, "redis") for config in configs] == records
    finally:
        for config in configs:
            down(config, "redis")


def test_a_stale_record_of_a_reused_pid_is_no_server(config: StoreConfig) -> None:
    record = up(config, "redis")
    assert down(config, "redis")
    stale = f'{{"port": {record.port}, "pid": {os.getpid()}, "started": 1}}'
    record_file(config, "redis").write_text(stale, "ascii")
    assert running(config, "redis") is None
    assert up(config, "redis").pid != os.getpid()


def test_migrating_again_changes_nothing(mongo_stores: Stores) -> None:
    def shape() -> object:
        database = mongo_stores.database
        return {name: sorted(database[name].index_information()) for name in sorted(database.list_collection_names())}

    before = shape()
    assert not migrate(mongo_stores.database, now=NOW)
    assert shape() == before


def test_a_database_at_an_earlier_version_is_refused_until_migrated(mongo_stores: Stores) -> None:
    database = mongo_stores.database
    database["migrations"].delete_many({})
    database["migrations"].insert_one({"_id": 8, "version": 8, "applied_at": NOW})
    for name in ("late_lists", "special_checks"):
        database.drop_collection(name)
    with pytest.raises(StoreUnavailable, match="第 8 版，需要第 9 版。请运行 xuncha stores migrate"):
        open_stores(mongo_stores.config)
    assert migrate(database, now=NOW)
    assert {"all_id", "month_id"} <= set(database["late_lists"].index_information())
    assert {"all_id", "office_id"} <= set(database["special_checks"].index_information())
    open_stores(mongo_stores.config).close()


def test_the_version_is_raised_with_the_schema() -> None:
    """Where this fails: raise ``VERSION`` by one and put the new pair here, so that databases are migrated."""
    digest = hashlib.sha256(msgspec.json.encode(COLLECTIONS)).hexdigest()[:16]
    assert (VERSION, digest) == (9, "cc2ef9ca4b0e9f15")


@pytest.mark.parametrize(
    ("collection", "document"),
    [
        ("sites", {"_id": "x", "code": 7}),
        ("rounds", {"_id": "r", "all": 1, "id": "r", "state": "open", "seed": "s", "drill": "yes"}),
        ("site_changes", {"_id": "c", "code": "c"}),
    ],
)
def test_validators_refuse_what_does_not_fit(
    mongo_stores: Stores, collection: str, document: dict[str, object]
) -> None:
    with pytest.raises(pymongo.errors.WriteError):
        mongo_stores.database[collection].insert_one(document)
