"""The books of a round's frontier: every order and every request is somewhere, exactly once."""

from collections.abc import Sequence
from typing import Any

import msgspec
from redis import Redis

from store.redis.frontier import FINGERPRINT_BYTES
from store.redis.frontier_scripts import Scripts, batches, numbers, paired, redis_errors
from store.redis.keys import GIVEN_UP, RoundKeys, SiteKeys


class FrontierStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Where the sites and the requests of a round are.

    Sites: ``queued`` + ``resting`` (outside their crawl window) + ``leased`` + ``crawled`` (probes still to come) +
    ``ending`` (to be marked in MongoDB) are the ``open`` ones. Requests: every one ``added`` is ``stored``,
    ``given_up`` (by reason), or left: in flight or still queued. What is left is counted entry by entry, not computed,
    so that the balances can be other than zero.
    """

    round_id: str
    sites_open: int
    sites_queued: int
    sites_resting: int
    sites_leased: int
    sites_crawled: int
    sites_ending: int
    sites_done: int
    requests_added: int
    requests_stored: int
    requests_given_up: dict[str, int]
    requests_left: int
    requests_in_flight: int
    addresses_known: int

    @property
    def site_balance(self) -> int:
        """Sites that are nowhere, or (negative) in two places; zero in good order."""
        waiting = self.sites_queued + self.sites_resting
        return self.sites_open - waiting - self.sites_leased - self.sites_crawled - self.sites_ending

    @property
    def request_balance(self) -> int:
        """Requests lost, or (negative) ended more than once; zero in good order."""
        given_up = sum(self.requests_given_up.values())
        return self.requests_added - self.requests_stored - given_up - self.requests_left


class RedisFrontierStatus:
    """Reads the books, while workers go on."""

    def __init__(self, client: Redis) -> None:
        self._client: Any = client
        self._scripts = Scripts(client)

    def read(self, round_id: str) -> FrontierStatus:
        """The books of a round; all zero for an unknown one.

        Each site's requests are read at one moment. A site is in balance at any moment, so the sum is, too, though
        sites are read one after the other.
        """
        names = ("orders", "queued", "leases", "crawled", "ending", "done", "flight", "totals", "resting")
        answer = self._scripts.run("frontier_orders", RoundKeys(round_id).named(*names), [])
        orders, queued, leased, crawled, ending, done, resting, codes, flight, totals = answer
        books = numbers(paired(totals))
        left = marks = 0
        for batch in batches(codes):
            for site_left, counts, size in self._sites(round_id, batch):
                left += site_left
                marks += size // FINGERPRINT_BYTES
                for name, number in numbers(paired(counts)).items():
                    books[name if name.startswith(GIVEN_UP) else f"requests_{name}"] += number
        return FrontierStatus(
            round_id=round_id,
            sites_open=orders,
            sites_queued=queued,
            sites_resting=resting,
            sites_leased=leased,
            sites_crawled=crawled,
            sites_ending=ending,
            sites_done=done,
            requests_added=books["requests_added"],
            requests_stored=books["requests_stored"],
            requests_given_up={
                name.removeprefix(GIVEN_UP): number
                for name, number in sorted(books.items())
                if name.startswith(GIVEN_UP)
            },
            requests_left=left,
            requests_in_flight=min(int(flight), left),
            addresses_known=marks,
        )

    def _sites(self, round_id: str, codes: Sequence[bytes]) -> list[Any]:
        script = self._scripts.registered("frontier_requests")
        with redis_errors():
            pipe = self._client.pipeline(transaction=False)
            for code in codes:
                script(keys=SiteKeys(round_id, code.decode()).all(), client=pipe)
            return list(pipe.execute())
