"""Walks over the rounds on file, and a look for one that may not be there."""

from collections.abc import Collection, Iterator

from inspection.errors import NotFound
from inspection.ports import ALL_KINDS, RoundRepository
from inspection.sampling import Round, RoundKind

_PAGE = 100


def every_round(
    rounds: RoundRepository, *, kinds: Collection[RoundKind] = ALL_KINDS, after: str = ""
) -> Iterator[Round]:
    """All rounds of these kinds by ascending id, those after an id alone; read page by page."""
    while page := rounds.page(kinds=kinds, after=after, limit=_PAGE):
        yield from page
        after = page[-1].id


def find_round(rounds: RoundRepository, id_: str) -> Round | None:
    """The round, or None where there is none of that id."""
    try:
        return rounds.get(id_)
    except NotFound:
        return None
