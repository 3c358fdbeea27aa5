"""Service guides (办事指南): which of the ten elements a page states."""

import re
from functools import lru_cache

from crawler.extract import hints
from crawler.extract.document import Document
from inspection.observation.page import GuideElement

_MINIMUM = 3
"""A page with fewer elements beside its name is no guide."""
_LABEL_LENGTH = 16
_NUMBER = r"(?:第?[一二三四五六七八九十]{1,3}[、.．)）]|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、.．)）])"
_TRIM = re.compile(rf"^[\s【\[(（<《*·●■◆▶•]*{_NUMBER}?\s*|[\s:：】\])）>》]+$")
_DEED = "办理|受理|申请|申报|办事|服务|审批|许可|实施|承办|办公|工作"
_LABELS = {
    GuideElement.NAME: rf"(?:{_DEED})?(?:事项|项目|服务)的?名称",
    GuideElement.BASIS: rf"(?:{_DEED}|设定|法定|法律|政策)的?依据",
    GuideElement.CONDITIONS: rf"(?:{_DEED}|准予批准的?)的?条件|(?:{_DEED}|适用)对象(?:及条件|和条件)?",
    GuideElement.MATERIALS: rf"(?:{_DEED}|所需|需?提交的?|应提交的?)(?:全部)?的?材料(?:目录|清单)?|材料(?:清单|目录)",
    GuideElement.PLACE: rf"(?:{_DEED}|窗口|联系)的?(?:地点|地址|窗口)(?:[及和、]时间)?",
    GuideElement.ORGAN: rf"(?:{_DEED}|责任|决定|行使)的?(?:机构|机关|单位|主体|部门|科室)|权力来源部门",
    GuideElement.FEE: r"(?:是否)?收费(?:标准|依据|情况|项目)?(?:[及和]依据)?|办理费用",
    GuideElement.TIME: rf"(?:{_DEED}|办结|承诺|法定)的?(?:办结)?(?:时间|时限|期限|日期)",
    GuideElement.PHONE: rf"(?:{_DEED}|联系|咨询|监督|投诉|监督投诉|咨询投诉)的?(?:电话|方式|途径)(?:及监督电话)?",
    GuideElement.PROCEDURE: rf"(?:{_DEED})的?(?:流程|程序|步骤|环节)图?|流程图",
}
_PATTERNS = {element: re.compile(pattern) for element, pattern in _LABELS.items()}


def guide_elements(document: Document) -> tuple[GuideElement, ...] | None:
    """The elements that the page states, in the order of the standard; None where it is no guide.

    An element is stated by a label of its own (a cell, a heading, a bold word, the start of a line before a colon).
    A heading serves as the name of the matter. The site's own footer and menu state nothing of the matter.
    """
    if sum(document.may_say(words) for words in hints.GUIDE.values()) < _MINIMUM:
        return None
    labels = (_label(text.value) for text in document.body_texts)
    found = {element for label in labels if label for element in _named(label)}
    if len(found - {GuideElement.NAME}) < _MINIMUM:
        return None
    if document.title or document.all("h1", "h2"):
        found.add(GuideElement.NAME)
    return tuple(element for element in GuideElement if element in found)


@lru_cache(maxsize=16384)
def _named(label: str) -> tuple[GuideElement, ...]:
    """The elements that a label is the name of."""
    trimmed = _trimmed(label)
    return tuple(element for element, pattern in _PATTERNS.items() if pattern.fullmatch(trimmed))


def _label(text: str) -> str:
    """The part of a text that may be a label: all of a short one, or what stands before its first colon."""
    before = text.partition(":")[0].partition("：")[0]
    return before if len(before) <= _LABEL_LENGTH else ""


def _trimmed(label: str) -> str:
    return _TRIM.sub("", _TRIM.sub("", label)).replace(" ", "")
