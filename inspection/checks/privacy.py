"""What must not be published in full: identity numbers and mobile numbers of citizens; and letters of mixed scripts."""

import re
from collections import Counter
from datetime import date
from typing import Annotated

import msgspec

from inspection.checks.case import Case, page_evidence
from inspection.checks.check import NoParams, Params, check
from inspection.findings import Finding, FindingState
from inspection.standard import Indicator

_IDENTITY = re.compile(r"(?<![\dA-Za-z])([1-8]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx])(?![\dA-Za-z])")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_MIXED = re.compile(r"\b(?=\w*[A-Za-z])(?=\w*[\u0370-\u03ff\u0400-\u04ff])[A-Za-z\u0370-\u03ff\u0400-\u04ff]{3,}\b")
_SHOWN = 5


class PersonalDataParams(Params, frozen=True, kw_only=True):
    """From when mobile numbers on one page are a list of private people rather than an office's contact."""

    mobile_numbers: Annotated[int, msgspec.Meta(ge=1, title="同一页面手机号码达到 {} 个")]


@check(PersonalDataParams)
def personal_data(case: Case, row: Indicator, params: PersonalDataParams) -> list[Finding]:
    """KPI: no identity number (with a valid check digit, GB 11643) and no list of mobile numbers stands in full.

    Numbers are masked in findings. Whether the people concerned agreed is for a person to find out.
    """
    findings = []
    for page in case.observations.pages:
        text = page.facts.text if page.facts is not None else ""
        identities = sorted({number for number in _IDENTITY.findall(text) if is_identity_number(number)})
        mobiles = sorted(set(_MOBILE.findall(text)))
        if identities or len(mobiles) >= params.mobile_numbers:
            message = f"页面公开了 {len(identities)} 个身份证号码、{len(mobiles)} 个手机号码"
            shown = "、".join(_masked(number) for number in [*identities, *mobiles][:_SHOWN])
            evidence = [page_evidence(page, shown)]
            findings.append(case.finding(row, FindingState.SUSPECTED, message, subject=page.url, evidence=evidence))
    return findings


def is_identity_number(number: str) -> bool:
    """Whether 18 characters are a resident identity number: a date that exists, and the check digit of GB 11643."""
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECK_DIGITS[total % 11] == number[17].upper()


def _masked(number: str) -> str:
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"


@check(NoParams)
def mixed_scripts(case: Case, row: Indicator, params: NoParams) -> list[Finding]:
    """KPI: words that mix Latin with Greek or Cyrillic letters, which look alike and are used to deceive."""
    del params
    findings = []
    for page in case.observations.pages:
        words = Counter(_MIXED.findall(page.facts.text)) if page.facts is not None else Counter[str]()
        if words:
            message = f"页面有混用相似字母的词：{'、'.join(sorted(words)[:_SHOWN])}"
            evidence = [page_evidence(page, message)]
            findings.append(case.finding(row, FindingState.SUSPECTED, message, subject=page.url, evidence=evidence))
    return findings
