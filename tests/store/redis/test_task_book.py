"""Segments of requests: what is added, changed and ended can be read again by a successor."""

from hypothesis import given
from hypothesis import strategies as st

from store.redis.task_book import Ended, TaskBook

KEYS = st.sampled_from("abcdefgh")
STEPS = st.lists(st.tuples(st.dictionaries(KEYS, st.binary(max_size=9)), st.lists(KEYS)), max_size=12)


class Shelf:
    """What Redis keeps."""

    def __init__(self) -> None:
        self.segments: dict[str, bytes] = {}
        self.ended: dict[str, bytes] = {}

    def end(self, ended: list[Ended]) -> None:
        for each in ended:
            if each.all:
                self.segments.pop(each.name)
                self.ended.pop(each.name, None)
            else:
                self.ended[each.name] = self.ended.get(each.name, b"") + each.places


@given(STEPS)
def test_a_successor_finds_exactly_what_is_left(steps: list[tuple[dict[str, bytes], list[str]]]) -> None:
    shelf, left = Shelf(), dict[str, bytes]()
    book = TaskBook()
    for number, (added, stored) in enumerate(steps):
        shelf.end(book.end([*stored, *added]))
        shelf.segments.update({each.name: each.text for each in book.add(str(number), added)})
        left = {key: task for key, task in left.items() if key not in stored} | added
        assert len(book) == len(left)
        successor, loaded = TaskBook.load(shelf.segments, shelf.ended)
        assert loaded == left
        counted = sum(int(text.partition(b":")[0]) for text in shelf.segments.values())
        assert counted - sum(map(len, shelf.ended.values())) // 2 == len(left)
        if number % 3 == 2:
            book = successor


def test_requests_of_one_page_shrink() -> None:
    tasks = {
        f"{n:016x}": f'{{"kind":"link","url":"http://www.a.gov.cn/art/2026/11/{n}.html","source":{{"page":"x"}}}}'.encode()
        for n in range(500)
    }
    (segment,) = TaskBook().add("1", tasks)
    assert len(segment.text) < sum(map(len, tasks.values())) / 5
