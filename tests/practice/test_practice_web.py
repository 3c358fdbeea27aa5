"""The practice web: the same for the same seed, its faults really there, its truth sound."""

import asyncio
import csv
import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from practice.later import later_web
from practice.mended import mended_web
from practice.model import PracticeSite
from practice.pages import answer, site_files
from practice.plan import FAMILIES, plan_web
from practice.registry import NATIONAL_CLASSES, PROVINCE_WEIGHTS, write_national, write_registry
from practice.server import PracticeServer
from practice.truth import expected_verdict, points_lost, truth_of

AS_OF = date(2026, 11, 20)
SITES = 220


@pytest.fixture(scope="module")
def web() -> list[PracticeSite]:
    return plan_web(sites=SITES, seed=7, as_of=AS_OF, port=18800)


def content(sites: list[PracticeSite]) -> list[Any]:
    return [(site.registered_url, site_files(site), truth_of(site)) for site in sites]


def test_the_same_seed_gives_the_same_web(web: list[PracticeSite]) -> None:
    again = plan_web(sites=SITES, seed=7, as_of=AS_OF, port=18800)
    assert content(web) == content(again)
    assert content(web) != content(plan_web(sites=SITES, seed=8, as_of=AS_OF, port=18800))


def test_codes_and_addresses_are_the_sites_own(web: list[PracticeSite]) -> None:
    assert len({site.code for site in web}) == SITES
    assert len({site.registered_url for site in web}) == SITES
    assert {site.family for site in web} == set(FAMILIES)


def test_every_kind_of_fault_is_planted(web: list[PracticeSite]) -> None:
    planted = Counter(fault.kind.partition(":")[0] for site in web for fault in site.faults)
    assert set(planted) >= {
        *("unreachable", "flapping", "flapping-mild", "slow", "firewall", "home-stale", "home-undated"),
        *("stale-column", "blank-column", "too-many-stale", "too-many-blank", "broken-link", "missing-element"),
        *("hidden-links", "defacement", "unanswered-letters", "wrong-expression", "useless-guides", "guide-gap"),
        *("few-surveys", "no-surveys", "quiet-letters", "personal-data", "wrong-code", "missing-column"),
        *("letters-unpublished", "letter-gap", "unexplained", "one-way", "dead-entry"),
        *("future-dates", "taken-offline", "redirect-only", "reported-closed", "closed-running"),
    }
    kinds = {fault.kind.partition(":")[2] for site in web for fault in site.faults if ":" in fault.kind}
    assert kinds >= {"refused", "unresolvable", "503", "reset", "hang", "empty"}
    assert kinds >= {"missing", "malformed", "to-home", "soft-404", "empty-file", "html-file"}
    assert kinds >= {"misnamed", "misaddressed"}


def with_fault(web: list[PracticeSite], kind: str) -> list[PracticeSite]:
    return [site for site in web if any(fault.kind == kind for fault in site.faults)]


def test_blank_columns_have_no_item_and_stale_ones_old_ones(web: list[PracticeSite]) -> None:
    for site in web:
        for fault in site.faults:
            if fault.kind in ("blank-column", "stale-column"):
                column = next(column for column in site.columns if column.path == fault.subject)
                assert (column.newest is None) is (fault.kind == "blank-column")
                assert column.newest is None or AS_OF - column.newest > timedelta(days=14)


def test_broken_targets_are_broken(web: list[PracticeSite]) -> None:
    expected = {
        "missing": lambda reply: reply.status == 404,
        "to-home": lambda reply: reply.status == 302,
        "soft-404": lambda reply: reply.status == 200 and "不存在" in reply.body.decode(),
        "empty-file": lambda reply: reply.body == b"",
        "html-file": lambda reply: reply.body.startswith(b"<html"),
    }
    seen = set()
    for site in web:
        for link in site.links:
            if link.kind in expected:
                assert expected[link.kind](answer(site, urlsplit(link.url).path)), link
                seen.add(link.kind)
    assert seen == set(expected)


