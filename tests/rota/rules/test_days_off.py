"""F1 to F5 as rules, and the weekends: kept, broken, the first and the last week, the wrap."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rota.builder import day, person, shift
from tests.rota.rules import plans
from tests.rota.rules.lowering import breaches, broken, plan
from tests.rota.rules.plans import agreement, found, told

from tildeling.rota.dataset import RotaDataset
from tildeling.rota.solution import Rota

EASTER = plans.SPRING + dt.timedelta(days=7)
"""The Monday before Easter 2026: red are Thursday, Friday, Sunday and the Monday after."""


def test_f1_kept_and_broken_in_the_first_and_the_last_week() -> None:
    assert found("F1", "DDDDDD--DDDDDD") == []
    assert told(found("F1", "DDDDDDD-DDDDDD")) == [("F1.none", day(0), 7, 6)]
    (last,) = found("F1", "-DDDDDDDDDDDDD")
    assert (last.day, last.last_day, last.hard) == (day(7), day(13), True)
    assert last.message().startswith(
        "AML § 10-8 (2), F1: s1 has a shift every day from 2030-01-14 to 2030-01-20"
    )


def test_f1_within_too_short_a_rest_is_pointed_out() -> None:
    """Off on Sunday, but from 07:30 after a night to 07:30 on Monday: 24 hours."""
    line = "DDDDDN-D------"
    (short,) = found("F1", line)
    assert told([short]) == [("F1.short", day(0), 0, 35)]
    assert not short.hard
    late = "DDDDDN-A------"  # to 14:30 on Monday: 31 hours
    assert [each.requirement for each in found("F1", late)] == ["F1.short"]
    assert found("F1", late, rules=("F1", "REST35"), agreements=(agreement("rest_28"),)) == []


def test_f2_beside_or_pointed_out() -> None:
    assert found("F2", "DDDDD----DDDDD") == []
    said = found("F2", "D-DDDD-DDDDDD-")
    assert told(said) == [("F2.apart", day(0), 0, 0), ("F2.none", day(7), 1, 2)]
    assert not any(each.hard for each in said)


def test_f3_kept_and_broken_at_easter() -> None:
    """Two weeks with five red days: two of them are to be off."""
    assert found("F3", "DDDDD---------", start=EASTER) == []
    kept = "---DD-D-------"
    assert found("F3", kept, start=EASTER) == []
    (breach,) = found("F3", "---DD-DD------", start=EASTER)
    assert (breach.found, breach.limit, breach.values["red"]) == (1, 2, 5)
    assert found("F3", "------D" * 2, cycle=True) == []
    assert found("F3", "------D" * 2 + "-" * 14) == []
    assert len(found("F3", "------D" * 3 + "-" * 7)) == 1
    (second,) = found("F3", "-------" * 2 + "------D" * 2, changes={"F3": {"weeks": 2}})
    assert second.day == day(14)


@pytest.mark.parametrize(
    ("worked", "of_weeks", "kept"), [(1, 2, True), (2, 2, False), (2, 3, True), (3, 3, False)]
)
def test_f3_to_the_day_in_both_halves(worked: int, of_weeks: int, kept: bool) -> None:
    line = "------D" * worked + "-------" * (of_weeks - worked)
    of = plans.data(line, rules=("F3",))
    assert (not breaches(of, plans.rota(of, line))) is kept
    assert (not broken(of, plans.rota(of, line))) is kept


def test_f4_only_where_it_is_chosen() -> None:
    said = found("F4", "---D---", start=EASTER, changes={"F4": {"enabled": True}}, rules=())
    assert [(each.day, round(each.found, 2), each.hard) for each in said] == [
        (EASTER + dt.timedelta(days=3), 9.33, False)
    ]
    assert found("F4", "D------", start=EASTER, changes={"F4": {"enabled": True}}, rules=()) == []


def test_f5_where_the_rest_day_can_only_be_a_holiday() -> None:
    """Work on all days but Good Friday and Maundy Thursday, Sunday too."""
    (owed,) = found("F5", "DDD--DD", start=EASTER)
    assert (owed.requirement, owed.day, owed.hard) == ("F5.owed", EASTER + dt.timedelta(days=4), False)
    assert found("F5", "DDD--D-", start=EASTER) == []
    assert found("F5", "-DDD-DD", start=EASTER) == []
    (paid,) = found("F5", "DDD--DD", start=EASTER, changes={"F5": {"pay": True}})
    assert paid.requirement == "F5.paid"


W, O = "-----D-", "-------"  # noqa: E741


def test_weekends_every_third_pointed_out_unless_hard() -> None:
    assert found("WEEKEND", W + O + O + W) == []
    (soon,) = found("WEEKEND", O + W + O + W)
    assert told([soon]) == [("WEEKEND.soon", day(26), 2, 3)]
    assert not soon.hard
    (hard,) = found("WEEKEND", W + W, changes={"WEEKEND": {"hard": True}})
    assert hard.hard
    assert found("WEEKEND", W + O + W, agreements=(agreement("weekend_2"),)) == []


def test_own_weekends_are_hard() -> None:
    (own,) = found("WEEKEND", W + O + W, staff=(person("s1", weekend_every=3),))
    assert own.hard
    other = found("WEEKEND", O + W + O, staff=(person("s1", weekend_week=1),))
    assert [(each.requirement, each.hard) for each in other] == [("WEEKEND.other", True)]
    assert found("WEEKEND", W + O + O + W, staff=(person("s1", weekend_week=1),)) == []


def test_weekends_over_the_past_and_the_wrap() -> None:
    assert told(found("WEEKEND", W, past=(W + O,))) == [("WEEKEND.soon", day(5), 2, 3)]
    assert told(found("WEEKEND", W + O + O + W, cycle=True)) == [("WEEKEND.soon", day(5), 1, 3)]
    assert told(found("WEEKEND", W + O, cycle=True)) == [("WEEKEND.soon", day(5), 2, 3)]
    assert found("WEEKEND", W + O + O, cycle=True) == []


@st.composite
def days_off_plan(draw: st.DrawFn) -> tuple[RotaDataset, Rota]:
    staff = {
        "weekend_every": draw(st.sampled_from([None, 1, 2, 3, 5])),
        "weekend_week": draw(st.sampled_from([None, None, 1, 2])),
        "long_consent": draw(st.booleans()),
    }
    rules = draw(st.sampled_from([("F1",), ("F3",), ("WEEKEND",), ("LONG",)]))
    changes = {"WEEKEND": {"enabled": rules == ("WEEKEND",), "hard": draw(st.booleans())}}
    permits = ("weekend_2", "avg_loc", "long_central", "rest_28")
    return draw(plan(*rules, permits=permits, changes=changes, staff=(person("s1", **staff),), most=5))


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(days_off_plan())
def test_both_halves_say_the_same(given_plan: tuple[RotaDataset, Rota]) -> None:
    assert bool(breaches(*given_plan)) == bool(broken(*given_plan))


LONG = (
    shift("D", "day", "07:30", "10"),
    shift("L", "long", "08:00", "12.5"),
    shift("M", "long", "08:00", "13"),
    shift("S", "sleeping_night", "20:00", "14", passive_hours="8"),
    shift("H", "standby", "08:00", "24"),
)


@pytest.mark.parametrize(
    ("line", "consent", "permits", "said"),
    [
        ("DSH----", False, (), []),
        ("L------", True, (), [("LONG.above", day(0), 12.5, 10)]),
        ("------L", False, ("avg_loc",), [("LONG.consent", day(6), 12.5, 10)]),
        ("L------", True, ("avg_loc",), []),
        ("M------", True, ("avg_loc",), [("LONG.above", day(0), 13, 12.5)]),
        ("M------", True, ("long_central",), []),
    ],
)
def test_long_shifts(line: str, consent: bool, permits: tuple[str, ...], said: list[object]) -> None:
    agreements = (agreement(*permits),) if permits else ()
    staff = (person("s1", long_consent=consent),)
    assert told(found("LONG", line, shifts=LONG, staff=staff, agreements=agreements)) == said
