"""Editions: the shipped ones, and mistakes in a file."""

from datetime import date

import pytest

from inspection.checks import check_names
from inspection.errors import InputRejected, NotFound
from inspection.standard.parse import SHIPPED, edition_in_force, parse_edition, shipped_edition

MINIMAL = """
id = "x"
name = "样本"
document = "样发〔2026〕1号"
valid_from = 2026-01-01
pass_rule = { full_score = 100, fails_above = 40, source = "found" }
column_classes = [{ id = "news", name = "动态", window_days = 14, names = ["动态"] }]

[[indicators]]
id = "X-1"
name = "样例"
clause = "样例"
kind = "veto"
automation = "machine"
source = "found"
check = "home_elements"
"""


def parse(text: str):
    return parse_edition(text, origin="样本.toml", known_checks=check_names())


def test_minimal_edition():
    assert parse(MINIMAL).indicators[0].id == "X-1"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('id = "x"', "id = ", "TOML"),
        ('name = "样本"', 'name = "样本"\nextra = 1', "extra"),
        ('clause = "样例"', "", "clause"),
        ('kind = "veto"', 'kind = "vetoo"', "vetoo"),
        ('"home_elements"', '"home_element"', "home_element"),
        ("window_days = 14", 'window_days = "fourteen"', "window_days"),
        (MINIMAL[MINIMAL.index("[[") :], MINIMAL[MINIMAL.index("[[") :] * 2, "X-1 重复"),
    ],
)
def test_mistakes_are_named_with_the_file(old, new, named):
    assert old in MINIMAL
    with pytest.raises(InputRejected) as caught:
        parse(MINIMAL.replace(old, new, 1))
    assert "样本.toml" in str(caught.value)
    assert named in str(caught.value)


@pytest.mark.parametrize("edition_id", SHIPPED)
def test_shipped_editions_name_existing_checks_and_share_the_column_classes(edition_id):
    edition = shipped_edition(edition_id, known_checks=check_names())
    assert edition.id == edition_id
    assert [class_.id for class_ in edition.column_classes] == ["news", "policy", "notice", "personnel", "plan"]
    assert all(row.check for row in edition.indicators)


@pytest.mark.parametrize(
    ("day", "edition_id"), [(date(2017, 3, 31), "2015"), (date(2019, 3, 31), "2015"), (date(2019, 4, 1), "2019")]
)
def test_the_edition_in_force(day, edition_id):
    assert edition_in_force(day, known_checks=check_names()).id == edition_id


def test_no_edition_before_the_first():
    with pytest.raises(NotFound, match="--edition"):
        edition_in_force(date(2014, 1, 1), known_checks=check_names())
