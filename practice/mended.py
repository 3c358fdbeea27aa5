"""The practice web after rectification: some sites have mended what was wrong, the others only say so."""

from collections.abc import Collection, Iterable

from practice.model import PracticeSite
from practice.plan import without_faults


def mended_web(web: Iterable[PracticeSite], *, codes: Collection[str], seed: int) -> list[PracticeSite]:
    """The sites, those of ``codes`` without their faults. Unknown codes: ``ValueError`` names them."""
    sites = list(web)
    unknown = sorted(set(codes) - {site.code for site in sites})
    if unknown:
        raise ValueError(f"no such sites: {', '.join(unknown)}")
    return [without_faults(site, seed=seed) if site.code in codes else site for site in sites]
