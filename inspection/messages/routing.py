"""Which site a message is about, and which office answers for it; what is not clear goes to people."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from inspection.offices import Office
from inspection.registry import Site, SiteStatus
from inspection.registry.address import SiteScope, canonical, host_of


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Site and office of a message; ``unclear`` says in Chinese what people must settle, empty where all is clear."""

    site: Site | None = None
    office: Office | None = None
    unclear: str = ""


class Router:
    """Routes by the site code, else by the host of the address; prepared once for many messages."""

    def __init__(self, sites: Iterable[Site], offices: Iterable[Office]) -> None:
        self._by_code: dict[str, Site] = {}
        self._by_host: dict[str, list[tuple[SiteScope, Site]]] = defaultdict(list)
        for site in sites:
            self._by_code[site.code] = site
            self._by_host[bare_host(site.url)].append((SiteScope.of(site.url), site))
        self._offices = tuple(offices)
        self._office_of: dict[tuple[str, str], Route] = {}

    def route(self, code: str, address: str) -> Route:
        """Where a message goes; ``code`` and ``address`` as the sender gave them, either may be empty."""
        site = self._by_code.get(code.lower())
        if site is not None:
            return self._to_office(site)
        url = canonical_address(address)
        if url is None:
            return Route(unclear=f"登记中没有标识码 {code}" if code else "没有可用的网址或标识码")
        found = self._at(url)
        if len(found) == 1:
            return self._to_office(found[0])
        host = host_of(url)
        return Route(
            unclear=f"{host} 上登记了 {len(found)} 个网站，无法确定" if found else f"登记中没有 {host} 上的网站"
        )

    def _at(self, url: str) -> list[Site]:
        """Registered sites that the address lies in, of the deepest directory; running ones before closed ones."""
        found = [(scope, site) for scope, site in self._by_host.get(bare_host(url), ()) if scope.contains(url)]
        running = [each for each in found if each[1].status is not SiteStatus.CLOSED] or found
        deepest = max((len(scope.directory) for scope, _ in running), default=0)
        return [site for scope, site in running if len(scope.directory) == deepest]

    def _to_office(self, site: Site) -> Route:
        key = (site.region, site.code[:4])
        if key not in self._office_of:
            self._office_of[key] = responsible(site, self._offices)
        return msgspec.structs.replace(self._office_of[key], site=site)


def responsible(site: Site, offices: Iterable[Office]) -> Route:
    """The office of the smallest scope that covers a site."""
    covering = [office for office in offices if office.covers(site)]
    longest = max((len(office.scope) for office in covering), default=0)
    closest = [office for office in covering if len(office.scope) == longest]
    if len(closest) == 1:
        return Route(site=site, office=closest[0])
    if not closest:
        return Route(site=site, unclear="没有登记负责该网站的单位")
    return Route(site=site, unclear=f"有 {len(closest)} 个单位负责该网站：{_names(closest)}")


def _names(offices: Sequence[Office]) -> str:
    return "、".join(sorted(office.name for office in offices))


def canonical_address(address: str) -> str | None:
    """What people write, with or without ``http://``."""
    if not address:
        return None
    return canonical(address if "://" in address else f"http://{address}")


def bare_host(url: str) -> str:
    """Host without ``www.``: sites are told apart more closely by their scope."""
    return host_of(url).removeprefix("www.")
