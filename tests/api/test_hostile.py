"""Bodies that mean harm: each is refused in words and in time, nothing is kept, and the next one is answered."""

from __future__ import annotations

import io
import json
import re
import resource
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api import workbooks
from tests.api.workbooks import HEAD, MAIN, inline, sheet

from tildeling import read_dataset
from tildeling.files import write_dataset
from tildeling_api.access.accounts import Accounts
from tildeling_api.access.roles import Role
from tildeling_api.app import create_app
from tildeling_api.media import JSON, XLSX
from tildeling_api.store.database import Database

from .conftest import Client, unqueued
from .test_copies import rows

Problem = Callable[..., dict[str, Any]]
MOST_S, MOST_MEMORY = 20.0, 300_000_000
"""Seconds until an answer, on a machine that others use too; bytes by which the interface may grow."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """One for all of them: nothing may be left in it by any."""
    made = Database(f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'service.db'}")
    made.migrate()
    return made


@pytest.fixture(scope="module")
def researcher(database: Database) -> Client:
    token = Accounts(database).add("default", "a researcher", Role.RESEARCHER)[1].secret
    return Client(create_app(database, unqueued), token)


@pytest.fixture(scope="module")
def parts(small: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The small data set as the parts of a workbook."""
    path = tmp_path_factory.mktemp("book") / "small.xlsx"
    write_dataset(read_dataset(small), path)
    return workbooks.parts_of(path.read_bytes())


def refused(
    client: Client, database: Database, body: bytes, kind: str, headers: dict[str, str] | None = None
) -> httpx.Response:
    """The answer to a body, once it is known that it was bounded and left nothing."""
    before, memory = rows(database), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    begun = time.monotonic()
    answer = client.post("/v1/datasets", content=body, headers={"content-type": kind} | (headers or {}))
    assert time.monotonic() - begun < MOST_S
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - memory < MOST_MEMORY
    assert 400 <= answer.status_code < 500, answer.text[:400]
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < 1_000_000
    assert rows(database) == before
    assert client.get("/v1/health").status_code == 200
    return answer


# --- documents -----------------------------------------------------------------------------------------


def changed(document: dict[str, Any], table: str, **fields: Any) -> bytes:
    """A document whose first row of a table, or whose data set, is another."""
    part = document[table][0] if isinstance(document[table], list) else document[table]
    part.update(fields)
    return json.dumps(document).encode()


def literal(document: dict[str, Any], field: str, words: str) -> bytes:
    """A document whose first applicant has a field just as it is written."""
    return changed(document, "applicants", **{field: "@@"}).replace(b'"@@"', words.encode())


NO_DOCUMENTS = {
    "empty": b"",
    "half": b"{",
    "a word": b'"x"',
    "null": b"null",
    "lists in lists": b"[" * 100_000,
    "lists in lists, closed": b"[" * 100_000 + b"]" * 100_000,
    "objects in objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "zeros": b"\0" * 1_000,
    "half of UTF-16": "\ufeff{}".encode("utf-16-le")[:-1],
    "a NUL in UTF-16": "\ufeff\0".encode("utf-16-le"),
    "bytes of nothing": bytes(range(256)) * 100,
    "a workbook": b"PK\x03\x04" + b"\0" * 100,
    "a name of megabytes": json.dumps({"k" * 5_000_000: 1}).encode(),
    "names twice": b'{"dataset": {}, "dataset": {}}',
    "thousands of tables": json.dumps({f"t{n}": 1 for n in range(50_000)}).encode(),
}


@pytest.mark.parametrize("name", NO_DOCUMENTS)
def test_what_is_no_document_is_said_so(
    researcher: Client, database: Database, problem: Problem, name: str
) -> None:
    said = problem(refused(researcher, database, NO_DOCUMENTS[name], JSON), 422, "faults")
    for fault in said["faults"]:
        assert fault["path"].startswith("dataset.json")
        assert fault["requirement"]


