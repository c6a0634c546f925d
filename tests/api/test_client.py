"""The typed client against the application, and against a real server."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from tests.api.test_access import routes

from tildeling import read_dataset
from tildeling.files import write_dataset
from tildeling_api import client as module
from tildeling_api.access.roles import Role
from tildeling_api.client import Client, Failed, Refused
from tildeling_api.jobs.kinds import KINDS
from tildeling_api.jobs.states import State
from tildeling_api.schemas import Problem

TokenOf = Callable[..., str]
NOBODY, MONDAY = "0" * 32, dt.date(2027, 1, 4)
PROBLEM = Problem(type="urn:tildeling:problem:none", title="", status=400)


class Bridge(httpx.BaseTransport):
    """A plain client's requests, straight to an application."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        content = request.read()

        async def once() -> httpx.Response:
            inner = httpx.Request(request.method, request.url, headers=request.headers, content=content)
            answer = await httpx.ASGITransport(self.app, raise_app_exceptions=False).handle_async_request(
                inner
            )
            return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())

        return asyncio.run(once())


def http(app: FastAPI) -> httpx.Client:
    return httpx.Client(base_url="http://127.0.0.1", transport=Bridge(app))


@pytest.fixture
def client_as(app: FastAPI, token_of: TokenOf) -> Callable[[Role], Client]:
    def made(role: Role) -> Client:
        return Client(token=token_of(role), http=http(app))

    return made


