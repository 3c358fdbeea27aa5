"""How many pages are fetched twice when workers are killed (``kill -9``) at random in the middle of a round.

    python benchmarks/kills.py [--sites 40] [--pages 400] [--kills 20] [--seed 1]

Three workers at the usual pace per host; every few seconds one of them is killed, and another one is started. At the
end the books must balance, every page must be stored, and no page may be fetched twice but what a killed worker had
under way or not stored yet.
"""

import argparse
import json
import random
import sys
import time
from urllib.request import urlopen

from benchmarks.crawl_speed import COUNTS, embedded_stores, host, open_round, order, start_worker, web
from store.redis.frontier_status import RedisFrontierStatus
from store.stores import Stores

ROUND = "kills"
WORKERS = 3
LATENCY_S = 0.02
SETTINGS = {
    "CONCURRENT_PER_HOST": "1",
    "DOWNLOAD_DELAY_S": "0.5",
    "LEASE_S": "3",
    "FLUSH_EVERY_S": "0.1",
    "SITES_AT_ONCE": "20",
}


def main() -> None:
    """Print what was fetched, what twice, and the books."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sites", type=int, default=40)
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with (
        web(options.sites, options.pages, LATENCY_S) as port,
        embedded_stores() as config,
        Stores(config) as stores,
    ):
        open_round(stores, ROUND)
        order(stores, ROUND, port, range(options.sites), options.pages)
        books = RedisFrontierStatus(stores.redis)
        workers = [start_worker(config, ROUND, **SETTINGS) for _ in range(WORKERS)]
        killed = 0
        try:
            while (done := stores.queue.progress(ROUND).done) < options.sites:
                time.sleep(chance.uniform(2, 6) if killed < options.kills else 0.5)
                if killed < options.kills:
                    place = chance.randrange(WORKERS)
                    workers[place].kill()
                    workers[place].wait()
                    workers[place] = start_worker(config, ROUND, **SETTINGS)
                    killed += 1
                    seen = books.read(ROUND)
                    print(
                        f"  kill {killed}: {seen.requests_stored} stored, {done} sites done, balance "
                        f"{seen.site_balance} {seen.request_balance}",
                        file=sys.stderr,
                    )
        finally:
            for process in workers:
                process.kill()
                process.wait()
        stored = stores.database["pages"].count_documents({"round_id": ROUND})
        seen = books.read(ROUND)
        with urlopen(f"http://{host(0)}:{port}{COUNTS.decode()}") as answered:
            different, asked = json.loads(answered.read())
    print(f"workers killed                {killed}")
    print(f"pages stored                  {stored} of {options.sites * options.pages}")
    print(f"balance of sites, requests    {seen.site_balance}, {seen.request_balance}; left {seen.requests_left}")
    print(f"pages fetched twice           {asked - different} of {different} ({(asked - different) / different:.2%})")


if __name__ == "__main__":
    main()
