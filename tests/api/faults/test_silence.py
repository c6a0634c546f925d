"""Workers of which nothing is heard any more: killed for good, or hanging."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tildeling_api.commands import GIVEN_UP

from .service import END_S, LONG_S, START_S, Service, ask_long, ask_small, end, ended_once, whole

pytestmark = pytest.mark.slow


def test_one_worker_never_comes_back_another_hangs_and_a_third_does_what_they_did(
    service: Service, token: str, documents: Path
) -> None:
    service.serve("--workers", "0")
    workers = [service.worker(), service.worker()]
    first, second = (ask_long(service, token, documents, 10) for _ in workers)
    service.running(first)
    service.running(second)
    killed, hanging = workers
    end(hanging.pid, signal.SIGSTOP)
    service.kill(killed)
    third = service.worker("--jobs", "2")
    for job in (first, second):
        done = service.ended(job, LONG_S)
        assert (done.state, done.attempt, done.lost) == ("done", 2, 1)
    late = service.children()
    assert not late, "the hanging worker's child has ended, and its result waits to be taken"
    end(hanging.pid, signal.SIGCONT)
    assert hanging.wait(END_S) == GIVEN_UP
    assert "was given up; start another" in service.said()
    after = ask_small(service, token, documents)
    assert service.ended(after, START_S).state == "done"
    service.alone()
    ended_once(service, [first, second, after])
    assert service.leave(third) == 0
    whole(service)


def test_serve_ends_a_worker_that_hangs_and_starts_another(
    service: Service, token: str, documents: Path
) -> None:
    service.serve()
    job = ask_long(service, token, documents, 4)
    service.running(job)
    (hanging,) = service.workers()
    end(hanging, signal.SIGSTOP)
    done = service.ended(job, LONG_S)
    assert (done.state, done.attempt, done.lost) == ("done", 2, 1)
    (worker,) = service.workers()
    assert worker != hanging
    service.alone()
    ended_once(service, [job])
    whole(service)
