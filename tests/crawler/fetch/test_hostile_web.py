"""A whole worker against all that a server can do: it ends in time, in bounded memory, with a true outcome each."""

import asyncio
import os
import ssl
import subprocess
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
import trustme

from inspection.observation import FetchOutcome as Out
from inspection.ports import Inspection, WorkOrder
from inspection.registry import Site, SiteCategory
from inspection.sampling import Round, RoundState
from store.redis.frontier_status import RedisFrontierStatus
from store.stores import Stores

if TYPE_CHECKING:
    from conftest import BadServer

pytestmark = [pytest.mark.system, pytest.mark.alone]

MOST_MEMORY_MB = 400
LONGEST_S = 120
BUDGET = 15
TLS_HOST = "www.secure.localhost"
CHANGING_NAMES = Path(__file__).with_name("changing_names.py")

# What the worker must live through, in the words of the list it was drawn up from -> address -> true outcome of the
# page. ``host:`` is the home page of a host of its own (:func:`hosts`), ``tls:`` a page behind that TLS
# (:func:`tls_ports`), ``dns:`` one behind a name that :mod:`changing_names` answers for.
CASES: dict[str, dict[str, Out]] = {
    "nothing wrong": {"/ok": Out.OK, "/large": Out.OK, "/no-type": Out.OK, "/gzip": Out.OK, "/deflate": Out.OK},
    "slow headers": {"/drip-headers": Out.READ_TIMEOUT, "/hang": Out.READ_TIMEOUT},
    "slow body": {"/drip-body": Out.READ_TIMEOUT, "/drip-malformed": Out.READ_TIMEOUT},
    "endless body": {"/pour-body": Out.NOT_HTML, "/pour-html": Out.OK},
    "endless redirects": {
        "/loop": Out.TOO_MANY_REDIRECTS, "/loop-a": Out.TOO_MANY_REDIRECTS, "/hop-on": Out.TOO_MANY_REDIRECTS,
    },
    "redirect to a private address": {
        "/hop-private": Out.NOT_ALLOWED, "/hop-metadata": Out.NOT_ALLOWED, "/hop-mapped": Out.NOT_ALLOWED,
        "/hop-decimal": Out.NOT_ALLOWED, "/hop-port": Out.NOT_ALLOWED,
    },
    "gzip bomb": {"/bomb": Out.OK, "/bomb-gzip": Out.OK, "/bomb-deflate": Out.OK},
    "brotli bomb": {"/bomb-br": Out.OK},
    "zstd bomb": {"/bomb-zstd": Out.OK},
    "wrong length": {"/too-long": Out.OK, "/too-short": Out.OK, "/bad-length": Out.OK},
    "chunk errors": {
        "/cut-chunks": Out.NOT_HTML, "/bad-chunks": Out.MALFORMED_ANSWER, "/bad-chunks-late": Out.OK,
        "/huge-chunk": Out.NOT_HTML,
    },
    "header floods": {
        "/many-headers": Out.OK, "/odd-header": Out.OK, "/cookie-flood": Out.OK, "/huge-header": Out.MALFORMED_ANSWER,
        "/pour-headers": Out.MALFORMED_ANSWER, "/pour-one-header": Out.MALFORMED_ANSWER,
    },
    "1xx floods": {"/pour-continues": Out.READ_TIMEOUT, "/flood-continues": Out.READ_TIMEOUT},
    "HTTP/0.9": {
        "/http09": Out.MALFORMED_ANSWER, "/garbage": Out.MALFORMED_ANSWER, "/bad-status": Out.MALFORMED_ANSWER,
    },
    "empty replies": {"/empty": Out.EMPTY_PAGE, "/blank": Out.EMPTY_PAGE, "/silent-close": Out.CONNECTION_RESET},
    "resets at each stage": {
        "/reset-at-once": Out.CONNECTION_RESET, "/reset-in-headers": Out.CONNECTION_RESET,
        "/reset-before-body": Out.CONNECTION_RESET, "/reset-in-body": Out.CONNECTION_RESET,
        "tls:reset": Out.CONNECTION_RESET, "tls:silent": Out.CONNECT_TIMEOUT,
    },
    "TLS expired": {"tls:expired": Out.OK, "tls:early": Out.OK},
    "self-signed": {"tls:self-signed": Out.OK},
    "wrong host": {"tls:wrong-host": Out.OK},
    "old protocol": {"tls:old": Out.OK, "tls:ancient": Out.TLS_PROTOCOL, "tls:none": Out.TLS_PROTOCOL},
    "broken chain": {"tls:broken-chain": Out.OK, "tls:unknown-issuer": Out.OK},
    "huge HTML": {
        "/huge": Out.OK, "/one-title": Out.OK, "/columns": Out.OK, "/long-base": Out.OK, "/attributes": Out.OK,
    },
    "a million nested tags": {"/nested": Out.OK, "/nested-lists": Out.OK, "/unclosed": Out.OK},
    "NUL bytes": {"/nul": Out.OK},
    "wrong charset": {"/wrong-charset": Out.OK, "/entities": Out.OK},
    "mislabelled type": {"/image": Out.NOT_HTML, "/pdf": Out.NOT_HTML, "/page-as-pdf": Out.NOT_HTML},
    "infinite calendar": {"/calendar": Out.OK},
    "session ids in paths": {"host:sessions": Out.OK},
    "cookie walls": {"/hop-cookie": Out.OK, "/cookie-wall": Out.TOO_MANY_REDIRECTS},
    "meta and script refresh": {
        "/refresh-loop": Out.OK, "/script-loop": Out.OK, "/refresh-chain": Out.OK, "/frames": Out.OK,
    },
    "base tags": {"/base": Out.OK, "/base-private": Out.OK},
    "fragments": {"/hop-fragment": Out.OK},
    "non-http schemes": {"/hop-app": Out.MALFORMED_ANSWER},
    "credentials in URLs": {"/hop-user": Out.NOT_ALLOWED},
    "IDN and percent-encoding mixtures": {"/odd-links": Out.OK, "/hop-gbk": Out.OK, "/hop-name": Out.DNS_ERROR},
    "backslashes": {"/hop-backslash": Out.NOT_ALLOWED},
    "spaces": {"/hop-spaces": Out.OK},
    "very long URLs": {"/hop-long": Out.MALFORMED_ANSWER, "/long-links": Out.OK},
    "sitemap bombs": {"host:maps": Out.OK},
    "server that answers 200 for all": {"host:soft": Out.OK, "host:same": Out.OK},
    "errors and firewalls": {
        "/404": Out.NOT_FOUND, "/410": Out.NOT_FOUND, "/500": Out.SERVER_ERROR, "/503": Out.SERVER_ERROR,
        "/429": Out.RATE_LIMITED, "/challenge": Out.BLOCKED, "/waf-405": Out.BLOCKED,
    },
}  # fmt: skip
# The same by a worker that obeys robots.txt, refuses bad certificates, and asks other name servers.
STRICT_CASES: dict[str, dict[str, Out]] = {
    "nothing wrong": {"/ok": Out.OK},
    "TLS expired": {"tls:expired": Out.TLS_EXPIRED, "tls:early": Out.TLS_EXPIRED},
    "self-signed": {"tls:self-signed": Out.TLS_UNTRUSTED},
    "wrong host": {"tls:wrong-host": Out.TLS_WRONG_HOST},
    "old protocol": {"tls:old": Out.OK, "tls:ancient": Out.TLS_PROTOCOL, "tls:none": Out.TLS_PROTOCOL},
    "broken chain": {"tls:broken-chain": Out.TLS_UNTRUSTED, "tls:unknown-issuer": Out.TLS_UNTRUSTED},
    "DNS answer that changes": {
        "dns:rebound": Out.OK, "dns:both": Out.OK, "dns:inside": Out.NOT_ALLOWED, "dns:mapped": Out.NOT_ALLOWED,
    },
    "robots.txt of 100 MB": {
        "host:robots-huge": Out.OK, "host:robots-line": Out.OK, "host:robots-wild": Out.OK, "host:robots-bomb": Out.OK,
        "host:robots-loop": Out.OK, "host:robots-drip": Out.OK, "host:robots-forbids": Out.NOT_ALLOWED,
        "host:robots-broken": Out.NOT_ALLOWED,
    },
}  # fmt: skip
BUDGETS = {"host:maps": 2}


