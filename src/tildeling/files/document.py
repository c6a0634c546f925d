"""One JSON document: an object with a list of rows for each table."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from tildeling.consistency import closest
from tildeling.errors import Fault
from tildeling.files.depth import too_deep
from tildeling.files.folder import decoded
from tildeling.files.kind import Kind
from tildeling.files.kinds import table_named
from tildeling.files.limits import Limits
from tildeling.files.raw import RawDataset, RawPolicy, RawTable, raw_dataset

MOST_HINTS = 100
"""Names nobody knows for which a near one is looked for."""


class _Object(dict[str, Any]):
    """A JSON object that remembers which names it was given more than once."""

    repeated: tuple[str, ...] = ()


class _Objects:
    """Makes objects while a document is parsed, and knows whether any had a name twice."""

    def __init__(self) -> None:
        self.repeated = False

    def __call__(self, pairs: list[tuple[str, Any]]) -> _Object:
        """One object from its names and values."""
        found = _Object(pairs)
        if len(found) < len(pairs):
            names = Counter(name for name, _ in pairs)
            found.repeated = tuple(name for name, count in names.items() if count > 1)
            self.repeated = True
        return found


class _NoJson(ValueError):
    """A word that Python takes for JSON and nobody else does."""


def _refuse_constant(word: str) -> Any:
    raise _NoJson(f"{word} is no JSON")


def read_document(path: Path, limits: Limits, kind: Kind[Any] | None) -> RawDataset:
    """Every table of a JSON document as it stands, of a kind given or told by its names.

    Raises
    ------
    OSError
        If the file cannot be opened.
    """
    content, faults = _parsed(path, limits)
    raw = raw_dataset(path.name, content or (), kind)
    if content is None:
        raw.broken |= set(raw.kind.tables)
    readable = content if content is not None and not raw.faults else {}
    hints = MOST_HINTS
    raw.faults += faults
    for key, value in readable.items():
        if key == "$schema":
            continue
        if key == "policy":
            _policy(value, raw)
            continue
        name = table_named(key, raw.kind)
        if name is None:
            hint = closest(key, [*raw.kind.tables, "policy"]) if hints > 0 else ""
            hints -= 1
            raw.faults.append(Fault("unknown_key", file=path.name, column=key, hint=hint))
        elif name in raw.tables or name in raw.broken:
            raw.faults.append(Fault("table_twice", name, file=path.name, column=key, params={"table": name}))
        else:
            _table(name, key, value, raw, limits)
    return raw


def _parsed(path: Path, limits: Limits) -> tuple[_Object | None, list[Fault]]:
    """The document's object, and the faults of its form."""
    if path.stat().st_size > limits.file_bytes:
        params = {"limit": limits.file_bytes // 1_000_000}
        return None, [Fault("file_too_large", file=path.name, params=params)]
    text = decoded(path.read_bytes())
    if text is None:
        return None, [Fault("not_text", file=path.name)]
    objects = _Objects()
    try:
        content = json.loads(text, object_pairs_hook=objects, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return None, [Fault("json", file=path.name, line=error.lineno, params={"message": error.msg})]
    except RecursionError:
        return None, [Fault("json", file=path.name, params={"message": "nested too deeply"})]
    except ValueError as error:
        message = str(error) if isinstance(error, _NoJson) else "a number has too many digits"
        return None, [Fault("json", file=path.name, params={"message": message})]
    if not isinstance(content, _Object):
        return None, [Fault("not_object", file=path.name)]
    if too_deep(content):
        return None, [Fault("json", file=path.name, params={"message": "nested too deeply"})]
    return content, list(_repeated(content, path.name)) if objects.repeated else []


def _repeated(value: Any, file: str) -> Iterator[Fault]:
    """Every name that an object was given twice, with the way there."""
    stack = [(value, "")]
    while stack:
        part, way = stack.pop()
        if isinstance(part, _Object):
            for name in part.repeated:
                yield Fault("repeated_name", file=file, column=f"{way}{name}")
            stack.extend(
                (inner, f"{way}{name}.") for name, inner in part.items() if isinstance(inner, dict | list)
            )
        elif isinstance(part, list):
            stack.extend(
                (inner, f"{way}{at}.") for at, inner in enumerate(part) if isinstance(inner, dict | list)
            )


def _policy(value: Any, raw: RawDataset) -> None:
    if value is None:
        return
    raw.policy = RawPolicy(file=f"{raw.source}#/policy", given=True)
    if not isinstance(value, dict):
        raw.faults.append(raw.policy.fault("not_object"))
    else:
        raw.policy.tables = value


def _table(name: str, key: str, value: Any, raw: RawDataset, limits: Limits) -> None:
    table = RawTable(raw.kind, name, f"{raw.source}#/{key}", header_line=None)
    rows = [value] if name == "dataset" and isinstance(value, dict) else value
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raw.faults.append(table.fault("not_rows"))
        raw.broken.add(name)
        return
    titles: dict[str, None] = {}
    for row in rows:
        titles.update(dict.fromkeys(row))
    if len(titles) > limits.columns or len(rows) * len(titles) > limits.cells:
        raw.faults.append(
            table.fault("too_many_cells", params={"rows": limits.rows, "columns": limits.columns})
        )
        raw.broken.add(name)
        return
    table.header = list(titles) if rows else list(raw.kind.tables[name].model_fields)
    table.rows = [[row.get(title) for title in table.header] for row in rows]
    table.lines = list(range(1, len(rows) + 1))
    raw.tables[name] = table


def write_document(path: Path, tables: Mapping[str, Any], policy: Mapping[str, Any] | None) -> None:
    """Write a JSON document."""
    content = dict(tables) if policy is None else {**tables, "policy": policy}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        json.dump(content, file, ensure_ascii=False, indent=1, default=_plain)
        file.write("\n")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
