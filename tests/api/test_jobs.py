"""Jobs over HTTP: asked, followed, cancelled, read, purged; and found by the library itself."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from tildeling import allocate, check, read_dataset
from tildeling.files import read_rota
from tildeling.housing.proposal import Proposal
from tildeling.housing.solution import Solution
from tildeling.rota.check import check as check_rota
from tildeling.rota.reading import rota_of
from tildeling.rota.tables import Planned
from tildeling_api.access.accounts import new_id
from tildeling_api.access.roles import Role
from tildeling_api.jobs.attempts import Attempts, Order
from tildeling_api.jobs.kinds import KINDS
from tildeling_api.jobs.states import State
from tildeling_api.settings import Settings
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Event, Job

from .conftest import INSTANCES

Problem = Callable[..., dict[str, Any]]
Work = Callable[[], None]
JSON = {"content-type": "application/json"}
NOBODY = "0" * 32


@pytest.fixture
def dataset(client: Any, small_json: bytes) -> str:
    """The small data set, kept."""
    return str(client.post("/v1/datasets", content=small_json, headers=JSON).json()["id"])


@pytest.fixture
def planner(app: FastAPI, client_of: Any, token_of: Any) -> Any:
    return client_of(app, token_of(Role.PLANNER))


@pytest.fixture
def rota(planner: Any, rota_json: bytes) -> str:
    """A data set of a rota, kept."""
    return str(planner.post("/v1/datasets", content=rota_json, headers=JSON).json()["id"])


@pytest.fixture
def asked(client: Any, dataset: str) -> dict[str, Any]:
    """A job that is queued."""
    job: dict[str, Any] = client.post("/v1/allocations", json={"dataset": dataset}).json()
    return job


def line(client: Any, job: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/jobs/{job['id']}").json()
    return found


def events(database: Database, job: dict[str, Any]) -> list[str]:
    with database.reading() as session:
        return list(
            session.scalars(select(Event.action).where(Event.subject == job["id"]).order_by(Event.number))
        )


# --- from asking to reading ----------------------------------------------------------------------------


def test_an_allocation_is_the_library_s(client: Any, dataset: str, work: Work, database: Database) -> None:
    answer = client.post("/v1/allocations", json={"dataset": dataset, "seed": 3, "lang": "en"})
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["location"] == f"/v1/jobs/{job['id']}"
    assert (job["state"], job["kind"], job["dataset"], job["attempt"]) == ("queued", "allocation", dataset, 1)
    work()
    done = line(client, job)
    assert (done["state"], done["outcome"], done["cause"]) == ("done", "optimal", None)
    assert done["asked_at"] <= done["started_at"] <= done["ended_at"]

    data = read_dataset(INSTANCES / "small")
    mine = allocate(data)
    assert isinstance(mine, Proposal)
    found = client.get(f"/v1/jobs/{job['id']}/result").json()
    placed = {row["applicant_id"]: row["unit_id"] for row in found["placements"]}
    served = {row["group_id"]: row["base_id"] for row in found["bases"]}
    assert check(data, Solution(placed, served)).ok
    assert [tier["value"] for tier in found["tiers"]] == [tier.value for tier in mine.document.tiers]
    assert (found["dataset_hash"], found["seed"]) == (data.digest(), 3)
    assert {flag["code"] for flag in found["flags"]} == {flag.code for flag in mine.flags}
    assert events(database, job) == ["job.asked", "job.ended", "job.read"]


def test_files_are_those_of_the_command(client: Any, asked: dict[str, Any], work: Work) -> None:
    assert client.get(f"/v1/jobs/{asked['id']}/files").json() == {"files": []}
    work()
    files = client.get(f"/v1/jobs/{asked['id']}/files").json()["files"]
    assert [each["name"] for each in files] == [
        "allocation.xlsx", "bases.csv", "placements.csv", "report.html", "result.json",
    ]  # fmt: skip
    for each in files:
        sent = client.get(f"/v1/jobs/{asked['id']}/files/{each['name']}")
        assert len(sent.content) == each["size"]
        assert sent.headers["content-disposition"] == f"attachment; filename*=UTF-8''{each['name']}"
    packed = zipfile.ZipFile(io.BytesIO(client.get(f"/v1/jobs/{asked['id']}/archive").content))
    assert packed.namelist() == [each["name"] for each in files]
    placements = client.get(f"/v1/jobs/{asked['id']}/files/placements.csv")
    assert packed.read("placements.csv") == placements.content
    assert placements.headers["content-type"] == "text/csv; charset=utf-8"


def test_what_there_is_not_is_missing(
    problem: Problem, client: Any, asked: dict[str, Any], work: Work
) -> None:
    for path in ("result", "archive", "files/report.html"):
        problem(client.get(f"/v1/jobs/{asked['id']}/{path}"), 404, "missing")
    work()
    for name in ("answer.json", "none.csv", "../dataset.json", "%2e%2e/dataset.json", "ics/"):
        assert client.get(f"/v1/jobs/{asked['id']}/files/{name}").status_code == 404
    problem(client.get(f"/v1/jobs/{NOBODY}"), 404, "missing")


def test_an_explanation_and_candidates_of_an_allocation(
    client: Any, asked: dict[str, Any], work: Work
) -> None:
    work()
    explained = client.post("/v1/explanations", json={"allocation": asked["id"], "applicant": "s01"}).json()
    unit = client.get(f"/v1/jobs/{asked['id']}/result").json()["placements"][0]["unit_id"]
    ranked = client.post("/v1/candidates", json={"allocation": asked["id"], "unit": unit}).json()
    assert explained["dataset"] == ranked["dataset"] == asked["dataset"]
    work()
    assert line(client, explained)["outcome"] == "explained"
    assert client.get(f"/v1/jobs/{explained['id']}/result").json()["subject"] == "s01"
    found = client.get(f"/v1/jobs/{ranked['id']}/result").json()
    assert found["candidates"][0]["applicant"]


@pytest.mark.slow
def test_a_rota_its_repair_and_the_question_why(planner: Any, rota: str, work: Work) -> None:
    planned = planner.post("/v1/rotas", json={"dataset": rota, "time_limit": 20}).json()
    work()
    assert line(planner, planned)["state"] == "done"
    found = planner.get(f"/v1/jobs/{planned['id']}/result").json()
    data = read_rota(INSTANCES / "rota" / "live-in-8")
    mine = rota_of(Planned.model_validate({**row, "date": row["date"]}) for row in found["shifts"])
    assert check_rota(data, mine).ok
    first = found["shifts"][0]
    away = {"staff_id": first["staff_id"], "first_day": first["date"], "last_day": first["date"]}
    repair = {"rota": planned["id"], "absent": [away], "time_limit": 20}
    repaired = planner.post("/v1/repairs", json=repair).json()
    why = planner.post("/v1/conflicts", json={"dataset": rota, "time_limit": 5}).json()
    again = planner.post(
        "/v1/rotas", json={"dataset": rota, "previous": planned["id"], "time_limit": 2}
    ).json()
    work()
    assert [line(planner, each)["state"] for each in (repaired, why, again)] == ["done"] * 3
    mended = planner.get(f"/v1/jobs/{repaired['id']}/result").json()
    assert {
        "staff_id": first["staff_id"],
        "day": first["date"],
        "before": first["shift_code"],
        "after": None,
    } in (mended["changes"])
    assert line(planner, why)["outcome"] == "feasible"


def test_an_instance_becomes_a_data_set(client: Any, work: Work) -> None:
    job = client.post("/v1/instances", json={"preset": "county", "applicants": 150, "seed": 5}).json()
    work()
    done = line(client, job)
    kept = client.get(f"/v1/datasets/{done['dataset']}").json()
    assert kept["counts"]["applicants"] == 150
    assert client.get(f"/v1/jobs/{job['id']}/result").json()["dataset_hash"] == kept["dataset_hash"]


def test_infeasible_is_an_outcome_not_a_failure(client: Any, document: dict[str, Any], work: Work) -> None:
    base = next(row for row in document["bases"] if row["base_id"] == "FJO-T")
    base["capacity_hours"] = 40
    document["bases"].append(base | {"base_id": "FJO-U"})
    next(row for row in document["groups"] if row["group_id"] == "FJO")["base_id"] = None
    kept = client.post("/v1/datasets", json=document).json()["id"]
    jobs = [
        client.post("/v1/allocations", json={"dataset": kept, "engine": engine}).json()
        for engine in ("mip", "queue")
    ]
    work()
    assert [line(client, job)["outcome"] for job in jobs] == ["infeasible", "unknown"]
    for job in jobs:
        found = client.get(f"/v1/jobs/{job['id']}/result").json()
        assert (found["placements"], found["outcome"]) == ([], line(client, job)["outcome"])


def test_a_failure_says_why_in_the_words_of_the_command_line(
    client: Any, asked: dict[str, Any], work: Work
) -> None:
    work()
    job = client.post("/v1/explanations", json={"allocation": asked["id"], "applicant": "nobody"}).json()
    work()
    failed = line(client, job)
    assert failed["state"] == "failed"
    assert failed["cause"]["type"] == "urn:tildeling:problem:usage"
    assert failed["cause"]["detail"] == "applicant: must be an applicant of small"


# --- what is refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_limit", 0), ("time_limit", 86_401), ("time_limit", "soon"), ("gap", 2), ("seed", -1),
        ("engine", "magic"), ("priority", "highest"), ("deadline_s", 0), ("lang", "sv"), ("colour", "red"),
        ("dataset", "small"), ("previous", "x"),
    ],
)  # fmt: skip
def test_what_is_out_of_range_is_named(
    problem: Problem, client: Any, dataset: str, name: str, value: object
) -> None:
    found = problem(
        client.post("/v1/allocations", json={"dataset": dataset} | {name: value}), 422, "parameters"
    )
    assert [fault["path"] for fault in found["faults"]] == [f"body {name}"]


def test_all_that_is_out_of_range_comes_at_once(problem: Problem, client: Any) -> None:
    found = problem(
        client.post("/v1/allocations", json={"time_limit": 0, "gap": 7, "seed": "x"}), 422, "parameters"
    )
    assert len(found["faults"]) == 4


@pytest.mark.parametrize(
    "asked",
    [{}, {"unit": "u", "applicant": "a"}, {"unit": "u"}],
    ids=["neither", "both", "of no data set"],
)
def test_candidates_are_of_one_thing(problem: Problem, client: Any, asked: dict[str, str]) -> None:
    problem(client.post("/v1/candidates", json=asked), 422, "parameters")


def test_what_is_named_must_be_there_and_fit(
    problem: Problem, app: FastAPI, client: Any, client_of: Any, token_of: Any, dataset: str, rota: str,
    asked: dict[str, Any],
) -> None:  # fmt: skip
    both = client_of(app, token_of(Role.RESEARCHER))
    other = client_of(app, token_of(Role.RESEARCHER, tenant="other"))

    def refused(who: Any, path: str, said: str, status: int = 422, name: str = "unfit", **named: Any) -> None:
        assert said in problem(who.post(path, json=named), status, name)["detail"]

    refused(both, "/v1/allocations", "no such thing", 404, "missing", dataset=NOBODY)
    refused(other, "/v1/allocations", "no such thing", 404, "missing", dataset=dataset)
    refused(client, "/v1/allocations", "no such thing", 404, "missing", dataset=dataset, previous=NOBODY)
    refused(both, "/v1/allocations", "dataset: must be of kind housing, is rota", dataset=rota)
    refused(both, "/v1/explanations", "allocation: must be a job that found a plan", allocation=asked["id"])
    planned = both.post("/v1/rotas", json={"dataset": rota}).json()["id"]
    refused(
        both, "/v1/explanations", "allocation: must be a job of kind allocation, is rota", allocation=planned
    )
    assert both.delete(f"/v1/datasets/{dataset}").status_code == 204
    refused(both, "/v1/allocations", "must not be purged", dataset=dataset)


def test_an_earlier_job_is_of_the_same_data_set(
    problem: Problem, client: Any, asked: dict[str, Any], work: Work, document: dict[str, Any]
) -> None:
    work()
    document["dataset"]["dataset_id"] = "another"
    other = client.post("/v1/datasets", json=document).json()["id"]
    found = problem(
        client.post("/v1/allocations", json={"dataset": other, "previous": asked["id"]}), 422, "unfit"
    )
    assert found["detail"] == "previous: must be of the data set that is named"
    fits = client.post("/v1/allocations", json={"dataset": asked["dataset"], "previous": asked["id"]}).json()
    work()
    assert line(client, fits)["outcome"] == "optimal"


def test_a_data_set_too_large_is_for_the_command_line(
    problem: Problem, client_of: Any, app_of: Any, dataset: str
) -> None:
    client = client_of(app_of(Settings(pairs=21 * 22 - 1)))
    found = problem(client.post("/v1/allocations", json={"dataset": dataset}), 422, "unfit")
    assert "command line" in found["detail"]


def test_a_tenant_has_so_many_under_way(
    problem: Problem, app_of: Any, client_of: Any, token_of: Any, dataset: str, small_json: bytes, work: Work
) -> None:
    app = app_of(Settings(jobs=2))
    client, other = client_of(app), client_of(app, token_of(Role.CASEWORKER, tenant="other"))
    jobs = [client.post("/v1/allocations", json={"dataset": dataset}) for _ in range(2)]
    full = client.post("/v1/allocations", json={"dataset": dataset})
    problem(full, 429, "too-many-jobs")
    assert full.headers["retry-after"]
    theirs = other.post("/v1/datasets", content=small_json, headers=JSON).json()["id"]
    assert other.post("/v1/allocations", json={"dataset": theirs}).status_code == 202
    client.post(f"/v1/jobs/{jobs[0].json()['id']}/cancel")
    assert client.post("/v1/allocations", json={"dataset": dataset}).status_code == 202


def test_the_same_key_is_the_same_job(
    problem: Problem, app: FastAPI, client: Any, client_of: Any, token_of: Any, dataset: str
) -> None:
    key = {"idempotency-key": "monday"}
    first = client.post("/v1/allocations", json={"dataset": dataset}, headers=key)
    again = client.post("/v1/allocations", json={"dataset": dataset, "seed": 0}, headers=key)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json() == again.json()
    problem(
        client.post("/v1/allocations", json={"dataset": dataset, "seed": 1}, headers=key), 422, "key-reused"
    )
    problem(client.post("/v1/instances", json={"preset": "county"}, headers=key), 422, "key-reused")
    colleague = client_of(app, token_of(Role.CASEWORKER, name="another"))
    other = colleague.post("/v1/allocations", json={"dataset": dataset}, headers=key)
    assert other.status_code == 202
    assert other.json()["id"] != first.json()["id"]
    problem(client.post("/v1/allocations", json={"dataset": dataset}, headers={"idempotency-key": "x" * 81}), 422,
            "parameters")  # fmt: skip


# --- who sees what --------------------------------------------------------------------------------------


def test_jobs_are_seen_by_tenant_and_kind(
    problem: Problem, app: FastAPI, client: Any, planner: Any, client_of: Any, token_of: Any,
    asked: dict[str, Any], rota: str,
) -> None:  # fmt: skip
    planned = planner.post("/v1/rotas", json={"dataset": rota}).json()
    stranger = client_of(app, token_of(Role.CASEWORKER, tenant="other"))
    both = client_of(app, token_of(Role.RESEARCHER))

    def listed(who: Any, **named: str) -> list[str]:
        return [each["id"] for each in who.get("/v1/jobs", params=named).json()["jobs"]]

    assert listed(client) == [asked["id"]]
    assert listed(planner) == [planned["id"]]
    assert listed(both) == [asked["id"], planned["id"]]
    assert listed(stranger) == []
    assert listed(both, kind="rota") == [planned["id"]]
    assert listed(both, state="done") == []
    page = both.get("/v1/jobs", params={"limit": 1}).json()
    assert [each["id"] for each in page["jobs"]] == [asked["id"]]
    assert listed(both, after=page["next"]) == [planned["id"]]
    for who, job in ((stranger, asked), (planner, asked), (client, planned)):
        for method, path in (
            ("GET", ""), ("GET", "/events"), ("GET", "/result"), ("GET", "/files"), ("GET", "/archive"),
            ("GET", "/files/result.json"), ("POST", "/cancel"), ("DELETE", ""),
        ):  # fmt: skip
            problem(who.send(method, f"/v1/jobs/{job['id']}{path}"), 404, "missing")


# --- the life of a job ----------------------------------------------------------------------------------


def test_a_queued_job_is_cancelled_at_once(
    client: Any, asked: dict[str, Any], work: Work, database: Database
) -> None:
    for _ in range(2):
        found = client.post(f"/v1/jobs/{asked['id']}/cancel")
        assert (found.status_code, found.json()["state"]) == (202, "cancelled")
    work()
    assert line(client, asked)["attempt"] == 1
    assert events(database, asked) == ["job.asked", "job.cancelled"]


def test_a_running_job_is_told_and_goes_on_until_it_hears(
    client: Any, asked: dict[str, Any], attempts: Attempts
) -> None:
    assert attempts.begin(asked["id"], 1) is not None
    at = {"phase": "solve", "tier": "1a", "value": 4, "bound": 2, "elapsed": 1.5, "left": None}
    assert attempts.tell(asked["id"], 1, at) is Order.GO_ON
    shown = line(client, asked)
    assert (shown["state"], shown["progress"]["value"], shown["progress"]["gap"]) == ("running", 4, 0.5)
    assert client.post(f"/v1/jobs/{asked['id']}/cancel").json()["state"] == "running"
    assert attempts.tell(asked["id"], 1, at) is Order.CANCEL
    assert attempts.end(asked["id"], 1, State.CANCELLED, {"placements.csv": b"a"}, "feasible")
    ended = line(client, asked)
    assert (ended["state"], ended["outcome"], ended["progress"]) == ("cancelled", "feasible", None)
    assert client.get(f"/v1/jobs/{asked['id']}/files/placements.csv").content == b"a"


def test_an_attempt_that_was_taken_over_has_no_say(
    client: Any, asked: dict[str, Any], database: Database
) -> None:
    one, two = Attempts(database, new_id()), Attempts(database, new_id())
    for each in (one, two):
        each.enlist()
    assert one.begin(asked["id"], 1) is not None
    assert two.begin(asked["id"], 1) is None
    one.give_back(asked["id"], 1)
    assert one.begin(asked["id"], 1) is None
    assert two.begin(asked["id"], 2) is not None
    assert one.tell(asked["id"], 1, {"phase": "solve"}) is Order.DROP
    assert not one.end(asked["id"], 1, State.DONE, {"a": b"old"}, "optimal")
    assert not one.end(asked["id"], 2, State.DONE, {"a": b"old"}, "optimal")
    assert two.end(asked["id"], 2, State.DONE, {"a": b"new"}, "optimal")
    assert not two.end(asked["id"], 2, State.DONE, {"a": b"again"}, "optimal")
    assert client.get(f"/v1/jobs/{asked['id']}/files/a").content == b"new"
    assert events(database, asked).count("job.ended") == 1


def test_a_deadline_that_has_passed_is_a_failure_with_its_cause(
    client: Any, dataset: str, work: Work, database: Database
) -> None:
    job = client.post("/v1/allocations", json={"dataset": dataset, "deadline_s": 3600}).json()
    with database.writing() as session:
        past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
        session.execute(update(Job).where(Job.id == job["id"]).values(deadline_at=past))
    work()
    failed = line(client, job)
    assert (failed["state"], failed["cause"]["type"]) == ("failed", "urn:tildeling:problem:deadline")


def test_a_deadline_shortens_the_time_limit(client: Any, dataset: str, attempts: Attempts) -> None:
    job = client.post(
        "/v1/allocations", json={"dataset": dataset, "deadline_s": 30, "time_limit": 600}
    ).json()
    begun = attempts.begin(job["id"], 1)
    assert begun is not None
    assert 0 < begun.seconds <= 30


def test_what_it_was_about_may_be_gone_before_it_begins(
    client: Any, asked: dict[str, Any], work: Work
) -> None:
    client.delete(f"/v1/datasets/{asked['dataset']}")
    work()
    assert line(client, asked)["cause"]["type"] == "urn:tildeling:problem:purged"


def test_purging_takes_what_was_asked_and_found(
    problem: Problem, client: Any, asked: dict[str, Any], work: Work, database: Database
) -> None:
    problem(client.delete(f"/v1/jobs/{asked['id']}"), 422, "unfit")
    work()
    for _ in range(2):
        assert client.delete(f"/v1/jobs/{asked['id']}").status_code == 204
    left = line(client, asked)
    assert (left["state"], left["asked"], left["outcome"]) == ("done", None, "optimal")
    assert left["purged_at"] is not None
    problem(client.get(f"/v1/jobs/{asked['id']}/result"), 404, "missing")
    assert client.get(f"/v1/jobs/{asked['id']}/files").json() == {"files": []}
    assert events(database, asked).count("job.purged") == 1


def test_followers_see_each_change_to_the_end(client: Any, asked: dict[str, Any], attempts: Attempts) -> None:
    import threading

    def life() -> None:
        threading.Event().wait(0.8)
        attempts.begin(asked["id"], 1)
        for value in (9, 7):
            threading.Event().wait(0.8)
            attempts.tell(asked["id"], 1, {"phase": "solve", "tier": "1a", "value": value, "bound": 7})
        threading.Event().wait(0.8)
        attempts.end(asked["id"], 1, State.DONE, {}, "optimal")

    living = threading.Thread(target=life)
    living.start()
    answer = client.get(f"/v1/jobs/{asked['id']}/events")
    living.join()
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = [
        json.loads(row.removeprefix("data: ")) for row in answer.text.splitlines() if row.startswith("data: ")
    ]
    assert [each["state"] for each in (told[0], told[-1])] == ["queued", "done"]
    assert [each["progress"]["value"] for each in told if each["progress"]] == [9, 7]
    late = client.get(f"/v1/jobs/{asked['id']}/events").text
    assert late.count("data: ") == 1


@pytest.mark.parametrize("name", KINDS)
def test_the_examples_of_the_documentation_may_be_asked(name: str, app: FastAPI) -> None:
    kind = KINDS[name]
    (shown,) = kind.asked.model_json_schema()["examples"]
    assert kind.asked.model_validate(shown)
    body = app.openapi()["paths"][f"/v1{kind.path}"]["post"]["requestBody"]["content"]["application/json"]
    assert body["schema"]["$ref"].endswith(kind.asked.__name__)