def html(body: str | bytes, *headers: str, content_type: str = "text/html; charset=utf-8") -> bytes:
    raw = body if isinstance(body, bytes) else body.encode()
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {content_type}", f"Content-Length: {len(raw)}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + raw


FILLER = "<p>" + "公开信息" * 50 + "</p>"
ODD_LINKS = (
    "javascript:void(0)", "mailto:a@b.cn", "tel:110", "data:text/html,x", "#", "#top", "",
    "ftp://a.test/", "weixin://x", "http://user:pw@a.invalid/", "http://user:pw@10.0.0.2/", "http://10.0.0.1/",
    "http://例子.invalid/路径", "http://a.invalid/%zz%E4%BD", "http://a.invalid/\x00nul", "\\\\b.invalid\\b",
    "/a b c", " /ok ", "/ok#part", "http://", "http:///x", "//a.invalid:99999/", "http://[::1", "/" + "x" * 9000,
)  # fmt: skip
# What became of the links of a site: how many ended how.
DEAD, MALFORMED, GOOD = "broken dead", "broken malformed", "ok"
LINKS: dict[str, dict[str, int]] = {
    # Seven of its links lead nowhere by design and are none; two are one address.
    "/odd-links": {DEAD: 7, MALFORMED: 3, "unsupported": 2, "excluded": 2, GOOD: 2},
    "/base": {DEAD: 1}, "/base-private": {"excluded": 1}, "/long-links": {MALFORMED: 40}, "/nested-lists": {GOOD: 1},
    "/frames": {GOOD: 200}, "host:maps": {GOOD: 2_398}, "host:soft": {"broken soft_404": 45}, "/nul": {},
}  # fmt: skip
# Fault of the certificate, and protocol, that a look at the host of a page shows which was read all the same.
LOOKS: dict[str, tuple[Out, str]] = {
    "tls:expired": (Out.TLS_EXPIRED, "TLSv1.3"), "tls:early": (Out.TLS_EXPIRED, "TLSv1.3"),
    "tls:self-signed": (Out.TLS_UNTRUSTED, "TLSv1.3"), "tls:broken-chain": (Out.TLS_UNTRUSTED, "TLSv1.3"),
    "tls:unknown-issuer": (Out.TLS_UNTRUSTED, "TLSv1.3"), "tls:wrong-host": (Out.TLS_WRONG_HOST, "TLSv1.3"),
    "tls:old": (Out.OK, "TLSv1"),
}  # fmt: skip
PAGES: dict[str, bytes] = {
    "/nested": html("<div>" * 1_000_000 + FILLER),
    "/nested-lists": html("<ul><li><a href=/ok>" * 200_000 + FILLER),
    "/huge": html(FILLER * 80_000),
    "/one-title": html(f"<title>{'政府' * 800_000}</title>{FILLER}"),
    "/columns": html("<div class=nav>" + "".join(f"<a href=mailto:{n}@b.cn>栏目{n}</a>" for n in range(120_000))),
    "/long-base": html(
        f"<base href='http://10.0.0.1/{'x' * 1900}/'>" + "".join(f"<a href={n}>x</a>" for n in range(50_000))
    ),
    "/nul": html(b"<p>\0\0\0" + FILLER.encode() + b"\0" * 1000),
    "/wrong-charset": html(FILLER.encode("gbk")),
    "/attributes": html(f"<p {' '.join(f'a{n}=1' for n in range(100_000))}>{FILLER}"),
    "/unclosed": html(f"<a href='/x{FILLER}" * 500),
    "/entities": html("&" * 300_000 + FILLER),
    "/odd-links": html(FILLER + "".join(f'<a href="{link}">x</a>' for link in ODD_LINKS)),
    "/long-links": html(FILLER + "".join(f"<a href='/{n}{'x' * 100_000}'>x</a>" for n in range(40))),
    "/base": html(f'<base href="http://a.invalid/deep/"><a href="x.html">x</a>{FILLER}'),
    "/base-private": html(f'<base href="http://10.0.0.1/"><a href="x.html">x</a>{FILLER}'),
    "/refresh-loop": html('<meta http-equiv="refresh" content="0;url=/refresh-loop?again">'),
    "/script-loop": html("<script>location.href='/script-loop?'+Math.random()</script>"),
    "/frames": html("<frameset>" + "".join(f"<frame src='/frames?{n}'>" for n in range(200)) + "</frameset>"),
    "/image": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n\x89PNG\r\n\x1a\n" + bytes(5000),
    "/pdf": b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nConnection: close\r\n\r\n%PDF-1.4 " + bytes(5000),
    "/page-as-pdf": html(FILLER, content_type="application/pdf"),
}


