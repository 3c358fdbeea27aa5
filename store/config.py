"""Settings of the stores, shared by every process."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from inspection.errors import InputRejected

PREFIX = "XUNCHA_"
_OF_THE_TESTS = frozenset({"XUNCHA_REALPAGES"})
"""Names that only the test run reads."""


class StoreConfig(BaseSettings):
    """Where the stores are. Addresses left out mean the embedded pair under ``var_dir``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    mongo_uri: SecretStr | None = Field(default=None, description="MongoDB address; empty: the embedded server")
    mongo_database: str = Field(default="xuncha", description="MongoDB database")
    redis_url: SecretStr | None = Field(default=None, description="Redis address; empty: the embedded server")
    var_dir: Path = Field(default=Path("var"), description="Folder of the embedded servers' data and logs")
    standard_dir: Path | None = Field(
        default=None, description="Folder of own editions of the standard (*.toml); empty: the shipped ones only"
    )
    rules_dir: Path | None = Field(
        default=None,
        description="Folder of own rules (messages.toml, wording.toml ...); empty: the shipped ones",
    )
    store_timeout_s: float = Field(
        default=10.0, gt=0, description="Seconds to wait for a store before it counts as down"
    )
    clock_ahead_days: float = Field(
        default=0.0, ge=0, description="Drills only: days by which the offices' clock runs ahead of the real one"
    )


def refuse_unknown_names(environ: Mapping[str, str], classes: Iterable[type[BaseSettings]]) -> None:
    """:class:`InputRejected` where the environment sets an ``XUNCHA_*`` name that no settings class knows."""
    known = {f"{PREFIX}{name}".upper() for class_ in classes for name in class_.model_fields}
    ours = {name for name in environ if name.upper().startswith(PREFIX)} - _OF_THE_TESTS
    unknown = sorted(name for name in ours if name.upper() not in known)
    if unknown:
        raise InputRejected(f"未知的设置项 {'、'.join(unknown)}，请检查拼写；可用：{'、'.join(sorted(known))}")


def masked(address: str) -> str:
    """An address without its password, fit for messages."""
    parts = urlsplit(address)
    if parts.password is None:
        return address
    return address.replace(f":{parts.password}@", ":***@", 1)
