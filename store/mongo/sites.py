"""The registry in MongoDB."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pymongo import UpdateOne

from inspection.errors import NotFound
from inspection.ports import ImportCounts, SiteChange, SiteFilter
from inspection.registry import Site
from store.mongo.access import Document, DocumentDatabase, after, find, find_one, insert_new, mongo_errors
from store.mongo.codec import decode, encode

_LISTED = 100
"""Longer lists of ids are asked for in parts."""


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
        """Add or replace by code; a change is written before the site, so that none is lost."""
        given = {site.code: site for site in sites}
        if not given:
            return ImportCounts(added=0, changed=0, unchanged=0)
        known = self._between(min(given), max(given))
        new = [site for site in given.values() if site.code not in known]
        other = [site for site in given.values() if site.code in known and known[site.code] != site]
        if not dry_run:
            insert_new(self._sites, [_document(site, at, source) for site in new])
            self._change([SiteChange(code=s.code, at=at, source=source, before=known[s.code], after=s) for s in other])
        return ImportCounts(added=len(new), changed=len(other), unchanged=len(given) - len(new) - len(other))

    def _between(self, first: str, last: str) -> dict[str, Site]:
        """Sites by code range, which an index serves; a long list of codes would be searched one by one."""
        found = find(self._sites, {"all": 1, "code": {"$gte": first, "$lte": last}}, sort="code")
        return {document["code"]: decode(document, Site) for document in found}

    def _change(self, changes: Sequence[SiteChange]) -> None:
        if changes:
            insert_new(self._changes, [{"_id": f"{c.code}:{c.at.isoformat()}", **encode(c)} for c in changes])
            updates = [UpdateOne({"_id": c.code}, {"$set": _fields(c.after)}) for c in changes]
            with mongo_errors():
                self._sites.bulk_write(updates, ordered=False)

    def history(self, code: str) -> list[SiteChange]:
        """Changes, oldest first. How a site was added stands in its own document: most are never changed."""
        document = find_one(self._sites, {"_id": code})
        if document is None:
            return []
        changes = [decode(each, SiteChange) for each in find(self._changes, {"code": code}, sort="at")]
        first = changes[0].before if changes else decode(document, Site)
        assert first is not None  # every stored change has a state before it
        added = SiteChange(
            code=code, at=document["added_at"], source=document["added_source"], before=None, after=first
        )
        return [added, *changes]

    def all(self) -> Iterator[Site]:
        """Every site by code."""
        return (decode(document, Site) for document in find(self._sites, {"all": 1}, sort="code"))

    def all_at(self, moment: datetime) -> Iterator[Site]:
        """Every site that had been added; those that were changed later as they were before the first of those changes.

        The changes are sorted by code since an index holds them by code and time.
        """
        later: dict[str, SiteChange] = {}
        for found in find(self._changes, {"at": {"$gt": moment}}, sort="code"):
            change = decode(found, SiteChange)
            known = later.get(change.code)
            later[change.code] = change if known is None or change.at < known.at else known
        for document in find(self._sites, {"all": 1, "added_at": {"$lte": moment}}, sort="code"):
            change_after = later.get(document["code"])
            before = decode(document, Site) if change_after is None else change_after.before
            assert before is not None  # every stored change has a state before it
            yield before

    def page(self, where: SiteFilter, *, after: str = "", limit: int = 50) -> list[Site]:
        """Sites after a code."""
        found = find(self._sites, _query(where, after), sort="code", limit=limit)
        return [decode(document, Site) for document in found]

    def many(self, codes: Sequence[str]) -> dict[str, Site]:
        """Those that exist."""
        sites: dict[str, Site] = {}
        for start in range(0, len(codes), _LISTED):
            found = find(self._sites, {"_id": {"$in": list(codes[start : start + _LISTED])}})
            sites.update((document["code"], decode(document, Site)) for document in found)
        return sites


def _document(site: Site, at: datetime, source: str) -> Document:
    return {"_id": site.code, "all": 1, **_fields(site), "added_at": at, "added_source": source}


def _fields(site: Site) -> Document:
    return {**encode(site), "province": site.province}


def _query(where: SiteFilter, code: str) -> Document:
    query: dict[str, Any] = {}
    if where.region:
        query["province"] = where.region[:2]
    if len(where.region) > 2:
        query["region"] = {"$regex": f"^{re.escape(where.region)}"}
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
