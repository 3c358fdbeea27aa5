"""Probes, pages and link checks in MongoDB: appended in batches, each fact once."""

import hashlib
from collections.abc import Sequence

from inspection.observation import LinkSeen, PageFacts, PageSeen, ProbeSeen
from store.mongo.access import Document, DocumentDatabase, find, insert_new, mongo_errors
from store.mongo.codec import decode, encode, pack, unpack


class MongoObservations:
    """Port ``ObservationRepository``."""

    def __init__(self, database: DocumentDatabase) -> None:
        self._probes = database["probes"]
        self._pages = database["pages"]
        self._links = database["links"]

    def add_probes(self, round_id: str, code: str, probes: Sequence[ProbeSeen]) -> None:
        """Each probe once."""
        documents = [_fact(round_id, code, f"{p.vantage}:{p.sequence}", encode(p)) for p in probes]
        insert_new(self._probes, documents)

    def add_pages(self, round_id: str, code: str, pages: Sequence[PageSeen]) -> None:
        """Each page once."""
        insert_new(self._pages, [_fact(round_id, code, _hash(page.url), _page_document(page)) for page in pages])

    def add_links(self, round_id: str, code: str, links: Sequence[LinkSeen]) -> None:
        """Each target once."""
        insert_new(self._links, [_fact(round_id, code, _hash(link.url), encode(link)) for link in links])

    def probes(self, round_id: str, code: str) -> list[ProbeSeen]:
        """By sequence."""
        found = find(self._probes, {"round_id": round_id, "code": code}, sort="sequence")
        return [decode(document, ProbeSeen) for document in found]

    def pages(self, round_id: str, code: str, *, after: str = "", limit: int = 10_000) -> list[PageSeen]:
        """By url."""
        query = {"round_id": round_id, "code": code, "url": {"$gt": after}}
        return [_page(document) for document in find(self._pages, query, sort="url", limit=limit)]

    def links(self, round_id: str, code: str, *, after: str = "", limit: int = 100_000) -> list[LinkSeen]:
        """By url."""
        query = {"round_id": round_id, "code": code, "url": {"$gt": after}}
        return [decode(document, LinkSeen) for document in find(self._links, query, sort="url", limit=limit)]

    def counts(self, round_id: str, code: str) -> tuple[int, int, int]:
        """Numbers stored."""
        query = {"round_id": round_id, "code": code}
        with mongo_errors():
            probes, pages, links = (c.count_documents(query) for c in (self._probes, self._pages, self._links))
        return probes, pages, links


def _fact(round_id: str, code: str, identity: str, fields: Document) -> Document:
    return {"_id": f"{round_id}:{code}:{identity}", "round_id": round_id, "code": code, **fields}


def _hash(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:32]


def _page_document(page: PageSeen) -> Document:
    facts = None if page.facts is None else pack(page.facts)
    fields = {name: getattr(page, name) for name in PageSeen.__struct_fields__ if name != "facts"}
    return {**fields, "outcome": page.outcome.value, "facts": facts}


def _page(document: Document) -> PageSeen:
    facts = document.pop("facts", None)
    return decode({**document, "facts": None if facts is None else unpack(facts, PageFacts)}, PageSeen)
