"""The only URL helper: canonical form, resolution of what pages write, and the bounds of one site.

Canonical form: scheme and host in lower case, host in punycode, default port and fragment dropped, an empty
path written ``/``, dot segments removed, white space and backslashes as browsers read them, percent-encoding
normalised (unreserved characters plain, everything unsafe encoded in upper case). Query order is kept: to
some servers it matters.
"""

import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import msgspec

MAX_LENGTH = 2048
"""Longer addresses are refused, as browsers and servers do."""
_KEPT_LENGTH = 512
"""Answers for longer ones are not kept for the next question: pages may be made of nothing but long addresses."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_WEB_SCHEMES = frozenset(_DEFAULT_PORTS)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ABSOLUTE = re.compile(r"https?://[^/?#\s]\S*", re.IGNORECASE)
_PLAIN_PATH = re.compile(r"(?:(?:\.\.?/)+(?!/))?(?!.*(?://|/\.))(?:/|/?[\w%~-][^\s\x00-\x1f\x7f:;]*)")
_CANONICAL = re.compile(
    r"https?://([a-z0-9.-]+)(?::[1-9]\d{3})?(?:/(?!\.)[\w~!$&'()*+,;=:@.-]*)+(?:\?[\w~!$&'()*+,;=:@./?\[\]|{}^`-]+)?",
    re.ASCII,
)
"""Addresses that are canonical as they stand, if their host is: by far most of all, and not to be taken apart."""
_NOT_APPENDED = re.compile(r"//|/\.|;")
_IGNORED_WHITE_SPACE = re.compile(r"[\t\r\n]")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?")
_IPV6 = re.compile(r"[0-9a-f:.]+")
_GOVERNMENT = re.compile(r"(?:^|\.)(?:gov\.cn|政务|xn--zfr164b)$")
_PLAIN_HOST = re.compile(r"https?://([a-z0-9.-]+)(?::\d{1,5})?(?:/|$)")
_NUMBER = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)$")
"""Hosts that browsers read as IPv4 addresses, as their last label is a number."""
_RESERVED = (".localhost", ".test", ".example")
_SHARED_DOMAIN = re.compile(
    r"(?:^|\.)(?:(?:com|net|org|gov|edu|mil|ac|co)\.[a-z]{2}|(?:bj|sh|tj|cq|he|sx|nm|ln|jl|hl|js|zj|ah|fj|jx|sd|ha|hb|hn|gd"
    r"|gx|hi|sc|gz|yn|xz|sn|gs|qh|nx|xj|tw|hk|mo)\.cn)$"
)
"""Second-level domains in which anybody registers names: the usual ones of all countries, and of China's provinces."""
_HOME_FILES = re.compile(r"(index|default|main|home)\.(html?|shtml|jsp|aspx?|php|do)", re.IGNORECASE)


def scheme_of(raw: str) -> str | None:
    """Scheme that a written reference names, in lower case; None for a relative one."""
    match = _SCHEME.match(raw.strip())
    return match.group()[:-1].lower() if match else None


def canonical(url: str) -> str | None:
    """Canonical form of an absolute http(s) address; None where it is none, or no browser could open it."""
    return _canonical_kept(url) if len(url) <= _KEPT_LENGTH else _canonical(url)


def _canonical(url: str) -> str | None:
    plain = _CANONICAL.fullmatch(url)
    if plain is not None and len(url) <= MAX_LENGTH and _canonical_host(plain.group(1)) == plain.group(1):
        return url
    text = _plain(url)
    if len(text) > MAX_LENGTH:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    host = _canonical_host(parts.hostname or "")
    if scheme not in _WEB_SCHEMES or host is None or port == 0:
        return None
    netloc = host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    return urlunsplit((scheme, netloc, _canonical_path(parts.path), _encode(parts.query, "/?:@!$&'()*+,;=[]|{}^`"), ""))


_canonical_kept = lru_cache(maxsize=65536)(_canonical)


def resolve(base: str, raw: str) -> str | None:
    """Absolute canonical address of what a page at ``base`` wrote; None where it is no usable http(s) address."""
    if len(base) + len(raw) > _KEPT_LENGTH:
        return _resolve(base, raw)
    return _resolve_kept(_starts(base)[_start_needed(raw)], raw)


@lru_cache(maxsize=4096)
def _starts(base: str) -> tuple[str, str, str, str]:
    """As much of a base as an answer may hang on: nothing, its origin, its directory, all.

    Answers are kept by that, so that what all pages of a site or a directory write alike is resolved once.
    """
    origin, directory = _place(base) or (base, base)
    return "", origin, directory, base


@lru_cache(maxsize=65536)
def _start_needed(raw: str) -> int:
    """Which of them a reference starts from."""
    text = _plain(raw)
    if _ABSOLUTE.fullmatch(text):
        return 0
    if not _PLAIN_PATH.fullmatch(text):
        return 3
    return 1 if text[0] == "/" else 2


def _plain(raw: str) -> str:
    """A reference as browsers read it."""
    return _IGNORED_WHITE_SPACE.sub("", raw.strip()).replace("\\", "/")


def _resolve(base: str, raw: str) -> str | None:
    text = _plain(raw)
    if not text:
        return None
    try:
        return canonical(_joined(base, text))
    except ValueError:
        return None


_resolve_kept = lru_cache(maxsize=65536)(_resolve)


def _joined(base: str, text: str) -> str:
    """What ``urljoin`` gives; the forms that most references have need no parsing of both addresses."""
    if _ABSOLUTE.fullmatch(text):
        return text
    place = _place(base) if _PLAIN_PATH.fullmatch(text) else None
    if place is None:
        return urljoin(base, text)
    if text[0] == "/":
        return place[0] + text
    root, directory = place
    while text[0] == ".":
        dots, _, text = text.partition("/")
        if dots == ".." and len(directory) > len(root) + 1:
            directory = directory[: directory.rindex("/", 0, -1) + 1]
    return directory + text


