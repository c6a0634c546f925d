"""The rows that sheet and page share."""

from __future__ import annotations

import datetime as dt

import pytest

from tildeling.rota.calendar import red_day
from tildeling.rota.check import Report, check
from tildeling.rota.rules.rule import Breach
from tildeling.rota.sheet.view import Extras, View
from tildeling.rota.sheet.whole import whole_view
from tildeling.rota.solution import Rota
from tildeling.rota.tables import Absence, Wish

from .plans import MONDAY, cycle, plan, worked


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


ROTA = Rota({"A-01": {day(0): "D", day(5): "N", day(6): "N", day(7): "A", day(13): "D"}})


def test_sums_are_by_the_week_a_duty_begins_in() -> None:
    line = View(plan(), ROTA, worked).lines[0]
    # The second night is the one on which the clock is set forward: an hour less on the day before it.
    assert line.weeks == (7 * 60 + 8 * 60 + 9 * 60, 14 * 60)
    assert line.worked == sum(line.weeks)
    assert (line.nights, line.weekends, line.unwanted) == (2, 2, 1)


def test_targets_and_marks_stand_where_they_are_known() -> None:
    extras = Extras({("A-01", day(1)): "F1", ("A-01", day(0)): "F2"}, {"A-01": 2000})
    line, other = View(plan(), ROTA, worked, None, extras).lines[:2]
    assert (line.target, line.off_target) == (2000, line.worked - 2000)
    assert other.off_target is None
    assert [cell.text for cell in line.cells[:3]] == ["D", "F1", ""]


@pytest.mark.parametrize(
    ("kind", "codes", "number", "met"),
    [("work", "", 0, True), ("work", "N", 0, False), ("work", "", 1, False), ("off", "", 0, False),
     ("off", "N", 0, True), ("off", "", 13, False), ("off", "", 12, True)],
)  # fmt: skip
def test_wishes(kind: str, codes: str, number: int, met: bool) -> None:
    wish = Wish(staff_id="A-01", date=day(number), kind=kind, shift_codes=codes)
    view = View(plan(wishes=(wish,)), ROTA, worked)
    assert view.unmet == (() if met else (wish,))
    assert bool(view.lines[0].cells[number].unmet) is not met


def test_cover_of_first_and_last_day_and_by_competence() -> None:
    view = View(plan(), Rota({"A-01": {day(0): "D", day(13): "D"}, "A-02": {day(0): "LD1"}}), worked)
    everyone, nurse, night = view.cover
    assert [(c.needed, c.planned, c.short) for c in (everyone.cells[0], everyone.cells[13])] == [
        (1, 2, 0),
        (1, 1, 0),
    ]
    # A-01 is a nurse, A-02 has no competence.
    assert (nurse.cells[0].planned, nurse.cells[1].short, nurse.cells[0].over) == (1, 1, 0)
    assert view.short == sum(cell.short for line in view.cover for cell in line.cells) == 12 + 12 + 14
    assert all(cell.short == 1 for cell in night.cells)


def test_red_days_are_those_of_dated_plans() -> None:
    view = View(plan(weeks=4), Rota(), worked)
    assert view.red == {d: red_day(d) for d in view.days if red_day(d)}
    assert dt.date(2030, 4, 18) in view.red
    assert View(cycle(), Rota(), worked).red == {}


def test_breaches_stand_on_their_days_and_long_stretches_on_their_first() -> None:
    short = Breach("REST11", "REST11.short", "AML § 10-8 (1)", "A-01", day(-1), day(0))
    long = Breach("W", "W.w", "§", "A-01", day(0), day(13), hard=False)
    whole = Breach("P", "P.p", "§")
    view = View(plan(), ROTA, worked, Report((short, whole), (long,), ()))
    cells = view.lines[0].cells
    assert [cell.breaches for cell in cells[:2]] == [(0, 2), ()]
    assert list(view.noted(cells[0])) == [short, long]


def test_absences_and_the_base_rota() -> None:
    away = Absence(staff_id="A-01", first_day=day(-3), last_day=day(1), kind="sick")
    base = Rota({"A-01": {day(0): "N", day(5): "N"}})
    line = View(plan(absences=(away,)), ROTA, worked, None, Extras({}, {}, base)).lines[0]
    assert [cell.absence is not None for cell in line.cells[:3]] == [True, True, False]
    assert [at for at, other in enumerate(line.departures) if other] == [0, 6, 7, 13]


def test_a_whole_view_knows_hours_targets_and_marks() -> None:
    data = plan()
    view = whole_view(data, ROTA, check(data, ROTA), marks={("A-02", day(1)): "F3"})
    first, second = view.lines[:2]
    assert first.target == 2 * 35.5 * 60 * 0.8
    assert "F1" in {cell.mark for cell in first.cells[:7]}
    assert second.cells[1].mark == "F3"
    assert view.notices == (*check(data, ROTA).breaches, *check(data, ROTA).remarks)
    standby = whole_view(data, Rota({"A-01": {day(0): "hv"}})).lines[0]
    assert standby.worked == -(-16 * 60 // 7)


def test_a_cycle_has_a_view() -> None:
    data = cycle()
    assert len(whole_view(data, Rota()).lines[0].cells) == 21
