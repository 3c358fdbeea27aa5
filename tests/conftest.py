"""Servers for the tests: one embedded pair per test process, a fresh database and keyspace per test."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import pytest

from store.config import StoreConfig
from store.embedded.processes import down, up
from store.embedded.servers import mongo_address, redis_address
from store.mongo.migrate import migrate
from store.stores import Stores

_databases = count()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Among several processes the longest files come first, so that none of them is left for the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("system") is None)


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


ServePages = Callable[[Mapping[str, str | bytes]], str]


@pytest.fixture(scope="session")
def serve_pages() -> Iterator[ServePages]:
    """Serves pages by path on a host of loopback until the end; returns the address of the home page."""
    with ExitStack() as running:
        yield lambda pages: running.enter_context(_site(pages))


@contextmanager
def _site(pages: Mapping[str, str | bytes]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path, "")
            body = page.encode() if isinstance(page, str) else page
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8" if isinstance(page, str) else "image/png")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://www.site.localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
