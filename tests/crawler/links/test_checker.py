"""Link checks by table: what a series of answers makes of a link, and how often it is asked for."""

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from crawler.fetch import FetchRequest, FetchResult
from crawler.links.checker import LinkChecker
from inspection.observation import FetchOutcome, LinkOutcome, LinkSeen, LinkSource
from inspection.observation.site import LinkDefect
from inspection.registry.address import SiteScope

AT = datetime(2026, 11, 20, tzinfo=UTC)
HOME = "http://www.a.test/"
PAGE = b"<html><head><title>t</title></head><body><p>" + "正文内容".encode() * 40 + b"</p></body></html>"
SOFT_404 = "<html><title>提示</title><body>抱歉，您访问的页面不存在</body></html>".encode()

O = FetchOutcome  # noqa: E741


class Script:
    """Gives the scripted answers in turn, the last one for ever, and remembers what was asked."""

    def __init__(self, answers: Sequence[dict[str, object]]) -> None:
        self.answers = list(answers)
        self.asked: list[FetchRequest] = []

    async def fetch(self, request: FetchRequest) -> FetchResult:
        self.asked.append(request)
        fields = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        base: dict[str, object] = {"url": request.url, "final_url": request.url, "method": request.method}
        return FetchResult(**{**base, "started_at": AT, "elapsed_s": 0.1, "outcome": O.OK, **fields})  # type: ignore[arg-type]


def ok(body: bytes = PAGE, **fields: object) -> dict[str, object]:
    return {"outcome": O.OK, "status": 200, "body": body, "headers": {"content-type": "text/html"}, **fields}


def bad(outcome: FetchOutcome, status: int | None = None, **fields: object) -> dict[str, object]:
    return {"outcome": outcome, "status": status, **fields}


def check(
    url: str, *answers: dict[str, object], text: str = "", element: str = "a", **options: object
) -> tuple[LinkSeen, Script]:
    script = Script(answers or [ok()])
    checker = LinkChecker(script, retry_pause_s=0, now=lambda: AT, **options)  # type: ignore[arg-type]
    scope = SiteScope.of(HOME)
    source = LinkSource(page=HOME, element=element, attribute="href", text=text, line=3)
    internal = "a.test" in url
    return asyncio.run(checker.check(url, source=source, internal=internal, scope=scope)), script


INSIDE, OUTSIDE = f"{HOME}x.html", "http://b.test/"
DEAD_ANSWERS = [bad(O.NOT_FOUND, 404), bad(O.DNS_ERROR), bad(O.CONNECT_REFUSED)]


@pytest.mark.parametrize("url", [INSIDE, OUTSIDE])
@pytest.mark.parametrize("answer", DEAD_ANSWERS)
def test_dead_only_when_it_repeats(url: str, answer: dict[str, object]) -> None:
    seen, script = check(url, answer)
    assert (seen.outcome, seen.defect) == (LinkOutcome.BROKEN, LinkDefect.DEAD)
    assert len(script.asked) >= 2
    assert len(seen.tries) == len(script.asked)
    seen, _ = check(url, answer, ok())
    assert seen.outcome is LinkOutcome.OK


@pytest.mark.parametrize(
    "answer",
    [
        bad(O.BLOCKED, 403),
        bad(O.READ_TIMEOUT),
        bad(O.CONNECT_TIMEOUT),
        bad(O.SERVER_ERROR, 503),
        bad(O.CONNECTION_RESET),
        bad(O.DNS_ERROR, temporary=True),
    ],
)
def test_doubtful_answers_are_never_broken(answer: dict[str, object]) -> None:
    for url in (INSIDE, OUTSIDE):
        seen, _ = check(url, answer)
        assert seen.outcome is LinkOutcome.UNDETERMINED
        assert seen.defect is None


def test_a_time_out_is_not_waited_for_again() -> None:
    _, script = check(OUTSIDE, bad(O.READ_TIMEOUT))
    assert len(script.asked) == 1


class Rests:
    """A place that writes down its pauses."""

    def __init__(self, script: Script) -> None:
        self.host: str | None = "www.a.test"
        self.script = script
        self.rests: list[tuple[float, str, int]] = []

    async def move_to(self, host: str) -> bool:
        return True

    async def rest(self, pause_s: float, host: str) -> None:
        self.rests.append((pause_s, host, len(self.script.asked)))