def month_of(head: str) -> int:
    return int(head.split()[1].partition("?")[2] or 0)


async def calendar(_reader: object, writer: asyncio.StreamWriter, head: str) -> None:
    """A month that names the next, without end."""
    month = month_of(head)
    writer.write(html("".join(f'<a href="/calendar?{month + n}">{n}</a>' for n in (1, 2, -1)) + FILLER))


async def refresh_chain(_reader: object, writer: asyncio.StreamWriter, head: str) -> None:
    """A page that moves on to the next, by turns by meta refresh and by script, without end."""
    number = month_of(head) + 1
    target = f"/refresh-chain?{number}"
    by_meta, by_script = (
        f'<meta http-equiv="refresh" content="0;url={target}">',
        f"<script>location='{target}'</script>",
    )
    writer.write(html(by_meta if number % 2 else by_script))


async def sessions(_reader: object, writer: asyncio.StreamWriter, _head: str) -> None:
    """Every visit finds the same page behind addresses never seen before."""
    key = f"{Random().getrandbits(100):025x}"
    forms = (
        f"/({'S'}({key}))/a.html",
        f"/a.html;jsessionid={key}",
        f"/a.html?sid={key}",
        f"/s/{key}/a.html",
        f"/{key}",
    )
    writer.write(html("".join(f"<a href='{form}'>x</a>" for form in forms) + FILLER))


