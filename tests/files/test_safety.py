"""Whatever bytes come in, they are refused in words: no crash, no swelling."""

from __future__ import annotations

import io
import tempfile
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example as case
from hypothesis import given, settings
from hypothesis import strategies as st

from tildeling.errors import DataError
from tildeling.files import Limits, read_dataset, write_dataset
from tildeling.files.limits import DEFAULT_LIMITS
from tildeling.housing.dataset import Dataset

from .conftest import Folder, example_dataset


def codes(path: Path, limits: Limits = DEFAULT_LIMITS) -> set[str]:
    with pytest.raises(DataError) as caught:
        read_dataset(path, limits=limits)
    return {fault.code for fault in caught.value.faults}


@pytest.fixture
def book(example: Dataset, tmp_path: Path) -> Path:
    write_dataset(example, tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def with_part(book: Path, name: str, content: bytes) -> Path:
    """The workbook with one part replaced."""
    with zipfile.ZipFile(book) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, old in parts.items():
            archive.writestr(part, content if part == name else old)
    return book


def cell_at(reference: str) -> bytes:
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    cell = f'<row r="{row}"><c r="{reference}"><v>1</v></c></row>'
    return head + cell.encode() + b"</sheetData></worksheet>"


def test_a_part_that_swells(book: Path) -> None:
    assert codes(with_part(book, "docProps/app.xml", b" " * 8_000_000)) == {"workbook_too_large"}


def test_parts_that_swell_together(book: Path) -> None:
    assert codes(book, replace(DEFAULT_LIMITS, unpacked_bytes=20_000)) == {"workbook_too_large"}


def test_a_size_that_is_not_what_the_archive_says(book: Path) -> None:
    with_part(book, "docProps/app.xml", b" " * 8_000_000)
    content = book.read_bytes().replace((8_000_000).to_bytes(4, "little"), (80).to_bytes(4, "little"))
    book.write_bytes(content)
    assert codes(book) & {"workbook_too_large", "not_workbook"}


@pytest.mark.parametrize("reference", ["XFD1048576", "A9999999", "ZZZ1048576"])
def test_a_cell_far_away(book: Path, reference: str) -> None:
    far = with_part(book, "xl/worksheets/sheet2.xml", cell_at(reference))
    assert codes(far, replace(DEFAULT_LIMITS, cells=1_000_000)) == {"sheet_too_large"}


def test_one_text_shared_by_many_cells(book: Path) -> None:
    assert codes(book, replace(DEFAULT_LIMITS, text_bytes=10_000)) == {"sheet_too_large"}


def test_limits_of_files(folder: Folder, book: Path, tmp_path: Path) -> None:
    write_dataset(example_dataset(), tmp_path / "a.json")
    small = replace(DEFAULT_LIMITS, file_bytes=100)
    assert "file_too_large" in codes(folder.path, small)
    assert codes(book, small) == codes(tmp_path / "a.json", small) == {"file_too_large"}
    assert "too_many_cells" in codes(folder.path, replace(DEFAULT_LIMITS, rows=2))
    assert "too_many_cells" in codes(tmp_path / "a.json", replace(DEFAULT_LIMITS, columns=5))


def test_formats_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "data.ods").write_bytes(b"PK")
    assert codes(tmp_path / "data.ods") == {"unknown_format"}
    (tmp_path / "old.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    assert codes(tmp_path / "old.xlsx") == {"not_workbook"}
    with pytest.raises(FileNotFoundError):
        read_dataset(tmp_path / "none")


def refused_or_read(path: Path) -> None:
    with suppress(DataError, OSError):
        read_dataset(path)


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=200), suffix=st.sampled_from([".json", ".xlsx"]))
@case(content=b"\xff\xfe\x00", suffix=".json")
@case(content=b'{"dataset": {"dataset_id": {}}}', suffix=".json")
def test_any_bytes(content: bytes, suffix: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"a{suffix}"
        path.write_bytes(content)
        refused_or_read(path)


@settings(max_examples=150, deadline=None)
@given(
    table=st.sampled_from(["applicants", "sites", "dataset", "relations"]),
    content=st.binary(max_size=200) | st.text(";,\n\"'=aæ1.-", max_size=80).map(str.encode),
    policy=st.binary(max_size=80) | st.text('abc=[]{}\n".1', max_size=40).map(str.encode),
)
def test_any_bytes_in_a_folder(table: str, content: bytes, policy: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / f"{table}.csv").write_bytes(content)
        (Path(name) / "policy.toml").write_bytes(policy)
        refused_or_read(Path(name))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_value_in_any_field(data: st.DataObject) -> None:
    import json

    from tildeling.files.writing import _rows_of

    content = {**_rows_of(example_dataset()), "policy": {"rules": {}, "tiers": [], "features": {}}}
    table = data.draw(st.sampled_from(sorted(content)))
    value = data.draw(JSON)
    part = content[table][0] if isinstance(content[table], list) else content[table]
    part[data.draw(st.sampled_from(sorted(part)))] = value
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        refused_or_read(path)


WHOLE = io.BytesIO()
with tempfile.TemporaryDirectory() as _folder:
    write_dataset(example_dataset(), Path(_folder) / "a.xlsx")
    WHOLE.write((Path(_folder) / "a.xlsx").read_bytes())


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_workbook_with_damaged_parts(data: st.DataObject) -> None:
    """Damage inside the parts, so that it gets past the archive's checksums to the reader."""
    out = io.BytesIO()
    with zipfile.ZipFile(WHOLE) as archive, zipfile.ZipFile(out, "w") as damaged:
        names = archive.namelist()
        hit = data.draw(st.sampled_from(names))
        for name in names:
            content = bytearray(archive.read(name))
            if name == hit and content:
                at = data.draw(st.integers(0, len(content) - 1))
                content[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=20))
            damaged.writestr(name, bytes(content))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(out.getvalue())
        refused_or_read(path)


