"""Files of the format are read as they were written, and every fault of all of them is told at once."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from tildeling.errors import DataError
from tildeling.published.inrc2.instance import Contract, Cover, History, Instance, Nurse, Request, Shift
from tildeling.published.inrc2.reading import read

from .strategies import instances
from .writer import write

SMALL = Path(__file__).parents[3] / "instances" / "rota-published" / "inrc2"
SC, H0, WD = "Sc-tiny.txt", "H0-tiny-0.txt", "WD-tiny-0.txt"


def faults(path: Path, lang: str = "en") -> list[str]:
    with pytest.raises(DataError) as caught:
        read(path)
    return caught.value.report("nb" if lang == "nb" else "en").splitlines()


def spoilt(folder: Path, *changes: tuple[str, str, str]) -> Path:
    """The tiny instance with some things changed: (file, old, new)."""
    shutil.copytree(SMALL / "tiny", folder / "tiny", dirs_exist_ok=True)
    for file, old, new in changes:
        path = folder / "tiny" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder / "tiny_0_0"


def test_files_are_read_as_they_stand() -> None:
    found = read(SMALL / "tiny_0_0")
    assert (found.name, found.data, found.scenario, found.weeks) == ("tiny_0_0", "tiny", "tiny", (0,))
    assert (found.days, found.skills, found.shifts) == (7, ("Lead", "Care"), (Shift("Day", 2, 4),))
    assert found.contracts == (
        Contract("Full", 4, 5, 2, 4, 2, 3, 1, True), Contract("Part", 2, 3, 1, 2, 2, 4, 0, True),
    )  # fmt: skip
    assert found.nurses == (
        Nurse("Ada", "Full", ("Lead", "Care"), History(0, 0, "Day", 1, 1, 0)),
        Nurse("Bo", "Part", ("Care",), History(1, 0, "", 0, 0, 1)),
    )
    assert found.covers[:3] == (
        Cover(0, "Day", "Lead", 0, 1), Cover(0, "Day", "Care", 0, 0), Cover(1, "Day", "Lead", 0, 0),
    )  # fmt: skip
    assert found.requests == (Request("Ada", 0, ""), Request("Bo", 3, "Day"))


def test_weeks_come_in_the_order_of_the_name_and_may_come_twice(tmp_path: Path) -> None:
    shutil.copytree(SMALL / "ward", tmp_path / "ward")
    found = read(tmp_path / "ward_0_1-1")
    assert found.weeks == (1, 1)
    first, second = found.covers[:42], found.covers[42:]
    assert second == tuple(replace(cover, day=cover.day + 7) for cover in first)
    assert [(r.nurse, r.day) for r in found.requests] == [
        (nurse, day + week)
        for week in (0, 7)
        for nurse, day in (("Bo", 5), ("Bo", 6), ("Cleo", 1), ("Eli", 0))
    ]


def test_files_may_lie_in_the_folder_itself() -> None:
    assert read(SMALL / "tiny" / "tiny_0_0") == read(SMALL / "tiny_0_0")


@settings(max_examples=60, deadline=None)
@given(instances())
def test_what_is_written_is_read_again(instance: Instance) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(instance, Path(folder))
        found = read(Path(folder) / instance.name)
    assert {c for c in found.covers if c.wanted} == {c for c in instance.covers if c.wanted}
    assert replace(found, covers=()) == replace(instance, covers=())


def test_the_digest_is_of_content_only(tmp_path: Path) -> None:
    one = read(SMALL / "tiny_0_0").digest
    assert read(spoilt(tmp_path, (SC, "\n", "\r\n\r\n"))).digest == one
    assert read(spoilt(tmp_path, (H0, "Ada 0 0", "Ada 1 0"))).digest != one


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (SC, "WEEKS = 1", "WEEKS = one", "Sc-tiny.txt line 3: 'one' must be a whole number"),
        (SC, "WEEKS = 1", "WEEKS = 0", "Sc-tiny.txt line 3: '0' must be from 1 to 520"),
        (SC, "WEEKS = 1", "WEEKS = 2", "Sc-tiny.txt: 'tiny_0_0' must name 2 weeks (WEEKS), and names 1"),
        (SC, "WEEKS = 1", "WEEKS", "Sc-tiny.txt line 3: 'WEEKS' must be written WEEKS = ..."),
        (SC, "WEEKS = 1", "YEARS = 1", "Sc-tiny.txt: lacks the section WEEKS"),
        (SC, "WEEKS = 1", "YEARS = 1", "Sc-tiny.txt line 3: 'YEARS = 1' is not a section of the format"),
        (SC, "WEEKS = 1", "WEEKS = 1\nWEEKS = 1", "line 4: 'WEEKS = 1' stands in line 3 too"),
        (SC, "SCENARIO", "x\nSCENARIO", "Sc-tiny.txt line 1: 'x' stands before the first section"),
        (SC, "SKILLS = 2", "SKILLS = 3", "line 5: 'SKILLS = 3' must give the number of lines that follow, 2"),
        (SC, "Lead\n", "Lead on\n", "line 6 SKILLS: 'Lead on' must have 1 words, and has 2"),
        (SC, "Lead\n", "Care\n", "line 7 SKILLS: 'Care' is already given in line 6"),
        (SC, "Day (2,4)", "Day (2;4)", "SHIFT_TYPES 'consecutive': '(2;4)' must be two whole numbers such as"),
        (SC, "Day (2,4)", "Day (5,4)", "'consecutive': '(5,4)' must not have a first number above the second"),
        (SC, "Day (2,4)", "Any (2,4)", "line 10 SHIFT_TYPES 'shift': 'Any' is a word of the format"),
        (SC, "Day 0", "Day 1 Late", "SUCCESSIONS 'shift': 'Late' is not a known shift"),
        (SC, "Day 0", "Day 1", "SUCCESSIONS: 'Day 1' must give how many follow, 0"),
        (SC, "Day 0", "Late 0", "SUCCESSIONS 'shift': 'Late' is not a known shift"),
        (SC, "(2,3) 1 1", "(2,3) 1 2", "line 16 CONTRACTS 'complete weekends': '2' must be from 0 to 1"),
        (SC, "(2,3) 1 1", "(2,3) 1", "line 16 CONTRACTS: 'Full (4,5) (2,4) (2,3) 1' must have 6 words"),
        (SC, "(2,3) 1 1", "(2,3) x 1", "line 16 CONTRACTS 'weekends': 'x' must be a whole number"),
        (SC, "Ada Full", "Ada Fool", "line 20 NURSES 'contract': 'Fool' is not a known contract"),
        (SC, "2 Lead Care", "2 Lead Cook", "line 20 NURSES 'skill': 'Cook' is not a known skill"),
        (SC, "Ada Full", "Bo Full", "line 21 NURSES: 'Bo' is already given in line 20"),
        (SC, "Bo Part 1 Care", "Bo", "line 21 NURSES: 'Bo' must have 4 words, and has 1"),
        (H0, "0 tiny", "0 huge", "H0-tiny-0.txt line 2 HISTORY: 'huge' must be the scenario, tiny"),
        (H0, "0 tiny", "", "H0-tiny-0.txt line 1 HISTORY: must have exactly one line, and has 0"),
        (H0, "Bo 1 0", "Cy 1 0", "H0-tiny-0.txt: lacks a row for Bo"),
        (H0, "Bo 1 0", "Cy 1 0", "line 6 NURSE_HISTORY 'nurse': 'Cy' is not a known nurse"),
        (H0, "Day 1 1 0", "Late 1 1 0", "line 5 NURSE_HISTORY 'last shift': 'Late' is not a known shift"),
        (H0, "Day 1 1 0", "Day 1 1", "line 5 NURSE_HISTORY: 'Ada 0 0 Day 1 1' must have 7 words, and has 6"),
        (H0, "Day 1 1 0", "Day 2 1 0", "NURSE_HISTORY: 'Ada 0 0 Day 2 1 0' must have a last shift, 1 <="),
        (H0, "Day 1 1 0", "Day 1 2 0", "NURSE_HISTORY: 'Ada 0 0 Day 1 2 0' must have a last shift, 1 <="),
        (H0, "None 0 0 1", "None 0 0 0", "line 6 NURSE_HISTORY: 'Bo 1 0 None 0 0 0' must have a last shift"),
        (H0, "None 0 0 1", "None 0 0 -1", "NURSE_HISTORY 'consecutive off': '-1' must be from 0 to 9999"),
        (WD, "tiny", "huge", "WD-tiny-0.txt line 2 WEEK_DATA: 'huge' must be the scenario, tiny"),
        (WD, "Day Lead", "Late Lead", "line 5 REQUIREMENTS 'shift': 'Late' is not a known shift"),
        (WD, "Day Lead", "Day Cook", "line 5 REQUIREMENTS 'skill': 'Cook' is not a known skill"),
        (WD, "Day Lead", "Day Care", "line 6 REQUIREMENTS: 'Day Care' is already given in line 5"),
        (WD, "Day Lead (0,1)", "Day Lead", "line 5 REQUIREMENTS: 'Day Lead (0,0) (1,1) (0,0) (0,1) (0,0) (0,1)'"),
        (WD, "Day Lead (0,1)", "Day Lead 1", "line 5 REQUIREMENTS 'Mon': '1' must be two whole numbers"),
        (WD, "REQUESTS = 2", "REQUESTS = 1", "'SHIFT_OFF_REQUESTS = 1' must give the number of lines that follow"),
        (WD, "Ada Any Mon", "Ada Any", "line 9 SHIFT_OFF_REQUESTS: 'Ada Any' must have 3 words, and has 2"),
        (WD, "Ada Any Mon", "Cy Any Mon", "line 9 SHIFT_OFF_REQUESTS 'nurse': 'Cy' is not a known nurse"),
        (WD, "Ada Any Mon", "Ada Late Mon", "line 9 SHIFT_OFF_REQUESTS 'shift': 'Late' is not a known shift"),
        (WD, "Ada Any Mon", "Ada Any Man", "'day': 'Man' must be one of Mon, Tue, Wed, Thu, Fri, Sat, Sun"),
        (WD, "Ada Any Mon", "Bo Day Thu", "line 10 SHIFT_OFF_REQUESTS: 'Bo Day Thu' is already given in line 9"),
    ],
)  # fmt: skip
def test_a_fault_names_file_line_section_field_and_what_is_required(
    tmp_path: Path, file: str, old: str, new: str, said: str
) -> None:
    told = faults(spoilt(tmp_path, (file, old, new)))
    assert any(said in line for line in told), told


def test_faults_of_all_files_come_at_once_and_in_both_languages(tmp_path: Path) -> None:
    path = spoilt(
        tmp_path, (SC, "Day (2,4)", "Day (x,4)"), (H0, "Bo 1 0", "Bo z 0"), (WD, "Ada Any Mon", "Ada Any Man"),
        (SC, "WEEKS = 1", "WEEKS = y"),
    )  # fmt: skip
    assert [line.partition(":")[0] for line in faults(path)] == [
        "Sc-tiny.txt line 3",
        "Sc-tiny.txt line 10 SHIFT_TYPES 'consecutive'",
        "H0-tiny-0.txt line 6 NURSE_HISTORY 'assignments'",
        "WD-tiny-0.txt line 9 SHIFT_OFF_REQUESTS 'day'",
    ]
    assert faults(path, "nb")[0] == "Sc-tiny.txt linje 3: 'y' må være et heltall"


def test_empty_files_lack_every_section(tmp_path: Path) -> None:
    spoilt(tmp_path)
    for file in (SC, H0, WD):
        (tmp_path / "tiny" / file).write_text("", encoding="utf-8")
    assert sum("lacks the section" in line for line in faults(tmp_path / "tiny_0_0")) == 7 + 2 + 3


def test_files_that_are_not_there_are_named_together(tmp_path: Path) -> None:
    shutil.copytree(SMALL / "tiny", tmp_path / "tiny")
    told = faults(tmp_path / "tiny_3_4")
    assert [line.partition(": ")[0].rpartition("/")[2] for line in told] == ["H0-tiny-3.txt", "WD-tiny-4.txt"]


@pytest.mark.parametrize("name", ["tiny", "tiny_0", "tiny_0_", "tiny_0_1-", "tiny_x_1", "tiny_0_0.txt"])
def test_a_name_says_set_history_and_weeks(name: str) -> None:
    assert "must end with set, history and weeks, such as n030w4_1_6-2-9-1" in faults(SMALL / name)[0]
