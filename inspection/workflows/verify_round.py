"""Re-derive a stored round's sample from plan, registry and seed; name the first difference."""

from collections.abc import Iterable

from inspection.ports import RoundRepository, SiteRepository
from inspection.registry import Site
from inspection.sampling.manifest import Manifest, manifest_of
from inspection.sampling.verification import Verification, Versions, verify


def manifest_of_round(round_id: str, *, rounds: RoundRepository) -> Manifest:
    """The public record of a stored round."""
    return manifest_of(rounds.get(round_id), rounds.members(round_id), rounds.frame(round_id))


def verify_round(round_id: str, *, rounds: RoundRepository, sites: SiteRepository) -> Verification:
    """Verify a stored round against the registry as it is now, with the registry's history at hand."""
    return verify(manifest_of_round(round_id, rounds=rounds), sites.all(), versions_in(sites))


def versions_in(sites: SiteRepository) -> Versions:
    """All versions of a site that the registry's history knows."""

    def versions(code: str) -> Iterable[Site]:
        for change in sites.history(code):
            if change.before is not None:
                yield change.before
            yield change.after

    return versions
