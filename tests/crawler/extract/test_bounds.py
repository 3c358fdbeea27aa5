"""Hostile pages are cut where parsing would take the square of their size; ordinary ones are left alone."""

import pytest

from crawler.extract.bounds import bounded
from crawler.extract.document import Document
from crawler.extract.links import Lines

URL = "http://www.a.test/"
ITEMS = "<ul>" + "<li><p><a href=/x>标题</a><td><br>" * 6000 + "</ul>"


def depth(document: Document) -> int:
    return max(sum(1 for _ in spot.ancestors(100_000)) for spot in document.spots[-3:])


def test_nesting_is_cut_and_what_came_before_is_read():
    document = Document("<p>先" + "<div>" * 50_000 + "后", URL)
    assert document.visible == "先"
    assert 1_900 < depth(document) <= 2_010


def test_a_page_that_closes_what_it_opens_is_whole():
    source = "<div><span>文</span></div>" * 20_000
    assert bounded(source) == source


@pytest.mark.parametrize("source", ["<div>" * 5_000, ITEMS, "<IMG><input>" * 30_000, "1 < 2 " * 30_000])
def test_few_tags_and_tags_that_do_not_nest_are_left_alone(source):
    assert bounded(source) == source


def test_options_beyond_reason_are_dropped_and_the_rest_is_read():
    source = "<select>" + "<option value=1>甲" * 30_000 + "</select><p>后"
    document = Document(source, URL)
    assert len(document.by_tag["option"]) == 5_000
    assert document.visible == "后"


def test_elements_beyond_reason_are_cut_off_and_weigh_by_their_attributes():
    assert bounded("<p>文" * 100_000).count("<p>") == 60_000
    assert bounded("<p class=a>文" * 100_000).count("<p") == 30_000


@pytest.mark.parametrize(
    ("source", "url"), [(f"<base href='/{'x' * 900}/'>", URL), (f"<base href='/{'x' * 90}/'>", URL + "x" * 900)]
)
def test_there_are_fewer_where_each_reference_becomes_long(source, url):
    assert bounded(source + "<a href=1>文" * 100_000, url).count("<a ") < 10_000


def test_attributes_beyond_reason_are_dropped_and_the_rest_is_read():
    attributes = " ".join(f"a{number}='{number}'" for number in range(100_000))
    document = Document(f"<p id=x {attributes}>文</p><p>后", URL)
    first, last = document.by_tag["p"]
    assert (len(first.attributes), first.get("id"), document.visible) == (2_000, "x", "文\n后")
    assert not last.attributes


def test_long_values_are_no_reason_to_cut_a_tag():
    picture = f"<img alt='{'长 ' * 50_000}' src='data:image/png;base64,{'x' * 50_000}'>"
    assert bounded(picture) == picture


def test_lines_are_sought_until_too_much_was_searched_in_vain():
    source = "x" * 30_000_000 + "\n<a href='/y'>"
    lines = Lines(source)
    assert [lines.of(f"/missing{n}") for n in range(2)] == [0, 0]
    assert lines.of("/y") == 2
    rest = Lines(source)
    assert [rest.of(f"/missing{n}") for n in range(4)] == [0] * 4
    assert rest.of("/y") == 0
