"""Numbers of the service: as Prometheus reads them, for administrators, without ids."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from tildeling_api.access.accounts import now
from tildeling_api.access.roles import Role
from tildeling_api.jobs.attempts import Attempts
from tildeling_api.jobs.states import State
from tildeling_api.metrics import Metrics
from tildeling_api.store.database import Database

JSON = {"content-type": "application/json"}
TokenOf = Callable[..., str]
Numbers = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def numbers(said: str) -> Numbers:
    """Every number by its name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }


def of(found: Numbers, name: str, **labels: str) -> float | None:
    return found.get((name, tuple(sorted(labels.items()))))


@pytest.fixture
def keeper(app: FastAPI, client_of: Any, token_of: TokenOf) -> Any:
    return client_of(app, token_of(Role.ADMINISTRATOR))


def test_requests_are_counted_by_template_and_never_by_address(keeper: Any, client: Any) -> None:
    nobody = "0" * 31
    for n in range(3):
        assert client.get(f"/v1/jobs/{nobody}{n}").status_code == 404
    client.get("/v1/secret-kari")
    client.get("/v1/me", headers={"authorization": "Bearer none"})
    client.send("BREW", "/v1/health")
    answer = keeper.get("/v1/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    found = numbers(answer.text)
    requests = "tildeling_requests_total"
    assert of(found, requests, route="/v1/jobs/{job}", method="GET", status="404") == 3
    assert of(found, requests, route="none", method="GET", status="404") == 1
    assert of(found, requests, route="none", method="GET", status="401") == 1
    assert of(found, requests, route="/v1/health", method="other", status="405") == 1
    assert of(found, "tildeling_request_seconds_count", route="/v1/jobs/{job}", method="GET") == 3
    assert nobody not in answer.text
    assert "kari" not in answer.text


def test_jobs_workers_and_the_oldest_are_counted_over_all_tenants(
    app: FastAPI, keeper: Any, client: Any, client_of: Any, token_of: TokenOf, small_json: bytes,
    attempts: Attempts, database: Database,
) -> None:  # fmt: skip
    other = client_of(app, token_of(Role.CASEWORKER, tenant="nabo"))
    jobs = []
    for who in (client, other, client):
        kept = who.post("/v1/datasets", content=small_json, headers=JSON).json()["id"]
        jobs.append(who.post("/v1/allocations", json={"dataset": kept}).json()["id"])
    attempts.begin(jobs[2], 1)
    attempts.end(jobs[2], 1, State.DONE, {}, "optimal")
    said = keeper.get("/v1/metrics").text
    found = numbers(said)
    assert of(found, "tildeling_jobs", kind="allocation", state="queued") == 2
    assert of(found, "tildeling_jobs", kind="allocation", state="done") == 1
    assert of(found, "tildeling_workers") == 1
    assert of(found, "tildeling_database_up") == 1
    build = {"version": "0.1.0", "database": "sqlite" if database.lite else "postgresql"}
    assert of(found, "tildeling_build_info", **build) == 1
    later = Metrics(database, lambda: now() + dt.timedelta(hours=1)).text().decode()
    waited = of(numbers(later), "tildeling_oldest_queued_seconds")
    assert waited is not None
    assert 3600 <= waited < 3700
    for each in (*jobs, attempts.worker, kept, "nabo"):
        assert each not in said


def test_only_administrators_see_them(app: FastAPI, client_of: Any, token_of: TokenOf, problem: Any) -> None:
    for role in set(Role) - {Role.ADMINISTRATOR}:
        problem(client_of(app, token_of(role)).get("/v1/metrics"), 403, "forbidden")
    problem(client_of(app, "").get("/v1/metrics", headers={}), 401, "unauthenticated")


def test_a_database_that_is_away_is_a_number_too(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = Metrics(database)
    metrics.count("/v1/health", "GET", 200, 0.1)

    def away() -> None:
        raise OperationalError("SELECT", None, Exception("gone"))

    monkeypatch.setattr(database, "reading", away)
    found = numbers(metrics.text().decode())
    assert of(found, "tildeling_database_up") == 0
    assert of(found, "tildeling_workers") is None
    assert of(found, "tildeling_requests_total", route="/v1/health", method="GET", status="200") == 1
