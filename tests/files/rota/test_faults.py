# ruff: noqa: E501  (messages are compared whole)
"""Every fault of a rota at once, each where it stands, none that only follows from another."""

from __future__ import annotations

import json
from string import Formatter

import pytest
from tests.files.conftest import example_dataset

from tildeling.errors import DataError
from tildeling.files import read_dataset, read_rota, write_dataset
from tildeling.files.homes import HOUSING
from tildeling.files.kinds import KINDS
from tildeling.files.raw import RawTable
from tildeling.files.rotas import ROTA
from tildeling.texts import Lang, texts

from .conftest import RotaFolder

CELLS = [
    ("dataset", "start", 0, "1999-12-27", "'1999-12-27' must be at least 2000-01-01"),
    ("dataset", "weeks", 0, "54", "'54' must be from 1 to 53"),
    ("dataset", "published_on", 0, "2030-02-01", "'2030-02-01' must not be after the first day 2030-01-07"),
    ("dataset", "form", 0, "cyclic", "'cyclic' must be one of: cycle, dated (cycle?)"),
    ("staff", "position_percent", 0, "101", "'101' must be from 0 to 100"),
    ("staff", "position_percent", 0, "0,8", "'0.8' must be per cent: 80 for 80 % (a cell that shows 80 % holds 0.8; give it a number format)"),
    ("staff", "position_percent", 0, "full", "'full' must be a number (12,5)"),
    ("staff", "position_percent", 0, "", "is needed"),
    ("staff", "nights", 0, "noen", "'noen' must be yes or no (ja, nei)"),
    ("staff", "category", 0, "rotating_", "'rotating_' must be one of: daytime, rotating, continuous, three_part (rotating?)"),
    ("staff", "base_ids", 0, "B1|Å", "'Å' is not a known base"),
    ("staff", "competences", 0, "nurse|medicaton", "'medicaton' is not a known competence (medication?)"),
    ("staff", "weekend_every", 0, "0", "'0' must be from 1 to 12"),
    ("shifts", "start", 1, "24:00", "'24:00' must be a time of day from 00:00 to 23:59 (07:30, 0730)"),
    ("shifts", "start", 1, "sju", "'sju' must be a time of day from 00:00 to 23:59 (07:30, 0730)"),
    ("shifts", "start", 1, "7,5", "'7,5' must be a time of day from 00:00 to 23:59 (07:30, 0730)"),
    ("shifts", "hours", 0, "0", "'0' must be more than 0"),
    ("shifts", "hours", 0, "193", "'193' must be from 0 to 192"),
    ("shifts", "kind", 0, "days", "'days' must be one of: day, evening, night, long, sleeping_night, standby, live_in (day?)"),
    ("shifts", "base_id", 1, "", "is needed when there are several bases"),
    ("shifts", "break_minutes", 2, "241", "'241' must be from 0 to 240"),
    ("shifts", "passive_hours", 1, "9,5", "'9.5' is more than the hours of the shift"),
    ("cover", "days", 0, "", "is needed, or a date, but not both"),
    ("cover", "days", 1, "mandag", "is needed, or a date, but not both"),
    ("cover", "days", 0, "mandag|fredagg", "'fredagg' must be one of: monday, tuesday, wednesday, thursday, friday, saturday, sunday, holiday (friday?)"),
    ("cover", "shift_codes", 0, "", "is needed"),
    ("cover", "shift_codes", 0, "D|X", "'X' is not a known shift"),
    ("cover", "competence", 1, "nurze", "'nurze' is not a known competence (nurse?)"),
    ("cover", "most", 1, "0", "'0' must not be below what is needed or wanted, 1"),
    ("absences", "staff_id", 0, "s3", "'s3' is not a known member of staff"),
    ("absences", "last_day", 1, "01.01.2001", "'2001-01-01' must not be before 2028-12-03"),
    ("wishes", "date", 0, "2030-01-21", "'2030-01-21' must be a day of the plan, 2030-01-07..2030-01-20"),
    ("wishes", "weight", 0, "9", "'9' must be from 1 to 5"),
    ("fixed", "shift_code", 0, "L", "'L' is a shift s1 may not work: the base, the competence or their own shifts stand in the way"),
    ("fixed", "date", 0, "2030-01-06", "'2030-01-06' must be a day of the plan, 2030-01-07..2030-01-20"),
    ("history", "date", 0, "2030-01-07", "'2030-01-07' must be before the first day 2030-01-07"),
    ("published", "shift_code", 0, "DD", "'DD' is not a known shift (D?)"),
    ("agreements", "permits", 0, "rest8", "'rest8' is not a known deviation of the rule set (rest_8?)"),
    ("agreements", "permits", 0, "", "is needed"),
    ("agreements", "staff_ids", 0, "s1|s7", "'s7' is not a known member of staff"),
    ("agreements", "level", 0, "LOK", "'LOK' must be one of: IND, LOC, CEN, ATS (LOC?)"),
    ("agreements", "valid_to", 0, "2001-01-01", "'2001-01-01' must not be before 2028-02-07"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column", "row", "value", "said"), CELLS)
def test_a_faulty_cell(folder: RotaFolder, table: str, column: str, row: int, value: str, said: str) -> None:
    folder.set(table, column, value, row=row)
    assert folder.faults() == [f"{table}.csv row {row + 2} '{column}': {said}"]


def test_a_start_that_is_no_monday(folder: RotaFolder) -> None:
    folder.set("dataset", "start", "2030-01-01")
    assert "dataset.csv row 2 'start': '2030-01-01' must be a Monday" in folder.faults()


def test_what_a_line_of_cover_asks_for(folder: RotaFolder) -> None:
    folder.set("cover", "least", "4", row=1)
    assert folder.faults() == [
        "cover.csv row 3 'wanted': '1' must not be below the fewest, 4",
        "cover.csv row 3 'most': '3' must not be below what is needed or wanted, 4",
    ]


def test_a_break_longer_than_its_shift(folder: RotaFolder) -> None:
    folder.set("shifts", "hours", "0,25")
    assert folder.faults() == ["shifts.csv row 2 'break_minutes': '30' is longer than the shift"]


def test_a_fixed_shift_in_an_absence_however_long(folder: RotaFolder) -> None:
    folder.set("fixed", "shift_code", "D", row=1)
    folder.set("absences", "first_day", "2027-01-01")
    assert folder.faults() == ["fixed.csv row 3 'date': '2030-01-12' is a day s2 is absent"]


def test_a_cycle_has_no_past(folder: RotaFolder) -> None:
    folder.set("dataset", "form", "Grunnturnus")
    assert folder.faults() == [
        f"{table}.csv row 2 'date': '{date}' may not be given with a cycle, which has no dates before it or beside it"
        for table, date in (("history", "2030-01-06"), ("published", "2030-01-20"))
    ]


def test_no_shift_in_a_list_of_json(folder: RotaFolder) -> None:
    write_dataset(folder.read(), folder.path.parent / "a.json")
    path = folder.path.parent / "a.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cover"][0]["shift_codes"] = []
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_rota(path)
    assert caught.value.report() == "a.json#/cover row 1 'shift_codes': must name at least one shift"


def test_every_fault_of_every_table_at_once(folder: RotaFolder) -> None:
    folder.set("dataset", "weeks", "mange")
    folder.set("staff", "position_percent", "120", row=1)
    folder.set("shifts", "start", "25")
    folder.set("shifts", "hours", "0", row=2)
    folder.set("cover", "days", "mandager")
    folder.set("wishes", "staff_id", "s8", row=1)
    folder.set("history", "date", "i går")
    folder.set("agreements", "level", "?")
    (folder.path / "policy.toml").write_text('ruleset = "no-aml-kss"\ncompetences.nurse = 3')
    assert folder.faults() == [
        "dataset.csv row 2 'weeks': 'mange' must be a whole number",
        "staff.csv row 3 'position_percent': '120' must be from 0 to 100",
        "shifts.csv row 2 'start': '25:00' must be a time of day from 00:00 to 23:59 (07:30, 0730)",
        "shifts.csv row 4 'hours': '0' must be more than 0",
        "cover.csv row 2 'days': 'mandager' must be one of: monday, tuesday, wednesday, thursday, friday, saturday, sunday, holiday",
        "wishes.csv row 3 'staff_id': 's8' is not a known member of staff",
        "history.csv row 2 'date': 'i går' must be a date without a time of day (2026-03-31, 31.03.2026)",
        "agreements.csv row 2 'level': '?' must be one of: IND, LOC, CEN, ATS",
        "policy.toml 'ruleset': 'no-aml-kss' must be one of: no-aml-ks, no-live-in, eu-2003-88, none (no-aml-ks?)",
        "policy.toml 'competences.nurse': '3' must be a table",
    ]


FOLLOWING = [
    ("dataset", "start", 0, "x", "date"),
    ("bases", "base_id", 0, "B 1", "id_form"),
    ("staff", "position_percent", 0, "x", "number"),
    ("shifts", "start", 0, "x", "clock_form"),
    ("shifts", "shift_code", 1, "natt vakt", "id_form"),
]


@pytest.mark.parametrize(("table", "column", "row", "value", "code"), FOLLOWING)
def test_what_only_follows_is_not_said(
    folder: RotaFolder, table: str, column: str, row: int, value: str, code: str
) -> None:
    folder.set(table, column, value, row=row)
    assert folder.codes() == [(table, column, row + 2, code)]


def test_nothing_follows_from_a_data_set_without_its_row(folder: RotaFolder) -> None:
    folder.put_rows("dataset", folder.rows("dataset")[:1])
    assert folder.faults() == ["dataset.csv: must have exactly one row, and has 0"]


@pytest.mark.parametrize("table", ["bases", "staff", "shifts"])
def test_tables_that_need_a_row(folder: RotaFolder, table: str) -> None:
    folder.put_rows(table, folder.rows(table)[:1])
    assert f"{table}.csv: must have at least one row" in folder.faults()


def test_without_bases_nobody_is_at_the_wrong_one(folder: RotaFolder) -> None:
    folder.put_rows("bases", folder.rows("bases")[:1])
    assert "may_not_work" not in {code for *_, code in folder.codes()}


def test_missing_tables(folder: RotaFolder) -> None:
    for table in ("shifts", "cover"):
        (folder.path / f"{table}.csv").unlink()
    assert folder.faults() == ["data: lacks the table shifts", "data: lacks the table cover"]


def test_keys_given_twice(folder: RotaFolder) -> None:
    rows = folder.rows("history")
    folder.put_rows("history", [*rows, rows[1]])
    assert folder.faults() == [
        "history.csv row 4 'date': 's1 2030-01-06' stands in row 2 too; the key must be unique"
    ]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("nb", "shifts.csv rad 2 'start': '30:00' må være et klokkeslett fra 00:00 til 23:59 (07:30, 0730)"),
        ("en", "shifts.csv row 2 'start': '30:00' must be a time of day from 00:00 to 23:59 (07:30, 0730)"),
    ],
)
def test_faults_in_both_languages(folder: RotaFolder, lang: Lang, said: str) -> None:
    folder.set("shifts", "start", "30")
    with pytest.raises(DataError) as caught:
        folder.read()
    assert caught.value.report(lang) == said