def test_the_place_at_the_host_is_not_kept_through_the_pause_before_the_last_try() -> None:
    script = Script([bad(O.NOT_FOUND, 404)])
    place = Rests(script)
    checker = LinkChecker(script, retry_pause_s=7, now=lambda: AT)
    source = LinkSource(page=HOME, element="a", attribute="href")
    seen = asyncio.run(checker.check(INSIDE, source=source, internal=True, scope=SiteScope.of(HOME), place=place))
    assert (seen.outcome, seen.defect) == (LinkOutcome.BROKEN, LinkDefect.DEAD)
    assert place.rests == [(7, "www.a.test", 1)]
    assert [request.place for request in script.asked] == [place, place]


def test_an_attachment_that_is_no_file_twice_is_known_by_what_was_kept_of_it_through_the_pause() -> None:
    script = Script([ok(b"<!doctype html><p>" + b"x" * 9000)])
    checker = LinkChecker(script, retry_pause_s=7, now=lambda: AT)
    source = LinkSource(page=HOME, element="a", attribute="href")
    seen = asyncio.run(
        checker.check(f"{HOME}a.pdf", source=source, internal=True, scope=SiteScope.of(HOME), place=Rests(script))
    )
    assert seen.defect is LinkDefect.BAD_ATTACHMENT


def test_who_asks_for_patience_beyond_ours_is_left_alone() -> None:
    _, script = check(INSIDE, bad(O.SERVER_ERROR, 503, headers={"retry-after": "3600"}))
    assert len(script.asked) == 1


def test_a_refusal_is_asked_again_as_a_browser_would() -> None:
    seen, script = check(INSIDE, bad(O.BLOCKED, 403), ok())
    assert seen.outcome is LinkOutcome.OK
    assert "Mozilla" in script.asked[1].headers["User-Agent"]


def page(text: str, title: str = "提示") -> bytes:
    return f"<html><head><title>{title}</title></head><body><p>{text}</p></body></html>".encode()


@pytest.mark.parametrize(
    ("text", "defect"),
    [
        ("该域名已到期，可以购买", LinkDefect.SQUATTED),
        ("This domain is for sale! Buy this domain", LinkDefect.SQUATTED),
        ("本网站已于2019年关停，内容迁移至市政府门户网站", LinkDefect.CLOSED_SITE),
        ("因机构改革，该网站已永久关闭", LinkDefect.CLOSED_SITE),
        ("关于规范域名出售行为的通知" + "正文内容" * 200, None),
        ("停车场已关闭，网站照常更新", None),
    ],
)
def test_domains_for_sale_and_closed_sites_are_wrong_targets(text: str, defect: LinkDefect | None) -> None:
    seen, _ = check(OUTSIDE, ok(page(text)))
    assert seen.defect is defect
    assert seen.outcome is (LinkOutcome.OK if defect is None else LinkOutcome.BROKEN)


def test_the_title_of_a_target_is_kept() -> None:
    seen, _ = check(OUTSIDE, ok(page("欢迎", title="某某&amp;开户\n送彩金")))
    assert seen.title == "某某&开户 送彩金"
    assert check(INSIDE)[0].title == "t"


def test_external_links_are_asked_for_their_head_first() -> None:
    _, script = check("http://www.b.gov.cn/", ok(b""))
    assert [request.method for request in script.asked] == ["HEAD"]
    _, script = check("http://b.test/a.png", ok(b""), element="img")
    assert [request.method for request in script.asked] == ["HEAD"]
    _, script = check(INSIDE)
    assert [request.method for request in script.asked] == ["GET"]


@pytest.mark.parametrize(
    ("url", "answer", "defect"),
    [
        (INSIDE, ok(SOFT_404), LinkDefect.SOFT_404),
        (INSIDE, ok(final_url=HOME), LinkDefect.REDIRECT_HOME),
        (f"{HOME}a.pdf", ok(b""), LinkDefect.BAD_ATTACHMENT),
        (f"{HOME}a.pdf", ok(PAGE), LinkDefect.BAD_ATTACHMENT),
        (f"{HOME}a.docx", ok(b"plain text"), LinkDefect.BAD_ATTACHMENT),
        ("http://b.test/a.zip", ok(PAGE), LinkDefect.BAD_ATTACHMENT),
    ],
)
def test_wrong_content(url: str, answer: dict[str, object], defect: LinkDefect) -> None:
    seen, _ = check(url, answer, text="通知全文")
    assert (seen.outcome, seen.defect) == (LinkOutcome.BROKEN, defect)


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        (f"{HOME}a.pdf", ok(b"\n%PDF-1.4")),
        (f"{HOME}a.doc", ok(b"PK\x03\x04...")),
        (f"{HOME}a.doc", ok(b'<html xmlns:o="urn:schemas-microsoft-com:office:office">')),
        (f"{HOME}a.wps", ok(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
    ],
)
def test_attachments_that_open(url: str, answer: dict[str, object]) -> None:
    assert check(url, answer)[0].outcome is LinkOutcome.OK


