"""Count over a round how many sites have reposted each reference article, from what is stored at this moment."""

from collections.abc import Callable, Iterator

from inspection.checks import Case, Rulebook
from inspection.checks.linkage import RepostState, repost_states, reposts
from inspection.errors import NotFound, RuleBroken
from inspection.observation import SiteObservations
from inspection.observation.reference import ReferenceArticle
from inspection.observation.render import with_renders
from inspection.ports import Inspection, JudgingStores
from inspection.registry import Site, SiteStatus
from inspection.review import apply_reviews
from inspection.sampling import Round
from inspection.statistics.coverage import ArticleCoverage, coverage_of
from inspection.workflows.judge_site import references_of


def count_reposts(
    round_id: str,
    indicator: str,
    stores: JudgingStores,
    *,
    progress: Callable[[Inspection], None] = lambda _: None,
) -> list[ArticleCoverage]:
    """Coverage of each article that was due under ``indicator`` of the round's edition, oldest first.

    Sites count that the indicator binds and whose crawl is finished, closed ones aside; decisions of reviewers count.
    NotFound for an unknown indicator, RuleBroken for one that is not about reposts.
    """
    articles, of_sites = reposts_of_round(round_id, indicator, stores, progress=progress)
    return coverage_of(articles, (states for _, states in of_sites))


def reposts_of_round(
    round_id: str,
    indicator: str,
    stores: JudgingStores,
    *,
    progress: Callable[[Inspection], None] = lambda _: None,
) -> tuple[tuple[ReferenceArticle, ...], Iterator[tuple[Site, dict[str, RepostState]]]]:
    """The articles, and for each site that counts how it stands with those due, by address. Errors as above."""
    round_ = stores.rounds.get(round_id)
    edition = stores.editions.get(round_.edition)
    row = next((row for row in edition.indicators if row.id == indicator), None)
    if row is None:
        raise NotFound(f"{edition.id} 版标准没有指标 {indicator}")
    if row.check != reposts.name:
        raise RuleBroken(f"指标 {row.id} {row.name}不涉及转载")
    articles = references_of(round_, stores.references)
    rules = Rulebook(edition)

    def of_sites() -> Iterator[tuple[Site, dict[str, RepostState]]]:
        for inspection in stores.inspections.of_round(round_id):
            site = inspection.site
            if inspection.crawl_finished_at is not None and site.status is not SiteStatus.CLOSED:
                case = Case(_pages_of(round_, site, stores, articles), rules)
                yield site, _states(round_id, case, indicator, rules, stores)
            progress(inspection)

    return articles, of_sites()


def _pages_of(
    round_: Round, site: Site, stores: JudgingStores, articles: tuple[ReferenceArticle, ...]
) -> SiteObservations:
    """What reposts are seen by: of all that is stored of a site, its pages alone."""
    pages = stores.observations.pages(round_.id, site.code)
    renders = stores.observations.renders(round_.id, site.code)
    return SiteObservations(site=site, as_of=round_.as_of, pages=with_renders(pages, renders), references=articles)


def _states(
    round_id: str, case: Case, indicator: str, rules: Rulebook, stores: JudgingStores
) -> dict[str, RepostState]:
    """How one site stands with the articles; empty where the indicator does not bind it."""
    site = case.observations.site
    ruling = rules.edition.ruling(site, case.observations.as_of, digest=rules.digest)
    row = next((row for row in ruling.rows if row.id == indicator), None)
    if row is None:
        return {}
    decided = stores.reviews.of_inspection(round_id, site.code)
    return repost_states(case, row, apply_reviews(reposts(case, row), decided, ruling))
