"""The application in this process, and the small instance as a body."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from tildeling import read_dataset
from tildeling.files import read_rota, write_dataset
from tildeling_api.access.accounts import Accounts, new_id
from tildeling_api.access.roles import Role
from tildeling_api.app import create_app
from tildeling_api.jobs.attempts import Attempts
from tildeling_api.jobs.doing import Doing
from tildeling_api.settings import Settings
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Job, Table

from . import postgres

ON_BOTH = {"test_access", "test_client", "test_janitor", "test_metrics", "test_store"}
"""Modules whose tests ``make test`` runs on both kinds of database; the others', on PostgreSQL, are for CI."""

INSTANCES = Path(__file__).parents[2] / "instances"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        kind = getattr(item, "callspec", None)
        if kind and kind.params.get("address") == "postgresql" and item.path.stem not in ON_BOTH:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def small() -> Path:
    return INSTANCES / "small"


@pytest.fixture(scope="session")
def small_json(small: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("documents") / "small.json"
    write_dataset(read_dataset(small), path)
    return path.read_bytes()


@pytest.fixture(scope="session")
def large_json(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Tromsø in 2030: more than any time limit here is enough for."""
    path = tmp_path_factory.mktemp("documents") / "large.json"
    write_dataset(read_dataset(INSTANCES / "tromso-2030"), path)
    return path.read_bytes()


@pytest.fixture(scope="session")
def rota_json(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A rota of eight who live in: planned in seconds."""
    path = tmp_path_factory.mktemp("documents") / "rota.json"
    write_dataset(read_rota(INSTANCES / "rota" / "live-in-8"), path)
    return path.read_bytes()


@pytest.fixture
def document(small_json: bytes) -> dict[str, Any]:
    """The small instance as a document to spoil."""
    content: dict[str, Any] = json.loads(small_json)
    return content


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server, ``{name}`` for the database."""
    if postgres.programs() is None:
        missing = pytest.fail if os.environ.get("CI_HAS_POSTGRESQL") else pytest.skip
        missing(
            "needs PostgreSQL's programs (apt install postgresql); .ci/run installs them and asks for these tests"
        )
    with postgres.server() as address:
        yield address


@pytest.fixture(scope="session")
def with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SQLite that is up to date, to copy."""
    path = tmp_path_factory.mktemp("databases") / "service.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def emptied(postgresql: str) -> Callable[[], str]:
    """A database of PostgreSQL that is up to date, with nothing in it; to make one takes longer than most tests."""
    address = postgresql.format(name="with_tables")
    with psycopg.connect(postgresql.format(name="postgres"), autocommit=True) as connection:
        connection.execute(b"CREATE DATABASE with_tables")
    _migrate(address)
    lines = "; ".join(f"DELETE FROM {name}" for name in Table.metadata.tables)  # TRUNCATE takes longer
    counters = b"SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"

    def empty() -> str:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(
                b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                b" WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            connection.execute(b"SET session_replication_role = replica")  # the trail lets nobody empty it
            connection.execute(b"DROP SCHEMA IF EXISTS dbos CASCADE")
            connection.execute(lines.encode())
            connection.execute(counters)
        return address

    return empty


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new database of each kind; with its tables where ``database`` is asked for too."""
    filled = {"database", "own_tables"} & set(request.fixturenames) == {"database"}
    if request.param == "sqlite":
        path = tmp_path / "service.db"
        if filled:
            shutil.copyfile(request.getfixturevalue("with_tables"), path)
        yield f"sqlite:///{path}"
    elif filled:
        yield request.getfixturevalue("emptied")()
    else:
        server, name = request.getfixturevalue("postgresql"), f"t{uuid4().hex}"
        with psycopg.connect(server.format(name="postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
            yield server.format(name=name)
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def own_tables() -> None:
    """For tests that change the tables themselves, which others use after them."""


def _migrate(address: str) -> None:
    made = Database(address)
    made.migrate()
    made.close()


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    """A new database, up to date."""
    made = Database(address)
    made.migrate()  # where a test's own address has no tables yet
    yield made
    made.close()


def unqueued(_: Job) -> None:
    """What is told of jobs where no worker takes them from a queue."""


@pytest.fixture
def token_of(database: Database) -> Callable[..., str]:
    """A token of a new account in a role."""

    def made(role: Role, tenant: str = "default", name: str = "") -> str:
        return Accounts(database).add(tenant, name or f"a {role}", role)[1].secret

    return made


@pytest.fixture
def app_of(database: Database) -> Callable[[Settings], FastAPI]:
    """Applications with settings of their own."""
    return lambda settings: create_app(database, unqueued, settings)


@pytest.fixture
def app(database: Database) -> FastAPI:
    return create_app(database, unqueued)


@pytest.fixture
def attempts(database: Database) -> Attempts:
    """A worker that is counted on."""
    made = Attempts(database, new_id())
    made.enlist()
    return made


@pytest.fixture
def work(database: Database, attempts: Attempts) -> Callable[[], None]:
    """Does all jobs that are queued, as a worker does, without its queue."""

    def done() -> None:
        with database.reading() as session:
            queued = session.scalars(select(Job).where(Job.state == "queued").order_by(Job.number)).all()
        for job in queued:
            Doing(attempts, workers=2).do(job.id, job.attempt)

    return done


class Client:
    """Sends one request at a time straight to an application, with a token unless another is given."""

    def __init__(self, app: FastAPI, token: str = "") -> None:
        self.app, self.token = app, token

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.send("POST", path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.send("DELETE", path, **options)

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        if self.token:
            options["headers"] = {"authorization": f"Bearer {self.token}"} | dict(
                options.get("headers") or {}
            )

        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
                return await client.request(method, path, **options)

        return asyncio.run(once())


@pytest.fixture
def caseworker(token_of: Callable[..., str]) -> str:
    """A token that may send data on homes."""
    return token_of(Role.CASEWORKER, name="the caseworker")


@pytest.fixture
def client(app: FastAPI, caseworker: str) -> Client:
    return Client(app, caseworker)


@pytest.fixture
def client_of(caseworker: str) -> Callable[..., Client]:
    return lambda app, token=caseworker: Client(app, token)


Check = Callable[[httpx.Response, int, str], dict[str, Any]]


@pytest.fixture
def problem() -> Check:
    """Checks that an answer is a problem of a status and name, and gives its content."""

    def check(response: httpx.Response, status: int, name: str) -> dict[str, Any]:
        content: dict[str, Any] = response.json()
        assert response.status_code == status, content
        assert response.headers["content-type"] == "application/problem+json"
        assert content["type"] == f"urn:tildeling:problem:{name}"
        assert content["status"] == status
        return content

    return check
