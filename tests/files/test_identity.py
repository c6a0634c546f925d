"""Identity numbers are found wherever they hide, refused, and never repeated."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tildeling.errors import DataError
from tildeling.files import read_dataset, write_dataset
from tildeling.files.identity import (
    holds_identity_number,
    is_identity_number,
    masked,
    normal_identity_number,
)
from tildeling.housing.dataset import Dataset

from .conftest import Folder, synthetic_number

NUMBER = synthetic_number("158150")
D_NUMBER = synthetic_number("559250")
ZERO = synthetic_number("058150")
WRITTEN = [
    NUMBER,
    f"{NUMBER[:6]} {NUMBER[6:]}",
    f"{NUMBER[:6]}-{NUMBER[6:]}",
    f"{NUMBER[:6]}\u00a0{NUMBER[6:]}",
    f"{NUMBER[:6]} {NUMBER[6:9]} {NUMBER[9:]}",
    f"{NUMBER[:2]}.{NUMBER[2:4]}.{NUMBER[4:6]} {NUMBER[6:]}",
    f"fnr:{NUMBER}",
    f"Søker {NUMBER}, hørt",
    f"12 {NUMBER}",
    D_NUMBER,
    int(NUMBER),
    float(NUMBER),
    int(ZERO),
    float(ZERO),
    ZERO.lstrip("0"),
    [1, NUMBER],
    {"x": {NUMBER: 1}},
]


@pytest.mark.parametrize("value", WRITTEN, ids=repr)
def test_found(value: Any) -> None:
    assert holds_identity_number(value)
    shown = str(masked(value))
    assert "•••••••••••" in shown
    assert not holds_identity_number(shown)
    assert NUMBER[6:] not in shown


def wrong(digit: int) -> str:
    return NUMBER[:digit] + str((int(NUMBER[digit]) + 1) % 10) + NUMBER[digit + 1 :]


@pytest.mark.parametrize(
    "value", [*map(wrong, range(11)), f"1{NUMBER}", f"{NUMBER}1", NUMBER[:10], "", None, 1.5, True]
)
def test_not_found(value: Any) -> None:
    assert not holds_identity_number(value)
    assert masked(value) is value


@given(st.text("0123456789 .-/a", max_size=30))
def test_what_is_masked_holds_none(text: str) -> None:
    assert not holds_identity_number(masked(text))


@given(st.integers(0, 10**9 - 1))
def test_check_digits_are_the_remainders_of_the_definition(first: int) -> None:
    digits = f"{first:09d}"
    k1 = -sum(int(d) * w for d, w in zip(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2), strict=True)) % 11
    k2 = -(sum(int(d) * w for d, w in zip(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3), strict=True)) + 2 * k1) % 11
    passing = [f"{k:02d}" for k in range(100) if is_identity_number(f"{digits}{k:02d}")]
    assert passing == ([f"{k1}{k2}"] if k1 < 10 and k2 < 10 else [])


def test_normal_form() -> None:
    for value in (NUMBER, f" {NUMBER[:6]} {NUMBER[6:]} ", int(NUMBER), float(NUMBER)):
        assert normal_identity_number(value) == NUMBER
    assert normal_identity_number(int(ZERO)) == ZERO
    assert normal_identity_number(f"x {NUMBER}") is None


def refused(read: Callable[[], Any], number: str) -> list[str]:
    with pytest.raises(DataError) as caught:
        read()
    error = caught.value
    words = [
        str(error),
        error.report("nb"),
        repr(error.faults),
        repr(error.__context__),
        repr(error.__cause__),
    ]
    assert not [word for word in words if number in word or number[6:] in word or holds_identity_number(word)]
    assert "identity_number" in {fault.code for fault in error.faults}
    return error.report().splitlines()


PLACES = [
    ("applicants", "applicant_id"),
    ("applicants", "present_unit_id"),
    ("applicants", "steps_above_reason"),
    ("applicants", "care_hours"),
    ("applicants", "place_wishes"),
    ("applicants", "competence_hours"),
    ("relations", "person_b"),
    ("sites", "name"),
    ("dataset", "notice_en"),
]


@pytest.mark.parametrize(("table", "column"), PLACES)
def test_any_column_of_a_folder(
    folder: Folder, number: str, table: str, column: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    folder.set(table, column, number)
    said = (
        f"{table}.csv row 2 '{column}': '•••••••••••' looks like a national identity number and must not be here; "
        "use pseudonyms (tildeling pseudonymise)"
    )
    assert refused(folder.read, number) == [said]
    assert number not in caplog.text


def test_a_number_everywhere_is_one_fault_each(folder: Folder, number: str) -> None:
    for table, column in (
        ("applicants", "applicant_id"),
        ("relations", "person_a"),
        ("locks", "applicant_id"),
    ):
        folder.set(table, column, number)
    assert len(refused(folder.read, number)) == 3


def test_header_file_policy_and_unknown_column(folder: Folder, number: str) -> None:
    rows = folder.rows("sites")
    rows[0][rows[0].index("name")] = number
    folder.put_rows("sites", rows)
    rows = folder.rows("groups")
    folder.put_rows("groups", [[*row, extra] for row, extra in zip(rows, ["fnr", number, ""], strict=True)])
    (folder.path / "policy.toml").write_text(
        f"version = 'av {number}'\n[features.{number}]\nnb='a'\nen='b'\n"
    )
    (folder.path / f"{number}.csv").write_text("x")
    assert len(refused(folder.read, number)) == 6


def test_a_policy_that_is_no_toml_is_not_repeated(folder: Folder, number: str) -> None:
    (folder.path / "policy.toml").write_text(f"version = {number} {number}\n")
    with pytest.raises(DataError) as caught:
        folder.read()
    assert number not in caught.value.report()


def test_numbers_of_a_workbook(example: Dataset, tmp_path: Path, number: str) -> None:
    write_dataset(example, tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    book["applicants"]["A3"].value = int(number)
    book["residents"]["A2"].value = int(ZERO)
    book["units"]["S2"].value = float(number)
    book["policy"]["A1"].value = f"# {number}"
    book.save(tmp_path / "book.xlsx")
    assert len(refused(lambda: read_dataset(tmp_path / "book.xlsx"), number)) == 4


def test_values_and_names_of_a_document(example: Dataset, tmp_path: Path, number: str) -> None:
    write_dataset(example, tmp_path / "a.json")
    content = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    content["applicants"][0]["required_features"] = [number]
    content["applicants"][0]["competence_hours"] = {number: 1}
    content["applicants"][1]["age"] = int(number)
    content["policy"]["rules"]["H3"][number] = 1
    (tmp_path / "a.json").write_text(json.dumps(content))
    assert len(refused(lambda: read_dataset(tmp_path / "a.json"), number)) == 5
