"""Where the embedded servers are: addresses that processes agree on without being told."""

from pathlib import Path

import msgspec

from store.config import StoreConfig

DEFAULT_PORTS = {"mongo": 27117, "redis": 16379}


class ServerRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What ``up`` leaves for others: port and process of one running server.

    ``started`` is the process's start time in clock ticks since boot, so that a reused pid is recognised.
    """

    port: int
    pid: int
    started: int


def record_file(config: StoreConfig, name: str) -> Path:
    """File that holds the record of a server."""
    return config.var_dir / f"{name}.json"


def read_record(config: StoreConfig, name: str) -> ServerRecord | None:
    """The record of a server, None if none was written."""
    try:
        return msgspec.json.decode(record_file(config, name).read_bytes(), type=ServerRecord)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def mongo_address(config: StoreConfig) -> str:
    """The configured MongoDB, or the embedded one."""
    if config.mongo_uri is not None:
        return config.mongo_uri.get_secret_value()
    return f"mongodb://127.0.0.1:{_port(config, 'mongo')}/"


def redis_address(config: StoreConfig) -> str:
    """The configured Redis, or the embedded one."""
    if config.redis_url is not None:
        return config.redis_url.get_secret_value()
    return f"redis://127.0.0.1:{_port(config, 'redis')}/0"


def _port(config: StoreConfig, name: str) -> int:
    record = read_record(config, name)
    return DEFAULT_PORTS[name] if record is None else record.port
