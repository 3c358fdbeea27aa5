"""Bulky details of rounds in MongoDB, as retention sees them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from store.mongo.access import Document, DocumentDatabase, find, mongo_errors
from store.mongo.snapshots import DOOMED

_SITES = 20
_GRACE = timedelta(days=1)


class MongoDetails:
    """Port ``DetailRepository``."""

    def __init__(self, database: DocumentDatabase) -> None:
        self._inspections = database["inspections"]
        self._pages = database["pages"]
        self._renders = database["renders"]
        self._findings = database["findings"]
        self._probes = database["probes"]
        self._snapshots = database["snapshots"]

    def snapshots_of(self, round_id: str, *, after: str = "") -> tuple[list[str], str]:
        """Those of some sites, in the order of their codes."""
        query = {"round_id": round_id, "id": {"$gt": f"{round_id}:{after}"}}
        sites = list(find(self._inspections, query, sort="id", limit=_SITES, fields={"code": 1}))
        digests: set[str] = set()
        for site in sites:
            of_site = {"round_id": round_id, "code": site["code"]}
            for collection in (self._pages, self._renders):
                shown = find(collection, of_site, fields={"snapshot": 1})
                digests |= {page["snapshot"] for page in shown if page.get("snapshot")}
        return sorted(digests), sites[-1]["code"] if len(sites) == _SITES else ""

    def needed(self, digests: Sequence[str], *, expired: Collection[str]) -> set[str]:
        """By the pages that show them; a finding's evidence stands on pages of its own site and round."""
        shown: dict[tuple[str, str], set[str]] = defaultdict(set)
        fields = {"snapshot": 1, "round_id": 1, "code": 1}
        for collection in (self._pages, self._renders):
            for digest in digests:
                for page in find(collection, {"snapshot": digest}, fields=fields):
                    shown[page["round_id"], page["code"]].add(digest)
        needed: set[str] = set()
        for (round_id, code), bodies in shown.items():
            needed |= bodies if round_id not in expired else bodies & self._in_evidence(round_id, code)
        return needed

    def _in_evidence(self, round_id: str, code: str) -> set[str]:
        found = find(self._findings, {"round_id": round_id, "code": code}, fields={"evidence": 1})
        return {each["snapshot"] for finding in found for each in finding.get("evidence", ()) if each.get("snapshot")}

    def drop_snapshots(self, digests: Sequence[str], *, at: datetime, dry_run: bool) -> int:
        """Those whose mark has stood for a day."""
        these: Document = {"_id": {"$in": list(digests)}}
        with mongo_errors():
            if dry_run:
                return self._snapshots.count_documents(these)
            removed = self._snapshots.delete_many({**these, DOOMED: {"$lte": at - _GRACE}}).deleted_count
            self._snapshots.update_many({**these, DOOMED: {"$exists": False}}, {"$set": {DOOMED: at}})
        return removed

    def drop_probes(self, round_id: str, *, dry_run: bool) -> int:
        """All of the round."""
        with mongo_errors():
            if dry_run:
                return self._probes.count_documents({"round_id": round_id})
            return self._probes.delete_many({"round_id": round_id}).deleted_count
