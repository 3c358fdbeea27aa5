"""Links to gambling, pornography and forbidden medicines, most of all those that visitors do not see (暗链)."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial

from inspection.checks.case import Case, page_evidence
from inspection.findings import Evidence, Finding, FindingState
from inspection.observation import PageSeen
from inspection.observation.page import HiddenLink
from inspection.standard import Indicator, LexiconCategory
from inspection.standard.lexicon import HARMFUL

_SHOWN = 10
_KindsOf = Callable[[str, str], frozenset[LexiconCategory]]


def harmful_links(case: Case, row: Indicator) -> Iterable[Finding]:
    """One finding per page with hidden harmful links; one open question per visible link that leads to such a place.

    A link is harmful by its text, or by the title of the page that it leads to. Menus repeat the same links on every
    page, so that each is looked at once.
    """
    kinds_of: _KindsOf = cache(partial(_kinds, case))
    yield from (finding for page in case.observations.pages for finding in _hidden(case, row, page, kinds_of))
    yield from _visible(case, row, kinds_of)


def _hidden(case: Case, row: Indicator, page: PageSeen, kinds_of: _KindsOf) -> Iterator[Finding]:
    links = page.facts.hidden_links if page.facts is not None else ()
    harmful = [(link, kinds) for link in links if (kinds := kinds_of(link.url, link.text))]
    if harmful:
        named = "、".join(sorted({kind.chinese for _, kinds in harmful for kind in kinds}))
        yield case.finding(
            row,
            FindingState.ESTABLISHED,
            f"页面藏有 {len(harmful)} 条{named}暗链",
            subject=f"hidden-links:{page.url}",
            evidence=[_evidence(page, link) for link, _ in harmful[:_SHOWN]],
        )


def _evidence(page: PageSeen, link: HiddenLink) -> Evidence:
    text = f"“{link.text}”" if link.text else ""
    excerpt = f"{link.hiding.chinese}的链接{text} → {link.url}"
    return Evidence(
        url=page.final_url, excerpt=excerpt, observed_at=page.fetched_at, snapshot=page.snapshot, line=link.line
    )


def _visible(case: Case, row: Indicator, kinds_of: _KindsOf) -> Iterator[Finding]:
    """Each target outside the site once, with the first page that refers to it."""
    suspected: dict[str, tuple[PageSeen, str, frozenset[LexiconCategory]]] = {}
    for page in case.observations.pages:
        for link in page.facts.links if page.facts is not None else ():
            if link.url is None or link.element not in ("a", "area") or link.url in suspected:
                continue
            kinds = kinds_of(link.url, link.text)
            if kinds and not case.scope.contains(link.url):
                suspected[link.url] = (page, link.text, kinds)
    hidden = {link.url for page in case.observations.pages if page.facts for link in page.facts.hidden_links}
    for url, (page, text, kinds) in suspected.items():
        if url not in hidden:
            named = "、".join(sorted(kind.chinese for kind in kinds))
            yield case.finding(
                row,
                FindingState.SUSPECTED,
                f"疑似链接到{named}网站：{url}",
                subject=f"link:{url}",
                evidence=[page_evidence(page, f"链接“{text}” → {url}")],
            )


def _kinds(case: Case, url: str, text: str) -> frozenset[LexiconCategory]:
    """Harmful categories of the link's text or of its target's title."""
    title = case.target_titles.get(url, "")
    return frozenset(hit.category for hit in case.terms.hits(f"{text}\n{title}", HARMFUL))
