"""Raw tables to a data set: headers resolved, cells read, rows validated, every fault gathered once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tildeling.errors import DataError, Fault
from tildeling.files.cells import EMPTY, normal_title, read_column, read_text
from tildeling.files.columns import Column
from tildeling.files.columns import columns as columns_of
from tildeling.files.explaining import explained
from tildeling.files.headers import header_positions, identity_faults, title_of
from tildeling.files.kind import D, Kind
from tildeling.files.ordering import covered, in_order
from tildeling.files.policies import policy_from
from tildeling.files.raw import RawDataset, RawTable
from tildeling.rows import Row


@dataclass(slots=True)
class _Table:
    """A table's valid rows, where each stood, and what is known of those that are not valid."""

    rows: list[Row] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    doubtful: bool = False
    """Rows may be missing that we know nothing of."""
    faulty: bool = False
    """Some rows are not valid."""
    unsure: set[str] = field(default_factory=set)
    """Columns that are missing, or have a cell that could not be read."""
    faulty_words: dict[str, set[str]] = field(default_factory=dict)
    """By column, what rows that are not valid would have made known."""

    def may_hold(self, word: Any, column: str) -> bool:
        """Whether a name may stand in a row that could not be read, so that it cannot be called unknown."""
        return self.doubtful or column in self.unsure or word in self.faulty_words.get(column, ())


@dataclass(frozen=True, slots=True)
class _Read:
    """Every table as far as it could be read, and whether the policy could."""

    tables: Mapping[str, _Table]
    policy_known: bool

    def may_hold(self, table: str, word: Any, column: str) -> bool:
        """Whether a name may stand in a row of a table that could not be read."""
        return self.tables[table].may_hold(word, column)

    def whole(self, table: str) -> bool:
        """Whether every row of a table could be read, and the one row of the data set is one."""
        found = self.tables[table]
        return not (found.doubtful or found.faulty or (table == "dataset" and len(found.rows) != 1))


def build(raw: RawDataset, kind: Kind[D]) -> D:
    """The data set that raw tables say; ``kind`` is theirs.

    Raises
    ------
    DataError
        With every fault of every table, in the order of tables and rows.
    """
    faults = list(raw.faults)
    for name in kind.tables:
        if name in kind.required and name not in raw.tables and name not in raw.broken:
            faults.append(Fault("missing_table", name, file=raw.source, params={"table": name}))
    policy, policy_faults = policy_from(raw.policy, kind.policy)
    faults += policy_faults
    tables: dict[str, _Table] = {}
    for name in kind.tables:
        table = raw.tables.get(name)
        if table is not None:
            tables[name], found = _read_table(table, policy or kind.policy.default())
            faults += found
        else:
            tables[name] = _Table(doubtful=name in raw.broken or name in kind.required)
    if (info := raw.tables.get("dataset")) is not None and len(info.rows) != 1 and info.header:
        faults.append(info.fault("one_row", params={"found": len(info.rows)}))
    for name in kind.filled & raw.tables.keys():
        if raw.tables[name].header and not raw.tables[name].rows:
            faults.append(raw.tables[name].fault("no_row"))
    infos = tables["dataset"].rows
    data = kind.made(
        infos[0] if len(infos) == 1 else kind.stand_in,
        policy or kind.policy.default(),
        {name: tuple(table.rows) for name, table in tables.items() if name != "dataset"},
    )
    faults += _across(data.faults(), _Read(tables, policy is not None), raw)
    if faults:
        raise DataError([covered(fault) for fault in in_order(faults, kind)])
    return data


def _across(faults: Sequence[Fault], read: _Read, raw: RawDataset) -> Iterator[Fault]:
    for fault in faults:
        table, source = read.tables[fault.table], raw.tables.get(fault.table)
        if source is None or fault.row is None or not table.rows or _follows(fault, read, raw.kind):
            continue
        row = table.places[fault.row]
        if fault.code == "duplicate_key":
            first = source.lines[table.places[fault.params["first"] - 1]]
            fault = fault.at(params={**fault.params, "first": first})
        yield fault.at(row=row, line=source.lines[row], file=source.file, sheet=source.sheet)


