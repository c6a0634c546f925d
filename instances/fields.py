"""Writes the field tables of README.md and rota/README.md from the row classes, between two markers.

``python instances/fields.py`` rewrites them; a test fails when they have drifted.
"""

from __future__ import annotations

import types
import typing
from enum import StrEnum
from pathlib import Path
from typing import Any

from tildeling.files.kinds import HOUSING, ROTA, Kind
from tildeling.rows import CLOCK, Row

HERE = Path(__file__).parent
READMES = {HERE / "README.md": HOUSING, HERE / "rota" / "README.md": ROTA}
BEGIN, END = "<!-- fields: begin -->", "<!-- fields: end -->"


def allowed(annotation: Any, limits: list[Any]) -> str:
    """What a column takes, in words."""
    parts = [part for part in typing.get_args(annotation) if part is not types.NoneType]
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        return allowed(parts[0], limits)
    if typing.get_origin(annotation) is typing.Annotated:
        return allowed(parts[0], [*limits, *parts[1:]])
    if typing.get_origin(annotation) is tuple:
        return f"list a\\|b of {allowed(parts[0], [])}"
    if typing.get_origin(annotation) is dict:
        return "pairs code=number, separated by \\|"
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return " \\| ".join(annotation)
    names = {
        "str": "text",
        "int": "whole number",
        "Decimal": "number",
        "bool": "true \\| false",
        "date": "date",
    }
    name = names.get(getattr(annotation, "__name__", ""), str(annotation))
    pattern, low, high = "", None, None
    for limit in limits:
        for one in getattr(limit, "metadata", None) or [limit]:
            pattern = getattr(one, "pattern", None) or pattern
            low = max((v for v in (low, getattr(one, "ge", None)) if v is not None), default=None)
            high = min((v for v in (high, getattr(one, "le", None)) if v is not None), default=None)
    if name == "text":
        return _pattern(pattern)
    if low is None and high is None:
        return name
    return f"{name}, {low if low is not None else ''}–{high if high is not None else ''}"


def _pattern(pattern: str) -> str:
    if pattern == CLOCK:
        return "HH:MM"
    starts = {"^(": "kind:id", "^[a-z": "code", "^[A-Za-z": "id"}
    return next((word for start, word in starts.items() if pattern.startswith(start)), "text")


def table_of(row: type[Row], required: bool) -> str:
    """One table's fields as a Markdown table."""
    head = "required" if required else "may be absent"
    lines = [
        f"### {row.table}.csv – {row.nb} ({head})",
        "",
        f"{(row.__doc__ or '').strip()}  Key: {', '.join(f'`{part}`' for part in row.key)}.",
        "",
        "| column | title (nb) | takes | default | unit | meaning |",
        "|---|---|---|---|---|---|",
    ]
    for name, field in row.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        default = (
            "required"
            if field.is_required()
            else str(field.default if field.default not in (None, (), {}) else "")
        )
        default = default if default or field.is_required() else "empty"
        default = default.lower() if isinstance(field.default, bool) else default
        meaning = str(field.description).replace("|", "\\|")
        cells = (
            f"`{name}`", extra.get("nb", ""), allowed(field.annotation, list(field.metadata)), default,
            extra.get("unit", ""), meaning,
        )  # fmt: skip
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def field_tables(kind: Kind[Any]) -> str:
    """All tables of a kind of data set, in the order files are read."""
    return "\n\n".join(table_of(row, name in kind.required) for name, row in kind.tables.items())


def with_tables(readme: str, kind: Kind[Any]) -> str:
    """The README with its field tables renewed."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{field_tables(kind)}\n\n{END}{after}"


if __name__ == "__main__":
    for readme, kind in READMES.items():
        readme.write_text(with_tables(readme.read_text(encoding="utf-8"), kind), encoding="utf-8")
