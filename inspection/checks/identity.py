"""Identity: domain and name, site code (域名名称、标识码)."""

import ipaddress
import re
from decimal import Decimal
from typing import Annotated

import msgspec

from inspection.checks.case import Case, page_evidence
from inspection.checks.check import NoParams, Params, check
from inspection.findings import Evidence, Finding, FindingState
from inspection.registry.address import host_of, is_government, public_name
from inspection.registry.site import SiteCategory
from inspection.standard import Indicator

_PORTAL = re.compile(r"^(?:www\.)?[a-z0-9-]+(?:\.gov\.cn|\.政务|\.xn--zfr164b)$|^(?:www\.)?gov\.cn$")
_PORTALS = frozenset({SiteCategory.PROVINCE_PORTAL, SiteCategory.CITY_PORTAL, SiteCategory.COUNTY_PORTAL})


class DomainParams(Params, frozen=True, kw_only=True):
    """What a wrong domain costs."""

    domain_points: Annotated[Decimal, msgspec.Meta(title="域名不规范 {} 分")]


@check(DomainParams)
def domain_name(case: Case, row: Indicator, params: DomainParams) -> list[Finding]:
    """Deduction: the address is not under .gov.cn or .政务; a portal's is not www.□□□.gov.cn (国办发〔2018〕55号).

    A domain of another form than the usual one is for a person to judge.
    """
    url = case.observations.site.url
    host = public_name(host_of(url))
    if _is_address(host) or not is_government(host):
        state, message = FindingState.ESTABLISHED, f"域名 {host} 不以 .gov.cn 或 .政务 结尾"
    elif case.observations.site.category in _PORTALS and not _PORTAL.match(host):
        state, message = FindingState.SUSPECTED, f"门户网站域名 {host} 不是 www.□□□.gov.cn 的形式"
    else:
        return []
    evidence = [Evidence(url=url, excerpt=f"域名 {host}")]
    return [case.finding(row, state, message, subject="domain", points=params.domain_points, evidence=evidence)]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


@check(NoParams)
def site_code_consistent(case: Case, row: Indicator, params: NoParams) -> list[Finding]:
    """KPI: the code in the footer, the tag SiteIDCode and the registry are one (国办发〔2017〕47号)."""
    del params
    registered = case.observations.site.code.lower()
    findings = []
    for page in case.home_pages:
        assert page.facts is not None  # home_pages filters
        for place, code in (("页面底部", page.facts.site_code), ("网页标签 SiteIDCode", page.facts.site_code_meta)):
            if code is not None and code != registered:
                message = f"{place}的网站标识码 {code} 与登记的 {registered} 不一致"
                findings.append(
                    case.finding(
                        row,
                        FindingState.ESTABLISHED,
                        message,
                        subject=f"{place}:{code}",
                        evidence=[page_evidence(page, message)],
                    )
                )
    return findings
