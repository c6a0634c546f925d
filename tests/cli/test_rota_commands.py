"""Commands of rotas on a small data set: they plan, check, mend and answer."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.rota.builder import MONDAY, person, small_rota

from tildeling import read_rota
from tildeling.files import write_dataset
from tildeling.rota.check import check
from tildeling.rota.reading import read_plan
from tildeling.rota.tables import CoverNeed

from .conftest import run_command

Command = Callable[..., Any]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of four people and two weeks, as a folder."""
    folder = tmp_path_factory.mktemp("rota") / "data"
    write_dataset(small_rota(), folder)
    return folder


@pytest.fixture(scope="module")
def plan(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan for it."""
    folder = tmp_path_factory.mktemp("rota") / "plan"
    done = run_command("rota", data, "--out", folder, "--time-limit", "20", "--lang", "en")
    assert done.code == 0, done.err
    return folder


def shifts(plan: Path) -> list[dict[str, str]]:
    """The rows of rota.csv with a shift."""
    with (plan / "rota.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter=";") if row["shift_code"]]


def test_a_plan_is_written_in_every_form(data: Path, plan: Path) -> None:
    names = {path.name for path in plan.iterdir()}
    assert names == {"rota.csv", "rota.xlsx", "rota.html", "ics", "result.json"}
    assert {path.name for path in (plan / "ics").iterdir()} == {f"s{number}.ics" for number in range(1, 5)}
    result = json.loads((plan / "result.json").read_text(encoding="utf-8"))
    report = check(read_rota(data), read_plan(plan, read_rota(data)))
    assert report.ok
    assert [tier["value"] for tier in result["tiers"]] == [tier.value for tier in report.tiers]
    assert result["gap"] == 0  # four people cannot man every weekend: the shortfall is proven
    assert result["ruleset"].startswith("no-aml-ks")


def test_the_sheet_and_the_table_say_the_same(data: Path, plan: Path) -> None:
    rota = read_rota(data)
    assert read_plan(plan / "rota.xlsx", rota) == read_plan(plan, rota)


def test_a_sheet_changed_by_hand_is_checked(
    data: Path, plan: Path, tmp_path: Path, tildeling: Command
) -> None:
    assert tildeling("rota", "check", data, plan, "--lang", "en").code == 0
    row = next(row for row in shifts(plan) if row["shift_code"] == "A")
    day = dt.date.fromisoformat(row["date"])
    book = load_workbook(plan / "rota.xlsx")
    sheet = book.worksheets[0]
    line = next(cells[0].row for cells in sheet.iter_rows() if cells[0].value == row["staff_id"])
    column = next(
        cell.column for cells in sheet.iter_rows(max_row=8) for cell in cells
        if isinstance(cell.value, dt.datetime) and cell.value.date() == day
    )  # fmt: skip
    for other in range(1, 3):  # an evening, then two day shifts: too little rest
        later = day + dt.timedelta(days=other)
        at = next(
            (cell.column for cells in sheet.iter_rows(max_row=8) for cell in cells
             if isinstance(cell.value, dt.datetime) and cell.value.date() == later), None,
        )  # fmt: skip
        if at is not None:
            sheet.cell(line, at).value = "D"
    assert sheet.cell(line, column).value == "A"
    book.save(tmp_path / "changed.xlsx")
    done = tildeling("rota", "check", data, tmp_path / "changed.xlsx", "--lang", "en")
    assert done.code == 1
    assert "AML § 10-8 (1)" in done.out
    assert row["staff_id"] in done.out
    found = json.loads(tildeling("rota", "check", data, tmp_path / "changed.xlsx", "--json").out)
    assert not found["ok"]
    assert any(
        breach["rule"] == "REST11" and breach["found"] < breach["limit"] for breach in found["breaches"]
    )


def test_a_plan_is_repaired_with_few_changes(
    data: Path, plan: Path, tmp_path: Path, tildeling: Command
) -> None:
    row = next(row for row in shifts(plan) if row["date"] >= (MONDAY + dt.timedelta(days=2)).isoformat())
    words = f"{row['staff_id']}:{row['date']}..{row['date']}"
    done = tildeling("rota", "repair", data, plan, "--absent", words, "--out", tmp_path / "new", "--time-limit", "20",
                     "--lang", "en")  # fmt: skip
    assert done.code == 0, done.err
    before, after = shifts(plan), shifts(tmp_path / "new")
    changed = {(r["staff_id"], r["date"], r["shift_code"]) for r in before} ^ {
        (r["staff_id"], r["date"], r["shift_code"]) for r in after
    }
    assert (row["staff_id"], row["date"], row["shift_code"]) in changed
    assert all(date >= row["date"] for _, date, _ in changed)
    assert "Changes: " in done.out


def test_substitutes_are_ranked_and_the_others_told_why(data: Path, plan: Path, tildeling: Command) -> None:
    row = shifts(plan)[3]
    words = ("rota", "substitutes", data, plan, "--staff", row["staff_id"], "--date", row["date"])
    found = json.loads(tildeling(*words, "--json").out)
    same = [
        each
        for each in shifts(plan)
        if (each["date"], each["shift_code"]) == (row["date"], row["shift_code"])
    ]
    assert {each["staff_id"] for each in found} == {"s1", "s2", "s3", "s4"} - {
        each["staff_id"] for each in same
    }
    assert [each["legal"] for each in found] == sorted((each["legal"] for each in found), reverse=True)
    rota = read_rota(data)
    current = read_plan(plan, rota)
    day = dt.date.fromisoformat(row["date"])
    for each in found:
        moved = current.changed(row["staff_id"], day, None).changed(each["staff_id"], day, row["shift_code"])
        whose = {breach.staff_id for breach in check(rota, moved).breaches}
        # what engines keep may be stricter than the check, never looser
        assert each["staff_id"] not in whose or not each["legal"]
    assert tildeling(*words, "--lang", "en").code == 0


def test_why_names_what_cannot_hold_together(tmp_path: Path, tildeling: Command) -> None:
    week = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    needs = (CoverNeed(cover_id="D", days=week, shift_codes="D", least=2, must=True),)
    write_dataset(
        small_rota(staff=(person("s1"), person("s2", forbidden_shifts="D")), cover=needs), tmp_path / "data"
    )
    assert tildeling("rota", tmp_path / "data", "--out", tmp_path / "out", "--quiet").code == 3
    done = tildeling("rota", "why", tmp_path / "data", "--lang", "en", "--time-limit", "30")
    assert done.code == 3
    assert "Line D must have at least 2" in done.out
    assert "fewer on line D" in done.out


def test_what_cannot_be_used_is_refused(data: Path, plan: Path, tmp_path: Path, tildeling: Command) -> None:
    for words, said in (
        (("rota", data, "--engine", "magic"), "magic"),
        (("rota", tmp_path / "nowhere"), "nowhere"),
        (("rota", "repair", data, plan, "--absent", "nobody:2030-01-08"), "nobody"),
        (("rota", "repair", data, plan, "--absent", "s1:tomorrow"), "YYYY-MM-DD"),
        (("rota", "repair", data, plan, "--absent", "s1:2030-01-09..2030-01-08"), "before it begins"),
        (("rota", "substitutes", data, plan, "--staff", "nobody", "--date", "2030-01-08"), "nobody"),
        (("rota", "roll-out", data, plan, "--start", "2031-01-06", "--weeks", "4"), "base rota"),
    ):
        done = tildeling(*words)
        assert done.code == 2, (words, done.out, done.err)
        assert said in done.err


def test_the_last_weeks_are_taken_from_a_planners_sheet(
    plan: Path, tmp_path: Path, tildeling: Command
) -> None:
    start = MONDAY + dt.timedelta(days=14)
    write_dataset(small_rota(dataset_id="next", start=start), tmp_path / "next")
    last = max(shifts(plan), key=lambda row: (row["date"], "DAN".index(row["shift_code"])))
    assert last["date"] == (start - dt.timedelta(days=1)).isoformat()
    early = tmp_path / "rota.csv"
    early.write_text(f"staff_id;date;shift_code\n{last['staff_id']};{start};D\n", encoding="utf-8")
    check_it = ("rota", "check", tmp_path / "next", early, "--json")
    alone = json.loads(tildeling(*check_it).out)["breaches"]
    after = json.loads(tildeling(*check_it, "--history", plan / "rota.xlsx").out)["breaches"]
    assert not any(breach["rule"] == "REST11" for breach in alone)
    assert any(breach["rule"] == "REST11" and breach["staff_id"] == last["staff_id"] for breach in after)


def test_a_published_plan_is_taken_from_a_planners_sheet(
    data: Path, plan: Path, tmp_path: Path, tildeling: Command
) -> None:
    words = ("--out", tmp_path / "again", "--time-limit", "20", "--lang", "en")
    done = tildeling("rota", data, "--published", plan / "rota.xlsx", *words)
    assert done.code == 0, done.err
    tiers = json.loads((tmp_path / "again" / "result.json").read_text(encoding="utf-8"))["tiers"]
    counted = {goal["goal"]: goal["value"] for tier in tiers for goal in tier["goals"]}
    before, after = (
        {(row["staff_id"], row["date"]): row["shift_code"] for row in shifts(folder)}
        for folder in (plan, tmp_path / "again")
    )
    changed = {cell for cell in before.keys() | after.keys() if before.get(cell) != after.get(cell)}
    assert counted["changes"] == len(changed)


def test_a_sheet_that_does_not_fit_is_refused(
    data: Path, plan: Path, tmp_path: Path, tildeling: Command
) -> None:
    done = tildeling("rota", data, "--history", plan / "rota.xlsx", "--out", tmp_path / "new")
    assert done.code == 2
    assert "no days before the plan" in done.err or "dager før" in done.err
    assert not (tmp_path / "new").exists()
    write_dataset(small_rota(form="cycle"), tmp_path / "base")
    done = tildeling("rota", tmp_path / "base", "--published", plan / "rota.xlsx")
    assert done.code == 2
    assert "base rota" in done.err


def test_check_takes_data_of_either_kind(data: Path, plan: Path, tildeling: Command) -> None:
    words = (data, plan, "--lang", "en")
    either, rota = tildeling("check", *words), tildeling("rota", "check", *words)
    assert (either.code, either.out) == (rota.code, rota.out)
    assert "Breaches" in either.out or "breaches" in either.out
