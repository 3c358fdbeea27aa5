"""The practice web after rectification: some sites have mended what was wrong, the others only say so."""

from collections.abc import Collection, Iterable

from practice.model import PracticeSite
from practice.plan import without_faults

_AWAY = frozenset({"refused", "unresolvable"})


def mended_web(web: Iterable[PracticeSite], *, codes: Collection[str], seed: int) -> list[PracticeSite]:
    """The sites, those of ``codes`` without their faults, under the same addresses.

    ``ValueError`` names codes that are unknown, or whose address leads to nothing that could be mended.
    """
    sites = list(web)
    mendable = {site.code for site in sites if site.behaviour not in _AWAY}
    wrong = sorted(set(codes) - mendable)
    if wrong:
        raise ValueError(f"no such sites, or out of reach: {', '.join(wrong)}")
    return [without_faults(site, seed=seed) if site.code in codes else site for site in sites]
