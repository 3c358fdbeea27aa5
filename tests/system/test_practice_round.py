"""The whole path on loopback: a practice round, its verdicts against the planted truth under both editions."""

import json
import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.agreement import compare
from crawler.browser.find import find_chromium
from inspection.checks import Rulebook
from inspection.findings import Finding, FindingState
from inspection.observation import LinkOutcome
from inspection.scoring import Verdict
from inspection.standard import IndicatorKind
from inspection.statistics import Dimension
from inspection.workflows.judge_site import judge, observations_of
from store.config import StoreConfig
from store.embedded.processes import down, up
from store.stores import Stores, open_stores

pytestmark = pytest.mark.system

SITES = int(os.environ.get("PRACTICE_SITES", "88"))
"""Enough for every kind of fault to be planted at least once; more on request."""
SEED = os.environ.get("PRACTICE_SEED", "20261120")
ROUND = "demo"
HAS_IPV6 = Path("/proc/net/if_inet6").is_file() and bool(Path("/proc/net/if_inet6").read_text("utf-8").strip())
BROWSER = find_chromium(None) is not None


def free_ports(number: int) -> list[int]:
    sockets = [socket.socket() for _ in range(number)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stores, list[dict[str, Any]], str]]:
    """The stores after ``xuncha demo``, the planted truth, and what the command printed."""
    folder = tmp_path_factory.mktemp("practice")
    web_port, api_port = free_ports(2)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XUNCHA_")}
    words = [
        "demo",
        "--sites",
        SITES,
        "--seed",
        SEED,
        "--workers",
        2,
        "--port",
        web_port,
        "--api-port",
        api_port,
        "--exit",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *map(str, words)],
        env={**environment, "XUNCHA_VAR_DIR": str(folder), "COLUMNS": "140"},
        capture_output=True,
        text=True,
        timeout=max(420, 3 * SITES),
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    truth = json.loads((folder / "demo" / "web" / "truth.json").read_text("utf-8"))
    config = StoreConfig(var_dir=folder / "demo" / "stores")
    try:
        for name in ("mongo", "redis"):
            up(config, name)
        with open_stores(config) as stores:
            yield stores, truth["sites"], done.stdout
    finally:
        for name in ("mongo", "redis"):
            down(config, name)


Finished = tuple[Stores, list[dict[str, Any]], str]


@pytest.mark.parametrize("edition_id", ["2015", "2019"])
def test_verdicts_agree_with_the_planted_truth(finished: Finished, edition_id: str) -> None:
    stores, truth, _ = finished
    edition = stores.editions.get(edition_id)
    rules = Rulebook(edition)
    round_ = stores.rounds.get(ROUND)
    verdicts = {
        inspection.site.code: judge(observations_of(round_, inspection, stores), rules)[0].verdict
        for inspection in stores.inspections.of_round(ROUND)
    }
    agreement = compare(truth, verdicts, edition, browser=BROWSER)
    assert agreement.disagreements == ()
    assert agreement.total > SITES * 0.8
    found = {verdict for _, verdict in agreement.matrix}
    assert found >= {Verdict.PASSED, Verdict.FAILED, Verdict.NOT_DETERMINED}


@pytest.mark.parametrize("edition_id", ["2015", "2019"])
def test_every_planted_fault_is_found_and_nothing_else_is_blamed(finished: Finished, edition_id: str) -> None:
    stores, truth, _ = finished
    sites = {site["code"]: site for site in truth}
    rules = Rulebook(stores.editions.get(edition_id))
    round_ = stores.rounds.get(ROUND)
    planted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    unsure: Counter[str] = Counter()
    missed, blamed, right = [], [], 0
    for inspection in stores.inspections.of_round(ROUND):
        site = sites[inspection.site.code]
        if site["needs_browser"] and not BROWSER:
            continue
        _, findings = judge(observations_of(round_, inspection, stores), rules)
        blames = [each for each in findings if each.state in (FindingState.ESTABLISHED, FindingState.SUSPECTED)]
        unsure.update(each.indicator for each in findings if each.state is FindingState.NOT_DETERMINED)
        rows = {row.id: row for row in rules.edition.ruling(inspection.site, round_.as_of).rows}
        for fault in site["faults"]:
            if fault["kind"] == "dead-over-ipv6" and not HAS_IPV6:
                continue
            if (fault["indicator"] or {}).get(edition_id) in rows and not _is_judged_elsewhere(fault, site, edition_id):
                is_found = any(_is_about(each, fault, edition_id) for each in blames)
                planted[fault["kind"]] += 1
                found[fault["kind"]] += is_found
                missed += [] if is_found else [(site["code"], fault)]
        if not any(fault["veto"] or fault["kind"] == "taken-offline" for fault in site["faults"]):
            counted = [
                each
                for each in blames
                if (rows[each.indicator].kind is IndicatorKind.VETO or each.price)
                and rows[each.indicator].kind is not IndicatorKind.BONUS
                and each.subject not in site["doubtful_links"]
            ]
            wrong = [
                each for each in counted if not any(_is_about(each, fault, edition_id) for fault in site["faults"])
            ]
            right += len(counted) - len(wrong)
            blamed += [(site["code"], each.indicator, each.subject, each.message) for each in wrong]
    _report(edition_id, planted, found, unsure, right=right, wrong=len(blamed))
    assert missed == []
    assert blamed == []


