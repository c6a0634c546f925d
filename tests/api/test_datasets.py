"""Data sets that are kept: each content once, seen by whom it may be, gone when it is purged."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from fastapi import FastAPI
from sqlalchemy import text

from tildeling import read_dataset
from tildeling.files import read_any, write_dataset
from tildeling_api.access.roles import Role
from tildeling_api.media import XLSX
from tildeling_api.store.database import Database

Problem = Callable[..., dict[str, Any]]
JSON = {"content-type": "application/json"}


def test_a_data_set_is_kept_and_read_back(
    client: Any, small: Path, small_json: bytes, tmp_path: Path
) -> None:
    sent = client.post("/v1/datasets", content=small_json, headers=JSON)
    assert sent.status_code == 201
    line = sent.json()
    data = read_dataset(small)
    assert (line["kind"], line["dataset_id"], line["dataset_hash"]) == ("housing", "small", data.digest())
    assert line["counts"]["applicants"] == len(data.applicants)
    assert line["purged_at"] is None
    assert client.get(sent.headers["location"]).json() == line

    back = client.get(f"/v1/datasets/{line['id']}/content")
    assert back.headers["content-disposition"] == "attachment; filename*=UTF-8''small.json"
    (tmp_path / "back.json").write_bytes(back.content)
    assert read_dataset(tmp_path / "back.json").digest() == data.digest()
    book = client.get(f"/v1/datasets/{line['id']}/content", params={"format": "xlsx"})
    assert book.headers["content-type"] == XLSX
    assert "applicants" in openpyxl.load_workbook(io.BytesIO(book.content)).sheetnames
    (tmp_path / "back.xlsx").write_bytes(book.content)
    assert read_any(tmp_path / "back.xlsx").digest() == data.digest()


def test_the_same_content_is_the_same_data_set(
    client: Any, small: Path, small_json: bytes, tmp_path: Path
) -> None:
    first = client.post("/v1/datasets", content=small_json, headers=JSON)
    write_dataset(read_dataset(small), tmp_path / "small.xlsx")
    book = (tmp_path / "small.xlsx").read_bytes()
    again = client.post("/v1/datasets", content=book, headers={"content-type": XLSX})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(client.get("/v1/datasets").json()["datasets"]) == 1


def test_versions_share_a_name(client: Any, document: dict[str, Any]) -> None:
    one = client.post("/v1/datasets", json=document).json()
    document["applicants"][0]["age"] += 1
    two = client.post("/v1/datasets", json=document).json()
    document["dataset"]["dataset_id"] = "another"
    client.post("/v1/datasets", json=document)
    versions = client.get("/v1/datasets", params={"dataset_id": "small"}).json()["datasets"]
    assert [each["id"] for each in versions] == [one["id"], two["id"]]
    page = client.get("/v1/datasets", params={"limit": 2}).json()
    rest = client.get("/v1/datasets", params={"after": page["next"]}).json()
    assert [each["dataset_id"] for each in page["datasets"] + rest["datasets"]] == [
        "small",
        "small",
        "another",
    ]
    assert rest["next"] is None


def test_faults_are_said_as_on_the_command_line_and_nothing_is_kept(
    client: Any, document: dict[str, Any], problem: Problem
) -> None:
    document["applicants"][0]["severity"] = 7
    said = problem(client.post("/v1/datasets", json=document), 422, "faults")
    assert said["faults"][0]["path"] == "dataset.json#/applicants row 1 'severity'"
    assert client.get("/v1/datasets").json() == {"datasets": [], "next": None}
    problem(client.post("/v1/datasets", content=b"a;b", headers={"content-type": "text/csv"}), 415, "http")


def test_a_purged_one_keeps_its_line_and_nothing_else(
    client: Any, small_json: bytes, database: Database, problem: Problem
) -> None:
    line = client.post("/v1/datasets", content=small_json, headers=JSON).json()
    for _ in range(2):
        assert client.delete(f"/v1/datasets/{line['id']}").status_code == 204
    gone = client.get(f"/v1/datasets/{line['id']}").json()
    assert gone["purged_at"] is not None
    assert gone["dataset_hash"] == line["dataset_hash"]
    problem(client.get(f"/v1/datasets/{line['id']}/content"), 404, "missing")
    with database.reading() as session:
        assert session.execute(text("SELECT content FROM datasets")).all() == [(None,)]
    again = client.post("/v1/datasets", content=small_json, headers=JSON)
    assert again.status_code == 201
    assert again.json()["id"] == line["id"]
    assert client.get(f"/v1/datasets/{line['id']}/content").status_code == 200


def test_each_role_sees_the_kinds_it_has_a_right_to(
    app: FastAPI,
    client_of: Any,
    token_of: Callable[..., str],
    small_json: bytes,
    rota_json: bytes,
    problem: Problem,
) -> None:
    case, plan, research = (
        client_of(app, token_of(role)) for role in (Role.CASEWORKER, Role.PLANNER, Role.RESEARCHER)
    )
    homes = case.post("/v1/datasets", content=small_json, headers=JSON).json()
    rota = plan.post("/v1/datasets", content=rota_json, headers=JSON).json()
    assert rota["kind"] == "rota"
    said = problem(case.post("/v1/datasets", content=rota_json, headers=JSON), 403, "forbidden")
    assert said["detail"] == "role caseworker has no right to rotas"
    problem(plan.post("/v1/datasets", content=small_json, headers=JSON), 403, "forbidden")
    for who, mine, other in ((case, homes, rota), (plan, rota, homes)):
        assert [each["id"] for each in who.get("/v1/datasets").json()["datasets"]] == [mine["id"]]
        for method, tail in (("GET", ""), ("GET", "/content"), ("DELETE", "")):
            problem(who.send(method, f"/v1/datasets/{other['id']}{tail}"), 404, "missing")
    assert len(research.get("/v1/datasets").json()["datasets"]) == 2


def test_nobody_sees_what_is_another_tenant_s(
    app: FastAPI,
    client: Any,
    client_of: Any,
    token_of: Callable[..., str],
    small_json: bytes,
    problem: Problem,
) -> None:
    mine = client.post("/v1/datasets", content=small_json, headers=JSON).json()
    other = client_of(app, token_of(Role.CASEWORKER, tenant="nabo"))
    assert other.get("/v1/datasets").json()["datasets"] == []
    for method, tail in (("GET", ""), ("GET", "/content"), ("DELETE", "")):
        problem(other.send(method, f"/v1/datasets/{mine['id']}{tail}"), 404, "missing")
    theirs = other.post("/v1/datasets", content=small_json, headers=JSON)
    assert theirs.status_code == 201
    assert theirs.json()["id"] != mine["id"]


def test_keeping_reading_and_purging_stand_in_the_trail_without_data(
    app: FastAPI, client: Any, client_of: Any, token_of: Callable[..., str], document: dict[str, Any]
) -> None:
    line = client.post("/v1/datasets", json=document).json()
    client.get(f"/v1/datasets/{line['id']}/content")
    client.delete(f"/v1/datasets/{line['id']}")
    events = client_of(app, token_of(Role.AUDITOR)).get("/v1/audit").json()["events"]
    mine = [each for each in events if each["subject"] == line["id"]]
    assert [each["action"] for each in mine] == ["dataset.kept", "dataset.read", "dataset.purged"]
    assert {each["details"]["dataset_hash"] for each in mine} == {line["dataset_hash"]}
    assert document["applicants"][0]["applicant_id"] not in json.dumps(events)
