"""The checker: each limit kept and broken, at both ends of the horizon, with the history and without."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tildeling.published.inrc2.checking import judge
from tildeling.published.inrc2.instance import (
    Contract,
    Cover,
    Day,
    History,
    Instance,
    Nurse,
    Request,
    Shift,
    Work,
)

FREE = Contract("Free", 0, 99, 0, 99, 0, 99, 99, False)
WEEK = "......."
NEW = History(0, 0, "", 0, 0, 1)


def days(row: str) -> tuple[Day, ...]:
    """A letter a day: capitals as Nurse, small letters as Lead, "." for off."""
    return tuple(
        () if letter == "." else (Work(letter.upper(), "Nurse" if letter.isupper() else "Lead"),)
        for letter in row
    )


def ward(weeks: int, history: History = NEW, same: tuple[int, int] = (0, 99), **limits: Any) -> Instance:
    """One nurse, early, late and night; shifts in a row are limited for E alone."""
    shifts = (Shift("E", *same), Shift("L", 0, 99, ("E",)), Shift("N", 0, 99, ("E", "L")))
    nurse = Nurse("A", "Free", ("Nurse",), history)
    return Instance(
        "made", "made", "made", tuple(range(weeks)), ("Nurse", "Lead"), shifts, (replace(FREE, **limits),),
        (nurse,),
    )  # fmt: skip


def costs(row: str, instance: Instance) -> dict[str, int]:
    """The terms that are not 0."""
    found = judge(instance, {"A": days(row)})
    assert found.ok
    return {name.removeprefix("inrc2_"): worth for name, worth in found.parts if worth}


def breaches(row: str, instance: Instance) -> list[str]:
    return [breach.message() for breach in judge(instance, {"A": days(row)}).breaches]


AFTER_EARLY = History(0, 0, "E", 2, 3, 0)
AFTER_NIGHT = History(0, 0, "N", 1, 1, 0)
AFTER_OFF = History(0, 0, "", 0, 0, 2)


def test_h1_a_day_has_one_shift_at_most() -> None:
    plan = {"A": ((), (Work("E", "Nurse"), Work("L", "Nurse")), *[()] * 5)}
    assert [breach.message() for breach in judge(ward(1), plan).breaches] == [
        "A has more than one shift on day 0 Tue: E Nurse, L Nurse (H1)"
    ]


@pytest.mark.parametrize(("day", "name"), [(0, "0 Mon"), (13, "1 Sun")])
def test_h2_least_cover_of_a_shift_and_skill(day: int, name: str) -> None:
    instance = replace(ward(2), covers=(Cover(day, "E", "Nurse", 1, 1),))
    row = ["."] * 14
    for letter, broken in (("E", False), ("L", True), (".", True)):
        row[day] = letter
        said = [f"0 in E Nurse on day {name}; at least 1 (H2)"] if broken else []
        assert breaches("".join(row), instance) == said
    assert judge(instance, {"A": days("".join(row))}).value == 30  # what is needed is wanted too


@pytest.mark.parametrize(
    ("keeps", "breaks", "history", "said"),
    [
        ("E......", "E......", AFTER_NIGHT, "A has E on day 0 Mon, which may not follow N on the day before (H3)"),
        ("N......", "L......", AFTER_NIGHT, "A has L on day 0 Mon, which may not follow N on the day before (H3)"),
        (".E.....", "LE.....", AFTER_EARLY, "A has E on day 0 Tue, which may not follow L on the day before (H3)"),
        (".....EN", ".....NE", AFTER_EARLY, "A has E on day 0 Sun, which may not follow N on the day before (H3)"),
    ],
)  # fmt: skip
def test_h3_followers(keeps: str, breaks: str, history: History, said: str) -> None:
    kept = AFTER_OFF if keeps == breaks else history
    assert breaches(keeps, ward(1, kept)) == []
    assert breaches(breaks, ward(1, history)) == [said]


def test_h3_over_the_weeks() -> None:
    assert breaches("......LL......", ward(2)) == []
    assert breaches("......NL......", ward(2)) != []


@pytest.mark.parametrize(("row", "name"), [("e......", "0 Mon"), ("......e", "0 Sun")])
def test_h4_skill(row: str, name: str) -> None:
    assert breaches(row.upper(), ward(1)) == []
    instance = replace(ward(1), covers=(Cover(row.index("e"), "E", "Lead", 0, 1),))
    assert breaches(row, instance) == [f"A has E as Lead on day {name}, without that skill (H4)"]
    assert judge(instance, {"A": days(row)}).value == 30  # and covers nothing so


@pytest.mark.parametrize("day", [0, 13])
def test_s1_each_one_below_what_is_wanted_costs_30(day: int) -> None:
    instance = replace(ward(2), covers=(Cover(day, "E", "Nurse", 0, 2), Cover(day, "L", "Nurse", 0, 0)))
    row = ["."] * 14
    assert costs("".join(row), instance) == {"cover_wanted": 60}
    row[day] = "E"
    assert costs("".join(row), instance) == {"cover_wanted": 30}
    row[day] = "L"  # more than is wanted costs nothing
    assert costs("".join(row), instance) == {"cover_wanted": 60}


@pytest.mark.parametrize(
    ("row", "history", "cost"),
    [
        (".EE....", AFTER_OFF, 0),
        (".E.....", AFTER_OFF, 15),
        (".EL....", AFTER_OFF, 15),
        ("E......", AFTER_OFF, 15),
        ("......E", AFTER_OFF, 0),  # open at the end: misses nothing
        (".EEE...", AFTER_OFF, 0),
        (".EEEE..", AFTER_OFF, 15),
        ("..EEEEE", AFTER_OFF, 30),  # but what is too much there is
        ("E......", AFTER_EARLY, 0),
        ("EE.....", AFTER_EARLY, 15),
        ("EEEEEEE", AFTER_EARLY, 90),
        (".......", replace(AFTER_EARLY, same=1), 15),  # ends with the history, one day short
        ("L......", replace(AFTER_EARLY, same=1), 15),
        ("E......", replace(AFTER_EARLY, same=5, on=5), 15),  # the history's own excess is not paid again
        (".......", replace(AFTER_EARLY, same=5, on=5), 0),
        ("EE.....", AFTER_NIGHT, None),
    ],
)
def test_s2_the_same_shift_two_or_three_days_in_a_row(row: str, history: History, cost: int | None) -> None:
    if cost is None:
        assert breaches(row, ward(1, history)) != []
        return
    assert costs(row, ward(1, history, same=(2, 3))) == ({"same_shift": cost} if cost else {})


@pytest.mark.parametrize(
    ("row", "history", "cost"),
    [
        (".EL....", AFTER_OFF, 0),
        (".E.....", AFTER_OFF, 30),
        ("E......", AFTER_OFF, 30),
        ("......L", AFTER_OFF, 0),
        (".ELNN..", AFTER_OFF, 30),
        ("...ELNN", AFTER_OFF, 30),
        (".......", AFTER_EARLY, 0),
        ("L......", AFTER_EARLY, 30),
        (".......", AFTER_NIGHT, 30),
        ("N......", AFTER_NIGHT, 0),
        ("L......", replace(AFTER_EARLY, on=7), 30),
    ],
)
def test_s2_two_or_three_working_days_in_a_row(row: str, history: History, cost: int) -> None:
    assert costs(row, ward(1, history, least_on=2, most_on=3)) == ({"working": cost} if cost else {})


@pytest.mark.parametrize(
    ("row", "history", "cost"),
    [
        ("EE..EEE", AFTER_EARLY, 0),
        ("EE.EEEE", AFTER_EARLY, 30),
        ("EEEEEE.", AFTER_EARLY, 0),
        ("EE....E", AFTER_EARLY, 30),
        ("EE.....", AFTER_EARLY, 60),
        (".EEEEEE", AFTER_OFF, 0),
        ("..EEEEE", AFTER_OFF, 30),
        ("EEEEEEE", AFTER_OFF, 0),
        ("EEEEEEE", replace(AFTER_OFF, off=1), 30),
        (".EEEEEE", replace(AFTER_OFF, off=1), 0),
        (".EEEEEE", replace(AFTER_OFF, off=6), 30),
        ("EEEEEEE", replace(AFTER_OFF, off=6), 0),
    ],
)
def test_s3_two_or_three_days_off_in_a_row(row: str, history: History, cost: int) -> None:
    assert costs(row, ward(1, history, least_off=2, most_off=3)) == ({"days_off": cost} if cost else {})


@pytest.mark.parametrize(
    ("day", "shift", "row", "cost"),
    [
        (0, "", "E......", 10),
        (0, "", ".E.....", 0),
        (6, "N", "......N", 10),
        (6, "N", "......E", 0),
    ],
)
def test_s4_wishes(day: int, shift: str, row: str, cost: int) -> None:
    instance = replace(ward(1), requests=(Request("A", day, shift),))
    assert costs(row, instance) == ({"preferences": cost} if cost else {})


@pytest.mark.parametrize(
    ("row", "cost"),
    [
        (WEEK + ".....EN", 0),
        (WEEK + "EEEEE..", 0),
        (".....E." + WEEK, 30),
        ("......E" + WEEK, 30),
        (".....E." + "......E", 60),
    ],
)
def test_s5_whole_weekends(row: str, cost: int) -> None:
    assert costs(row, ward(2, complete=True)) == ({"complete_weekends": cost} if cost else {})
    assert costs(row, ward(2, complete=False)) == {}


@pytest.mark.parametrize(
    ("row", "before", "cost"), [("EEE....", 0, 0), ("E......", 0, 20), ("EEEE...", 0, 20), ("EEEE...", 2, 60),
                                ("E......", 1, 0), (".......", 5, 40)]
)  # fmt: skip
def test_s6_two_or_three_working_days_in_all(row: str, before: int, cost: int) -> None:
    instance = ward(1, replace(AFTER_OFF, assignments=before), least=2, most=3)
    assert costs(row, instance) == ({"assignments": cost} if cost else {})


@pytest.mark.parametrize(
    ("row", "before", "cost"),
    [
        (".....E." + WEEK, 0, 0),
        (".....EE" + "EEEEE..", 0, 0),
        (".....E." + "......E", 0, 30),
        (WEEK + "......E", 1, 30),
        (WEEK + WEEK, 2, 30),
    ],
)
def test_s7_one_weekend_at_most(row: str, before: int, cost: int) -> None:
    instance = ward(2, replace(AFTER_OFF, weekends=before), weekends=1)
    assert costs(row, instance) == ({"weekends": cost} if cost else {})
