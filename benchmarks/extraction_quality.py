"""Precision and recall of extraction, field by field, over a folder of labelled pages.

    python benchmarks/extraction_quality.py [FOLDER]

FOLDER (default: environment variable XUNCHA_REALPAGES, else ../shared/realpages) holds ``labels.jsonl`` with one
object per page (``file``, ``url_guess`` and any of the fields below). A field that a page does not have is null or
false; one that nobody looked for is left out.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from crawler.extract import extract
from crawler.extract.charset import decode
from inspection.observation import PageFacts

_NULL_IS_UNLABELLED = ("list_items", "empty_column", "n_links")
_CHARSETS = {"gb2312": "gbk", "gb18030": "gbk", "utf8": "utf-8", "big5-hkscs": "big5"}


class Result(NamedTuple):
    """One labelled field of one page; ``reason`` says what became of it, empty where it is right."""

    file: str
    field: str
    expected: Any
    found: Any
    reason: str


def folder() -> Path:
    """Where the labelled pages are."""
    default = Path(__file__).parents[1] / "../shared/realpages"
    return Path(os.environ.get("XUNCHA_REALPAGES", default))


def found_fields(facts: PageFacts) -> dict[str, Any]:
    """The labelled fields as extraction found them."""
    newest = facts.newest_item_date
    return {
        "charset": facts.charset,
        "site_name": facts.site_name,
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
    """Every labelled field of every page. Fields without a label, and counts labelled null, are left out."""
    labels = root / "labels.jsonl"
    if not labels.is_file():
        raise SystemExit(f"{labels} is missing: one JSON object per page, with file, url_guess and the labelled fields")
    for line in filter(None, map(str.strip, labels.read_text("utf-8").splitlines())):
        label = json.loads(line)
        url = re.match(r"https?://\S+", label.get("url_guess") or "")
        body = (root / label["file"]).read_bytes()
        facts = extract(body, url.group() if url else "http://page/x.html", as_of=None)
        for field, value in found_fields(facts).items():
            expected = label.get(field)
            if field not in label or (expected is None and field in _NULL_IS_UNLABELLED):
                continue
            yield Result(label["file"], field, expected, value, _reason(expected, value, facts, body))


def _reason(expected: Any, found: Any, facts: PageFacts, body: bytes) -> str:
    """Why a value counts as a miss, in terms of the page."""
    if _plain(expected) == _plain(found):
        return ""
    if not expected:
        return "the page has none"
    if found and not isinstance(found, bool):
        return f"off by {found - expected:+d}" if isinstance(found, int) else "another value was taken"
    return _where(expected, facts, body) if isinstance(expected, str) else "not recognised"


def _where(expected: str, facts: PageFacts, body: bytes) -> str:
    if _plain(expected) in _plain(facts.text):
        return "stands in the visible text, and was not recognised"
    source = _plain(re.sub(r"<!--.*?-->", "", decode(body)[0], flags=re.DOTALL))
    if _plain(expected) in source:
        return "stands outside the visible text: in an attribute or a script"
    return "does not stand in the page as it is labelled"


def precision_recall(results: list[Result]) -> dict[str, tuple[float, float]]:
    """Per field; a wrong value is both a false positive and a miss."""
    table: dict[str, tuple[float, float]] = {}
    for field in dict.fromkeys(result.field for result in results):
        rows = [(_plain(each.expected), _plain(each.found)) for each in results if each.field == field]
        right = sum(expected == found for expected, found in rows if expected)
        claimed = sum(bool(found) for _, found in rows)
        there = sum(bool(expected) for expected, _ in rows)
        table[field] = (right / claimed if claimed else 1.0, right / there if there else 1.0)
    return table


def _plain(value: Any) -> Any:
    """A value for comparison: None for nothing, text without white space and closing marks, charsets by family."""
    if not isinstance(value, str):
        return value or None
    text = re.sub(r"\s|[!！]$", "", value)
    return _CHARSETS.get(text.lower(), text) or None


def main() -> None:
    """Print the table, and every miss with its reason."""
    results = list(compare(Path(sys.argv[1]) if len(sys.argv) > 1 else folder()))
    table = precision_recall(results)
    missed = [result for result in results if result.reason]
    print(f"{'field':24}{'pages':>8}{'precision':>11}{'recall':>9}")
    for field, (precision, recall) in table.items():
        pages = sum(result.field == field for result in results)
        print(f"{field:24}{pages:>8}{precision:>11.3f}{recall:>9.3f}")
    print(f"\n{len(missed)} of {len(results)} labelled values missed" + (":" if missed else ""))
    for result in missed:
        print(f"{result.file} {result.field}: expected {result.expected!r}, found {result.found!r}: {result.reason}")


if __name__ == "__main__":
    main()
