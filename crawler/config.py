"""Settings of a worker and of the one-shot commands that fetch."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from store.config import StoreConfig

Network = IPv4Network | IPv6Network


class WorkerConfig(StoreConfig):
    """How the web is visited. Every default is written here, once."""

    allow_networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="Comma-separated networks (CIDR) to visit although they are private; empty: public addresses only",
    )
    user_agent: str = Field(
        default="Mozilla/5.0 (compatible; Xuncha/0.1; government website inspection)",
        description="User-Agent of all requests",
    )
    tls_lenient: bool = Field(
        default=True,
        description="Read pages behind a bad certificate too (the certificate is a fault of its own)",
    )
    link_retry_pause_s: float = Field(
        default=5.0, ge=0, description="Seconds between the tries of a link check that failed"
    )
    link_timeout_s: float = Field(default=15.0, gt=0, description="Seconds for one try of a link check")

    @field_validator("allow_networks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip())
