"""People's ids replaced by random pseudonyms; the key stays in a local file only its owner can read."""

from __future__ import annotations

import csv
import io
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tildeling.errors import DataError, Fault, UsageError
from tildeling.files.cells import EMPTY, read_list, read_text
from tildeling.files.columns import columns
from tildeling.files.document import write_document
from tildeling.files.folder import csv_text, decoded, is_table_file, unguarded, write_folder
from tildeling.files.headers import header_positions, identity_faults
from tildeling.files.identity import holds_identity_number, normal_identity_number
from tildeling.files.limits import DEFAULT_LIMITS, Limits
from tildeling.files.ordering import covered, in_order
from tildeling.files.policies import policy_identity_faults, toml_text
from tildeling.files.raw import RawDataset, RawTable
from tildeling.files.reading import read_raw
from tildeling.files.saving import refuse_existing, whole_file, whole_folder
from tildeling.files.workbook import write_workbook
from tildeling.files.writing import Sheets, cell_of
from tildeling.rows import LIST_SEPARATOR

KEY_HEADER = ("pseudonym", "identity")
_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""Without vowels and look-alikes: no words come up, and a pseudonym can be read aloud."""
_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Pseudonymised:
    """What was done: people in the data, those new to the key, and where the key lies."""

    people: int
    new: int
    key_file: Path


def pseudonymise(
    source: str | Path,
    out: str | Path,
    key_file: str | Path | None = None,
    *,
    force: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Pseudonymised:
    """Copy a data set with people's ids replaced, the same person by the same pseudonym everywhere.

    Cells are copied as they stand, faults and all; only what could hide a person is refused: unknown tables
    and columns, rows that do not line up, an identity number in any other column.  An existing key file is
    used again and added to, so that pseudonyms are stable from one delivery to the next.  The key is on
    disk before the copy is.

    Raises
    ------
    DataError
        With every fault that stands in the way; nothing is written.
    UsageError
        If the target exists and ``force`` is off, if the key would lie inside the target, or if others may
        read an existing key.
    OSError
        If a file cannot be read or written.
    """
    source, out = Path(source), Path(out)
    key_path = Path(key_file) if key_file is not None else out.with_name(f"{out.name}.key.csv")
    _refuse_places(source, out, key_path)
    refuse_existing(out, force=force)
    raw = read_raw(source, limits=limits)
    cells = _person_cells(raw)
    if raw.faults:
        raise DataError([covered(fault) for fault in in_order(raw.faults, raw.kind)])
    with _locked(key_path) as key:
        before = len(key.pseudonyms)
        people: set[str] = set()
        for table, at, several in cells:
            for row in table.rows:
                if several:
                    words = [key.pseudonym(person) for person in _persons(row[at])]
                    row[at] = LIST_SEPARATOR.join(words)
                    people.update(words)
                elif (person := _person(row[at])) is not None:
                    row[at] = key.pseudonym(person)
                    people.add(row[at])
        key.save()
    _write(raw, out)
    return Pseudonymised(len(people), len(key.pseudonyms) - before, key_path)


def _refuse_places(source: Path, out: Path, key: Path) -> None:
    places = key.resolve()
    target = out.resolve()
    if places == target or target in places.parents:
        raise UsageError(f"the key {key} must not lie inside {out}, which may be passed on")
    if source.resolve() == target:
        raise UsageError("the copy must have another place than the source")


def _person_cells(raw: RawDataset) -> list[tuple[RawTable, int, bool]]:
    """Columns that name people: table, position, whether a cell may name several.

    Every fault that could hide a person is added to the raw data set's.
    """
    found: list[tuple[RawTable, int, bool]] = []
    for table in raw.tables.values():
        positions = header_positions(table, raw.faults)
        fields = columns(table.name, raw.kind)
        persons = {name: positions.get(name) for name in raw.kind.persons.get(table.name, ())}
        for name, at in persons.items():
            column = fields[name]
            if at is None:
                if column.required:
                    raw.faults.append(table.fault("missing_person_column", column=name))
                continue
            several = column.kind == "list"
            found.append((table, at, several))
            for row, cells in enumerate(table.rows):
                if not _readable(cells[at], several=several):
                    raw.faults.append(table.fault("text", row, column=name))
        known = {at for at in persons.values() if at is not None}
        raw.faults += [fault for at, fault in identity_faults(table, table.columns()) if at not in known]
    raw.faults += policy_identity_faults(raw.policy)
    return found


def _readable(cell: Any, *, several: bool) -> bool:
    """Whether a cell can name people: text or a number, or where several may stand, a list of such."""
    if several and isinstance(cell, list):
        return not any(isinstance(part, dict | list) for part in cell)
    return not isinstance(cell, dict | list)


def _persons(cell: Any) -> list[str]:
    """What the people of a cell are called, each as :func:`_person` has it."""
    words = read_list(cell) if cell is not None else ()
    return [person for word in words if (person := _person(word)) is not None] if words is not EMPTY else []


def _person(cell: Any) -> str | None:
    """What a person's id is, however it was written: an identity number as eleven digits."""
    number = normal_identity_number(cell)
    if number is not None:
        return number
    word = read_text(cell) if cell is not None else None
    return word if isinstance(word, str) else None


