"""Servers for the tests: one embedded pair per test process, a fresh database and keyspace per test."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from store.config import StoreConfig
from store.embedded.processes import down, up
from store.embedded.servers import mongo_address, redis_address
from store.mongo.migrate import migrate
from store.stores import Stores

_databases = count()


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreConfig]:
    """A running embedded pair on free ports, let down at the end."""
    config = StoreConfig(var_dir=tmp_path_factory.mktemp("stores"))
    try:
        for name in ("mongo", "redis"):
            up(config, name)
        yield config
    finally:
        for name in ("mongo", "redis"):
            down(config, name)


@pytest.fixture
def mongo_uri(servers: StoreConfig) -> str:
    """Address of the test MongoDB."""
    return mongo_address(servers)


@pytest.fixture
def redis_url(servers: StoreConfig) -> str:
    """Address of the test Redis."""
    return redis_address(servers)


@pytest.fixture
def store_config(servers: StoreConfig) -> StoreConfig:
    """Settings that lead to a database of this test's own."""
    return servers.model_copy(update={"mongo_database": f"test{next(_databases)}"})


@pytest.fixture
def mongo_stores(store_config: StoreConfig) -> Iterator[Stores]:
    """Migrated stores, empty but for the schema; Redis is flushed before."""
    with Stores(store_config) as stores:
        migrate(stores.database, now=datetime.now(UTC))
        stores.redis.flushall()
        yield stores
        stores.mongo.drop_database(store_config.mongo_database)


@pytest.fixture
def project_root() -> Path:
    """The repository."""
    return Path(__file__).parents[1]
