"""Serious errors and safety (严重错误、安全、泄密事故等严重问题): the machine points out, a person confirms."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from inspection.checks.case import Case, page_evidence
from inspection.checks.check import Params, check
from inspection.checks.defacement import defacement
from inspection.checks.faked_dates import faked_dates
from inspection.checks.first_seen import republished
from inspection.checks.future_dates import future_dates
from inspection.checks.harmful_links import harmful_links
from inspection.checks.terms import TermHit
from inspection.findings import Finding, FindingState
from inspection.observation import PageSeen
from inspection.standard import Indicator, LexiconCategory
from inspection.standard.lexicon import HARMFUL

_SHOWN_PAGES = 5


class Detector(StrEnum):
    """Kinds of serious errors that can be looked for."""

    WRONG_EXPRESSION = "wrong_expression"
    HARMFUL_TEXT = "harmful_text"
    HARMFUL_LINK = "harmful_link"
    DEFACEMENT = "defacement"
    FAKED_DATE = "faked_date"
    REPUBLISHED = "republished"
    FUTURE_DATE = "future_date"

    @property
    def chinese(self) -> str:
        """As tables print it."""
        return {
            "wrong_expression": "错误表述",
            "harmful_text": "有害内容",
            "harmful_link": "有害链接和暗链",
            "defacement": "页面篡改",
            "faked_date": "伪造发稿日期",
            "republished": "旧稿重发",
            "future_date": "未来日期",
        }[self.value]


class SeriousParams(Params, frozen=True, kw_only=True):
    """What is looked for, and which dates contradict each other."""

    detectors: Annotated[tuple[Detector, ...], msgspec.Meta(min_length=1, title="机器排查：{}")]
    date_gap_days: Annotated[int, msgspec.Meta(ge=1, title="同一文章前后日期相差超过 {} 天为矛盾")]
    date_contradictions: Annotated[int, msgspec.Meta(ge=1, title="未比对正文的矛盾达到 {} 条")]
    future_days: Annotated[int, msgspec.Meta(ge=0, title="晚于监测时间点 {} 天以上为未来日期")]

    @property
    def date_gap(self) -> timedelta:
        """``date_gap_days`` as a span."""
        return timedelta(days=self.date_gap_days)


@check(SeriousParams)
def serious_errors(case: Case, row: Indicator, params: SeriousParams) -> list[Finding]:
    """Veto: wrong expressions, harmful content or links (hidden ones too), defacement, faked and future dates.

    国办发〔2015〕15号: 网站出现严重错别字…；发布虚假或伪造内容；发布反动、暴力、色情等内容.
    国办秘函〔2019〕19号: 严重表述错误；发布或链接反动、暴力、色情等内容；对安全攻击（挂马、篡改）没有及时有效
    处置…；弄虚作假行为（如伪造发稿日期）.
    Secrets and public outcry are for people alone.
    """
    return [finding for detector in params.detectors for finding in _DETECTORS[detector](case, row, params)]


def wrong_expressions(case: Case, row: Indicator) -> Iterable[Finding]:
    """One finding per mis-written expression, wherever it stands."""
    by_term: dict[str, list[tuple[PageSeen, TermHit]]] = {}
    for page, hits in case.page_hits:
        for hit in hits:
            if hit.category is LexiconCategory.WRONG_EXPRESSION:
                by_term.setdefault(hit.term, []).append((page, hit))
    for term, places in sorted(by_term.items()):
        correct = places[0][1].correct
        advice = f"，应为“{correct}”" if correct else ""
        yield case.finding(
            row,
            FindingState.ESTABLISHED,
            f"出现错误表述“{term}”{advice}（{len(places)} 处）",
            subject=f"expression:{term}",
            evidence=[page_evidence(page, f"…{hit.context}…") for page, hit in places[:_SHOWN_PAGES]],
        )


def harmful_text(case: Case, row: Indicator) -> Iterable[Finding]:
    """One open question per page that shows harmful terms: whether it promotes or reports is for a person to see."""
    for page, hits in case.page_hits:
        harmful = [hit for hit in hits if hit.category in HARMFUL]
        if harmful:
            kinds = "、".join(sorted({hit.category.chinese for hit in harmful}))
            terms = "、".join(dict.fromkeys(hit.term for hit in harmful))
            yield case.finding(
                row,
                FindingState.SUSPECTED,
                f"页面疑似含有{kinds}内容：{terms}",
                subject=f"text:{page.url}",
                evidence=[page_evidence(page, f"…{hit.context}…") for hit in harmful[:_SHOWN_PAGES]],
            )


_DETECTORS: dict[Detector, Callable[[Case, Indicator, SeriousParams], Iterable[Finding]]] = {
    Detector.WRONG_EXPRESSION: lambda case, row, _: wrong_expressions(case, row),
    Detector.HARMFUL_TEXT: lambda case, row, _: harmful_text(case, row),
    Detector.HARMFUL_LINK: lambda case, row, _: harmful_links(case, row),
    Detector.DEFACEMENT: lambda case, row, _: defacement(case, row),
    Detector.FAKED_DATE: lambda case, row, limits: faked_dates(case, row, limits.date_gap, limits.date_contradictions),
    Detector.REPUBLISHED: lambda case, row, limits: republished(case, row, limits.date_gap, limits.date_contradictions),
    Detector.FUTURE_DATE: lambda case, row, limits: future_dates(case, row, timedelta(days=limits.future_days)),
}
