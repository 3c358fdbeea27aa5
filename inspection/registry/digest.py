"""Digests of registry rows and of the whole registry: what a published draw commits to."""

import hashlib
import json
from collections.abc import Iterable

from inspection.registry.site import Site


def row_digest(site: Site) -> str:
    """SHA-256 (hex) of the published fields of a site, as a canonical JSON array.

    Contact data are personal and not part of it, so that a published registry suffices to re-derive it.
    """
    fields = [
        site.code,
        site.name,
        site.url,
        site.category.value,
        site.region,
        site.organizer,
        site.supervisor,
        site.status.value,
    ]
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def registry_digest(rows: Iterable[tuple[str, str]]) -> str:
    """SHA-256 (hex) over ``<code> <row digest>`` lines in ascending code order."""
    digest = hashlib.sha256()
    for code, row in sorted(rows):
        digest.update(f"{code} {row}\n".encode())
    return digest.hexdigest()
