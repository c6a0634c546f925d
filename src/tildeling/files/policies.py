"""The policy on its way in and out: TOML text, key and value rows, JSON; its faults."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from tildeling.consistency import closest
from tildeling.errors import DataError, Fault
from tildeling.files.declared import undeclared
from tildeling.files.depth import MOST_DEPTH, too_deep
from tildeling.files.explaining import explained
from tildeling.files.identity import holds_identity_number, masked
from tildeling.files.kind import PolicyKind
from tildeling.files.raw import POLICY, RawPolicy

INHERIT = "inherit"
"""Top-level switch: false says that the file is the whole policy and nothing is laid under it."""

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


def policy_from_toml(text: str, file: str, sheet: str = "") -> tuple[RawPolicy, list[Fault]]:
    """The tables of a TOML text, or the one fault that keeps it from being read."""
    policy = RawPolicy(file=file, sheet=sheet, given=True, text=text)
    try:
        policy.tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        words = str(error)
        where = _AT_LINE.search(words)
        line = (int(where[1]) if where[1] else text.count("\n") + 1) if where else None
        message = _AT_LINE.sub("", words)
        return policy, [policy.fault("toml", params={"message": message}, line=line)]
    if too_deep(policy.tables):
        policy.tables = None
        return policy, [policy.fault("toml", params={"message": "nested too deeply"})]
    return policy, []


def policy_from_pairs(
    pairs: Iterable[tuple[int, Any, Any]], file: str, sheet: str
) -> tuple[RawPolicy, list[Fault]]:
    """The policy from rows of a dotted key and a value, as typed into a sheet."""
    tables: dict[str, Any] = {}
    faults: list[Fault] = []
    policy = RawPolicy(tables, file, sheet, given=True)
    lines: dict[str, int] = {}
    for line, key, value in pairs:
        path = str(key).strip()
        *parents, last = path.split(".")
        if len(parents) >= MOST_DEPTH:
            faults.append(policy.fault("unknown_policy_key", path, line=line))
            continue
        inner: Any = tables
        for part in parents:
            inner = inner.setdefault(part, {}) if isinstance(inner, dict) else None
        if not isinstance(inner, dict) or last in inner or not all([*parents, last]):
            faults.append(policy.fault("policy_key_twice", path, line=line))
            continue
        inner[last] = _plain_value(value)
        lines[path] = line
    policy.lines = lines
    return policy, faults


def _plain_value(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        try:
            read = tomllib.loads(f"value = {value.strip()}")["value"]
            return value.strip() if isinstance(read, dict | list) and too_deep(read) else read
        except (tomllib.TOMLDecodeError, RecursionError, ValueError):
            return value.strip()
    return value


def policy_from(raw: RawPolicy, kind: PolicyKind) -> tuple[Any, list[Fault]]:
    """The policy, defaults laid under, or every fault in it."""
    if raw.tables is None:
        return (None, policy_identity_faults(raw)) if raw.given else (kind.default(), [])
    tables = {key: value for key, value in raw.tables.items() if key != INHERIT}
    faults = policy_identity_faults(raw)
    inherit = raw.tables.get(INHERIT, True)
    if not isinstance(inherit, bool):
        faults.append(raw.fault("boolean", INHERIT, inherit))
    content = kind.merged(tables) if inherit else tables
    policy = None
    try:
        policy = kind.model.model_validate(content)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            path = ".".join(str(part) for part in item["loc"])
            if item["type"] == "extra_forbidden":
                hint = closest(str(item["loc"][-1]), _siblings(item["loc"], kind))
                faults.append(raw.fault("unknown_policy_key", path, hint=hint))
            else:
                faults.append(explained(item).at(table=POLICY, file=raw.file, sheet=raw.sheet, column=path))
    faults.extend(undeclared(raw, tables, kind))
    return (None if faults else policy), faults


def policy_identity_faults(raw: RawPolicy) -> list[Fault]:
    """Settings whose name or value holds an identity number; of a TOML text, its lines."""
    if raw.text is not None:
        lines = [
            raw.fault("identity_number", value=masked(line.strip()), line=number)
            for number, line in enumerate(raw.text.splitlines(), start=1)
            if holds_identity_number(line)
        ]
        if lines:
            return lines
    return [
        raw.fault("identity_number", path, masked(value)) for path, value in _identities(raw.tables or {}, "")
    ]


def _identities(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The way to each name or value that holds an identity number."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            way = f"{path}.{masked(str(key))}" if path else str(masked(str(key)))
            if holds_identity_number(key):
                yield way, None
            yield from _identities(part, way)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _identities(part, f"{path}.{index}")
    elif holds_identity_number(value):
        yield path, value


def _siblings(loc: tuple[int | str, ...], kind: PolicyKind) -> Iterable[str]:
    """The keys known where an unknown one stands."""
    fields: dict[int, Iterable[str]] = {
        1: [*kind.model.model_fields, INHERIT],
        3: ("nb", "en") if loc[0] != "tiers" else ("name", "weight", "tolerance", "goals"),
    }
    return fields.get(len(loc), ())


def policy_content(policy: BaseModel) -> dict[str, Any]:
    """The whole policy as plain tables that stand alone.

    Raises
    ------
    DataError
        If a list of a parameter holds nothing (None), which no format can say.
    """
    content: dict[str, Any] = {INHERIT: False} | _without_none(policy.model_dump(mode="python"), "")
    return content


def _without_none(value: Any, path: str) -> Any:
    """A parameter that is None means the same as one left out, which is how TOML says it."""
    if isinstance(value, Mapping):
        return {
            str(key): _without_none(part, f"{path}.{key}" if path else str(key))
            for key, part in value.items()
            if part is not None
        }
    if isinstance(value, list | tuple):
        if any(part is None for part in value):
            raise DataError([Fault("policy_null", column=path)])
        return [_without_none(part, f"{path}.{index}") for index, part in enumerate(value)]
    return value


def policy_to_toml(policy: BaseModel) -> str:
    """The whole policy as TOML text.

    Raises
    ------
    DataError
        If it holds something TOML cannot say.
    """
    note = "# The whole policy: nothing of the embedded defaults is laid under it.\n"
    return note + toml_text(policy_content(policy))


def toml_text(content: Mapping[str, Any]) -> str:
    """TOML for nested tables: tiers and rules under headings of their own, what is deeper in line.

    Raises
    ------
    DataError
        If it holds something TOML cannot say.
    """
    content = _without_none(content, "")
    tables = {key: value for key, value in content.items() if isinstance(value, Mapping)}
    arrays = {key: value for key, value in content.items() if _rows(value)}
    rest = {key: value for key, value in content.items() if key not in tables and key not in arrays}
    lines = _pairs(rest)
    for key, rows in arrays.items():
        for row in rows:
            lines += ["", f"[[{_key(key)}]]", *_pairs(row)]
    for key, table in tables.items():
        if key == "rules" and all(isinstance(part, Mapping) for part in table.values()):
            for name, part in table.items():
                lines += ["", f"[rules.{_key(name)}]", *_pairs(part)]
        else:
            lines += ["", f"[{_key(key)}]", *_pairs(table)]
    return "\n".join(lines) + "\n"


def _rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(part, Mapping) for part in value)


def _pairs(table: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    for key, value in table.items():
        if _rows(value):
            lines += [f"{_key(key)} = [", *(f"    {_value(part)}," for part in value), "]"]
        else:
            lines.append(f"{_key(key)} = {_value(value)}")
    return lines


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        # JSON and TOML escape alike, but for the delete character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(k))} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    raise DataError([Fault("policy_null", value=value)])
