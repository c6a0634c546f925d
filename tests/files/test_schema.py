"""The JSON Schema says what the document may hold."""

from __future__ import annotations

from tildeling.files.columns import columns
from tildeling.files.schema import json_schema
from tildeling.housing.tables import REQUIRED_TABLES, TABLES


def test_every_field_is_described_with_unit_title_and_words() -> None:
    schema = json_schema()
    for name, row_type in TABLES.items():
        row = schema["$defs"][row_type.__name__]
        assert row["additionalProperties"] is False
        for column in columns(name).values():
            part = row["properties"][column.name]
            assert part["description"] == column.en
            assert part["nb"] == column.nb
            assert part.get("unit") == column.unit
            assert (column.name in row.get("required", [])) == column.required
            assert not column.choices or set(part["names_nb"]) == set(column.choices)


def test_tables_and_policy() -> None:
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(schema["required"]) == REQUIRED_TABLES
    assert set(schema["properties"]) == {*TABLES, "policy", "$schema"}
    assert "required" not in schema["$defs"]["Policy"]
    assert schema["properties"]["applicants"]["nb"] == "Søkere"
