"""Data sets of published bulletins."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from inspection.bulletin.figures import BulletinFigures


@pytest.fixture
def published() -> Callable[[str], BulletinFigures]:
    """Figures of a published bulletin by the name of its file."""
    folder = Path(__file__).parent / "published"
    return lambda name: msgspec.json.decode((folder / f"{name}.json").read_bytes(), type=BulletinFigures)
