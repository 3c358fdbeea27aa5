"""Deep self-check (深度自查): every registered site that is not closed for good, signed by the head and stamped."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec

from inspection.errors import InputRejected
from inspection.offices import Office
from inspection.records import Record
from inspection.registry import Site, SiteStatus
from inspection.reporting.report import ResultRow
from inspection.reporting.rules import ScanRule
from inspection.scoring import Verdict

_FIRST_BYTES = {"pdf": b"%PDF-", "jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """The scan of a signed and stamped form: ``digest`` is the SHA-256 under which the snapshot store has it."""

    digest: str
    kind: str
    size: int


class SelfCheck(Record, frozen=True, kw_only=True):
    """One signed form: results of some sites that ``office`` answers for. Later forms replace results of earlier ones.

    ``id`` is ``<period>:<office>:<digest of results>:<digest of scan>``; ``signed_on`` is the day of the signature.
    """

    office: str
    period: str
    results: tuple[ResultRow, ...]
    signatory: str
    signed_on: date
    scan: Scan
    filed_at: datetime
    by: str


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How far the self-check of an office is: ``missing`` are the sites without a result, by code.

    ``sites`` are those that must be checked; the results of sites that must not are left out.
    """

    sites: int
    verdicts: dict[Verdict, int]
    missing: tuple[Site, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every site has a result."""
        return not self.missing


def kind_of_scan(body: bytes, rule: ScanRule) -> str:
    """``pdf``, ``jpeg`` or ``png``, by the first bytes; :class:`InputRejected` where the file is not to be taken."""
    if not body:
        raise InputRejected("扫描件是空文件，请重新扫描")
    if len(body) > rule.max_bytes:
        raise InputRejected(f"扫描件有 {len(body):,} 字节，超过上限 {rule.max_bytes:,} 字节，请降低分辨率后重新扫描")
    for kind in rule.kinds:
        if body.startswith(_FIRST_BYTES[kind]):
            return kind
    raise InputRejected(f"扫描件的内容不是 {'、'.join(kind.upper() for kind in rule.kinds)}，请转换格式后重新提交")


def must_be_checked(office: Office, site: Site) -> bool:
    """Whether a site is the office's to check: everything but what is closed for good."""
    return site.status is not SiteStatus.CLOSED and office.covers(site)


def coverage(office: Office, sites: Iterable[Site], checks: Sequence[SelfCheck]) -> Coverage:
    """What the forms of a period leave open of an office's sites."""
    results: dict[str, ResultRow] = {}
    for check in sorted(checks, key=lambda check: (check.filed_at, check.id)):
        results |= {row.code: row for row in check.results}
    owed = [site for site in sites if must_be_checked(office, site)]
    done = [results[site.code].verdict for site in owed if site.code in results]
    return Coverage(
        sites=len(owed),
        verdicts={verdict: done.count(verdict) for verdict in Verdict},
        missing=tuple(sorted((site for site in owed if site.code not in results), key=lambda site: site.code)),
    )
