"""Night work: the average over four weeks, and the hard limit where it is straining."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from tests.rota.builder import day, shift
from tests.rota.rules import lowering, plans
from tests.rota.rules.plans import agreement, found, told

from tildeling.rota.dataset import RotaDataset
from tildeling.rota.policy import default_policy
from tildeling.rota.rules import active
from tildeling.rota.solution import Rota

NIGHTS = (
    shift("N", "night", "21:00", "10", break_minutes=0),
    shift("D", "day", "07:30", "7.5", break_minutes=0),
    shift("E", "evening", "16:00", "8", break_minutes=0),  # three hours at night
)
FOUR = "NNNN---"  # 40 hours
LIMIT = 8 * 4 * (168 - 35) / 24  # 177 hours and 20 minutes in four weeks


class TestAverage:
    def test_kept_and_broken(self) -> None:
        assert found("NIGHT-AVG", 4 * FOUR, shifts=NIGHTS) == []
        line = "NNNNN--" + "NNNNN--" + FOUR + FOUR  # 180 hours
        (breach,) = found("NIGHT-AVG", line, shifts=NIGHTS)
        assert told([breach]) == [("NIGHT-AVG.hours", day(0), 180 * 8 / LIMIT, 8)]
        assert (breach.last_day, breach.source) == (day(27), "AML § 10-11 (6)")

    def test_only_those_who_work_nights(self) -> None:
        assert found("NIGHT-AVG", 4 * "DDDDDDD", shifts=NIGHTS) == []
        assert found("NIGHT-AVG", 4 * "EEEEEE-", shifts=NIGHTS) == []
        three = 4 * "DDDDDD-" + 3 * "-------"
        assert found("NIGHT-AVG", three.replace("D-", "N-", 3), shifts=NIGHTS) == []
        (breach,) = found("NIGHT-AVG", three.replace("D-", "N-", 4), shifts=NIGHTS)
        assert breach.found == pytest.approx(190 * 8 / LIMIT)

    def test_the_past_and_the_wrap_and_the_last_window(self) -> None:
        past = ("NNNNN--" * 2 + FOUR,)
        assert told(found("NIGHT-AVG", FOUR, past=past, shifts=NIGHTS))[0][1] == day(-21)
        assert found("NIGHT-AVG", "-" * 7, past=(4 * "NNNNNN-",), shifts=NIGHTS) == []
        wrapped = found("NIGHT-AVG", 2 * "NNNNN--" + "-" * 14 + 2 * FOUR, cycle=True, shifts=NIGHTS)
        assert [each.day for each in wrapped] == [day(28)]
        last = found("NIGHT-AVG", "-" * 7 + 4 * "NNNNN--", shifts=NIGHTS)
        assert [each.day for each in last] == [day(7)]

    def test_an_agreement(self) -> None:
        (breach,) = found("NIGHT-AVG", 4 * "NNNNN--", shifts=NIGHTS)
        assert breach.agreement is None
        assert found("NIGHT-AVG", 4 * "NNNNN--", shifts=NIGHTS, agreements=(agreement("night_loc"),)) == []

    @settings(max_examples=150, deadline=None)
    @given(
        lowering.plan("NIGHT-AVG", "PASSIVE", "STANDBY", permits=("night_loc",), letters="NNNNNDSL", most=6)
    )
    def test_whatever_the_engines_allow_is_allowed(self, case: tuple[RotaDataset, Rota]) -> None:
        assert lowering.broken(*case) or not lowering.breaches(*case)


class TestHard:
    HARD = (
        shift("N", "night", "21:00", "8.5", straining=True),
        shift("M", "night", "21:00", "8", break_minutes=0),
    )

    def test_it_is_off_unless_switched_on(self) -> None:
        assert "NIGHT-HARD" not in [rule.id for rule, _ in active(default_policy())]

    def test_kept_and_broken(self) -> None:
        assert found("NIGHT-HARD", "N-----M", shifts=self.HARD) == []
        long = (
            shift("N", "night", "21:00", "8.75", straining=True),
            shift("D", "day", "07:00", "9", straining=True),
        )
        assert told(found("NIGHT-HARD", "N--D--N", shifts=long)) == [
            ("NIGHT-HARD.hours", day(0), 8.25, 8), ("NIGHT-HARD.hours", day(6), 8.25, 8),
        ]  # fmt: skip
        assert found("NIGHT-HARD", "-------", past=("N",), shifts=long) == []
        assert found("NIGHT-HARD", "N------", shifts=long, agreements=(agreement("night_loc"),)) == []

    def test_the_night_an_hour_long(self) -> None:
        assert found("NIGHT-HARD", "-----N-", shifts=self.HARD) == []
        (breach,) = found("NIGHT-HARD", "-----N-", shifts=self.HARD, start=plans.AUTUMN)
        assert breach.found == 9

    @settings(max_examples=80, deadline=None)
    @given(lowering.plan("NIGHT-HARD", permits=("night_loc",), letters="N"))
    def test_both_halves_say_the_same(self, case: tuple[RotaDataset, Rota]) -> None:
        straining = tuple(
            row.model_copy(update={"straining": row.shift_code in "NS"}) for row in case[0].shifts
        )
        of = replace(case[0], shifts=straining)
        assert bool(lowering.broken(of, case[1])) == bool(lowering.breaches(of, case[1]))
