"""Pages per second of 1, 2 and 4 workers on a web that answers after 300 ms.

    python benchmarks/scaling.py [--sites 48] [--pages 60] [--runs 3]

Every worker crawls six sites at a time with two requests at a time for each, as politeness asks for, so that a worker
waits for the web most of the time. Workers are warm: each has read pages of other sites before time is taken, from
the order of the sites until the last one is finished in MongoDB.
"""

import argparse
import sys
import time
from statistics import median

from benchmarks.crawl_speed import embedded_stores, open_round, order, start_worker, web
from store.config import StoreConfig
from store.stores import Stores

LATENCY_S = 0.3
WORKERS = (1, 2, 4)
SITES_AT_ONCE = 6


def measured(config: StoreConfig, port: int, name: str, *, workers: int, sites: int, pages: int) -> float:
    """Pages per second of so many workers together."""
    warming = SITES_AT_ONCE * workers
    with Stores(config) as stores:
        open_round(stores, name)
        processes = [
            start_worker(
                config, name, SITES_AT_ONCE=str(SITES_AT_ONCE), CONCURRENT_PER_HOST="2", DOWNLOAD_DELAY_S="0",
                DELAY_FACTOR="0", PLATFORM_DELAY_S="0",
            )
            for _ in range(workers)
        ]  # fmt: skip
        try:
            time.sleep(2 + 2 * workers)
            order(stores, name, port, range(sites, sites + warming), 4)
            while stores.queue.progress(name).done < warming:
                time.sleep(0.1)
            before = stores.database["pages"].count_documents({"round_id": name})
            began = time.perf_counter()
            order(stores, name, port, range(sites), pages)
            while stores.queue.progress(name).done < warming + sites:
                time.sleep(0.05)
            seconds = time.perf_counter() - began
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()
        stored = stores.database["pages"].count_documents({"round_id": name}) - before
        print(f"  {workers} workers: {stored} pages in {seconds:.1f} s", file=sys.stderr)
        return stored / seconds


def main() -> None:
    """Print the rates and how they grow."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sites", type=int, default=48)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    rates: dict[int, list[float]] = {workers: [] for workers in WORKERS}
    everywhere = options.sites + SITES_AT_ONCE * max(WORKERS)
    with web(everywhere, options.pages, LATENCY_S) as port, embedded_stores() as config:
        for run in range(options.runs):
            for workers in WORKERS:
                name = f"run{run}-{workers}"
                rate = measured(config, port, name, workers=workers, sites=options.sites, pages=options.pages)
                rates[workers].append(rate)
    print(f"{LATENCY_S * 1000:.0f} ms latency, {SITES_AT_ONCE} sites at once per worker, median of {options.runs}:")
    for workers, each in rates.items():
        print(f"{workers} workers {median(each):8.1f} pages/s {median(each) / median(rates[1]):6.2f}x")


if __name__ == "__main__":
    main()