def _follows(fault: Fault, read: _Read, kind: Kind[Any]) -> bool:
    """Whether a fault only says again that another row could not be read."""
    if fault.code != "unknown_reference":
        return kind.follows(fault, read)
    target, word = str(fault.params["target"]), str(fault.value)
    if target in kind.policy.names:
        return not read.policy_known
    # A place is written district:x, site:x and so on; no other name holds a colon of that meaning.
    word = word.partition(":")[2] if fault.column in ("place_wishes", "vetoes") else word
    return any(read.may_hold(name, word, column) for name, column in kind.targets[target])


@cache
def _adapter(row: type[Row]) -> TypeAdapter[list[Row]]:
    return TypeAdapter(list[row])  # type: ignore[valid-type]


def _read_table(raw: RawTable, policy: Any) -> tuple[_Table, list[Fault]]:
    table = _Table()
    faults: list[Fault] = []
    positions = header_positions(raw, faults)
    known = columns_of(raw.name, raw.kind)
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
        valid = _adapter(raw.kind.tables[raw.name]).validate_python(rows)
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
        table.rows = _adapter(raw.kind.tables[raw.name]).validate_python([rows[index] for index in good])
    table.places = good
    faults += _duplicates(raw, rows, bad, unclear)
    table.faulty_words = _faulty_words(raw, cells, bad)
    table.faulty = bool(bad)
    return table, faults


def _duplicates(
    raw: RawTable, rows: Sequence[Mapping[str, Any]], bad: set[int], unclear: set[tuple[int, str]]
) -> Iterator[Fault]:
    """Keys given twice where one of the rows has a fault elsewhere; where none has, the data set finds it itself.

    ``unclear`` are the cells that are faulty: what they say is no key.
    """
    if not bad or raw.name == "dataset":
        return
    key = raw.kind.tables[raw.name].key
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


def _typed_rows(raw: RawTable, cells: Mapping[str, Sequence[Any]], policy: Any) -> list[dict[str, Any]]:
    """Each row's cells by column name, those without content left out."""
    if not cells:
        return [{} for _ in raw.rows]
    known = columns_of(raw.name, raw.kind)
    values = [
        read_column(column, known[name].kind, _names(known[name], raw.kind, policy))
        for name, column in cells.items()
    ]
    return [
        {name: value for name, value in zip(cells, row, strict=True) if value is not EMPTY}
        for row in zip(*values, strict=True)
    ]


def _names(column: Column, kind: Kind[Any], policy: Any) -> Mapping[str, str]:
    """Names that stand for a word or code in this column: of its fixed words, or of the policy's codes."""
    if column.choices:
        return column.words()
    if column.target is None or column.target not in kind.policy.names:
        return {}
    codes = kind.policy.named(policy, column.target)
    spelt = Counter(normal_title(word) for name in codes.values() for word in {name.nb, name.en})
    return {
        normal_title(word): code
        for code, name in codes.items()
        for word in (name.nb, name.en)
        if spelt[normal_title(word)] == 1
    } | {normal_title(code): code for code in codes}


def _row_fault(raw: RawTable, row: int, name: str, cell: Any, item: Any) -> Fault:
    column = columns_of(raw.name, raw.kind)[name]
    fault = explained(item, column)
    if fault.code == "required" and column.kind == "score" and cell not in (None, ""):
        fault = fault.at(code="required_score", value=cell)
    return raw.fault(
        fault.code, row, column=title_of(raw, name), value=fault.value, params=fault.params, hint=fault.hint
    )


def _faulty_words(raw: RawTable, cells: Mapping[str, Sequence[Any]], bad: set[int]) -> dict[str, set[str]]:
    named = {column for places in raw.kind.targets.values() for name, column in places if name == raw.name}
    named |= set(raw.kind.tables[raw.name].key)
    return {
        column: {word for row in bad if isinstance(word := read_text(cells[column][row]), str)}
        for column in named & set(cells)
    }
