"""Weekly rest: fixed weeks and rolling days, the past, the wrap, the nights the clock is changed."""

from __future__ import annotations

from hypothesis import given, settings
from tests.rota.builder import day, shift
from tests.rota.rules import lowering, plans
from tests.rota.rules.plans import agreement, found, told

from tildeling.rota.dataset import RotaDataset
from tildeling.rota.solution import Rota

SHORT = "REST35.short"
ROLLING = {"REST35": {"window": "rolling"}}
FROM_SIX = {"REST35": {"begins_at": 6}}
BOTH = {"REST35": {"window": "rolling", "begins_at": 6}}
WEEK = "DDDDDD-"  # the rest is from Saturday 15:00, 33 hours of it before Monday


def test_kept_in_the_first_and_the_last_week() -> None:
    assert found("REST35", "DDDDD-- D-DDDDD") == []


def test_broken_in_the_first_and_the_last_week() -> None:
    broken = found("REST35", WEEK + "DDDDD--" + WEEK)
    assert told(broken) == [(SHORT, day(0), 33, 35), (SHORT, day(14), 33, 35)]
    assert (broken[0].last_day, broken[0].amount, broken[0].source) == (day(6), -2, "AML § 10-8 (2)")


def test_a_week_may_begin_at_another_hour() -> None:
    assert found("REST35", WEEK + WEEK, changes=FROM_SIX) == []
    assert told(found("REST35", "DDDDDAN", changes=FROM_SIX)) == [(SHORT, day(0), 23.5, 35)]


def test_rolling_days() -> None:
    line = "-DDDDDD DDDDD-- "  # a day off at each end, eleven days of work between
    assert found("REST35", "--DDDDD DDDDD--") == []
    assert told(found("REST35", line, changes=ROLLING)) == [
        (SHORT, day(0), 31.5, 35),
        *((SHORT, day(number), 16.5, 35) for number in range(1, 6)),
        (SHORT, day(6), 33, 35),
    ]


def test_the_past_counts_but_is_nobodys_fault() -> None:
    assert told(found("REST35", "DD--DDD", past=("DDDDD",), changes=ROLLING))[0] == (SHORT, day(-5), 16.5, 35)
    assert found("REST35", "---DDDD", past=("DDDDDD",), changes=ROLLING) == []
    assert told(found("REST35", "D--DDDD", past=("DDDDDD",), changes=ROLLING)) == [
        (SHORT, day(-5), 33, 35)  # of its last two days only one is left
    ]
    assert told(found("REST35", "-DDDDDD", past=("N",))) == [(SHORT, day(0), 24, 35)]


def test_the_wrap_of_a_cycle() -> None:
    line = "DD--DDD DDDDDDD"
    assert found("REST35", "DDD---D DDD---D", cycle=True, changes=ROLLING) == []
    assert told(found("REST35", line, cycle=True, changes=ROLLING))[-2:] == [
        (SHORT, day(9), 16.5, 35),
        (SHORT, day(10), 33, 35),
    ]
    assert told(found("REST35", "-DDDDD-", past=(), cycle=True)) == [(SHORT, day(0), 33, 35)]


def test_the_nights_the_clock_is_changed() -> None:
    at = (shift("X", "day", "06:00", "7"), shift("D", "day", "07:30", "7.5"))  # ends at 13:00
    assert found("REST35", "DDDDDX-", shifts=at) == []
    assert told(found("REST35", "DDDDDX-", shifts=at, start=plans.SPRING))[0][2:] == (34, 35)
    at = (shift("X", "day", "06:00", "8"), shift("D", "day", "07:30", "7.5"))
    assert told(found("REST35", "DDDDDX-", shifts=at))[0][2:] == (34, 35)
    assert found("REST35", "DDDDDX-", shifts=at, start=plans.AUTUMN) == []


def test_an_agreement() -> None:
    agreed = (agreement("rest_28"),)
    assert found("REST35", WEEK, agreements=agreed) == []
    (breach,) = found("REST35", "DDDDDDD", agreements=agreed)
    assert (breach.limit, breach.agreement) == (28, "L1")
    demands = lowering.lowered(plans.data(WEEK, rules=("REST35",), agreements=agreed)).demands
    assert [(each.agreement, each.values["limit"]) for each in demands] == [("L1", 28)]


def test_duty_at_home_is_rest_to_the_checker_but_not_to_the_engines() -> None:
    of = plans.data("HHHHHHH", rules=("REST35",))
    rota = plans.rota(of, "HHHHHHH")
    assert lowering.breaches(of, rota) == []
    assert len(lowering.broken(of, rota)) == 1


@settings(max_examples=200, deadline=None)
@given(lowering.plan("REST35", permits=("rest_28",), letters="DANLSDDDD"))
def test_both_halves_say_the_same_of_weeks(case: tuple[RotaDataset, Rota]) -> None:
    _agree(*case)


@settings(max_examples=200, deadline=None)
@given(
    lowering.plan(
        "REST35",
        permits=("rest_28",),
        letters="DANLSDDDD",
        changes=BOTH,
    )
)
def test_both_halves_say_the_same_of_rolling_days(case: tuple[RotaDataset, Rota]) -> None:
    _agree(*case)


def _agree(of: RotaDataset, rota: Rota) -> None:
    theirs, mine = lowering.broken(of, rota), lowering.breaches(of, rota)
    assert theirs or not mine
    if of.cyclic or of.info.start not in (plans.SPRING, plans.AUTUMN):
        assert mine or not theirs
