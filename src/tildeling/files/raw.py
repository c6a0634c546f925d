"""What stands in a file before it means anything: headers and cells with their places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tildeling.errors import Fault
from tildeling.files.kind import Kind
from tildeling.files.kinds import foreign_to, kind_named

POLICY = "policy"
"""Stands for a table's name in faults of the policy."""


@dataclass(slots=True)
class RawTable:
    """One table as it stands in a file or sheet.

    ``rows[i]`` stands at ``lines[i]`` as a person counts; ``unusable`` holds positions of rows whose cells
    do not line up with the header.
    """

    kind: Kind[Any]
    name: str
    file: str
    sheet: str = ""
    header: list[Any] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    unusable: set[int] = field(default_factory=set)
    header_line: int | None = 1

    def columns(self) -> list[list[Any]]:
        """The cells column by column."""
        return [[row[at] for row in self.rows] for at in range(len(self.header))]

    def fault(self, code: str, row: int | None = None, **rest: Any) -> Fault:
        """A fault at a place in this table."""
        line = rest.pop("line", None if row is None else self.lines[row])
        return Fault(code, self.name, row, file=self.file, sheet=self.sheet, line=line, **rest)


@dataclass(slots=True)
class RawPolicy:
    """The policy's tables as read, with the place they come from; ``text`` where it was TOML."""

    tables: Mapping[str, Any] | None = None
    file: str = ""
    sheet: str = ""
    given: bool = False
    text: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict)

    def fault(self, code: str, column: str = "", value: Any = None, **rest: Any) -> Fault:
        """A fault in the policy."""
        return Fault(
            code,
            POLICY,
            column=column,
            value=value,
            file=self.file,
            sheet=self.sheet,
            line=rest.pop("line", self.lines.get(column)),
            **rest,
        )


@dataclass(slots=True)
class RawDataset:
    """Every table found, the policy, and the faults of the files themselves.

    ``broken`` names tables that are there but cannot be read, so that nothing else is said of them.
    """

    kind: Kind[Any]
    source: str
    tables: dict[str, RawTable] = field(default_factory=dict)
    policy: RawPolicy = field(default_factory=RawPolicy)
    faults: list[Fault] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)


def raw_dataset(source: str, titles: Iterable[str], kind: Kind[Any] | None) -> RawDataset:
    """A raw data set without tables, of the kind asked for, else of the kind its names are of.

    Where they are the names of another kind, that is its only fault, and no table of it can be read.
    """
    words = list(titles)
    raw = RawDataset(kind or kind_named(words), source)
    if kind is not None and (other := foreign_to(kind, words)) is not None:
        raw.faults.append(Fault(f"is_{other.name}", file=source))
        raw.broken |= set(kind.tables)
    return raw


def table_from_grid(
    table: RawTable, grid: list[tuple[int, list[Any]]], faults: list[Fault], *, exact: bool = True
) -> bool:
    """Fill a table from numbered rows, the first of which is the header.

    Rows without content are passed over; cells beyond the header are accepted only where empty.  ``exact``
    asks that no row be shorter than the header, as in CSV files.  Returns whether a header was found.
    """
    grid = [(line, cells) for line, cells in grid if any(not _blank(cell) for cell in cells)]
    if not grid:
        faults.append(table.fault("empty_table"))
        return False
    table.header_line, header = grid[0]
    while header and _blank(header[-1]):
        header = header[:-1]
    width = len(header)
    table.header = list(header)
    for line, cells in grid[1:]:
        table.lines.append(line)
        found = len(cells)
        if found > width:
            if any(not _blank(cell) for cell in cells[width:]):
                _ragged(table, faults, found, width)
            cells = cells[:width]
        elif found < width:
            if exact:
                _ragged(table, faults, found, width)
            cells = [*cells, *[None] * (width - found)]
        table.rows.append(cells)
    return True


def _ragged(table: RawTable, faults: list[Fault], found: int, width: int) -> None:
    row = len(table.rows)
    table.unusable.add(row)
    faults.append(table.fault("ragged_row", row, params={"found": found, "width": width}))


def _blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and (not cell or cell.isspace()))
