"""Rows on disk: a line a run, written through before the next; what was done need not be done again."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from tildeling.bench.runs import Row
from tildeling.errors import UsageError

FILE = "runs.jsonl"


class Store:
    """The runs of a campaign in a folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.rows = {row.key: row for row in read(self.path)}

    def has(self, key: str) -> bool:
        """Whether a run is done, and did not fail."""
        return key in self.rows and not self.rows[key].failed

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only one that writes here.

        Raises
        ------
        UsageError
            If another campaign does.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise UsageError(f"{self.path}: another campaign writes here") from error
            _end_line(file.fileno(), self.path)
            yield

    def keep(self, row: Row) -> None:
        """Add a run, if it is not there; nothing is lost from here."""
        if self.has(row.key):
            return
        with self.path.open("ab") as file:
            file.write(row.model_dump_json().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self.rows[row.key] = row


def read(path: Path) -> list[Row]:
    """The rows of a file, one a run: the first, or if it failed the last; a line that a crash cut short is no row.

    Raises
    ------
    UsageError
        If any other line is none.
    """
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")
    rows: dict[str, Row] = {}
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            row = Row.model_validate_json(line)
        except ValidationError as error:
            if number == len(lines):
                continue
            raise UsageError(f"{path}, line {number}: is no row of a campaign") from error
        if row.key not in rows or rows[row.key].failed:
            rows[row.key] = row
    return list(rows.values())


def _end_line(descriptor: int, path: Path) -> None:
    """End the last line, so that the next row has one of its own; take it away if a crash cut it short."""
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole == len(content):
        return
    try:
        Row.model_validate_json(content[whole:])
    except ValidationError:
        os.ftruncate(descriptor, whole)
    else:
        os.write(descriptor, b"\n")
