"""Overtime and all hours: kept and broken, the past, the wrap, agreements; both halves against each other."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from tests.rota.builder import day, shift
from tests.rota.rules import lowering, plans
from tests.rota.rules.plans import agreement, found, told

from tildeling.rota.dataset import RotaDataset
from tildeling.rota.solution import Rota
from tildeling_models.roster.problem import Sum

EIGHT = (shift("X", "day", "07:00", "8", break_minutes=0),)
TWELVE = (shift("X", "long", "07:00", "12", break_minutes=0),)
FULL, EMPTY = "XXXXXX-", "-------"  # 48 hours, 10 of them overtime; 0

PERMITS = ("overtime_loc", "overtime_ats", "avg_ind")


class TestOvertime:
    def test_a_week(self) -> None:
        assert found("OVERTIME", FULL, shifts=EIGHT) == []
        (breach,) = found("OVERTIME", EMPTY + "XXXXXXX", shifts=EIGHT)
        assert told([breach]) == [("OVERTIME.week", day(7), 18, 10)]
        assert (breach.amount, breach.last_day) == (8, day(13))

    @pytest.mark.parametrize(("permit", "limit"), [("overtime_loc", 20), ("overtime_ats", 25)])
    def test_a_week_by_agreement(self, permit: str, limit: float) -> None:
        agreed = {"agreements": (agreement(permit),), "shifts": TWELVE}
        assert found("OVERTIME", "XXXX---", **agreed) == []
        (breach,) = found("OVERTIME", "XXXXXX-", **agreed)
        assert (breach.found, breach.limit, breach.agreement) == (34, limit, "L1")

    def test_four_weeks_with_the_past_over_the_wrap_and_at_the_end(self) -> None:
        two_of_four = FULL + EMPTY + EMPTY + FULL
        assert found("OVERTIME", two_of_four, shifts=EIGHT) == []
        assert told(found("OVERTIME", FULL, past=(FULL + FULL + EMPTY,), shifts=EIGHT)) == [
            ("OVERTIME.four_weeks", day(-21), 30, 25)
        ]
        assert told(found("OVERTIME", EMPTY + EMPTY + FULL + FULL + FULL, shifts=EIGHT)) == [
            ("OVERTIME.four_weeks", day(7), 30, 25)
        ]
        assert told(found("OVERTIME", FULL + FULL + EMPTY + EMPTY + EMPTY + FULL, cycle=True, shifts=EIGHT)) == [
            ("OVERTIME.four_weeks", day(28), 30, 25), ("OVERTIME.four_weeks", day(35), 30, 25),
        ]  # fmt: skip

    def test_past_overtime_is_nobodys_fault_but_the_plan_may_add_none(self) -> None:
        past = (3 * "XXXXXXX",)
        assert found("OVERTIME", "XXXX---", past=past, shifts=EIGHT) == []
        assert told(found("OVERTIME", "XXXXX--", past=past, shifts=EIGHT)) == [
            ("OVERTIME.four_weeks", day(-21), 56, 25)
        ]

    def test_another_turn_of_a_cycle_goes_by_the_same_agreements(self) -> None:
        agreed = (
            agreement("avg_ind", level="IND", valid_to=day(27)),
        )  # the first four weeks: no overtime in them
        line = FULL + FULL + EMPTY + EMPTY + FULL + FULL
        for agreements, kept in ((agreed, True), ((), False)):
            of = plans.data(line, rules=("OVERTIME",), cycle=True, shifts=EIGHT, agreements=agreements)
            rota = plans.rota(of, line)
            assert (lowering.breaches(of, rota) == []) is (lowering.broken(of, rota) == []) is kept

    def test_a_year(self) -> None:
        eight = (FULL + FULL + EMPTY + EMPTY) * 11
        assert told(found("OVERTIME", eight, shifts=EIGHT)) == [("OVERTIME.year", day(0), 220, 200)]

    def test_nothing_is_added_where_the_week_keeps_it_anyway(self) -> None:
        line = 4 * FULL
        alone = lowering.lowered(plans.data(line, rules=("OVERTIME",), shifts=EIGHT)).problem
        both = lowering.lowered(plans.data(line, rules=("OVERTIME", "WEEK"), shifts=EIGHT)).problem
        week = lowering.lowered(plans.data(line, rules=("WEEK",), shifts=EIGHT)).problem
        assert len(alone.rules) > 4
        assert len(both.rules) == len(week.rules) == 4

    @settings(max_examples=150, deadline=None)
    @given(lowering.plan("OVERTIME", "PASSIVE", permits=PERMITS, letters="DDDANLL", most=4, past=13))
    def test_both_halves_say_the_same(self, case: tuple[RotaDataset, Rota]) -> None:
        """As long as half a year's overtime is out of reach: beyond that the engines keep to even shares."""
        assert bool(lowering.broken(*case)) == bool(lowering.breaches(*case))

    @settings(max_examples=100, deadline=None)
    @given(
        lowering.plan("OVERTIME", "PASSIVE", "STANDBY", permits=PERMITS, letters="DDLLSSH", most=7, past=40)
    )
    def test_whatever_the_engines_allow_is_allowed(self, case: tuple[RotaDataset, Rota]) -> None:
        assert lowering.broken(*case) or not lowering.breaches(*case)


