"""Settings of the API process."""

from pydantic import Field

from store.config import StoreConfig


class ApiConfig(StoreConfig):
    """Where the API listens."""

    api_host: str = Field(default="127.0.0.1", description="Address that the API listens on")
    api_port: int = Field(default=8000, ge=1, le=65535, description="Port of the API")