def test_a_link_that_says_home_may_lead_home() -> None:
    assert check(INSIDE, ok(final_url=HOME), text="返回首页")[0].outcome is LinkOutcome.OK


def test_an_empty_script_is_a_script_but_an_empty_image_is_none() -> None:
    empty = bad(O.EMPTY_PAGE, 200)
    assert check(f"{HOME}a.js", empty, element="script")[0].outcome is LinkOutcome.OK
    assert check(f"{HOME}a.png", empty, element="img")[0].outcome is LinkOutcome.BROKEN


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("mailto:a@b.test", LinkOutcome.UNSUPPORTED),
        ("javascript:void(0)", LinkOutcome.UNSUPPORTED),
        ("tel:12345", LinkOutcome.UNSUPPORTED),
        ("http://www .a.test/", LinkOutcome.BROKEN),
        ("http://", LinkOutcome.BROKEN),
    ],
)
def test_without_a_request(url: str, outcome: LinkOutcome) -> None:
    seen, script = check(url)
    assert seen.outcome is outcome
    assert not script.asked
    assert not seen.tries


def test_excluded_by_setting() -> None:
    seen, script = check(OUTSIDE, external=False)
    assert seen.outcome is LinkOutcome.EXCLUDED
    seen, script = check(INSIDE, exclude=[re.compile(r"/x\.html$")])
    assert seen.outcome is LinkOutcome.EXCLUDED
    assert not script.asked


def test_what_policy_forbids_is_excluded() -> None:
    assert check(OUTSIDE, bad(O.NOT_ALLOWED))[0].outcome is LinkOutcome.EXCLUDED


def test_the_record_says_where_and_when() -> None:
    seen, _ = check(INSIDE, bad(O.NOT_FOUND, 404), text="旧闻")
    assert (seen.source.page, seen.source.text, seen.source.line) == (HOME, "旧闻", 3)
    assert (seen.status, seen.checked_at, seen.internal) == (404, AT, True)
    assert {one.status for one in seen.tries} == {404}


CATCH_ALL = page("欢迎访问青山市人民政府网站，您可以从首页开始浏览", title="青山市人民政府")


def absent_of(*answers: dict[str, object], url: str = f"{HOME}0123456789abcdef.html") -> bytes | None:
    script = Script(answers)
    return asyncio.run(LinkChecker(script).absent(url, scope=SiteScope.of(HOME)))


def check_with_absent(url: str, answer: dict[str, object], absent: bytes | None, **options: object) -> LinkSeen:
    script = Script([answer])
    source = LinkSource(page=HOME, element=str(options.pop("element", "a")), attribute="href")
    checker = LinkChecker(script, retry_pause_s=0, now=lambda: AT)
    internal = "a.test" in url
    return asyncio.run(
        checker.check(url, source=source, internal=internal, scope=SiteScope.of(HOME), absent=lambda: absent)
    )


def test_a_link_to_the_page_that_comes_for_what_is_not_there_is_broken() -> None:
    absent = absent_of(ok(CATCH_ALL))
    assert absent is not None
    seen = check_with_absent(INSIDE, ok(CATCH_ALL), absent)
    assert (seen.outcome, seen.defect) == (LinkOutcome.BROKEN, LinkDefect.CATCH_ALL)
    assert check_with_absent(INSIDE, ok(CATCH_ALL), None).outcome is LinkOutcome.OK


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        (INSIDE, ok(CATCH_ALL.replace("开始浏览".encode(), "开始浏览。".encode()))),
        (INSIDE, ok(PAGE)),
        (INSIDE, ok(CATCH_ALL, truncated=True)),
        (OUTSIDE, ok(CATCH_ALL)),
        (HOME, ok(CATCH_ALL)),
    ],
)
def test_in_doubt_a_link_is_judged_as_if_nothing_was_known(url: str, answer: dict[str, object]) -> None:
    assert check_with_absent(url, answer, absent_of(ok(CATCH_ALL))).outcome is LinkOutcome.OK


@pytest.mark.parametrize(
    "answer",
    [
        bad(O.NOT_FOUND, 404),
        bad(O.READ_TIMEOUT),
        ok(CATCH_ALL, truncated=True),
        ok(CATCH_ALL, final_url=HOME),
        ok(CATCH_ALL, final_url="http://b.test/error.html"),
        ok(b"{}", headers={"content-type": "application/json"}),
    ],
)
def test_only_a_whole_page_of_the_sites_own_tells_what_comes_for_what_is_not_there(answer: dict[str, object]) -> None:
    assert absent_of(answer) is None
