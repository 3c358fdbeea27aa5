"""Defacement (页面篡改): somebody else's words in the place of the home page."""

import re
from collections.abc import Iterable

from inspection.checks.case import Case, page_evidence
from inspection.findings import Finding, FindingState
from inspection.observation import PageSeen
from inspection.standard import Indicator, LexiconCategory
from inspection.standard.lexicon import HARMFUL

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_ENOUGH_LETTERS = 40
_FEW = 0.05


def defacement(case: Case, row: Indicator) -> Iterable[Finding]:
    """The home page boasts of a break-in, or its title advertises; or neither title nor text are Chinese any more."""
    for page in case.home_pages:
        assert page.facts is not None  # home_pages filters
        title = page.facts.title or ""
        boasts = case.terms.hits(f"{title}\n{page.facts.text}", {LexiconCategory.DEFACEMENT})
        advertises = case.terms.hits(title, HARMFUL)
        if boasts or advertises:
            hit = (boasts or advertises)[0]
            what = f"含有“{hit.term}”" if boasts else f"标题含有{hit.category.chinese}词语“{hit.term}”"
            evidence = [page_evidence(page, f"标题“{title}”；…{hit.context}…")]
            yield case.finding(
                row, FindingState.ESTABLISHED, f"首页疑被篡改，{what}", subject=_subject(page), evidence=evidence
            )
        elif _is_foreign(title, page.facts.text) and _CHINESE.search(case.observations.site.name):
            message = "首页标题和内容均不是中文，疑被篡改或已易主"
            evidence = [page_evidence(page, f"标题“{title}”")]
            yield case.finding(row, FindingState.SUSPECTED, message, subject=_subject(page), evidence=evidence)


def _subject(page: PageSeen) -> str:
    return f"defacement:{page.url}"


def _is_foreign(title: str, text: str) -> bool:
    """Whether a page with enough to read has no Chinese title and next to no Chinese text."""
    letters = len(_LETTER.findall(text))
    return letters >= _ENOUGH_LETTERS and not _CHINESE.search(title) and len(_CHINESE.findall(text)) < _FEW * letters
