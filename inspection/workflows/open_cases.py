"""Open a case for every failing site of a closed round, with its notice; for single sites of a reported round too."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

import msgspec

from inspection.checks.availability import PROBED
from inspection.errors import Conflict, InputRejected, RuleBroken
from inspection.findings import Evidence, Finding, FindingState
from inspection.observation.site import china_day
from inspection.offices import Office, OfficeLevel
from inspection.ports import (
    Clock,
    Inspection,
    InspectionFilter,
    InspectionRepository,
    ObservationRepository,
    RoundRepository,
    SiteRepository,
)
from inspection.records import RecordRepository, every
from inspection.rectification.case import Exhibit, Problem, RectificationCase, opened
from inspection.rectification.notice import Addressees, notice_of
from inspection.rectification.rules import RectificationRules
from inspection.rectification.steps import Step, StepKind
from inspection.registry import Site
from inspection.sampling import RoundState
from inspection.scoring import Scorecard, Verdict
from inspection.standard import EditionLibrary, Indicator, IndicatorKind

_PAGE = 500
_REPORTED_ID = re.compile(r"[^\s/\\?#]{1,64}")
_FINDINGS = 100_000
CHARGED = (IndicatorKind.VETO, IndicatorKind.DEDUCTION)
"""Kinds of indicators whose findings a unit is told to put right."""


class CaseStores(Protocol):
    """What opening cases reads and writes; processes pass their stores whole."""

    @property
    def editions(self) -> EditionLibrary: ...

    @property
    def sites(self) -> SiteRepository: ...

    @property
    def rounds(self) -> RoundRepository: ...

    @property
    def inspections(self) -> InspectionRepository: ...

    @property
    def observations(self) -> ObservationRepository: ...

    @property
    def offices(self) -> RecordRepository[Office]: ...

    @property
    def cases(self) -> RecordRepository[RectificationCase]: ...


class CasesOpened(msgspec.Struct, frozen=True, kw_only=True):
    """What came of opening: cases of the round, new ones among them, and the sites that got none.

    ``provisional`` are codes of sites that fail by vetoes which nobody has confirmed; ``refused`` are Chinese
    sentences on sites that nobody can be told of, ``ignored`` on cases on file which differ from what was given now:
    they stay as they are.
    """

    cases: tuple[RectificationCase, ...]
    new: int
    provisional: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


class ReportedFailure(msgspec.Struct, frozen=True, kw_only=True):
    """A failing site of a round that was run elsewhere and reported: what was said of it there."""

    code: str
    reasons: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    vetoes: tuple[str, ...] = ()


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """What all cases of a round have in common."""

    round_id: str
    title: str
    edition: str
    by: str
    due: date | None = None
    recheck_on: date | None = None


def open_cases(
    round_id: str,
    rules: RectificationRules,
    stores: CaseStores,
    *,
    by: str,
    clock: Clock,
    due: date | None = None,
    recheck_on: date | None = None,
) -> CasesOpened:
    """Open the cases of a closed round. Safe to repeat: a site that has its case keeps it.

    Without ``due`` the rules say when reports are due. Conflict unless the round is closed.
    """
    round_ = stores.rounds.get(round_id)
    if round_.state is not RoundState.CLOSED:
        raise Conflict(
            f"轮次 {round_id} {round_.state.chinese}，结束后才能立案；"
            f"请先复核否决项，再运行 xuncha round close {round_id}"
        )
    occasion = Occasion(
        round_id=round_id, title=round_.title, edition=round_.edition, by=by, due=due, recheck_on=recheck_on
    )
    rows = {row.id: row for row in stores.editions.get(round_.edition).indicators}
    failing, provisional = [], []
    for inspection in _failed(round_id, stores.inspections):
        card = inspection.scorecard
        assert card is not None  # it failed
        if card.provisional:
            provisional.append(inspection.site.code)
        else:
            problems = problems_of(inspection, rows, stores)
            failing.append((inspection.site, card, problems))
    done = _open(occasion, failing, rules, stores, clock)
    return msgspec.structs.replace(done, provisional=tuple(provisional))


def open_reported_cases(
    occasion: Occasion, failures: Sequence[ReportedFailure], rules: RectificationRules, stores: CaseStores, clock: Clock
) -> CasesOpened:
    """Open cases of a round that was run elsewhere, from what was reported. Safe to repeat.

    NotFound for a site that is not registered, InputRejected for an id of the round that addresses cannot hold.
    """
    if not _REPORTED_ID.fullmatch(occasion.round_id):
        raise InputRejected(
            f"轮次编号 {occasion.round_id!r} 无效：1 到 64 个字符（可用中文），不含空白、斜线、问号和井号"
        )
    edition = stores.editions.get(occasion.edition)
    given = [
        (
            stores.sites.get(each.code),
            Scorecard(
                edition=edition.id,
                verdict=Verdict.FAILED,
                score=None,
                deducted=sum((problem.points for problem in each.problems), start=edition.pass_rule.full_score * 0),
                vetoes=each.vetoes,
                reasons=each.reasons,
            ),
            each.problems,
        )
        for each in sorted(failures, key=lambda each: each.code)
    ]
    return _open(occasion, given, rules, stores, clock)


def _open(
    occasion: Occasion,
    failing: Iterable[tuple[Site, Scorecard, Sequence[Problem]]],
    rules: RectificationRules,
    stores: CaseStores,
    clock: Clock,
) -> CasesOpened:
    if not occasion.by.strip():
        raise RuleBroken("立案须署名，请用 --by 给出经办单位或经办人")
    given, occasion = occasion, _dated(occasion, rules, china_day(clock.now()))
    offices = list(every(stores.offices))
    cases, refused = [], []
    for serial, (site, card, problems) in enumerate(failing, 1):
        try:
            case = _case(
                occasion,
                serial=serial,
                site=site,
                card=card,
                problems=problems,
                rules=rules,
                offices=offices,
                clock=clock,
            )
            cases.append(case)
        except InputRejected as error:
            refused.append(str(error))
    before = {case.id: case for case in every(stores.cases, {"round_id": occasion.round_id})}
    new = stores.cases.add(cases)
    kept = tuple(every(stores.cases, {"round_id": occasion.round_id}))
    return CasesOpened(cases=kept, new=new, refused=tuple(refused), ignored=tuple(_ignored(given, cases, before)))


def _ignored(
    given: Occasion, cases: Sequence[RectificationCase], before: Mapping[str, RectificationCase]
) -> Iterator[str]:
    """What was given now and not taken, since the case is on file: other days, other problems, no site at all."""
    for case in cases:
        old = before.get(case.id)
        if old is None:
            continue
        first = old.notices[0]
        differing = []
        if given.due is not None and given.due != first.due:
            differing.append(f"所给期限 {given.due}")
        if given.recheck_on is not None and given.recheck_on != first.recheck_on:
            differing.append(f"所给复查日期 {given.recheck_on}（在案 {first.recheck_on}）")
        if _told_of(old) != _told_of(case):
            differing.append(f"与在案不同的问题（此次 {len(case.problems)} 项，在案 {len(old.problems)} 项）")
        if differing:
            yield f"{old.id} 已于 {first.day} 立案，期限 {old.due}，保持不变；未采用{'、'.join(differing)}"
    gone = sorted(before.keys() - {case.id for case in cases})
    yield from (f"{id_} 在案，但不在此次立案的网站之中，保持不变" for id_ in gone)


def _told_of(case: RectificationCase) -> list[tuple[str, str, tuple[str, ...]]]:
    """What the unit has been told to put right, and where."""
    return sorted(
        (each.indicator, each.message, tuple(sorted(shown.url for shown in each.evidence))) for each in case.problems
    )


def _dated(occasion: Occasion, rules: RectificationRules, day: date) -> Occasion:
    """With the days that the rules set, where none were given."""
    due = occasion.due or rules.due_after(day)
    recheck_on = occasion.recheck_on or rules.recheck_after(due)
    if not day <= due <= recheck_on:
        raise InputRejected(
            f"通知日期 {day}、整改期限 {due}、复查日期 {recheck_on} 的先后有误，请更正 --due 或 --recheck-on"
        )
    return msgspec.structs.replace(occasion, due=due, recheck_on=recheck_on)


def _failed(round_id: str, inspections: InspectionRepository) -> Iterable[Inspection]:
    where = InspectionFilter(round_id=round_id, verdict=Verdict.FAILED)
    after = ""
    while found := inspections.page(where, after=after, limit=_PAGE):
        yield from found
        after = found[-1].id


def problems_of(inspection: Inspection, rows: dict[str, Indicator], stores: CaseStores) -> tuple[Problem, ...]:
    """What a failing site is to put right: established vetoes, then what cost points, the dearest first."""
    round_id, code = inspection.round_id, inspection.site.code
    pictures = {shot.url: shot.image for shot in stores.observations.screenshots(round_id, code)}
    found = [
        _problem(finding, rows[finding.indicator], pictures)
        for finding in stores.inspections.findings(round_id, code, limit=_FINDINGS)
        if finding.state is FindingState.ESTABLISHED and rows[finding.indicator].kind in CHARGED
    ]
    return tuple(sorted(found, key=lambda each: (not each.veto, -each.points, each.indicator, each.finding)))


def _problem(finding: Finding, row: Indicator, pictures: dict[str, str | None]) -> Problem:
    return Problem(
        finding=finding.id,
        indicator=row.id,
        name=row.name,
        message=finding.message,
        subject=finding.subject,
        veto=row.kind is IndicatorKind.VETO,
        points=finding.points,
        probed=row.check in PROBED,
        evidence=tuple(_exhibit(each, pictures) for each in finding.evidence),
    )


def _exhibit(evidence: Evidence, pictures: dict[str, str | None]) -> Exhibit:
    return Exhibit(
        url=evidence.url,
        excerpt=evidence.excerpt,
        line=evidence.line,
        snapshot=evidence.snapshot,
        screenshot=pictures.get(evidence.url.partition("#")[0]),
    )


def _case(
    occasion: Occasion,
    *,
    serial: int,
    site: Site,
    card: Scorecard,
    problems: Sequence[Problem],
    rules: RectificationRules,
    offices: Sequence[Office],
    clock: Clock,
) -> RectificationCase:
    now = clock.now()
    day = china_day(now)
    due = occasion.due
    assert due is not None  # the caller has seen to it
    office = supervising(site, offices)
    about = Addressees(
        site_name=site.name,
        code=site.code,
        url=site.url,
        unit=site.organizer,
        supervisor=site.supervisor,
        office_name=office.name if office is not None else "",
        title=occasion.title,
    )
    notice = notice_of(
        about,
        problems,
        card.reasons,
        number=rules.number_of(year=day.year, round_id=occasion.round_id, serial=serial),
        day=day,
        due=due,
        recheck_on=occasion.recheck_on,
    )
    step = Step(number=1, kind=StepKind.NOTICE, at=now, by=occasion.by.strip(), note=notice.number, due=due)
    return opened(
        RectificationCase(
            id=f"{occasion.round_id}:{site.code}",
            region=site.region,
            round_id=occasion.round_id,
            code=site.code,
            site_name=site.name,
            url=site.url,
            category=site.category,
            unit=site.organizer,
            supervisor=site.supervisor,
            office=office.id if office is not None else "",
            office_name=about.office_name,
            edition=card.edition,
            reasons=card.reasons,
            vetoes=card.vetoes,
            score=card.score,
            problems=tuple(problems),
            notices=(notice,),
            steps=(step,),
            due=due,
            rules=rules.id,
        )
    )


_NEAREST = (
    OfficeLevel.COUNTY,
    OfficeLevel.MUNICIPAL,
    OfficeLevel.DEPARTMENTAL,
    OfficeLevel.PROVINCIAL,
    OfficeLevel.NATIONAL,
)


def supervising(site: Site, offices: Iterable[Office]) -> Office | None:
    """The office nearest to a site that is responsible for it; None where none is registered."""
    covering = [office for office in offices if office.covers(site)]
    return min(covering, key=lambda office: (_NEAREST.index(office.level), office.id), default=None)
