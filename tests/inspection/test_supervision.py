"""An operator's own rules in the place of the shipped ones, or beside them."""

from datetime import date
from importlib import resources

import pytest

from inspection.errors import InputRejected, NotFound
from inspection.supervision import load_rules

CITY = resources.files("inspection.rectification.rules").joinpath("city-example.toml").read_text("utf-8")
ANNUAL = resources.files("inspection.assessment").joinpath("rules", "annual.toml").read_text("utf-8")


def test_without_own_files_all_are_the_shipped_ones() -> None:
    rules = load_rules()
    assert (list(rules.rectification), list(rules.assessment)) == (
        ["national", "city-example"],
        ["city-example", "annual"],
    )
    assert rules.reporting.verification.agreement_low == 0.9
    with pytest.raises(NotFound, match="没有名为 nix 的整改规则；可用：national、city-example"):
        rules.rectification_of("nix")
    with pytest.raises(NotFound, match="没有名为 nix 的考核规则"):
        rules.assessment_of("nix")


def test_own_rules_stand_beside_the_shipped_ones_or_in_their_place() -> None:
    own = CITY.replace('id = "city-example"', 'id = "qinglan"')
    changed = CITY.replace("report_days = ", "report_days = 1")
    rules = load_rules(
        {
            "rectification-a.toml": own,
            "rectification-b.toml": changed,
            "assessment-ours.toml": ANNUAL.replace('id = "annual"', 'id = "ours"', 1),
            "reporting.toml": '[named_below]\nrate = 0.5\nsource = "engineering"',
            "wording.toml": 'small_sample = "样本过少"',
        }
    )
    assert list(rules.rectification) == ["national", "city-example", "qinglan"]
    day = date(2017, 3, 1)
    before = rules.rectification_of("qinglan").escalation_due(day)
    assert rules.rectification_of("city-example").escalation_due(day) > before
    assert rules.assessment_of("ours").rules == rules.assessment_of("annual").rules
    assert (rules.reporting.named_below.rate, rules.reporting.verification.agreement_low) == (0.5, 0.9)
    assert rules.wording.small_sample == "样本过少"
    assert rules.wording.national == load_rules().wording.national


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {"reporting.toml": "[named_below]\nrate = 2.0\nsource = 'engineering'"},
            "reporting.toml 有误：named_below",
        ),
        ({"wording.toml": "oops"}, "wording.toml 不是有效的 TOML"),
        ({"rectification-x.toml": "id = 'x'"}, "整改规则 rectification-x.toml 有误"),
        ({"assessment-x.toml": "id = 'x'"}, "考核规则 assessment-x.toml 有误"),
        (
            {"rectification-x.toml": CITY, "rectification-y.toml": CITY},
            "-y.toml 与 rectification-x.toml 的 id",
        ),
    ],
)
def test_mistakes_are_named_with_the_file(files: dict[str, str], told: str) -> None:
    with pytest.raises(InputRejected, match=told):
        load_rules(files)
