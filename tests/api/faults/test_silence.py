"""Workers of which nothing is heard any more: killed for good, or hanging, beside the interface or by themselves."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tildeling_api.commands import GIVEN_UP
from tildeling_api.jobs.states import State
from tildeling_api.store.tables import Job

from .service import END_S, LONG_S, START_S, Service, ask_long, ask_small, end, ended_once, whole

pytestmark = pytest.mark.slow

SECONDS = 12.0
"""Time limit of the jobs."""


def begun_again(job: Job) -> bool:
    return job.attempt == 2 and (job.progress is not None or job.state == State.DONE)


def test_one_worker_never_comes_back_and_two_hang(service: Service, token: str, documents: Path) -> None:
    """Another does their jobs; serve ends its own that hangs, and one that wakes up finds that it was given up."""
    service.serve()
    killed, sleeping = service.worker(), service.worker()
    (hanging,) = set(service.workers()) - {killed.pid, sleeping.pid}
    jobs = [ask_long(service, token, documents, SECONDS) for _ in range(3)]
    service.until(lambda: all(service.job(job).state == "running" for job in jobs), "all have begun", START_S)
    service.hang(hanging, sleeping.pid)
    service.kill(killed)
    assert [service.job(job).attempt for job in jobs] == [1, 1, 1]
    other = service.worker("--jobs", "3")
    service.until(lambda: not service.children(sleeping.pid), "what the sleeping one did has ended", LONG_S)
    service.until(lambda: all(begun_again(service.job(job)) for job in jobs), "the other is at them", LONG_S)
    end(sleeping.pid, signal.SIGCONT)  # it has something to say, while another is at it
    assert sleeping.wait(END_S) == GIVEN_UP
    assert "was given up; start another" in service.said()
    for job in jobs:
        done = service.ended(job, LONG_S)
        assert (done.state, done.attempt, done.lost) == ("done", 2, 1)
        assert done.started_at
        assert done.ended_at
        assert (done.ended_at - done.started_at).total_seconds() > SECONDS, "it was the other's to say"

    assert service.leave(other) == 0
    (begun,) = service.until(service.workers, "serve has started another", START_S)
    assert begun != hanging
    after = ask_small(service, token, documents)
    assert service.ended(after, START_S).state == "done"
    service.alone()
    ended_once(service, [*jobs, after])
    whole(service)
