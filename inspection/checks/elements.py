"""Elements that the home page must carry (网站标识、找错入口、国务院信息专栏)."""

from inspection.checks.case import Case, page_evidence, param
from inspection.errors import InputRejected
from inspection.findings import Finding, FindingState
from inspection.observation import PageFacts
from inspection.standard import Indicator

ELEMENTS: dict[str, str] = {
    "conac_mark": "党政机关网站标识",
    "jiucuo_entry": "“我为政府网站找错”入口",
    "site_code": "网站标识码",
    "icp": "ICP备案编号",
    "police_record": "公安机关备案标识",
    "organizer": "主办单位",
    "contact": "联系方式",
    "site_map": "站点地图",
    "state_council_column": "国务院重要政策信息专栏",
}
"""Facts of a page that an edition may ask for, with their Chinese names."""


def home_elements(case: Case, row: Indicator) -> list[Finding]:
    """One finding per element that no part of the home page carries (国办秘函〔2019〕19号，网站标识).

    Where the page is written by scripts, a missing element is an open question, never a fault.
    """
    elements = param(row, "elements")
    if not case.home_pages:
        return [case.finding(row, FindingState.NOT_DETERMINED, "首页未能读取，无法检查网站标识")]
    facts = [page.facts for page in case.home_pages if page.facts is not None]
    return [
        _missing(case, row, element, facts) for element in elements if not any(_has(page, element) for page in facts)
    ]


def _has(facts: PageFacts, element: str) -> bool:
    if element not in ELEMENTS:
        raise InputRejected(f"未知的首页元素 {element!r}；可用：{'、'.join(ELEMENTS)}")
    return bool(getattr(facts, element))


def _missing(case: Case, row: Indicator, element: str, facts: list[PageFacts]) -> Finding:
    name = ELEMENTS[element]
    scripted = any(page.script_written for page in facts)
    state = FindingState.NOT_DETERMINED if scripted else FindingState.ESTABLISHED
    message = f"首页由脚本生成，未能确认是否有{name}" if scripted else f"首页缺少{name}"
    home = case.home_pages[-1]
    evidence = [page_evidence(home, message)]
    return case.finding(row, state, message, subject=element, points=row.points or 0, evidence=evidence)
