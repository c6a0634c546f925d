"""The JSON Schema of a rota says what the document may hold, and accepts what is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tildeling.files import write_dataset
from tildeling.files.columns import columns
from tildeling.files.rotas import ROTA
from tildeling.files.schema import json_schema
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.tables import REQUIRED_TABLES, TABLES

TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "number": (int, float),
    "boolean": (bool,), "null": (type(None),),
}  # fmt: skip


def misfits(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], way: str = "") -> Iterator[str]:
    """Where a value does not fit a schema, for the keywords that ours are made of."""
    if "$ref" in schema:
        yield from misfits(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, way)
    if "anyOf" in schema and all(any(misfits(value, part, root)) for part in schema["anyOf"]):
        yield f"{way}: none of anyOf"
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        yield f"{way}: no {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{way}: not of the enum"
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{way}: no match of {schema['pattern']}"
    if isinstance(value, int | float) and not (
        schema.get("minimum", value) <= value <= schema.get("maximum", value)
        and value > schema.get("exclusiveMinimum", value - 1)
    ):
        yield f"{way}: outside limits"
    if isinstance(value, list):
        for at, part in enumerate(value):
            yield from misfits(part, schema.get("items", {}), root, f"{way}/{at}")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        yield from (f"{way}: lacks {name}" for name in schema.get("required", ()) if name not in value)
        for name, part in value.items():
            rest = schema.get("additionalProperties", True)
            if name in known or isinstance(rest, dict):
                yield from misfits(part, known.get(name, rest), root, f"{way}/{name}")
            elif rest is False:
                yield f"{way}: unknown {name}"


@pytest.fixture
def written(rota: RotaDataset, tmp_path: Path) -> Any:
    write_dataset(rota, tmp_path / "a.json")
    return json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))


def test_it_accepts_what_is_written(written: Any) -> None:
    schema = json_schema(ROTA)
    assert list(misfits(written, schema, schema)) == []


@pytest.mark.parametrize(
    ("table", "name", "value"),
    [
        ("shifts", "start", "7"),
        ("shifts", "hours", 0),
        ("shifts", "hours", 200),
        ("staff", "position_percent", 101),
        ("cover", "days", ["mandag"]),
        ("agreements", "level", "X"),
        ("staff", "surname", "x"),
        ("cover", "must", 1),
    ],
)
def test_it_refuses_what_the_reader_refuses_or_only_bends(
    written: Any, table: str, name: str, value: Any
) -> None:
    schema = json_schema(ROTA)
    written[table][0][name] = value
    assert list(misfits(written, schema, schema))


def test_every_field_is_described_with_unit_title_and_words() -> None:
    schema = json_schema(ROTA)
    assert schema["title"] == "tildeling rota data set"
    assert set(schema["required"]) == REQUIRED_TABLES
    assert set(schema["properties"]) == {*TABLES, "policy", "$schema"}
    assert "required" not in schema["$defs"]["RotaPolicy"]
    for name, row_type in TABLES.items():
        row = schema["$defs"][row_type.__name__]
        assert row["additionalProperties"] is False
        for column in columns(name, ROTA).values():
            part = row["properties"][column.name]
            assert (part["description"], part["nb"]) == (column.en, column.nb)
            assert (part.get("unit"), part.get("names")) == (column.unit, column.target)
            assert (column.name in row.get("required", [])) == column.required
            assert not column.choices or set(part["names_nb"]) == set(column.choices)
