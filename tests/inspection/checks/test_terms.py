"""The lexicon engine."""

import pytest

from inspection.checks.terms import TermMatcher, normalized
from inspection.standard import Lexicon, LexiconCategory

GAMBLING = Lexicon(
    id="g",
    name="赌博",
    category=LexiconCategory.GAMBLING,
    terms={"百家乐": "", "casino": "", "博彩": "", "博彩网站": ""},
    allowed=("博彩业监管",),
    excused_by=("打击",),
    excuse_distance=5,
)


def found(text: str) -> list[str]:
    return [hit.term for hit in TermMatcher([GAMBLING]).hits(text)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("百家乐", ["百家乐"]),
        ("百 家\u200b乐", ["百家乐"]),
        ("ＣＡＳＩＮＯ", ["casino"]),
        ("Casino!", ["casino"]),
        ("casinos", []),
        ("mycasino", []),
        ("在线casino平台", ["casino"]),
        ("博彩网站", ["博彩网站"]),
        ("博彩业监管办法", []),
        ("博彩业", ["博彩"]),
        ("打击博彩", []),
        ("打击各类违法犯罪活动中的博彩", ["博彩"]),
        ("", []),
    ],
)
def test_what_is_found(text, terms):
    assert found(text) == terms


def test_context_and_correction():
    lexicon = Lexicon(id="w", name="误写", category=LexiconCategory.WRONG_EXPRESSION, terms={"人民政俯": "人民政府"})
    [hit] = TermMatcher([lexicon]).hits("某某县人民政俯办公室关于做好工作的通知")
    assert (hit.correct, hit.context) == ("人民政府", "某某县人民政俯办公室关于做好工作的通知")


def test_only_the_wanted_categories():
    assert TermMatcher([GAMBLING]).hits("百家乐", {LexiconCategory.PHARMACY}) == []


def test_no_lexicon_finds_nothing():
    assert TermMatcher([]).hits("百家乐") == []


def test_normalizing_keeps_spaces_between_words():
    assert normalized("Ａ ｂ 政 府 c") == "a b 政府 c"