class _Key:
    """Pseudonyms by identity, as held in the key file."""

    def __init__(self, path: Path, draft: Path) -> None:
        self._path, self._draft = path, draft
        self.pseudonyms: dict[str, str] = dict(_entries(path)) if path.exists() else {}
        self._given = set(self.pseudonyms.values())

    def pseudonym(self, person: str) -> str:
        """The person's pseudonym; one that is already a pseudonym of this key stays."""
        if person in self._given:
            return person
        if person not in self.pseudonyms:
            word = _fresh()
            while word in self._given or holds_identity_number(word):
                word = _fresh()
            self.pseudonyms[person] = word
            self._given.add(word)
        return self.pseudonyms[person]

    def save(self) -> None:
        """Replace the key file by the draft, which nobody else could read at any time."""
        rows = [(word, person) for person, word in sorted(self.pseudonyms.items(), key=lambda item: item[1])]
        with self._draft.open("w", encoding="utf-8-sig", newline="") as file:
            file.write(csv_text(KEY_HEADER, rows))
            file.flush()
            os.fsync(file.fileno())
        os.replace(self._draft, self._path)


def _fresh() -> str:
    return "P-" + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


class _locked:  # noqa: N801  (reads as a statement: with _locked(path) as key)
    """The key of a path, while nobody else changes it.

    The draft is made exclusively with mode 0600 and serves as the lock; two runs at once cannot each make a
    key and lose the other's.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._draft = path.with_name(f"{path.name}.new")

    def __enter__(self) -> _Key:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            handle = os.open(self._draft, flags, 0o600)
        except FileExistsError:
            raise UsageError(
                f"{self._draft} exists: another run is changing the key; if none is, remove it"
            ) from None
        os.close(handle)
        try:
            _refuse_open_key(self._path)
            return _Key(self._path, self._draft)
        except BaseException:
            self._draft.unlink()
            raise

    def __exit__(self, *_: object) -> None:
        self._draft.unlink(missing_ok=True)


def _refuse_open_key(path: Path) -> None:
    if not path.exists():
        return
    if not path.is_file():
        raise UsageError(f"the key {path} must be a file")
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        raise UsageError(f"the key {path} can be read by others (mode {mode:04o}); chmod 600 it first")


def _entries(path: Path) -> Iterator[tuple[str, str]]:
    text = decoded(path.read_bytes())
    try:
        rows = list(csv.reader(io.StringIO(text or "", newline=""), delimiter=";", strict=True))
    except csv.Error:
        rows = []
    if not rows or tuple(rows[0]) != KEY_HEADER or any(len(row) != 2 for row in rows):
        raise DataError([Fault("key_file", file=path.name)])
    for word, person in rows[1:]:
        yield unguarded(person), unguarded(word)


def _write(raw: RawDataset, out: Path) -> None:
    """The raw tables as they stand, in the format the target's name asks for."""
    policy = raw.policy.tables
    suffix = out.suffix.lower()
    if suffix == ".json":
        with whole_file(out) as draft:
            write_document(draft, {name: _objects(table) for name, table in raw.tables.items()}, policy)
    elif suffix == ".xlsx":
        with whole_file(out) as draft:
            write_workbook(draft, _sheets(raw), _toml(policy))
    else:
        with whole_folder(out, is_table_file) as draft:
            write_folder(draft, _sheets(raw), _toml(policy))


def _toml(policy: Mapping[str, Any] | None) -> str | None:
    return None if policy is None else toml_text(policy)


def _objects(table: RawTable) -> list[dict[str, Any]]:
    titles = [str(title) for title in table.header]
    return [
        {title: cell for title, cell in zip(titles, row, strict=True) if title and cell not in (None, "")}
        for row in table.rows
    ]


def _sheets(raw: RawDataset) -> Sheets:
    for name, table in raw.tables.items():
        header = ["" if title is None else str(title) for title in table.header]
        yield name, header, ([cell_of(cell) for cell in row] for row in table.rows)
