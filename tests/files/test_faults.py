# ruff: noqa: E501  (messages are compared whole)
"""Every fault at once, each where it stands, none that only follows from another."""

from __future__ import annotations

import pytest

from tildeling.errors import DataError

from .conftest import Folder

CELLS = [
    ("applicants", "age", "", "is needed"),
    ("applicants", "age", "121", "'121' must be from 0 to 120"),
    ("applicants", "age", "40,5", "'40,5' must be a whole number"),
    ("applicants", "severity", "6", "'6' must be from 1 to 5"),
    ("applicants", "severity", "9", "'9' means not relevant (IPLOS) and counts as empty, but 1 to 5 is needed"),
    ("applicants", "care_hours", "mye", "'mye' must be a number (12,5)"),
    ("applicants", "care_hours", "400,5", "'400.5' must be from 0 to 400"),
    ("applicants", "care_hours", "1,234", "'1.234' must have at most 2 decimals"),
    ("applicants", "applied_on", "31.13.2029", "'31.13.2029' must be a date without a time of day (2026-03-31, 31.03.2026)"),
    ("applicants", "sex", "femal", "'femal' must be one of: female, male, unspecified (female?)"),
    ("applicants", "applicant_id", "A 1", "'A 1' must be 1 to 60 letters, digits and _ . : -, beginning with a letter or digit"),
    ("applicants", "deciding_office", "Kontor Nord", "'Kontor Nord' must be 1 to 60 small letters a–z, digits and _"),
    ("applicants", "place_wishes", "site:S1|Åsgård", "'Åsgård' must be district:, site:, community:, group: or unit: and a name, separated by | (site:S1|district:centre)"),
    ("applicants", "vetoes", "her", "'her' must be a place as in wishes, or community_size_above: and a number, separated by | (site:S1|community_size_above:8)"),
    ("applicants", "competence_hours", "nurse", "'nurse' must be competence=hours, each competence once, separated by | (nurse=3,5|social_educator=10)"),
    ("applicants", "competence_hours", "nurse=x", "'x' must be a number (12,5)"),
    ("applicants", "competence_hours", "nurse=-1", "'-1' must be at least 0"),
    ("applicants", "steps_above_reason", "a\x01b", "'a\\x01b' must not hold control characters"),
    ("units", "temporary", "kanskje", "'kanskje' must be yes or no (ja, nei)"),
    ("sites", "name", "x" * 401, f"'{'x' * 57}...' must be at most 400 characters"),
    ("bases", "serves", "", "is needed"),
    ("bases", "serves", "with_base|nowhere", "'nowhere' must be one of: own_home, ambulatory, near_base, with_base, reinforced_base, institution"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column", "value", "said"), CELLS)
def test_a_faulty_cell(folder: Folder, table: str, column: str, value: str, said: str) -> None:
    folder.set(table, column, value)
    assert folder.faults() == [f"{table}.csv row 2 '{column}': {said}"]


def test_optional_scores_may_be_not_relevant(folder: Folder) -> None:
    folder.set("applicants", "benefit", "9")
    assert folder.read().applicants[0].benefit is None


def test_every_fault_of_every_table_at_once(folder: Folder) -> None:
    folder.set("applicants", "severity", "0")
    folder.set("applicants", "age", "gammel", row=1)
    folder.set("units", "group_id", "G7", row=1)
    folder.set("travel_times", "minutes", "-1")
    folder.set("locks", "kind", "maybe")
    (folder.path / "policy.toml").write_text("rules.H3.max_residens = 6")
    assert folder.faults() == [
        "applicants.csv row 2 'severity': '0' must be from 1 to 5",
        "applicants.csv row 3 'age': 'gammel' must be a whole number",
        "units.csv row 3 'group_id': 'G7' is not a known group",
        "travel_times.csv row 2 'minutes': '-1' must be from 0 to 1440",
        "locks.csv row 2 'kind': 'maybe' must be one of: decided, offered",
        "policy.toml 'rules.H3.max_residens': is not a known setting (max_residents?)",
    ]


def test_faults_in_norwegian(folder: Folder) -> None:
    folder.set("applicants", "severity", "0")
    with pytest.raises(DataError) as caught:
        folder.read()
    assert caught.value.report("nb") == "applicants.csv rad 2 'severity': '0' må være fra 1 til 5"


def test_a_reference_to_a_faulty_row_is_not_unknown(folder: Folder) -> None:
    folder.set("sites", "status", "?")
    folder.set("groups", "kind", "?")
    assert folder.codes() == [("groups", "kind", 2, "one_of"), ("sites", "status", 2, "one_of")]


def test_a_reference_to_no_row_is_unknown_beside_faulty_rows(folder: Folder) -> None:
    folder.set("sites", "status", "?")
    folder.set("groups", "site_id", "S7", row=1)
    assert ("groups", "site_id", 3, "unknown_reference") in folder.codes()


def test_nothing_is_unknown_where_a_table_is_missing_or_unreadable(folder: Folder) -> None:
    folder.put("groups", "")
    (folder.path / "sites.csv").unlink()
    assert folder.codes() == [("groups", "", None, "empty_table"), ("sites", "", None, "missing_table")]


def test_nothing_is_unknown_where_the_column_of_names_is_missing(folder: Folder) -> None:
    rows = folder.rows("bases")
    rows[0][0] = "x"
    folder.put_rows("bases", rows)
    assert {code for *_, code in folder.codes()} == {"missing_column", "unknown_column"}


def test_a_mover_whose_row_in_residents_is_faulty(folder: Folder) -> None:
    folder.set("residents", "age", "x", row=1)
    assert folder.codes() == [("residents", "age", 3, "whole_number")]


def test_dates_are_not_compared_with_a_planning_date_that_is_unknown(folder: Folder) -> None:
    folder.set("dataset", "planning_date", "i dag")
    assert folder.codes() == [("dataset", "planning_date", 2, "date")]


def test_a_key_given_twice_names_the_row_it_stands_in(folder: Folder) -> None:
    rows = folder.rows("sites")
    folder.put_rows("sites", [rows[0], ["S0", *rows[1][1:3], "?", *rows[1][4:]], *rows[1:], rows[2]])
    assert "sites.csv row 5 'site_id': 'S2' stands in row 4 too; the key must be unique" in folder.faults()


@pytest.mark.parametrize(("first", "second"), [("?", ""), ("", "?"), ("?", "?")])
def test_a_key_given_twice_is_found_beside_other_faults(folder: Folder, first: str, second: str) -> None:
    """A row that has a fault of its own still takes its id."""
    header, row, *rest = folder.rows("sites")
    status = header.index("status")
    again = [[*row[:status], word or row[status], *row[status + 1 :]] for word in (first, second)]
    folder.put_rows("sites", [header, *again, *rest])
    faults = folder.faults()
    assert "sites.csv row 3 'site_id': 'S1' stands in row 2 too; the key must be unique" in faults
    assert len(faults) == 1 + (first == "?") + (second == "?")


def test_a_key_given_three_times_is_reported_twice(folder: Folder) -> None:
    header, row, *rest = folder.rows("sites")
    faulty = [*row]
    faulty[header.index("status")] = "?"
    folder.put_rows("sites", [header, faulty, row, row, *rest])
    assert [(row, code) for *_, row, code in folder.codes() if code == "duplicate_key"] == [
        (3, "duplicate_key"), (4, "duplicate_key"),
    ]  # fmt: skip


def test_a_key_that_cannot_be_read_is_not_given_twice(folder: Folder) -> None:
    header, row, *rest = folder.rows("sites")
    folder.put_rows("sites", [header, ["?", *row[1:]], ["?", *row[1:]], *rest])
    assert "duplicate_key" not in {code for *_, code in folder.codes()}


@pytest.mark.parametrize("count", [0, 2])
def test_the_data_set_has_one_row(folder: Folder, count: int) -> None:
    header, row = folder.rows("dataset")
    folder.put_rows("dataset", [header, *[row] * count])
    assert folder.faults() == [f"dataset.csv: must have exactly one row, and has {count}"]


POLICIES = [
    ("version = ", "policy.toml row 1: is not valid TOML: Invalid value"),
    ("a = 1\n\nb = [", "policy.toml row 3: is not valid TOML: Invalid value"),
    ("version = ''", "policy.toml 'version': is needed"),
    ("version = 1", "policy.toml 'version': '1' must be text"),
    ("versjon = 'x'", "policy.toml 'versjon': is not a known setting (version?)"),
    ("objective = 'tier'", "policy.toml 'objective': 'tier' must be one of: tiers, weighted (tiers?)"),
    ("inherit = 1", "policy.toml 'inherit': '1' must be yes or no"),
    ("rules.H33.enabled = true", "policy.toml 'rules.H33': is not a known setting (H3?)"),
    ("rules.H3.enabled = 'x'", "policy.toml 'rules.H3.enabled': 'x' must be yes or no (true, false)"),
    ("rules.H3.max_residents = 'x'", "policy.toml 'rules.H3.max_residents': 'x' must be a whole number"),
    ("rules = 3", "policy.toml 'rules': '3' must be a table"),
    ("features.balcony = {nb = 'B'}", "policy.toml 'features.balcony.en': is needed"),
    ("[[tiers]]\nname = '1'\ngoals = [{goal = 'statutory_unmett'}]",
     "policy.toml 'tiers.0.goals.0.goal': 'statutory_unmett' is not a known goal (statutory_unmet?)"),
    ("[[tiers]]\nname = '1'\ngoals = [{goal = 'need_unmet', bandd = 5}]",
     "policy.toml 'tiers.0.goals.0.bandd': is not a known setting (band?)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), POLICIES)
def test_a_faulty_policy(folder: Folder, text: str, said: str) -> None:
    (folder.path / "policy.toml").write_text(text)
    assert said in folder.faults()
