"""Solutions: what is written is read again, from either kind of file; faults; the commands."""

from __future__ import annotations

import csv
import os
import tempfile
from pathlib import Path

import pytest
from benchmarks.registry import Published
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.published.test_commands import command, result

from tildeling.errors import DataError
from tildeling.published import format_of
from tildeling.published.inrc2.instance import Instance, Plan, Work
from tildeling.published.inrc2.reading import read

from .strategies import instances, plans

SMALL = Path(__file__).parents[3] / "instances" / "rota-published" / "inrc2"
INRC2 = format_of("inrc2")
EXAMPLE = Published("inrc2", "rota/inrc2").path / "n005w4_0_1-2-3-3"


@pytest.fixture
def ward() -> Instance:
    return read(SMALL / "ward_0_0-1")


@pytest.fixture
def plan(ward: Instance) -> Plan:
    """Ada works one Monday, Bo the last Sunday."""
    free: Plan = {nurse.id: ((),) * 14 for nurse in ward.nurses}
    last = (*((),) * 13, (Work("Night", "Care"),))
    return free | {"Ada": ((Work("Late", "Lead"),), *((),) * 13), "Bo": last}


def test_a_file_a_week_and_a_roster(ward: Instance, plan: Plan, tmp_path: Path) -> None:
    INRC2.write(ward, plan, tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["Sol-ward-0-0.txt", "Sol-ward-1-1.txt", "roster.tsv"]
    first = (tmp_path / "Sol-ward-0-0.txt").read_bytes()
    assert first == b"SOLUTION\n0 ward\n\nASSIGNMENTS = 1\nAda Mon Late Lead\n"
    second = (tmp_path / "Sol-ward-1-1.txt").read_bytes()
    assert second == b"SOLUTION\n1 ward\n\nASSIGNMENTS = 1\nBo Sun Night Care\n"
    rows = (tmp_path / "roster.tsv").read_bytes().split(b"\n")
    assert rows[0] == b"Ada\tLate Lead" + b"\t" * 13
    assert rows[1] == b"Bo" + b"\t" * 14 + b"Night Care"


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_what_is_written_is_read_again_from_either(data: st.DataObject) -> None:
    instance = data.draw(instances())
    plan = data.draw(plans(instance))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        INRC2.write(instance, plan, folder)
        assert INRC2.read_solution(instance, folder) == plan
        assert INRC2.read_solution(instance, folder / "roster.tsv") == plan
        for path in folder.glob("Sol-*.txt"):
            path.unlink()
        assert INRC2.read_solution(instance, folder) == plan


def test_lines_behind_the_assignments_are_not_read(ward: Instance, plan: Plan, tmp_path: Path) -> None:
    INRC2.write(ward, plan, tmp_path)
    with (tmp_path / "Sol-ward-0-0.txt").open("a", encoding="utf-8") as file:
        file.write("\nCost: 575\n")
    assert INRC2.read_solution(ward, tmp_path) == plan


def test_two_shifts_on_a_day_are_a_breach_and_no_fault(ward: Instance, plan: Plan, tmp_path: Path) -> None:
    INRC2.write(ward, plan, tmp_path)
    path = tmp_path / "Sol-ward-0-0.txt"
    text = path.read_text(encoding="utf-8").replace("= 1", "= 2")
    path.write_text(text + "Ada Mon Night Care\n", encoding="utf-8")
    found = INRC2.judge(ward, INRC2.read_solution(ward, tmp_path))
    assert "Ada has more than one shift on day 0 Mon: Late Lead, Night Care (H1)" in [
        breach.message() for breach in found.breaches
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Ada Mon", "Cy Mon", "Sol-ward-0-0.txt line 5 ASSIGNMENTS 'nurse': 'Cy' is not a known nurse"),
        ("Mon Late", "Man Late", "line 5 ASSIGNMENTS 'day': 'Man' must be one of Mon"),
        ("Mon Late", "Mon Later", "line 5 ASSIGNMENTS 'shift': 'Later' is not a known shift"),
        ("Late Lead", "Late Cook", "line 5 ASSIGNMENTS 'skill': 'Cook' is not a known skill"),
        ("Late Lead", "Late", "line 5 ASSIGNMENTS: 'Ada Mon Late' must have 4 words, and has 3"),
        ("= 1", "= 2", "line 4: 'ASSIGNMENTS = 2' must give the number of lines that follow, 1"),
        ("0 ward", "0 hall", "line 2 SOLUTION: 'hall' must be the scenario, ward"),
        ("SOLUTION", "SOLVED", "line 1: 'SOLVED' stands before the first section"),
    ],
)
def test_faults_of_a_week(ward: Instance, plan: Plan, tmp_path: Path, old: str, new: str, said: str) -> None:
    INRC2.write(ward, plan, tmp_path)
    path = tmp_path / "Sol-ward-0-0.txt"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    (tmp_path / "Sol-ward-1-1.txt").unlink()
    with pytest.raises(DataError) as caught:
        INRC2.read_solution(ward, tmp_path)
    told = caught.value.report().splitlines()
    assert any(said in line for line in told), told
    assert any("Sol-ward-1-1.txt: cannot be read" in line for line in told)


