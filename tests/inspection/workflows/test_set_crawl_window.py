"""Sites and regions have hours of their own, if operators set them."""

import pytest

from inspection.errors import InputRejected, NotFound
from inspection.workflows.set_crawl_window import remove_crawl_window, set_crawl_window

CODE = "3706000001"


def put(stores, clock, place, hours):
    return set_crawl_window(place, hours, sites=stores.sites, windows=stores.crawl_windows, clock=clock)


def test_a_window_is_set_changed_and_removed(stores, clock):
    put(stores, clock, CODE, "20:00-06:30")
    put(stores, clock, "370600", "1:00-5:00")
    assert put(stores, clock, CODE, "21:00-06:30").set_at == clock.now()
    assert [(each.place, str(each.window)) for each in stores.crawl_windows.all()] == [
        ("370600", "01:00-05:00"),
        (CODE, "21:00-06:30"),
    ]
    remove_crawl_window("370600", windows=stores.crawl_windows)
    assert [each.place for each in stores.crawl_windows.all()] == [CODE]
    with pytest.raises(NotFound, match="370600"):
        remove_crawl_window("370600", windows=stores.crawl_windows)


@pytest.mark.parametrize(
    ("place", "hours", "error"),
    [
        ("3706009999", "20:00-06:30", NotFound),
        ("990000", "20:00-06:30", NotFound),
        (CODE, "nachts", InputRejected),
        (CODE, "08:00-08:00", InputRejected),
    ],
)
def test_what_is_no_place_or_no_window_is_refused(stores, clock, place, hours, error):
    with pytest.raises(error):
        put(stores, clock, place, hours)
    assert list(stores.crawl_windows.all()) == []
