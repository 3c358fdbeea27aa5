"""Data sets of published bulletins, as figures and as the files that an office would import."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from inspection.bulletin.figures import BulletinFigures

HERE = Path(__file__).parent


@pytest.fixture
def published() -> Callable[[str], BulletinFigures]:
    """Figures of a published bulletin by the name of its file."""
    folder = HERE / "published"
    return lambda name: msgspec.json.decode((folder / f"{name}.json").read_bytes(), type=BulletinFigures)


def module(name: str) -> ModuleType:
    """A module beside this file."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture(scope="session")
def desk() -> Callable[..., Any]:
    """Makes an office's desk: memory stores, a calendar, a crawler that sees what it is told."""
    made: Callable[..., Any] = module("desk").Desk
    return made


@pytest.fixture(scope="session")
def national_quarter(desk: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The first quarter of 2017, imported from files and inspected (:mod:`national_2017q1`)."""
    return module("national_2017q1").national_quarter(desk(), tmp_path_factory.mktemp("national"))


@pytest.fixture(scope="session")
def municipal_month(desk: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A city's February of 2017, imported from files (:mod:`municipal_2017_02`)."""
    return module("municipal_2017_02").municipal_month(desk(), tmp_path_factory.mktemp("municipal"))


@pytest.fixture(scope="session")
def provincial_recheck(desk: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A province's recheck of early 2017 (:mod:`provincial_2017_02`)."""
    return module("provincial_2017_02").provincial_recheck(desk(), tmp_path_factory.mktemp("provincial"))
