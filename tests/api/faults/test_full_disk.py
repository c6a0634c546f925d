"""Disks that are full: of the database, and of the folders of jobs."""

from __future__ import annotations

import json
import signal
import time
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select
from tests.api import postgres

from tildeling_api.client import Client, Refused
from tildeling_api.jobs.janitor import SILENT, TICK_S
from tildeling_api.store.tables import Dataset, Job

from .conftest import new_token
from .disk import disk
from .service import (
    LONG_S,
    START_S,
    Service,
    ask_long,
    ask_small,
    ended_once,
    started,
    status_of,
    whole,
)

pytestmark = pytest.mark.slow

ROOMLESS = (503, 507)
MOST = 200


def other(document: bytes, folder: Path, number: int) -> Path:
    """The same data set under another name."""
    content = json.loads(document)
    content["dataset"]["dataset_id"] = f"other-{number}"
    path = folder / f"other-{number}.json"
    path.write_text(json.dumps(content))
    return path


def kept(service: Service) -> tuple[int, int]:
    """How many data sets and jobs there are."""
    with service.database.reading() as session:
        return (
            session.scalar(select(func.count()).select_from(Dataset)) or 0,
            session.scalar(select(func.count()).select_from(Job)) or 0,
        )


def refused_when_full(client: Client, document: bytes, folder: Path) -> int:
    """Keep data sets until there is no room; how many there was room for.  Nothing but that is the answer."""
    for number in range(MOST):
        status = status_of(partial(client.keep, other(document, folder, number)))
        if status is not None:
            assert status in ROOMLESS
            return number
    raise AssertionError("there was room all the time")


def test_the_disk_of_sqlite_is_full(documents: Path, small_json: bytes, tmp_path: Path) -> None:
    with disk(16) as full:
        url = f"sqlite:///{full.place / 'service.db'}"
        token = new_token(url)
        with started(Service(url, tmp_path)) as service:
            service.serve()
            job = ask_long(service, token, documents, 6)
            service.running(job)
            workers, before = service.workers(), kept(service)
            full.fill()
            until = (
                time.monotonic() + (SILENT + 2) * TICK_S
            )  # as long as a worker that hangs would be left alone
            with service.client(token) as client:
                dataset = client.job(job).dataset
                room = refused_when_full(client, small_json, tmp_path)
                with pytest.raises(Refused) as refused:
                    client.ask("rota", dataset=dataset)
                assert refused.value.problem.status in ROOMLESS
                assert client.job(job).state == "running"
                assert client.health().status == "ok"
                assert kept(service) == (before[0] + room, before[1])
            service.until(lambda: not service.children(), "the job's process has ended", START_S)
            time.sleep(max(0.0, until - time.monotonic()))
            assert service.job(job).state == "running"
            full.free()
            done = service.ended(job, LONG_S)
            assert (done.state, done.attempt, service.workers()) == ("done", 1, workers)
            after = ask_small(service, token, documents)
            assert service.ended(after, LONG_S).state == "done"
            ended_once(service, [job, after])
            whole(service)


def test_the_disk_of_postgresql_is_full(documents: Path, large_json: bytes, tmp_path: Path) -> None:
    if postgres.programs() is None:
        pytest.skip("needs PostgreSQL's programs")
    with disk(80) as full, postgres.restartable(
        full.place / "data", ("--wal-segsize=1",), ("min_wal_size=2MB", "max_wal_size=4MB")
    ) as server:  # fmt: skip
        url = server.address.format(name="service")
        with psycopg.connect(server.address.format(name="postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE service")
        token = new_token(url)
        with started(Service(url, tmp_path)) as service:
            service.serve()
            job = ask_long(service, token, documents, 6)
            service.running(job)
            full.fill()
            with service.client(token) as client:
                refused_when_full(client, large_json, tmp_path)
                assert client.health().status == "ok"
            service.until(lambda: not service.children(), "the job's process has ended", START_S)
            full.free()
            if (
                not server.runs
            ):  # without room for its log it ends by itself: an operator makes room and starts it
                server.start()
            assert service.ended(job, LONG_S).state == "done"
            after = service.insist(lambda: ask_small(service, token, documents))
            assert service.ended(after, LONG_S).state == "done"
            ended_once(service, [job, after])
            whole(service)
            server.stop(signal.SIGINT)
            server.start()
            whole(service)


def test_the_disk_of_jobs_is_full(
    address: str, token: str, documents: Path, small_json: bytes, tmp_path: Path
) -> None:
    with disk(32) as full, started(Service(address, tmp_path, TMPDIR=str(full.place))) as service:
        service.serve()
        running = ask_long(service, token, documents, 6)
        service.running(running)
        before = kept(service)
        full.fill()
        with service.client(token) as client:
            dataset = client.job(running).dataset
            waiting = client.ask("rota", dataset=dataset, time_limit=4).id
            service.until(lambda: not service.children(), "the job's process has ended", START_S)
            service.until(
                lambda: "MB free" in service.said(), "the worker says why it begins nothing", START_S
            )
            full.fill()  # what the job had of it
            assert refused_when_full(client, small_json, tmp_path) == 0
            assert kept(service) == (before[0], before[1] + 1)
            assert {client.job(each).state for each in (running, waiting)} == {"queued"}
        full.free()
        for job in (running, waiting):
            assert service.ended(job, LONG_S).state == "done"
        after = ask_small(service, token, documents)
        assert service.ended(after, LONG_S).state == "done"
        ended_once(service, [running, waiting, after])
        service.alone()
        whole(service)