POLICIES = [
    ("ruleset = 'no-livein'", "policy.toml 'ruleset': 'no-livein' must be one of: no-aml-ks, no-live-in, eu-2003-88, none (no-live-in?)"),
    ("ruleset = []", "policy.toml 'ruleset': '[]' must be one of: no-aml-ks, no-live-in, eu-2003-88, none"),
    ("versjon = 'x'", "policy.toml 'versjon': is not a known setting (version?)"),
    ("rules.REST12.enabled = true", "policy.toml 'rules.REST12': is not a known setting (REST11?)"),
    ("rules.REST11.enabled = 'x'", "policy.toml 'rules.REST11.enabled': 'x' must be yes or no (true, false)"),
    ("rules.REST11.hourss = 3", "policy.toml 'rules.REST11.hourss': is not a known setting (hours?)"),
    ("rules.REST11.hours = 'x'", "policy.toml 'rules.REST11.hours': 'x' must be a table"),
    ("rules.REST11.hours = {value = 'x'}", "policy.toml 'rules.REST11.hours.value': 'x' must be a number (12,5)"),
    ("rules.REST11.hours = {value = 11, by = {rest8 = 8}}",
     "policy.toml 'rules.REST11.hours.by.rest8': is not a deviation of the rule set (rest_8?)"),
    ("ruleset = 'none'\nrules.REST11.enabled = true", "policy.toml 'rules.REST11.hours': is needed"),
    ("[[tiers]]\nname = '1'\ngoals = [{goal = 'cover_leastt'}]",
     "policy.toml 'tiers.0.goals.0.goal': 'cover_leastt' is not a known goal (cover_least?)"),
    ("[[tiers]]\nname = '1'\ngoals = [{goal = 'cover_least', bandd = 5}]",
     "policy.toml 'tiers.0.goals.0.bandd': is not a known setting"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), POLICIES)
