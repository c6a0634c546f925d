"""A look into a workbook before it is unpacked: it must not swell beyond the limits."""

from __future__ import annotations

import copy
import re
import zipfile
import zlib
from pathlib import Path

from tildeling.errors import Fault
from tildeling.files.limits import Limits

_CHUNK = 1 << 20
_SMALL = 4_000_000
"""Parts below this unpack to so little that their ratio says nothing."""
_CELL = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]+)([0-9]+)\s*["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row(?=[\s/>])(?:[^>]*?\sr\s*=\s*["']\s*([0-9]+))?""")
_BARE = re.compile(rb"""<(?:\w+:)?c(?=[\s/>])(?![^>]*\sr\s*=)""")
_DOCTYPE = re.compile(rb"<!doctype", re.IGNORECASE)
_FAR = 2**40
"""Where a row or column is that no sheet has."""


def archive_fault(path: Path, limits: Limits) -> Fault | None:
    """Why a workbook must not be unpacked, or None.

    Sizes are counted while inflating, since what an archive says of itself may be untrue.
    """
    if path.stat().st_size > limits.file_bytes:
        return Fault("file_too_large", file=path.name, params={"limit": limits.file_bytes // 1_000_000})
    try:
        with zipfile.ZipFile(path) as archive:
            return _swells(archive, path.name, limits)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        OverflowError,
    ):
        return Fault("not_workbook", file=path.name)


def _swells(archive: zipfile.ZipFile, file: str, limits: Limits) -> Fault | None:
    parts = archive.infolist()
    large = Fault("workbook_too_large", file=file, params={"limit": limits.unpacked_bytes // 1_000_000})
    if len(parts) > limits.parts or len({part.filename for part in parts}) < len(parts):
        return large
    room, cells, shared, longest = limits.unpacked_bytes, 0, 0, 0
    for part in parts:
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return Fault("not_workbook", file=file)
        content = _inflated(archive, part, min(room, max(_SMALL, limits.ratio * part.compress_size)))
        if content is None:
            return large
        room -= len(content)
        if _DOCTYPE.search(content):
            # No workbook has one: it is there to declare entities, which are read from elsewhere, or swell.
            return Fault("not_workbook", file=file)
        if b"sheetData" in content:  # whatever its name: the workbook may say that any part is a sheet
            cells += _extent(content)
            shared += content.count(b'"s"') + content.count(b"'s'")
        elif "sharedstrings" in part.filename.lower():
            longest = max((len(piece) for piece in content.split(b"</si>")), default=0)
    # A sheet is laid out as a full rectangle, and each cell gets a copy of the text it shares.
    if cells > limits.cells or shared * longest > limits.text_bytes:
        return Fault("sheet_too_large", file=file, params={"limit": limits.cells})
    return None


def _inflated(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> bytes | None:
    """The whole part, or None where it is larger than the room left."""
    honest = copy.copy(part)
    # Never reached, so that the end is where the data ends and not where the archive says.
    honest.file_size = room + 2 * _CHUNK
    pieces, size = [], 0
    with archive.open(honest) as stream:
        while piece := stream.read(_CHUNK):
            pieces.append(piece)
            size += len(piece)
            if size > room:
                return None
    return b"".join(pieces)


def _extent(sheet: bytes) -> int:
    """Cells of the rectangle a sheet's furthest row and column span, at most.

    Rows and cells that do not say where they are follow the ones before them.
    """
    columns: set[bytes] = set()
    last = 0
    for cell in _CELL.finditer(sheet):
        columns.add(cell[1])
        last = max(last, _number(cell[2]))
    unnumbered = 0
    for row in _ROW.finditer(sheet):
        if row[1] is None:
            unnumbered += 1
        else:
            last = max(last, _number(row[1]))
    return (last + unnumbered) * (max(map(column_number, columns), default=0) + _bare_cells(sheet))


def _bare_cells(sheet: bytes) -> int:
    """Most cells of a row that do not say where they are."""
    if _BARE.search(sheet) is None:
        return 0
    starts = [row.start() for row in _ROW.finditer(sheet)] or [0]
    ends = [*starts[1:], len(sheet)]
    return max(
        sum(1 for _ in _BARE.finditer(sheet, start, end)) for start, end in zip(starts, ends, strict=True)
    )


def _number(digits: bytes) -> int:
    return int(digits) if len(digits) <= 7 else _FAR


def column_number(letters: bytes) -> int:
    """Which column letters name, from 1."""
    if len(letters) > 3:
        return _FAR
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
