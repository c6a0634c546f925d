"""Daily rest: kept and broken, the two ends, the wrap, the nights the clock is changed."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from tests.rota.builder import MONDAY, day, shift
from tests.rota.rules import lowering, plans
from tests.rota.rules.plans import found, told

from tildeling.rota.dataset import RotaDataset
from tildeling.rota.solution import Rota

SHORT = "REST11.short"


def test_kept() -> None:
    assert found("REST11", "DD-AA-N -DL-NN-") == []


def test_evening_before_day() -> None:
    (breach,) = found("REST11", "AD-----")
    assert told([breach]) == [(SHORT, day(0), 9, 11)]
    assert (breach.last_day, breach.amount, breach.source) == (day(1), -2, "AML § 10-8 (1)")
    assert breach.message("nb") == (
        "AML § 10-8 (1): s1 har 9 timer fri etter vakten 2030-01-07 (til 2030-01-08); det kreves 11"
    )


def test_the_last_pair() -> None:
    assert told(found("REST11", "-----AD")) == [(SHORT, day(5), 9, 11)]


def test_a_shift_above_thirteen_hours_breaks_it_by_itself() -> None:
    long = (shift("L", "long", "08:00", "13"), shift("M", "long", "08:00", "13.5"))
    assert found("REST11", "L------", shifts=long) == []
    assert told(found("REST11", "------M", shifts=long)) == [(SHORT, day(6), 10.5, 11)]


def test_the_past_counts_but_is_nobodys_fault() -> None:
    assert told(found("REST11", "D------", past=("A",))) == [(SHORT, day(-1), 9, 11)]
    assert found("REST11", "-D-----", past=("AD",)) == []
    late = (shift("M", "long", "08:00", "13.5"), shift("D", "day", "09:00", "7.5"))
    assert found("REST11", "-D-----", past=("M",), shifts=late) == []


def test_the_wrap_of_a_cycle_is_told_once() -> None:
    assert told(found("REST11", "D-----A", cycle=True)) == [(SHORT, day(6), 9, 11)]


def test_the_night_an_hour_short_and_the_one_an_hour_long() -> None:
    pair = (shift("A", "evening", "14:30", "8"), shift("D", "day", "09:30", "7.5"))
    saturday = dt.date(2026, 3, 28)
    assert told(found("REST11", "-----AD", shifts=pair, start=plans.SPRING)) == [(SHORT, saturday, 10, 11)]
    assert found("REST11", "-----AD", shifts=pair) == []
    pair = (shift("A", "evening", "14:30", "8"), shift("D", "day", "08:30", "7.5"))
    assert found("REST11", "-----AD", shifts=pair, start=plans.AUTUMN) == []
    assert told(found("REST11", "-----AD", shifts=pair)) == [(SHORT, day(5), 10, 11)]


def test_an_agreement_while_it_lasts() -> None:
    agreed = plans.agreement("rest_8", valid_to=day(6))
    (breach,) = found("REST11", "AD-----AD-----", agreements=(agreed,))
    assert (breach.day, breach.agreement) == (day(7), None)
    narrow = (shift("A", "evening", "14:30", "8"), shift("D", "day", "06:00", "7.5"))
    (breach,) = found("REST11", "AD-----", agreements=(agreed,), shifts=narrow)
    assert (breach.limit, breach.agreement) == (8, "L1")
    of = plans.data("-" * 7, rules=("REST11",), agreements=(agreed,))
    assert [(each.agreement, each.values["limit"]) for each in lowering.lowered(of).demands] == [("L1", 8)]


def test_a_fixed_shift_that_is_too_long_makes_the_problem_infeasible() -> None:
    long = (shift("M", "long", "08:00", "14"),)
    of = plans.data("M------", rules=("REST11",), shifts=long, fixed=(plans.fixed(MONDAY, "M"),))
    (finding,) = lowering.broken(of, plans.rota(of, "M------"))
    assert lowering.lowered(of).demands[finding.tag].source == "REST11"


@settings(max_examples=150, deadline=None)
@given(lowering.plan("REST11", permits=("rest_8",), letters="DANLSH"))
def test_both_halves_say_the_same(case: tuple[RotaDataset, Rota]) -> None:
    assert bool(lowering.broken(*case)) == bool(lowering.breaches(*case))
