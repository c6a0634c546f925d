"""Allocations over HTTP are the library's own, checked, or a problem that says why not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tildeling import allocate, check, read_dataset
from tildeling.errors import RejectedSolution
from tildeling.housing.allocate import NoProposal
from tildeling.housing.proposal import Proposal
from tildeling.housing.solution import Solution
from tildeling_api import runs
from tildeling_api.example import EXAMPLE
from tildeling_api.settings import Settings
from tildeling_models.process import EngineFailed

Problem = Callable[..., dict[str, Any]]


def test_a_valid_allocation_is_the_library_s(client: Any, small: Path, document: dict[str, Any]) -> None:
    response = client.post("/v1/allocations", params={"time_limit": 20}, json=document)
    assert response.status_code == 200
    answer = response.json()
    data = read_dataset(small)
    mine = allocate(data)
    assert isinstance(mine, Proposal)
    expected = mine.document.model_dump(mode="json")
    for field in expected.keys() - {"run", "runtime_s", "tiers"}:
        assert answer[field] == expected[field], field
    assert answer["tiers"] == expected["tiers"]
    assert answer["outcome"] == "optimal"
    placed = {row["applicant_id"]: row["unit_id"] for row in answer["placements"]}
    served = {row["group_id"]: row["base_id"] for row in answer["bases"]}
    assert check(data, Solution(placed, served)).ok
    assert placed.keys() == mine.solution.placements.keys()
    row = next(row for row in answer["placements"] if row["applicant_id"] == "s01")
    assert row["group_id"] == "SOL-A"
    assert row["base_id"] == "SOL-T"
    assert {flag["code"] for flag in answer["flags"]} == {flag.code for flag in mine.flags}
    assert answer["standing"] == list(mine.document.standing)


def test_the_example_of_the_documentation_is_solved(client: Any) -> None:
    answer = client.post("/v1/allocations", json=EXAMPLE, headers={"accept-language": "nb"}).json()
    assert answer["placements"][0]["unit_id"] == "h1-01"
    assert answer["outcome"] == "optimal"


def test_a_baseline_engine_can_be_chosen(client: Any) -> None:
    answer = client.post("/v1/allocations", params={"engine": "queue", "seed": 7}, json=EXAMPLE).json()
    assert (answer["engine"], answer["seed"]) == ("queue", 7)


def test_faults_stop_an_allocation(problem: Problem, client: Any, document: dict[str, Any]) -> None:
    document["applicants"][1]["severity"] = 9
    document["applicants"][2]["severity"] = 9
    assert len(problem(client.post("/v1/allocations", json=document), 422, "faults")["faults"]) == 2


def test_a_data_set_too_large_to_compile_here_is_refused(
    problem: Problem, client_of: Any, app_of: Any, document: dict[str, Any]
) -> None:
    client = client_of(app_of(Settings(pairs=21 * 22 - 1)))
    found = problem(client.post("/v1/allocations", json=document), 413, "too-large")
    assert "command line" in found["detail"]


def test_an_unknown_engine_is_named_with_those_there_are(problem: Problem, client: Any) -> None:
    found = problem(
        client.post("/v1/allocations", params={"engine": "magic"}, json=EXAMPLE), 422, "unknown-engine"
    )
    assert "'magic'" in found["detail"]
    assert "auto" in found["detail"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_limit", 21),
        ("time_limit", 0),
        ("time_limit", "nan"),
        ("time_limit", "soon"),
        ("gap", 2),
        ("seed", -1),
    ],
)
def test_options_out_of_range_are_refused(problem: Problem, client: Any, name: str, value: object) -> None:
    found = problem(
        client.post("/v1/allocations", params={name: str(value)}, json=EXAMPLE), 422, "parameters"
    )
    assert found["faults"][0]["path"] == f"query {name}"


def test_all_options_out_of_range_come_at_once(problem: Problem, client: Any) -> None:
    params = {"time_limit": "99", "gap": "7", "seed": "x"}
    found = problem(client.post("/v1/allocations", params=params, json=EXAMPLE), 422, "parameters")
    assert len(found["faults"]) == 3


def impossible(document: dict[str, Any]) -> dict[str, Any]:
    """Three live in a group whose base nobody recorded, and neither of two bases has hours for them."""
    base = next(row for row in document["bases"] if row["base_id"] == "FJO-T")
    base["capacity_hours"] = 40
    document["bases"].append(base | {"base_id": "FJO-U"})
    next(row for row in document["groups"] if row["group_id"] == "FJO")["base_id"] = None
    return document


def test_proven_infeasible_is_a_conflict_with_its_result(
    problem: Problem, client: Any, document: dict[str, Any]
) -> None:
    response = client.post("/v1/allocations", params={"engine": "mip"}, json=impossible(document))
    found = problem(response, 409, "infeasible")
    assert found["result"]["outcome"] == "infeasible"


def test_nothing_found_is_a_timeout_with_its_bounds(
    problem: Problem, client: Any, document: dict[str, Any]
) -> None:
    response = client.post("/v1/allocations", params={"engine": "queue"}, json=impossible(document))
    found = problem(response, 504, "no-plan-found")
    assert found["result"]["outcome"] == "unknown"
    assert found["result"]["tiers"][0]["bound"] is not None


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (RejectedSolution(["a secret"]), "rejected"),
        (EngineFailed("a secret"), "engine-failed"),
        (RuntimeError("a secret"), "unexpected"),
    ],
)
def test_bugs_are_problems_that_tell_nothing_of_the_inside(
    problem: Problem, client: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, name: str
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(runs, "allocate", failing)
    response = client.post("/v1/allocations", json=EXAMPLE)
    problem(response, 500, name)
    assert "secret" not in response.text


def waiting_for_cancel(started: list[Any]) -> Callable[..., NoProposal]:
    """A stand-in for solving that ends when it is cancelled."""
    found = allocate(read_dataset(Path(__file__).parents[2] / "instances" / "small"))

    def solving(*_: object, **named: Any) -> Any:
        started.append(named["stop"])
        assert named["stop"]._cancelled.wait(10)
        return found

    return solving


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_one_is_solved_a_few_wait_and_more_are_sent_away(
    problem: Problem, monkeypatch: pytest.MonkeyPatch, app_of: Any, caseworker: str
) -> None:
    started: list[Any] = []
    monkeypatch.setattr(runs, "allocate", waiting_for_cancel(started))
    app, headers = app_of(Settings(waiting=1)), bearer(caseworker)

    async def three() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", headers=headers
        ) as client:
            first = asyncio.create_task(client.post("/v1/allocations", json=EXAMPLE))
            await _until(lambda: len(started) == 1)
            second = asyncio.create_task(client.post("/v1/allocations", json=EXAMPLE))
            await _until(lambda: app.state.runs.count == 2)
            third = await client.post("/v1/allocations", json=EXAMPLE)
            health = await client.get("/v1/health")
            assert health.status_code == 200
            started[0].cancel()
            await _until(lambda: len(started) == 2)
            started[1].cancel()
            return [await first, await second, third]

    one, two, three_ = asyncio.run(three())
    assert (one.status_code, two.status_code) == (200, 200)
    problem(three_, 503, "busy")
    assert three_.headers["retry-after"]


def test_the_end_of_the_service_cancels_what_is_solved_and_begins_nothing_more(
    problem: Problem, app: FastAPI, monkeypatch: pytest.MonkeyPatch, caseworker: str
) -> None:
    started: list[Any] = []
    monkeypatch.setattr(runs, "allocate", waiting_for_cancel(started))

    async def two() -> list[httpx.Response]:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://localhost", headers=bearer(caseworker)
        ) as client:
            first = asyncio.create_task(client.post("/v1/allocations", json=EXAMPLE))
            await _until(lambda: len(started) == 1)
            second = asyncio.create_task(client.post("/v1/allocations", json=EXAMPLE))
            await _until(lambda: app.state.runs.count == 2)
            app.state.runs.cancel_all()
            return [await first, await second]

    first, second = asyncio.run(two())
    assert first.status_code == 200
    problem(second, 503, "busy")
    assert len(started) == 1


async def _until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError
