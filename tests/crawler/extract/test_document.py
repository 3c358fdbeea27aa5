"""The walk over a parsed page: where elements begin and end, and what they take over from those around them."""

import pytest

from crawler.extract.document import Document, Spot

PAGE = """<!-- c --><html><body><div id=one> <p>甲<b>乙</b></p><!-- c --><ul><li>丙<li></ul></div>
<script>var x = "丁";</script><select><option>戊</select><a href=/>己<i></i></a></body></html><!-- c -->"""


def document(source: str) -> Document:
    return Document(source, "http://www.a.gov.cn/")


def test_an_element_holds_what_stands_under_it_and_nothing_else() -> None:
    page = document(PAGE)

    def is_under(spot: Spot, other: Spot) -> bool:
        return other is spot or any(each is spot for each in other.ancestors())

    for spot in page.spots:
        assert [each for each in page.spots if spot.holds(each)] == [
            each for each in page.spots if is_under(spot, each)
        ]
        assert page.texts_within(spot) == [text for text in page.texts if is_under(spot, text.spot)]


def test_texts_are_those_that_are_read() -> None:
    page = document(PAGE)
    assert [text.value for text in page.texts] == ["甲", "乙", "丙", "己"]
    assert page.text_of(page.by_tag["body"][0]) == '甲 乙 丙 var x = "丁"; 戊 己'
    assert page.scripts[0][1] == 'var x = "丁";'


@pytest.mark.parametrize(
    ("around", "visible", "body"),
    [
        ("<div>{}</div>", "文", "文"),
        ("<div class=nav><p>{}</p></div>", "文", ""),
        ("<footer><p id=x>{}</p></footer>", "文", ""),
        ("<p hidden><b>{}</b></p>", "", ""),
        ("<html style='display: none'><p>{}", "", ""),
        ("<html id=foot><p>{}", "文", ""),
    ],
)
def test_surroundings_are_those_of_all_elements_around(around: str, visible: str, body: str) -> None:
    page = document(around.format("文"))
    assert (page.visible, page.body, page.written) == (visible, body, "文")


def test_what_stands_in_an_anchor_knows_it() -> None:
    page = document("<a href=/1><p><b>一</b></p></a><b>二</b>")
    anchor, inner, outer = page.by_tag["a"][0], *page.by_tag["b"]
    assert (anchor.anchor, inner.anchor, outer.anchor) == (anchor, anchor, None)
