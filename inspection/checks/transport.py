"""How a site is reached: over IPv6, and over HTTPS with a valid certificate (IPv6改造、HTTPS与证书)."""

from datetime import timedelta
from typing import Annotated

import msgspec

from inspection.checks.case import Case
from inspection.checks.check import NoParams, Params, check
from inspection.findings import Evidence, Finding, FindingState
from inspection.observation import Fault, FetchOutcome
from inspection.observation.host import HostSeen
from inspection.standard import Indicator

_OPEN = frozenset({FetchOutcome.OK, FetchOutcome.EMPTY_PAGE})
_PASSING = frozenset({FetchOutcome.CONNECT_TIMEOUT, FetchOutcome.READ_TIMEOUT, FetchOutcome.CONNECTION_RESET})
"""What a line or a busy server may cause."""
_CERTIFICATE_FAULTS = frozenset({FetchOutcome.TLS_EXPIRED, FetchOutcome.TLS_WRONG_HOST, FetchOutcome.TLS_UNTRUSTED})


class CertificateParams(Params, frozen=True, kw_only=True):
    """How long before its end a certificate is reported."""

    warn_days: Annotated[int, msgspec.Meta(ge=0, title="证书有效期不足 {} 天时提示")]


@check(NoParams)
def ipv6_support(case: Case, row: Indicator, params: NoParams) -> list[Finding]:
    """Deduction: the site is not to be had over IPv6 (国办秘函〔2019〕19号，IPv6改造).

    No AAAA record is a fact where such records of others were seen; a home page that does not open over IPv6 may be
    the fault of a line, and is for a person to confirm. Nothing is said where we have no IPv6 ourselves. Links of lower
    levels are not asked for over IPv6.
    """
    del params
    host = _host(case)
    if host is None:
        return [case.finding(row, FindingState.NOT_DETERMINED, "未能观测网站的 IPv6 支持情况")]
    if host.over_ipv6 in _OPEN:
        return []
    reason = host.over_ipv6.policy.chinese
    if host.over_ipv6.policy.fault is not Fault.SITE:
        state, message = FindingState.NOT_DETERMINED, f"未能通过 IPv6 访问：{reason}"
    elif not host.ipv6:
        state, message = FindingState.ESTABLISHED, f"域名 {host.host} 没有 IPv6 地址（AAAA 记录）"
    else:
        state, message = FindingState.SUSPECTED, f"通过 IPv6（{host.ipv6[0]}）打不开首页：{reason}"
    addresses = "、".join((*host.ipv4, *host.ipv6)) or "无"
    evidence = [_evidence(case, host, f"{host.host} 的地址：{addresses}")]
    return [case.finding(row, state, message, subject="ipv6", points=row.points or 0, evidence=evidence)]


@check(CertificateParams)
def https_certificate(case: Case, row: Indicator, params: CertificateParams) -> list[Finding]:
    """KPI: HTTPS answers with a certificate that is valid, trusted, made for the host, and not about to end.

    Time-outs and resets are for a person to confirm.
    """
    host = _host(case)
    if host is None or host.https.policy.fault in (Fault.OURS, Fault.UNDETERMINED):
        return [case.finding(row, FindingState.NOT_DETERMINED, "未能观测网站的 HTTPS 支持情况")]
    message = _https_fault(host, warn_before=timedelta(days=params.warn_days))
    if message is None:
        return []
    certificate = host.certificate
    excerpt = (
        message if certificate is None else f"证书颁发给 {'、'.join(certificate.names)}，由 {certificate.issuer} 签发"
    )
    state = FindingState.SUSPECTED if host.https in _PASSING else FindingState.ESTABLISHED
    return [case.finding(row, state, message, subject="https", evidence=[_evidence(case, host, excerpt)])]


def _https_fault(host: HostSeen, *, warn_before: timedelta) -> str | None:
    certificate = host.certificate
    if host.https in _CERTIFICATE_FAULTS:
        ends = f"（有效期至 {certificate.not_after:%Y-%m-%d}）" if certificate is not None else ""
        return f"HTTPS 证书有误：{host.https.policy.chinese}{ends}"
    if host.https is not FetchOutcome.OK:
        return f"不支持 HTTPS 访问：{host.https.policy.chinese}"
    if certificate is not None and certificate.not_after - host.observed_at < warn_before:
        return f"HTTPS 证书即将到期：有效期至 {certificate.not_after:%Y-%m-%d}"
    return None


def _host(case: Case) -> HostSeen | None:
    return next(iter(case.observations.hosts), None)


def _evidence(case: Case, host: HostSeen, excerpt: str) -> Evidence:
    return Evidence(url=case.observations.site.url, excerpt=excerpt, observed_at=host.observed_at)