def test_broken_targets_stand_on_the_page_that_truth_names(web: list[PracticeSite]) -> None:
    for site in with_fault(web, "broken-link:missing"):
        files = site_files(site)
        for link in site.links:
            pages = [answer.body for path, answer in files.items() if link.url.encode() in answer.body]
            assert pages, link


def test_misleading_links_show_another_name_than_that_of_the_site_they_lead_to(web: list[PracticeSite]) -> None:
    (site, *_) = with_fault(web, "misleading-link:misnamed")
    server = PracticeServer(web)
    home = next(reply for path, reply in site_files(site).items() if b"seaside-" in reply.body).body
    for link in (link for link in site.links if link.text):
        charset = "gbk" if site.family in ("aspnet", "frameset", "handmade") else "utf-8"
        assert f'href="{link.url}">{link.text}</a>'.encode(charset) in home
        reply, _ = server.respond(urlsplit(link.url).hostname or "", "/")
        assert reply is not None
        assert "金海岸" in reply.body.decode()


def test_hidden_links_defacement_and_old_letters_show_in_pages(web: list[PracticeSite]) -> None:
    (hidden, *_), (defaced, *_) = with_fault(web, "hidden-links"), with_fault(web, "defacement")
    (silent, *_) = with_fault(web, "unanswered-letters")

    def home_of(site: PracticeSite) -> bytes:
        return b"".join(reply.body for path, reply in site_files(site).items() if path in ("", "web/index.html"))

    assert b"display:none" in home_of(hidden).replace(b" ", b"")
    assert b"HACKED" in home_of(defaced)
    assert b"HACKED" not in home_of(hidden)
    assert any(letter.answered is None and AS_OF - letter.asked > timedelta(days=90) for letter in silent.letters)


def test_flapping_sites_fail_every_fifth_time(web: list[PracticeSite]) -> None:
    (site, *_) = with_fault(web, "flapping")
    server = PracticeServer(web)
    statuses = [server.respond(site.host, f"{site.directory}/")[0].status for _ in range(140)]
    assert statuses.count(503) == 28


def test_misbehaving_sites(web: list[PracticeSite]) -> None:
    server = PracticeServer(web)
    replies = {
        site.behaviour: server.respond(site.host, f"{site.directory}/") for site in web if site.behaviour != "normal"
    }
    assert replies["slow"][1] >= 15
    assert replies["hang"][0] is None
    assert replies["hang"][1] >= 15
    assert replies["reset"] == (None, 0.0)
    assert replies["503"][0].status == 503
    assert replies["empty"][0].body == b""
    assert replies["firewall"][0].status == 403
    assert "停止运行" in replies["notice"][0].body.decode()


def test_sites_that_are_not_what_the_registry_says(web: list[PracticeSite]) -> None:
    server = PracticeServer(web)
    by_base = {site.base: site for site in web}
    for site in with_fault(web, "redirect-only"):
        reply, _ = server.respond(site.host, f"{site.directory}/")
        assert (reply.status, by_base[reply.location].faults) == (302, ())
    closed = [site for site in web if site.status == "closed"]
    assert Counter(site.behaviour for site in closed) == {"normal": 6, "notice": 3, "refused": 2}
    assert {fault.kind for site in closed for fault in site.faults} == {"reported-closed", "closed-running"}


def test_future_dates_lie_ahead(web: list[PracticeSite]) -> None:
    for site in web:
        ahead = [item for column in site.columns for item in column.items if item.day > AS_OF]
        assert len(ahead) == (site in with_fault(web, "future-dates"))


def test_truth_follows_from_the_faults(web: list[PracticeSite]) -> None:
    for site in web:
        truth = truth_of(site)
        for edition in ("2015", "2019"):
            veto = any(fault.veto and edition in fault.indicators for fault in site.faults)
            expected = (
                "closed"
                if site.status == "closed"
                else "not_determined"
                if site.behaviour == "firewall"
                else "failed"
                if veto or points_lost(site, edition) > 40
                else "not_determined"
                if any(fault.doubtful for fault in site.faults)
                else "passed"
            )
            assert truth["expected"][edition] == expected
    verdicts = Counter(truth_of(site)["expected_verdict"] for site in web)
    assert verdicts["passed"] > verdicts["failed"] > verdicts["not_determined"] > 0


