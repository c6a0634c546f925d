"""Raw tables to a data set: headers resolved, cells read, rows validated, every fault gathered once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tildeling.errors import DataError, Fault
from tildeling.files.cells import EMPTY, normal_title, read_column, read_text
from tildeling.files.columns import POLICY_NAMES, Column, column_named
from tildeling.files.columns import columns as columns_of
from tildeling.files.explaining import explained
from tildeling.files.identity import cells_with_identity_number, holds_identity_number, masked
from tildeling.files.policies import policy_from
from tildeling.files.raw import POLICY, RawDataset, RawTable
from tildeling.housing.dataset import Dataset, closest
from tildeling.housing.policy import Name, Policy, default_policy
from tildeling.housing.tables import REQUIRED_TABLES, TABLES, DatasetInfo
from tildeling.rows import Row

_TARGETS = {
    "unit": (("units", "unit_id"),),
    "group": (("groups", "group_id"),),
    "community": (("communities", "community_id"),),
    "site": (("sites", "site_id"),),
    "district": (("sites", "district"),),
    "base": (("bases", "base_id"),),
    "applicant": (("applicants", "applicant_id"),),
    "person": (("applicants", "applicant_id"), ("residents", "resident_id")),
}
"""Where the names stand that a reference may mean."""


@dataclass(slots=True)
class _Table:
    """A table's valid rows, where each stood, and what is known of those that are not valid."""

    rows: list[Row] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    doubtful: bool = False
    """Rows may be missing that we know nothing of."""
    unsure: set[str] = field(default_factory=set)
    """Columns that are missing, or have a cell that could not be read."""
    faulty_words: dict[str, set[str]] = field(default_factory=dict)
    """By column, what rows that are not valid would have made known."""

    def may_hold(self, word: Any, column: str) -> bool:
        """Whether a name may stand in a row that could not be read, so that it cannot be called unknown."""
        return self.doubtful or column in self.unsure or word in self.faulty_words.get(column, ())


def build(raw: RawDataset) -> Dataset:
    """The data set that raw tables say.

    Raises
    ------
    DataError
        With every fault of every table, in the order of tables and rows.
    """
    faults = list(raw.faults)
    for name in TABLES:
        if name in REQUIRED_TABLES and name not in raw.tables and name not in raw.broken:
            faults.append(Fault("missing_table", name, file=raw.source, params={"table": name}))
    policy, policy_faults = policy_from(raw.policy)
    faults += policy_faults
    tables: dict[str, _Table] = {}
    for name in TABLES:
        table = raw.tables.get(name)
        if table is not None:
            tables[name], found = _read_table(table, policy or default_policy())
            faults += found
        else:
            tables[name] = _Table(doubtful=name in raw.broken or name in REQUIRED_TABLES)
    if (info := raw.tables.get("dataset")) is not None and len(info.rows) != 1 and info.header:
        faults.append(info.fault("one_row", params={"found": len(info.rows)}))
    data = _dataset(tables, policy)
    faults += _across(data, tables, raw, policy_known=policy is not None)
    if faults:
        raise DataError([covered(fault) for fault in in_order(faults)])
    return data


def _dataset(tables: Mapping[str, _Table], policy: Policy | None) -> Dataset:
    infos = tables["dataset"].rows
    # Checks against the planning date are silent where that date is not known.
    stand_in = DatasetInfo(dataset_id="unknown", planning_date=dt.date.max, horizon_end=dt.date.max)
    info = infos[0] if len(infos) == 1 else stand_in
    rest: dict[str, Any] = {name: tuple(table.rows) for name, table in tables.items() if name != "dataset"}
    assert isinstance(info, DatasetInfo)
    return Dataset(info=info, policy=policy or default_policy(), **rest)


def _across(
    data: Dataset, tables: Mapping[str, _Table], raw: RawDataset, *, policy_known: bool
) -> Iterator[Fault]:
    for fault in data.faults():
        table, source = tables[fault.table], raw.tables.get(fault.table)
        if source is None or fault.row is None or not table.rows:
            continue
        if _follows(fault, tables, policy_known=policy_known):
            continue
        row = table.places[fault.row]
        if fault.code == "duplicate_key":
            first = source.lines[table.places[fault.params["first"] - 1]]
            fault = fault.at(params={**fault.params, "first": first})
        yield fault.at(row=row, line=source.lines[row], file=source.file, sheet=source.sheet)


