"""The import rule, and that no package escapes it."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_the_import_rule_holds():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_package_is_under_the_rule_and_in_the_wheel():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages == set(CONFIG["tool"]["importlinter"]["root_packages"])
    assert packages == set(CONFIG["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert packages == set(CONFIG["tool"]["mypy"]["packages"])