async def says_not_found(_reader: object, writer: asyncio.StreamWriter, head: str) -> None:
    """200 for all that does not exist, in words only; each such page names more."""
    links = "".join(f"<a href='/nonsense-{Random(head + str(n)).getrandbits(60)}.html'>x</a>" for n in range(3))
    home = head.split()[1] == "/"
    writer.write(html(FILLER + links if home else f"<h1>抱歉，您访问的页面不存在</h1>{links}"))


async def same_for_all(_reader: object, writer: asyncio.StreamWriter, _head: str) -> None:
    """The home page for whatever is asked, with ever other links."""
    writer.write(html(FILLER + "".join(f"<a href='/{Random().getrandbits(60)}/'>x</a>" for _ in range(20))))


def maps(web: "BadServer") -> Callable[..., object]:
    """A site of site maps: endless, packed, and one of a hundred thousand addresses."""
    bodies = {
        "/": html(f"<a href=/sitemap.xml>1</a><a href=/packed.xml>2</a><a href=/map.html>网站地图</a>{FILLER}"),
        "/map.html": html("".join(f"<a href=/{n}>x</a>" for n in range(100_000))),
    }

    async def serve(reader: object, writer: asyncio.StreamWriter, head: str) -> None:
        path = head.split()[1]
        other = {"/sitemap.xml": "/pour-body", "/packed.xml": "/bomb-gzip"}.get(path)
        if other is None:
            writer.write(bodies.get(path, html("x")))
        else:
            await web.behaviours[other](reader, writer, head.replace(path, other, 1))

    return serve


def with_robots(answer: Callable[[], list[bytes]]) -> Callable[..., object]:
    """A good page behind this robots.txt."""

    async def serve(_reader: object, writer: asyncio.StreamWriter, head: str) -> None:
        for part in answer() if head.split()[1] == "/robots.txt" else [html(FILLER)]:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)

    return serve


async def drip_robots(_reader: object, writer: asyncio.StreamWriter, head: str) -> None:
    writer.write(html(FILLER) if head.split()[1] != "/robots.txt" else TEXT + b"User-agent: *\n")
    while head.split()[1] == "/robots.txt":
        writer.write(b"#\n")
        await writer.drain()
        await asyncio.sleep(0.1)


