"""A base rota rolled out to dates, the days off it gives, and what it owes on red days."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from tests.rota.builder import MONDAY, day, person
from tests.rota.rules import plans

from tildeling.rota.case import Case
from tildeling.rota.check import check
from tildeling.rota.marks import WeekMarks, owed, red_days, weekly
from tildeling.rota.rollout import roll_out
from tildeling.rota.tables import Absence, Planned, RotaForm, Wish

START = dt.date(2030, 1, 7)


def base(*lines: str, **fields: Any) -> Case:
    of = plans.data(*lines, cycle=True, rules=("WEEKEND",), **fields)
    return Case(of, plans.rota(of, *lines))


def marks(line: str, **fields: Any) -> list[tuple[int | None, int | None]]:
    """Day of the week (Monday 0) of F1 and F2 in each week."""
    of = plans.data(line, **fields)
    found = weekly(Case(of, plans.rota(of, line)), "s1")
    return [(_weekday(week.f1), _weekday(week.f2)) for week in found]


def _weekday(date: dt.date | None) -> int | None:
    return None if date is None else date.weekday()


@pytest.mark.parametrize(
    ("line", "f1", "f2"),
    [
        ("DDDDD--", 6, 5),  # Sunday, and the Saturday beside it
        ("D--DDDD", 2, 1),  # Sunday worked: two days together
        ("-DD--DD", 4, 3),  # the pair before the single day
        ("DDDD-D-", 6, 4),  # F2 apart
        ("DDDDDD-", 6, None),
        ("DDDDDDD", None, None),
        ("DDDDN-D", None, 5),  # 24 hours after the night are no weekly rest
        ("HDDDDDH", None, None),  # a day on call is no day off
    ],
)
def test_f1_and_f2(line: str, f1: int | None, f2: int | None) -> None:
    follow = "DDDDDDD"
    assert marks(line + follow) == [(f1, f2), (None, None)]
    assert marks(follow + line) == [(None, None), (f1, f2)]


def test_marks_of_a_cycle_look_over_its_end() -> None:
    """Off on the last day: from 15:00 on Saturday to 07:30 on the first Monday is rest enough, from 22:30 is not."""
    assert marks("DDDDDD-", cycle=True) == [(6, None)]
    assert marks("DDDDDA-", cycle=True) == [(None, 6)]
    assert marks("DDDDDA-") == [(6, None)]


def test_f1_is_not_on_a_holiday_where_it_need_not() -> None:
    """Sunday worked; off on Maundy Thursday and on Tuesday, each alone."""
    easter = plans.SPRING + dt.timedelta(days=7)
    assert marks("D-D-DDD", start=easter) == [(1, 3)]
    assert marks("D-D-DDD") == [(3, 1)]


def test_beside() -> None:
    assert WeekMarks(MONDAY, day(6), day(5)).beside
    assert not WeekMarks(MONDAY, day(6), day(4)).beside
    assert not WeekMarks(MONDAY, day(6), None).beside


def test_f3_is_what_the_base_rota_is_short_of() -> None:
    """The 26 weeks from Christmas 2029 have 26 Sundays and ten holidays on other days: 18 are to be off."""
    christmas = dt.date(2029, 12, 24)
    found = {
        line: red_days(base(line), christmas)["s1"] for line in ("DDDDDDD", "------D", "DDDDDD-", "-------")
    }
    assert {each.red for each in found.values()} == {36}
    assert [(each.off, each.f3) for each in found.values()] == [(0, 18), (10, 8), (26, 0), (36, 0)]
    assert [owed(36, 18), owed(36, 17), owed(35, 17)] == [0, 1, 1]


def test_f3_hangs_on_the_week_it_starts_in() -> None:
    """Every second week worked whole: which half of the holidays is met hangs on the first week."""
    case = base("DDDDDDD-------")
    christmas = dt.date(2029, 12, 24)
    one, other = (red_days(case, christmas, first_week=week)["s1"] for week in (1, 2))
    assert one.off + other.off == 36
    assert one.f3 == max(0, 18 - one.off)
    assert one.off != other.off


def test_f5_where_the_base_rotas_rest_day_meets_a_holiday() -> None:
    """F1 on Thursdays, Sundays worked: Maundy Thursday, Ascension Day in the 26 weeks; 1 May is a Wednesday."""
    found = red_days(base("DDD-DDD"), START)["s1"]
    assert found.f5 == (dt.date(2030, 4, 18), dt.date(2030, 5, 30))
    assert red_days(base("DDD-DD-"), START)["s1"].f5 == ()


def test_rolled_out_from_a_week_of_the_cycle() -> None:
    case = base("DDDDD-- AAAAA-- NN-----")
    dated, rota = roll_out(case.data, case.rota, START, 4, first_week=3)
    assert (dated.info.form, dated.info.start, dated.info.weeks) == (RotaForm.DATED, START, 4)
    line = "".join(rota.shift("s1", date) or "-" for date in dated.days)
    assert line == "NN-----DDDDD--AAAAA--NN-----"
    assert dated.faults() == []
    assert all(first < then for first, then in pairwise(rota.work["s1"]))


def test_rows_on_days_are_repeated_with_them() -> None:
    rows: dict[str, Any] = {
        "fixed": (Planned(staff_id="s1", date=day(0), shift_code="D"),),
        "wishes": (Wish(staff_id="s1", date=day(13), kind="off"),),
        "absences": (Absence(staff_id="s1", first_day=day(8), last_day=day(9)),),
    }
    case = base("D------ -------", **rows)
    dated, _ = roll_out(case.data, case.rota, START, 3)
    assert [row.date for row in dated.fixed] == [START, START + dt.timedelta(days=14)]
    assert [row.date for row in dated.wishes] == [START + dt.timedelta(days=13)]
    assert [row.first_day for row in dated.absences] == [
        START + dt.timedelta(days=number) for number in (8, 9)
    ]
    assert dated.faults() == []


@pytest.mark.parametrize("first_week", [1, 2, 3])
def test_the_working_weekend_keeps_its_week(first_week: int) -> None:
    case = base("------- -----DD -------", staff=(person("s1", weekend_week=2),))
    assert check(case.data, case.rota).ok
    dated, rota = roll_out(case.data, case.rota, START, 7, first_week)
    assert check(dated, rota).ok
    assert not check(dated, rota.changed("s1", dated.days[5 if first_week != 2 else 12], "D")).ok


@pytest.mark.parametrize(
    ("cycle", "arguments", "words"),
    [
        (False, (START, 4), "form"),
        (True, (START + dt.timedelta(days=1), 4), "start"),
        (True, (START, 0), "weeks"),
        (True, (START, 4, 2), "first_week"),
    ],
)
def test_what_cannot_be_rolled_out_is_said(cycle: bool, arguments: tuple[dt.date, int], words: str) -> None:
    of = plans.data("D------", cycle=cycle)
    with pytest.raises(ValueError, match=words):
        roll_out(of, plans.rota(of, "D------"), *arguments)
