"""Hours in which sites and regions may be crawled, in MongoDB."""

from inspection.registry.crawl_window import PlaceWindow
from store.mongo.access import DocumentDatabase, find, mongo_errors
from store.mongo.codec import decode, encode


class MongoCrawlWindows:
    """Port ``CrawlWindowRepository``."""

    def __init__(self, database: DocumentDatabase) -> None:
        self._windows = database["crawl_windows"]

    def put(self, window: PlaceWindow) -> None:
        """One per place."""
        with mongo_errors():
            self._windows.replace_one({"_id": window.place}, {"all": 1, **encode(window)}, upsert=True)

    def remove(self, place: str) -> bool:
        """Gone without a trace: rounds are judged by what was seen, whenever that was."""
        with mongo_errors():
            return self._windows.delete_one({"_id": place}).deleted_count > 0

    def all(self) -> list[PlaceWindow]:
        """By place."""
        return [decode(document, PlaceWindow) for document in find(self._windows, {"all": 1}, sort="place")]
