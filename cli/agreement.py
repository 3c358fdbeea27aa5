"""Agreement of verdicts with the ground truth of the practice web, as a confusion matrix."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from inspection.scoring import Verdict
from inspection.standard import Edition, IndicatorKind


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """``matrix`` counts (expected, found); ``disagreements`` describes each site off the diagonal.

    ``outside`` are codes of sites with a planted veto fault that the edition does not check by machine.
    """

    matrix: Counter[tuple[Verdict, Verdict]]
    disagreements: tuple[str, ...]
    outside: tuple[str, ...]

    @property
    def total(self) -> int:
        """Number of sites compared."""
        return self.matrix.total()


def compare(
    sites: Iterable[Mapping[str, Any]], verdicts: Mapping[str, Verdict], edition: Edition, *, browser: bool
) -> Agreement:
    """Compare verdicts by site code with the sites of a ``truth.json``; sites without a verdict are left out.

    Without a ``browser`` nothing can be said of the sites whose lists only scripts fill.
    """
    checked = {row.id for row in edition.indicators if row.kind is IndicatorKind.VETO and row.check}
    matrix: Counter[tuple[Verdict, Verdict]] = Counter()
    disagreements, outside = [], []
    for site in sites:
        found = verdicts.get(site["code"])
        if found is None:
            continue
        if any(_is_unchecked_veto(fault, edition.id, checked) for fault in site["faults"]):
            outside.append(site["code"])
            continue
        hidden = site["needs_browser"] and not browser
        expected = Verdict.NOT_DETERMINED if hidden else Verdict(site["expected"][edition.id])
        matrix[expected, found] += 1
        if expected is not found:
            disagreements.append(_described(site, expected, found))
    return Agreement(matrix=matrix, disagreements=tuple(disagreements), outside=tuple(outside))


def _is_unchecked_veto(fault: Mapping[str, Any], edition_id: str, checked: set[str]) -> bool:
    indicator = (fault.get("indicator") or {}).get(edition_id)
    return bool(fault.get("veto")) and indicator is not None and indicator not in checked


def _described(site: Mapping[str, Any], expected: Verdict, found: Verdict) -> str:
    kinds = "、".join(sorted({fault["kind"] for fault in site["faults"]})) or "无"
    return f"{site['code']} {site['url']}：预设{expected.chinese}，判定{found.chinese}（预设问题：{kinds}）"