def _follows(fault: Fault, tables: Mapping[str, _Table], *, policy_known: bool) -> bool:
    """Whether a fault only says again that another row could not be read."""
    if fault.code == "unknown_reference":
        target = str(fault.params["target"])
        if target in POLICY_NAMES:
            return not policy_known
        word = (
            str(fault.value).partition(":")[2] if fault.column in ("place_wishes", "vetoes") else fault.value
        )
        return any(tables[name].may_hold(word, column) for name, column in _TARGETS[target])
    if fault.code == "mover_needs_resident":
        return tables["residents"].may_hold(fault.value, "resident_id")
    if fault.code == "unit_taken" and fault.table == "locks":
        return tables["locks"].may_hold(fault.params["other"], "applicant_id")
    return False


@cache
def _adapter(table: str) -> TypeAdapter[list[Row]]:
    return TypeAdapter(list[TABLES[table]])  # type: ignore[valid-type]


def _read_table(raw: RawTable, policy: Policy) -> tuple[_Table, list[Fault]]:
    table = _Table()
    faults: list[Fault] = []
    positions = header_positions(raw, faults)
    known = columns_of(raw.name)
    missing = [column for column in known.values() if column.required and column.name not in positions]
    for column in missing:
        faults.append(raw.fault("missing_column", column=column.name, params={"title": column.nb}))
    table.doubtful = bool(raw.unusable)
    table.unsure = set(known) - set(positions)

    every = raw.columns()
    identities = identity_faults(raw, every)
    faults += [fault for _, fault in identities]
    held = {(fault.row, at) for at, fault in identities}
    cells = {name: every[at] for name, at in positions.items()}
    rows = _typed_rows(raw, cells, policy)

    bad = set(raw.unusable) | {row for row, _ in held if row is not None}
    unclear = {
        (row, name)
        for name, at in positions.items()
        for row, place in held
        if at == place and row is not None
    }
    table.unsure |= {name for name, at in positions.items() if any(at == place for _, place in held)}
    if missing:
        bad |= set(range(len(rows)))
    try:
        valid = _adapter(raw.name).validate_python(rows)
        good = [index for index in range(len(rows)) if index not in bad]
        table.rows = [valid[index] for index in good] if bad else valid
    except ValidationError as error:
        for item in error.errors(include_url=False):
            row, name = int(item["loc"][0]), str(item["loc"][1])
            bad.add(row)
            unclear.add((row, name))
            if name in positions and row not in raw.unusable and (row, positions[name]) not in held:
                table.unsure.add(name)
                faults.append(_row_fault(raw, row, name, cells[name][row], item))
        good = [index for index in range(len(rows)) if index not in bad]
        table.rows = _adapter(raw.name).validate_python([rows[index] for index in good])
    table.places = good
    faults += _duplicates(raw, rows, bad, unclear)
    table.faulty_words = _faulty_words(raw.name, cells, bad)
    return table, faults


def _duplicates(
    raw: RawTable, rows: Sequence[Mapping[str, Any]], bad: set[int], unclear: set[tuple[int, str]]
) -> Iterator[Fault]:
    """Keys given twice where one of the rows has a fault elsewhere; where none has, the data set finds it itself.

    ``unclear`` are the cells that are faulty: what they say is no key.
    """
    if not bad or raw.name == "dataset":
        return
    key = TABLES[raw.name].key
    first: dict[tuple[str, ...], int] = {}
    good: set[tuple[str, ...]] = set()
    for at, row in enumerate(rows):
        words = tuple(
            row[part] for part in key if isinstance(row.get(part), str) and (at, part) not in unclear
        )
        if len(words) < len(key) or at in raw.unusable:
            continue
        if words in first and (at in bad or words not in good):
            params = {"first": raw.lines[first[words]]}
            yield raw.fault("duplicate_key", at, column=key[-1], value=" ".join(words), params=params)
        first.setdefault(words, at)
        if at not in bad:
            good.add(words)


def _typed_rows(raw: RawTable, cells: Mapping[str, Sequence[Any]], policy: Policy) -> list[dict[str, Any]]:
    """Each row's cells by column name, those without content left out."""
    if not cells:
        return [{} for _ in raw.rows]
    known = columns_of(raw.name)
    values = [
        read_column(column, known[name].kind, _names(known[name], policy)) for name, column in cells.items()
    ]
    return [
        {name: value for name, value in zip(cells, row, strict=True) if value is not EMPTY}
        for row in zip(*values, strict=True)
    ]


