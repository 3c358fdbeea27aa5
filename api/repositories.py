"""The stores a request works on."""

from typing import Annotated, Protocol

from fastapi import Depends, Request

from inspection.accountability import Accountability
from inspection.bulletin.bulletin import Bulletin
from inspection.linkage import Account, Carried
from inspection.messages import Message, RecheckRequest, Sender
from inspection.monitoring import EarlyWarning, KeySite
from inspection.monthly import LateList, MonthlyReport
from inspection.offices import Office
from inspection.ports import (
    InspectionRepository,
    ItemHistoryRepository,
    ObservationRepository,
    OptOutRepository,
    PassRateRepository,
    ReferenceRepository,
    ReviewRepository,
    RoundRepository,
    SiteRepository,
    SnapshotStore,
    WorkQueue,
)
from inspection.records import RecordRepository
from inspection.rectification import RectificationCase
from inspection.reminders import Reminder
from inspection.reporting import ReportedResult, ReportedRound, SelfCheck, VerificationDraw
from inspection.special import SpecialCheck
from inspection.standard import EditionLibrary
from inspection.statistics.series import SeriesEntry
from inspection.supervision import SupervisionRules
from inspection.timetable import JobState


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
    def references(self) -> ReferenceRepository: ...

    @property
    def history(self) -> ItemHistoryRepository: ...

    @property
    def opt_outs(self) -> OptOutRepository: ...

    @property
    def snapshots(self) -> SnapshotStore: ...

    @property
    def pass_rates(self) -> PassRateRepository: ...

    @property
    def bulletins(self) -> RecordRepository[Bulletin]: ...

    @property
    def offices(self) -> RecordRepository[Office]: ...

    @property
    def messages(self) -> RecordRepository[Message]: ...

    @property
    def message_senders(self) -> RecordRepository[Sender]: ...

    @property
    def special_checks(self) -> RecordRepository[SpecialCheck]: ...

    @property
    def recheck_requests(self) -> RecordRepository[RecheckRequest]: ...

    @property
    def accounts(self) -> RecordRepository[Account]: ...

    @property
    def carried(self) -> RecordRepository[Carried]: ...

    @property
    def accountability(self) -> RecordRepository[Accountability]: ...

    @property
    def reports(self) -> RecordRepository[ReportedRound]: ...

    @property
    def reported_results(self) -> RecordRepository[ReportedResult]: ...

    @property
    def verifications(self) -> RecordRepository[VerificationDraw]: ...

    @property
    def self_checks(self) -> RecordRepository[SelfCheck]: ...

    @property
    def series_points(self) -> RecordRepository[SeriesEntry]: ...

    @property
    def monthly_reports(self) -> RecordRepository[MonthlyReport]: ...

    @property
    def late_lists(self) -> RecordRepository[LateList]: ...

    @property
    def rules(self) -> SupervisionRules: ...

    @property
    def key_sites(self) -> RecordRepository[KeySite]: ...

    @property
    def early_warnings(self) -> RecordRepository[EarlyWarning]: ...

    @property
    def reminders(self) -> RecordRepository[Reminder]: ...

    @property
    def job_states(self) -> RecordRepository[JobState]: ...

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
