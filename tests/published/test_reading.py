"""Files of the format are read as they were written, and every fault of one is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from tildeling.errors import DataError, UsageError
from tildeling.published import FORMATS, format_of
from tildeling.published.curtois.instance import Cover, Instance, Person, Request, Shift
from tildeling.published.curtois.reading import SECTIONS, parse, read, read_plan

from .strategies import instances
from .writer import text_of

ROOT = Path(__file__).parents[2]
TINY = ROOT / "instances" / "rota-published" / "curtois" / "tiny.txt"


def faults(text: str, lang: str = "en") -> list[str]:
    with pytest.raises(DataError) as caught:
        parse(text, "a.txt")
    return caught.value.report("nb" if lang == "nb" else "en").splitlines()


def spoilt(old: str, new: str) -> list[str]:
    """Faults of the tiny instance with one thing changed."""
    text = TINY.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    return faults(text.replace(old, new, 1))


def test_a_file_is_read_as_it_stands() -> None:
    found = read(TINY)
    assert (found.name, found.days, found.shifts) == ("tiny", 4, (Shift("D", 480),))
    assert found.people == (
        Person("Ada", (("D", 4),), 960, 480, 2, 1, 2, 1, days_off=(1,)),
        Person("Bo", (("D", 2),), 960, 960, 2, 2, 1, 1),
    )
    assert found.on == (Request("Ada", 0, "D", 2), Request("Bo", 0, "D", 3))
    assert found.off == (Request("Bo", 3, "D", 1),)
    assert found.covers == tuple(Cover(day, "D", 1, 10, 1) for day in range(4))


@settings(max_examples=150, deadline=None)
@given(instances())
def test_what_is_written_is_read_again(instance: Instance) -> None:
    found = parse(text_of(instance), "made.txt")
    assert found == instance
    assert found.digest == instance.digest


def test_the_digest_is_of_content_only() -> None:
    text = TINY.read_text(encoding="utf-8")
    one, same = parse(text, "a.txt"), parse("# more\n\n" + text.replace("\n", "\r\n"), "b.txt")
    assert one.digest == same.digest
    assert one.digest != parse(text.replace("960,480,2", "960,479,2"), "a.txt").digest


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\n4\n", "\nfour\n", "line 4 SECTION_HORIZON 'Horizon': 'four' must be a whole number"),
        ("\n4\n", "\n0\n", "line 4 SECTION_HORIZON 'Horizon': '0' must be from 1 to 3660"),
        ("\n4\n", "\n4\n4\n", "line 5 SECTION_HORIZON: must have exactly one line, and has 2"),
        ("\n4\n", "\n", "SECTION_HORIZON: must have exactly one line, and has 0"),
        ("D,480,", "D,480", "line 8 SECTION_SHIFTS: 'D,480' must have 3 fields"),
        ("D,480,", "D,480,X", "line 8 SECTION_SHIFTS 'Shifts which cannot follow': 'X' is not a known shift"),
        ("D,480,", "D,0,", "line 8 SECTION_SHIFTS 'Length in mins': '0' must be from 1"),
        ("D,480,", "D,480,\nD,480,", "line 9 SECTION_SHIFTS 'ID': 'D' is already given in line 8"),
        ("D,480,", "D|E,480,", "line 8 SECTION_SHIFTS 'ID': 'D|E' must be at least one character"),
        ("Ada,D=4", "Ada,E=4", "line 12 SECTION_STAFF 'MaxShifts': 'E=4' must give every shift once"),
        ("Ada,D=4", "Ada,D=4|D=4", "line 12 SECTION_STAFF 'MaxShifts': 'D=4|D=4' must give every shift once"),
        ("Ada,D=4", "Ada,D=x", "line 12 SECTION_STAFF 'MaxShifts': 'x' must be a whole number"),
        ("960,480,2,1", "960,961,2,1", "'MinTotalMinutes': '961' must not be more than MaxTotalMinutes, 960"),
        ("960,480,2,1", "960,480,-1,1", "'MaxConsecutiveShifts': '-1' must be from 0"),
        ("960,480,2,1", "960,480,2,1.5", "'MinConsecutiveShifts': '1.5' must be a whole number"),
        ("960,480,2,1,2,1", "960,480,2,1,2", "line 12 SECTION_STAFF: 'Ada,D=4,960,480,2,1,2' must have 8"),
        ("Ada,1", "Cy,1", "line 17 SECTION_DAYS_OFF 'EmployeeID': 'Cy' is not a known person"),
        ("Ada,1", "Ada,4", "line 17 SECTION_DAYS_OFF 'DayIndexes': '4' must be from 0 to 3"),
        ("Ada,1", "Ada,1\nAda,2", "line 18 SECTION_DAYS_OFF 'EmployeeID': 'Ada' is already given in line 17"),
        ("Ada,0,D,2", "Ada,0,E,2", "line 21 SECTION_SHIFT_ON_REQUESTS 'ShiftID': 'E' is not a known shift"),
        ("Ada,0,D,2", "Bo,0,D,2", "line 22 SECTION_SHIFT_ON_REQUESTS: 'Bo,0,D' is already given in line 21"),
        ("Bo,3,D,1", "Bo,3,D,", "line 26 SECTION_SHIFT_OFF_REQUESTS 'Weight': '' must be a whole number"),
        ("0,D,1,10,1", "1,D,1,10,1", "line 31 SECTION_COVER: '1,D' is already given in line 30"),
        ("0,D,1,10,1", "0,D,-1,10,1", "line 30 SECTION_COVER 'Requirement': '-1' must be from 0"),
        ("SECTION_COVER", "SECTION_COVERS", "'SECTION_COVERS' is not a section of the format"),
        ("SECTION_COVER", "SECTION_COVERS", "a.txt: lacks the section SECTION_COVER"),
        ("SECTION_COVER", "SECTION_STAFF", "line 28: 'SECTION_STAFF' stands in line 10 too"),
        ("# Two", "Two", "a.txt line 1: 'Two people, four days, one shift. Somebody is wanted ever...' stands before"),
    ],
)  # fmt: skip
def test_a_fault_names_line_section_field_and_what_is_required(old: str, new: str, said: str) -> None:
    assert any(said in line for line in spoilt(old, new)), spoilt(old, new)


def test_all_faults_come_at_once_in_the_order_of_the_file_and_in_both_languages() -> None:
    text = TINY.read_text(encoding="utf-8")
    for old, new in (("D,480,", "D,x,"), ("Ada,1", "Ada,9"), ("3,D,1,10,1", "3,Q,1,10,1")):
        text = text.replace(old, new, 1)
    assert [line.partition(":")[0] for line in faults(text)] == [
        "a.txt line 8 SECTION_SHIFTS 'Length in mins'",
        "a.txt line 17 SECTION_DAYS_OFF 'DayIndexes'",
        "a.txt line 33 SECTION_COVER 'ShiftID'",
    ]
    assert faults(text, "nb")[0] == "a.txt linje 8 SECTION_SHIFTS 'Length in mins': 'x' må være et heltall"


def test_an_empty_file_lacks_every_section() -> None:
    assert sum("lacks the section" in line for line in faults("")) == len(SECTIONS)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_file_that_is_no_text_or_not_there(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"a\.txt: (is not text in UTF-8|cannot be read: No such file)"):
        read(path)


def test_a_roster_is_read_by_id_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "roster.tsv"
    path.write_text("Bo\tD\tD\t\t\nAda\t\t\tD\tD\n", encoding="utf-8")
    assert read_plan(read(TINY), path) == {"Ada": ("", "", "D", "D"), "Bo": ("D", "D", "", "")}


def test_faults_of_a_roster_come_at_once(tmp_path: Path) -> None:
    path = tmp_path / "roster.tsv"
    path.write_text("Bo\tD\tX\t\t\nBo\tD\tD\t\nCy\t\t\t\t\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_plan(read(TINY), path)
    assert caught.value.report().splitlines() == [
        "roster.tsv: lacks a row for Ada",
        "roster.tsv line 1 'day 1': 'X' is not a known shift",
        "roster.tsv line 2: 'Bo' is already given in line 1",
        "roster.tsv line 2: 'Bo' must have a cell for each of 4 days after the id, and has 3",
        "roster.tsv line 3: 'Cy' is not a known person",
    ]


def test_the_registry_names_what_exists() -> None:
    for name in FORMATS:
        assert format_of(name).name == name
    with pytest.raises(UsageError, match="xml: is not one of curtois"):
        format_of("xml")