def test_a_faulty_policy(folder: RotaFolder, text: str, said: str) -> None:
    (folder.path / "policy.toml").write_text(text)
    faults = folder.faults()
    assert any(fault.startswith(said) for fault in faults), faults


def test_a_rule_may_be_switched_off_without_saying_its_limits(folder: RotaFolder) -> None:
    (folder.path / "policy.toml").write_text("rules.REST11.enabled = false")
    policy = folder.read().policy
    assert not policy.rules_in_force.rules["REST11"].enabled
    assert policy.rules_in_force.rules["REST11"].params["hours"]["value"] == 11


def test_identity_numbers_are_refused_and_covered(folder: RotaFolder, number: str) -> None:
    for table, column in (("staff", "staff_id"), ("bases", "title"), ("agreements", "staff_ids")):
        folder.set(table, column, number)
    with pytest.raises(DataError) as caught:
        folder.read()
    assert number not in str(caught.value)
    assert {(fault.table, fault.code) for fault in caught.value.faults} == {
        (table, "identity_number") for table in ("staff", "bases", "agreements")
    }


@pytest.mark.parametrize("target", ["folder", "a.xlsx", "a.json"])
def test_the_other_kind_is_one_fault(folder: RotaFolder, target: str) -> None:
    homes, rota = folder.path.parent / "homes" / target, folder.path.parent / "rota" / target
    write_dataset(example_dataset(), homes)
    write_dataset(folder.read(), rota)
    with pytest.raises(DataError) as caught:
        read_rota(homes)
    assert caught.value.report() == f"{target}: holds data for the allocation of homes, not for a rota"
    with pytest.raises(DataError) as caught:
        read_dataset(rota)
    assert caught.value.report("nb") == f"{target}: er data til en turnus, ikke til tildeling av boliger"


