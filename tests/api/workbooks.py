"""Workbooks by hand, part by part: what no program that means well would write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SHEET = "xl/worksheets/sheet{}.xml"


def parts_of(book: bytes) -> dict[str, bytes]:
    """Every part of a workbook by name."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def book_of(parts: Mapping[str, bytes], stored: bool = False) -> bytes:
    """A workbook of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def sheet(rows: str, before: str = "") -> bytes:
    """A sheet's part with rows as they are given."""
    return f'{HEAD}{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def inline(row: int, *words: str) -> str:
    """A row of texts that stand in their cells."""
    cells = "".join(
        f'<c r="{chr(65 + at)}{row}" t="inlineStr"><is><t>{escape(word)}</t></is></c>'
        for at, word in enumerate(words)
    )
    return f'<row r="{row}">{cells}</row>'


def place_of(parts: Mapping[str, bytes], title: str) -> str:
    """The name of the part that holds a sheet; ours are numbered in order."""
    titles = parts["xl/workbook.xml"].decode().split('<sheet name="')[1:]
    names = [each.partition('"')[0] for each in titles]
    return SHEET.format(names.index(title) + 1)
