"""CSV as it comes from spreadsheet programs and registers."""

from __future__ import annotations

import pytest

from tildeling.housing.dataset import Dataset

from .conftest import Folder


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_dialects(folder: Folder, example: Dataset, delimiter: str, encoding: str, ending: str) -> None:
    for table in ("sites", "groups", "applicants", "units"):
        folder.put_rows(table, folder.rows(table), delimiter)
        folder.put(table, folder.text(table).replace("\r\n", "\n").replace("\n", ending), encoding)
    assert folder.read() == example


def test_each_file_has_its_own_delimiter(folder: Folder, example: Dataset) -> None:
    folder.put_rows("sites", folder.rows("sites"), ",")
    assert folder.read() == example


def test_decimal_point_and_comma(folder: Folder, example: Dataset) -> None:
    folder.set("applicants", "care_hours", "35.25")
    folder.set("units", "area_m2", "45.75")
    folder.set("applicants", "competence_hours", "nurse=3,5|social_educator=10.0")
    assert folder.read() == example


def test_norwegian_titles_names_and_file_names(folder: Folder, example: Dataset) -> None:
    rows = folder.rows("applicants")
    for name, title in (
        ("applicant_id", "Søker"),
        ("severity", "ALVORLIGHET "),
        ("care_hours", "Timer per uke"),
    ):
        rows[0][rows[0].index(name)] = title
    folder.put_rows("applicants", rows)
    (folder.path / "applicants.csv").rename(folder.path / "Søkere.csv")
    folder.set("groups", "service_access", "Med base")
    folder.set("groups", "target_groups", "Skrøpelige eldre")
    folder.set("units", "temporary", "Ja")
    assert folder.read() == example


def test_quoted_newlines_and_the_line_they_begin_on(folder: Folder) -> None:
    folder.set("sites", "name", 'to\nlinjer; og "mer"')
    assert folder.read().sites[0].name == 'to\nlinjer; og "mer"'
    folder.set("sites", "status", "klar", row=1)
    assert folder.codes() == [("sites", "status", 4, "one_of")]


def test_rows_without_content_are_passed_over(folder: Folder, example: Dataset) -> None:
    text = folder.text("sites")
    width = text.split("\n")[0].count(";")
    folder.put("sites", text + "\n" + ";" * width + "\n   \n")
    assert folder.read() == example


def test_columns_left_out_have_their_defaults(folder: Folder) -> None:
    folder.put("sites", "district;site_id\ncentre;S1\nnorth;S2\n")
    assert folder.read().sites[0].name == ""


def test_optional_tables_may_be_left_out(folder: Folder) -> None:
    for table in ("relations", "locks", "travel_times"):
        (folder.path / f"{table}.csv").unlink()
    assert folder.read().relations == ()


def test_policy_may_be_left_out_or_hold_only_what_differs(folder: Folder) -> None:
    (folder.path / "policy.toml").write_text(
        "rules.H3.max_residents = 6\n[features]\nbalcony = {nb='B', en='b'}"
    )
    data = folder.read()
    assert data.policy.rules["H3"].params["max_residents"] == 6
    assert data.policy.rules["H3"].params["min_residents"] == 4
    assert {"balcony", "step_free"} <= set(data.policy.features)
    (folder.path / "policy.toml").unlink()
    assert folder.read().policy.rules["H3"].params["max_residents"] == 8


def test_files_of_other_kinds_are_none_of_ours(folder: Folder, example: Dataset) -> None:
    (folder.path / "README.md").write_text("about")
    (folder.path / ".hidden.csv").write_text("x")
    (folder.path / "more").mkdir()
    assert folder.read() == example


def test_missing_required_tables(folder: Folder) -> None:
    for table in ("units", "dataset"):
        (folder.path / f"{table}.csv").unlink()
    assert folder.faults() == ["data: lacks the table dataset", "data: lacks the table units"]


def test_unknown_files_are_named_with_the_closest(folder: Folder) -> None:
    (folder.path / "aplicants.csv").write_text("x")
    (folder.path / "polcy.toml").write_text("")
    assert folder.faults() == [
        "aplicants.csv: is not a known table (applicants.csv?)",
        "polcy.toml: is not a known table (policy.toml?)",
    ]


def test_a_table_given_twice(folder: Folder) -> None:
    (folder.path / "Botiltak.csv").write_text(folder.text("sites"))
    assert folder.codes() == [("sites", "", None, "table_twice")]


@pytest.mark.parametrize("text", ["", "\n\n", ";;;\n"])
def test_empty_files(folder: Folder, text: str) -> None:
    folder.put("sites", text)
    assert folder.faults() == ["sites.csv: is empty; the header in the first row is needed"]


def test_header_only_is_an_empty_table(folder: Folder) -> None:
    folder.put("locks", folder.text("locks").split("\n")[0])
    assert folder.read().locks == ()


def test_headers_unknown_twice_missing_and_lacking(folder: Folder) -> None:
    rows = folder.rows("sites")
    rows[0] = ["site_id", "name", "Navn", "distrikt", "status", "", "in_budget"]
    rows[1][5] = "S2"
    folder.put_rows("sites", rows)
    assert folder.faults() == [
        "sites.csv 'district': is missing; the column (Bydel) is required",
        "sites.csv row 1 'Navn': gives the column name a second time",
        "sites.csv row 1 'distrikt': is not a known column (district?)",
        "sites.csv row 1: has content in column 6 without a header",
    ]


def test_rows_that_do_not_line_up(folder: Folder) -> None:
    text = folder.text("locks")
    folder.put("locks", text + "A2;U4\nA2;U4;decided;2030-01-01;;x\nA1;U2;;;;\n")
    assert folder.faults()[:2] == [
        "locks.csv row 3: has 2 cells where the header has 4",
        "locks.csv row 4: has 6 cells where the header has 4",
    ]


def test_broken_quotes(folder: Folder) -> None:
    folder.put("locks", 'applicant_id;unit_id\nA1;U1\n"A2;U4\n')
    assert folder.faults() == ["locks.csv row 3: is not valid CSV: unexpected end of data"]


def test_bytes_that_are_no_text(folder: Folder) -> None:
    (folder.path / "locks.csv").write_bytes(b"\x81\x8d\xff")
    assert folder.codes() == [("locks", "", None, "not_text")]
