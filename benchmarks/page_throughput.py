"""Pages per second on one core: our extraction and its cost split, beside parsel/lxml and BeautifulSoup.

    python benchmarks/page_throughput.py [--seconds 3] [--pages FOLDER]

The pages are those of a few sites of the practice web, home pages, columns and articles of all families (mean size is
printed). The peers do two of our jobs only: every link made absolute with its text, and the items of lists with their
dates. The lexicon has 20,000 terms.
"""

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from statistics import median
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from parsel import Selector

from crawler.extract import extract
from crawler.extract.charset import decode
from crawler.extract.columns import columns_of
from crawler.extract.dates import YearRule, date_alone, date_beside_title, date_within
from crawler.extract.document import Document
from crawler.extract.hidden_links import hidden_links_of
from crawler.extract.letters import letters_of
from crawler.extract.links import links_of
from crawler.extract.lists import lists_of
from inspection.checks.terms import TermMatcher
from inspection.standard import Lexicon, LexiconCategory
from practice.pages import site_files
from practice.plan import plan_web

AS_OF = date(2026, 11, 20)
TERMS = 20_000
_TURNS = 5
_DATES = "dates, sought in every text"
_LEXICON = f"lexicon of {TERMS:,} terms"
_DATE = re.compile(r"((?:19|20)\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})")

Page = tuple[str, bytes]


def sample() -> list[Page]:
    """(address, bytes) of pages of every family, in a fixed order."""
    web = plan_web(sites=20, seed=5, as_of=AS_OF, port=80)
    return [
        (site.base + path, reply.body)
        for site in web
        for path, reply in sorted(site_files(site).items())
        if reply.content_type == "text/html" and reply.body and not path.startswith("inc/")
    ]


def saved(folder: Path) -> list[Page]:
    """(made-up address, bytes) of the pages in a folder and those under it."""
    return [
        (f"http://www.example.gov.cn/{n}.html", file.read_bytes())
        for n, file in enumerate(sorted(folder.rglob("*.html")))
    ]


def per_second(work: Callable[[str, bytes], object], pages: list[Page], seconds: float) -> float:
    """Pages per second: whole rounds over the sample until the time is up."""
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        for url, body in pages:
            work(url, body)
        done += len(pages)
    return done / (time.perf_counter() - began)


def ours(url: str, body: bytes) -> object:
    """All facts of a page."""
    return extract(body, url, as_of=AS_OF)


def ours_alike(url: str, body: bytes) -> object:
    """Of our facts, those that the peers find: links and dated items."""
    document = Document(decode(body, "")[0], url)
    return links_of(document), lists_of(document, YearRule(AS_OF))


def with_parsel(url: str, body: bytes) -> object:
    """Links and dated items with parsel over lxml."""
    page = Selector(text=decode(body, "")[0])
    links = [(urljoin(url, a.attrib["href"]), "".join(a.css("*::text").getall())) for a in page.css("a[href]")]
    items = [
        _dated("".join(item.css("*::text").getall()), item.css("a::attr(href)").get())
        for item in page.css("li, tr, dd")
    ]
    return links, [item for item in items if item is not None]


def with_soup(url: str, body: bytes) -> object:
    """Links and dated items with BeautifulSoup over lxml."""
    page = BeautifulSoup(decode(body, "")[0], "lxml")
    links = [(urljoin(url, str(a["href"])), a.get_text()) for a in page.find_all("a", href=True)]
    found = ((item.get_text(), item.find("a", href=True)) for item in page.find_all(["li", "tr", "dd"]))
    items = [_dated(text, str(link["href"]) if link is not None else None) for text, link in found]
    return links, [item for item in items if item is not None]


def _dated(text: str, href: str | None) -> tuple[str, str | None, date] | None:
    match = _DATE.search(text)
    if match is None:
        return None
    try:
        return text, href, date(*map(int, match.groups()))
    except ValueError:
        return None


