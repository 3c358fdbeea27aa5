"""Judge sites: observations under an edition become findings and a scorecard, without a single request."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from inspection.checks import CHECKS, Case, Rulebook
from inspection.findings import Finding
from inspection.observation import SiteObservations
from inspection.observation.reference import ReferenceArticle
from inspection.observation.render import with_renders
from inspection.ports import (
    Clock,
    Inspection,
    JudgingStores,
    OptOutRepository,
    ReferenceRepository,
)
from inspection.registry import SiteStatus
from inspection.review import Review, apply_reviews
from inspection.sampling import Round
from inspection.scoring import Scorecard, closed_scorecard, opted_out_scorecard, score
from inspection.standard import Edition
from inspection.workflows.remember_items import recalled, remember_items

_REFERENCE_SPAN = timedelta(days=400)
"""No edition looks further back."""
_BY_NAME = {check.name: check for check in CHECKS}


def judge(
    observations: SiteObservations, rules: Rulebook, reviews: Sequence[Review] = ()
) -> tuple[Scorecard, list[Finding]]:
    """Findings in table order, as they stand after ``reviews``, and the scorecard. Pure: same input, same output.

    A site that the registry reports as closed is not scored: only what is wrong with that report is looked for. Of one
    that has opted out nothing is found.
    """
    if observations.opted_out:
        return opted_out_scorecard(rules.edition, observations.opted_out), []
    ruling = rules.edition.ruling(observations.site, observations.as_of, digest=rules.digest)
    case = Case(observations, rules)
    found = (finding for row in ruling.rows if row.check for finding in _BY_NAME[row.check](case, row))
    findings = apply_reviews(found, reviews, ruling)
    if observations.site.status is SiteStatus.CLOSED:
        return closed_scorecard(rules.edition), findings
    return score(findings, ruling), findings


def references_of(round_: Round, store: ReferenceRepository) -> tuple[ReferenceArticle, ...]:
    """Articles that the sites of a round were to repost by its monitoring date."""
    end = datetime.combine(round_.as_of, datetime.max.time(), UTC)
    return tuple(store.between(end - _REFERENCE_SPAN, end))


def observations_of(
    round_: Round, inspection: Inspection, stores: JudgingStores, references: Sequence[ReferenceArticle] = ()
) -> SiteObservations:
    """All that is stored of one inspection, with what was remembered of the site when the round was opened."""
    code, store = inspection.site.code, stores.observations
    seen = SiteObservations(
        site=inspection.site,
        as_of=round_.as_of,
        probes=tuple(store.probes(round_.id, code)),
        pages=with_renders(store.pages(round_.id, code), store.renders(round_.id, code)),
        links=tuple(store.links(round_.id, code)),
        hosts=tuple(store.hosts(round_.id, code)),
        references=tuple(references),
        finished=inspection.crawl_finished_at is not None,
        opted_out=_opted_out(round_, inspection, stores.opt_outs),
    )
    if round_.opened_at is None:
        return seen
    return msgspec.structs.replace(seen, history=recalled(seen, before=round_.opened_at, history=stores.history))


def _opted_out(round_: Round, inspection: Inspection, opt_outs: OptOutRepository) -> str:
    """Why the site was left alone while it was inspected; empty where it never was. What came later does not count."""
    if round_.opened_at is None or inspection.crawl_finished_at is None:
        return ""
    first, last = round_.opened_at, inspection.crawl_finished_at
    return "；".join(each.reason for each in opt_outs.of_site(inspection.site.code) if each.touches(first, last))


def judge_round(
    round_id: str,
    edition: Edition,
    stores: JudgingStores,
    *,
    clock: Clock,
    again: bool = False,
    progress: Callable[[Inspection], None] = lambda _: None,
) -> int:
    """Judge every inspection of a round whose crawl is finished, from what is stored; returns how many were judged.

    Under the round's own edition this gives its verdicts; those already given are left alone unless ``again`` is set.
    What the sites show is remembered for later rounds; it never bears on this one.
    Under another edition the judgements are kept beside them, and those by the very same edition (by digest) left
    alone; the round may then be closed. ``progress`` is called after each inspection, judged or skipped. Safe to
    interrupt and repeat.
    """
    round_ = stores.rounds.get(round_id)
    rules = Rulebook(edition)
    articles = references_of(round_, stores.references)
    inspections = stores.inspections
    is_own = edition.id == round_.edition
    save = inspections.save_judgement if is_own else inspections.save_rejudgement
    beside = {} if is_own or again else inspections.scorecards(round_id, edition.id)
    known = {code for code, card in beside.items() if card.edition_digest == rules.digest}
    judged = 0
    for inspection in inspections.of_round(round_id):
        code = inspection.site.code
        is_due = _is_due(inspection, edition, again) if is_own else inspection.crawl_finished_at is not None
        if is_due and code not in known:
            seen = observations_of(round_, inspection, stores, articles)
            if is_own:
                remember_items(round_id, seen, history=stores.history, clock=clock)
            scorecard, findings = judge(seen, rules, stores.reviews.of_inspection(round_id, code))
            save(round_id, code, scorecard, findings, at=clock.now())
            judged += 1
        progress(inspection)
    return judged


def waiting(inspections: Iterable[Inspection], edition: Edition) -> Iterator[Inspection]:
    """Inspections that :func:`judge_round` would judge now."""
    return (inspection for inspection in inspections if _is_due(inspection, edition, again=False))


def _is_due(inspection: Inspection, edition: Edition, again: bool) -> bool:
    if inspection.crawl_finished_at is None:
        return False
    return again or inspection.scorecard is None or inspection.scorecard.edition != edition.id
