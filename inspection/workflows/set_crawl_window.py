"""Set the hours in which a site, or the sites of a region, may be crawled, and take them away again."""

from inspection.errors import InputRejected, NotFound
from inspection.ports import Clock, CrawlWindowRepository, SiteRepository
from inspection.registry import regions
from inspection.registry.crawl_window import CrawlWindow, PlaceWindow

_REGION_DIGITS = 6


def set_crawl_window(
    place: str, hours: str, *, sites: SiteRepository, windows: CrawlWindowRepository, clock: Clock
) -> PlaceWindow:
    """From now on workers crawl the place in these hours (``HH:MM-HH:MM``, China time) only.

    ``place`` is a site's code or a region's (six digits); NotFound for one that does not exist, InputRejected for
    hours that are none.
    """
    if len(place) != _REGION_DIGITS:
        sites.get(place)
    elif not regions.exists(place):
        raise NotFound(f"没有代码为 {place} 的地区；请给出6位行政区划代码或10位网站标识码")
    try:
        window = CrawlWindow.parse(hours)
    except ValueError as error:
        raise InputRejected(f"{hours!r} 不是有效的时段；请写成 20:00-06:30（北京时间，起止不能相同）") from error
    found = PlaceWindow(place=place, window=window, set_at=clock.now())
    windows.put(found)
    return found


def remove_crawl_window(place: str, *, windows: CrawlWindowRepository) -> None:
    """The place may be crawled whenever others are; NotFound where it had no hours of its own."""
    if not windows.remove(place):
        raise NotFound(f"{place} 没有单独设置抓取时段")
