"""What identifies a government website: code, records, organizer, marks and entries, outside comments."""

import re

from crawler.extract import hints
from crawler.extract.document import Document, Spot

_PROVINCES = "京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川蜀贵黔云滇藏陕秦甘陇青宁新"
_CODE = re.compile(
    r"(?:标\s*[识示]\s*码|网站\s*标\s*[识示]\s*(?:编码|号)?)\s*[:：为]?\s*[\"“(（]?\s*((?:[1-6]\d{9}|bm\d{8})(?!\d))",
    re.IGNORECASE,
)
_CODE_ALONE = re.compile(r"^(?:[1-6]\d{9}|bm\d{8})$", re.IGNORECASE)
_ICP = re.compile(
    rf"[{_PROVINCES}]\s?ICP\s?[备证](?:案)?\s?(?:字)?(?:第)?\s?[:：]?\s?\d{{5,10}}(?:\s?号)?(?:\s?[-－—]\s?\d{{1,3}})?",
    re.IGNORECASE,
)
_POLICE = re.compile(rf"[{_PROVINCES}]\s?公(?:网安|安|网)备\s?(?:第|[:：])?\s?\d{{12,14}}\s?号?")
_POLICE_LINK = re.compile(r"beian\.(?:gov|mps\.gov)\.cn/.*?code=(\d{14})(?!\d)")
_ORGANIZER = re.compile(
    r"主(?<![承协联]主)\s*办\s*(?:单\s*位|方|机\s*关)?\s*[:：]?\s*[:：]?\s*([^\s:：|｜,，;；。()（）]{4,40}(?:\s?、\s?[^\s:：|｜,，;；。]{4,30})?)"
)
_ORGANIZER_LABELLED = re.compile(r"(?<![承协联])主\s*办\s*(?:单\s*位|方|机\s*关)?\s*[:：]|主\s*办\s*单\s*位")
_ORGANIZER_BEHIND = re.compile(r"([\u4e00-\u9fff、]{4,40}?)\s*主办(?![\u4e00-\u9fff])")
_BODY = re.compile(
    r"(?:政府|办公[厅室]|局|委员会|委|厅|部|院|处|中心|站|市委|县委|区委|管委会|署|社|会|所|队|集团|学校|大学|馆|行|网)$"
)
_ORGANIZER_END = re.compile(
    r"(?:承办|协办|版权|地址|电话|技术|维护|运维|联系|备案|网站|制作|邮编|建设|管理单位|主管|ICP|All|Copyright|标识码|邮箱|[京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新]ICP)"
)
_CONTACT = re.compile(
    r"(?:联系(?:电话|方式|人|我们|地址)|办公电话|咨询电话|服务电话|热线(?:电话)?|电\s*话|传\s*真|Tel)\s*[:：]?\s*[(（+]?\d[\d()（）\s－-]{4,24}"
    r"|(?:电子邮[箱件]|邮\s*箱|E-?mail)\s*[:：]?\s*[\w.+-]+(?:@|#|\(at\))[\w.-]+"
    r"|(?:联系地址|单位地址|办公地址|地\s*址)\s*[:：]\s*[^\s|｜]{4,60}",
    re.IGNORECASE,
)
_CONTACT_STARTS = re.compile(
    r"[联办咨服热电传邮地单TtEe](?i:系|公电|公地|询|务电|线|子|位|\s*话|\s*真|\s*箱|\s*址|el|-?mail)"
)
"""What any contact begins with; far quicker to look for."""
_CONTACT_LINKS = frozenset({"联系我们", "联系方式", "联系电话"})
_REPORT = re.compile(r"找错|jiucuo|zfwzgl\.|exposure/")
_REPORT_TEXT = re.compile(r"(?:政府|网站|我为).{0,10}找错|^找错$")
_NOT_REPORT = re.compile(r"内容纠错|我要纠错")
_MARK = re.compile(r"conac|bszs")
_MARK_IMAGE = re.compile(r"(?:^|[/_-])(?:red|blue|dzjg|dangzheng|zfbs|jgbs)[\w-]*\.(?:png|jpe?g|gif)$", re.IGNORECASE)
_MARK_TITLE = re.compile(r"党政机关|政府机关网站标识|事业单位标识")
_STATE_COUNCIL_COLUMN = re.compile(
    r"(?:国务院|中国政府网).{0,6}(?:信息|政策|文件|要闻|动态|专栏|专题|精神|部署|新闻|督查|互联网|大督查|常务会议|公报)|中央.{0,4}(?:国务院).{0,6}"
)
_NOT_STATE_COUNCIL_COLUMN = re.compile(
    r"国务院(?:各)?(?:部门|部委|机构|组成|直属|办公厅|令|客户端|法制)|关于|印发|通知|会议召开|主持|网站|(?:办公室|室|局|委员会|部)$"
)
_MAPS = frozenset({"网站地图", "网站导航", "站点地图", "站点导航"})
_NAME_TAGS = ("SiteName", "og:site_name", "application-name")
_TITLE_PARTS = re.compile(r"\s*(?:[-_|｜—–]+|>{1,2}|»|::)\s*")
_WELCOME = re.compile(r"^\s*(?:您好[,，])?欢迎(?:您|你)?(?:访问|光临|来到|登[录陆])?|[!！\s]*$")
_SITE_NAMED = re.compile(r"(?:网|网站|网站群|门户|信息港)$")
_ORGAN_NAMED = re.compile(
    r"\w{2}(?:政府|委员会|局|厅|部|院|办公室|公署|管委会|街道办事处|办事处|中心|馆|署|市|县|区|旗|盟|州|乡|镇)$"
)
_NO_NAME = re.compile(r"^(?:首页|互动交流|政务公开|新闻中心|服务中心|信息中心|网站|门户网站|官方网站|)$|关于|，")
_TAGS_OF_ENTRIES = ("script", "img", "iframe", "area", "a", "span", "div", "li", "p", "input", "button")
"""Those first that are few and hold it mostly."""
_ATTRIBUTES = frozenset({"id", "href", "src", "onclick", "title", "alt", "name", "sitecode", "class"})
_ENTRY_TEXT_LIMIT = 20


