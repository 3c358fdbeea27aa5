"""The confusion matrix against planted truth."""

from cli.agreement import compare
from inspection.checks import CHECK_PARAMS
from inspection.scoring import Verdict
from inspection.standard import EditionLibrary

EDITION = EditionLibrary(CHECK_PARAMS).get("2019")


def planted(code: str, expected: str, *faults: tuple[str, str, bool]) -> dict:
    return {
        "code": code,
        "url": f"http://{code}/",
        "expected": {"2019": expected},
        "needs_browser": False,
        "faults": [{"kind": kind, "indicator": {"2019": row}, "veto": veto} for kind, row, veto in faults],
    }


def test_matrix_disagreements_and_what_is_not_checked():
    sites = [
        planted("a", "passed"),
        planted("b", "failed", ("unreachable", "N19-V2", True)),
        planted("c", "failed", ("home_stale", "N19-V3", True)),
        planted("d", "failed", ("leak", "N19-V0", True)),
        planted("e", "passed", ("dead_link", "N19-D17", False)),
        planted("f", "closed"),
    ]
    verdicts = {"a": Verdict.PASSED, "b": Verdict.FAILED, "c": Verdict.PASSED, "d": Verdict.PASSED, "e": Verdict.PASSED}
    agreement = compare(sites, verdicts, EDITION, browser=True)
    assert agreement.matrix == {
        (Verdict.PASSED, Verdict.PASSED): 2,
        (Verdict.FAILED, Verdict.FAILED): 1,
        (Verdict.FAILED, Verdict.PASSED): 1,
    }
    assert agreement.total == 4
    assert agreement.outside == ("d",)
    [line] = agreement.disagreements
    assert line.startswith("c http://c/：预设不合格，判定合格")
    assert "home_stale" in line


def test_what_only_a_browser_sees_is_not_expected_without_one():
    sites = [{**planted("a", "failed", ("too-many-stale", "N19-V4", True)), "needs_browser": True}]
    found = {"a": Verdict.NOT_DETERMINED}
    assert compare(sites, found, EDITION, browser=False).disagreements == ()
    assert len(compare(sites, found, EDITION, browser=True).disagreements) == 1
