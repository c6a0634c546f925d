"""No health data where it has no business: logs, the queue, arguments of processes, the trail, what others are told.

A real service with its worker, its log at its most talkative, made to fail in every way; the data are full of words
that are looked for afterwards.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError

from tildeling.errors import RejectedSolution
from tildeling_api.access.accounts import Accounts
from tildeling_api.access.roles import Role
from tildeling_api.client import Client, Refused
from tildeling_api.datasets import Datasets
from tildeling_api.guard import BrokenOff, Guard
from tildeling_api.media import JSON
from tildeling_api.schemas import JobPart
from tildeling_api.settings import Settings
from tildeling_api.store.database import Database

MARKER = "zqmarker"
DATA = frozenset({"datasets", "jobs", "job_files"})
"""Tables that hold data on people; nothing else may."""


class Watched:
    """The command ``serve`` at DEBUG, and the arguments of every process it ever had."""

    def __init__(self, url: str, place: Path) -> None:
        self.log, self.spoil = place / "log", place / "spoil"
        self.spoil.write_text("", encoding="utf-8")
        paths = [str(Path(__file__).with_name("spoiling")), *filter(None, [os.environ.get("PYTHONPATH")])]
        self.environment = os.environ | {
            "TILDELING_DATABASE_URL": url, "TILDELING_LOG_LEVEL": "debug", "LANG": "C.UTF-8",
            "TILDELING_SPOIL": str(self.spoil), "PYTHONPATH": os.pathsep.join(paths), "TMPDIR": str(place),
        }  # fmt: skip
        self.arguments: set[str] = set()
        self._over = threading.Event()

    def __enter__(self) -> Watched:
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tildeling", "serve", "--port", "0"],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        assert self._process.stdout
        found = re.match(r"(http://\S+)/v1$", self._process.stdout.readline())
        if found is None:
            self._process.kill()
        assert found, self.log.read_text()
        self.address = found[1]
        self._watching = threading.Thread(target=self._watch)
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(60)
        finally:
            self._over.set()
            self._watching.join()
            self._process.kill()
            assert self._process.stdout
            self._process.stdout.close()

    def _watch(self) -> None:
        sign = f"TILDELING_SPOIL={self.spoil}".encode()
        while not self._over.wait(0.05):
            for each in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):
                    if sign in (each / "environ").read_bytes():
                        self.arguments.add((each / "cmdline").read_bytes().decode(errors="replace"))

    def failing(self, what: str) -> None:
        """What fails from now on; nothing for ""."""
        self.spoil.write_text(what, encoding="utf-8")


@pytest.fixture
def marked(small_json: bytes) -> dict[str, Any]:
    """The small data set, every applicant and every text of which is marked."""
    words = re.sub(r'"s(\d\d)"', rf'"{MARKER}-s\1"', small_json.decode())
    content: dict[str, Any] = json.loads(words)
    content["dataset"]["notice_nb"] = content["dataset"]["notice_en"] = f"{MARKER} notice"
    for row in content["communities"]:
        row["max_reason"] = f"{MARKER} reason"
    for row in content["applicants"]:
        row["steps_above_reason"] = f"{MARKER} has epilepsy"
    return content


@pytest.fixture
def marked_rota(rota_json: bytes) -> dict[str, Any]:
    """The rota of eight, each of whom is marked."""
    content: dict[str, Any] = json.loads(re.sub(r'"m(\d\d)"', rf'"{MARKER}-m\1"', rota_json.decode()))
    return content


def sent(client: Client, folder: Path, content: object) -> str:
    path = folder / "sent.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    try:
        return client.keep(path).id
    finally:
        path.unlink()


@pytest.mark.slow
@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks at processes through /proc")
def test_health_data_stay_where_they_belong(
    address: str, marked: dict[str, Any], marked_rota: dict[str, Any], tmp_path: Path
) -> None:
    database = Database(address)
    database.migrate()
    accounts = Accounts(database)
    token, stranger = (accounts.add(tenant, "kari", Role.RESEARCHER)[1].secret for tenant in ("nord", "nabo"))
    with (
        Watched(address, tmp_path) as service,
        Client(service.address, token) as client,
        Client(service.address, stranger) as other,
    ):
        seen = list(_lived_through(service, client, tmp_path, marked, marked_rota))
        assert [job.state for job in seen].count("done") == 5
        assert [job.state for job in seen].count("failed") == 7
        for job in seen:
            for ask in (other.job, other.result, other.purge_job, other.dataset, other.cancel):
                with pytest.raises(Refused) as refused:
                    ask(job.id)
                assert MARKER not in refused.value.problem.model_dump_json()
            for asked in ({"allocation": job.id}, {"allocation": job.id, "applicant": f"{MARKER}-s01"}):
                with pytest.raises(Refused) as refused:
                    other.ask("explanation", **asked)
                assert MARKER not in refused.value.problem.model_dump_json()
    said = service.log.read_text(encoding="utf-8", errors="replace")
    assert len(said) > 2_000, "the log is at its most talkative"
    lost = "OperationalError" if database.lite else "ProgrammingError"  # of a table that is not there
    for failure in ("RejectedSolution", "KeyError", "RuntimeError", "ValueError", lost):
        assert failure in said, failure
    assert [line for line in said.splitlines() if MARKER in line.lower()] == []
    assert any("tildeling_api.jobs.child" in each for each in service.arguments)
    assert any("tildeling_models.worker" in each for each in service.arguments)
    assert [each for each in service.arguments if MARKER in each] == []
    held = tables(address, tmp_path)
    assert {"events", "workflow_status"} <= held.keys()
    assert [name for name, rows in held.items() if MARKER in rows and name not in DATA] == []
    assert all(MARKER in held[name] or name == "job_files" for name in DATA - {"datasets"})
    database.close()


WORDS = f"{MARKER} says what somebody is ill with"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuntimeError(WORDS), 500),
        (RejectedSolution([WORDS]), 500),
        (
            OperationalError(
                "INSERT INTO t VALUES (:a)", {"a": WORDS}, Exception("gone"), hide_parameters=True
            ),
            503,
        ),
    ],
)
def test_whoever_serves_is_not_told_the_words_of_an_error(
    client: Any, app: FastAPI, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
    error: Exception, status: int,
) -> None:  # fmt: skip
    """An exception let through would be written down by the server, words and all."""

    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(Datasets, "line", fails)
    caplog.set_level(logging.DEBUG)

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            headers = {"authorization": f"Bearer {client.token}"}
            return await http.get(f"/v1/datasets/{'0' * 32}", headers=headers)

    answer = asyncio.run(once())
    assert answer.status_code == status
    assert MARKER not in answer.text
    assert type(error).__name__ in caplog.text
    assert MARKER not in caplog.text


def test_an_answer_that_breaks_off_says_nothing_either(caplog: pytest.LogCaptureFixture) -> None:
    async def fails(_: Any, __: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError(WORDS)

    async def nowhere(_: Any) -> None:
        return None

    scope = {
        "type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [(b"host", b"127.0.0.1")],
    }  # fmt: skip
    with pytest.raises(BrokenOff) as broken:
        asyncio.run(Guard(fails, Settings())(scope, nowhere, nowhere))
    assert MARKER not in "".join(traceback.format_exception(broken.value))
    assert MARKER not in caplog.text


@pytest.mark.parametrize("url", ["sqlite", "postgresql"])
def test_the_database_s_own_log_holds_no_values(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture, tmp_path: Path, url: str
) -> None:
    if url == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'service.db'}")
    else:
        database = Database(request.getfixturevalue("postgresql").format(name="postgres"))
    logging.getLogger("sqlalchemy").setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    try:
        with pytest.raises(DBAPIError) as raised, database.writing() as session:
            session.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": WORDS})
    finally:
        logging.getLogger("sqlalchemy").setLevel(logging.NOTSET)
        database.close()
    assert "INSERT INTO nowhere" in caplog.text + str(raised.value)
    assert MARKER not in caplog.text + str(raised.value)


def _lived_through(
    service: Watched, client: Client, folder: Path, marked: dict[str, Any], rota: dict[str, Any]
) -> Iterator[JobPart]:
    """Every way that work can end; the jobs."""

    def job(kind: str, **asked: Any) -> JobPart:
        return client.wait(client.ask(kind, **asked).id, poll_s=0.1)

    for wrong in ({"severity": f"{MARKER} 7"}, {"applicant_id": f"{MARKER} æøå !"}, {"target_group": MARKER}):
        row = marked["applicants"][0] | wrong
        spoilt = marked | {"applicants": [row, *marked["applicants"][1:]]}
        with pytest.raises(Refused, match=MARKER):  # one's own fault is shown as the command line shows it
            sent(client, folder, spoilt)
    for body in (b'{"a": "' + MARKER.encode() + b'" x', b"\xff" + MARKER.encode()):
        httpx.post(
            f"{service.address}/v1/datasets", content=body,
            headers={"content-type": JSON, "authorization": client._headers["authorization"]},
        )  # fmt: skip
    homes, staff = sent(client, folder, marked), sent(client, folder, rota)

    done = job("allocation", dataset=homes, lang="en", engine="mip")
    assert MARKER in json.dumps(client.result(done.id))
    yield done
    yield job("explanation", allocation=done.id, applicant=f"{MARKER}-s01")
    yield job("explanation", allocation=done.id, applicant=f"{MARKER}-nobody")
    planned = job("rota", dataset=staff, time_limit=120)
    yield planned
    away = {"staff_id": f"{MARKER}-m01", "first_day": "2027-01-04", "last_day": "2027-01-05"}
    yield job("repair", rota=planned.id, absent=[away], time_limit=60)
    yield job("repair", rota=planned.id, absent=[away | {"staff_id": f"{MARKER}-m99"}])
    yield job("candidates", dataset=homes, unit=f"{MARKER}-unit")
    for failing in ("reject", "fail", "crash", "early", "worker"):
        service.failing(failing)
        yield job("allocation", dataset=homes)
    for failing, statuses in (("interface", {500}), ("database", {500, 503})):
        service.failing(failing)
        with pytest.raises(Refused) as refused:
            client.dataset(homes)
        assert refused.value.problem.status in statuses
        assert MARKER not in refused.value.problem.model_dump_json()
    service.failing("crew")
    with pytest.raises(Refused) as refused:
        client.content(homes, "xlsx")
    assert refused.value.problem.status == 500
    service.failing("")


def tables(url: str, folder: Path) -> dict[str, str]:
    """Every table of the service and of its queue, in words; packed content as it is."""
    urls = [url, f"sqlite:///{folder / 'queue.db'}"] if url.startswith("sqlite") else [url]
    found: dict[str, str] = {}
    for each in urls:
        engine = create_engine(each.replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as connection:
            looked = inspect(engine)
            for schema in looked.get_schema_names():
                if schema in ("information_schema", "pg_catalog"):
                    continue
                for name in looked.get_table_names(schema):
                    rows = connection.execute(text(f'SELECT * FROM "{schema}"."{name}"')).all()
                    found[name] = found.get(name, "") + repr([tuple(row) for row in rows])
        engine.dispose()
    return found
