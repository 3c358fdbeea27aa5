"""The recheck (复查): what is to be looked at again, and what became of each problem."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import urldefrag

import msgspec

from inspection.findings import Finding, FindingState, ReviewStatus
from inspection.observation import FetchOutcome, LinkOutcome, LinkSeen, PageSeen
from inspection.rectification.case import RECORDED, Problem, RectificationCase
from inspection.rectification.steps import Fate

TELLING = frozenset({FetchOutcome.OK, FetchOutcome.NOT_FOUND, FetchOutcome.NOT_HTML, FetchOutcome.REDIRECT_ELSEWHERE})
"""Answers after which a page is known to show the problem no more, if it was not found there."""


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """All that is looked at of a site in a recheck: the home page, these addresses, a series of probes if need be."""

    addresses: tuple[str, ...]
    probed: bool = False


def errand_of(problems: Iterable[Problem]) -> Errand:
    """What these problems need."""
    listed = list(problems)
    addresses = dict.fromkeys(address for problem in listed for address in problem.addresses)
    return Errand(addresses=tuple(addresses), probed=any(problem.probed for problem in listed))


class ProblemFate(msgspec.Struct, frozen=True, kw_only=True):
    """One problem after the recheck; ``why`` is Chinese."""

    problem: Problem
    fate: Fate
    why: str = ""


class RecheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """All problems of a case after a recheck, and what else was found; only the former count.

    ``remarks`` (Chinese) tell why the site could not be looked at, where that is so of the whole.
    """

    fates: tuple[ProblemFate, ...]
    new: tuple[Finding, ...] = ()
    remarks: tuple[str, ...] = ()

    def of(self, fate: Fate) -> list[ProblemFate]:
        """Problems with that fate."""
        return [each for each in self.fates if each.fate is fate]

    @property
    def outcome(self) -> Fate:
        """Of the case: one problem that remains decides, then one that is unclear."""
        return next((fate for fate in (Fate.REMAINS, Fate.UNCLEAR) if self.of(fate)), Fate.GONE)

    @property
    def summary(self) -> str:
        """One Chinese sentence for the ledger."""
        counts = "，".join(f"{fate.chinese} {len(self.of(fate))} 项" for fate in Fate)
        told = f"复查 {len(self.fates)} 项问题：{counts}；新发现 {len(self.new)} 项（不计入本案）"
        return "；".join((told, *self.remarks))


def compare(
    case: RectificationCase,
    findings: Sequence[Finding],
    pages: Iterable[PageSeen],
    links: Iterable[LinkSeen],
    charged: Collection[str],
) -> RecheckResult:
    """What became of each problem of a case, by what the recheck has found and seen.

    A problem remains where the same finding is established again and nobody's review of it is awaited. It is gone
    where it was not found and every page that it was seen on answered clearly. All else cannot be told. New findings
    are listed under the indicators of ``charged``.
    """
    seen = _Seen(findings, pages, links)
    known = {problem.finding for problem in case.problems}
    established = (each for each in findings if each.state is FindingState.ESTABLISHED)
    fresh = [each for each in established if each.id not in known and each.indicator in charged]
    return RecheckResult(fates=tuple(seen.fate_of(problem, case.url) for problem in case.problems), new=tuple(fresh))


def decided(result: RecheckResult, fates: Mapping[str, Fate], by: str) -> RecheckResult:
    """The result with what a person has seen of problems that the recheck cannot tell, by finding id."""
    return msgspec.structs.replace(
        result,
        fates=tuple(
            msgspec.structs.replace(each, fate=fates[each.problem.finding], why=f"{by}人工核实")
            if each.fate is Fate.UNCLEAR and each.problem.finding in fates
            else each
            for each in result.fates
        ),
    )


class _Seen:
    """What a recheck has found, by finding and by address."""

    def __init__(self, findings: Sequence[Finding], pages: Iterable[PageSeen], links: Iterable[LinkSeen]) -> None:
        self._found = {finding.id: finding for finding in findings}
        self._pages = {url: page for page in pages for url in (page.final_url, page.url)}
        self._links = {link.url: link for link in links}
        self._open: dict[str, set[str]] = {}
        for finding in findings:
            if finding.state is FindingState.NOT_DETERMINED:
                urls = (urldefrag(each.url).url for each in finding.evidence)
                self._open.setdefault(finding.indicator, set()).update(urls)

    def fate_of(self, problem: Problem, home: str) -> ProblemFate:
        found = self._found.get(problem.finding)
        if found is not None and found.state is not FindingState.DISMISSED:
            return _found_again(problem, found)
        if found is None:
            doubt = self._doubt(problem, home)
            if doubt:
                return ProblemFate(problem=problem, fate=Fate.UNCLEAR, why=doubt)
        return ProblemFate(problem=problem, fate=Fate.GONE)

    def _doubt(self, problem: Problem, home: str) -> str:
        """Why it cannot be concluded from its not being found that a problem is gone; empty where it can."""
        if problem.subject.startswith(RECORDED):
            return "人工登记的问题，须人工核实"
        open_urls = self._open.get(problem.indicator, set())
        for url in problem.pages or (home,):
            if url in open_urls:
                return f"{url} 的内容未能读全"
            if not self._tells(url):
                return f"{url} 未能读取"
        return ""

    def _tells(self, url: str) -> bool:
        page = self._pages.get(url)
        if page is not None:
            return page.outcome in TELLING and (page.facts is not None or page.outcome is not FetchOutcome.OK)
        link = self._links.get(url)
        return link is not None and link.outcome in (LinkOutcome.OK, LinkOutcome.BROKEN)


def _found_again(problem: Problem, found: Finding) -> ProblemFate:
    if found.state is not FindingState.ESTABLISHED:
        return ProblemFate(problem=problem, fate=Fate.UNCLEAR, why=found.message)
    if found.review is ReviewStatus.PENDING:
        return ProblemFate(problem=problem, fate=Fate.UNCLEAR, why="再次发现，待人工复核")
    why = "" if found.message == problem.message else f"现为：{found.message}"
    return ProblemFate(problem=problem, fate=Fate.REMAINS, why=why)
