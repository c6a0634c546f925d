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
_CELL = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{1,3})([0-9]{1,7})\s*["']""")


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
        name = part.filename.lower()
        if name.endswith(".xml") and "worksheets/" in name:
            cells += _extent(content)
            shared += content.count(b'"s"') + content.count(b"'s'")
        elif "sharedstrings" in name:
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
    """Cells of the rectangle a sheet's furthest row and column span."""
    columns: set[bytes] = set()
    last = 0
    for letters, digits in _CELL.findall(sheet):
        columns.add(letters)
        last = max(last, int(digits))
    return last * max(map(_number, columns), default=0)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
