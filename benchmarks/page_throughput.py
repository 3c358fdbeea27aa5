"""Pages per second on one core: our extraction and its cost split, beside parsel/lxml and BeautifulSoup.

    python benchmarks/page_throughput.py [--seconds 3]

The pages are those of a few sites of the practice web, home pages, columns and articles of all families (mean size is
printed). The peers do two of our jobs only: every link made absolute with its text, and the items of lists with their
dates. The lexicon has 20,000 terms.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date
from random import Random
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from parsel import Selector

from crawler.extract import extract
from crawler.extract.charset import decode
from crawler.extract.columns import columns_of
from crawler.extract.dates import YearRule
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


def split(pages: list[Page], seconds: float) -> Iterable[tuple[str, float]]:
    """(part, milliseconds per page) of our own work."""
    rule = YearRule(AS_OF)
    documents = [Document(decode(body, "")[0], url) for url, body in pages]
    lists = [lists_of(document, rule) for document in documents]
    texts = [document.visible for document in documents]
    matcher = lexicon()
    numbered = [(str(number), b"") for number in range(len(pages))]

    def each(work: Callable[[int], object]) -> float:
        return 1000 / per_second(lambda number, _: work(int(number)), numbered, seconds)

    yield "charset and parse", 1000 / per_second(lambda url, body: Document(decode(body, "")[0], url), pages, seconds)
    yield "lists and dates", each(lambda n: lists_of(documents[n], rule))
    yield "links", each(lambda n: links_of(documents[n]))
    yield "hidden links", each(lambda n: hidden_links_of(documents[n]))
    yield "columns", each(lambda n: columns_of(documents[n], lists[n]))
    yield "letters", each(lambda n: letters_of(documents[n], rule))
    yield f"lexicon of {TERMS:,} terms", each(lambda n: matcher.hits(texts[n]))


def main() -> None:
    """Print rates, ratios and the split."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0, help="time for each measurement")
    seconds = parser.parse_args().seconds
    pages = sample()
    write = sys.stdout.write
    write(f"{len(pages)} pages, {sum(len(body) for _, body in pages) / len(pages) / 1024:.1f} KB on average\n\n")
    rates = {"ours, all facts": per_second(ours, pages, seconds)}
    rates["parsel/lxml, links and dates"] = per_second(with_parsel, pages, seconds)
    rates["BeautifulSoup, links and dates"] = per_second(with_soup, pages, seconds)
    for name, rate in rates.items():
        write(f"{name:<32} {rate:8.0f} pages/s   ours is {rates['ours, all facts'] / rate:5.2f} times as fast\n")
    write("\nours, part by part:\n")
    for name, milliseconds in split(pages, seconds):
        write(f"{name:<32} {milliseconds:8.3f} ms per page\n")


if __name__ == "__main__":
    main()
