"""All settings classes: what the environment may set."""

from pydantic_settings import BaseSettings

from api.config import ApiConfig
from crawler.config import WorkerConfig
from scheduler.config import SchedulerConfig
from store.config import PREFIX, StoreConfig

SETTINGS: tuple[type[BaseSettings], ...] = (StoreConfig, WorkerConfig, ApiConfig, SchedulerConfig)
"""Every process's class; later ones repeat the fields of the first, which they extend."""


def env_example() -> str:
    """The text of ``deploy/env.example``: every variable with its explanation and default, commented out."""
    lines = [
        "# All settings and their defaults. Remove the # in front of what you change.",
        "",
        "# for compose.yaml",
        "REDIS_PASSWORD=",
        "",
    ]
    seen: set[str] = set()
    for class_ in SETTINGS:
        fields = {name: field for name, field in class_.model_fields.items() if name not in seen}
        seen |= set(fields)
        lines += [f"# {class_.__name__}: {(class_.__doc__ or '').strip()}"]
        for name, field in fields.items():
            default = "" if field.default in (None, ()) else field.default
            lines += [
                f"# {field.description}",
                f"#{PREFIX}{name.upper()}={str(default).lower() if isinstance(default, bool) else default}",
                "",
            ]
    return "\n".join(lines).rstrip() + "\n"