TEXT = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
PACKED_TEXT = TEXT.replace(b"Connection", b"Content-Encoding: gzip\r\nConnection")
RULES = b"User-agent: *\n" + b"".join(b"Disallow: /private/%d/\n" % n for n in range(40_000))
WILD_RULES = b"User-agent: *\n" + b"".join(b"Disallow: /*a*a*a*%d$\n" % n for n in range(40_000))
ROBOTS: dict[str, Callable[[], list[bytes]]] = {
    "huge": lambda: [TEXT, *[RULES] * 100],
    "line": lambda: [TEXT, b"User-agent: *\nDisallow: /", *[b"a" * 1_000_000] * 100],
    "wild": lambda: [TEXT, *[WILD_RULES] * 100],
    "loop": lambda: [b"HTTP/1.1 302 Found\r\nLocation: /robots.txt\r\nConnection: close\r\n\r\n"],
    "forbids": lambda: [TEXT + b"User-agent: *\nDisallow: /\n"],
    "broken": lambda: [b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"],
}


def serve_hosts(web: "BadServer", bomb: bytes) -> None:
    """Everything that a host does on all its paths."""
    web.scripted.update(PAGES)
    web.behaviours.update({"/calendar": calendar, "/refresh-chain": refresh_chain})  # type: ignore[dict-item]
    named = {"sessions": sessions, "soft": says_not_found, "same": same_for_all, "maps": maps(web)}
    named |= {f"robots-{name}": with_robots(answer) for name, answer in ROBOTS.items()}
    named |= {"robots-drip": drip_robots, "robots-bomb": with_robots(lambda: [PACKED_TEXT, bomb])}
    web.hosts.update({f"{name}.localhost": behaviour for name, behaviour in named.items()})  # type: ignore[misc]


def tls_ports(web: "BadServer", authority: trustme.CA) -> dict[str, int]:
    """A port for each way in which TLS goes wrong."""
    now, day = datetime.now(UTC), timedelta(days=1)
    certificates = {
        "expired": authority.issue_cert(TLS_HOST, not_before=now - 9 * day, not_after=now - day),
        "early": authority.issue_cert(TLS_HOST, not_before=now + day, not_after=now + 9 * day),
        "wrong-host": authority.issue_cert("other.localhost"),
        "unknown-issuer": trustme.CA().issue_cert(TLS_HOST),
        "old": authority.issue_cert(TLS_HOST),
    }
    contexts = {
        name: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) for name in (*certificates, "self-signed", "broken-chain")
    }
    for name, certificate in certificates.items():
        certificate.configure_cert(contexts[name])
    lone, child = trustme.CA(), authority.create_child_ca().issue_cert(TLS_HOST)
    with lone.private_key_pem.tempfile() as key, lone.cert_pem.tempfile() as chain:
        contexts["self-signed"].load_cert_chain(chain, key)
    with child.private_key_pem.tempfile() as key, child.cert_chain_pems[0].tempfile() as chain:
        contexts["broken-chain"].load_cert_chain(chain, key)
    contexts["old"].set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        contexts["old"].minimum_version = contexts["old"].maximum_version = ssl.TLSVersion.TLSv1
    ports = {name: web.listen(context) for name, context in contexts.items()}
    return ports | {name: web.listen(name) for name in ("ancient", "reset", "silent")} | {"none": web.port}


class Rebinding:
    """``rebound.test`` is a good site until its home page has been asked for twice (page and probe, in any order).

    Then it leads to 127.0.0.2.
    """

    def __init__(self, flag: Path) -> None:
        self._flag = flag
        self._asked = 0
        self.inner_asked = 0

    async def serve(self, _reader: object, writer: asyncio.StreamWriter, head: str) -> None:
        """The site on the address that is allowed."""
        self._asked += head.startswith("GET / ")
        if self._asked == 2:
            self._flag.touch()
        writer.write(html("".join(f"<a href='/inner-{n}/'>x</a>" for n in range(5)) + FILLER))

    async def serve_inside(self, _reader: object, writer: asyncio.StreamWriter) -> None:
        """What nobody may ever reach."""
        self.inner_asked += 1
        writer.close()


