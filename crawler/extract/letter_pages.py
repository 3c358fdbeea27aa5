"""A page of one single letter: when it was asked and answered, by whom, and whether the answer can be read."""

import re
from datetime import date

import msgspec

from crawler.extract.dates import YearRule, dates_within
from crawler.extract.document import Document
from crawler.extract.letters import is_place_for_letters, letters_of_tables, state_of
from inspection.observation.page import LetterSeen, LetterState

_TITLE_LIMIT = 200
_DATE_WITHIN = 40
_SHORTEST_ANSWER = 6
_SHORT_ANSWER = 30
"""A shorter one may only say that the matter is being dealt with."""
_SIGNED_WITHIN = 80
_WRITE = "来信|留言|提交|写信|咨询|提问|投诉|发件|信件|反映|登记|提出|发表|诉求|创建|问题"
_REPLY = "回复|答复|办结|办理|反馈|处理|回应|解答"
_OFFICE = r"[\u4e00-\u9fff]{2,24}(?:政府|办公[厅室]|局|委员会|委|厅|部|院|处|中心|站|署|大队|支队|街道|镇|乡|公司|集团)"
_LABELS = {
    "answered": rf"(?:{_REPLY})的?(?:时间|日期)",
    "unit": rf"(?:{_REPLY}|受理|承办|责任|经办|交办)的?(?:单位|部门|机构|机关|人|者)",
    "answer": rf"(?:{_REPLY})的?(?:内容|意见|结果|情况|正文|信息|详情)"
    rf"|(?:官方|领导|部门|网站|单位|最终|正式|{_OFFICE})?的?(?:回复|答复)",
    "asked": rf"(?:{_WRITE})的?(?:时间|日期)",
    "dated": r"(?:发布)?(?:时间|日期)",
    "question": rf"(?:{_WRITE})的?(?:内容|正文|详情|描述)",
    "text": "内容",
    "state": r"(?:办理|处理|回复|答复|信件|当前|来信)?(?:状态|进度)",
    "other": rf"(?:{_WRITE})?(?:标题|主题|题目|编号|类型|类别|人|者|姓名)"
    r"|是否公开|(?:浏览|点击)(?:次数|数|量)|满意度(?:评价)?",
}
_ROLES = "|".join(f"(?P<{role}>{words})" for role, words in _LABELS.items())
_LABEL = re.compile(rf"(?:^|(?<=[\s|｜【\[]))(?:{_ROLES})(?:[】\]]\s*[:：]?|\s*[:：]|\s*$)", re.MULTILINE)
_BEHIND = re.compile(r"打印|关闭(?:窗口|本页)|返回|上一[篇条封]|下一[篇条封]|扫一扫|分享到|满意度|我要评价|版权所有")
"""What stands behind the last text of a page and is no part of it."""
_HEADED = re.compile(rf"(?:^|[\s【\[])({_OFFICE})\s*的?(?:回复|答复)\s*[】\]]?\s*(?:[:：]|$)", re.MULTILINE)
_SIGNED = re.compile(rf"(?:^|[\s。！!；;，,])({_OFFICE})(?=\s*$|\s+\d)", re.MULTILINE)
_CJK = re.compile(r"[\u4e00-\u9fff]{2}")


class _Labelled(msgspec.Struct):
    """What stands behind the labels of a page, by role; ``repeated`` are roles named more than once."""

    values: dict[str, str]
    repeated: frozenset[str]


def letter_of(document: Document) -> LetterSeen | None:
    """The letter that a page shows; None where it shows none, several, or is a form to write one.

    A letter has a labelled day or text of its own, and at least a label for its answer. The answering unit may stand
    behind a label, before the word 回复, or below the answer.
    """
    if not is_place_for_letters(document) or _has_table_of_letters(document):
        return None
    labelled = _labelled(document.body)
    if labelled.repeated & {"asked", "question"} or not _is_letter(labelled.values):
        return None
    letter = _letter(document, document.body, labelled.values)
    return letter if letter.asked is not None or letter.answered is not None or letter.has_answer else None


def _has_table_of_letters(document: Document) -> bool:
    return any(True for _ in letters_of_tables(document, YearRule(None)))


def _labelled(text: str) -> _Labelled:
    found = list(_LABEL.finditer(text))
    ends = [*(match.start() for match in found), len(text)][1:]
    values: dict[str, str] = {}
    repeated = set()
    for match, end in zip(found, ends, strict=False):
        role = str(match.lastgroup)
        value = text[match.end() : end].strip()
        if values.get(role) and value:
            repeated.add(role)
        values[role] = values.get(role) or value
    return _Labelled(values=values, repeated=frozenset(repeated))


def _is_letter(values: dict[str, str]) -> bool:
    asks = any(values.get(role) for role in ("asked", "question", "dated", "text"))
    return asks and any(role in values for role in ("answered", "unit", "answer", "state"))


def _letter(document: Document, text: str, values: dict[str, str]) -> LetterSeen:
    answer = _BEHIND.split(values.get("answer", ""), maxsplit=1)[0].strip()
    is_put_off = len(answer) < _SHORT_ANSWER and state_of(answer) is LetterState.PENDING
    has_answer = len(answer) >= _SHORTEST_ANSWER and not is_put_off
    signed = answer[-_SIGNED_WITHIN:] if has_answer else ""
    answered = _first_day(values.get("answered", "")) or next(iter(reversed(dates_within(signed))), None)
    state = LetterState.ANSWERED if has_answer or answered is not None else state_of(values.get("state", ""))
    headings = [document.text_of(spot) for spot in document.all("h1") if not spot.hidden]
    return LetterSeen(
        title=next((each for each in (*headings, document.title or "") if each), "")[:_TITLE_LIMIT],
        asked=_first_day(values.get("asked") or values.get("dated", "")),
        answered=answered,
        state=state,
        unit=_unit(text, values.get("unit", ""), signed),
        has_answer=has_answer,
    )


def _first_day(value: str) -> date | None:
    return next(iter(dates_within(value[:_DATE_WITHIN])), None)


def _unit(text: str, labelled: str, signed: str) -> str | None:
    first = labelled.partition("\n")[0].strip()
    if _CJK.search(first):
        return first[:_DATE_WITHIN]
    found = _HEADED.search(text) or _SIGNED.search(signed)
    return found.group(1) if found else None
