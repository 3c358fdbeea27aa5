"""docs/standard.md says what the editions say."""

from pathlib import Path

from cli.standard_page import standard_page
from inspection.checks import CHECK_PARAMS
from inspection.standard import EditionLibrary


def test_the_page_is_that_of_the_shipped_editions(project_root: Path) -> None:
    page = (project_root / "docs" / "standard.md").read_text("utf-8")
    assert page == standard_page(EditionLibrary(CHECK_PARAMS)), "run: xuncha standard page --out docs/standard.md"