class Peaks:
    """Memory of a worker and its reading processes, in MB: the highest sum at any moment, the high-water marks."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.together = self.worker = self.reader = 0.0

    def look(self) -> None:
        """One more sample."""
        readers = [memory_mb(child) for child in readers_of(self._pid)]
        resident, peak = memory_mb(self._pid)
        self.together = max(self.together, resident + sum(now for now, _ in readers))
        self.worker = max(self.worker, peak)
        self.reader = max(self.reader, *(highest for _, highest in readers), 0.0)


def readers_of(pid: int) -> list[int]:
    """Reading processes of a worker; one that has only just been forked still shows the worker's own memory."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        return [int(child) for child in children if b"extract" in Path(f"/proc/{child}/cmdline").read_bytes()]
    except OSError:
        return []


def memory_mb(pid: int) -> tuple[float, float]:
    """(resident now, high-water mark) of a process; zeros once it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    except OSError:
        return 0.0, 0.0
    found = {name: value.split()[0] for name, _, value in (line.partition(":") for line in lines) if value.split()}
    return int(found.get("VmRSS", 0)) / 1024, int(found.get("VmHWM", 0)) / 1024


def sites_of(names: list[str], web: "BadServer", ports: Mapping[str, int]) -> list[Site]:
    def url(name: str, number: int) -> str:
        kind, _, rest = name.partition(":")
        if kind == "tls":
            return f"https://{TLS_HOST}:{ports[rest]}/ok"
        if rest:
            return web.url("/", f"{rest}.{'localhost' if kind == 'host' else 'test'}")
        return web.url(name, f"h{number}.localhost")

    return [
        Site(code=f"11000{n:05}", name=name, url=url(name, n), region="110000", category=SiteCategory.COUNTY_BELOW)
        for n, name in enumerate(names)
    ]


def inspect(stores: Stores, sites: list[Site], log: Path, command: list[str], **settings: str) -> None:
    """One round of these sites by one worker, within the bounds of time and memory, and with all books balanced."""
    stores.rounds.add(
        Round(
            id="worst", title="", as_of=date(2026, 11, 20), edition="2019", plan="", seed="", registry_digest="",
            sample_digest="", state=RoundState.OPEN, drawn_at=datetime.now(UTC), drill=True,
        ),
        [], [],
    )  # fmt: skip
    stores.inspections.open([Inspection(round_id="worst", site=site, stratum="s") for site in sites])
    stores.queue.submit([
        WorkOrder(round_id="worst", code=site.code, url=site.url, page_budget=BUDGETS.get(site.name, BUDGET),
                  probe_count=1, probe_span_s=1)
        for site in sites
    ])  # fmt: skip
    settings = {
        "VAR_DIR": str(stores.config.var_dir), "MONGO_DATABASE": stores.config.mongo_database, "DOWNLOAD_DELAY_S": "0",
        "ALLOW_NETWORKS": "127.0.0.1/32", "PAGE_TIMEOUT_S": "6", "PROBE_TIMEOUT_S": "6", "LINK_TIMEOUT_S": "6",
        "HOME_RETRIES": "0", "PAGE_RETRIES": "0", "RENDER_PAGES": "0", "LINK_RETRY_PAUSE_S": "0.1",
        "BACKOFF_S": "1", "LONGEST_BACKOFF_S": "2", "SITES_AT_ONCE": "150", "CONCURRENT_PER_PLATFORM": "100",
        "PLATFORM_DELAY_S": "0", "CONCURRENT_PER_HOST": "8", **settings,
    }  # fmt: skip
    environment = {**os.environ, **{f"XUNCHA_{name}": value for name, value in settings.items()}}
    environment["PYTHONPATH"] = str(Path.cwd())
    with log.open("wb") as output:
        arguments = [sys.executable, *command, "worker", "--round", "worst", "--until-idle"]
        worker = subprocess.Popen(arguments, env=environment, stdout=output, stderr=output)
    began, peaks = time.monotonic(), Peaks(worker.pid)
    try:
        while worker.poll() is None and time.monotonic() - began < LONGEST_S:
            peaks.look()
            time.sleep(0.05)
    finally:
        worker.kill()
        worker.wait()
    said = log.read_text("utf-8")
    assert worker.returncode == 0, said[-4000:]
    print(  # noqa: T201
        f"{len(sites)} behaviours, {time.monotonic() - began:.0f} s; peak {peaks.worker:.0f} MB of the worker, "
        f"{peaks.reader:.0f} MB of its reader, {peaks.together:.0f} MB together"
    )
    books = RedisFrontierStatus(stores.redis).read("worst")
    assert (books.site_balance, books.request_balance, books.requests_left, books.requests_given_up) == (0, 0, 0, {})
    assert "Traceback" not in said
    assert "不含事实" not in said
    assert peaks.worker + peaks.reader < MOST_MEMORY_MB


def outcomes(stores: Stores, sites: list[Site]) -> dict[str, Out]:
    """Outcome of each home page. What follows from one is bounded by its budget, and each has had its probe."""
    seen = {}
    for site in sites:
        pages = {page.url: page for page in stores.observations.pages("worst", site.code)}
        budget = BUDGETS.get(site.name, BUDGET)
        assert len(pages) <= budget * 3 + 8, site.name
        assert len(stores.observations.links("worst", site.code)) <= budget * 200 + 2_000, site.name
        assert len(stores.observations.probes("worst", site.code)) == 1, site.name
        seen[site.name] = pages[site.url].outcome
    return seen


def code_of(sites: list[Site], name: str) -> str:
    return next(site.code for site in sites if site.name == name)


def links_of(stores: Stores, sites: list[Site], name: str) -> dict[str, int]:
    """How many links of a site ended how: outcome, and defect where there is one."""
    links = stores.observations.links("worst", code_of(sites, name))
    return dict(Counter(f"{link.outcome} {link.defect or ''}".strip() for link in links))


def look_at(stores: Stores, sites: list[Site], name: str) -> tuple[Out, str]:
    """(outcome of TLS, its version) of a site's host."""
    (host,) = stores.observations.hosts("worst", code_of(sites, name))
    return host.https, host.certificate.protocol if host.certificate is not None else ""


