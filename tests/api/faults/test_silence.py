"""Workers of which nothing is heard any more: killed for good, or hanging, beside the interface or by themselves."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tildeling_api.commands import GIVEN_UP

from .service import END_S, LONG_S, START_S, Service, ask_long, ask_small, end, ended_once, whole

pytestmark = pytest.mark.slow


def test_one_worker_never_comes_back_and_two_hang(service: Service, token: str, documents: Path) -> None:
    """Another does their jobs; serve ends its own that hangs, and one that wakes up finds that it was given up."""
    service.serve()
    killed, sleeping = service.worker(), service.worker()
    (hanging,) = set(service.workers()) - {killed.pid, sleeping.pid}
    jobs = [ask_long(service, token, documents, 12) for _ in range(3)]
    for job in jobs:
        service.running(job)
    assert len({service.job(job).worker_id for job in jobs}) == 3
    for pid in (hanging, sleeping.pid):
        end(pid, signal.SIGSTOP)
    service.kill(killed)
    other = service.worker("--jobs", "3")
    for job in jobs:
        done = service.ended(job, LONG_S)
        assert (done.state, done.attempt, done.lost) == ("done", 2, 1)

    assert service.children() == [], (
        "the job of the one that sleeps has ended too, and it may come and say so"
    )
    end(sleeping.pid, signal.SIGCONT)
    assert sleeping.wait(END_S) == GIVEN_UP
    assert "was given up; start another" in service.said()
    assert service.leave(other) == 0
    (begun,) = service.until(service.workers, "serve has started another", START_S)
    assert begun != hanging
    after = ask_small(service, token, documents)
    assert service.ended(after, START_S).state == "done"
    service.alone()
    ended_once(service, [*jobs, after])
    whole(service)
