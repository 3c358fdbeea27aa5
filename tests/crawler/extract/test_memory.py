"""What a page needed is free again once it is read."""

import gc
import tracemalloc
from datetime import date

from crawler.extract import extract

PAGE = (
    "<ul>"
    + "".join(f"<li><a href='/{n}.html'>第{n}号公告的题目</a><b>2026-11-01</b></li>" for n in range(200))
    + "</ul>"
)


def held_after(pages: int) -> int:
    """Bytes of Python objects."""
    for _ in range(pages):
        extract(PAGE.encode(), "http://www.a.gov.cn/", as_of=date(2026, 11, 20))
    return tracemalloc.get_traced_memory()[0]


def test_nothing_of_a_page_is_kept_without_the_garbage_collector() -> None:
    gc.disable()
    tracemalloc.start()
    try:
        before = held_after(5)
        assert held_after(10) - before < 100_000
    finally:
        tracemalloc.stop()
        gc.enable()