@pytest.mark.parametrize(
    ("field", "words", "value"),
    [
        ("age", "1e999999", "inf"),
        ("care_hours", "-1e999999", "-inf"),
        ("applicant_id", "1e999999", "inf"),
        ("age", "9" * 4_000, "9" * 57 + "..."),
        ("care_hours", "9" * 4_000, "9" * 57 + "..."),
        ("applicant_id", "9" * 4_000, "9" * 57 + "..."),
        ("age", f'"{"9" * 100_000}"', "9" * 57 + "..."),
        ("applicant_id", f'"{"x" * 3_000_000}"', "x" * 57 + "..."),
        ("applicant_id", '"a\\u202eb"', "a\u202eb"),
        ("applicant_id", '"\u0430pplicant"', "\u0430pplicant"),
        ("applicant_id", '"a\\u0000b"', "a\0b"),
        ("applicant_id", '"a\\ud800b"', "a\\ud800b"),
        ("applicant_id", '"\'; DROP TABLE datasets;--"', "'; DROP TABLE datasets;--"),
        ("applicant_id", '"=1+1"', "=1+1"),
        ("applicant_id", '"../../etc/passwd"', "../../etc/passwd"),
        ("applicant_id", '"<script>alert(1)</script>"', "<script>alert(1)</script>"),
        ("steps_above_reason", '"a\\u0007b"', "a\x07b"),
        ("steps_above_reason", '"a\\udfffb"', "a\\udfffb"),
    ],
)  # fmt: skip
def test_a_value_that_is_none_is_named_with_its_place(
    researcher: Client, database: Database, problem: Problem, document: dict[str, Any], field: str,
    words: str, value: str,
) -> None:  # fmt: skip
    answer = refused(researcher, database, literal(document, field, words), JSON)
    fault = problem(answer, 422, "faults")["faults"][0]
    assert fault["path"] == f"dataset.json#/applicants row 1 '{field}'"
    assert fault["requirement"].startswith("must ")
    assert fault.get("value") == value


@pytest.mark.parametrize(
    ("field", "words", "said"),
    [
        ("age", "NaN", "NaN is no JSON"),
        ("care_hours", "-Infinity", "-Infinity is no JSON"),
        ("age", "9" * 100_000, "a number has too many digits"),
        ("age", "[" * 900 + "]" * 900, "nested too deeply"),
        ("age", "[" * 40 + "]" * 40, "nested too deeply"),
    ],
)
def test_what_json_cannot_say(
    researcher: Client, database: Database, problem: Problem, document: dict[str, Any], field: str,
    words: str, said: str,
) -> None:  # fmt: skip
    answer = refused(researcher, database, literal(document, field, words), JSON)
    fault = problem(answer, 422, "faults")["faults"][0]
    assert said in fault["requirement"]


def test_names_of_data_sets_are_plain(
    researcher: Client, database: Database, problem: Problem, document: dict[str, Any]
) -> None:
    for name in ("x' OR '1'='1", "a\u202eb", "sm\u0430ll", "", "a/b", "x" * 61, "a\nb", "a\ud800"):
        answer = refused(researcher, database, changed(document, "dataset", dataset_id=name), JSON)
        assert problem(answer, 422, "faults")["faults"][0]["path"].endswith("'dataset_id'")


@pytest.mark.parametrize(
    "policy", ['{"a":' * 500 + "1" + "}" * 500, "[" * 500 + "]" * 500, '{"rules": 1e999}']
)
def test_a_hostile_policy(
    researcher: Client, database: Database, document: dict[str, Any], policy: str
) -> None:
    body = json.dumps(document | {"policy": "@@"}).replace('"@@"', policy).encode()
    refused(researcher, database, body, JSON)


@pytest.mark.parametrize(
    "wide",
    [
        lambda row: [row | {str(n): 1 for n in range(100_000)}],
        lambda row: [row | {"applicant_id": "a"}] * 5_000,
        lambda row: [row | {"place_wishes": "|".join(["site:none"] * 50_000)}],
        lambda row: [{}] * 50_000,
    ],
    ids=["columns", "the same row", "wishes", "empty rows"],
)
def test_what_is_wide(
    researcher: Client, database: Database, problem: Problem, document: dict[str, Any], wide: Any
) -> None:
    body = json.dumps(document | {"applicants": wide(document["applicants"][0])}).encode()
    problem(refused(researcher, database, body, JSON), 422, "faults")


