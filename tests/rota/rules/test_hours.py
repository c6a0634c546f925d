"""Ordinary hours of a day, a week and on average: kept and broken, the past, the wrap, agreements."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from tests.rota.builder import day, person, shift
from tests.rota.rules import lowering, plans
from tests.rota.rules.plans import agreement, found, told

from tildeling.rota.dataset import RotaDataset
from tildeling.rota.solution import Rota
from tildeling.rota.tables import WeekCategory

NINE = (shift("X", "day", "07:00", "9", break_minutes=0), shift("Y", "day", "07:00", "9.25", break_minutes=0))
EIGHT = (shift("X", "day", "07:00", "8", break_minutes=0),)
TEN = (shift("X", "day", "07:00", "10", break_minutes=0),)
SLEEP = (shift("S", "sleeping_night", "22:00", "9", passive_hours="7", break_minutes=0),)
ROLLING = {"WEEK": {"window": "rolling"}}


def one(category: str) -> tuple[object, ...]:
    """One person of a category."""
    return (person("s1", category=WeekCategory(category)),)


class TestDay:
    def test_kept_and_broken_on_the_first_and_the_last_day(self) -> None:
        assert found("DAY", "X-----X", shifts=NINE) == []
        broken = found("DAY", "Y-----Y", shifts=NINE)
        assert told(broken) == [("DAY.hours", day(0), 9.25, 9), ("DAY.hours", day(6), 9.25, 9)]
        assert broken[0].amount == 0.25
        assert broken[0].source == "AML § 10-4 (1)"

    @pytest.mark.parametrize(
        ("level", "hours", "limit"), [("avg_ind", "10", 10), ("avg_loc", "12.5", 12.5), ("avg_ats", "13", 13)]
    )
    def test_agreements(self, level: str, hours: str, limit: float) -> None:
        at = (shift("X", "day", "07:00", hours, break_minutes=0),)
        above = (shift("X", "day", "07:00", str(float(hours) + 0.25), break_minutes=0),)
        agreed = {"agreements": (agreement(level),)}
        assert found("DAY", "X------", shifts=at, **agreed) == []
        (breach,) = found("DAY", "X------", shifts=above, **agreed)
        assert (breach.limit, breach.agreement) == (limit, "L1")

    def test_a_sleeping_night_counts_with_its_passive_hours_at_half(self) -> None:
        long = (shift("S", "sleeping_night", "20:00", "12", passive_hours="7", break_minutes=0),)
        terms = ("DAY", "PASSIVE")
        assert found("DAY", "S------", shifts=SLEEP, rules=terms) == []
        assert told(found("DAY", "S------", shifts=long, rules=terms)) == [("DAY.hours", day(0), 10, 9)]
        assert found("DAY", "S------", shifts=long, rules=terms, agreements=(agreement("passive_ats"),)) == []
        longer = (shift("S", "sleeping_night", "20:00", "13.5", passive_hours="7", break_minutes=0),)
        (breach,) = found(
            "DAY", "S------", shifts=longer, rules=terms, agreements=(agreement("passive_ats"),)
        )
        assert (breach.found, breach.limit, breach.agreement) == (13.5, 13, "L1")

    def test_two_shifts_with_no_rest_between_are_one_days_work(self) -> None:
        pair = (
            shift("A", "evening", "18:00", "6", break_minutes=0),
            shift("D", "day", "07:00", "4", break_minutes=0),
        )
        assert told(found("DAY", "AD-----", shifts=pair)) == [("DAY.hours", day(0), 10, 9)]
        assert told(found("DAY", "D-----A", shifts=pair, cycle=True)) == [("DAY.hours", day(6), 10, 9)]
        rested = (pair[0], shift("D", "day", "08:00", "4", break_minutes=0))
        assert found("DAY", "AD-----", shifts=rested) == []

    def test_the_night_an_hour_long(self) -> None:
        night = (shift("N", "night", "22:00", "9", break_minutes=0),)
        assert found("DAY", "-----N-", shifts=night) == []
        (breach,) = found("DAY", "-----N-", shifts=night, start=plans.AUTUMN)
        assert breach.found == 10

    @settings(max_examples=100, deadline=None)
    @given(
        lowering.plan(
            "DAY", "PASSIVE", "STANDBY", permits=("avg_ind", "avg_loc", "passive_ats"), letters="DANLSH"
        )
    )
    def test_both_halves_say_the_same(self, case: tuple[RotaDataset, Rota]) -> None:
        assert bool(lowering.broken(*case)) == bool(lowering.breaches(*case))


class TestWeek:
    @pytest.mark.parametrize(("category", "limit"), [("daytime", 40), ("rotating", 38), ("continuous", 36)])
    def test_by_kind_of_work(self, category: str, limit: float) -> None:
        last = (*EIGHT, shift("Z", "day", "07:00", str(limit - 32), break_minutes=0),
                shift("W", "day", "07:00", str(limit - 31.5), break_minutes=0))  # fmt: skip
        staff = one(category)
        assert found("WEEK", "XXXXZ-- ------- XXXXZ--", shifts=last, staff=staff) == []
        broken = found("WEEK", "XXXXW-- ------- XXXXW--", shifts=last, staff=staff)
        assert told(broken) == [
            ("WEEK.hours", day(0), limit + 0.5, limit),
            ("WEEK.hours", day(14), limit + 0.5, limit),
        ]
        assert (broken[0].last_day, broken[0].amount) == (day(6), 0.5)

    def test_rolling_days_reach_into_the_past_and_over_the_wrap(self) -> None:
        rolling = {"changes": {"WEEK": {"window": "rolling"}}, "shifts": EIGHT}
        assert found("WEEK", "XXX---- -------", past=("XXX",), shifts=EIGHT) == []
        broken = told(found("WEEK", "XXX---- -------", past=("XXX",), **rolling))
        assert broken == [("WEEK.hours", day(-3), 48, 38), ("WEEK.hours", day(-2), 40, 38)]
        wrapped = told(found("WEEK", "XXX---- ----XXX", cycle=True, **rolling))
        assert wrapped == [
            ("WEEK.hours", day(number), hours, 38)
            for number, hours in ((9, 40), (10, 48), (11, 48), (12, 40))
        ]

    def test_what_the_past_did_is_nobodys_fault_but_the_plan_may_add_nothing(self) -> None:
        rolling = {"changes": {"WEEK": {"window": "rolling"}}, "shifts": EIGHT}
        assert found("WEEK", "-" * 7, past=("XXXXXX",), **rolling) == []
        assert told(found("WEEK", "X------", past=("XXXXXX",), **rolling)) == [
            ("WEEK.hours", day(-6), 56, 38), ("WEEK.hours", day(-5), 48, 38), ("WEEK.hours", day(-4), 40, 38),
        ]  # fmt: skip

    def test_passive_duty_takes_off_ten_hours_at_most(self) -> None:
        kept = found("WEEK", "SSSSS--", shifts=SLEEP, rules=("WEEK", "PASSIVE"))
        assert kept == []
        broken = found("WEEK", "SSSSSS-", shifts=SLEEP, rules=("WEEK", "PASSIVE"))
        assert told(broken) == [("WEEK.hours", day(0), 44, 38)]

    def test_an_agreement_on_averages_takes_its_place(self) -> None:
        assert found("WEEK", "XXXXXX-", shifts=EIGHT, agreements=(agreement("avg_ind", level="IND"),)) == []
        expired = agreement("avg_ind", level="IND", valid_to=day(5))
        assert told(found("WEEK", "XXXXXX-", shifts=EIGHT, agreements=(expired,))) == [
            ("WEEK.hours", day(0), 48, 38)
        ]

    @settings(max_examples=150, deadline=None)
    @given(lowering.plan("WEEK", "PASSIVE", "STANDBY", permits=("avg_loc",), letters="DDDANLSSSH"))
    def test_both_halves_say_the_same(self, case: tuple[RotaDataset, Rota]) -> None:
        assert bool(lowering.broken(*case)) == bool(lowering.breaches(*case))

    @settings(max_examples=150, deadline=None)
    @given(
        lowering.plan(
            "WEEK",
            "PASSIVE",
            permits=("avg_loc",),
            letters="DDDANLSSSH",
            changes={"WEEK": {"window": "rolling"}},
        )
    )
    def test_both_halves_say_the_same_of_rolling_days(self, case: tuple[RotaDataset, Rota]) -> None:
        assert bool(lowering.broken(*case)) == bool(lowering.breaches(*case))


class TestAverages:
    def test_the_period_is_the_plan_where_that_is_shorter(self) -> None:
        kept = "XXXXX-- XXXX---"  # 40 and 32 hours
        agreed = {"agreements": (agreement("avg_loc"),), "shifts": EIGHT}
        assert found("AVG-LOC", kept, **agreed) == []
        (breach,) = found("AVG-LOC", "XXXXX-- XXXXX--", **agreed)
        assert told([breach]) == [("AVG-LOC.period", day(0), 40, 38)]
        assert (breach.last_day, breach.agreement, breach.source) == (day(13), "L1", "AML § 10-5 (2)")

    @pytest.mark.parametrize(("level", "limit"), [("IND", 50), ("LOC", 54)])
    def test_any_week(self, level: str, limit: float) -> None:
        agreed = {"agreements": (agreement(f"avg_{level.lower()}"),)}
        at = (*TEN, shift("Z", "day", "07:00", str(limit - 40), break_minutes=0))
        above = (*TEN, shift("Z", "day", "07:00", str(limit - 39), break_minutes=0))
        rule = f"AVG-{level}"
        assert found(rule, "------- ------- XXXXZ--", shifts=at, **agreed) == []
        broken = found(rule, "------- ------- XXXXZ--", shifts=above, **agreed)
        assert told(broken) == [(f"{rule}.week", day(14), limit + 1, limit)]

    def test_eight_weeks_on_average_with_the_past(self) -> None:
        wide = {"AVG-ATS": {"hours": dict.fromkeys(["daytime", "rotating", "continuous", "three_part"], 60)}}
        agreed = {"agreements": (agreement("avg_ats"),), "shifts": TEN, "changes": wide}
        week = "XXXXX--"  # 50 hours
        assert told(found("AVG-ATS", week, past=(7 * week,), **agreed)) == [
            ("AVG-ATS.average", day(-49), 50, 48)
        ]
        light = "XXX----" + 6 * week
        assert found("AVG-ATS", week, past=(light,), **agreed) == []
        assert found("AVG-ATS", "-------", past=(8 * ("XXXXXX-"),), **agreed) == []

    def test_eight_weeks_over_the_wrap(self) -> None:
        wide = {"AVG-ATS": {"hours": dict.fromkeys(["daytime", "rotating", "continuous", "three_part"], 60)}}
        agreed = {"agreements": (agreement("avg_ats"),), "shifts": TEN, "changes": wide, "cycle": True}
        full, empty = "XXXXX--", "-------"
        assert found("AVG-ATS", 7 * full + empty + empty, **agreed) == []
        (breach,) = found("AVG-ATS", 6 * full + empty + full + full, **agreed)
        assert told([breach]) == [("AVG-ATS.average", day(49), 50, 48)]

    def test_the_widest_level_in_force_holds(self) -> None:
        both = {"agreements": (agreement("avg_ind", "avg_loc"),), "shifts": TEN}
        five = "------- XXXXX-- -------"
        assert found("AVG-IND", five.replace("X--", "XX-"), **both) == []
        assert told(found("AVG-LOC", five.replace("X--", "XX-"), **both)) == [
            ("AVG-LOC.week", day(7), 60, 54)
        ]

    @settings(max_examples=150, deadline=None)
    @given(
        lowering.plan(
            "AVG-IND",
            "AVG-LOC",
            "AVG-ATS",
            "PASSIVE",
            permits=("avg_ind", "avg_loc", "avg_ats"),
            letters="DDDANLSS",
            past=60,
            most=10,
        )
    )
    def test_whatever_the_engines_allow_is_allowed(self, case: tuple[RotaDataset, Rota]) -> None:
        if not lowering.broken(*case):
            assert lowering.breaches(*case) == []
        elif not any("S" in code for row in case[1].work.values() for code in row.values()):
            assert lowering.breaches(*case)
