"""Messages: states, due dates, routes, figures as of a day."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from inspection.cells import Cells
from inspection.errors import Conflict, InputRejected
from inspection.messages.figures import message_figures, tally_by_area
from inspection.messages.message import MOVES, Message, MessageState, moved
from inspection.messages.privacy import without_numbers
from inspection.messages.receive import received
from inspection.messages.recheck import RecheckRequest, RecheckState, asked_again, recheck_moved
from inspection.messages.routing import Router
from inspection.messages.row import Incoming, read_message
from inspection.messages.rules import MessageRules
from inspection.observation.site import CHINA
from inspection.offices import Office, OfficeLevel
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.rules import parse_rules
from inspection.supervision import load_rules

RULES = load_rules().messages
FRIDAY = datetime(2017, 3, 24, 10, tzinfo=CHINA)


def site(code: str, url: str, region: str = "", **rest) -> Site:
    category = SiteCategory.STATE_COUNCIL if code.startswith("bm") else SiteCategory.CITY_DEPARTMENT
    return Site(code=code, name=f"网站{code}", url=url, category=category, region=region or code[:6], **rest)


def office(id_: str, level: OfficeLevel, region: str = "000000", department: str = "") -> Office:
    return Office(id=id_, name=f"{id_}办", level=level, region=region, department=department)


SITES = [
    site("3705000001", "http://www.dy.gov.cn/"),
    site("3705000002", "http://www.dy.gov.cn/jyj/"),
    site("3705020001", "http://dyq.gov.cn/"),
    site("3706000001", "http://www.yantai.gov.cn/", status=SiteStatus.CLOSED),
    site("3706000002", "http://www.yantai.gov.cn/"),
    site("3706000003", "http://twin.gov.cn/"),
    site("3706000004", "http://twin.gov.cn/"),
    site("bm07000001", "http://www.miit.gov.cn/", "000000"),
]
OFFICES = [
    office("nation", OfficeLevel.NATIONAL),
    office("sd", OfficeLevel.PROVINCIAL, "370000"),
    office("dy", OfficeLevel.MUNICIPAL, "370500"),
    office("dyq", OfficeLevel.COUNTY, "370502"),
    office("miit", OfficeLevel.DEPARTMENTAL, department="07"),
]
ROUTER = Router(SITES, OFFICES)


def incoming(number: str = "1", **rest) -> Incoming:
    return Incoming(**{"number": number, "received_at": FRIDAY, "text": "链接打不开", "code": "3705000001", **rest})


def message(number: str = "1", **rest) -> Message:
    return received(incoming(number, **rest), ROUTER, RULES, by="平台")


@pytest.mark.parametrize(
    ("code", "address", "to"),
    [
        ("3705020001", "http://www.yantai.gov.cn/", ("3705020001", "dyq")),
        ("", "www.dy.gov.cn/art/1.html", ("3705000001", "dy")),
        ("", "http://dy.gov.cn/jyj/1.html", ("3705000002", "dy")),
        ("9999", "https://www.miit.gov.cn/x", ("bm07000001", "miit")),
        ("BM07000001", "", ("bm07000001", "miit")),
        ("", "http://www.yantai.gov.cn/x", ("3706000002", "sd")),
    ],
)
def test_the_code_says_where_else_the_host_and_the_directory(code, address, to):
    route = ROUTER.route(code, address)
    assert route.unclear == ""
    assert (route.site.code, route.office.id) == to


@pytest.mark.parametrize(
    ("code", "address", "why"),
    [
        ("3705009999", "", "没有标识码 3705009999"),
        ("", "", "没有可用的网址"),
        ("", "http://twin.gov.cn/a", "登记了 2 个网站"),
        ("", "http://unknown.gov.cn/", "没有 unknown.gov.cn"),
    ],
)
def test_what_is_unclear_waits_for_people_with_the_reason(code, address, why):
    filed = message(code=code, address=address)
    assert filed.state is MessageState.UNCLEAR
    assert why in filed.reason
    assert filed.site == filed.office == ""


def test_a_site_that_two_offices_answer_for_is_unclear_but_known():
    router = Router(SITES, [*OFFICES, office("dy2", OfficeLevel.MUNICIPAL, "370500")])
    route = router.route("3705000001", "")
    assert route.office is None
    assert route.site.code == "3705000001"
    assert "dy2办、dy办" in route.unclear


@pytest.mark.parametrize(
    ("code", "came", "due"),
    [
        ("3705000001", FRIDAY, date(2017, 3, 27)),
        ("3706000002", FRIDAY, date(2017, 3, 29)),
        ("bm07000001", datetime(2017, 9, 29, 23, 30, tzinfo=CHINA), date(2017, 10, 10)),
        ("3705000001", datetime(2017, 9, 29, 16, 30, tzinfo=UTC), date(2017, 10, 9)),
    ],
)
def test_due_dates_count_working_days_by_the_rule_of_the_region(code, came, due):
    """2017-09-30 was a Saturday that was worked; 1 to 8 October were holidays. 16:30 UTC is the next day in China."""
    assert message(code=code, received_at=came).due == due


def test_rules_without_one_for_the_nation_are_refused():
    text = '[[due]]\nid="a"\nname="a"\nregion="37"\nworking_days=1\nsuperior_review=true\nsource="found"\nclause=""\n'
    with pytest.raises(InputRejected, match="全国"):
        parse_rules(text, MessageRules, "messages.toml")
    with pytest.raises(InputRejected, match=r"messages\.toml 有误"):
        parse_rules(text.replace("working_days=1", "working_days=0"), MessageRules, "messages.toml")


def test_every_move_that_is_not_listed_is_refused():
    base = message()
    for before in MessageState:
        for to in MessageState:
            stands = moved_to(base, before)
            if to in MOVES[before]:
                assert moved(stands, to, at=FRIDAY, by="甲").steps[-1].state is to
            else:
                with pytest.raises(Conflict, match="不能变为"):
                    moved(stands, to, at=FRIDAY, by="甲")


def moved_to(base: Message, state: MessageState) -> Message:
    return msgspec.structs.replace(base, state=state)


def test_steps_are_in_order_and_have_a_name():
    with pytest.raises(Conflict, match="不能更早"):
        moved(message(), MessageState.HANDLED, at=FRIDAY - timedelta(minutes=1), by="甲")
    with pytest.raises(InputRejected):
        moved(message(), MessageState.HANDLED, at=FRIDAY, by=" ")


def test_figures_are_those_of_the_day_whatever_came_later():
    """Due on Monday 27th; answered on the 28th, returned on the 29th, answered again and approved on the 31st."""
    late = message()
    for day, to in (
        (28, MessageState.REPLIED),
        (29, MessageState.RETURNED),
        (30, MessageState.REPLIED),
        (31, MessageState.HANDLED),
    ):
        late = moved(late, to, at=datetime(2017, 3, day, 9, tzinfo=CHINA), by="甲")
    others = [message("2", state=MessageState.INVALID, reason="广告"), message("3", code="", address="")]

    def on(day: int) -> tuple[int, int, int]:
        figures = message_figures([late, *others], date(2017, 3, day))
        return figures.valid, figures.handled, figures.overdue

    assert on(23) == (0, 0, 0)
    assert on(27) == (2, 0, 0), "due on the day itself is not overdue; the unclear one has three days"
    assert on(28) == (2, 0, 0), "answered, not yet approved"
    assert on(29) == (2, 0, 1), "returned: the due date stays what it was"
    assert on(30) == (2, 0, 1), "the unclear one is overdue now"
    assert on(31) == (2, 1, 1)
    assert late.was_late(date(2017, 3, 31))
    tallies = tally_by_area([late, *others], date(2017, 3, 31), digits=2)
    assert (tallies["37"].valid, tallies["37"].invalid, tallies["00"].valid) == (1, 1, 1)


def test_the_first_quarter_of_2017():
    """National bulletin: 4,176 valid messages until 31 March, 99 % handled."""
    until = date(2017, 3, 31)
    handled = [message(f"h{n:04d}", code="3706000002", replied_at=FRIDAY) for n in range(4134)]
    still_open = [message(f"o{n:04d}", code="3706000002") for n in range(42)]
    others = [message("x", state=MessageState.DUPLICATE, duplicate_of="h0001")]
    figures = message_figures([*handled, *still_open, *others], until)
    assert (figures.valid, figures.handled, figures.overdue) == (4176, 4134, 42)
    assert figures.handled_share is not None
    assert round(figures.handled_share, 2) == 0.99


def test_a_reply_that_comes_with_the_message_is_handled_once_its_rule_is_met():
    later = FRIDAY + timedelta(hours=3)
    replied = message(replied_at=FRIDAY, reply="已修复")
    assert (replied.state, replied.reply) == (MessageState.REPLIED, "已修复")
    reviewed = message(replied_at=FRIDAY, reviewed_at=later)
    assert [(step.state, step.at) for step in reviewed.steps[1:]] == [
        (MessageState.REPLIED, FRIDAY),
        (MessageState.HANDLED, later),
    ]
    assert message(code="3706000002", replied_at=FRIDAY).state is MessageState.HANDLED


def test_an_answer_on_the_due_day_is_in_time():
    for day, late in ((27, False), (28, True)):
        answered = message(replied_at=datetime(2017, 3, day, 23, tzinfo=CHINA))
        assert answered.was_late(date(2017, 4, 30)) is late
    assert not message(state=MessageState.INVALID, reason="广告").was_late(date(2017, 4, 30))


def test_late_as_of_a_day_follows_from_what_had_come_by_then():
    answered = message(replied_at=datetime(2017, 3, 29, 9, tzinfo=CHINA))  # due on the 27th
    aside = moved(message(), MessageState.INVALID, at=datetime(2017, 3, 30, 9, tzinfo=CHINA), by="甲", reason="广告")
    returned = message(replied_at=FRIDAY)
    returned = moved(returned, MessageState.RETURNED, at=datetime(2017, 3, 29, 9, tzinfo=CHINA), by="乙")

    def late(each, *days: int) -> list[bool]:
        return [each.was_late(date(2017, 3, day)) for day in days]

    assert late(answered, 23, 27, 28, 29, 31) == [False, False, True, True, True]
    assert late(aside, 27, 28, 29, 30) == [False, True, True, False]
    assert late(returned, 28, 29) == [False, True], "overdue, so late, though the first answer was in time"
    for day in range(23, 32):
        tally = tally_by_area([answered, aside, returned], date(2017, 3, day), digits=0).get("")
        assert tally is None or tally.overdue <= tally.late


def test_a_site_that_is_closed_is_found_where_no_other_is():
    assert Router([SITES[3]], OFFICES).route("", "yantai.gov.cn").site == SITES[3]


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"number": "2017/1"}, "number"),
        ({"received_at": "2017-04-02"}, "received_at"),
        ({"replied_at": "2027-03-26"}, "replied_at"),
        ({"replied_at": "2017-03-26", "reviewed_at": "2017-04-02 00:00"}, "reviewed_at"),
        ({"validity": "无效"}, "reason"),
        ({"replied_at": "2017-03-23"}, "replied_at"),
        ({"validity": "无效", "reason": "x", "replied_at": "2017-03-25"}, "replied_at"),
        ({"reply": "已改"}, "replied_at"),
        ({"reviewed_at": "2017-03-25"}, "reviewed_at"),
        ({"replied_at": "2017-03-26", "reviewed_at": "2017-03-25"}, "reviewed_at"),
    ],
)
def test_values_that_contradict_each_other_are_named(values, column):
    cells = Cells({"number": "1", "received_at": "2017-03-24 10:00", "text": "x", **values})
    assert read_message(cells, date(2017, 4, 1)) is None
    assert [problem.column for problem in cells.problems] == [column]


def test_a_row_tells_all_that_is_wrong_with_it():
    cells = Cells({"number": "", "received_at": "昨天", "text": "x", "validity": "也许"})
    assert read_message(cells, date(2017, 4, 1)) is None
    assert [problem.column for problem in cells.problems] == ["received_at", "number", "validity"]
    cells = Cells(
        {"number": "1", "received_at": "2017/03/24 10:00", "text": "x", "validity": "重复", "duplicate_of": "1"}
    )
    assert read_message(cells, date(2017, 4, 1)) is None
    assert cells.problems[0].column == "duplicate_of"
    cells = Cells({"number": "1", "received_at": "2017-03-24 10:00", "text": "x"})
    read = read_message(cells, date(2017, 4, 1))
    assert read is not None
    assert read.received_at == FRIDAY


def test_lists_show_no_numbers_of_people():
    text = "我是王某，电话13812345678，身份证11010519491231002X，0546-8312345，a.b@qq.com，网站3705000001打不开"
    assert without_numbers(text) == "我是王某，电话***，身份证***，***，***，网站3705000001打不开"


def test_recheck_requests_go_one_way():
    request = RecheckRequest(
        id="message:1", code="3705000001", url="http://x.gov.cn/", reason="x", asked_at=FRIDAY, asked_by="甲"
    )
    step = {"at": FRIDAY, "by": "复查"}
    ordered = recheck_moved(request, RecheckState.ORDERED, order="r9", **step)
    done = recheck_moved(ordered, RecheckState.DONE, result="已修复", **step)
    assert (done.order, ordered.revision) == ("r9", 1)
    with pytest.raises(Conflict):
        recheck_moved(request, RecheckState.DONE, **step)
    with pytest.raises(Conflict):
        asked_again(ordered, request)
    again = asked_again(done, request)
    assert (again.state, again.order, again.result, again.revision) == (RecheckState.OPEN, "", "", 3)
    assert [(each.state, each.order, each.result) for each in again.steps] == [
        (RecheckState.ORDERED, "r9", ""),
        (RecheckState.DONE, "", "已修复"),
        (RecheckState.OPEN, "", ""),
    ]
