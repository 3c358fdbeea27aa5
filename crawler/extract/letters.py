"""Letters of citizens (来信、留言、咨询) as a list page shows them: when asked, when answered, in what state."""

import re
from collections.abc import Iterator
from datetime import date

from crawler.extract import hints
from crawler.extract.dates import YearRule, date_alone, dates_within
from crawler.extract.document import Document, Spot
from crawler.extract.links import leads_somewhere
from inspection.observation.page import LetterSeen, LetterState

_LIMIT = 500
_TITLE_LIMIT = 200
_UNIT_LIMIT = 40
_STATE_LENGTH = 12
_PLACE = re.compile(r"信箱|信件|来信|留言|咨询|问政|诉求|民意|投诉|建言|建议|互动|交流|举报|信访|百姓|网友|热线")
_ASKED = re.compile(
    r"(?:来信|留言|提交|写信|咨询|提问|投诉|发件|信件|反映|登记|受理|提出|发表|诉求|创建)(?:的)?(?:时间|日期)|^(?:时间|日期|时\s*间|日\s*期)$"
)
_ANSWERED = re.compile(r"(?:回复|答复|办结|办理|反馈|处理|回应|解答)(?:的)?(?:时间|日期)|^(?:回复|答复)$")
_STATE = re.compile(r"状态|进度|办理情况|处理情况|回复情况|是否(?:回复|答复)|(?:办理|处理)结果")
_UNIT = re.compile(r"(?:回复|答复|办理|受理|承办|处理|责任|反馈|回应|解答)(?:的)?(?:单位|部门|机构|机关)")
_TITLE = re.compile(r"标题|主题|题目|信件名|留言内容|内容|事项|问题")
_DONE = re.compile(
    r"已(?:经)?(?:回复|答复|办结|处理|解决|反馈|回应|办理|完成|解答)|^办结$|^(?:回复|答复)完毕$|处理完[毕成]|满意度评价"
)
_OPEN = re.compile(
    r"(?:未|没有?|尚未|暂未|暂无)(?:回复|答复|办结|处理|回应|办理|解答)|(?:待|等待)(?:回复|答复|处理|办理|受理|回应|审核|解答)"
    r"|(?:处理|办理|受理|审核|转办|承办|答复|回复)(?:之)?中(?!心)|正在(?:处理|办理|受理|审核)|已(?:受理|转办|交办|签收|接收)"
)
_LABELLED_ASKED = re.compile(
    r"(?:来信|留言|提交|写信|咨询|提问|投诉|发件|反映|登记|受理|提出|发表)(?:时间|日期)\s*[:：]?\s*([\d年月日/.\-]{6,12})"
)
_LABELLED_ANSWERED = re.compile(r"(?:回复|答复|办结|反馈|处理|回应)(?:时间|日期)\s*[:：]?\s*([\d年月日/.\-]{6,12})")
_EMPTY = re.compile(r"^[\s—–\-/／无\.·]*$")


def letters_of(document: Document, rule: YearRule) -> tuple[LetterSeen, ...]:
    """The letters that a page lists; none where the page is no place for letters."""
    if not is_place_for_letters(document):
        return ()
    letters = [*letters_of_tables(document, rule), *_of_entries(document, rule)]
    return tuple(letters[:_LIMIT])


def is_place_for_letters(document: Document) -> bool:
    """Whether title, column tag or a heading say so."""
    named = [document.title or "", document.meta_value("ColumnName") or ""]
    named += [document.text_of(spot) for spot in document.all("h1", "h2", "h3", "th", "caption") if not spot.hidden]
    if document.may_say(hints.PLACE):
        named += [text.value for text in document.visible_texts if "位置" in text.value]
    return any(_PLACE.search(text) for text in named if len(text) < 120)


def letters_of_tables(document: Document, rule: YearRule) -> Iterator[LetterSeen]:
    """Rows under a header that names a time of asking, and a time or state of answering."""
    for table in document.all("table"):
        rows = _rows(document, table)
        header = next((number for number, (_, cells) in enumerate(rows[:3]) if _is_header(cells)), None)
        if header is None:
            continue
        roles = [_role(cell) for cell in rows[header][1]]
        for row, cells in rows[header + 1 :]:
            letter = _from_cells(dict(zip(roles, cells, strict=False)), _target(document, row), rule)
            if letter is not None:
                yield letter


def _rows(document: Document, table: Spot) -> list[tuple[Spot, list[str]]]:
    """A table's own rows, with the texts of their cells."""
    rows: dict[int, tuple[Spot, list[str]]] = {
        spot.order: (spot, [])
        for spot in document.within(table, "tr")
        if next((each for each in spot.ancestors() if each.tag == "table"), None) is table
    }
    for cell in sorted(document.within(table, "td", "th"), key=lambda spot: spot.order):
        if cell.parent is not None and cell.parent.order in rows:
            rows[cell.parent.order][1].append(document.text_of(cell) or _drawn(document, cell))
    return [rows[order] for order in sorted(rows)]


