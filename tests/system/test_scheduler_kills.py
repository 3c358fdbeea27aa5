"""Scheduler processes killed outright, one after the other, over real stores: each run is there once."""

import os
import random
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from inspection.records import every
from inspection.timetable import JobOutcome, JobRun
from store.config import StoreConfig
from store.stores import Stores

TIMETABLE = """
[[entries]]
job = "remind"
title = "到期提醒"
every_s = 1
missed = "each"
lease_s = 2
"""
KILLS = 4


def runs_of(stores: Stores) -> list[JobRun]:
    return list(every(stores.job_runs, {"job": "remind"}))


@pytest.mark.system
@pytest.mark.alone
def test_schedulers_killed_outright_leave_no_gap_and_run_nothing_twice(
    mongo_stores: Stores, store_config: StoreConfig, mongo_uri: str, redis_url: str, tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(TIMETABLE, "utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XUNCHA_")} | {
        "XUNCHA_MONGO_URI": mongo_uri,
        "XUNCHA_REDIS_URL": redis_url,
        "XUNCHA_MONGO_DATABASE": store_config.mongo_database,
        "XUNCHA_TIMETABLE_FILE": str(own),
    }
    command = [sys.executable, "-m", "cli.main", "scheduler"]
    chance = random.Random(7)
    for _ in range(KILLS):
        before, process = len(runs_of(mongo_stores)), subprocess.Popen(command, env=environment)
        try:
            for _ in range(600):  # until this process has done something; then at any moment
                if len(runs_of(mongo_stores)) > before:
                    break
                time.sleep(0.1)
            time.sleep(chance.random())
        finally:
            process.kill()
            process.wait(10)
    time.sleep(2.1)  # so that what was claimed last may be taken over
    subprocess.run([*command, "--once"], env=environment, check=True, timeout=120)
    runs = runs_of(mongo_stores)
    assert len(runs) > KILLS
    assert {(later.at - earlier.at).total_seconds() for earlier, later in pairwise(runs)} == {1.0}
    assert {run.outcome for run in runs} == {JobOutcome.DONE}
    assert len({run.by for run in runs}) > KILLS - 1
    state = mongo_stores.job_states.find("remind")
    assert state is not None
    assert (state.claim, state.settled) == (None, runs[-1].at)
