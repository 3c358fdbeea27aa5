"""Walking over records."""

from collections.abc import Mapping

import pytest

from inspection.records import Record, every


class Counting:
    """Records by id, and how often a page was asked for."""

    def __init__(self, number: int) -> None:
        self.records = [Record(id=f"{n:05}") for n in range(number)]
        self.asked = 0

    def page(self, where: Mapping[str, str] = {}, *, after: str = "", limit: int = 50) -> list[Record]:
        self.asked += 1
        return [each for each in self.records if each.id > after][:limit]


@pytest.mark.parametrize(("number", "asked"), [(0, 1), (1, 1), (499, 1), (500, 2), (501, 2), (1000, 3)])
def test_every_record_comes_once_and_a_short_page_is_the_last(number: int, asked: int) -> None:
    repository = Counting(number)
    assert list(every(repository)) == repository.records  # type: ignore[arg-type]
    assert repository.asked == asked