def test_faults_of_a_roster(ward: Instance, plan: Plan, tmp_path: Path) -> None:
    INRC2.write(ward, plan, tmp_path)
    path = tmp_path / "roster.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace("Late Lead", "Late"), encoding="utf-8")
    with pytest.raises(DataError, match=r"roster\.tsv line 1 'day 0': 'Late' is not a known shift"):
        INRC2.read_solution(ward, path)


def test_solve_and_evaluate(tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("--format", "inrc2", "--lang", "en")
    done = command("solve", SMALL / "tiny_0_0", *words, "--out", out, "--time-limit", 30)
    assert done.returncode == 0, done.stderr
    assert sorted(os.listdir(out)) == ["Sol-tiny-0-0.txt", "result.json", "roster.tsv"]
    found = result(out)
    assert (found["outcome"], found["value"], found["bound"], found["ruleset"]) == (
        "optimal",
        80,
        80,
        "inrc2",
    )
    for solution in (out, out / "roster.tsv"):
        judged = command("evaluate", SMALL / "tiny_0_0", solution, *words)
        assert (judged.returncode, judged.stdout.splitlines()[0]) == (0, "Value 80")
    again = command("solve", SMALL / "tiny_0_0", *words, "--out", out, "--force", "--previous", out)
    assert again.returncode == 0, again.stderr


def test_what_cannot_be_is_proven(tmp_path: Path) -> None:
    done = command("solve", SMALL / "impossible_0_0", "--format", "inrc2", "--out", tmp_path / "out")
    assert done.returncode == 3
    assert os.listdir(tmp_path / "out") == ["result.json"]


@pytest.mark.skipif(not EXAMPLE.parent.is_dir(), reason="the published instances are not here")
def test_the_competitions_validator_says_the_same() -> None:
    """Its words on the published solution of n005w4 with history 0 and weeks 1, 2, 3 and 3."""
    folder = EXAMPLE.parent / "n005w4" / "Solution_H_0-WD_1-2-3-3"
    instance = read(EXAMPLE)
    found = INRC2.judge(instance, INRC2.read_solution(instance, folder))
    said = {}
    for line in (folder / "validator.txt").read_text(encoding="utf-8").splitlines():
        name, colon, number = line.partition(": ")
        if colon:
            said[name] = int(number)
    own = {name.removeprefix("inrc2_"): worth for name, worth in found.parts}
    assert found.ok
    assert found.value == said["Total cost"]
    assert own == {
        "cover_wanted": said["Optimal coverage constraints"], "same_shift": own["same_shift"],
        "working": said["Consecutive constraints"] - own["same_shift"],
        "days_off": said["Non working days constraints"], "preferences": said["Preferences"],
        "complete_weekends": said["Complete weekends"], "assignments": said["Total assignment constraints"],
        "weekends": said["Max working weekend"],
    }  # fmt: skip


@pytest.mark.skipif(not EXAMPLE.parent.is_dir(), reason="the published instances are not here")
def test_every_published_instance_is_read() -> None:
    with (EXAMPLE.parent / "best_known.csv").open(encoding="utf-8", newline="") as file:
        names = [row["instance"] for row in csv.DictReader(file)]
    for name in names:
        found = read(EXAMPLE.parent / name)
        assert len(found.nurses) == int(name[1:4])
        assert len(found.weeks) == int(name[5])
