"""A database that goes away in mid-job and comes back."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from tests.api import postgres

from tildeling_api.client import Refused
from tildeling_api.jobs.queue import FILE as QUEUE_FILE

from .conftest import new_token
from .service import END_S, LONG_S, START_S, Service, ask_long, ask_small, ended_once, started, whole

pytestmark = pytest.mark.slow

LOCKED_S = 15.0
"""Longer than a writer waits for another."""

LOCK = """
import sqlite3, sys
held = [sqlite3.connect(path, timeout=60, isolation_level=None) for path in sys.argv[1:]]
for each in held:
    each.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
@pytest.mark.usefixtures("postgresql")
def test_postgresql_is_stopped_in_mid_job_and_started_again(
    how: signal.Signals, documents: Path, tmp_path: Path
) -> None:
    with postgres.restartable() as server:
        url = server.address.format(name="service")
        with psycopg.connect(server.address.format(name="postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE service")
        token = new_token(url)
        with started(Service(url, tmp_path)) as service:
            service.serve()
            job = ask_long(service, token, documents, 6)
            service.running(job)
            workers = service.workers()
            server.stop(how)
            with service.client(token) as client:
                with pytest.raises(Refused) as refused:
                    client.job(job)
                assert refused.value.problem.status == 503
                assert client.health().status == "ok"
            if how is signal.SIGQUIT:  # the job ends while there is nobody to tell
                service.until(lambda: not service.children(), "the job's process has ended", START_S)
            server.start()
            assert service.ended(job, LONG_S).state == "done"
            assert service.workers() == workers
            after = service.insist(lambda: ask_small(service, token, documents))
            assert service.ended(after, LONG_S).state == "done"
            ended_once(service, [job, after])
            whole(service)


@contextmanager
def locked(*paths: Path) -> Iterator[None]:
    """Files of SQLite that another process keeps to itself."""
    with subprocess.Popen(
        [sys.executable, "-c", LOCK, *map(str, paths)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield
        process.communicate()


def test_sqlite_is_locked_in_mid_job_for_longer_than_anyone_waits(documents: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'service.db'}"
    token = new_token(url)
    with started(Service(url, tmp_path)) as service:
        service.serve()
        job = ask_long(service, token, documents, 5)
        service.running(job)
        workers = service.workers()
        with locked(tmp_path / "service.db", tmp_path / QUEUE_FILE):
            until = time.monotonic() + LOCKED_S
            with service.client(token) as client:
                assert client.job(job).state == "running"
                with pytest.raises(Refused) as refused:
                    client.ask("rota", dataset=client.job(job).dataset)
                assert refused.value.problem.status == 503
            service.until(lambda: not service.children(), "the job's process has ended", START_S)
            time.sleep(max(0.0, until - time.monotonic()))
        done = service.ended(job, END_S)
        assert (done.state, done.attempt, service.workers()) == ("done", 1, workers)
        after = service.insist(lambda: ask_small(service, token, documents))
        assert service.ended(after, LONG_S).state == "done"
        ended_once(service, [job, after])
        whole(service)
