"""Two workers, one Redis: what a machine gets of both together."""

from collections import Counter
from collections.abc import Callable
from uuid import uuid4

import pytest
from redis import Redis

from crawler.frontier.host_queues import HostQueues, Lane
from crawler.frontier.pace import HostPaces, PaceRules
from crawler.frontier.platforms import Platforms
from crawler.frontier.turns import Turns
from store.redis.allowances import RedisAllowances

AT_ONCE = 4
REQUESTS = 30
HOSTS = "abcdef"


class Worker:
    """Queues, machines and their exchange with Redis, without threads."""

    def __init__(self, client: Redis, name: str, addresses: dict[str, str], now: Callable[[], float]) -> None:
        self._now = now
        self._addresses = addresses
        self._certificate = name.partition(" ")[0].encode()
        self.platforms = Platforms(at_once=AT_ONCE, delay_s=0, now=now)
        paces = HostPaces(PaceRules(delay_s=0), now=now)
        self.queues = HostQueues[str](per_host=2, paces=paces, now=now, platforms=self.platforms)
        self.turns = Turns(
            platforms=self.platforms,
            allowances=RedisAllowances(client, worker=name),
            lease_s=30,
            most_addresses=9,
            now=now,
            call=lambda action: action(),
            granted=self._granted,
            joined=self._joined,
        )
        self.under_way: list[str] = []
        for host in HOSTS:
            for n in range(REQUESTS):
                self.queues.push(Lane.PAGES, host, f"{host}{n}")

    def _granted(self, keys: list[str], until: float) -> None:
        for key in keys:
            platform = self.platforms.grant(key, until=until)
            if platform is not None:
                self.queues.granted(platform)

    def _joined(self, key: str, whole: str) -> None:
        both = self.platforms.join(key, whole)
        if both is not None:
            self.queues.joined(*both)

    def step(self) -> None:
        """What is under way is answered, the machines change hands, and what may be asked now is asked."""
        for host in self.under_way:
            self.queues.release(host)
            self.platforms.shown(host, self._certificate)
        while (host := self.platforms.next_to_place()) is not None:
            self.platforms.place(host, [self._addresses[host]])
            self.queues.placed(host)
        self.turns._renewed_at = float("-inf")
        self.turns.take()
        self.under_way = []
        while (popped := self.queues.pop(Lane.PAGES)) is not None:
            self.under_way.append(popped[0])


@pytest.mark.parametrize("join", [False, True], ids=["one address", "one certificate"])
def test_a_machine_gets_its_allowance_of_all_workers_together(redis_url: str, join: bool) -> None:
    run = uuid4().int % 2**32
    block = f"2001:db8:{run >> 16:x}:{run & 0xFFFF:x}"
    addresses = {host: f"{block}::{n if join else 1:x}" for n, host in enumerate(HOSTS)}
    clock = [0.0]
    client = Redis.from_url(redis_url)
    workers = [Worker(client, f"{block} {n}", addresses, lambda: clock[0]) for n in range(2)]
    asked: list[Counter[str]] = [Counter(), Counter()]
    settled = False
    for _ in range(2000):
        for each, count in zip(workers, asked, strict=True):
            each.step()
            count.update(each.under_way)
            clock[0] += 0.3
        at_once = sum(len(each.under_way) for each in workers)
        settled = (
            settled
            or not join
            or len({*workers[0].platforms._keys.values()}) == 1 == len({*workers[1].platforms._keys.values()})
        )
        assert not settled or at_once <= AT_ONCE
        if not any(each.queues.waiting(Lane.PAGES) for each in workers):
            break
    assert [count.total() for count in asked] == [REQUESTS * len(HOSTS)] * 2
    assert settled
    client.close()
