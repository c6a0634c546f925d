"""Processes that end: told to, killed, killed with all they do; what they did is done all the same, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tildeling_api.jobs.janitor import MOST_LOST

from .service import END_S, LONG_S, START_S, Service, ask_long, ask_small, end, ended_once, ends, files, whole

pytestmark = pytest.mark.slow


def test_sigterm_gives_the_job_back_and_the_next_start_does_it(
    service: Service, token: str, documents: Path
) -> None:
    serving = service.serve()
    job = ask_long(service, token, documents, 5)
    service.running(job)
    assert service.leave(serving) == 0
    given_back = service.job(job)
    assert (given_back.state, given_back.attempt, given_back.lost) == ("queued", 2, 0)
    service.until(lambda: not service.processes(), "all have left", END_S)
    assert service.folders() == []
    service.serve()
    done = service.ended(job, LONG_S)
    assert (done.state, done.attempt) == ("done", 2)
    ended_once(service, [job])
    whole(service)


def test_a_child_that_is_killed_fails_its_job_and_no_other(
    service: Service, token: str, documents: Path
) -> None:
    service.serve()
    job = ask_long(service, token, documents)
    service.running(job)
    workers, (child,) = service.workers(), service.children()
    end(child)
    failed = service.ended(job, START_S)
    assert (failed.state, failed.attempt, failed.outcome) == ("failed", 1, None)
    assert failed.cause
    assert failed.cause["type"] == "urn:tildeling:problem:crashed"
    after = ask_small(service, token, documents)
    assert service.ended(after, START_S).state == "done"
    assert service.workers() == workers
    assert files(service, job) == {}
    service.alone()
    assert ends(service) == {job: 1, after: 1}
    whole(service)


def test_a_job_that_takes_its_workers_along_is_given_up(
    service: Service, token: str, documents: Path
) -> None:
    service.serve()
    job = ask_long(service, token, documents, 60)
    for attempt in range(1, MOST_LOST + 1):
        assert service.running(job).attempt == attempt
        (worker,) = service.workers()
        end(worker)
        service.until(lambda: service.job(job).progress is None, "it is taken back", START_S)
    failed = service.ended(job, START_S)
    assert (failed.state, failed.attempt, failed.lost) == ("failed", MOST_LOST, MOST_LOST)
    assert failed.cause
    assert failed.cause["type"] == "urn:tildeling:problem:lost"
    assert ends(service) == {job: 1}
    service.alone()
    whole(service)
