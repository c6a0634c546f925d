"""What a worker does with a job that it cannot do: gives it back, in the end says why; and what others left behind."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tildeling_api.access.accounts import new_id
from tildeling_api.jobs import doing
from tildeling_api.jobs.attempts import MOST_LOST, Attempts
from tildeling_api.jobs.worker import LEFT_LOOKS, Worker
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Job

JSON = {"content-type": "application/json"}
Work = Callable[[], None]


@pytest.fixture
def job(client: Any, small_json: bytes) -> str:
    """A job that is queued."""
    dataset = client.post("/v1/datasets", content=small_json, headers=JSON).json()["id"]
    return str(client.post("/v1/allocations", json={"dataset": dataset, "engine": "mip"}).json()["id"])


def line(database: Database, job: str) -> tuple[str, int, int, str | None]:
    """State, attempt, how often it was lost, and why it failed."""
    with database.reading() as session:
        found = session.scalars(select(Job).where(Job.id == job)).one()
    return found.state, found.attempt, found.lost, found.cause and found.cause["type"].rpartition(":")[2]


def failing(error: Exception) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise error

    return fail


def test_a_worker_without_room_begins_nothing(
    database: Database, work: Work, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doing, "ROOM", 2**62)
    monkeypatch.setattr(doing, "FULL_S", 0.0)
    work()
    assert line(database, job) == ("queued", 1, 0, None)


def test_a_job_for_which_there_is_no_room_again_and_again_fails(
    database: Database, work: Work, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "/a/secret")
    monkeypatch.setattr(doing, "write_task", failing(full))
    for lost in range(1, MOST_LOST):
        work()
        assert line(database, job) == ("queued", lost + 1, lost, None)
    work()
    assert line(database, job) == ("failed", MOST_LOST, MOST_LOST, "no-room")


def test_a_job_whose_process_ends_for_want_of_room_is_queued_anew(
    database: Database, work: Work, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = iter([True, False])
    monkeypatch.setattr(doing, "_roomy", lambda: next(rooms))
    monkeypatch.setattr(doing, "CHILD", ("-c", "raise SystemExit(1)"))
    work()
    assert line(database, job) == ("queued", 2, 1, None)


def test_a_database_that_goes_away_at_the_beginning_costs_an_attempt(
    database: Database, work: Work, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = OperationalError("SELECT", {}, Exception("away"))
    with monkeypatch.context() as patched:
        patched.setattr(Attempts, "_files", failing(away))
        work()
    assert line(database, job) == ("queued", 2, 0, None)
    work()
    assert line(database, job) == ("done", 2, 0, None)


def test_a_bug_fails_the_job_and_tells_nothing_of_the_inside(
    database: Database, work: Work, job: str, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr(doing, "write_task", failing(ValueError("a secret")))
    work()
    assert line(database, job) == ("failed", 1, 0, "unexpected")
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


def test_folders_that_the_dead_left_are_removed_and_no_others(
    database: Database, attempts: Attempts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = Attempts(database, new_id())
    dead.enlist()
    dead.leave()
    names = {who: tmp_path / f"{doing.FOLDER}{who}-x" for who in (dead.worker, attempts.worker, new_id())}
    for folder in (*names.values(), tmp_path / "tildeling-other"):
        folder.mkdir()
        (folder / "dataset.json").write_text("{}")
    worker = Worker(database)
    for _ in range(LEFT_LOOKS):
        worker._tidy()
    assert names[dead.worker].exists(), "its process may be writing there yet"
    worker._tidy()
    assert not names[dead.worker].exists()
    assert len(list(tmp_path.glob("tildeling-*"))) == 3
