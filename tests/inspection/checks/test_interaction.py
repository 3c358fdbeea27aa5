"""Letters, surveys and interviews: both sides of every threshold."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from inspection.checks import CHECK_PARAMS, Rulebook
from inspection.checks.calendar import months_before
from inspection.findings import FindingState
from inspection.observation import FetchOutcome, LinkOutcome, LinkSeen, LinkSource, PageFacts, PageLink
from inspection.observation.page import LetterSeen, LetterState, ListState
from inspection.registry import SiteCategory
from inspection.review import Decision, Review
from inspection.standard import EditionLibrary, IndicatorKind
from inspection.workflows.judge_site import judge

SURE, MAYBE, OPEN = FindingState.ESTABLISHED, FindingState.SUSPECTED, FindingState.NOT_DETERMINED
A, P, U = LetterState.ANSWERED, LetterState.PENDING, LetterState.UNKNOWN
CHANNEL = {"text": "县长信箱"}


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 11, 20), 3, date(2026, 8, 20)),
        (date(2026, 5, 31), 3, date(2026, 2, 28)),
        (date(2026, 2, 1), 3, date(2025, 11, 1)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
    ],
)
def test_months_before(day, months, before):
    assert months_before(day, months) == before


def letter_page(build, letters, title="县长信箱"):
    return build.page(f"{build.home}xx/", PageFacts(charset="utf-8", title=title, letters=tuple(letters)))


@pytest.mark.parametrize(
    ("asked", "state", "found"),
    [
        (date(2026, 8, 19), P, True),
        (date(2026, 8, 20), P, False),
        (date(2025, 11, 20), P, True),
        (date(2025, 11, 19), P, False),
        (date(2026, 3, 1), A, False),
        (date(2026, 3, 1), U, False),
        (None, P, False),
    ],
)
@pytest.mark.parametrize(("row", "edition"), [("C15-V5", "2015"), ("N19-V5", "2019")])
def test_letters_over_three_months_within_a_year(observe, build, run, row, edition, asked, state, found):
    page = letter_page(build, [LetterSeen(title="路灯", asked=asked, state=state)])
    findings = run(row, observe(facts=CHANNEL, columns={"xx": page}), edition)
    assert [finding.state for finding in findings] == [SURE] * found


@pytest.mark.parametrize("title", ["信访举报", "在线访谈", "纪检举报信箱"])
def test_special_channels_are_left_out(observe, build, run, title):
    page = letter_page(build, [LetterSeen(title="路灯", asked=date(2026, 3, 1), state=P)], title=title)
    assert run("N19-V5", observe(facts=CHANNEL, columns={"xx": page}), "2019") == []


def test_no_channel_is_for_a_person_to_confirm(observe, run):
    [finding] = run("N19-V5", observe(facts={"text": "政务公开"}), "2019")
    assert (finding.state, finding.subject) == (MAYBE, "channel")
    assert run("N19-V5", observe(facts={"text": "12345热线"}), "2019") == []
    assert run("C15-V5", observe(facts={"text": "政务公开"})) == []


@pytest.mark.parametrize(
    ("asked", "points"), [(date(2026, 1, 1), None), (date(2025, 11, 20), None), (date(2025, 11, 19), 5), (None, None)]
)
def test_a_channel_nobody_used_within_a_year(observe, build, run, asked, points):
    page = letter_page(build, [LetterSeen(title="路灯", asked=asked, state=A)])
    findings = run("C15-D5", observe(facts=CHANNEL, columns={"xx": page}))
    assert [finding.points for finding in findings] == ([] if points is None else [Decimal(points)])


DAYS = [10, 60, 120, 180, 240, 300]


@pytest.mark.parametrize(
    ("days", "category", "state", "points"),
    [
        (DAYS, SiteCategory.CITY_PORTAL, None, None),
        (DAYS[:5], SiteCategory.CITY_PORTAL, SURE, 3),
        (DAYS[:3], SiteCategory.CITY_DEPARTMENT, None, None),
        (DAYS[:2], SiteCategory.CITY_DEPARTMENT, SURE, 3),
        ([*DAYS[:2], 366], SiteCategory.CITY_DEPARTMENT, SURE, 3),
        ([366, 400], SiteCategory.CITY_DEPARTMENT, SURE, 5),
        ([None, None], SiteCategory.CITY_DEPARTMENT, OPEN, 0),
    ],
)
def test_surveys_by_class_of_site(observe, build, run, days, category, state, points):
    seen = observe(columns={"民意征集": build.list_page(f"{build.home}民意征集/", days)}, category=category)
    findings = run("C15-D6", seen)
    assert [(finding.state, finding.points) for finding in findings] == ([] if state is None else [(state, points)])


def test_interviews_of_provinces_need_six(observe, build, run):
    columns = {"在线访谈": build.list_page(f"{build.home}在线访谈/", DAYS[:4])}
    assert run("C15-D7", observe(columns=columns)) == []
    [finding] = run("C15-D7", observe(columns=columns, category=SiteCategory.PROVINCE_DEPARTMENT))
    assert finding.points == 3


def test_a_list_that_goes_on_may_hold_more(observe, build, run):
    facts = PageFacts(
        charset="utf-8", list_items=build.items(DAYS[:2]), list_state=ListState.LISTED, pager_urls=(f"{build.home}p2",)
    )
    seen = observe(columns={"民意征集": build.page(f"{build.home}民意征集/", facts)})
    assert [finding.state for finding in run("C15-D6", seen)] == [OPEN]


def test_a_missing_column_is_for_a_person_to_confirm(observe, run):
    [finding] = run("N19-D14", observe(), "2019")
    assert (finding.state, finding.points) == (MAYBE, 0)


def test_a_blank_column_held_nothing(observe, build, run):
    blank = build.list_page(f"{build.home}民意征集/", [], ListState.BLANK)
    [finding] = run("C15-D6", observe(columns={"民意征集": blank}))
    assert (finding.state, finding.points) == (SURE, 5)


@pytest.mark.parametrize(
    ("row", "edition"), [("C15-D5", "2015"), ("C15-D6", "2015"), ("N19-D14", "2019"), ("N19-V5", "2019")]
)
def test_what_scripts_may_show_is_not_missed(observe, run, row, edition):
    [finding] = run(row, observe(facts={"script_written": True}), edition)
    assert (finding.state, finding.price) == (OPEN, 0)


@pytest.mark.parametrize(
    ("days", "states"),
    [(DAYS, [MAYBE]), ([*DAYS, 365], [MAYBE]), (DAYS[:5], []), ([*DAYS[:5], 366], []), ([None] * 8, []), ([], [])],
)
def test_many_surveys_within_a_year_may_earn_a_bonus(observe, build, run, days, states):
    seen = observe(columns={"民意征集": build.list_page(f"{build.home}民意征集/", days)})
    assert [finding.state for finding in run("N19-B3", seen, "2019")] == states


OWN = """
id = "2019"
extends = "2019"
[changes.N19-B3]
params = { earned_points = 3 }
"""


@pytest.mark.parametrize(("decision", "bonus"), [(None, 0), (Decision.CONFIRM, 3), (Decision.DISMISS, 0)])
def test_a_bonus_counts_once_a_person_confirms_it(observe, build, decision, bonus):
    seen = observe(facts=CHANNEL, columns={"民意征集": build.list_page(f"{build.home}民意征集/", DAYS)})
    edition = EditionLibrary(CHECK_PARAMS, {"own.toml": OWN}).get("2019")
    kept = msgspec.structs.replace(
        edition, indicators=tuple(row for row in edition.indicators if row.kind is IndicatorKind.BONUS)
    )
    [found] = judge(seen, Rulebook(kept))[1]
    reviews = [
        Review(round_id="r", code=seen.site.code, finding=found.id, decision=each, by="甲", at=build.now, reason="看过")
        for each in [decision]
        if each is not None
    ]
    assert judge(seen, Rulebook(kept), reviews)[0].bonus == bonus


WHOLE = {"asked": date(2026, 5, 3), "answered": date(2026, 5, 6), "unit": "青山市住建局", "has_answer": True}


def single_letter(build, n=1, title="路灯不亮-县长信箱", state=A, **shown):
    letter = LetterSeen(title="路灯", state=state, **shown)
    return build.page(f"{build.home}xx/{n}.html", PageFacts(charset="utf-8", title=title, letter=letter))


@pytest.mark.parametrize(
    ("lacking", "elements"),
    [
        ((), []),
        (("unit",), ["unit"]),
        (("answered", "has_answer"), ["answered", "answer"]),
        (("asked",), ["asked"]),
    ],
)
def test_elements_of_published_letters(observe, build, run, lacking, elements):
    shown = {name: value for name, value in WHOLE.items() if name not in lacking}
    findings = run("N19-D12", observe(columns={"信": single_letter(build, **shown)}), "2019")
    assert [(finding.state, finding.subject, finding.price) for finding in findings] == [
        (MAYBE, element, 1) for element in elements
    ]


def test_an_element_counts_where_any_letter_or_list_shows_it(observe, build, run):
    pages = {
        "一": single_letter(build, 1, asked=WHOLE["asked"], has_answer=True),
        "二": single_letter(build, 2, unit="青山市住建局"),
        "县长信箱": letter_page(build, [LetterSeen(title="路灯", answered=WHOLE["answered"], state=A)]),
    }
    assert run("N19-D12", observe(columns=pages), "2019") == []


@pytest.mark.parametrize(("state", "title"), [(P, "路灯不亮-县长信箱"), (U, "路灯不亮-县长信箱"), (A, "纪检举报信箱")])
def test_only_answered_letters_of_channels_are_looked_at(observe, build, run, state, title):
    pages = {
        "一": single_letter(build, state=state, title=title, asked=WHOLE["asked"]),
        "县长信箱": letter_page(build, [LetterSeen(title="路灯", asked=WHOLE["asked"])]),
    }
    assert [finding.state for finding in run("N19-D12", observe(columns=pages), "2019")] == [OPEN]


def channel(url, text="县长信箱"):
    return {"links": (PageLink(url=url, raw=url, text=text, element="a", attribute="href"),)}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, (MAYBE, 5)),
        ({"list_state": ListState.SCRIPT_ONLY}, (OPEN, 0)),
        ({"script_written": True}, (OPEN, 0)),
        ({"frames": ("http://www.qingshan.gov.cn/letters.html",)}, (OPEN, 0)),
        ({"redirect_url": "http://www.elsewhere.gov.cn/"}, (OPEN, 0)),
    ],
)
def test_a_channel_that_shows_no_letters(observe, build, run, facts, expected):
    url = f"{build.home}xx/"
    pages = {"县长信箱": build.page(url, PageFacts(charset="utf-8", title="县长信箱", **facts))}
    [finding] = run("N19-D12", observe(facts=channel(url), columns=pages), "2019")
    assert (finding.state, finding.price) == expected


def test_a_channel_elsewhere_or_none_leaves_it_open(observe, build, run):
    elsewhere = observe(facts=channel("http://www.12345.gov.cn/"))
    assert [finding.state for finding in run("N19-D12", elsewhere, "2019")] == [OPEN]
    assert [finding.state for finding in run("N19-D12", observe(), "2019")] == [OPEN]


OK, BROKEN, UNSURE = LinkOutcome.OK, LinkOutcome.BROKEN, LinkOutcome.UNDETERMINED


def checked(build, url, outcome):
    source = LinkSource(page=build.home, element="a", attribute="href")
    return LinkSeen(
        url=url, internal=True, outcome=outcome, reason=FetchOutcome.NOT_FOUND, source=source, checked_at=build.now
    )


@pytest.mark.parametrize(
    ("text", "outcomes", "expected"),
    [
        ("我要写信", [BROKEN], [(MAYBE, 5)]),
        ("我要写信", [BROKEN, BROKEN], [(MAYBE, 5)]),
        ("我要写信", [BROKEN, OK], []),
        ("我要写信", [BROKEN, UNSURE], [(OPEN, 0)]),
        ("我要写信", [], [(OPEN, 0)]),
        ("我要举报", [BROKEN], [(OPEN, 0)]),
        ("县长信箱", [BROKEN], [(OPEN, 0)]),
    ],
)
def test_the_entry_for_letters(observe, build, run, text, outcomes, expected):
    urls = [f"{build.home}write/{n}" for n in range(len(outcomes) or 1)]
    links = tuple(PageLink(url=url, raw=url, text=text, element="a", attribute="href") for url in urls)
    seen = tuple(checked(build, url, outcome) for url, outcome in zip(urls, outcomes, strict=False))
    findings = run("N19-D11", observe(facts={"links": links}, links=seen), "2019")
    assert [(finding.state, finding.price) for finding in findings] == expected