def test_points_by_hand() -> None:
    sites = plan_web(sites=SITES, seed=7, as_of=AS_OF, port=1)
    site = next(site for site in sites if sum(link.on_home and link.counts for link in site.links) == 46)
    # 46 links of the home page at one point each, and nothing else, fail the site under the 2015 edition.
    assert points_lost(site, "2015") == 46.0
    assert truth_of(site)["expected"]["2015"] == "failed"


def test_the_registry_file_lists_every_site(web: list[PracticeSite], tmp_path: Path) -> None:
    write_registry(tmp_path / "r.csv", web)
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["code"], row["url"]) for row in rows] == [(site.code, site.registered_url) for site in web]
    json.dumps([truth_of(site) for site in web], ensure_ascii=False)


def test_the_national_registry_has_the_published_counts(tmp_path: Path) -> None:
    assert write_national(tmp_path / "n.csv", seed=1) == 43_143
    with (tmp_path / "n.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert Counter(row["category"] for row in rows) == NATIONAL_CLASSES
    assert len({row["code"] for row in rows}) == len({row["url"] for row in rows}) == 43_143
    local = [row for row in rows if row["category"] not in ("state-council", "province-portal")]
    provinces = Counter(row["region"][:2] for row in local)
    whole = sum(PROVINCE_WEIGHTS.values())
    assert set(provinces) == set(PROVINCE_WEIGHTS)
    for province, weight in PROVINCE_WEIGHTS.items():
        assert abs(provinces[province] - len(local) * weight / whole) < 4


def test_the_server_answers_by_host_over_the_wire(web: list[PracticeSite]) -> None:
    site = next(site for site in web if not site.faults and site.entry == "direct" and not site.directory)

    async def ask() -> bytes:
        server = PracticeServer(web)
        port = await server.start(0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        request = f"GET / HTTP/1.1\r\nHost: {site.host}:{port}\r\nConnection: close\r\n\r\n"
        writer.write(request.encode())
        reply = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        await writer.wait_closed()
        server.close()
        return reply

    reply = asyncio.run(ask())
    assert reply.startswith(b"HTTP/1.1 200")
    assert site.code.encode() in reply


def test_the_same_web_some_time_later(web: list[PracticeSite]) -> None:
    later, again = (later_web(web, days=92, seed=7) for _ in range(2))
    assert content(later[:40]) == content(again[:40])
    assert content(later[:40]) != content(later_web(web, days=92, seed=8)[:40])
    day = AS_OF + timedelta(days=92)
    for before, after in zip(web, later, strict=True):
        assert (after.as_of, after.code, after.registered_url) == (day, before.code, before.registered_url)
        if not before.faults and before.status == "normal":
            assert truth_of(after)["expected_verdict"] in ("passed", "not_determined")
    for site in with_fault(later, "republished"):
        copies = [item for item in site.columns[0].items if item.origin]
        old = {item.path: item for item in web[site.number].columns[0].items}
        assert len(copies) == 3
        assert all(old[item.origin].title == item.title and old[item.origin].day < item.day for item in copies)
        assert all(old[item.origin].serial == item.serial for item in copies)
    assert len(with_fault(later, "republished")) >= 10


def test_mended_sites_have_no_fault_left_and_the_others_all_of_theirs(web: list[PracticeSite]) -> None:
    failing = [site for site in web if site.faults and site.status == "normal"]
    codes = {site.code for site in failing[::2] if site.behaviour not in ("refused", "unresolvable")}
    later = {site.code: site for site in mended_web(web, codes=codes, seed=7)}
    assert len(later) == SITES
    assert all(not later[code].faults and expected_verdict(later[code], "2019") == "passed" for code in codes)
    assert all(later[site.code] is site for site in web if site.code not in codes)
    assert all(later[site.code].registered_url == site.registered_url for site in web)
    with pytest.raises(ValueError, match="9999999999"):
        mended_web(web, codes={"9999999999"}, seed=7)
