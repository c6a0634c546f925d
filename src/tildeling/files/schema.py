"""The JSON Schema of the JSON document, derived from the row classes."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from tildeling.files.columns import columns
from tildeling.files.homes import HOUSING
from tildeling.files.kind import Kind
from tildeling.files.policies import INHERIT

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLES = {"housing": "tildeling data set", "rota": "tildeling rota data set"}
"""What the schema of each kind is called."""


def json_schema(kind: Kind[Any] = HOUSING) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the document that the reader of this kind accepts.

    Descriptions are English; ``nb`` holds the Norwegian title, ``unit`` the unit.  The reader is more
    lenient in form than the schema (``dd.mm.yyyy``, decimal comma); what fits the schema fits the reader,
    apart from references across rows.
    """
    fields: dict[str, Any] = {}
    for name, row in kind.tables.items():
        rows: Any = row if name == "dataset" else list[row]  # type: ignore[valid-type]
        description = (row.__doc__ or "").split("\n")[0]
        default: Any = ... if name in kind.required else []
        fields[name] = (rows, Field(default, description=description, json_schema_extra={"nb": row.nb}))
    fields["policy"] = (
        kind.policy.model | None,
        Field(None, description="What differs from the embedded policy"),
    )
    model: type[BaseModel] = create_model(
        kind.dataset.__name__, __config__=ConfigDict(extra="forbid"), **fields
    )
    schema = model.model_json_schema(mode="validation")
    _adjust_policy(schema["$defs"][kind.policy.model.__name__])
    for name, row in kind.tables.items():
        _adjust_row(schema["$defs"][row.__name__], name, kind)
    schema["properties"]["$schema"] = {"type": "string", "description": "This schema's address"}
    schema.pop("title", None)
    return {"$schema": DIALECT, "title": TITLES[kind.name], **schema}


def _adjust_policy(policy: dict[str, Any]) -> None:
    # The embedded defaults are laid under a data set's policy, so nothing in it is required.
    policy.pop("required", None)
    policy["properties"][INHERIT] = {
        "type": "boolean",
        "default": True,
        "description": "false: this is the whole policy, nothing is laid under it",
    }


def _adjust_row(row: dict[str, Any], table: str, kind: Kind[Any]) -> None:
    for name, column in columns(table, kind).items():
        part = row["properties"][name]
        if column.choices:
            part["names_nb"] = {choice: column.choice_name(choice, "nb") for choice in column.choices}
        if column.target:
            part["names"] = column.target
        if not column.required and "null" not in str(part):
            _allow_null(part)


def _allow_null(part: dict[str, Any]) -> None:
    """A name left out and one that is null are the same: the default applies."""
    kept = ("description", "nb", "unit", "default", "title", "names", "names_nb")
    content = {key: value for key, value in part.items() if key not in kept}
    for key in content:
        del part[key]
    part["anyOf"] = (
        [*content["anyOf"], {"type": "null"}] if list(content) == ["anyOf"] else [content, {"type": "null"}]
    )
