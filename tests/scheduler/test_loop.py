"""The loop over the timetable, and the claims on runs."""

from datetime import time, timedelta
from time import sleep

import pytest

from inspection.errors import RuleBroken, StoreUnavailable
from inspection.timetable import JobOutcome
from scheduler.ledger import JobLedger
from scheduler.loop import Scheduler
from scheduler.timetable import Entry, Missed
from store.memory import MemoryStores

HOURLY = Entry(job="a", title="甲", every_s=3600, retry_s=600, tries=3)
NIGHTLY = Entry(job="b", title="乙", at=time(20), missed=Missed.EACH, retry_s=600, tries=3)


@pytest.fixture(params=["memory", "mongo"])
def stores(request):
    return MemoryStores() if request.param == "memory" else request.getfixturevalue("mongo_stores")


class Noting:
    """A job that notes its runs and then raises what it was given."""

    def __init__(self, *errors):
        self.keys, self.errors = [], list(errors)

    def __call__(self, stores, clock, run):
        self.keys.append(run.key)
        if self.errors and (error := self.errors.pop(0)) is not None:
            raise error


def test_each_run_once_though_the_process_forgets_everything(stores, clock):
    job = Noting()
    for _ in range(4):
        Scheduler(stores, [HOURLY], clock, {"a": job}, by="one").run_due()
        clock.advance(minutes=30)
    assert job.keys == ["a@20261120T040000Z", "a@20261120T050000Z"]
    assert stores.job_runs.count() == 0
    assert stores.job_states.find("a").last_outcome is JobOutcome.DONE


def test_missed_runs_that_each_matter_are_caught_up_in_order_and_stay_on_record(stores, clock):
    job = Noting()
    Scheduler(stores, [NIGHTLY], clock, {"b": job}, by="one").run_due()
    clock.advance(days=3)
    assert Scheduler(stores, [NIGHTLY], clock, {"b": job}, by="one").run_due() == job.keys
    assert job.keys == ["b@20261120T120000Z", "b@20261121T120000Z", "b@20261122T120000Z"]
    assert [run.id for run in stores.job_runs.page({"job": "b"})] == job.keys


@pytest.mark.parametrize("error", [RuleBroken("no"), KeyError("x")])
def test_a_run_that_fails_is_tried_again_as_the_same_and_at_last_given_up(stores, clock, error):
    bad, good = Noting(error, error, error), Noting()
    jobs = {"b": bad, "a": good}
    Scheduler(stores, [NIGHTLY, HOURLY], clock, jobs, by="one").run_due()
    clock.advance(hours=9)
    for _ in range(5):
        Scheduler(stores, [NIGHTLY, HOURLY], clock, jobs, by="one").run_due()
        clock.advance(seconds=600)
    assert bad.keys == ["b@20261120T120000Z"] * 3
    [run] = stores.job_runs.page()
    assert run.outcome is JobOutcome.FAILED
    assert str(error.args[0]) in run.detail
    assert len(good.keys) >= 2


def test_a_store_that_is_down_does_not_count_as_a_failure(stores, clock):
    job = Noting(*[StoreUnavailable("down")] * 10)
    Scheduler(stores, [NIGHTLY], clock, {"b": job}, by="one").run_due()
    clock.advance(hours=9)
    for _ in range(11):
        Scheduler(stores, [NIGHTLY], clock, {"b": job}, by="one").run_due()
        clock.advance(seconds=600)
    assert [run.outcome for run in stores.job_runs.page()] == [JobOutcome.DONE]


def test_of_two_schedulers_one_has_the_run_and_the_other_takes_it_over_when_it_dies(stores, clock):
    one, two = (JobLedger(stores.job_states, stores.job_runs, clock, by=by) for by in ("one", "two"))
    mine = one.claim(HOURLY, clock.now())
    assert mine is not None
    assert two.claim(HOURLY, clock.now()) is None
    clock.advance(seconds=HOURLY.lease_s)
    theirs = two.claim(HOURLY, clock.now())
    assert theirs.claim.at == mine.claim.at
    one.done(HOURLY, mine)  # it was only slow: too late
    assert stores.job_states.find("a").claim.by == "two"
    two.done(HOURLY, theirs)
    assert stores.job_states.find("a").settled == theirs.claim.at


def test_of_two_that_read_the_same_state_one_claims(stores, clock):
    two = JobLedger(stores.job_states, stores.job_runs, clock, by="two")

    class Meanwhile:
        """The states, where another scheduler comes between a read and the write that follows it."""

        def find(self, id_):
            found = stores.job_states.find(id_)
            assert two.claim(HOURLY, clock.now()) is not None
            return found

        def __getattr__(self, name):
            return getattr(stores.job_states, name)

    two.state(HOURLY)
    assert JobLedger(Meanwhile(), stores.job_runs, clock, by="one").claim(HOURLY, clock.now()) is None
    assert stores.job_states.find("a").claim.by == "two"


def test_a_long_run_keeps_its_claim(stores, clock):
    ledger = JobLedger(stores.job_states, stores.job_runs, clock, by="one")
    brief = Entry(job="a", title="甲", every_s=3600, lease_s=0.03)
    state = ledger.claim(brief, clock.now())
    clock.advance(seconds=100)
    with ledger.held(brief, state):
        for _ in range(1000):
            if stores.job_states.find("a").claim.until > clock.now():
                break
            sleep(0.005)
    claim = stores.job_states.find("a").claim
    assert (claim.by, claim.until > clock.now()) == ("one", True)
    ledger.done(brief, state)
    assert stores.job_states.find("a").claim is None


def test_while_a_job_runs_its_claim_is_prolonged(stores, clock):
    seen = []

    def long_job(stores, clock, run):
        clock.advance(seconds=100)
        for _ in range(1000):
            if stores.job_states.find("a").claim.until > clock.now():
                seen.append(run.key)
                return
            sleep(0.005)

    brief = Entry(job="a", title="甲", every_s=3600, lease_s=0.03)
    assert Scheduler(stores, [brief], clock, {"a": long_job}, by="one").run_due() == seen != []


def test_the_loop_runs_each_job_once_per_interval_over_a_simulated_hour(clock):
    job, slow, end = Noting(), Noting(), clock.now() + timedelta(hours=1)
    table = [Entry(job="a", title="甲", every_s=60), Entry(job="b", title="乙", every_s=300)]

    def pause(seconds):
        clock.advance(seconds=seconds)
        return clock.now() >= end

    Scheduler(MemoryStores(), table, clock, {"a": job, "b": slow}, by="one").run_forever(pause)
    assert (len(job.keys), len(slow.keys)) == (60, 12)


def test_while_the_stores_are_down_the_loop_waits(clock):
    class Down:
        def find(self, id_):
            raise StoreUnavailable("down")

    stores, pauses = MemoryStores(), []
    stores.job_states = Down()
    Scheduler(stores, [HOURLY], clock, {"a": Noting()}, by="one").run_forever(
        lambda s: bool(pauses.append(s)) or len(pauses) > 2
    )
    assert pauses == [60.0] * 3
