"""Which charset a browser goes by, and whether the bytes are in it."""

import pytest

from crawler.extract.charset import declaration, decode
from inspection.observation.page import CharsetFault

WRONG, NONE = CharsetFault.CONTRADICTED, CharsetFault.UNDECLARED
TEXT = "<p>青山市人民政府办公室关于做好冬季供暖工作的通知</p>"


@pytest.mark.parametrize(
    ("meta", "encoding", "header", "expected"),
    [
        ('<meta charset="utf-8">', "utf-8", "", ("utf-8", None)),
        ("<META content='text/html; charset=gb2312' http-equiv=Content-Type>", "gbk", "", ("gbk", None)),
        ('<meta charset="gb2312">', "gb18030", "text/html; charset=GBK", ("gbk", None)),
        ('<meta charset="gb2312">', "utf-8", "", ("gbk", WRONG)),
        ('<meta charset="utf-8">', "gbk", "", ("utf-8", WRONG)),
        ('<meta charset="gb2312">', "utf-8", "text/html; charset=utf-8", ("utf-8", None)),
        ('<meta charset="gbk">', "gbk", "text/html; charset=utf-8", ("utf-8", WRONG)),
        ('<meta charset="utf-8">', "gbk", "text/html; charset=ISO-8859-1", ("iso8859-1", WRONG)),
        ("", "utf-8", "", ("", NONE)),
        ('<meta charset="nonesuch">', "utf-8", "", ("", NONE)),
        ('<meta charset="big5">', "big5", "", ("big5", None)),
        ('<meta charset="gbk">', "utf-8-sig", "", ("utf-8", None)),
    ],
)
def test_declared_charset(meta, encoding, header, expected):
    text = "<p>市政府關於辦理電子業務的通知</p>" if encoding == "big5" else TEXT
    body = f"<html><head>{meta}</head><body>{text}".encode(encoding)
    assert declaration(body, header, decode(body, header)[1]) == expected


def test_ascii_looks_the_same_in_any_charset():
    assert declaration(b"<html><body>moved</body></html>", "", "utf-8") == ("", None)