@lru_cache(maxsize=4096)
def _place(base: str) -> tuple[str, str] | None:
    """(scheme and host, the same with the directory) of an address; None where joining is not mere appending."""
    try:
        parts = urlsplit(base)
    except ValueError:
        return None
    if parts.scheme not in _WEB_SCHEMES or not parts.netloc or _NOT_APPENDED.search(parts.path):
        return None
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin, f"{origin}{parts.path.rpartition('/')[0]}/"


def host_of(url: str) -> str:
    """Host of an address in lower case, without port; empty where there is none."""
    plain = _PLAIN_HOST.match(url)  # canonical addresses nearly all: no need to take them apart in full
    if plain is not None:
        return plain.group(1)
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def is_internal(url: str) -> bool:
    """Whether a host is given by a number that is no address of the public Internet: this machine, a private network.

    Numbers in the spellings of old (``127.1``, ``0x7f000001``) are none, either. Names below ``.localhost`` are those
    of drills.
    """
    host = host_of(url).rstrip(".")
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or _NUMBER.search(host) is not None
    return not address.is_global or address.is_multicast


def public_name(host: str) -> str:
    """The name that a host stands for: drills put a name that cannot exist on the public web behind it (RFC 6761)."""
    for suffix in _RESERVED:
        host = host.removesuffix(suffix)
    return host


def is_government(host: str) -> bool:
    """Whether a host lies in a domain that only the government may use: .gov.cn, .政务 (国办发〔2018〕55号)."""
    return _GOVERNMENT.search(public_name(host)) is not None


def registrable_domain(host: str) -> str:
    """The part of a host's name that its owner registered: ``qingshan.gov.cn`` for ``www.jyj.qingshan.gov.cn``."""
    name = public_name(host).removeprefix("www.")
    labels = name.split(".")
    if labels[-1].isdigit():
        return host
    return ".".join(labels[-3:] if _SHARED_DOMAIN.search(name) else labels[-2:])


class SiteScope(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds of one site.

    A site is everything on its host, with or without ``www.``, over http or https, on the same port (the
    default ports of both schemes are one). Other hosts of the same owner are other sites: columns are to
    keep the site's host (国办发〔2017〕47号). A site that lives in a sub-directory of a shared host ends at that
    directory. ``home`` is the canonical address of the home page, ``also_home`` are the addresses that it leads to
    by redirects.
    """

    home: str
    authority: str
    directory: str
    also_home: frozenset[str] = frozenset()

    @classmethod
    def of(cls, home_url: str) -> "SiteScope":
        """Bounds of the site whose home page is at ``home_url`` (absolute http or https)."""
        home = canonical(home_url) or home_url
        path = urlsplit(home).path or "/"
        return cls(home=home, authority=_authority(home), directory=_site_directory(path))

    def contains(self, url: str) -> bool:
        """Whether the canonical address ``url`` belongs to the site."""
        return _authority(url) == self.authority and (
            self.directory == "/" or (urlsplit(url).path + "/").startswith(self.directory)
        )

    def is_home(self, url: str) -> bool:
        """Whether ``url`` is the home page: the site's root, its usual index files, or the registered address."""
        if url == self.home or url in self.also_home:
            return True
        if not self.contains(url):
            return False
        parts = urlsplit(url)
        rest = parts.path[len(self.directory) :]
        return not parts.query and (not rest or _HOME_FILES.fullmatch(rest) is not None)


def _site_directory(path: str) -> str:
    """Directory that bounds a site: only a path that names a directory is a bound, a bare file is not.

    ``/jyj/`` and ``/jyj/index.html`` bound the site to ``/jyj/``; so does ``/jyj``; ``/index.html`` does not.
    """
    head, _, tail = path.rpartition("/")
    if tail and "." not in tail:
        return f"{path}/"
    return f"{head}/"


@lru_cache(maxsize=16384)
def _authority_of_netloc(scheme: str, netloc: str) -> str:
    host, _, port = netloc.rpartition("@")[2].partition(":") if not netloc.startswith("[") else (netloc, "", "")
    host = host.lower().rstrip(".").removeprefix("www.")
    return host if port in ("", str(_DEFAULT_PORTS.get(scheme, ""))) else f"{host}:{port}"


def _authority(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return _authority_of_netloc(parts.scheme, parts.netloc)


@lru_cache(maxsize=16384)
def _canonical_host(host: str) -> str | None:
    if ":" in host:
        return f"[{host}]" if _IPV6.fullmatch(host) else None
    try:
        text = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    text = text.lower()
    return text if len(text) <= 253 and _HOST.fullmatch(text) else None


def _canonical_path(path: str) -> str:
    encoded = _encode(path, "/:@!$&'()*+,;=")
    if "/." not in encoded:
        return encoded if encoded.startswith("/") else f"/{encoded}"
    kept: list[str] = []
    segments = encoded.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _encode(text: str, safe: str) -> str:
    """Percent-encoding normalised: a stray ``%`` becomes ``%25``, unreserved characters are plain."""
    if text.isascii() and not (set(text) - _UNRESERVED - set(safe)):
        return text
    plain = _ESCAPE.sub(_normal_escape, text)
    return re.sub(r"%(?![0-9A-F]{2})", "%25", quote(plain, safe=safe + "%~"))


def _normal_escape(match: re.Match[str]) -> str:
    character = chr(int(match.group(1), 16))
    return character if character in _UNRESERVED else match.group().upper()
