"""IPv6, HTTPS and certificates."""

from datetime import timedelta

import pytest

from inspection.findings import FindingState
from inspection.observation import FetchOutcome as Out
from inspection.observation.host import CertificateSeen, HostSeen

SURE, MAYBE, OPEN = FindingState.ESTABLISHED, FindingState.SUSPECTED, FindingState.NOT_DETERMINED


def host(
    build, over_ipv6: Out = Out.OK, https: Out = Out.OK, *, ipv6: str = "2001:db8::1", days: int = 200
) -> HostSeen:
    certificate = CertificateSeen(
        names=("www.qingshan.gov.cn",),
        issuer="CN=某机构",
        not_before=build.now - timedelta(days=100),
        not_after=build.now + timedelta(days=days),
        protocol="TLSv1.3",
    )
    return HostSeen(
        host="www.qingshan.gov.cn",
        observed_at=build.now,
        over_ipv6=over_ipv6,
        https=https,
        ipv4=("192.0.2.1",),
        ipv6=(ipv6,) if ipv6 else (),
        certificate=certificate if https.policy.fault.value in ("none", "site") else None,
    )


@pytest.mark.parametrize(
    ("over_ipv6", "ipv6", "states"),
    [
        (Out.OK, "2001:db8::1", []),
        (Out.EMPTY_PAGE, "2001:db8::1", []),
        (Out.DNS_ERROR, "", [SURE]),
        (Out.CONNECT_REFUSED, "2001:db8::1", [MAYBE]),
        (Out.SERVER_ERROR, "2001:db8::1", [MAYBE]),
        (Out.BLOCKED, "2001:db8::1", [OPEN]),
        (Out.OUR_NETWORK_DOWN, "2001:db8::1", [OPEN]),
        (Out.OUR_NETWORK_DOWN, "", [OPEN]),
        (Out.NOT_ALLOWED, "", [OPEN]),
    ],
)
def test_ipv6(observe, run, build, over_ipv6, ipv6, states):
    found = run("N19-D21", observe(hosts=(host(build, over_ipv6, ipv6=ipv6),)), "2019")
    assert [finding.state for finding in found] == states
    assert all("192.0.2.1" in finding.evidence[0].excerpt for finding in found)


@pytest.mark.parametrize(
    ("https", "days", "message"),
    [
        (Out.OK, 200, None),
        (Out.OK, 31, None),
        (Out.OK, 29, "即将到期：有效期至 2026-12-19"),
        (Out.TLS_EXPIRED, -3, "证书过期（有效期至 2026-11-17）"),
        (Out.TLS_WRONG_HOST, 200, "证书与域名不符"),
        (Out.TLS_UNTRUSTED, 200, "证书不受信任"),
        (Out.CONNECT_REFUSED, 200, "不支持 HTTPS 访问：连接被拒绝"),
    ],
)
def test_certificates(observe, run, build, https, days, message):
    found = run("G17-6", observe(hosts=(host(build, https=https, days=days),)), "2019")
    assert [finding.state for finding in found] == ([] if message is None else [SURE])
    assert message is None or message in found[0].message


@pytest.mark.parametrize("https", [Out.CONNECT_TIMEOUT, Out.CONNECTION_RESET])
def test_what_a_line_may_cause_is_for_a_person(observe, run, build, https):
    assert [each.state for each in run("G17-6", observe(hosts=(host(build, https=https),)), "2019")] == [MAYBE]


@pytest.mark.parametrize("https", [Out.OUR_NETWORK_DOWN, Out.RATE_LIMITED])
def test_what_could_not_be_seen_is_open(observe, run, build, https):
    assert [each.state for each in run("G17-6", observe(hosts=(host(build, https=https),)), "2019")] == [OPEN]
    for indicator in ("N19-D21", "G17-6"):
        assert [each.state for each in run(indicator, observe(), "2019")] == [OPEN]
