"""One XLSX workbook: a sheet for each table, the policy in a sheet of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from tildeling.consistency import closest
from tildeling.errors import Fault
from tildeling.files.cells import normal_title
from tildeling.files.folder import looks_like_formula
from tildeling.files.grids import grids
from tildeling.files.identity import holds_identity_number, masked
from tildeling.files.kind import Kind
from tildeling.files.kinds import table_named
from tildeling.files.limits import Limits
from tildeling.files.policies import policy_from_pairs, policy_from_toml
from tildeling.files.raw import RawDataset, RawPolicy, RawTable, raw_dataset, table_from_grid

POLICY_SHEETS = ("policy", "regelverk")
IGNORED_SHEETS = ("instructions", "veiledning", "lists", "lister")
"""Sheets of our own template that hold no data."""
_KEY_TITLES = ("key", "nøkkel")

_EARLIEST = dt.date(1900, 3, 1)
"""Before this day spreadsheet programs count days differently (1900 was no leap year)."""

OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}


def read_workbook(path: Path, limits: Limits, kind: Kind[Any] | None) -> RawDataset:
    """Every sheet of a workbook as it stands, of a kind given or told by their names.

    Raises
    ------
    OSError
        If the file cannot be opened.
    """
    read = grids(path, limits)
    if isinstance(read, Fault):
        raw = raw_dataset(path.name, (), kind)
        raw.faults.append(read)
        raw.broken |= set(raw.kind.tables)
        return raw
    sheets, cells = read
    raw = raw_dataset(path.name, (title for title, _ in sheets), kind)
    for title, grid in sheets if not raw.faults else ():
        word = normal_title(title).replace("_", " ")
        if word in IGNORED_SHEETS:
            raw.faults += _identities(grid, path.name, title)
            continue
        lost = [cell for cell in cells if cell.title == title]
        raw.faults += [cell.fault(path.name) for cell in lost]
        if word in POLICY_SHEETS:
            raw.policy, faults = _policy(grid, path.name, title)
            raw.faults += faults
            continue
        name = table_named(title, raw.kind)
        if name is None:
            raw.faults.append(
                Fault(
                    "unknown_sheet",
                    file=path.name,
                    sheet=title,
                    hint=closest(title, [*raw.kind.tables, "policy"]),
                )
            )
        elif name in raw.tables or name in raw.broken:
            raw.faults.append(Fault("table_twice", name, file=path.name, sheet=title, params={"table": name}))
        else:
            table = RawTable(raw.kind, name, path.name, title)
            numbered = [(line, row) for line, row in enumerate(grid, start=1)]
            if table_from_grid(table, numbered, raw.faults, exact=False):
                raw.tables[name] = table
                lines = {cell.row + 1 for cell in lost}
                table.unusable |= {row for row, line in enumerate(table.lines) if line in lines}
            else:
                raw.broken.add(name)
    return raw


def _identities(grid: list[list[Any]], file: str, sheet: str) -> list[Fault]:
    """Identity numbers in sheets that are not read further: the file must not hold them anywhere."""
    return [
        Fault("identity_number", file=file, sheet=sheet, line=line, value=masked(cell))
        for line, row in enumerate(grid, start=1)
        for cell in row
        if holds_identity_number(cell)
    ]


def _policy(grid: list[list[Any]], file: str, sheet: str) -> tuple[RawPolicy, list[Fault]]:
    rows = [
        (line, row) for line, row in enumerate(grid, start=1) if any(cell not in ("", None) for cell in row)
    ]
    if not rows:
        return RawPolicy(file=file, sheet=sheet), []
    if str(rows[0][1][0]).strip().casefold() in _KEY_TITLES:
        pairs = [(line, row[0], row[1] if len(row) > 1 else "") for line, row in rows[1:]]
        if not pairs:
            return RawPolicy(file=file, sheet=sheet), []
        return policy_from_pairs(pairs, file, sheet)
    text = "\n".join(str(row[0]) if row else "" for row in grid)
    return policy_from_toml(text, file, sheet)


def write_workbook(
    path: Path,
    tables: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]],
    policy: str | None,
) -> None:
    """Write a workbook; every text is written as text, so that none can be run as a formula.

    One that begins as a formula does has a hidden apostrophe too, which keeps it a text when somebody edits the cell;
    it is no part of the value.
    """
    book = xlsxwriter.Workbook(str(path), OPTIONS)
    head = book.add_format({"bold": True})
    quoted = book.add_format({"quote_prefix": True})
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, header, rows in tables:
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(0, len(header) - 1), 18)
        for at, title in enumerate(header):
            sheet.write_string(0, at, title, head)
        for line, row in enumerate(rows, start=1):
            for at, cell in enumerate(row):
                write_cell(sheet, line, at, cell, date, quoted)
    if policy is not None:
        sheet = book.add_worksheet("policy")
        sheet.set_column(0, 0, 120)
        for line, words in enumerate(policy.splitlines()):
            sheet.write_string(line, 0, words)
    book.close()


def write_cell(sheet: Any, line: int, at: int, cell: Any, date: Any, quoted: Any) -> None:
    """Write one value by its type; an empty one leaves the cell out."""
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(line, at, cell)
    elif isinstance(cell, int | float | Decimal):
        sheet.write_number(line, at, cell)
    elif isinstance(cell, dt.date) and not isinstance(cell, dt.datetime) and cell >= _EARLIEST:
        sheet.write_datetime(line, at, cell, date)
    elif isinstance(cell, dt.date):
        sheet.write_string(line, at, cell.isoformat())
    else:
        sheet.write_string(line, at, str(cell), quoted if looks_like_formula(str(cell)) else None)