def _names(column: Column, policy: Policy) -> Mapping[str, str]:
    """Names that stand for a word or code in this column: of its fixed words, or of the policy's codes."""
    if column.choices:
        return column.words()
    if column.target not in POLICY_NAMES:
        return {}
    codes: Mapping[str, Name] = getattr(policy, POLICY_NAMES[column.target])
    spelt = Counter(normal_title(word) for name in codes.values() for word in {name.nb, name.en})
    return {
        normal_title(word): code
        for code, name in codes.items()
        for word in (name.nb, name.en)
        if spelt[normal_title(word)] == 1
    } | {normal_title(code): code for code in codes}


def _row_fault(raw: RawTable, row: int, name: str, cell: Any, item: Any) -> Fault:
    column = columns_of(raw.name)[name]
    fault = explained(item, column)
    if fault.code == "required" and column.kind == "score" and cell not in (None, ""):
        fault = fault.at(code="required_score", value=cell)
    return raw.fault(
        fault.code, row, column=_title(raw, name), value=fault.value, params=fault.params, hint=fault.hint
    )


def _title(raw: RawTable, name: str) -> str:
    """The header as it stands in the file, which is what the reader of a fault looks for."""
    return next(
        (str(title).strip() for title in raw.header if column_named(raw.name, str(title)) == name), name
    )


def header_positions(raw: RawTable, faults: list[Fault]) -> dict[str, int]:
    """Where each known column stands."""
    positions: dict[str, int] = {}
    known = columns_of(raw.name)
    for at, cell in enumerate(raw.header):
        title = "" if cell is None else str(cell)
        if not title.strip():
            if any(row[at] not in (None, "") for row in raw.rows):
                faults.append(raw.fault("no_header", line=raw.header_line, params={"number": at + 1}))
            continue
        if holds_identity_number(cell):
            faults.append(raw.fault("identity_number", line=raw.header_line, column=title))
            continue
        name = column_named(raw.name, title)
        if name is None:
            titles = [*known, *(column.nb for column in known.values())]
            faults.append(
                raw.fault(
                    "unknown_column",
                    line=raw.header_line,
                    column=title.strip(),
                    hint=closest(title.strip(), titles),
                )
            )
        elif name in positions:
            faults.append(
                raw.fault(
                    "duplicate_column", line=raw.header_line, column=title.strip(), params={"name": name}
                )
            )
        else:
            positions[name] = at
    return positions


def identity_faults(raw: RawTable, columns: Sequence[Sequence[Any]]) -> list[tuple[int, Fault]]:
    """The cells that hold an identity number: their position and the fault."""
    found: list[tuple[int, Fault]] = []
    for at, (title, cells) in enumerate(zip(raw.header, columns, strict=True)):
        for row in cells_with_identity_number(cells):
            column, value = str(title).strip(), masked(cells[row])
            found.append((at, raw.fault("identity_number", row, column=column, value=value)))
    return found


def _faulty_words(table: str, cells: Mapping[str, Sequence[Any]], bad: set[int]) -> dict[str, set[str]]:
    named = {column for targets in _TARGETS.values() for name, column in targets if name == table}
    named |= set(TABLES[table].key)
    return {
        column: {word for row in bad if isinstance(word := read_text(cells[column][row]), str)}
        for column in named & set(cells)
    }


def in_order(faults: list[Fault]) -> list[Fault]:
    """By table and row; faults of whole files first, the policy's last."""
    order = {name: index for index, name in enumerate(("", *TABLES, POLICY))}
    return sorted(faults, key=lambda fault: (order[fault.table], _row(fault), fault.line or 0))


def _row(fault: Fault) -> int:
    return -1 if fault.row is None else fault.row


def covered(fault: Fault) -> Fault:
    """The fault with every identity number in it masked, wherever it came along."""
    return fault.at(
        value=masked(fault.value),
        column=masked(fault.column),
        hint=masked(fault.hint),
        file=masked(fault.file),
        sheet=masked(fault.sheet),
        params={key: masked(value) for key, value in fault.params.items()},
    )
