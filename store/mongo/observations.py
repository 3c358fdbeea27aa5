"""Probes, pages and link checks in MongoDB: appended in batches, each fact once."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from inspection.observation import LinkSeen, PageFacts, PageSeen, ProbeSeen, RenderSeen, ScreenshotSeen
from inspection.observation.host import HostSeen
from inspection.observation.packing import pack, unpack
from inspection.ports import SiteFacts
from store.mongo.access import Document, DocumentDatabase, find, insert_new, mongo_errors
from store.mongo.codec import decode, encode

_Seen = TypeVar("_Seen", PageSeen, RenderSeen)


class MongoObservations:
    """Port ``ObservationRepository``."""

    def __init__(self, database: DocumentDatabase) -> None:
        self._probes = database["probes"]
        self._pages = database["pages"]
        self._links = database["links"]
        self._renders = database["renders"]
        self._hosts = database["hosts"]
        self._screenshots = database["screenshots"]

    def add(self, seen: Sequence[SiteFacts]) -> None:
        """One write for each kind of fact."""
        insert_new(self._probes, [_probe(of, probe) for of in seen for probe in of.probes])
        insert_new(self._pages, [_page(of, page) for of in seen for page in of.pages])
        insert_new(self._links, [_link(of, link) for of in seen for link in of.links])
        insert_new(self._renders, [_page(of, render) for of in seen for render in of.renders])
        insert_new(self._hosts, [_fact(of.round_id, of.code, h.host, encode(h)) for of in seen for h in of.hosts])

    def add_probes(self, round_id: str, code: str, probes: Sequence[ProbeSeen]) -> None:
        """Each probe once."""
        self.add([SiteFacts(round_id=round_id, code=code, probes=probes)])

    def add_pages(self, round_id: str, code: str, pages: Sequence[PageSeen]) -> None:
        """Each page once."""
        self.add([SiteFacts(round_id=round_id, code=code, pages=pages)])

    def add_links(self, round_id: str, code: str, links: Sequence[LinkSeen]) -> None:
        """Each target once."""
        self.add([SiteFacts(round_id=round_id, code=code, links=links)])

    def add_renders(self, round_id: str, code: str, renders: Sequence[RenderSeen]) -> None:
        """Each page once."""
        self.add([SiteFacts(round_id=round_id, code=code, renders=renders)])

    def add_hosts(self, round_id: str, code: str, hosts: Sequence[HostSeen]) -> None:
        """Each host once."""
        self.add([SiteFacts(round_id=round_id, code=code, hosts=hosts)])

    def add_screenshots(self, round_id: str, code: str, screenshots: Sequence[ScreenshotSeen]) -> None:
        """Each address once; a picture, or a later try, takes the place of a record without one."""
        documents = [_fact(round_id, code, _hash(shot.url), encode(shot)) for shot in screenshots]
        insert_new(self._screenshots, documents)
        with mongo_errors():
            for document in documents:
                self._screenshots.replace_one({"_id": document["_id"], "image": None}, document)

    def hosts(self, round_id: str, code: str) -> list[HostSeen]:
        """By host."""
        found = find(self._hosts, {"round_id": round_id, "code": code}, sort="host")
        return [decode(document, HostSeen) for document in found]

    def renders(self, round_id: str, code: str) -> list[RenderSeen]:
        """By url."""
        found = find(self._renders, {"round_id": round_id, "code": code}, sort="url")
        return [_unpacked(document, RenderSeen) for document in found]

    def screenshots(self, round_id: str, code: str) -> list[ScreenshotSeen]:
        """By url."""
        found = find(self._screenshots, {"round_id": round_id, "code": code}, sort="url")
        return [decode(document, ScreenshotSeen) for document in found]

    def probes(self, round_id: str, code: str) -> list[ProbeSeen]:
        """By sequence."""
        found = find(self._probes, {"round_id": round_id, "code": code}, sort="sequence")
        return [decode(document, ProbeSeen) for document in found]

    def pages(self, round_id: str, code: str, *, after: str = "", limit: int = 10_000) -> list[PageSeen]:
        """By url."""
        query = {"round_id": round_id, "code": code, "url": {"$gt": after}}
        return [_unpacked(document, PageSeen) for document in find(self._pages, query, sort="url", limit=limit)]

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

    def links_left(self, round_id: str, code: str) -> int:
        """Addresses left unchecked, page by page."""
        # By what the index holds alone: a site has few pages, and a further condition would have all sites' read.
        query = {"round_id": round_id, "code": code}
        most: dict[str, int] = {}
        for collection in (self._pages, self._renders):
            for row in find(collection, query, sort="url", fields={"url": 1, "links_left": 1}):
                most[row["url"]] = max(row.get("links_left", 0), most.get(row["url"], 0))
        return sum(most.values())


def _fact(round_id: str, code: str, identity: str, fields: Document) -> Document:
    return {"_id": f"{round_id}:{code}:{identity}", "round_id": round_id, "code": code, **fields}


def _probe(of: SiteFacts, seen: ProbeSeen) -> Document:
    return _fact(of.round_id, of.code, f"{seen.vantage}:{seen.sequence}", encode(seen))


def _page(of: SiteFacts, seen: PageSeen | RenderSeen) -> Document:
    return _fact(of.round_id, of.code, _hash(seen.url), _packed(seen))


def _link(of: SiteFacts, seen: LinkSeen) -> Document:
    return _fact(of.round_id, of.code, _hash(seen.url), encode(seen))


def _hash(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:32]


def _packed(seen: PageSeen | RenderSeen) -> Document:
    """As a document, the page's facts packed into one field."""
    facts = None if seen.facts is None else pack(seen.facts)
    document = {**encode(msgspec.structs.replace(seen, facts=None)), "facts": facts}
    if isinstance(seen, PageSeen):
        document["facts"] = document.pop("packed") or facts
    return document


def _unpacked(document: Document, type_: type[_Seen]) -> _Seen:
    facts = document.pop("facts", None)
    return decode({**document, "facts": None if facts is None else unpack(facts, PageFacts)}, type_)