@pytest.fixture
def file(small_json: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "small.json"
    path.write_bytes(small_json)
    return path


def test_data_sets(client_as: Any, file: Path, small: Path, tmp_path: Path) -> None:
    with client_as(Role.CASEWORKER) as client:
        assert client.health().status == "ok"
        assert client.me().role is Role.CASEWORKER
        assert any(each.name == "auto" for each in client.engines().engines)
        assert client.validate(file).dataset_hash == read_dataset(small).digest()
        kept = client.keep(file)
        write_dataset(read_dataset(small), tmp_path / "small.xlsx")
        assert client.keep(tmp_path / "small.xlsx") == kept
        assert list(client.kept()) == list(client.kept("small")) == [kept]
        assert list(client.kept("another")) == []
        assert client.dataset(kept.id) == kept
        assert client.content(kept.id).startswith(b"{")
        assert client.content(kept.id, "xlsx").startswith(b"PK")
        client.purge(kept.id)
        assert client.dataset(kept.id).purged_at is not None


def test_jobs(client_as: Any, file: Path, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    with client_as(Role.CASEWORKER) as client:
        kept = client.keep(file)
        asked = client.ask("allocation", key="monday", dataset=kept.id, time_limit=20)
        assert client.ask("allocation", key="monday", dataset=kept.id, time_limit=20).id == asked.id
        assert [each.id for each in client.jobs(kind="allocation", state=State.QUEUED)] == [asked.id]
        work()
        assert client.wait(asked.id).outcome == "optimal"
        assert [each.state for each in client.follow(asked.id)] == [State.DONE]
        assert client.result(asked.id)["outcome"] == "optimal"
        assert "report.html" in {each.name for each in client.files(asked.id)}
        assert client.file(asked.id, "placements.csv").startswith(b"applicant_id;")
        assert client.archive(asked.id).startswith(b"PK")
        client.purge_job(asked.id)
        assert client.job(asked.id).purged_at is not None
        cancelled = client.ask("allocation", dataset=kept.id)
        assert client.cancel(cancelled.id).state is State.CANCELLED
        monkeypatch.setattr(module, "time", SimpleNamespace(sleep=lambda _: work()))
        assert client.allocate(kept.id, time_limit=20).outcome == "optimal"


def test_what_the_service_has_to_offer(client_as: Any) -> None:
    client = client_as(Role.PLANNER)
    assert "no-aml-ks" in {each.name for each in client.rulesets()}
    assert "REST" in json.dumps(client.ruleset("no-aml-ks"))
    assert "county" in {each.name for each in client.instances()}


def test_a_job_that_failed_says_why(
    client_as: Any, file: Path, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_as(Role.CASEWORKER)
    kept = client.keep(file)

    def gone(_: float) -> None:
        client.purge(kept.id)
        work()

    monkeypatch.setattr(module, "time", SimpleNamespace(sleep=gone))
    with pytest.raises(Failed, match="purged before it could begin"):
        client.allocate(kept.id)


def test_accounts_and_the_trail(client_as: Any, app: FastAPI) -> None:
    keeper = client_as(Role.ADMINISTRATOR)
    opened = keeper.open_account("fagsystem", Role.CASEWORKER)
    assert opened in keeper.accounts()
    given = keeper.give_token(opened.account_id, days=1)
    other = Client(token=given.token, http=http(app))
    assert other.me().name == "fagsystem"
    keeper.revoke_token(given.token_id)
    with pytest.raises(Refused) as refused:
        other.me()
    assert refused.value.problem.status == 401
    keeper.close_account(opened.account_id)
    trail = [each.action for each in client_as(Role.AUDITOR).trail()]
    assert trail[-4:] == ["token.revoked", "account.closed", "account.opened", "token.given"]


def test_problems_come_as_they_are_said(client_as: Any, tmp_path: Path, document: dict[str, Any]) -> None:
    document["applicants"][0]["severity"] = 7
    (tmp_path / "bad.json").write_text(json.dumps(document))
    client = client_as(Role.CASEWORKER)
    with pytest.raises(Refused, match="must be from 1 to 5") as refused:
        client.keep(tmp_path / "bad.json")
    assert refused.value.problem.faults
    with pytest.raises(Refused, match="403 forbidden: role caseworker has no right to accounts"):
        client.accounts()
    with pytest.raises(ValueError, match="neither"):
        client.keep(tmp_path / "data.csv")


def test_every_route_has_a_method(app: FastAPI, client_as: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the client asks for, method by method, is what the service has, but for its own description."""
    asked: set[tuple[str, str]] = set()

    def note(_: Client, method: str, path: str, **__: object) -> Any:
        asked.add((method, path))
        raise Refused(PROBLEM)

    monkeypatch.setattr(Client, "_send", note)
    client, some = client_as(Role.PLANNER), Path(__file__).with_suffix(".json")
    monkeypatch.setattr(Path, "read_bytes", lambda _: b"")
    for call in (
        client.health, client.me, client.engines, client.metrics, client.accounts,
        lambda: client.validate(some), lambda: client.keep(some),
        *(partial(client.ask, kind) for kind in KINDS), lambda: list(client.jobs()),
        lambda: client.job("{job}"), lambda: client.cancel("{job}"), lambda: client.result("{job}"),
        lambda: client.files("{job}"), lambda: client.file("{job}", "{name}"),
        lambda: client.archive("{job}"), lambda: client.purge_job("{job}"), client.rulesets,
        lambda: client.ruleset("{name}"), client.instances,
        lambda: list(client.kept()), lambda: client.dataset("{dataset}"), lambda: client.content("{dataset}"),
        lambda: client.purge("{dataset}"), lambda: client.open_account("a", Role.PLANNER),
        lambda: client.close_account("{account_id}"), lambda: client.give_token("{account_id}"),
        lambda: client.revoke_token("{token_id}"), lambda: list(client.trail()),
        lambda: client.check(NOBODY), lambda: client.check_sheet("{dataset}", some),
        lambda: client.compare(NOBODY, NOBODY), lambda: client.substitutes(NOBODY, "a", MONDAY),
        lambda: client.roll_out(NOBODY, MONDAY, 1), lambda: client.pseudonyms("{dataset}"), client.template,
    ):  # fmt: skip
        with pytest.raises(Refused):
            call()
    streamed = ("GET", "/v1/jobs/{job}/events")  # client.follow
    assert asked == routes(app) - {("GET", "/v1/schemas/dataset"), ("GET", "/v1/schemas/rota"), streamed}