class TestTotal:
    def test_a_shift_above_thirteen_hours(self) -> None:
        at, above = (shift("X", "long", "07:00", hours, break_minutes=0) for hours in ("13", "13.5"))
        assert found("TOTAL", "X-----X", shifts=(at,)) == []
        assert told(found("TOTAL", "X-----X", shifts=(above,))) == [
            ("TOTAL.day", day(0), 13.5, 13), ("TOTAL.day", day(6), 13.5, 13),
        ]  # fmt: skip
        assert found("TOTAL", "X------", shifts=(above,), agreements=(agreement("total_loc"),)) == []

    def test_two_shifts_within_twenty_four_hours(self) -> None:
        # from 14:30: 7.5 hours, and of the next day's 7 those before 14:30, all of them but the break
        (breach,) = found("TOTAL", "AD-----")
        assert told([breach]) == [("TOTAL.day", day(0), 14.5, 13)]
        assert breach.last_day == day(1)
        assert told(found("TOTAL", "D-----A", cycle=True)) == [("TOTAL.day", day(6), 14.5, 13)]
        assert told(found("TOTAL", "D------", past=("A",))) == [("TOTAL.day", day(-1), 14.5, 13)]
        assert found("TOTAL", "-D-----", past=("AD",)) == []

    def test_passive_duty_counts_whole(self) -> None:
        long = (shift("S", "sleeping_night", "20:00", "13.5", passive_hours="8", break_minutes=0),)
        assert told(found("TOTAL", "S------", shifts=long, rules=("TOTAL", "PASSIVE"))) == [
            ("TOTAL.day", day(0), 13.5, 13)
        ]

    def test_the_night_an_hour_long(self) -> None:
        night = (shift("N", "night", "20:00", "13", break_minutes=0),)
        assert found("TOTAL", "-----N-", shifts=night) == []
        assert told(found("TOTAL", "-----N-", shifts=night, start=plans.AUTUMN)) == [
            ("TOTAL.day", dt.date(2026, 10, 24), 14, 13)
        ]

    def test_eight_weeks_on_average(self) -> None:
        at, above = "XXXX---", "XXXXX--"  # 48, 60
        assert found("TOTAL", 8 * at, shifts=TWELVE) == []
        assert told(found("TOTAL", at, past=(6 * at + above,), shifts=TWELVE)) == [
            ("TOTAL.average", day(-49), 49.5, 48)
        ]
        (breach,) = found("TOTAL", 2 * above, shifts=TWELVE)  # the plan, where it is shorter
        assert told([breach]) == [("TOTAL.average", day(0), 60, 48)]

    def test_any_one_week(self) -> None:
        week = (
            shift("X", "long", "07:00", "11.5", break_minutes=0),
            shift("Y", "long", "07:00", "12", break_minutes=0),
        )
        assert found("TOTAL", "XXXXXX-" + EMPTY, shifts=week) == []
        assert told(found("TOTAL", EMPTY + "XXXXXY-", shifts=week)) == [("TOTAL.week", day(7), 69.5, 69)]

    def test_nothing_is_added_where_the_week_keeps_it_anyway(self) -> None:
        def sums(*rules: str) -> int:
            of = plans.data(8 * FULL, rules=rules, shifts=EIGHT)
            return sum(isinstance(rule, Sum) for rule in lowering.lowered(of).problem.rules)

        assert (sums("TOTAL"), sums("WEEK"), sums("TOTAL", "WEEK")) == (1, 8, 8)

    @settings(max_examples=200, deadline=None)
    @given(
        lowering.plan(
            "TOTAL", "PASSIVE", "STANDBY", permits=("total_loc",), letters="DANLSH", most=9, past=60
        )
    )
    def test_both_halves_say_the_same(self, case: tuple[RotaDataset, Rota]) -> None:
        assert bool(lowering.broken(*case)) == bool(lowering.breaches(*case))

    @settings(max_examples=100, deadline=None)
    @given(
        lowering.plan(
            "TOTAL", "WEEK", "OVERTIME", "AVG-LOC", "PASSIVE", permits=("avg_loc",), letters="DDNLSS", most=9
        )
    )
    def test_whatever_the_engines_allow_is_allowed(self, case: tuple[RotaDataset, Rota]) -> None:
        assert lowering.broken(*case) or not lowering.breaches(*case)