def test_a_document_in_utf_16_is_read(researcher: Client, small_json: bytes) -> None:
    """Spreadsheet programs write it; it means what it says."""
    body = small_json.decode().encode("utf-16")
    answer = researcher.post("/v1/datasets/validate", content=body, headers={"content-type": JSON})
    assert answer.status_code == 200


# --- workbooks -----------------------------------------------------------------------------------------

Parts = dict[str, bytes]
ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "' + "ha" * 500 + '">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">' for n in range(1, 10)) + "]>"
)  # fmt: skip
AGE = re.compile(rb'<c r="E2"[^>]*>.*?</c>')
STRINGS, STYLES, BOOK = "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"


def declared(part: bytes, words: str) -> bytes:
    """A part with something declared before its root."""
    end = part.index(b"?>") + 2
    return part[:end] + words.encode() + part[end:]


def age(parts: Parts, cell: str) -> Parts:
    """The first applicant's age, as a cell of one's own."""
    name = workbooks.place_of(parts, "applicants")
    return parts | {name: AGE.sub(lambda _: cell.encode(), parts[name], count=1)}


def applicants(parts: Parts, part: bytes) -> Parts:
    return parts | {workbooks.place_of(parts, "applicants"): part}


def often(parts: Parts, many: int) -> Parts:
    """The same sheet under many names."""
    more = "".join(f'<sheet name="x{n}" sheetId="{n + 100}" r:id="rId2"/>' for n in range(many))
    far = sheet('<row r="1000"><c r="ALL1000"><v>1</v></c></row>')
    book = parts[BOOK].replace(b"</sheets>", more.encode() + b"</sheets>")
    return applicants(parts, far) | {BOOK: book}


def moved(parts: Parts) -> Parts:
    """A far cell in a sheet that lies where no sheet is looked for."""
    name = workbooks.place_of(parts, "applicants")
    base, other = name.rpartition("/")[2].encode(), b"x/s.bin"
    far = age(parts, '<c r="XFD1048576"><v>1</v></c>')[name]
    told = {each: part.replace(b"worksheets/" + base, other) for each, part in parts.items() if each != name}
    return told | {"xl/x/s.bin": far}


def policy(parts: Parts, *pairs: tuple[str, str]) -> Parts:
    lines = "".join(inline(n, *pair) for n, pair in enumerate((("key", "value"), *pairs), start=1))
    return parts | {workbooks.place_of(parts, "policy"): sheet(lines)}


SWELLING: dict[str, Callable[[Parts], Parts]] = {
    "a part that swells": lambda p: p | {"docProps/app.xml": b" " * 60_000_000},
    "a sheet that swells": lambda p: applicants(p, sheet(" " * 60_000_000)),
    "so many parts": lambda p: p | {f"x/{n}": b"" for n in range(3_000)},
    "a text that swells": lambda p: p | {STRINGS: b"<sst><si><t>" + b"x" * 50_000_000 + b"</t></si></sst>"},
    "a cell far away": lambda p: age(p, '<c r="XFD1048576"><v>1</v></c>'),
    "a row far away": lambda p: age(p, '<c r="A9999999"><v>1</v></c>'),
    "a column that is none": lambda p: age(p, '<c r="ZZZZZZ1"><v>1</v></c>'),
    "a row that is none": lambda p: age(p, '<c r="A99999999999999999999"><v>1</v></c>'),
    "cells without a place, far down": lambda p: applicants(
        p, sheet('<row r="1048576">' + "<c><v>1</v></c>" * 16_000 + "</row>")
    ),
    "a row number that is none": lambda p: applicants(p, sheet('<row r="99999999999999999999"><c/></row>')),
    "a sheet where none is looked for": moved,
    "the same sheet again and again": lambda p: often(p, 50),
}

