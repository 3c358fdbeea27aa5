"""The stores a request works on."""

from typing import Annotated, Protocol

from fastapi import Depends, Request

from inspection.bulletin.bulletin import Bulletin
from inspection.ports import (
    InspectionRepository,
    ObservationRepository,
    PassRateRepository,
    ReviewRepository,
    RoundRepository,
    SiteRepository,
    SnapshotStore,
    WorkQueue,
)
from inspection.records import RecordRepository
from inspection.rectification import RectificationCase
from inspection.standard import EditionLibrary


class Repositories(Protocol):
    """What the API needs; ``store.stores.Stores`` and ``store.memory.MemoryStores`` have it."""

    @property
    def editions(self) -> EditionLibrary: ...

    @property
    def sites(self) -> SiteRepository: ...

    @property
    def rounds(self) -> RoundRepository: ...

    @property
    def inspections(self) -> InspectionRepository: ...

    @property
    def reviews(self) -> ReviewRepository: ...

    @property
    def observations(self) -> ObservationRepository: ...

    @property
    def snapshots(self) -> SnapshotStore: ...

    @property
    def pass_rates(self) -> PassRateRepository: ...

    @property
    def bulletins(self) -> RecordRepository[Bulletin]: ...

    @property
    def queue(self) -> WorkQueue: ...

    @property
    def cases(self) -> RecordRepository[RectificationCase]: ...

    def ping(self) -> None:
        """Raise StoreUnavailable unless the stores answer."""
        ...


def _repositories(request: Request) -> Repositories:
    repositories: Repositories = request.app.state.repositories
    return repositories


Stores = Annotated[Repositories, Depends(_repositories)]
