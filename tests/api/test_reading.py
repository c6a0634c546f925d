"""Routes that solve nothing: health, engines, schema, validation, and what every request passes through."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tildeling import read_dataset
from tildeling.errors import DataError
from tildeling.files import write_dataset
from tildeling.files.schema import json_schema
from tildeling_api.example import EXAMPLE
from tildeling_api.media import XLSX
from tildeling_api.settings import Settings

Problem = Callable[..., dict[str, Any]]


JSON = {"content-type": "application/json"}


def test_health_is_open_and_says_the_version(client: Any) -> None:
    response = client.get("/v1/health")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "version": "0.1.0"}
    assert response.headers["cache-control"] == "no-store"


def test_engines_are_those_of_the_library(client: Any) -> None:
    found = {part["name"]: part["available"] for part in client.get("/v1/engines").json()["engines"]}
    assert found["auto"]
    assert found["mip"]
    assert {"cpsat", "vacancy", "queue", "deferred"} <= found.keys()


def test_schema_is_the_library_s(client: Any) -> None:
    assert client.get("/v1/schemas/dataset").json() == json.loads(json.dumps(json_schema()))


def test_a_valid_data_set_is_counted_and_hashed(client: Any, small: Path, small_json: bytes) -> None:
    response = client.post("/v1/datasets/validate", content=small_json, headers=JSON)
    assert response.status_code == 200
    answer = response.json()
    assert answer["dataset_hash"] == read_dataset(small).digest()
    assert answer["counts"]["applicants"] == 21
    assert answer["counts"]["locks"] == 0
    assert answer["notice"]["en"].startswith("An invented example")


def test_a_workbook_says_the_same_as_the_document(
    client: Any, small: Path, small_json: bytes, tmp_path: Path
) -> None:
    write_dataset(read_dataset(small), tmp_path / "small.xlsx")
    book = (tmp_path / "small.xlsx").read_bytes()
    one = client.post("/v1/datasets/validate", content=book, headers={"content-type": XLSX})
    other = client.post("/v1/datasets/validate", content=small_json, headers=JSON)
    assert one.json() == other.json()


def test_all_faults_come_at_once_in_the_words_of_the_command_line(
    problem: Problem, client: Any, document: dict[str, Any], tmp_path: Path
) -> None:
    document["applicants"][1]["severity"] = 7
    document["applicants"][2]["age"] = "old"
    document["units"][0]["group_id"] = "SOL-C"
    document["groops"] = []
    (tmp_path / "dataset.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DataError) as raised:
        read_dataset(tmp_path / "dataset.json")
    assert len(raised.value.faults) >= 4
    for lang, header in (("en", {}), ("nb", {"accept-language": "nb-NO,en;q=0.5"})):
        found = problem(client.post("/v1/datasets/validate", json=document, headers=header), 422, "faults")
        assert [part["message"] for part in found["faults"]] == raised.value.report(lang).splitlines()
    severity = next(part for part in found["faults"] if "severity" in part["path"])
    assert severity["path"] == "dataset.json#/applicants rad 2 'severity'"
    assert severity["value"] == "7"
    assert severity["requirement"] == "må være fra 1 til 5"


def test_an_identity_number_is_not_given_back(client: Any, document: dict[str, Any]) -> None:
    document["applicants"][0]["applicant_id"] = "01010750160"
    response = client.post("/v1/datasets/validate", json=document)
    assert response.status_code == 422
    assert "01010750160" not in response.text


def test_what_is_no_json_is_a_fault(problem: Problem, client: Any) -> None:
    for body in (b"", b"{", b"[]", b'{"a": 1, "a": 2}', b"\xff\xfe\xff"):
        response = client.post("/v1/datasets/validate", content=body, headers=JSON)
        assert problem(response, 422, "faults")["faults"]


def test_a_body_above_the_limit_is_refused(
    problem: Problem, client_of: Any, app_of: Any, small_json: bytes
) -> None:
    client = client_of(app_of(Settings(body_bytes=1_000)))
    declared = client.post("/v1/datasets/validate", content=small_json, headers=JSON)
    problem(declared, 413, "too-large")

    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(small_json), 500):
            yield small_json[at : at + 500]

    undeclared = client.post("/v1/datasets/validate", content=chunks(), headers=JSON)
    problem(undeclared, 413, "too-large")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_documents_and_workbooks_are_read(
    problem: Problem, client: Any, small_json: bytes, kind: str
) -> None:
    response = client.post("/v1/datasets/validate", content=small_json, headers={"content-type": kind})
    problem(response, 415, "http")


def test_another_host_name_gets_nothing(problem: Problem, client: Any) -> None:
    problem(client.get("/v1/health", headers={"host": "example.org:8000"}), 421, "host")
    for own in ("localhost:8000", "127.0.0.1", "[::1]:8000"):
        assert client.get("/v1/health", headers={"host": own}).status_code == 200


def test_unknown_addresses_and_methods_are_problems_too(problem: Problem, client: Any) -> None:
    problem(client.get("/v1/nothing"), 404, "http")
    problem(client.get("/v1/rotas"), 405, "http")


def test_openapi_holds_the_data_set_s_schema_and_an_example_that_is_valid(client: Any) -> None:
    document = client.get("/v1/openapi.json").json()
    schemas = document["components"]["schemas"]
    assert schemas["Dataset"]["properties"]["applicants"]
    text = json.dumps(document)
    for reference in {part.split('"')[0] for part in text.split('"$ref": "')[1:]}:
        assert reference.removeprefix("#/components/schemas/") in schemas
    body = document["paths"]["/v1/datasets"]["post"]["requestBody"]["content"]["application/json"]
    assert body["example"] == EXAMPLE
    assert client.post("/v1/datasets/validate", json=EXAMPLE).status_code == 200


def test_the_module_s_app_is_made_when_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TILDELING_DATABASE_URL", raising=False)
    monkeypatch.setenv("TILDELING_HOME", str(tmp_path))
    from tildeling_api import app as module

    assert "app" not in vars(module)
    assert module.app is module.app


def test_what_holds_no_data_is_small(problem: Problem, client: Any) -> None:
    """It is parsed where all answers are made, and a large one would hold them up."""
    large = json.dumps({"dataset": "0" * 32, "engine": "x" * 200_000})
    for path in ("/v1/allocations", "/v1/comparisons", "/v1/instances"):
        problem(client.post(path, content=large, headers=JSON), 413, "too-large")
    assert client.post("/v1/allocations", content=large[:1000], headers=JSON).status_code == 422