def _report(
    edition_id: str, planted: Counter[str], found: Counter[str], unsure: Counter[str], *, right: int, wrong: int
) -> None:
    write = sys.stdout.write
    write(f"\n{edition_id}: seed {SEED}\n{'fault':32} planted   found\n")
    for kind, number in sorted(planted.items()):
        write(f"{kind:32} {number:7} {found[kind]:7}\n")
    write(f"all kinds: {found.total()} of {planted.total()} found; ")
    write(f"on sites without a planted veto {right} blames with cause, {wrong} without\n")
    write(
        "not determined, by indicator: " + ", ".join(f"{row} {number}" for row, number in sorted(unsure.items())) + "\n"
    )


def _is_about(finding: Finding, fault: dict[str, Any], edition_id: str) -> bool:
    """Whether a finding is the planted fault: by indicator, and by subject where the fault has one of its own."""
    if finding.indicator != (fault["indicator"] or {}).get(edition_id):
        return False
    kind, subject = fault["kind"].partition(":")[0], fault["subject"]
    if kind in ("stale-column", "blank-column", "unexplained", "one-way"):
        return finding.subject.endswith(f"/{subject}")
    if kind == "guide-gap":
        return f"/{subject}#" in finding.subject and fault["detail"] in finding.message
    if kind == "letter-gap":
        return fault["detail"] in finding.message
    return finding.subject == subject if kind in ("broken-link", "misleading-link", "missing-element") else True


def _is_judged_elsewhere(fault: dict[str, Any], site: dict[str, Any], edition_id: str) -> bool:
    """The 2019 indicators judge columns of some classes as a whole, and a tag-borne code counts as shown."""
    if edition_id != "2019" or fault["kind"] != "stale-column":
        return False
    classes = {column["url"]: column["class"] for column in site["columns"]}
    class_ = next(class_ for url, class_ in classes.items() if url.endswith(f"/{fault['subject']}"))
    return class_ in ("news", "policy", "interpretation")


def test_every_planted_link_is_found_as_planted(finished: Finished) -> None:
    stores, truth, _ = finished
    sampled = {inspection.site.code for inspection in stores.inspections.of_round(ROUND)}
    compared = 0
    for site in truth:
        vetoed = any(fault["veto"] for fault in site["faults"])
        if site["code"] not in sampled or vetoed:
            continue
        planted = {link["url"] for link in site["broken_links"]}
        links = stores.observations.links(ROUND, site["code"])
        broken = {link.url for link in links if link.outcome is LinkOutcome.BROKEN}
        assert broken == planted, site["code"]
        compared += len(planted)
    assert compared >= 16


def test_the_round_is_marked_as_a_drill_and_adds_up(finished: Finished) -> None:
    stores, _, output = finished
    round_ = stores.rounds.get(ROUND)
    assert round_.drill
    assert "演练" in output
    (nation,) = stores.pass_rates.page(ROUND, dimension=Dimension.NATION)
    assert nation.sampled == nation.passed + nation.failed + nation.not_determined + nation.closed
    assert nation.sampled == len(list(stores.inspections.of_round(ROUND)))
    assert stores.queue.progress(ROUND).requests_queued == 0


def test_snapshots_are_stored_once_by_content(finished: Finished) -> None:
    stores, _, _ = finished
    digests = [
        page.snapshot
        for inspection in stores.inspections.of_round(ROUND)
        for page in stores.observations.pages(ROUND, inspection.site.code)
        if page.snapshot is not None
    ]
    stored = {document["_id"] for document in stores.database["snapshots"].find({}, {"_id": 1})}
    rendered = {
        render.snapshot
        for inspection in stores.inspections.of_round(ROUND)
        for render in stores.observations.renders(ROUND, inspection.site.code)
    }
    pictures = {
        shot.image
        for inspection in stores.inspections.of_round(ROUND)
        for shot in stores.observations.screenshots(ROUND, inspection.site.code)
    }
    assert len(set(digests)) < len(digests)
    assert stored == (set(digests) | rendered | pictures) - {None}
    assert stores.snapshots.get(digests[0])
