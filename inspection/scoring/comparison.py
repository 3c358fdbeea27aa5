"""Two sets of scorecards side by side: which sites change their verdict, and why."""

from collections import Counter
from collections.abc import Mapping

import msgspec

from inspection.scoring.scorecard import Scorecard, Verdict


class VerdictChange(msgspec.Struct, frozen=True, kw_only=True):
    """One site whose verdict differs. ``why`` are Chinese sentences: what decides under each edition."""

    code: str
    before: Scorecard
    after: Scorecard
    why: tuple[str, ...]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """``matrix`` counts (verdict before, verdict after) over sites judged under both; ``changes`` by site code.

    ``only_before`` and ``only_after`` are codes judged under one edition alone.
    """

    matrix: dict[tuple[Verdict, Verdict], int]
    changes: tuple[VerdictChange, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]


def compare_scorecards(before: Mapping[str, Scorecard], after: Mapping[str, Scorecard]) -> Comparison:
    """Compare two judgements of the same sites, by site code."""
    both = sorted(before.keys() & after.keys())
    changed = [code for code in both if before[code].verdict is not after[code].verdict]
    return Comparison(
        matrix=dict(Counter((before[code].verdict, after[code].verdict) for code in both)),
        changes=tuple(_change(code, before[code], after[code]) for code in changed),
        only_before=tuple(sorted(before.keys() - after.keys())),
        only_after=tuple(sorted(after.keys() - before.keys())),
    )


def _change(code: str, before: Scorecard, after: Scorecard) -> VerdictChange:
    return VerdictChange(code=code, before=before, after=after, why=(_decisive(before), _decisive(after)))


def _decisive(card: Scorecard) -> str:
    """What a verdict rests on."""
    if card.reasons:
        return f"{card.edition} 版{card.verdict.chinese}：{'；'.join(card.reasons)}"
    costly = sorted(card.lines, key=lambda line: (-line.deducted, line.indicator))
    lost = "、".join(f"{line.indicator} {line.deducted.normalize():f} 分" for line in costly)
    score = "" if card.score is None else f"得 {card.score.normalize():f} 分"
    return f"{card.edition} 版{card.verdict.chinese}：{score}{f'（扣分：{lost}）' if lost else ''}，没有否决项"