def _drawn(document: Document, cell: Spot) -> str:
    """What a cell without text shows: the words of its picture, else a mark that nobody can read."""
    signs = document.within(cell, "img", "i", "svg")
    return next((words for sign in signs if (words := sign.get("alt") or sign.get("title"))), "…" if signs else "")


def _target(document: Document, spot: Spot) -> str | None:
    """Where an entry leads to: its first link that leads anywhere."""
    raw = (anchor.get("href") for anchor in document.within(spot, "a"))
    return next((url for each in raw if leads_somewhere(each) and (url := document.resolve(each))), None)


def _is_header(cells: list[str]) -> bool:
    """A row of labels alone: a date beside them makes it a row of one letter's own page."""
    if any(dates_within(cell) for cell in cells):
        return False
    roles = {_role(cell) for cell in cells}
    return "asked" in roles and bool(roles & {"answered", "state"})


def _role(cell: str) -> str:
    text = cell.strip()
    if len(text) > 16:
        return ""
    for role, pattern in (
        ("answered", _ANSWERED),
        ("asked", _ASKED),
        ("unit", _UNIT),
        ("state", _STATE),
        ("title", _TITLE),
    ):
        if pattern.search(text):
            return role
    return text


def _from_cells(cells: dict[str, str], url: str | None, rule: YearRule) -> LetterSeen | None:
    asked = _day(cells.get("asked", ""), rule)
    title = cells.get("title") or max(cells.values(), key=len, default="")
    if asked is None and not title:
        return None
    answered = _day(cells.get("answered", ""), rule)
    state = state_of(cells.get("state", ""))
    if state is LetterState.UNKNOWN and "answered" in cells and _EMPTY.match(cells.get("state", "")):
        state = _state_of_answer(cells["answered"], answered)
    unit = cells.get("unit", "")[:_UNIT_LIMIT] or None
    return LetterSeen(title=title[:_TITLE_LIMIT], asked=asked, answered=answered, state=state, url=url, unit=unit)


def _state_of_answer(cell: str, answered: date | None) -> LetterState:
    """What a column for the answer says: a date or text = answered, nothing or a dash = not."""
    if answered is not None:
        return LetterState.ANSWERED
    if _EMPTY.match(cell):
        return LetterState.PENDING
    return state_of(cell)


def state_of(text: str) -> LetterState:
    """What words like 已答复 or 处理中 say; where several stand there, the letter was answered in the end."""
    if _DONE.search(text):
        return LetterState.ANSWERED
    return LetterState.PENDING if _OPEN.search(text) else LetterState.UNKNOWN


def _day(text: str, rule: YearRule) -> date | None:
    return date_alone(text.strip(), rule) or next(iter(dates_within(text)), None)


def _of_entries(document: Document, rule: YearRule) -> Iterator[LetterSeen]:
    """Entries of lists that show a date and a state, or labelled times, without a header above them."""
    for spot in document.all("li", "dl"):
        if spot.hidden or spot.nav or spot.foot:
            continue
        text = document.text_of(spot)
        if not 8 <= len(text) <= 3000:
            continue
        letter = _from_entry(document, spot, text, rule)
        if letter is not None:
            yield letter


def _from_entry(document: Document, spot: Spot, text: str, rule: YearRule) -> LetterSeen | None:
    asked_label, answered_label = _LABELLED_ASKED.search(text), _LABELLED_ANSWERED.search(text)
    asked = _day(asked_label.group(1), rule) if asked_label else None
    answered = _day(answered_label.group(1), rule) if answered_label else None
    state = LetterState.ANSWERED if answered is not None else _state_of_entry(document, spot, text)
    if state is LetterState.UNKNOWN and asked_label is None:
        return None
    if asked is None:
        pieces = [piece.value for piece in document.texts_within(spot) if not piece.spot.hidden]
        days = [day for piece in pieces if (day := _day(piece, rule)) is not None]
        asked = days[0] if days else None
    if asked is None:
        return None
    url = _target(document, spot)
    return LetterSeen(title=_title(spot, text), asked=asked, answered=answered, state=state, url=url)


def _state_of_entry(document: Document, spot: Spot, text: str) -> LetterState:
    """Answered as soon as the entry says so; pending only by a short text of its own, not by what the letter says."""
    if _DONE.search(text):
        return LetterState.ANSWERED
    own = (piece for piece in document.texts_within(spot) if len(piece.value) <= _STATE_LENGTH)
    shown = (piece.value for piece in own if piece.spot.anchor is None)
    return LetterState.PENDING if any(_OPEN.search(value) for value in shown) else LetterState.UNKNOWN


def _title(spot: Spot, text: str) -> str:
    link = spot.node.css_first("a")
    titled = " ".join((link.text(deep=True) or "").split()) if link is not None else ""
    return (titled or text)[:_TITLE_LIMIT]
