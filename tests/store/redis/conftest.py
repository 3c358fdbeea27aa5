"""A client of the test Redis."""

from collections.abc import Iterator

import pytest
from redis import Redis


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[Redis]:
    """Speaks bytes, as the stores' own client does."""
    client = Redis.from_url(redis_url)
    yield client
    client.close()