def flat(cases: Mapping[str, Mapping[str, Out]]) -> dict[str, Out]:
    return {name: outcome for each in cases.values() for name, outcome in each.items()}


@pytest.fixture
def ports(web: "BadServer", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """All hostile hosts, and the ports with TLS, whose authority workers know."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    serve_hosts(web, web.bombs["gzip"])
    return tls_ports(web, authority)


def test_a_worker_survives_the_worst_of_the_web(
    web: "BadServer", ports: dict[str, int], mongo_stores: Stores, tmp_path: Path
) -> None:
    expected = flat(CASES)
    sites = sites_of(sorted(expected), web, ports)
    inspect(mongo_stores, sites, tmp_path / "worker.log", ["-m", "cli.main"])
    seen = outcomes(mongo_stores, sites)
    assert {name: outcome for name, outcome in seen.items() if outcome is not expected[name]} == {}
    assert {name: links_of(mongo_stores, sites, name) for name in LINKS} == LINKS
    assert {name: look_at(mongo_stores, sites, name) for name in LOOKS} == LOOKS


def test_a_strict_worker_survives_it_too(
    web: "BadServer", ports: dict[str, int], mongo_stores: Stores, tmp_path: Path
) -> None:
    """One that obeys robots.txt and refuses bad certificates, among names that lead elsewhere the next time."""
    expected = flat(STRICT_CASES)
    rebinding = Rebinding(tmp_path / "flag")
    web.hosts |= {"rebound.test": rebinding.serve, "both.test": sessions}
    web.serve("127.0.0.2", rebinding.serve_inside)
    sites = sites_of(sorted(expected), web, ports)
    command = [str(CHANGING_NAMES), str(tmp_path / "flag")]
    inspect(mongo_stores, sites, tmp_path / "worker.log", command, ROBOTS="obey", TLS_LENIENT="0")
    seen = outcomes(mongo_stores, sites)
    assert {name: outcome for name, outcome in seen.items() if outcome is not expected[name]} == {}
    pages = mongo_stores.observations.pages("worst", code_of(sites, "dns:rebound"))
    assert Counter(page.outcome for page in pages) == {Out.OK: 1, Out.NOT_ALLOWED: 5}
    assert rebinding.inner_asked == 0
