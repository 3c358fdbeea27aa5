"""Precision and recall of extraction, field by field, over a folder of labelled pages.

    python benchmarks/extraction_quality.py [FOLDER]

FOLDER (default: environment variable XUNCHA_REALPAGES, else ../shared/realpages) holds ``labels.jsonl`` with one
object per page (``file``, ``url_guess`` and the fields below). A field that a page does not have is null or false.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crawler.extract import extract
from inspection.observation import PageFacts

Result = tuple[str, str, Any, Any]
"""(file, field, expected, found)."""


def folder() -> Path:
    """Where the labelled pages are."""
    default = Path(__file__).parents[1] / "../shared/realpages"
    return Path(os.environ.get("XUNCHA_REALPAGES", default))


def found_fields(facts: PageFacts) -> dict[str, Any]:
    """The labelled fields as extraction found them."""
    newest = facts.newest_item_date
    return {
        "charset": facts.charset,
        "site_code": facts.site_code,
        "icp": facts.icp,
        "police_record": facts.police_record,
        "organizer": facts.organizer,
        "jiucuo_entry": facts.jiucuo_entry,
        "conac_mark": facts.conac_mark,
        "state_council_column": facts.state_council_column,
        "newest_item_date": newest.isoformat() if newest is not None else None,
        "list_items": len(facts.list_items),
        "empty_column": facts.empty_column,
        "soft_404": facts.soft_404,
        "n_links": sum(link.attribute == "href" and link.element in ("a", "area") for link in facts.links),
    }


def compare(root: Path) -> Iterator[Result]:
    """Every labelled field of every page; unlabelled ones (null counts of lists and columns) are left out."""
    for line in (root / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        url = re.match(r"https?://\S+", label["url_guess"] or "")
        facts = extract((root / label["file"]).read_bytes(), url.group() if url else "http://page/x.html", as_of=None)
        for field, value in found_fields(facts).items():
            if field in ("list_items", "empty_column") and label[field] is None:
                continue
            yield label["file"], field, label[field], value


def precision_recall(results: list[Result]) -> dict[str, tuple[float, float]]:
    """Per field; a wrong value is both a false positive and a miss."""
    table: dict[str, tuple[float, float]] = {}
    for field in dict.fromkeys(result[1] for result in results):
        rows = [(_plain(expected), _plain(found)) for _, name, expected, found in results if name == field]
        right = sum(expected == found for expected, found in rows if expected)
        claimed = sum(bool(found) for _, found in rows)
        there = sum(bool(expected) for expected, _ in rows)
        table[field] = (right / claimed if claimed else 1.0, right / there if there else 1.0)
    return table


def _plain(value: Any) -> Any:
    return re.sub(r"\s", "", value) if isinstance(value, str) else value


def main() -> None:
    """Print the table and every miss."""
    results = list(compare(Path(sys.argv[1]) if len(sys.argv) > 1 else folder()))
    print(f"{'field':24}{'precision':>10}{'recall':>10}")
    for field, (precision, recall) in precision_recall(results).items():
        print(f"{field:24}{precision:>10.3f}{recall:>10.3f}")
    for file, field, expected, found in results:
        if _plain(expected or None) != _plain(found or None):
            print(f"{file} {field}: expected {expected!r}, found {found!r}")


if __name__ == "__main__":
    main()