def sheet(*rows: list[str]) -> RawTable:
    """History as a reader of planners' own sheets would hand it over."""
    table = RawTable(ROTA, "history", "mars.xlsx", "Uke 1", ["staff_id", "date", "shift_code"], [*rows])
    table.lines = [10 + at for at in range(len(rows))]
    return table


def test_history_read_elsewhere(folder: RotaFolder) -> None:
    (folder.path / "history.csv").unlink()
    data = read_rota(folder.path, more=[sheet(["s1", "06.01.2030", "N"])])
    assert [(row.staff_id, row.shift_code) for row in data.history] == [("s1", "N")]
    with pytest.raises(DataError) as caught:
        read_rota(folder.path, more=[sheet(["s1", "06.01.2030", "N"], ["s9", "06.01.2030", "N"])])
    assert str(caught.value) == "mars.xlsx sheet Uke 1 row 11 'staff_id': 's9' is not a known member of staff"


def test_history_given_twice(folder: RotaFolder) -> None:
    with pytest.raises(DataError) as caught:
        read_rota(folder.path, more=[sheet()])
    assert str(caught.value) == "mars.xlsx sheet Uke 1: gives the table history a second time"


def test_faults_and_what_names_mean_in_both_languages() -> None:
    def places(words: str) -> set[str | None]:
        return {place for _, place, _, _ in Formatter().parse(words) if place}

    nb, en = texts("faults", "nb"), texts("faults", "en")
    assert {key for key in en if places(nb[key]) != places(en[key])} == set()
    published = {"nurse", "skill", "contract"}  # of nurse rostering, whose reader says them
    targets = (
        {target for kind in KINDS for _, _, target in kind.references} | set(HOUSING.targets) | published
    )
    assert set(texts("targets", "nb")) == set(texts("targets", "en")) == targets


def test_what_is_not_known_in_norwegian(folder: RotaFolder) -> None:
    folder.set("absences", "staff_id", "s3")
    with pytest.raises(DataError) as caught:
        folder.read()
    assert caught.value.report("nb") == "absences.csv rad 2 'staff_id': 's3' finnes ikke (ansatt)"
