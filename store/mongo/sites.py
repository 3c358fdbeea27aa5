"""The registry in MongoDB."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pymongo import ReplaceOne

from inspection.errors import NotFound
from inspection.ports import ImportCounts, SiteChange, SiteFilter
from inspection.registry import Site
from store.mongo.access import Document, DocumentDatabase, after, find, find_one, insert_new, mongo_errors
from store.mongo.codec import areas_of, decode, encode

_BATCH = 2000


class MongoSites:
    """Port ``SiteRepository``."""

    def __init__(self, database: DocumentDatabase) -> None:
        self._sites = database["sites"]
        self._changes = database["site_changes"]

    def get(self, code: str) -> Site:
        """One site."""
        site = self.find(code)
        if site is None:
            raise NotFound(f"登记中没有标识码为 {code} 的网站")
        return site

    def find(self, code: str) -> Site | None:
        """One site or None."""
        document = find_one(self._sites, {"_id": code})
        return None if document is None else decode(document, Site)

    def upsert(self, sites: Sequence[Site], *, at: datetime, source: str, dry_run: bool = False) -> ImportCounts:
        """Add or replace by code, in batches; the history is written before the site, so that none is lost."""
        added = changed = 0
        for start in range(0, len(sites), _BATCH):
            batch = {site.code: site for site in sites[start : start + _BATCH]}
            known = self.many(list(batch))
            new = [site for code, site in batch.items() if code not in known]
            other = [site for code, site in batch.items() if code in known and known[code] != site]
            added += len(new)
            changed += len(other)
            if not dry_run:
                self._record([SiteChange(code=s.code, at=at, source=source, before=None, after=s) for s in new])
                self._record(
                    [SiteChange(code=s.code, at=at, source=source, before=known[s.code], after=s) for s in other]
                )
                insert_new(self._sites, [_document(site) for site in new])
                self._replace(other)
        return ImportCounts(added=added, changed=changed, unchanged=len(sites) - added - changed)

    def _record(self, changes: Sequence[SiteChange]) -> None:
        documents = [{"_id": f"{change.code}:{change.at.isoformat()}", **encode(change)} for change in changes]
        insert_new(self._changes, documents)

    def _replace(self, sites: Sequence[Site]) -> None:
        if sites:
            with mongo_errors():
                self._sites.bulk_write(
                    [ReplaceOne({"_id": site.code}, _document(site)) for site in sites], ordered=False
                )

    def history(self, code: str) -> list[SiteChange]:
        """Changes, oldest first."""
        return [decode(document, SiteChange) for document in find(self._changes, {"code": code}, sort="at")]

    def all(self) -> Iterator[Site]:
        """Every site by code."""
        return (decode(document, Site) for document in find(self._sites, {"all": 1}, sort="code"))

    def page(self, where: SiteFilter, *, after: str = "", limit: int = 50) -> list[Site]:
        """Sites after a code."""
        found = find(self._sites, _query(where, after), sort="code", limit=limit)
        return [decode(document, Site) for document in found]

    def many(self, codes: Sequence[str]) -> dict[str, Site]:
        """Those that exist."""
        found = find(self._sites, {"_id": {"$in": list(codes)}})
        return {document["code"]: decode(document, Site) for document in found}


def _document(site: Site) -> Document:
    return {"_id": site.code, "all": 1, **encode(site), "areas": areas_of(site.region)}


def _query(where: SiteFilter, code: str) -> Document:
    query: dict[str, Any] = {}
    if where.region:
        query["areas"] = where.region
    if where.category is not None:
        query["category"] = where.category.value
    if where.status is not None:
        query["status"] = where.status.value
    if not query:
        query["all"] = 1
    if where.text:
        pattern = {"$regex": re.escape(where.text)}
        query["$or"] = [{field: pattern} for field in ("name", "url", "code")]
    return after(query, "code", code)
