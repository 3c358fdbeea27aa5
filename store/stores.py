"""All stores of one process, opened together."""

from typing import Self

import redis

from inspection.accountability import Accountability
from inspection.bulletin.bulletin import Bulletin
from inspection.errors import StoreUnavailable
from inspection.linkage import Account, Carried
from inspection.messages import Message, RecheckRequest, Sender
from inspection.monitoring import EarlyWarning, KeySite
from inspection.monthly import LateList, MonthlyReport
from inspection.offices import Office
from inspection.rectification import RectificationCase
from inspection.reminders import Reminder
from inspection.reporting import ReportedResult, ReportedRound, SelfCheck, VerificationDraw
from inspection.special import SpecialCheck
from inspection.statistics.series import SeriesEntry
from inspection.timetable import JobRun, JobState, PlannedOpening
from store.config import StoreConfig
from store.editions import load_editions
from store.embedded.processes import running
from store.embedded.servers import mongo_address
from store.mongo.access import connect as connect_mongo
from store.mongo.access import mongo_errors
from store.mongo.crawl_windows import MongoCrawlWindows
from store.mongo.details import MongoDetails
from store.mongo.history import MongoItemHistory
from store.mongo.inspections import MongoInspections
from store.mongo.migrate import applied_version
from store.mongo.observations import MongoObservations
from store.mongo.opt_outs import MongoOptOuts
from store.mongo.pass_rates import MongoPassRates
from store.mongo.records import MongoRecords
from store.mongo.references import MongoReferences
from store.mongo.reviews import MongoReviews
from store.mongo.rounds import MongoRounds
from store.mongo.schema import VERSION
from store.mongo.sites import MongoSites
from store.mongo.snapshots import MongoSnapshots
from store.redis.connection import connect as connect_redis
from store.redis.connection import ping as ping_redis
from store.redis.work_queue import RedisWorkQueue
from store.rules import load_own_rules


class Stores:
    """The domain's ports over MongoDB and Redis, and the editions. A context manager; connects at the first use."""

    def __init__(self, config: StoreConfig) -> None:
        self.config = config
        self.editions = load_editions(config)
        self.rules = load_own_rules(config)
        self._mongo_address = mongo_address(config)
        self.mongo = connect_mongo(self._mongo_address, config)
        self.redis: redis.Redis = connect_redis(config)
        self.database = self.mongo[config.mongo_database]
        self.sites = MongoSites(self.database)
        self.rounds = MongoRounds(self.database)
        self.observations = MongoObservations(self.database)
        self.inspections = MongoInspections(self.database, self.observations)
        self.reviews = MongoReviews(self.database)
        self.references = MongoReferences(self.database)
        self.opt_outs = MongoOptOuts(self.database)
        self.crawl_windows = MongoCrawlWindows(self.database)
        self.history = MongoItemHistory(self.database)
        self.snapshots = MongoSnapshots(self.database)
        self.pass_rates = MongoPassRates(self.database)
        self.offices = MongoRecords(self.database, "offices", Office)
        self.bulletins = MongoRecords(self.database, "bulletins", Bulletin)
        self.cases = MongoRecords(self.database, "cases", RectificationCase)
        self.key_sites = MongoRecords(self.database, "key_sites", KeySite)
        self.series_points = MongoRecords(self.database, "series_points", SeriesEntry)
        self.messages = MongoRecords(self.database, "messages", Message)
        self.message_senders = MongoRecords(self.database, "message_senders", Sender)
        self.recheck_requests = MongoRecords(self.database, "recheck_requests", RecheckRequest)
        self.accounts = MongoRecords(self.database, "accounts", Account)
        self.carried = MongoRecords(self.database, "carried", Carried)
        self.accountability = MongoRecords(self.database, "accountability", Accountability)
        self.monthly_reports = MongoRecords(self.database, "monthly_reports", MonthlyReport)
        self.late_lists = MongoRecords(self.database, "late_lists", LateList)
        self.job_states = MongoRecords(self.database, "job_states", JobState)
        self.job_runs = MongoRecords(self.database, "job_runs", JobRun)
        self.early_warnings = MongoRecords(self.database, "early_warnings", EarlyWarning)
        self.reminders = MongoRecords(self.database, "reminders", Reminder)
        self.planned_openings = MongoRecords(self.database, "planned_openings", PlannedOpening)
        self.details = MongoDetails(self.database)
        self.reports = MongoRecords(self.database, "reports", ReportedRound)
        self.reported_results = MongoRecords(self.database, "reported_results", ReportedResult)
        self.verifications = MongoRecords(self.database, "verifications", VerificationDraw)
        self.self_checks = MongoRecords(self.database, "self_checks", SelfCheck)
        self.special_checks = MongoRecords(self.database, "special_checks", SpecialCheck)
        self.queue = RedisWorkQueue(self.redis)

    def ping(self) -> None:
        """Raise :class:`StoreUnavailable`, naming the store, unless both answer."""
        self.ping_mongo()
        ping_redis(self.redis, self.config)

    def ping_mongo(self) -> None:
        """Raise :class:`StoreUnavailable` unless MongoDB answers."""
        with mongo_errors(self._mongo_address):
            self.mongo.admin.command("ping")

    def close(self) -> None:
        """Give the connections back."""
        self.mongo.close()
        self.redis.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_stores(config: StoreConfig | None = None, *, migrated: bool = True) -> Stores:
    """Open both stores and see that they answer; :class:`StoreUnavailable` says which does not and what to do.

    With ``migrated`` the database must have the current schema: without indexes and validators nothing may be written.
    """
    config = config or StoreConfig()
    _require_running(config)
    stores = Stores(config)
    try:
        stores.ping()
        if migrated:
            _require_schema(stores)
    except BaseException:
        stores.close()
        raise
    return stores


def _require_schema(stores: Stores) -> None:
    version = applied_version(stores.database)
    if version < VERSION:
        raise StoreUnavailable(
            f"MongoDB 数据库 {stores.config.mongo_database} 的结构是第 {version} 版，需要第 {VERSION} 版。"
            "请运行 xuncha stores migrate"
        )


def _require_running(config: StoreConfig) -> None:
    """The embedded servers must be this folder's own: on their usual ports somebody else's may listen."""
    for name, label, address in (("mongo", "MongoDB", config.mongo_uri), ("redis", "Redis", config.redis_url)):
        if address is None and running(config, name) is None:
            raise StoreUnavailable(
                f"内置的 {label} 没有在运行（数据目录 {config.var_dir}）。请运行 xuncha stores up，"
                f"或用 XUNCHA_{'MONGO_URI' if name == 'mongo' else 'REDIS_URL'} 指定服务器"
            )
