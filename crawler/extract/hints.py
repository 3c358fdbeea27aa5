"""Words without which some facts cannot be on a page: each set has one that is in whatever the fact's patterns match.

All are looked for together, once in what a page is written in and once in what it says, before any pattern is tried.
In lower case.
"""

from crawler.extract.words import Words
from inspection.observation.page import GuideElement

REFERENCE = "&#"
"""Character references may spell any word."""
REPORT = frozenset({"找错", "jiucuo", "zfwzgl.", "exposure/"})
MARK = frozenset({"conac", "bszs"})
POLICE = frozenset({"beian."})
INTERPRETATION = frozenset(
    {"解读", "图解", "懂", "图说", "起草说明", "问答", "答记者问", "原文", "文件", "政策", "文档", "《"}
)
RECORDS = frozenset({"<record"})
WRITTEN = Words(REFERENCE, *REPORT, *MARK, *POLICE, *INTERPRETATION, *RECORDS)
"""To be looked for in the source."""

CONTACT = frozenset({"联系", "电话", "热线", "传真", "tel", "邮箱", "电子邮", "mail", "地址"})
PUBLICATION = frozenset({"发布", "发文", "更新", "时间", "日期", "来源", "作者", "浏览"})
PLACE = frozenset({"位置"})
GUIDE = {
    GuideElement.BASIS: frozenset({"依据"}),
    GuideElement.CONDITIONS: frozenset({"条件", "对象"}),
    GuideElement.MATERIALS: frozenset({"材料"}),
    GuideElement.PLACE: frozenset({"地点", "地址", "窗口"}),
    GuideElement.ORGAN: frozenset({"机构", "机关", "单位", "主体", "部门", "科室"}),
    GuideElement.FEE: frozenset({"收费", "费用"}),
    GuideElement.TIME: frozenset({"时间", "时限", "期限", "日期"}),
    GuideElement.PHONE: frozenset({"电话", "方式", "途径"}),
    GuideElement.PROCEDURE: frozenset({"流程", "程序", "步骤", "环节"}),
}
"""One of them is in every label of the element; the name of the matter does not make a guide."""
SAID = Words(*CONTACT, *PUBLICATION, *PLACE, *(word for words in GUIDE.values() for word in words))
"""To be looked for in what a reader sees, white space left out."""
