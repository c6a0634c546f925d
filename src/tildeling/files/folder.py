"""A folder with a CSV file for each table and the policy in ``policy.toml``."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tildeling.consistency import closest
from tildeling.errors import Fault
from tildeling.files.kind import Kind
from tildeling.files.kinds import KINDS, table_named
from tildeling.files.limits import Limits
from tildeling.files.policies import policy_from_toml
from tildeling.files.raw import RawDataset, RawTable, raw_dataset, table_from_grid

POLICY_FILE = "policy.toml"

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_RISKY = "=+\\-@＝＋－＠"
"""Characters with which a spreadsheet program takes a cell for a formula."""
_BLANKS = frozenset("\t\r\n")
"""What a program may pass over before it looks whether a text is a formula."""
_NEEDS_GUARD = re.compile(f"'*[{_RISKY}]")
_GUARDED = re.compile(f"'+[{_RISKY}]")
_GUARDED_ANYWHERE = re.compile(f"'[{_RISKY}]")


def read_folder(path: Path, limits: Limits, kind: Kind[Any] | None) -> RawDataset:
    """Every table file of a folder as it stands, of a kind given or told by their names.

    Raises
    ------
    OSError
        If a file cannot be opened.
    """
    files = sorted(path.iterdir())
    raw = raw_dataset(path.name, (file.stem for file in files if _is_csv(file)), kind)
    for file in files if not raw.faults else ():
        if file.suffix.lower() == ".toml":
            _read_policy(file, raw, limits)
        elif _is_csv(file):
            _read_file(file, raw, limits)
    return raw


def _is_csv(file: Path) -> bool:
    return file.suffix.lower() == ".csv" and not file.name.startswith(".")


def is_table_file(path: Path) -> bool:
    """Whether a reader takes a file for part of a data set, of any kind: two kinds cannot share a folder."""
    return path.name == POLICY_FILE or (
        _is_csv(path) and any(table_named(path.stem, kind) is not None for kind in KINDS)
    )


def _read_policy(file: Path, raw: RawDataset, limits: Limits) -> None:
    if file.name != POLICY_FILE:
        hint = closest(file.name, [POLICY_FILE])
        if hint:
            raw.faults.append(Fault("unknown_file", file=file.name, hint=hint))
        return
    text = _text_of(file, raw, limits)
    raw.policy.given, raw.policy.file = True, file.name
    if text is not None:
        raw.policy, faults = policy_from_toml(text, file.name)
        raw.faults += faults


def _read_file(file: Path, raw: RawDataset, limits: Limits) -> None:
    name = table_named(file.stem, raw.kind)
    if name is None:
        raw.faults.append(
            Fault(
                "unknown_file",
                file=file.name,
                hint=closest(file.name, [f"{table}.csv" for table in raw.kind.tables]),
            )
        )
        return
    if name in raw.tables or name in raw.broken:
        raw.faults.append(Fault("table_twice", name, file=file.name, params={"table": name}))
        return
    table = RawTable(raw.kind, name, file.name)
    text = _text_of(file, raw, limits, name)
    if text is None or not _fill(table, text, raw.faults, limits):
        raw.broken.add(name)
    else:
        raw.tables[name] = table


def _text_of(file: Path, raw: RawDataset, limits: Limits, table: str = "") -> str | None:
    size = file.stat().st_size
    if size > limits.file_bytes:
        params = {"limit": limits.file_bytes // 1_000_000}
        raw.faults.append(Fault("file_too_large", table, file=file.name, params=params))
        return None
    text = decoded(file.read_bytes())
    if text is None:
        raw.faults.append(Fault("not_text", table, file=file.name))
    return text


def decoded(content: bytes) -> str | None:
    """Text in the encodings spreadsheet programs write, or None."""
    encodings = [name for bom, name in _BOMS if content.startswith(bom)] or ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _fill(table: RawTable, text: str, faults: list[Fault], limits: Limits) -> bool:
    delimiter = _delimiter(text)
    guarded = _GUARDED_ANYWHERE.search(text) is not None
    grid: list[tuple[int, list[Any]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if guarded:
                cells = [unguarded(cell) for cell in cells]
            grid.append((line, cells))
            if len(cells) > limits.columns or len(grid) > limits.rows:
                faults.append(_too_many(table, line, limits))
                return False
            # A quoted cell may run over several lines: the row stands where it begins.
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(table.fault("csv", line=line, params={"message": str(error)}))
        return False
    return table_from_grid(table, grid, faults)


def _too_many(table: RawTable, line: int, limits: Limits) -> Fault:
    return table.fault("too_many_cells", line=line, params={"rows": limits.rows, "columns": limits.columns})


def _delimiter(text: str) -> str:
    """The delimiter the header uses most; titles hold none of them."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(";,\t", key=header.count)


def unguarded(cell: str) -> str:
    """The text as it was before ``guarded``."""
    return cell[1:] if _GUARDED.match(cell) else cell


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet program may take a text for a formula, now or when its cell is edited."""
    return text[:1] in _BLANKS or _NEEDS_GUARD.match(text) is not None


def guarded(text: str) -> str:
    """A text that a spreadsheet program shows and does not run: an apostrophe before what begins a formula.

    One apostrophe is taken off again on reading, so that every text comes back as it was.
    """
    return f"'{text}" if _NEEDS_GUARD.match(text) else text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A CSV file as Norwegian spreadsheet programs open it: semicolons, decimal commas.

    Texts are guarded against being run as formulas; numbers are not, so that -1 stays a number.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow([guarded(title) for title in header])
    writer.writerows(
        [[guarded(cell) if isinstance(cell, str) else _figure(cell) for cell in row] for row in rows]
    )
    return out.getvalue()


def _figure(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat())
    return str(cell).replace(".", ",")


def write_folder(
    path: Path, tables: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]], policy: str | None
) -> None:
    """Write table files into an empty folder; the byte order mark tells spreadsheet programs the encoding."""
    for name, header, rows in tables:
        (path / f"{name}.csv").write_text(csv_text(header, rows), encoding="utf-8-sig", newline="")
    if policy is not None:
        (path / POLICY_FILE).write_text(policy, encoding="utf-8", newline="")
