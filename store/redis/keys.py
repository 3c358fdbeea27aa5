"""Names of all Redis keys. Braces are cluster hash tags: keys that one script touches share a tag."""

PREFIX = "xuncha"
ROUNDS = f"{PREFIX}:rounds"
"""Set of the rounds that have work."""
BRAKE = f"{PREFIX}:brake"
"""JSON: why and since when all crawling is halted; absent while it runs."""

ALLOWANCES = [f"{PREFIX}:{{machines}}:{name}" for name in ("holders", "owners", "waiters", "joined", "sizes")]
"""Sorted set: machine by expiry of its claim in ms. Hashes: machine -> worker, machine -> who waits and since when,
machine or certificate -> the machine that it is a part of, such a machine -> how many addresses it has."""

GIVEN_UP = "given_up:"
"""What the names of counters begin with that go by a reason."""


class RoundKeys:
    """Keys of one round; they share a hash tag.

    A site's order is always in exactly one of ``queued``, ``resting`` (outside its crawl window), ``leases``,
    ``crawled`` (crawl complete, probes still to come), ``ending`` (all complete, to be marked in MongoDB) and ``done``.
    """

    NAMES = (
        "orders",  # hash: site code -> order as JSON, until the site is done
        "queued",  # sorted set: site code by rank
        "resting",  # sorted set: site code by the time in ms at which its crawl window opens
        "leases",  # sorted set: site code by expiry in ms
        "owners",  # hash: site code -> fencing token of the lease
        "flight",  # hash: site code -> requests in flight, as last reported by the owner
        "fence",  # counter: the last fencing token given out
        "crawled",  # set
        "ending",  # set
        "done",  # set
        "starts",  # hash: site code -> time of the first lease in ms, the origin of its probe series
        "vantages",  # set: vantage points that have probe series
        "left",  # hash: site code -> probes not stored yet, of all vantage points
        "totals",  # hash: probes_left, probes_left:<vantage>; of crawled sites: requests_added, requests_stored,
        # given_up:<reason>
        "targets",  # hash: fingerprint of an external link target -> its last check as JSON
        "checking",  # hash: fingerprint of such a target -> worker that is about to check it
        "checkers",  # sorted set: such a worker by expiry of its claims in ms
    )

    def __init__(self, round_id: str) -> None:
        self._tag = f"{PREFIX}:{{{round_id}}}"

    def named(self, *names: str) -> list[str]:
        """Full names, in order."""
        return [f"{self._tag}:{name}" for name in names]

    def due(self, vantage: str = "") -> str:
        """Sorted set: "code:sequence" of the next probe of each series of a vantage point by due time in ms.

        Without a vantage point, what all such names begin with.
        """
        return f"{self._tag}:due:{vantage}"

    def claims(self, vantage: str) -> str:
        """Sorted set: "code:sequence" of probes that are being made from a vantage point by expiry in ms."""
        return f"{self._tag}:claims:{vantage}"

    def __getitem__(self, name: str) -> str:
        return f"{self._tag}:{name}"


class SiteKeys:
    """Keys of one site's crawl in one round; they share a hash tag of their own.

    ``state`` hash: token, step, memo; ``counts`` hash: added, stored, given_up:<reason>; ``tasks`` hash: segment -> the
    requests that one step added (see :mod:`store.redis.task_book`); ``ended`` hash: segment -> places in it whose
    requests have ended, two bytes each; ``seen`` string: fingerprints of all known addresses, eight bytes each.
    """

    def __init__(self, round_id: str, code: str) -> None:
        tag = f"{PREFIX}:{{{round_id}:{code}}}"
        self.state = f"{tag}:state"
        self.tasks = f"{tag}:tasks"
        self.seen = f"{tag}:seen"
        self.ended = f"{tag}:ended"
        self.counts = f"{tag}:counts"

    def all(self) -> list[str]:
        """The keys in the order in which scripts take them."""
        return [self.state, self.tasks, self.seen, self.ended, self.counts]
