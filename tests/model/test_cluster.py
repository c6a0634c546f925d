"""Parts solved on a cluster: what comes of it is what this machine finds, and a lost worker is made up for."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.dask import cluster

from tildeling.housing.allocate import allocate
from tildeling.housing.dataset import Dataset
from tildeling.housing.generate.presets import sized
from tildeling.housing.generate.scenario import generate
from tildeling.housing.proposal import Proposal
from tildeling_models.cluster import ClusterExecutor
from tildeling_models.engines import UnknownEngine
from tildeling_models.options import Options
from tildeling_models.parallel import worker_progress, worker_stop
from tildeling_models.progress import Event, Progress
from tildeling_models.stop import Stop

pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def towns() -> Dataset:
    """A part for each of ten municipalities, and more."""
    return generate("nation", sized("nation", applicants=400, municipalities=10), 3, Progress())


class Heard(Progress):
    """Which parts were heard of."""

    def __init__(self) -> None:
        self.parts: set[int] = set()

    def event(self, event: Event) -> None:
        self.parts.add(event.part)


def allocated(data: Dataset, address: str | None, progress: Progress, stop: Stop) -> Proposal:
    options = Options(workers=1, find_ties=False, scheduler=address)
    found = allocate(data, options=options, stop=stop, progress=progress)
    assert isinstance(found, Proposal)
    assert found.report.ok
    return found


@pytest.mark.slow
def test_a_cluster_finds_what_this_machine_finds_though_a_worker_is_killed(
    towns: Dataset, tmp_path: Path
) -> None:
    here = allocated(towns, None, Progress(), Stop(60))
    assert here.document.outcome == "optimal"
    heard = Heard()
    with cluster(tmp_path, 3) as (address, workers):

        def kill() -> None:
            while not heard.parts:
                time.sleep(0.05)
            os.kill(workers[0].pid, signal.SIGKILL)

        killer = threading.Thread(target=kill, daemon=True)
        killer.start()
        there = allocated(towns, address, heard, Stop(90))
        killer.join(5)
        assert workers[0].poll() == -signal.SIGKILL
    assert there.document.outcome == "optimal"
    assert [tier.value for tier in there.document.tiers] == [tier.value for tier in here.document.tiers]
    assert len(heard.parts) > 1


@pytest.mark.slow
def test_cancelling_reaches_the_cluster(tmp_path: Path) -> None:
    data = generate("county", sized("county", applicants=1500), 3, Progress())
    stop, heard = Stop(200), Heard()
    with cluster(tmp_path, 2) as (address, _):

        def cancel() -> None:
            while not heard.parts - {0}:
                time.sleep(0.05)
            stop.cancel()

        threading.Thread(target=cancel, daemon=True).start()
        found = allocate(data, options=Options(find_ties=False, scheduler=address), stop=stop, progress=heard)
        assert stop.cancelled
        assert found.document.termination == "cancelled"
        assert stop.elapsed < 100


def test_a_cluster_that_does_not_answer_is_said_so(towns: Dataset) -> None:
    with pytest.raises(UnknownEngine, match="no scheduler answers at nowhere"):
        allocate(towns, options=Options(scheduler="nowhere"), stop=Stop(10))


def test_work_tells_how_far_it_is_and_hears_that_it_is_cancelled(tmp_path: Path) -> None:
    told: list[Event] = []

    def tells_and_waits(
        seconds: float,
    ) -> bool:  # in here it is sent as a whole: tests are not on the workers
        stop = worker_stop(seconds)
        seven: Any = np.int64(7)  # as engines have them
        worker_progress().event(Event("waits", "a", seven, None, 1.5, part=3, parts=4))
        while not stop.now:
            time.sleep(0.05)
        return stop.cancelled

    class Told(Progress):
        def event(self, event: Event) -> None:
            told.append(event)

    with cluster(tmp_path, 1) as (address, _):
        executor = ClusterExecutor(address, Told())
        try:
            work = executor.submit(tells_and_waits, 60)
            until = time.monotonic() + 30
            while not told and time.monotonic() < until:
                time.sleep(0.05)
            executor.cancel()
            assert work.result(30)
        finally:
            executor.shutdown()
    assert told == [Event("waits", "a", 7, None, 1.5, part=3, parts=4)]
