"""Bytes to text: what the bytes are outweighs what the page or the server says they are."""

import codecs
import re

from inspection.observation.page import CharsetFault

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(r"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_CHINESE = {"gb2312": "gbk", "gbk": "gbk", "gb18030": "gb18030", "x-gbk": "gbk", "big5": "big5", "big5-hkscs": "big5"}
_FAMILY = {"gb18030": "gbk"}
_META_WITHIN = 4096
_SCORED = 200_000
# The most frequent characters of simplified and traditional running text: they tell GBK and Big5 apart.
_FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取完举色國會們個來學產發實動務網請關開訊電業東華長門見書車馬區縣廳點繁體處報導圖現與無對經後將還為這時說過進種當從機應"
)


def decode(body: bytes, content_type: str = "") -> tuple[str, str]:
    """(text, charset that the bytes are really in). Never raises; NUL characters are dropped."""
    text, charset = _decode(body, content_type)
    return text.replace("\0", ""), charset


def declaration(body: bytes, content_type: str, charset: str) -> tuple[str, CharsetFault | None]:
    """(charset that a browser goes by, empty = none; what is wrong with it), for bytes that are in ``charset``.

    The server outweighs the page (HTML, "determining the character encoding"); a byte order mark outweighs both. Bytes
    that are ASCII alone look the same in whatever is declared.
    """
    if any(body.startswith(bom) for bom, _ in _BOMS):
        return charset, None
    names = [match.group(1) for match in (_HEADER.search(content_type), _META.search(_head(body))) if match]
    declared = next((name for name in map(_canonical, names) if name), "")
    if body.isascii() or _FAMILY.get(declared, declared) == _FAMILY.get(charset, charset):
        return declared, None
    return declared, CharsetFault.CONTRADICTED if declared else CharsetFault.UNDECLARED


def _head(body: bytes) -> str:
    return body[:_META_WITHIN].decode("latin-1")


def _canonical(name: str) -> str:
    """A charset by its usual name; empty for one that nobody knows, which browsers pass over."""
    known = _CHINESE.get(name.lower())
    if known is not None:
        return known
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def _decode(body: bytes, content_type: str) -> tuple[str, str]:
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(charset, "replace"), charset.removesuffix("-le").removesuffix("-be")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        if not _is_utf8(body):
            return _decode_chinese(body, _declared(body, content_type))
        text = body.decode("utf-8", "replace")
    if not text.isascii():
        return text, "utf-8"
    declared = _declared(body, content_type)
    return text, declared if declared in _CHINESE.values() else "utf-8"


def _declared(body: bytes, content_type: str) -> str:
    header = _HEADER.search(content_type)
    meta = _META.search(_head(body))
    name = meta.group(1) if meta else header.group(1) if header else ""
    return _CHINESE.get(name.lower(), name.lower())


def _is_utf8(body: bytes) -> bool:
    """Whether the bytes are UTF-8; an end cut within a character is no objection."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body, final=False)
    except UnicodeDecodeError:
        return _mostly_utf8(body)
    return True


def _mostly_utf8(body: bytes) -> bool:
    """A few damaged characters do not make a UTF-8 page a GBK one."""
    text = body.decode("utf-8", "replace")
    foreign = _foreign(text)
    return foreign > 0 and text.count("\ufffd") < 0.02 * foreign


def _decode_chinese(body: bytes, declared: str) -> tuple[str, str]:
    simplified = body.decode("gb18030", "replace")
    traditional = body.decode("big5-hkscs", "replace")
    if _score(traditional) > _score(simplified) + (0 if declared == "big5" else 0.02):
        return traditional, "big5"
    if declared and declared not in _CHINESE.values() and declared != "utf-8" and _score(simplified) < 0.01:
        try:
            return body.decode(declared, "replace"), declared
        except LookupError:
            pass
    return simplified, "gb18030" if declared == "gb18030" else "gbk"


def _score(text: str) -> float:
    """Share of frequent characters among the foreign ones, less the share of damage."""
    head = text[:_SCORED]
    foreign = _foreign(head)
    if not foreign:
        return 0.0
    good = sum(map(_FREQUENT.__contains__, head))
    return (good - 2 * head.count("\ufffd")) / foreign


def _foreign(text: str) -> int:
    """How many characters are not ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))
