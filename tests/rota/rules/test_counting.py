"""Hours as they count: by hand, and both ways of counting against each other."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rota.builder import MONDAY, shift
from tests.rota.rules import plans

from tildeling.rota.case import Case
from tildeling.rota.compiling import minutes
from tildeling.rota.compiling.frame import Frame
from tildeling.rota.counting import (
    night_minutes,
    ordinary_minutes,
    present_minutes,
    worked_minutes,
    zone_minutes,
)
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.rules.terms import Terms, terms
from tildeling.rota.solution import Rota
from tildeling.rota.tables import Shift


def _case(*shifts: Shift, **fields: object) -> Case:
    return Case(plans.data("-" * 14, shifts=shifts or plans.SHIFTS, **fields), Rota())  # type: ignore[arg-type]


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_a_break_counts_only_where_one_cannot_leave() -> None:
    case = _case()
    assert worked_minutes(case.duty(MONDAY, "D")) == 420
    assert worked_minutes(case.duty(MONDAY, "N")) == 600


def test_passive_duty_counts_half_but_for_at_most_two_hours() -> None:
    case = _case(
        shift("S", "sleeping_night", "22:00", "9", passive_hours="3", break_minutes=0),
        shift("T", "sleeping_night", "22:00", "9", passive_hours="7", break_minutes=0),
    )
    assert worked_minutes(case.duty(MONDAY, "S")) == 540 - 90
    assert worked_minutes(case.duty(MONDAY, "T")) == 540 - 120
    assert present_minutes(case.duty(MONDAY, "T")) == 540


def test_passive_duty_takes_off_at_most_ten_hours_of_seven_days() -> None:
    duty = _case().duty(MONDAY, "S")
    assert ordinary_minutes([duty] * 5) == 5 * 420
    assert ordinary_minutes([duty] * 6) == 6 * 540 - 600


def test_duty_at_home_counts_a_seventh_rounded_up() -> None:
    duty = _case(shift("H", "standby", "16:00", "15.5", break_minutes=0)).duty(MONDAY, "H")
    assert worked_minutes(duty) == 133  # 930 / 7 = 132.9
    assert night_minutes(duty) == zone_minutes(_case(), duty) == 0


@pytest.mark.parametrize(
    ("start", "night", "worked"),
    [("2030-01-12", 510, 600), ("2026-03-28", 450, 540), ("2026-10-24", 570, 660)],
)
def test_the_night_the_clock_is_changed(start: str, night: int, worked: int) -> None:
    duty = _case().duty(_day(start), "N")
    assert (night_minutes(duty), worked_minutes(duty)) == (night, worked)


def test_a_cycle_has_no_such_night() -> None:
    duty = _case(cycle=True, start=plans.SPRING).duty(_day("2026-03-28"), "N")
    assert (night_minutes(duty), worked_minutes(duty)) == (510, 600)


@pytest.mark.parametrize(
    ("day", "code", "zone"),
    [
        ("2030-01-11", "A", 0),  # Friday
        ("2030-01-12", "A", 270),  # Saturday 14:30-22:30, from 18:00
        ("2030-01-13", "A", 450),  # Sunday, to 22:00
        ("2030-01-13", "N", 30),
        ("2026-12-24", "A", 450),  # from 15:00 on Christmas eve
        ("2026-12-25", "N", 600),  # both days of Christmas
        ("2026-12-31", "A", 270),  # an eve as most are
        ("2026-04-04", "D", 0),  # Easter eve, to 15:00
        ("2026-04-04", "A", 450),
        ("2026-05-23", "A", 450),  # Whit eve
        ("2026-05-13", "A", 270),  # the eve of Ascension Day
    ],
)
def test_zone_of_free_days(day: str, code: str, zone: int) -> None:
    case = _case()
    assert zone_minutes(case, case.duty(_day(day), code)) == zone


def test_terms_are_the_rule_sets() -> None:
    on = plans.data("-", rules=("PASSIVE",), changes={"STANDBY": {"one_in": 5}})
    assert terms(on) == Terms(5, 120, 600)
    assert terms(plans.data("-")) == Terms(0, 0, 0)


CLOCKS = st.builds(lambda hour, half: f"{hour:02d}:{30 * half:02d}", st.integers(0, 23), st.integers(0, 1))


@st.composite
def _shifts(draw: st.DrawFn) -> Shift:
    hours = Decimal(draw(st.integers(2, 40))) / 2
    return shift(
        draw(st.sampled_from("XYZ")), draw(st.sampled_from(["day", "night", "sleeping_night", "standby", "live_in"])),
        draw(CLOCKS), str(hours + draw(st.sampled_from([0, 0, 0, 48]))),
        break_minutes=draw(st.integers(0, 30)), break_is_work=draw(st.booleans()),
        passive_hours=str((hours * draw(st.sampled_from([0, 1])) * Decimal("0.73")).quantize(Decimal("0.01"))),
    )  # fmt: skip


STARTS = st.sampled_from(
    [MONDAY, plans.SPRING, plans.AUTUMN, plans.CHRISTMAS, dt.date(2026, 3, 30), dt.date(2026, 5, 11)]
)
TERMS = st.builds(Terms, st.integers(0, 9), st.integers(0, 200))


@settings(max_examples=60, deadline=None)
@given(_shifts(), STARTS, st.booleans(), TERMS)
def test_both_ways_of_counting_agree(one: Shift, start: dt.date, cycle: bool, how: Terms) -> None:
    of: RotaDataset = plans.data("-" * 14, shifts=(one,), start=start, cycle=cycle)
    case, frame = Case(of, Rota()), Frame(of)
    duties = [case.duty(day, one.shift_code) for day in of.days]
    for mine, theirs in (
        ([worked_minutes(duty, how) for duty in duties], minutes.worked(frame, how)),
        ([worked_minutes(duty) for duty in duties], minutes.worked(frame)),
        ([present_minutes(duty, how) for duty in duties], minutes.present(frame, how)),
        ([night_minutes(duty) for duty in duties], minutes.night(frame)),
        ([night_minutes(duty, 1320, 1860) for duty in duties], minutes.night(frame, 1320, 1860)),
        ([zone_minutes(case, duty) for duty in duties], minutes.zone(frame)),
    ):
        assert theirs.shape == (len(of.days), 2)
        assert theirs[:, 0].sum() == 0
        np.testing.assert_array_equal(theirs[:, 1], mine)
