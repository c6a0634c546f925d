"""Whatever the description of the interface allows, and what it does not: no error of ours, answers as described.

Schemathesis makes requests of the OpenAPI document, good and bad; here a part of them names things that are there, so
that the requests come further than to "no such thing".  Seeds are fixed: the same requests every time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS

from tildeling import allocate, read_dataset
from tildeling.housing.proposal import Proposal, bases_text, placements_text
from tildeling_api.access.accounts import Accounts
from tildeling_api.access.roles import RIGHTS, Role
from tildeling_api.app import create_app
from tildeling_api.jobs.attempts import Attempts
from tildeling_api.jobs.states import State
from tildeling_api.media import JSON, XLSX
from tildeling_api.settings import Settings
from tildeling_api.store.database import Database

from .conftest import INSTANCES, Client, unqueued
from .test_access import ASKED

NAMES = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance",
)  # fmt: skip
ROLES = (Role.RESEARCHER, Role.ADMINISTRATOR, Role.AUDITOR)
"""Together they have every right."""

QUICK, THOROUGH = 6, 60
"""Requests of each route and kind."""

OPEN = ("GET", "/v1/health")
HOST = "testserver"
"""What the test client calls the application."""

ASKABLE = frozenset({"parameters", "requestBody"})
"""What a request can be wrong in."""

Real = dict[str, str]


@schemathesis.serializer(XLSX)
def _workbook(_: object, value: Any) -> bytes:
    """A body that is called a workbook, as it is."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


class Service:
    """An application that holds something of every kind, and its description."""

    def __init__(self, database: Database, documents: dict[str, bytes]) -> None:
        limits = Settings(hosts=frozenset({HOST, "127.0.0.1"}), per_minute=10**9, at_once=10**9, jobs=10**9)
        self.app: FastAPI = create_app(database, unqueued, limits)
        accounts = Accounts(database)
        self.tokens = {role: accounts.add("default", f"a {role}", role)[1].secret for role in ROLES}
        self._documents, self._client = documents, Client(self.app, self.tokens[Role.RESEARCHER])
        self._jobs: Real = {}
        self._attempts = Attempts(database, "0" * 32)
        self._attempts.enlist()
        self.schema = schemathesis.openapi.from_dict(self.app.openapi())
        self.schema.app = self.app

    def operation(self, method: str, path: str) -> Any:
        return self.schema[path][method]

    def real(self) -> Real:
        """Ids of things that are there; what was purged is kept anew."""
        kept = {
            name: str(
                self._client.post("/v1/datasets", content=body, headers={"content-type": JSON}).json()["id"]
            )
            for name, body in self._documents.items()
        }
        if not self._jobs:
            self._jobs = {"allocation": self._done("allocations", kept["housing"])}
        return kept | self._jobs

    def _done(self, path: str, dataset: str) -> str:
        """A job that is over, with a plan of no engine."""
        job = str(self._client.post(f"/v1/{path}", json={"dataset": dataset}).json()["id"])
        data = read_dataset(INSTANCES / "small")
        found = allocate(data, engine="queue")
        assert isinstance(found, Proposal)
        files = {
            "placements.csv": placements_text(data, found.solution).encode(),
            "bases.csv": bases_text(found.solution).encode(),
            "result.json": found.document.text().encode(), "answer.json": b"{}",
        }  # fmt: skip
        assert self._attempts.begin(job, 1)
        assert self._attempts.end(job, 1, State.DONE, files, "feasible")
        return job


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, small_json: bytes, rota_json: bytes) -> Service:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('schemathesis') / 'service.db'}")
    database.migrate()
    return Service(database, {"housing": small_json, "rota": rota_json})


def asked_for(case: Case[Any], real: Real, choose: Callable[[list[str]], str]) -> None:
    """Put ids of what is there where the request names something."""
    kinds = list(real.values())
    for name in list(case.path_parameters or {}):
        if name in ("dataset", "job"):
            case.path_parameters[name] = choose(kinds)
    if isinstance(case.body, dict):
        for name in ("dataset", "previous", "allocation", "rota"):
            if case.body.get(name) is not None:
                case.body[name] = choose(kinds)


def callers(method: str, path: str) -> list[Role]:
    """One who has the right that a route asks for, and one who has not."""
    right = ASKED.get((method, path))
    held = [role for role in ROLES if right is None or right in RIGHTS[role]]
    return [*held[:1], *[role for role in ROLES if role not in held][:1]]


def tried(service: Service, method: str, path: str, most: int) -> None:
    """So many requests of a route."""
    real, roles = service.real(), callers(method, path)
    checks = [CHECKS.get_one(name) for name in NAMES]
    operation = service.operation(method, path)
    modes = list(GenerationMode) if ASKABLE & operation.definition.raw.keys() else [GenerationMode.POSITIVE]
    for strategy in [operation.as_strategy(generation_mode=mode) for mode in modes]:

        @settings(
            max_examples=most, derandomize=True, database=None, deadline=None,
            phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=strategy, named=st.booleans(), data=st.data())
        def requests(case: Case[Any], named: bool, data: st.DataObject) -> None:
            if named:
                asked_for(case, real, lambda ids: data.draw(st.sampled_from(ids)))
            for role in roles:
                answer = case.call(headers={"authorization": f"Bearer {service.tokens[role]}"})
                case.validate_response(answer, checks=checks)

        requests()


ROUTES = [*ASKED, OPEN]


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=[" ".join(each) for each in ROUTES])
def test_whatever_is_asked(service: Service, method: str, path: str) -> None:
    tried(service, method, path, QUICK)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), ROUTES, ids=[" ".join(each) for each in ROUTES])
def test_whatever_is_asked_and_more_of_it(service: Service, method: str, path: str) -> None:
    tried(service, method, path, THOROUGH)


def test_every_right_is_somebodys() -> None:
    assert frozenset().union(*(RIGHTS[role] for role in ROLES)) >= set(ASKED.values())
    assert re.fullmatch("[a-z]+", HOST)
