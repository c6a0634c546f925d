"""The janitor makes queue and jobs agree again: whatever one of them has forgotten, or believes wrongly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, update

from tildeling_api.access.accounts import new_id, now
from tildeling_api.jobs.attempts import Attempts
from tildeling_api.jobs.janitor import FORGET_AFTER, MOST_LOST, SILENT, Beats, Janitor
from tildeling_api.jobs.queue import Queue, named
from tildeling_api.jobs.states import State
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Job, Worker

JSON = {"content-type": "application/json"}


@pytest.fixture
def queue(database: Database) -> Iterator[Queue]:
    made = Queue(database)
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def janitor(database: Database, queue: Queue) -> Janitor:
    return Janitor(database, queue)


@pytest.fixture
def job(client: Any, small_json: bytes) -> str:
    """A job that was kept and never put into the queue, as after a crash between the two."""
    dataset = client.post("/v1/datasets", content=small_json, headers=JSON).json()["id"]
    return str(client.post("/v1/allocations", json={"dataset": dataset}).json()["id"])


def line(database: Database, job: str) -> Job:
    with database.reading() as session:
        return session.scalars(select(Job).where(Job.id == job)).one()


def claimed(queue: Queue, attempt: str, worker: str) -> None:
    """As a worker does that takes an attempt from the queue."""
    with queue._client._sys_db.engine.begin() as connection:
        table = queue._client._sys_db.tables.workflow_status
        connection.execute(
            update(table).where(table.c.workflow_uuid == attempt).values(status="PENDING", executor_id=worker)
        )


def test_a_job_that_the_queue_does_not_know_is_put_there(
    janitor: Janitor, queue: Queue, job: str, database: Database
) -> None:
    assert queue.known([named(job, 1)]) == {}
    for _ in range(2):
        janitor.look()
        assert queue.known([named(job, 1)]) == {named(job, 1): False}
    assert line(database, job).attempt == 1


def test_an_attempt_that_the_queue_believes_to_have_ended_gets_a_new_number(
    janitor: Janitor, queue: Queue, job: str, database: Database
) -> None:
    janitor.look()
    queue.take_out(named(job, 1))
    assert queue.known([named(job, 1)]) == {named(job, 1): True}
    janitor.look()
    assert queue.known([named(job, 2)]) == {named(job, 2): False}
    assert (line(database, job).state, line(database, job).attempt) == (State.QUEUED, 2)


def test_an_attempt_whose_worker_died_before_it_began_is_taken_out(
    janitor: Janitor, queue: Queue, job: str, database: Database, attempts: Attempts
) -> None:
    janitor.look()
    claimed(queue, named(job, 1), attempts.worker)
    janitor.look()
    assert queue.begun() == {named(job, 1): attempts.worker}
    attempts.leave()
    janitor.look()
    assert queue.begun() == {}
    assert queue.known([named(job, 1), named(job, 2)]) == {named(job, 1): True, named(job, 2): False}
    assert line(database, job).attempt == 2


def test_what_is_done_leaves_nothing_that_counts_as_under_way(
    janitor: Janitor, queue: Queue, job: str, attempts: Attempts
) -> None:
    """The worker ended the job and died before the queue heard of it."""
    janitor.look()
    claimed(queue, named(job, 1), attempts.worker)
    assert attempts.begin(job, 1) is not None
    assert attempts.end(job, 1, State.DONE, {}, "optimal")
    attempts.leave()
    janitor.look()
    assert queue.begun() == {}


def test_a_worker_is_given_up_after_so_many_silent_looks(
    janitor: Janitor, job: str, database: Database, attempts: Attempts
) -> None:
    assert attempts.begin(job, 1) is not None
    for _ in range(3 * SILENT):
        assert attempts.beat()
        janitor.look()
    for _ in range(SILENT - 1):
        janitor.look()
    assert line(database, job).state == State.RUNNING
    janitor.look()
    taken = line(database, job)
    assert (taken.state, taken.attempt, taken.lost, taken.worker_id) == (State.QUEUED, 2, 1, None)
    assert not attempts.beat()
    assert not attempts.end(job, 1, State.DONE, {}, "optimal")


def test_a_beat_at_the_last_moment_counts(database: Database, attempts: Attempts, monkeypatch: Any) -> None:
    """Between a janitor's look and its word the worker lives on."""
    silent = Beats()
    with database.reading() as session:
        beat = session.scalars(select(Worker.beat).where(Worker.id == attempts.worker)).one()
    for _ in range(SILENT):
        assert silent.look({attempts.worker: beat}) == {}
    assert silent.look({attempts.worker: beat}) == {attempts.worker: beat}
    from tildeling_api.jobs.attempts import dismiss

    assert attempts.beat()
    with database.writing() as session:
        assert not dismiss(session, attempts.worker, now(), beat)
    assert attempts.beat()


def test_a_job_that_takes_its_workers_along_is_given_up(
    janitor: Janitor, job: str, database: Database
) -> None:
    for number in range(1, MOST_LOST + 1):
        worker = Attempts(database, new_id())
        worker.enlist()
        assert worker.begin(job, number) is not None
        worker.leave()
        janitor.look()
    failed = line(database, job)
    assert (failed.state, failed.lost) == (State.FAILED, MOST_LOST)
    assert failed.cause is not None
    assert failed.cause["type"] == "urn:tildeling:problem:lost"


def test_a_job_given_back_is_not_counted_as_lost(janitor: Janitor, job: str, database: Database) -> None:
    for number in range(1, MOST_LOST + 3):
        worker = Attempts(database, new_id())
        worker.enlist()
        assert worker.begin(job, number) is not None
        worker.give_back(job, number)
        worker.leave()
        janitor.look()
    assert (line(database, job).state, line(database, job).lost) == (State.QUEUED, 0)


def test_a_lost_job_that_was_to_be_cancelled_is(
    janitor: Janitor, job: str, database: Database, attempts: Attempts, client: Any
) -> None:
    assert attempts.begin(job, 1) is not None
    client.post(f"/v1/jobs/{job}/cancel")
    attempts.leave()
    janitor.look()
    assert line(database, job).state == State.CANCELLED


def test_the_queue_forgets_what_ended_long_ago(database: Database, queue: Queue, job: str) -> None:
    Janitor(database, queue).look()
    queue.take_out(named(job, 1))
    Janitor(database, queue, clock=lambda: now() + FORGET_AFTER - dt.timedelta(hours=1)).look()
    assert named(job, 1) in queue.known([named(job, 1)])
    Janitor(database, queue, clock=lambda: now() + FORGET_AFTER + dt.timedelta(hours=1)).look()
    assert queue.known([named(job, 1), named(job, 2)]) == {named(job, 2): False}


def test_the_queue_holds_numbers_and_nothing_else(queue: Queue, job: str, database: Database) -> None:
    Janitor(database, queue).look()
    (found,) = queue._client.list_workflows()
    assert found.workflow_id == named(job, 1)
    assert found.input is not None
    assert [list(found.input["args"]), found.input["kwargs"]] == [[job, 1], {}]