def site_code(document: Document) -> str | None:
    """The code that the page shows (网站标识码), else that of its tag."""
    match = _CODE.search(document.visible_line) if "标" in document.visible_line else None
    return match.group(1).lower() if match else site_code_meta(document)


def site_code_meta(document: Document) -> str | None:
    """The code of the tag ``SiteIDCode``; None for a placeholder."""
    value = (document.meta_value("SiteIDCode") or "").strip()
    return value.lower() if _CODE_ALONE.match(value) else None


def icp(document: Document) -> str | None:
    """ICP record number as shown."""
    return _first(_ICP, document)


def police_record(document: Document) -> str | None:
    """Public-security record number as shown; that of the link to the register where only its mark is shown."""
    shown = _first(_POLICE, document)
    if shown is not None or not document.may_hold(hints.POLICE):
        return shown
    links = (_POLICE_LINK.search(spot.get("href")) for spot in document.all("a"))
    return next((match.group(1) for match in links if match), None)


def _first(pattern: re.Pattern[str], document: Document) -> str | None:
    """What a pattern of records finds, in each of which 备 or 证 stands."""
    line = document.visible_line
    match = pattern.search(line) if "备" in line or "证" in line else None
    return " ".join(match.group().split()) if match else None


def organizer(document: Document) -> str | None:
    """The organizing body (主办单位): behind its label, or before the word 主办; the last place (the footer) counts."""
    text = document.visible_line
    matches = _ORGANIZER.finditer(text) if "主" in text else ()
    found = [(match, _clean_body(match.group(1))) for match in matches]
    labelled = [name for match, name in found if name and _ORGANIZER_LABELLED.match(match.group())]
    pieces = document.visible_texts if "主办" in text else ()
    behind = [name for piece in pieces if (name := _named_before(piece.value))]
    loose = [name for _, name in found if name and _BODY.search(name)]
    for names in (labelled, behind, loose):
        if names:
            return names[-1]
    described = re.search(r"由([\u4e00-\u9fff、]{4,30})主办", document.meta_value("description") or "")
    return described.group(1) if described else None


def _named_before(piece: str) -> str | None:
    match = _ORGANIZER_BEHIND.search(piece) if len(piece) < 60 and "主办" in piece else None
    return match.group(1) if match and _BODY.search(match.group(1)) else None


