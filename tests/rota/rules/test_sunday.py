"""Sundays and holidays: the next one off, or every second on average."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from tests.rota.builder import day, shift
from tests.rota.rules import lowering, plans
from tests.rota.rules.plans import agreement, found, told

from tildeling.rota.case import Case
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.rules.sunday import _free_days
from tildeling.rota.solution import Rota
from tildeling.rota.windows import Window

NEXT, AVERAGE, SOME = "SUNDAY.next", "SUNDAY.average", "SUNDAY.some"
ON, OFF = "------D", "-------"
EVE = {"SUNDAY": {"eve": True}}
AGREED = (agreement("sunday_ind", level="IND"),)


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_kept_and_broken_to_the_last() -> None:
    assert found("SUNDAY", ON + OFF + ON) == []
    (breach,) = found("SUNDAY", OFF + ON + ON)
    assert told([breach]) == [(NEXT, day(13), 2, 1)]
    assert (breach.last_day, breach.source) == (day(20), "AML § 10-8 (4)")
    assert breach.message() == (
        "AML § 10-8 (4): s1 works the Sunday or holiday 2030-01-20 and the next one, 2030-01-27, too"
    )


def test_nights_belong_to_the_sunday_they_touch() -> None:
    assert told(found("SUNDAY", "-----N- ------D")) == [(NEXT, day(6), 2, 1)]
    assert told(found("SUNDAY", "------N ------D")) == [(NEXT, day(6), 2, 1)]
    assert found("SUNDAY", "-----A- ------D") == []
    assert told(found("SUNDAY", "-----A- ------D", changes=EVE)) == [(NEXT, day(6), 2, 1)]
    late = (shift("N", "night", "22:00", "9"), shift("D", "day", "07:30", "7.5"))
    assert found("SUNDAY", "------N ------D", shifts=late) == []
    assert found("SUNDAY", "------H ------H") == []


def test_holidays() -> None:
    easter = {"start": plans.SPRING}  # Palm Sunday 29 March, Maundy Thursday 2 April, Easter 3, 5 and 6 April
    assert told(found("SUNDAY", "------D ---D---", **easter)) == [(NEXT, date("2026-03-29"), 2, 1)]
    assert found("SUNDAY", "------D ----D--", **easter) == []
    # the night from Maundy Thursday into Good Friday belongs to the first, so that Friday's own shift is another
    assert found("SUNDAY", "------- ---N---", **easter) == []
    assert told(found("SUNDAY", "------- ----N-D -------", **easter)) == [(NEXT, date("2026-04-03"), 2, 1)]


def test_the_past() -> None:
    assert told(found("SUNDAY", ON, past=("------D",))) == [(NEXT, day(-1), 2, 1)]
    assert found("SUNDAY", OFF, past=("------D" * 2,)) == []


def test_the_wrap_of_a_cycle() -> None:
    assert told(found("SUNDAY", ON + OFF + ON, cycle=True)) == [(NEXT, day(20), 2, 1)]
    assert told(found("SUNDAY", ON, cycle=True)) == [(NEXT, day(6), 2, 1)]
    assert found("SUNDAY", ON + OFF, cycle=True) == []


def test_every_second_on_average() -> None:
    assert found("SUNDAY", (OFF + ON + ON + OFF) * 6 + ON + OFF, agreements=AGREED, cycle=True) == []
    (breach,) = found("SUNDAY", (OFF + ON + ON + OFF) * 6 + ON + ON, agreements=AGREED, cycle=True)
    assert told([breach]) == [(AVERAGE, day(0), 14, 13)]
    assert (breach.agreement, breach.amount, breach.last_day) == ("L1", 1, day(181))


def test_on_average_over_a_plan_that_is_shorter() -> None:
    assert (
        found("SUNDAY", ON + ON + OFF, agreements=AGREED) == []
    )  # the third is left to the rest of the period
    assert told(found("SUNDAY", ON + ON + OFF, agreements=AGREED, cycle=True)) == [(AVERAGE, day(0), 2, 1)]


def test_at_least_one_in_four_weeks() -> None:
    line = ON * 4 + OFF * 4
    (breach,) = found("SUNDAY", line, agreements=AGREED)
    assert told([breach]) == [(SOME, day(0), 4, 3)]
    past = found("SUNDAY", ON + OFF, past=(ON * 3,), agreements=AGREED, start=plans.FEBRUARY)
    assert told(past) == [(SOME, plans.FEBRUARY - dt.timedelta(days=21), 4, 3)]
    assert found("SUNDAY", ON + OFF, past=(ON * 3,), agreements=AGREED) == []  # New Year's Day was off
    assert told(found("SUNDAY", ON + OFF * 4 + ON * 3, agreements=AGREED, cycle=True)) == [
        (SOME, day(35), 4, 3)
    ]
    assert found("SUNDAY", OFF, past=(ON * 4,), agreements=AGREED) == []


def test_red_days_of_half_a_year() -> None:
    """26 Sundays and ten holidays: at least 18 of the 36 are off."""
    start = date("2026-12-07")
    of = plans.data("-" * 182, start=start)
    free = list(_free_days(Case(of, Rota()), Window(start, of.last_day)))
    assert len(free) == 26 + len([each for each in free if each.weekday() < 6])
    case = plans.data("-" * 182, start=start, rules=("SUNDAY",), agreements=AGREED)
    limits = {
        each.values["limit"] for each in lowering.lowered(case).demands if each.text == "SUNDAY.average_need"
    }
    assert limits == {len(free) // 2}


@settings(max_examples=250, deadline=None)
@given(lowering.plan("SUNDAY", permits=("sunday_ind",), letters="DANNSH", most=5, past=40))
def test_both_halves_say_the_same(case: tuple[RotaDataset, Rota]) -> None:
    assert bool(lowering.broken(*case)) == bool(lowering.breaches(*case))


@settings(max_examples=150, deadline=None)
@given(lowering.plan("SUNDAY", permits=("sunday_ind",), letters="DANNSH", most=5, past=40, changes=EVE))
def test_both_halves_say_the_same_with_the_eve(case: tuple[RotaDataset, Rota]) -> None:
    assert bool(lowering.broken(*case)) == bool(lowering.breaches(*case))
