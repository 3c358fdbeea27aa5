"""Bytes to text: what the bytes are outweighs what is said of them."""

import pytest

from crawler.extract.charset import decode

SIMPLIFIED = "青山市人民政府办公室关于印发《冬季供暖保障工作方案》的通知，现将方案印发给你们，请认真组织实施。"
TRADITIONAL = "市政府辦公室關於印發電子業務實施方案的通知，各區縣政府、各部門：現將方案發給你們，請認真組織實施。"
RARE = "请𤋮、镕、䶮三位同志到会"  # outside GBK: GB18030 writes them with four bytes


def page(text: str, declared: str = "", filler: str = "") -> str:
    meta = f'<meta charset="{declared}">' if declared else ""
    return f"<html><head>{filler}{meta}<title>通知</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "encoding", "declared", "header", "charset"),
    [
        (SIMPLIFIED, "gbk", "gbk", "", "gbk"),
        (SIMPLIFIED, "gbk", "GB2312", "", "gbk"),
        (SIMPLIFIED, "gbk", "x-gbk", "", "gbk"),
        (SIMPLIFIED, "gbk", "cp936", "", "gbk"),
        (SIMPLIFIED, "gbk", "", "", "gbk"),
        (SIMPLIFIED, "gbk", "", "text/html;charset=GB2312", "gbk"),
        (SIMPLIFIED + RARE, "gb18030", "gb2312", "", "gbk"),
        (SIMPLIFIED + RARE, "gb18030", "gb18030", "", "gb18030"),
        (SIMPLIFIED, "utf-8", "utf-8", "", "utf-8"),
        (SIMPLIFIED, "utf-8", "UTF8", "", "utf-8"),
        (SIMPLIFIED, "utf-8", "", "", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "gbk", "", "utf-8"),
        (SIMPLIFIED, "utf-16", "", "", "utf-16"),
        (TRADITIONAL, "big5", "big5", "", "big5"),
        (TRADITIONAL, "big5", "", "", "big5"),
        (TRADITIONAL, "utf-8", "big5", "", "utf-8"),
        # Said wrongly
        (SIMPLIFIED, "gbk", "utf-8", "", "gbk"),
        (SIMPLIFIED, "utf-8", "gb2312", "", "utf-8"),
        (SIMPLIFIED, "gbk", "iso-8859-1", "", "gbk"),
        (SIMPLIFIED, "gbk", "nonesuch", "", "gbk"),
        (SIMPLIFIED, "gbk", "gbk", "text/html; charset=utf-8", "gbk"),
        (SIMPLIFIED, "utf-8", "gb2312", "text/html; charset=utf-8", "utf-8"),
        (SIMPLIFIED, "gbk", "utf-8", "text/html; charset=ISO-8859-1", "gbk"),
        (SIMPLIFIED, "gbk", "big5", "", "gbk"),
    ],
)
def test_text_comes_out_right(text, encoding, declared, header, charset):
    source = page(text, declared)
    assert decode(source.encode(encoding), header) == (source, charset)


def test_utf_16_of_either_order():
    for encoding, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        assert decode(mark + page(SIMPLIFIED).encode(encoding)) == (page(SIMPLIFIED), "utf-16")


def test_two_contradicting_tags_and_one_that_comes_late():
    twice = page(SIMPLIFIED, "gbk").replace("<title>", '<meta charset="utf-8"><title>')
    assert decode(twice.encode("utf-8"))[0] == twice
    assert decode(twice.encode("gbk"))[0] == twice
    late = page(TRADITIONAL, "big5", filler=f"<!-- {'x' * 3000} -->")
    assert decode(late.encode("big5")) == (late, "big5")


@pytest.mark.parametrize(("encoding", "damage"), [("utf-8", b"\xff"), ("utf-8", b"\xe4\xb8"), ("gbk", b"\xff")])
def test_damaged_bytes_cost_no_more_than_themselves(encoding, damage):
    whole = page(SIMPLIFIED, encoding)
    before, after = whole.split("，", 1)
    text, charset = decode(before.encode(encoding) + damage + "，".encode(encoding) + after.encode(encoding))
    assert charset == encoding
    assert text.startswith(before)
    assert text.endswith(after)
    assert text.count("\ufffd") == 1


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030"])
def test_an_end_within_a_character_leaves_the_rest(encoding):
    text, _ = decode(page(SIMPLIFIED, encoding).encode(encoding) + "关".encode(encoding)[:-1])
    assert text.rstrip("\ufffd") == page(SIMPLIFIED, encoding)


def test_next_to_nothing_may_end_within_a_character():
    assert decode("政府".encode()[:-1]) == ("政\ufffd", "utf-8")


def test_nothing_and_ascii_alone():
    assert decode(b"") == ("", "utf-8")
    assert decode(b"<html>moved</html>", "text/html; charset=gb2312") == ("<html>moved</html>", "gbk")
