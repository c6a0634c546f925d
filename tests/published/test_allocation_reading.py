"""Files of allocations and their solutions: round trips, and every fault at once with its line and number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tildeling.errors import DataError
from tildeling.published import format_of
from tildeling.published.assignment_files import read_assignment, write_assignment
from tildeling.published.gap.reading import parse as gap
from tildeling.published.mdgp.reading import parse as mdgp
from tildeling.published.sscflp.reading import parse as sscflp

from .allocation import MADE, plans, text_of

PARSE: dict[str, Any] = {"gap": gap, "sscflp": sscflp, "mdgp": mdgp}
GAP = "2 2\n1 2\n3 4\n5 6\n7 8\n9 9\n"
SSCFLP = "2 2\n5 5\n1.5 2\n3 3\n1 2\n3 4.25\n"
MDGP = "3 2 ds 1 2 1 2\n0 1 1.5\n0 2 2\n1 2 3\n"


def faults(form: str, text: str) -> list[str]:
    with pytest.raises(DataError) as caught:
        PARSE[form](text, "a.txt")
    return [fault.message() for fault in caught.value.faults]


@pytest.mark.parametrize("form", MADE)
def test_round_trip(form: str) -> None:
    @settings(max_examples=80, deadline=None)
    @given(MADE[form])
    def reads_as_written(instance: Any) -> None:
        found = PARSE[form](text_of(instance), "made.txt")
        assert found == instance
        assert found.digest == instance.digest

    reads_as_written()


@pytest.mark.parametrize(
    ("form", "text", "said"),
    [
        ("gap", "", ["a.txt 'm': should be 1 numbers; the file has 0 left"]),
        ("gap", "x 0\n", ["a.txt line 1 'm': 'x' must be a whole number",
                          "a.txt line 1 'n': '0' must be from 1 to 2147483647"]),
        ("gap", GAP.replace("3 4", "3 -4").replace("7 8", "7.5 8"),
         ["a.txt line 3 'cost': '-4' must be from 0 to 2147483647",
          "a.txt line 5 'use': '7.5' must be a whole number"]),
        ("gap", GAP.replace("9 9", "9"), ["a.txt 'capacity': should be 2 numbers; the file has 1 left"]),
        ("gap", "900000 900000\n1 2\n", ["a.txt 'cost': should be 810000000000 numbers; the file has 2 left"]),
        ("gap", GAP + "1 2 3\n", ["a.txt line 7: '1' is the first of 3 numbers too many"]),
        ("sscflp", SSCFLP.replace("1.5", "1.x").replace("4.25", "-4").replace("3 3", "3 3.5"),
         ["a.txt line 3 'opening cost': '1.x' must be a number",
          "a.txt line 4 'demand': '3.5' must be a whole number",
          "a.txt line 6 'cost': '-4' must be from 0 to 2147483647"]),
        ("sscflp", SSCFLP.replace("4.25", "4.1234567").replace("1.5", "99999.123456"),
         ["a.txt line 3 'opening cost': '99999.123456' must be from 0 to 2147",
          "a.txt line 6 'cost': '4.1234567' must have at most 6 decimals"]),
        ("mdgp", "", ["a.txt 'n': should be 1 numbers; the file has 0 left"]),
        ("mdgp", "3\n",
         ["a.txt line 1 'G': '' must be a whole number", "a.txt line 1 'ds': '' must be one of: ds, ss"]),
        ("mdgp", MDGP.replace("1 2 1 2\n", "1 2\n"),
         ["a.txt line 1: '3 2 ds 1 2' must have 7 fields separated by blanks, and has 5"]),
        ("mdgp", MDGP.replace("ds 1 2", "ds 3 2").replace("0 2 2", "0 3 2").replace("1 2 3", "1 1 3") + "1 0 x y\n",
         ["a.txt line 1 'max': '2' must not be below the smallest size 3",
          "a.txt line 3 'j': '3' must be from 0 to 2",
          "a.txt line 4 'j': '1' must be another element than i",
          "a.txt line 5: '1 0 x y' must have 3 fields separated by blanks, and has 4"]),
        ("mdgp", MDGP + "2 0 7\n", ["a.txt line 5: '2 0' is already given in line 3"]),
        ("mdgp", MDGP.replace("0 2 2\n", ""), ["a.txt: lacks 1 pairs, the first 0 2"]),
    ],
)  # fmt: skip
def test_every_fault_with_its_place(form: str, text: str, said: list[str]) -> None:
    assert faults(form, text) == said


def test_decimals_are_exact_and_the_least_scale_is_taken() -> None:
    assert sscflp(SSCFLP, "a.txt").cost == ((100, 200), (300, 425))
    assert sscflp(SSCFLP.replace("4.25", "4.50"), "a.txt").scale == 10
    assert sscflp(SSCFLP.replace("4.25", "4.000").replace("1.5", "1."), "a.txt").scale == 1
    assert mdgp(MDGP, "a.txt").distance == ((0, 1, 15), (0, 2, 20), (1, 2, 30))


@pytest.mark.parametrize("form", MADE)
def test_solutions_are_written_and_read(form: str, tmp_path: Path) -> None:
    chosen = format_of(form)

    @settings(max_examples=30, deadline=None)
    @given(st.data())
    def the_same(data: st.DataObject) -> None:
        instance = data.draw(MADE[form])
        plan = data.draw(plans(instance))
        chosen.write(instance, plan, tmp_path)
        assert {path.name for path in tmp_path.iterdir()} == chosen.files
        assert chosen.read_solution(instance, tmp_path) == plan
        assert chosen.read_solution(instance, tmp_path / "assignment.csv") == plan

    the_same()


def test_the_file_is_the_contracts(tmp_path: Path) -> None:
    write_assignment((1, 0, 1), tmp_path)
    assert (tmp_path / "assignment.csv").read_bytes() == b"item;group\n0;1\n1;0\n2;1\n"


def test_every_fault_of_a_solution(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("item;group\n0;2\n0;1\n7;1\n1;x\n2\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_assignment(path, 4, 2)
    assert [fault.message() for fault in caught.value.faults] == [
        "mine.csv: lacks a row for item 2", "mine.csv: lacks a row for item 3",
        "mine.csv line 2 'group': '2' must be from 0 to 1",
        "mine.csv line 3 'item': '0' is already given in line 2",
        "mine.csv line 4 'item': '7' must be from 0 to 3",
        "mine.csv line 5 'group': 'x' must be a whole number",
        "mine.csv line 6: '2' must have 2 fields separated by semicolons, and has 1",
    ]  # fmt: skip
    path.write_text("0;1\n", encoding="utf-8")
    with pytest.raises(DataError, match="must begin with the header item;group"):
        read_assignment(path, 1, 2)