UNREADABLE: dict[str, Callable[[Parts], Parts]] = {
    "an entity from a file, in texts": lambda p: (
        p | {STRINGS: declared(p[STRINGS], ENTITY).replace(b"<t>Et tenkt", b"<t>&e;Et tenkt")}
    ),
    "an entity that nobody uses": lambda p: p | {STRINGS: declared(p[STRINGS], ENTITY)},
    "an entity in the book": lambda p: p | {BOOK: declared(p[BOOK], ENTITY)},
    "an entity in lower case": lambda p: p | {BOOK: declared(p[BOOK], ENTITY.replace("DOCTYPE", "doctype"))},
    "entities that multiply": lambda p: (
        p | {STRINGS: declared(p[STRINGS], LAUGHS).replace(b"<t>Et tenkt", b"<t>&a9;Et tenkt")}
    ),
    "an entity nobody declared": lambda p: (
        p | {STRINGS: p[STRINGS].replace(b"<t>Et tenkt", b"<t>&nothing;Et tenkt")}
    ),
    "a text that is not there": lambda p: age(p, '<c r="E2" t="s"><v>99999999</v></c>'),
    "a place that is none": lambda p: age(p, '<c r="E-5"><v>1</v></c>'),
    "no place": lambda p: age(p, '<c r=""><v>1</v></c>'),
    "nothing": lambda _: {},
    "something else": lambda _: {"a.txt": b"x"},
    "an open document": lambda _: {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"},
    "a binary workbook": lambda _: {"xl/workbook.bin": b"\0" * 100},
}


@pytest.mark.parametrize("name", SWELLING)
def test_a_workbook_that_swells_is_refused_before_it_does(
    researcher: Client, database: Database, problem: Problem, parts: Parts, name: str
) -> None:
    answer = refused(researcher, database, workbooks.book_of(SWELLING[name](parts)), XLSX)
    (fault,) = problem(answer, 422, "faults")["faults"]
    assert fault["path"] == "dataset.xlsx"
    assert fault["requirement"].startswith(("unpacks to more than 100 MB", "has sheets that span more than"))


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_no_workbook_holds_is_not_read(
    researcher: Client, database: Database, problem: Problem, parts: Parts, name: str
) -> None:
    answer = refused(researcher, database, workbooks.book_of(UNREADABLE[name](parts)), XLSX)
    (fault,) = problem(answer, 422, "faults")["faults"]
    assert fault["requirement"].startswith("cannot be read as a workbook")
    assert Path("/etc/hostname").read_text().strip() not in answer.text


def test_what_is_no_archive(researcher: Client, database: Database, problem: Problem, parts: Parts) -> None:
    whole = workbooks.book_of(parts)
    encrypted = bytearray(whole)
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):  # the flag that says so, at both places
        encrypted[whole.index(mark) + at] |= 1
    for body in (b"", b"PK", b"{}", whole[: len(whole) // 2], zlib.compress(whole), bytes(encrypted),
                 b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5_000):  # fmt: skip
        answer = refused(researcher, database, body, XLSX)
        (fault,) = problem(answer, 422, "faults")["faults"]
        assert fault["requirement"].startswith("cannot be read as a workbook")


@pytest.mark.parametrize(
    ("cell", "value", "requirement"),
    [
        ('<c r="E2"><f>1+1</f></c>', None, "is a formula that was not worked out"),
        ('<c r="E2"><f>1+1</f><v></v></c>', None, "is a formula that was not worked out"),
        ('<c r="E2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!", "is no value; mend the formula"),
        ('<c r="E2" t="e"><v>#REF!</v></c>', "#REF!", "is no value; mend the formula"),
    ],
)
def test_a_formula_without_a_value_is_not_an_empty_cell(
    researcher: Client, database: Database, problem: Problem, parts: Parts, cell: str, value: str | None,
    requirement: str,
) -> None:  # fmt: skip
    answer = refused(researcher, database, workbooks.book_of(age(parts, cell)), XLSX)
    (fault,) = problem(answer, 422, "faults")["faults"]
    assert fault["path"] == "dataset.xlsx sheet applicants row 2 'E2'"
    assert fault["requirement"].startswith(requirement)
    assert fault.get("value") == value


@pytest.mark.parametrize("value", ["1e999999", "NaN", "-inf", "9" * 100_000, "0x10", "1_000", "٤٠"])
def test_a_number_that_is_none(
    researcher: Client, database: Database, problem: Problem, parts: Parts, value: str
) -> None:
    cell = f'<c r="E2"><v>{value}</v></c>'
    answer = refused(researcher, database, workbooks.book_of(age(parts, cell)), XLSX)
    (fault,) = problem(answer, 422, "faults")["faults"]
    assert fault["path"] == "dataset.xlsx sheet applicants row 2 'age'"
    assert fault["requirement"] == "must be a whole number"


@pytest.mark.parametrize(
    "hostile",
    [
        lambda p: policy(p, (".".join("a" * 30_000), "1")),
        lambda p: policy(p, ("rules", "[" * 500 + "]" * 500)),
        lambda p: p | {workbooks.place_of(p, "policy"): sheet(inline(1, ".".join("a" * 10_000) + " = 1"))},
        lambda p: p | {BOOK: p[BOOK].replace(b'name="applicants"', b'name="' + b"a" * 1_000_000 + b'"')},
        lambda p: applicants(p, f"{HEAD}{'<a>' * 300_000}".encode()),
        lambda p: applicants(p, sheet(inline(1, *(f"c{n}" for n in range(26))))),
        lambda p: applicants(p, f'{HEAD}<x:worksheet xmlns:x="{MAIN}"/>'.encode()),
    ],
    ids=["deep key", "deep value", "deep setting", "long title", "deep marks", "other columns", "nothing"],
)
def test_hostile_names_and_settings(
    researcher: Client, database: Database, problem: Problem, parts: Parts, hostile: Any
) -> None:
    problem(refused(researcher, database, workbooks.book_of(hostile(parts)), XLSX), 422, "faults")


def test_what_a_workbook_carries_beside_its_cells_is_neither_run_nor_unpacked(
    researcher: Client, parts: Parts, small: Path, tmp_path: Path
) -> None:
    """Macros, links, what programs fetch, names that lead elsewhere: the values are read, and nothing more."""
    evil = tmp_path / "evil.txt"
    types = parts["[Content_Types].xml"].replace(
        b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as inner:
        inner.writestr("a", b"\0" * 50_000_000)
    book = workbooks.book_of(
        age(parts, '<c r="E2" t="str"><f>WEBSERVICE("http://127.0.0.1:9/")</f><v>40</v></c>')
        | {
            "[Content_Types].xml": types,
            "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"\0" * 2_000,
            "xl/externalLinks/externalLink1.xml": b'<externalLink xmlns="x"><externalBook/></externalLink>',
            "xl/media/a.zip": out.getvalue(),
            f"../../../../../..{evil}": b"x",
            str(evil): b"x",
            "..\\..\\evil": b"x",
        }
    )
    answer = researcher.post("/v1/datasets/validate", content=book, headers={"content-type": XLSX})
    assert answer.status_code == 200, answer.text
    assert answer.json()["dataset_hash"] == read_dataset(small).digest()
    assert not evil.exists()


# --- one for the other ---------------------------------------------------------------------------------


def test_a_body_is_what_its_type_says(
    researcher: Client, database: Database, problem: Problem, parts: Parts, small_json: bytes
) -> None:
    problem(refused(researcher, database, workbooks.book_of(parts), JSON), 422, "faults")
    problem(refused(researcher, database, small_json, XLSX), 422, "faults")
    for kind in ("text/plain", "application/zip", "multipart/form-data; boundary=x", "application/xml", ";"):
        problem(refused(researcher, database, small_json, kind), 415, "http")


@pytest.mark.parametrize("packing", ["gzip", "deflate", "br", "zstd", "gzip, identity"])
def test_a_packed_body_is_not_unpacked(
    researcher: Client, database: Database, problem: Problem, packing: str
) -> None:
    bomb = zlib.compress(b"[" * 100_000_000)
    answer = refused(researcher, database, bomb, JSON, {"content-encoding": packing})
    assert "no content-encoding" in problem(answer, 415, "http")["detail"]
    assert answer.headers["accept-encoding"] == "identity"
