"""How many sites have reposted the articles that they were to repost."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from inspection.checks.linkage import RepostState
from inspection.observation.reference import ReferenceArticle


class ArticleCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """Sites that were to repost one article, by how they stand with it."""

    article: ReferenceArticle
    in_time: int
    late: int
    unclear: int
    not_seen: int

    @property
    def sites(self) -> int:
        """All of them."""
        return self.in_time + self.late + self.unclear + self.not_seen

    @property
    def share(self) -> float | None:
        """Share (0..1) in time among the sites of which it is known; None where there is none."""
        known = self.sites - self.unclear
        return self.in_time / known if known else None


def coverage_of(
    articles: Sequence[ReferenceArticle], states: Iterable[Mapping[str, RepostState]]
) -> list[ArticleCoverage]:
    """Counts for each article in the order given; ``states`` are those of one site each, by the article's address.

    An article that no site was to repost yet is left out.
    """
    counted: dict[str, Counter[RepostState]] = {article.url: Counter() for article in articles}
    for of_site in states:
        for url, state in of_site.items():
            counted[url][state] += 1
    return [
        ArticleCoverage(
            article=article,
            in_time=counts[RepostState.IN_TIME],
            late=counts[RepostState.LATE],
            unclear=counts[RepostState.UNCLEAR],
            not_seen=counts[RepostState.NOT_SEEN],
        )
        for article in articles
        if (counts := counted[article.url])
    ]