def _clean_body(name: str) -> str | None:
    end = _ORGANIZER_END.search(name, 4)
    name = (name[: end.start()] if end else name).strip(" -—、\xa0©®")
    return name if len(name) >= 4 and re.search(r"[\u4e00-\u9fff]{4}", name) else None


def contact(document: Document) -> str | None:
    """How the site's office is reached, as shown; a link named 联系我们 counts."""
    if document.may_say(hints.CONTACT):
        text = document.visible_line
        found = (_CONTACT.match(text, start.start()) for start in _CONTACT_STARTS.finditer(text))
        match = next(filter(None, found), None)
        if match:
            return " ".join(match.group().split())
    return next((text for text in document.link_texts if text in _CONTACT_LINKS), None)


def jiucuo_entry(document: Document) -> bool:
    """A live entry 我为政府网站找错: widget script, link, image or the place the widget fills, outside comments."""
    return document.may_hold(hints.REPORT) and any(
        _is_report_entry(document, spot) for spot in document.all(*_TAGS_OF_ENTRIES)
    )


def _is_report_entry(document: Document, spot: Spot) -> bool:
    if spot.attributes:
        values = " ".join([value for name, value in spot.attributes.items() if value and name in _ATTRIBUTES])
        if _REPORT.search(values.lower()) and not _NOT_REPORT.search(values):
            return True
    text = document.text_of(spot) if spot.tag == "a" else ""
    if "找错" not in text or len(text) > _ENTRY_TEXT_LIMIT:
        return False
    return _REPORT_TEXT.search(text) is not None and not _NOT_REPORT.search(text)


def conac_mark(document: Document) -> bool:
    """The party-and-government mark (党政机关网站标识): its script, link or image, outside comments."""
    marked = document.may_hold(hints.MARK)
    if marked and any(_is_mark(spot) for spot in document.all("script", "a", "img", "iframe", "span")):
        return True
    if any(_is_mark_image(spot) for spot in document.all("img")):
        return True
    return marked and any(_MARK.search(text.lower()) for _, text in document.scripts)


def _is_mark(spot: Spot) -> bool:
    values = [value for name in ("href", "src", "id", "onclick") if (value := spot.attributes.get(name))]
    return bool(values) and _MARK.search(" ".join(values).lower()) is not None


def _is_mark_image(spot: Spot) -> bool:
    source, said = spot.get("src"), spot.get("alt") + spot.get("title")
    return _MARK_IMAGE.search(source) is not None or _MARK_TITLE.search(said) is not None


def state_council_column(document: Document) -> bool:
    """A navigation item or column named 国务院信息 or the like, in a prominent place.

    Prominent is what a visitor sees outside the footer and the friendly links; lists of departments do not count.
    """
    if "国务院" not in document.written and "中国政府网" not in document.written:
        return False
    names = (
        text.value.strip("·•>| ")
        for text in document.texts
        if ("国务院" in text.value or "中国政府网" in text.value) and not text.spot.foot
    )
    return any(_is_state_council_name(name) for name in names)


def _is_state_council_name(name: str) -> bool:
    if len(name) > 16 or _NOT_STATE_COUNCIL_COLUMN.search(name):
        return False
    return _STATE_COUNCIL_COLUMN.search(name) is not None


def site_name(document: Document) -> str | None:
    """The site's name: its tag, else the part of the title that is named like a site, else like an organ."""
    tagged = next((value for name in _NAME_TAGS if (value := document.meta_value(name))), None)
    if tagged is not None or document.title is None:
        return tagged
    parts = [_WELCOME.sub("", part).strip(" []【】·>") for part in _TITLE_PARTS.split(document.title)]
    for named in (_SITE_NAMED, _ORGAN_NAMED):
        found = [part for part in parts if named.search(part) and not _NO_NAME.search(part)]
        if found:
            return found[-1]
    return None


def site_map(document: Document) -> bool:
    """A link named 网站地图 or the like."""
    if not _MAPS.isdisjoint(document.link_texts):
        return True
    untold = (spot for spot, text in zip(document.all("a"), document.link_texts, strict=True) if not text)
    return any(spot.get("title").removesuffix("\n") in _MAPS for spot in untold)
