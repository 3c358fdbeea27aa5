"""Sites that are not to be visited for a time: their operators, or ours, have asked so (退出检查)."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from inspection.registry.address import SiteScope, host_of


class OptOut(msgspec.Struct, frozen=True, kw_only=True):
    """A site is left alone from ``since`` on, before ``until`` where that is given. ``url`` is its registered address.

    Identity: code and ``since``. One that is over stays on record, since it bears on the rounds of its time.
    """

    code: str
    url: str
    reason: str
    since: datetime
    until: datetime | None = None

    def is_in_force(self, now: datetime) -> bool:
        """Whether the site is to be left alone at a moment."""
        return self.since <= now and (self.until is None or now < self.until)

    def touches(self, first: datetime, last: datetime) -> bool:
        """Whether it was in force at any moment of a period (both ends included)."""
        return self.since <= last and (self.until is None or self.until > first)


class OptedOut:
    """Those that are in force, as they are asked about for every address."""

    def __init__(self, opt_outs: Iterable[OptOut] = ()) -> None:
        self._all = {each.code: each for each in opt_outs}
        self._scopes: dict[str, list[tuple[SiteScope, OptOut]]] = {}
        for each in self._all.values():
            self._scopes.setdefault(_name(each.url), []).append((SiteScope.of(each.url), each))

    def __bool__(self) -> bool:
        return bool(self._all)

    def __contains__(self, code: object) -> bool:
        return code in self._all

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OptedOut) and self._all == other._all

    __hash__ = None  # type: ignore[assignment]

    def objection(self, url: str) -> str | None:
        """Why a canonical address must not be asked: it belongs to such a site. English, for operators."""
        if not self._scopes:
            return None
        for scope, opt_out in self._scopes.get(_name(url), ()):
            if scope.contains(url):
                return f"the site {opt_out.code} has opted out: {opt_out.reason}"
        return None


def _name(url: str) -> str:
    """What all addresses of a site have in common: sites are told apart more closely by their scope."""
    return host_of(url).removeprefix("www.")
