"""A raw table's header: which column each title means, and what must not stand below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tildeling.consistency import closest
from tildeling.errors import Fault
from tildeling.files.columns import column_named, columns
from tildeling.files.identity import cells_with_identity_number, holds_identity_number, masked
from tildeling.files.raw import RawTable


def header_positions(raw: RawTable, faults: list[Fault]) -> dict[str, int]:
    """Where each known column stands."""
    positions: dict[str, int] = {}
    known = columns(raw.name, raw.kind)
    for at, cell in enumerate(raw.header):
        title = "" if cell is None else str(cell)
        if not title.strip():
            if any(row[at] not in (None, "") for row in raw.rows):
                faults.append(raw.fault("no_header", line=raw.header_line, params={"number": at + 1}))
            continue
        if holds_identity_number(cell):
            faults.append(raw.fault("identity_number", line=raw.header_line, column=title))
            continue
        name = column_named(raw.name, title, raw.kind)
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


def identity_faults(raw: RawTable, every: Sequence[Sequence[Any]]) -> list[tuple[int, Fault]]:
    """The cells that hold an identity number: their position and the fault."""
    found: list[tuple[int, Fault]] = []
    for at, (title, cells) in enumerate(zip(raw.header, every, strict=True)):
        for row in cells_with_identity_number(cells):
            column, value = str(title).strip(), masked(cells[row])
            found.append((at, raw.fault("identity_number", row, column=column, value=value)))
    return found


def title_of(raw: RawTable, name: str) -> str:
    """The header as it stands in the file, which is what the reader of a fault looks for."""
    return next(
        (str(title).strip() for title in raw.header if column_named(raw.name, str(title), raw.kind) == name),
        name,
    )