@settings(max_examples=50, deadline=None)
@given(at=st.integers(0, 20_000), piece=st.binary(min_size=1, max_size=4))
def test_a_damaged_workbook(at: int, piece: bytes) -> None:
    content = bytearray(WHOLE.getvalue())
    at %= len(content)
    content[at : at + len(piece)] = piece
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(bytes(content))
        refused_or_read(path)


def test_a_cell_far_away_in_any_spelling(book: Path) -> None:
    """Letters and digits without end, and cells that follow a row far down without saying where they are."""
    small = replace(DEFAULT_LIMITS, cells=1_000_000)
    for reference in ("ZZZZZZ1", "A99999999999999999999"):
        assert codes(with_part(book, "xl/worksheets/sheet2.xml", cell_at(reference)), small) == {
            "sheet_too_large"
        }
    bare = cell_at("A1").replace(b'<c r="A1">', b"<c>").replace(b'<row r="1">', b'<row r="1048576">')
    many = bare.replace(b"<c><v>1</v></c>", b"<c><v>1</v></c>" * 20)
    assert codes(with_part(book, "xl/worksheets/sheet2.xml", many), small) == {"sheet_too_large"}


def test_declared_entities_are_not_even_looked_at(book: Path) -> None:
    with zipfile.ZipFile(book) as archive:
        part = archive.read("xl/workbook.xml")
    end = part.index(b"?>") + 2
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    assert codes(with_part(book, "xl/workbook.xml", part[:end] + entity + part[end:])) == {"not_workbook"}


@pytest.mark.parametrize("policy", ["[" * 60 + "]" * 60, '{"a":' * 60 + "1" + "}" * 60])
def test_what_is_nested_too_deeply_for_anything_that_follows(tmp_path: Path, policy: str) -> None:
    (tmp_path / "a.json").write_text(f'{{"dataset": {{}}, "policy": {policy}}}', encoding="utf-8")
    assert codes(tmp_path / "a.json") == {"json"}
    (tmp_path / "policy.toml").write_text(".".join("a" * 60) + " = 1", encoding="utf-8")
    (tmp_path / "a.json").unlink()
    assert "toml" in codes(tmp_path)
