"""A workbook's sheets as they stand: cells by row and column, once it is known that they may be laid out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook

from tildeling.errors import Fault
from tildeling.files.archive import archive_fault, column_number
from tildeling.files.limits import Limits

Grid = list[list[Any]]

MOST_TOLD = 1_000
"""Lost cells that are told."""

_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(rb"<(?:\w+:)?c(\s[^>]*?)?(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_REFERENCE = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]+)([0-9]+)""")
_KIND = re.compile(rb"""\bt\s*=\s*["']\s*(\w+)""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)<")


@dataclass(frozen=True, slots=True)
class Lost:
    """A cell that reads as if it were empty: it came to an error, or is a formula that was never worked out.

    ``row`` and ``column`` count from 0; ``error`` is None for a formula.
    """

    title: str
    place: str
    row: int
    column: int
    error: str | None

    def fault(self, file: str) -> Fault:
        """It as a fault."""
        code = "cell_formula" if self.error is None else "cell_error"
        return Fault(
            code, file=file, sheet=self.title, line=self.row + 1, column=self.place, value=self.error
        )


def grids(path: Path, limits: Limits) -> tuple[list[tuple[str, Grid]], list[Lost]] | Fault:
    """Every sheet's title and cells, in order, and the cells that are lost; or why they cannot be had.

    Formulas are not worked out: what they came to when the file was saved counts.

    Raises
    ------
    OSError
        If the file cannot be opened.
    """
    fault = archive_fault(path, limits)
    if fault is not None:
        return fault
    found: list[tuple[str, Grid]] = []
    cells = 0
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes())) as workbook:
            for title in workbook.sheet_names:
                grid = workbook.get_sheet_by_name(title).to_python(skip_empty_area=False)
                cells += len(grid) * len(grid[0]) if grid else 0
                if cells > limits.cells:  # many sheets may be one and the same part
                    return Fault("sheet_too_large", file=path.name, params={"limit": limits.cells})
                found.append((title, grid))
    except (OSError, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:
        # The reader is Rust: on some broken files it panics, which is no Exception in Python.
        return Fault("not_workbook", file=path.name)
    return found, list(islice(_lost(path), MOST_TOLD))


def _lost(path: Path) -> Iterator[Lost]:
    with zipfile.ZipFile(path) as archive:
        known = set(archive.namelist())
        for name, title in _titles(archive).items():
            if name in known:
                yield from _unknown(archive.read(name), title)


def _unknown(part: bytes, title: str) -> Iterator[Lost]:
    if _FORMULA.search(part) is None and b'"e"' not in part and b"'e'" not in part:
        return
    for cell in _CELL.finditer(part):
        attributes, inner = cell[1] or b"", cell[2] or b""
        kind, value, place = _KIND.search(attributes), _VALUE.search(inner), _REFERENCE.search(attributes)
        error = kind is not None and kind[1] == b"e"
        unworked = value is None and _FORMULA.search(inner) and (kind is None or kind[1] != b"str")
        if place is not None and (error or unworked):
            said = value[1].decode(errors="replace") if value is not None else "?"
            yield Lost(
                title, (place[1] + place[2]).decode(), int(place[2]) - 1, column_number(place[1]) - 1,
                said if error else None,
            )  # fmt: skip


def _titles(archive: zipfile.ZipFile) -> dict[str, str]:
    """Titles of sheets by the part that holds them; none where the workbook says it in no way that is known."""
    try:
        links = {
            link.get("Id"): str(link.get("Target")) for link in ElementTree.fromstring(archive.read(_LINKS))
        }
        return {
            _part(links[each.get(_RELATION)]): str(each.get("name"))
            for each in ElementTree.fromstring(archive.read(_BOOK)).iter()
            if each.tag.endswith("}sheet") and each.get(_RELATION) in links
        }
    except (KeyError, ElementTree.ParseError, ValueError):
        return {}


def _part(target: str) -> str:
    """A target as the archive names it: from the top, or from the folder of the workbook."""
    return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
