"""The connection to Redis."""

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from inspection.errors import StoreUnavailable
from store.config import StoreConfig, masked
from store.embedded.servers import redis_address


def connect(config: StoreConfig) -> redis.Redis:
    """A client that speaks bytes; nothing is sent yet. One quick retry hides a restarted server's dead sockets."""
    return redis.Redis.from_url(
        redis_address(config),
        socket_timeout=config.store_timeout_s,
        socket_connect_timeout=config.store_timeout_s,
        health_check_interval=30,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), retries=1),
        retry_on_error=[redis.exceptions.ConnectionError],
    )


def ping(client: redis.Redis, config: StoreConfig) -> None:
    """Raise :class:`StoreUnavailable` unless Redis answers."""
    try:
        client.ping()
    except redis.exceptions.RedisError as error:
        raise StoreUnavailable(
            f"无法连接 Redis（{masked(redis_address(config))}）。"
            "请运行 xuncha stores up 启动内置存储，或检查 XUNCHA_REDIS_URL"
        ) from error
