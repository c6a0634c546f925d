"""Bodies that the crew reads: faults are the library's, bugs say nothing of the data, too much is refused."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from tests.api import pieces

from tildeling.errors import DataError, Fault, RejectedSolution, UsageError
from tildeling.files import Limits
from tildeling_api.crew import MOST_FAULTS, Crew
from tildeling_api.datasets import read_sent
from tildeling_api.media import XLSX
from tildeling_api.settings import Settings

Problem = Callable[..., dict[str, Any]]
JSON = {"content-type": "application/json"}


def do(crew: Crew, work: Callable[..., Any], *args: Any, files: dict[str, bytes] | None = None) -> Any:
    return asyncio.run(crew.do(work, files or {}, *args))


# --- errors come through -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        DataError([Fault("unknown_reference", "units", 3, "group_id", "g", {"target": "group"}, "h", "f", "s", 5)]),
        DataError([Fault("required")], more=7),
        RejectedSolution(["one", "two"]),
        UsageError("words"),
    ],
)  # fmt: skip
def test_the_library_s_errors_are_the_same_after_pickling(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def _book(parts: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return buffer.getvalue()


FAULTY = {
    "empty.json": b"",
    "broken.json": b'{"dataset": [',
    "twice.json": b'{"a": 1, "a": 2}',
    "bytes.json": b"\xff\xfe\xff",
    "nested.json": b"[" * 100_000,
    "kinds.json": b'{"dataset": 3, "applicants": [1, "a", {"applicant_id": [1], "age": {"a": 1}}], "sites": {}}',
    "numbers.json": b'{"dataset": [{"dataset_id": "a", "planned_on": 1e400}]}',
    "policy.json": b'{"dataset": [{"dataset_id": "a"}], "policy": {"rules": {"H99": 1}, "tiers": "x"}}',
    "nothing.xlsx": b"PK",
    "no-book.xlsx": _book({"a.txt": b"a"}),
    "broken.xlsx": _book({"xl/workbook.xml": b"<workbook><sheets><sheet name='x'", "[Content_Types].xml": b"<a/>"}),
    "swells.xlsx": _book({"xl/worksheets/sheet1.xml": b" " * 50_000_000}),
    "other.txt": b"",
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_faults_of_a_body_are_those_of_the_library(crew_of_all: Crew, name: str, tmp_path: Path) -> None:
    limits = Limits(unpacked_bytes=10_000_000)
    (tmp_path / name).write_bytes(FAULTY[name])
    with pytest.raises(DataError) as expected:
        read_sent(tmp_path, name, limits)
    with pytest.raises(DataError) as found:
        do(crew_of_all, read_sent, name, limits, files={name: FAULTY[name]})
    assert found.value.faults == expected.value.faults
    assert found.value.report("nb") == expected.value.report("nb")


@pytest.fixture(scope="module")
def crew_of_all() -> Iterator[Crew]:
    made = Crew(size=1)
    yield made
    made.close()


def test_of_many_faults_the_first_are_told_and_the_others_counted(crew_of_all: Crew) -> None:
    with pytest.raises(DataError) as few:
        do(crew_of_all, pieces.faulty, MOST_FAULTS)
    assert (len(few.value.faults), few.value.more) == (MOST_FAULTS, 0)
    with pytest.raises(DataError) as many:
        do(crew_of_all, pieces.faulty, MOST_FAULTS + 5)
    assert (len(many.value.faults), many.value.more) == (MOST_FAULTS, 5)
    assert many.value.faults == few.value.faults


@pytest.mark.parametrize(
    ("work", "kind"), [(pieces.wrong, LookupError), (pieces.odd, RuntimeError), (pieces.panic, RuntimeError)]
)
def test_a_bug_is_told_by_its_place_without_its_words(
    crew_of_all: Crew, work: Callable[..., None], kind: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), pytest.raises(kind):
        do(crew_of_all, work)
    assert f"pieces.py:{work.__code__.co_firstlineno + 1} {work.__name__}" in caplog.text
    assert "somebody" not in caplog.text
    assert do(crew_of_all, pieces.slow, 0, "well") == "well"


# --- over HTTP -----------------------------------------------------------------------------------------


def test_a_body_that_takes_too_long_is_too_large_and_nothing_is_kept(
    app_of: Any, client_of: Any, large_json: bytes, problem: Problem
) -> None:
    client = client_of(app_of(Settings(crew=1, crew_seconds=0.01)))
    for path in ("/v1/datasets", "/v1/datasets/validate"):
        said = problem(client.post(path, content=large_json, headers=JSON), 413, "too-large")
        assert said["detail"] == "to work on it takes more than 0.01 s"
    assert client.get("/v1/datasets").json()["datasets"] == []


def test_a_body_that_takes_too_much_memory_is_too_large(
    app_of: Any, client_of: Any, problem: Problem
) -> None:
    client = client_of(app_of(Settings(crew=1, crew_memory=400_000_000)))
    rows = b'{"units":[' + b"{}," * 5_000_000 + b"{}]}"
    problem(client.post("/v1/datasets", content=rows, headers=JSON), 413, "too-large")
    problem(client.post("/v1/datasets", content=b"PK", headers={"content-type": XLSX}), 422, "faults")


def test_faults_beyond_a_thousand_are_counted(
    client: Any, document: dict[str, Any], problem: Problem
) -> None:
    document["groops"] = []
    document["applicants"] += [{} for _ in range(MOST_FAULTS)]
    said = problem(client.post("/v1/datasets", json=document), 422, "faults")
    assert len(said["faults"]) == MOST_FAULTS
    count = int(said["detail"].split()[0])
    assert count > MOST_FAULTS
    assert said["detail"] == f"{count} fault(s) in the data set; the first {MOST_FAULTS} are shown"


def test_too_much_that_waits_is_said_so(
    app_of: Any, client_of: Any, small_json: bytes, problem: Problem
) -> None:
    client = client_of(app_of(Settings(crew=1, crew_waiting=-1)))
    answer = client.post("/v1/datasets", content=small_json, headers=JSON)
    problem(answer, 503, "busy")
    assert answer.headers["retry-after"] == "5"
    assert json.loads(client.get("/v1/datasets").content)["datasets"] == []
