"""Elements that the home page must carry (网站标识、找错入口、国务院信息专栏)."""

from enum import StrEnum
from typing import Annotated

import msgspec

from inspection.checks.case import Case, page_evidence
from inspection.checks.check import Params, check
from inspection.findings import Finding, FindingState
from inspection.observation import PageFacts
from inspection.standard import Indicator


class Element(StrEnum):
    """Facts of a page that an edition may ask for."""

    CONAC_MARK = "conac_mark"
    JIUCUO_ENTRY = "jiucuo_entry"
    SITE_CODE = "site_code"
    ICP = "icp"
    POLICE_RECORD = "police_record"
    ORGANIZER = "organizer"
    CONTACT = "contact"
    SITE_MAP = "site_map"
    STATE_COUNCIL_COLUMN = "state_council_column"

    @property
    def chinese(self) -> str:
        """The element's name."""
        return _NAMES[self]


_NAMES = {
    Element.CONAC_MARK: "党政机关网站标识",
    Element.JIUCUO_ENTRY: "“我为政府网站找错”入口",
    Element.SITE_CODE: "网站标识码",
    Element.ICP: "ICP备案编号",
    Element.POLICE_RECORD: "公安机关备案标识",
    Element.ORGANIZER: "主办单位",
    Element.CONTACT: "联系方式",
    Element.SITE_MAP: "站点地图",
    Element.STATE_COUNCIL_COLUMN: "国务院重要政策信息专栏",
}


class ElementParams(Params, frozen=True, kw_only=True):
    """Which elements must be there."""

    elements: Annotated[tuple[Element, ...], msgspec.Meta(min_length=1, title="应有：{}")]


@check(ElementParams)
def home_elements(case: Case, row: Indicator, params: ElementParams) -> list[Finding]:
    """One finding per element that no part of the home page carries (国办秘函〔2019〕19号，网站标识).

    Where the page is written by scripts, a missing element is an open question, never a fault.
    """
    if not case.home_pages:
        return [case.finding(row, FindingState.NOT_DETERMINED, "首页未能读取，无法检查网站标识")]
    facts = [page.facts for page in case.home_pages if page.facts is not None]
    absent = (element for element in params.elements if not any(getattr(page, element.value) for page in facts))
    return [_missing(case, row, element, facts) for element in absent]


def _missing(case: Case, row: Indicator, element: Element, facts: list[PageFacts]) -> Finding:
    name = element.chinese
    scripted = any(page.script_written for page in facts)
    state = FindingState.NOT_DETERMINED if scripted else FindingState.ESTABLISHED
    message = f"首页由脚本生成，未能确认是否有{name}" if scripted else f"首页缺少{name}"
    home = case.home_pages[-1]
    evidence = [page_evidence(home, message)]
    return case.finding(row, state, message, subject=element.value, points=row.points or 0, evidence=evidence)
