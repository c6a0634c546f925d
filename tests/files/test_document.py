# ruff: noqa: E501  (messages are compared whole)
"""The JSON document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tildeling.errors import DataError
from tildeling.files import read_dataset, write_dataset
from tildeling.housing.dataset import Dataset


@pytest.fixture
def content(example: Dataset, tmp_path: Path) -> dict[str, Any]:
    write_dataset(example, tmp_path / "first.json")
    loaded: dict[str, Any] = json.loads((tmp_path / "first.json").read_text(encoding="utf-8"))
    return loaded


def read(path: Path, text: str) -> Dataset:
    (path / "data.json").write_text(text, encoding="utf-8")
    return read_dataset(path / "data.json")


def messages(path: Path, text: str) -> list[str]:
    with pytest.raises(DataError) as caught:
        read(path, text)
    return caught.value.report().splitlines()


def test_nothing_and_null_are_the_same(content: dict[str, Any], example: Dataset, tmp_path: Path) -> None:
    site = content["sites"][1]
    del site["name"]
    site["status"] = None
    assert read(tmp_path, json.dumps(content)) == example


def test_lists_may_be_written_as_in_a_cell(content: dict[str, Any], example: Dataset, tmp_path: Path) -> None:
    content["groups"][1]["target_groups"] = "intellectual_disability|frail_older"
    assert read(tmp_path, json.dumps(content)) == example


def test_faults_have_their_place(content: dict[str, Any], tmp_path: Path) -> None:
    content["sites"][1]["district"] = 5.5
    content["sites"][1]["stats"] = "x"
    content["units"][0]["features"] = ["step_free", 7]
    content["units"][0]["max_persons"] = True
    content["units"][1]["area_m2"] = [1]
    content["applicants"][0]["competence_hours"] = {"nurse": "x"}
    content["locations"] = []
    content["bases"] = {}
    content["locks"] = [1]
    del content["groups"]
    assert messages(tmp_path, json.dumps(content)) == [
        "data.json 'locations': is not a known table (relations?)",
        "data.json#/applicants row 1 'competence_hours': 'x' must be a number (12,5)",
        "data.json#/units row 1 'max_persons': 'True' must be a whole number",
        "data.json#/units row 1 'features': '7' must be text",
        "data.json#/units row 2 'area_m2': '[1]' must be a number (12,5)",
        "data.json: lacks the table groups",
        "data.json#/sites 'stats': is not a known column (status?)",
        "data.json#/sites row 2 'district': '5.5' must be 1 to 60 small letters a–z, digits and _",
        "data.json#/bases: must be a list of objects, one for each row",
        "data.json#/locks: must be a list of objects, one for each row",
    ]


BROKEN = [
    ("", "data.json row 1: is not valid JSON: Expecting value"),
    ('{\n"a": }', "data.json row 2: is not valid JSON: Expecting value"),
    ("[]", "data.json: must be a JSON object"),
    ('{"a": NaN}', "data.json: is not valid JSON: NaN is no JSON"),
    ("[" * 100_000, "data.json: is not valid JSON: nested too deeply"),
    ('{"a": ' + "9" * 5000 + "}", "data.json: is not valid JSON: a number has too many digits"),
    ('{"sites": [{"site_id": "S1", "site_id": "S2"}]}', "data.json 'sites.0.site_id': stands more than once in the same object"),
    ('{"sites": [], "sites": []}', "data.json 'sites': stands more than once in the same object"),
    ('{"policy": []}', "data.json#/policy: must be a JSON object"),
    ('{"policy": {"version": "\\ud800"}}', "data.json#/policy 'version': '\\ud800' must not hold control characters"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), BROKEN)
def test_broken_documents(tmp_path: Path, text: str, said: str) -> None:
    assert any(line.startswith(said) for line in messages(tmp_path, text))
