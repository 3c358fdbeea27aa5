"""Inspections and findings in MongoDB."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ReplaceOne

from inspection.errors import NotFound
from inspection.findings import Finding, ReviewStatus
from inspection.findings.finding import established_indicators
from inspection.ports import Inspection, InspectionFilter, VerdictRow
from inspection.registry import SiteCategory
from inspection.scoring import Scorecard, Verdict
from store.mongo.access import Document, DocumentDatabase, after, find, find_one, insert_new, mongo_errors
from store.mongo.codec import areas_of, decode, encode
from store.mongo.observations import MongoObservations

_VERDICT_FIELDS = {
    "code": 1,
    "site.region": 1,
    "site.category": 1,
    "stratum": 1,
    "crawl_finished_at": 1,
    "verdict": 1,
}


class MongoInspections:
    """Port ``InspectionRepository``."""

    def __init__(self, database: DocumentDatabase, observations: MongoObservations) -> None:
        self._inspections = database["inspections"]
        self._findings = database["findings"]
        self._rejudgements = database["rejudgements"]
        self._observations = observations

    def open(self, inspections: Sequence[Inspection]) -> None:
        """Create those that do not exist."""
        insert_new(self._inspections, [_document(inspection) for inspection in inspections])

    def get(self, round_id: str, code: str) -> Inspection:
        """One inspection; while its crawl goes on, its counts are those of this moment."""
        document = find_one(self._inspections, {"_id": f"{round_id}:{code}"})
        if document is None:
            raise NotFound(f"轮次 {round_id} 没有抽中标识码为 {code} 的网站")
        if document.get("crawl_finished_at") is None:
            document.update(self._counts(round_id, code))
        return decode(document, Inspection)

    def _counts(self, round_id: str, code: str) -> dict[str, int]:
        probes, pages, links = self._observations.counts(round_id, code)
        left = self._observations.links_left(round_id, code)
        return {"probes_stored": probes, "pages_stored": pages, "links_stored": links, "links_left": left}

    def of_round(self, round_id: str) -> Iterator[Inspection]:
        """All of a round by code."""
        return (decode(document, Inspection) for document in find(self._inspections, {"round_id": round_id}, sort="id"))

    def verdicts(self, round_id: str) -> Iterator[VerdictRow]:
        """The light projection."""
        found = find(self._inspections, {"round_id": round_id}, sort="id", fields=_VERDICT_FIELDS)
        return (_verdict_row(document) for document in found)

    def page(self, where: InspectionFilter, *, after: str = "", limit: int = 50) -> list[Inspection]:
        """Inspections after an id."""
        found = find(self._inspections, _query(where, after), sort="id", limit=limit)
        return [decode(document, Inspection) for document in found]

    def crawl_finished(self, round_id: str, code: str, *, at: datetime) -> None:
        """Mark the crawl complete, with the counts of what was stored."""
        self._set(round_id, code, {"crawl_finished_at": at, **self._counts(round_id, code)})

    def save_judgement(
        self, round_id: str, code: str, scorecard: Scorecard, findings: Sequence[Finding], *, at: datetime
    ) -> None:
        """Findings first, then the scorecard that refers to them."""
        self._replace_findings({"round_id": round_id, "code": code, "edition": scorecard.edition}, findings)
        judged = {
            "scorecard": encode(scorecard),
            "verdict": scorecard.verdict.value,
            "judged_at": at,
            "established": sorted(established_indicators(findings)),
        }
        self._set(round_id, code, judged)

    def save_rejudgement(
        self, round_id: str, code: str, scorecard: Scorecard, findings: Sequence[Finding], *, at: datetime
    ) -> None:
        """Findings first here too."""
        key = {"round_id": round_id, "code": code, "edition": scorecard.edition}
        self._replace_findings(key, findings)
        document = {**key, "judged_at": at, "scorecard": encode(scorecard)}
        with mongo_errors():
            self._rejudgements.replace_one({"_id": f"{round_id}:{code}:{scorecard.edition}"}, document, upsert=True)

    def _replace_findings(self, key: Mapping[str, str], findings: Sequence[Finding]) -> None:
        """What is new first and what is gone last, so that a process that dies in between loses none."""
        prefix = f"{key['round_id']}:{key['code']}:{key['edition']}"
        documents = [{"_id": f"{prefix}:{f.id}", **key, **encode(f), "key": f"{key['code']}:{f.id}"} for f in findings]
        kept = {document["_id"]: document for document in find(self._findings, key)}
        insert_new(self._findings, [each for each in documents if each["_id"] not in kept])
        changed = [each for each in documents if each["_id"] in kept and kept[each["_id"]] != each]
        gone = sorted(set(kept) - {each["_id"] for each in documents})
        with mongo_errors():
            if changed:
                self._findings.bulk_write([ReplaceOne({"_id": each["_id"]}, each) for each in changed])
            if gone:
                self._findings.delete_many({"_id": {"$in": gone}})

    def scorecards(self, round_id: str, edition: str) -> dict[str, Scorecard]:
        """By site code; the round's own last, so that they count where there are both."""
        query = {"round_id": round_id, "edition": edition}
        beside = find(self._rejudgements, query, sort="code", fields={"code": 1, "scorecard": 1})
        own = find(self._inspections, {"round_id": round_id}, sort="id", fields={"code": 1, "scorecard": 1})
        judged = [*beside, *(row for row in own if (row.get("scorecard") or {}).get("edition") == edition)]
        return {row["code"]: decode(row["scorecard"], Scorecard) for row in judged}

    def _set(self, round_id: str, code: str, fields: Document) -> None:
        with mongo_errors():
            done = self._inspections.update_one({"_id": f"{round_id}:{code}"}, {"$set": fields})
        if not done.matched_count:
            raise NotFound(f"轮次 {round_id} 没有抽中标识码为 {code} 的网站")

    def findings_to_review(
        self, round_id: str, indicators: Collection[str], *, after: str = "", limit: int = 100
    ) -> list[tuple[str, Finding]]:
        """By code and id; the round's own edition is that of its inspections' scorecards."""
        judged = find_one(self._inspections, {"round_id": round_id, "scorecard": {"$type": "object"}})
        if judged is None:
            return []
        query = {
            "round_id": round_id,
            "edition": judged["scorecard"]["edition"],
            "review": ReviewStatus.PENDING.value,
            "indicator": {"$in": sorted(indicators)},
            "key": {"$gt": after},
        }
        found = find(self._findings, query, sort="key", limit=limit)
        return [(document["code"], decode(document, Finding)) for document in found]

    def established(self, round_id: str, verdict: Verdict) -> Iterator[tuple[str, frozenset[str]]]:
        """Kept beside the scorecard, so that no finding is read; for inspections judged before it was, they are."""
        query = {"round_id": round_id, "verdict": verdict.value}
        for row in find(self._inspections, query, sort="id", fields={"code": 1, "established": 1}):
            kept = row.get("established")
            yield row["code"], (self._read_established(round_id, row["code"]) if kept is None else frozenset(kept))

    def _read_established(self, round_id: str, code: str) -> frozenset[str]:
        return established_indicators(self.findings(round_id, code, limit=0))

    def findings(
        self, round_id: str, code: str, *, edition: str = "", indicator: str = "", after: str = "", limit: int = 1000
    ) -> list[Finding]:
        """Findings after an id."""
        inspection = self.get(round_id, code)
        edition = edition or (inspection.scorecard.edition if inspection.scorecard else "")
        query: dict[str, Any] = {"round_id": round_id, "code": code, "edition": edition, "id": {"$gt": after}}
        if indicator:
            query["indicator"] = indicator
        return [decode(document, Finding) for document in find(self._findings, query, sort="id", limit=limit)]


def _document(inspection: Inspection) -> Document:
    fields = encode(inspection)
    verdict = inspection.scorecard.verdict.value if inspection.scorecard else None
    return {
        "_id": inspection.id,
        "all": 1,
        "id": inspection.id,
        "code": inspection.site.code,
        "areas": areas_of(inspection.site.region),
        "verdict": verdict,
        **fields,
    }


def _verdict_row(document: Document) -> VerdictRow:
    verdict = document.get("verdict")
    return VerdictRow(
        code=document["code"],
        region=document["site"]["region"],
        category=SiteCategory(document["site"]["category"]),
        stratum=document["stratum"],
        crawl_finished=document.get("crawl_finished_at") is not None,
        verdict=None if verdict is None else Verdict(verdict),
    )


def _query(where: InspectionFilter, id_: str) -> Document:
    query: dict[str, Any] = {}
    if where.round_id:
        query["round_id"] = where.round_id
    if where.site_code:
        query["code"] = where.site_code
    if where.region:
        query["areas"] = where.region
    if where.category is not None:
        query["site.category"] = where.category.value
    if where.verdict is not None:
        query["verdict"] = where.verdict.value
    if not (where.round_id or where.site_code):
        query["all"] = 1
    return after(query, "id", id_)
