"""Text files of sections and comma-separated lines: every fault is collected, with its line and field."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tildeling.errors import DataError, Fault
from tildeling.files.limits import DEFAULT_LIMITS, Limits

MOST = 2**31 - 1
"""The largest number a field may hold: sums of many still fit 64 bits."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with content: its number in the file from 1, the section it stands in, its fields, its text.

    Number 0 is of a section as a whole.
    """

    number: int
    section: str
    fields: tuple[str, ...]
    text: str = ""


def text_of(path: Path, limits: Limits = DEFAULT_LIMITS) -> str:
    """The text of a file in UTF-8, with or without a byte-order mark.

    Raises
    ------
    DataError
        If it cannot be read, is too large, or is no such text.
    """
    try:
        if path.stat().st_size > limits.file_bytes:
            most = {"limit": limits.file_bytes // 1_000_000}
            raise DataError([Fault("file_too_large", file=path.name, params=most)])
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        params = {"why": error.strerror or str(error)}
        raise DataError([Fault("unreadable", file=str(path), params=params)]) from error
    except UnicodeDecodeError as error:
        raise DataError([Fault("not_utf8", file=path.name)]) from error


class Faults:
    """Gathers the faults of one file; fields that are wrong read as None so that reading goes on."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []

    def add(
        self, code: str, line: Line | None = None, column: str = "", value: Any = None, **params: Any
    ) -> None:
        """A fault in a line, or of the file as a whole."""
        place: dict[str, Any] = {} if line is None else {"line": line.number or None, "section": line.section}
        self.found.append(Fault(code, column=column, value=value, params=params, file=self.file, **place))

    def stop(self) -> None:
        """End reading if anything was wrong.

        Raises
        ------
        DataError
            With every fault, in the order of the file.
        """
        if self.found:
            raise DataError(sorted(self.found, key=lambda fault: fault.line or 0))

    def wide(self, line: Line, count: int, code: str = "fields") -> bool:
        """Whether a line has so many fields; the text of ``code`` says how they are separated."""
        if len(line.fields) != count:
            self.add(code, line, value=line.text, wanted=count, found=len(line.fields))
        return len(line.fields) == count

    def name(self, line: Line, value: str, column: str) -> str:
        """An id that files and tables can hold."""
        if not value or any(sign in value for sign in "\t=|") or not value.isprintable():
            self.add("field_id", line, column, value)
        return value

    def known(self, line: Line, value: str, column: str, ids: Container[str], target: str) -> str | None:
        """An id that must be one of ``ids``."""
        if value in ids:
            return value
        self.add("unknown_reference", line, column, value, target=target)
        return None

    def whole(self, line: Line, value: str, column: str, low: int = 0, high: int = MOST) -> int | None:
        """A whole number between two limits."""
        if not (value.isascii() and value.removeprefix("-").isdigit()):
            self.add("whole_number", line, column, value)
            return None
        if len(value) > 20 or not low <= int(value) <= high:
            self.add("between", line, column, value, low=low, high=high)
            return None
        return int(value)


def sections(text: str, names: Sequence[str], faults: Faults) -> dict[str, list[Line]]:
    """Lines by section; a line that begins with ``#`` is a comment, ``SECTION_...`` begins a section."""
    found: dict[str, list[Line]] = {}
    began: dict[str, int] = {}
    current = ""
    for line in _lines(text):
        word = line.fields[0]
        if word.startswith("SECTION_"):
            current = line.text
            if current not in names:
                faults.add("unknown_section", line, value=current, allowed=", ".join(names))
            elif current in began:
                faults.add("section_twice", line, value=current, first=began[current])
            began.setdefault(current, line.number)
            found.setdefault(current, [])
        elif current:
            found[current].append(replace(line, section=current))
        else:
            faults.add("outside_section", line, value=line.text)
    for name in names:
        if name not in found:
            faults.add("missing_section", name=name)
    return {name: found.get(name, []) for name in names}


def _lines(text: str) -> Iterator[Line]:
    for number, content in enumerate(text.split("\n"), start=1):
        stripped = content.strip()
        if stripped and not stripped.startswith("#"):
            yield Line(number, "", tuple(field.strip() for field in stripped.split(",")), stripped)
