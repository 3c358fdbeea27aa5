"""The books of a round's frontier: every order and every request is somewhere, exactly once."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from redis import Redis

from store.redis.frontier_scripts import Scripts, redis_errors
from store.redis.keys import RoundKeys, SiteKeys

_GIVEN_UP = "given_up:"
_BATCH = 500


class FrontierStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Where the sites and the requests of a round are.

    Sites: ``queued`` + ``leased`` + ``crawled`` (probes still to come) + ``ending`` (to be marked in MongoDB) are
    the ``open`` ones. Requests: every one ``added`` is ``stored``, ``given_up`` (by reason), or left: in flight or
    still queued. What is left is counted entry by entry, not computed, so that the balances can be other than zero.
    """

    round_id: str
    sites_open: int
    sites_queued: int
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
        places = self.sites_queued + self.sites_leased + self.sites_crawled + self.sites_ending
        return self.sites_open - places

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
        names = ("orders", "queued", "leases", "crawled", "ending", "done", "flight", "totals")
        answer = self._scripts.run("frontier_orders", RoundKeys(round_id).named(*names), [])
        orders, queued, leased, crawled, ending, done, codes, flight, totals = answer
        books = _counter(totals)
        left = marks = 0
        for start in range(0, len(codes), _BATCH):
            for site_left, state, size in self._sites(round_id, codes[start : start + _BATCH]):
                left += site_left
                marks += size // 8
                found = _counter(state)
                books.update({f"requests_{name}": found[name] for name in ("added", "stored")})
                books.update({name: number for name, number in found.items() if name.startswith(_GIVEN_UP)})
        return FrontierStatus(
            round_id=round_id,
            sites_open=orders,
            sites_queued=queued,
            sites_leased=leased,
            sites_crawled=crawled,
            sites_ending=ending,
            sites_done=done,
            requests_added=books["requests_added"],
            requests_stored=books["requests_stored"],
            requests_given_up={
                name.removeprefix(_GIVEN_UP): number
                for name, number in sorted(books.items())
                if name.startswith(_GIVEN_UP)
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


def _counter(fields: Sequence[bytes]) -> Counter[str]:
    """The numbers of a hash, given as name and value in turn."""
    pairs = zip(fields[::2], fields[1::2], strict=True)
    return Counter({name.decode(): int(value) for name, value in pairs if value.lstrip(b"-").isdigit()})