def lexicon() -> TermMatcher:
    """20,000 random terms of three to six Chinese characters."""
    rng = Random(1)
    terms = {"".join(chr(rng.randint(0x4E00, 0x9FA5)) for _ in range(rng.randint(3, 6))): "" for _ in range(TERMS)}
    return TermMatcher([Lexicon(id="load", name="负载", category=LexiconCategory.WRONG_EXPRESSION, terms=terms)])


def split(pages: list[Page], seconds: float) -> dict[str, float]:
    """Milliseconds per page of each part of our own work, every page read afresh.

    Dates are shown beside the lists that read most of them; like the lexicon they are no part of the sum of the facts.
    """
    rule = YearRule(AS_OF)
    matcher = lexicon()
    spent: Counter[str] = Counter()
    rounds = 0
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        rounds += 1
        for url, body in pages:
            clock = _Laps(spent)
            text, _ = decode(body, "")
            clock.lap("charset")
            document = Document(text, url)
            clock.lap("parse")
            lists = lists_of(document, rule)
            clock.lap("lists with their dates")
            for each in document.texts:
                _ = date_alone(each.value, rule) or date_beside_title(each.value, rule) or date_within(each.value)
            clock.lap(_DATES)
            links_of(document)
            clock.lap("links")
            hidden_links_of(document)
            clock.lap("hidden links")
            columns_of(document, lists)
            clock.lap("columns")
            letters_of(document, rule)
            clock.lap("letters")
            matcher.hits(document.visible)
            clock.lap(_LEXICON)
    return {part: 1000 * total / rounds / len(pages) for part, total in spent.items()}


class _Laps:
    """Adds the time since the last lap to what a part has taken."""

    def __init__(self, spent: Counter[str]) -> None:
        self._spent = spent
        self._last = time.perf_counter()

    def lap(self, part: str) -> None:
        now = time.perf_counter()
        self._spent[part] += now - self._last  # type: ignore[assignment]  # a Counter of seconds
        self._last = now


def in_turns(pages: list[Page], seconds: float) -> dict[str, float]:
    """Median rate of each, all measured by turns, so that a busy spell of the machine strikes all alike."""
    turns = [{name: per_second(work, pages, seconds / _TURNS) for name, work in WORK.items()} for _ in range(_TURNS)]
    return {name: median(turn[name] for turn in turns) for name in WORK}


def main() -> None:
    """Print rates, ratios and the split."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0, help="time for each measurement")
    parser.add_argument("--pages", type=Path, help="a folder of saved pages (*.html) instead of the practice web")
    given = parser.parse_args()
    pages = saved(given.pages) if given.pages else sample()
    if not pages:
        parser.error(f"no *.html under {given.pages}")
    write = sys.stdout.write
    write(f"{len(pages)} pages, {sum(len(body) for _, body in pages) / len(pages) / 1024:.1f} KB on average\n\n")
    rates = in_turns(pages, given.seconds)
    like, whole = rates["ours, links and dates"], rates["ours, all facts"]
    write(f"{'':<32} {'pages/s':>8}   ours is so many times as fast: links and dates, all facts\n")
    for name, rate in rates.items():
        write(f"{name:<32} {rate:8.0f}   {like / rate:29.2f}  {whole / rate:15.2f}\n")
    write("\nours, part by part, milliseconds per page:\n")
    parts = split(pages, given.seconds)
    inside = sum(milliseconds for part, milliseconds in parts.items() if part not in (_DATES, _LEXICON))
    for name, milliseconds in {**parts, "the rest of the facts": 1000 / whole - inside}.items():
        write(f"{name:<32} {milliseconds:8.3f}\n")


WORK: dict[str, Callable[[str, bytes], object]] = {
    "ours, all facts": ours,
    "ours, links and dates": ours_alike,
    "parsel/lxml, links and dates": with_parsel,
    "BeautifulSoup, links and dates": with_soup,
}


if __name__ == "__main__":
    main()
