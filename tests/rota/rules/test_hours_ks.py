"""KS-WEEK, KS-3D and PERCENT: hours of a position over a plan."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.rota.builder import MONDAY, day, person
from tests.rota.goals.strategies import SHIFTS, STARTS
from tests.rota.rules import plans
from tests.rota.rules.lowering import breaches, broken, plan

from tildeling.rota import targets
from tildeling.rota.case import Case
from tildeling.rota.compiling.frame import Frame
from tildeling.rota.compiling.targets import zone_by_day
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.rules.ks_terms import Ks3dParams, three_part
from tildeling.rota.solution import Rota
from tildeling.rota.tables import Absence, Published

FULL = "DDDDD--" * 2
"""Ten shifts of seven hours."""


def three_part_person(**fields: Any) -> Any:
    return person("s1", **{"category": "three_part", **fields})


def aim(percent: Any, weeks: int, line: str = "-", **fields: Any) -> float:
    """Hours a position comes to."""
    own = {"position_percent": percent} | fields.pop("person", {})
    of = plans.data(line, rules=("KS-3D",), staff=(person("s1", **own),), weeks=weeks, **fields)
    return targets.aim_seconds(Case(of, plans.rota(of, line)), of.staff[0]) / 3600


def agreed() -> Ks3dParams:
    found = three_part(plans.data("-", rules=("KS-3D",)))
    assert found is not None
    return found


@pytest.mark.parametrize(("night", "holiday", "week"), [(4, 3, 35.5), (10, 5, 34.1667), (20, 5, 33.6)])
def test_three_part_week(night: int, holiday: int, week: float) -> None:
    assert targets.three_part_week(night, holiday, agreed()) == pytest.approx(week, abs=1e-4)


def test_a_position_is_percent_of_week_times_weeks() -> None:
    assert aim(80, 12) == pytest.approx(340.8)
    assert aim(100, 2, person={"category": "daytime"}) == 75
    assert aim(50, 2, person={"category": "continuous"}) == pytest.approx(33.6)


def test_night_and_holiday_hours_lower_the_week_and_none_counts_twice() -> None:
    """N is 21:30 to 07:30, 8.5 hours of it at night; of the one that ends on Sunday 1.5 more are in the zone.

    D on Sunday is 7.5 hours in the zone, all of it by day.
    """
    line = "----NN-------D"
    of = plans.data(line, rules=("KS-3D",), staff=(three_part_person(),))
    case = Case(of, plans.rota(of, line))
    night, holiday = 2 * 8.5, 1.5 + 7.5
    assert targets.relief_seconds(case, of.staff[0], agreed()) == 60 * (15 * night + 10 * holiday)
    lowered = 2 * 37.5 - (15 * night + 10 * holiday) / 60
    assert targets.aim_seconds(case, of.staff[0]) == 3600 * lowered
    assert targets.aim_seconds(Case(of, plans.rota(of, "-" * 14)), of.staff[0]) == 3600 * 71
    assert targets.aim_seconds(Case(of, plans.rota(of, "N" * 14)), of.staff[0]) == 3600 * 67.2


def test_a_part_timers_relief_is_that_of_the_hours_worked() -> None:
    """Half a position with half the nights has half the hours of a whole one with all of them."""
    whole = aim(100, 4, "N------" * 4, person={"category": "three_part"})
    half = aim(50, 4, "N------" * 2 + "-" * 14, person={"category": "three_part"})
    assert whole == 4 * 37.5 - 4 * 8.5 / 4  # between the clamps, 134.4 and 142
    assert half == pytest.approx(whole / 2)


@pytest.mark.parametrize(
    "fields",
    [{"category": "rotating"}, {"nights": False, "forbidden_shifts": ("S",)}, {"forbidden_shifts": ("A", "L")},
     {"weekend_every": 4}],
)  # fmt: skip
def test_others_have_the_week_of_their_category(fields: dict[str, Any]) -> None:
    assert aim(100, 2, "NNNNNNNNNNN---", person={"category": "three_part"}) < 71
    assert aim(100, 2, "NNNNNNNNNNN---", person={"category": "three_part"} | fields) == 71


def test_absence_that_counts_lowers_the_hours() -> None:
    days = {"staff_id": "s1", "first_day": day(0), "last_day": day(6)}
    assert aim(100, 2, absences=(Absence(**days),)) == 35.5
    assert aim(100, 2, absences=(Absence(**days, counts=False),)) == 71
    published = (Published(staff_id="s1", date=day(0), shift_code="D"),)
    assert aim(100, 2, absences=(Absence(**days),), published=published) == 64


def test_full_week_kept_and_broken() -> None:
    staff = (person("s1", position_percent=Decimal(50)),)
    assert not plans.found("KS-WEEK", FULL, staff=staff)
    (breach,) = plans.found("KS-WEEK", "DDDDDD-DDDDD--", staff=staff)
    assert (breach.hard, breach.found, breach.limit) == (True, 77, 71)
    assert breach.message() == "HTA § 4.2: s1 has 77 hours in 2 weeks; a full-time position is 71"
    assert (breach.day, breach.last_day) == (MONDAY, day(13))


def test_above_the_week_after_publication_is_extra_hours() -> None:
    published = (Published(staff_id="s1", date=day(0), shift_code="D"),)
    (breach,) = plans.found("KS-WEEK", "DDDDDD-DDDDD--", published=published)
    assert not breach.hard


def test_percent_kept_and_broken() -> None:
    assert not plans.found("PERCENT", FULL)
    (below,) = plans.found("PERCENT", "DDDD---DDDDD--")
    assert (below.requirement, below.found, below.limit) == ("PERCENT.below", 63, 63.5)
    assert "a position of 100 % is 71.00" in below.message()
    (above,) = plans.found("PERCENT", "DDDDDD-DDDDDD-")
    assert (above.requirement, above.found, above.limit) == ("PERCENT.above", 84, 78.5)
    balance = (plans.agreement("hours_balance"),)
    assert not plans.found("PERCENT", "DDDD---DDDDD--", agreements=balance)


def test_percent_leaves_room_for_who_wants_more_and_skips_who_has_no_position() -> None:
    half = person("s1", position_percent=Decimal(50))
    assert [each.requirement for each in plans.found("PERCENT", FULL, staff=(half,))] == ["PERCENT.above"]
    wants = half.model_copy(update={"more_hours": True})
    assert not plans.found("PERCENT", FULL, staff=(wants,))
    assert not plans.found("PERCENT", FULL, staff=(person("s1", position_percent=0),))


def test_three_part_conditions_kept_and_broken() -> None:
    staff = (three_part_person(),)
    kept = "DAN-----------------D"
    assert not plans.found("KS-3D", kept, staff=staff)
    said = [each.requirement for each in plans.found("KS-3D", "D--------------------", staff=staff)]
    assert said == ["KS-3D.evening", "KS-3D.night", "KS-3D.sundays"]
    assert all(not each.hard for each in plans.found("KS-3D", "D------", staff=staff))
    (only,) = plans.found("KS-3D", kept, staff=(three_part_person(nights=False, forbidden_shifts=("S",)),))
    assert only.requirement == "KS-3D.category"


@st.composite
def hours_plan(draw: st.DrawFn) -> tuple[RotaDataset, Rota]:
    """A position with few enough hours for either side of its limits."""
    staff = {
        "category": draw(st.sampled_from(["daytime", "rotating", "continuous", "three_part", "three_part"])),
        "position_percent": draw(st.sampled_from([Decimal(0), Decimal("37.25"), Decimal(60), Decimal(100)])),
        "more_hours": draw(st.booleans()),
        "nights": draw(st.booleans()),
        "weekend_every": draw(st.sampled_from([None, 3, 5])),
    }
    changes = {"KS_3D": {"hard": draw(st.booleans())}, "PERCENT": {"tolerance": {"value": 10.0}}}
    return draw(plan("KS-WEEK", permits=("hours_balance",), changes=changes, staff=(person("s1", **staff),)))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(hours_plan())
def test_both_halves_say_the_same(given_plan: tuple[RotaDataset, Rota]) -> None:
    data, rota = given_plan
    own = [
        data.may_work(data.person[who], data.shift[code])
        for who, row in rota.work.items()
        for code in row.values()
    ]
    assume(all(own))  # who may work what is no matter of hours
    assert bool(breaches(data, rota)) == bool(broken(data, rota))


def test_spring_night_is_an_hour_shorter() -> None:
    """The night to the last Sunday of March has nine hours of ten, and nine of them less to relieve."""
    line = "-----N-"
    of = plans.data(line, rules=("KS-3D",), start=plans.SPRING, staff=(three_part_person(),))
    case = Case(of, plans.rota(of, line))
    assert of.days[5] == dt.date(2026, 3, 28)
    assert targets.worked_seconds(case, "s1") == 9 * 3600
    assert targets.relief_seconds(case, of.staff[0], agreed()) == 15 * 60 * 7.5 + 10 * 60 * 1.5


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("cycle", [False, True])
@pytest.mark.parametrize("night", [(1260, 1800), (1110, 1920)])
def test_zone_by_day_of_every_shift_on_every_day(start: dt.date, cycle: bool, night: tuple[int, int]) -> None:
    """Both halves, over Easter, Whit, Christmas and the nights the clock is changed."""
    of = plans.data("-", cycle=cycle, start=start, weeks=3, shifts=SHIFTS)
    case, frame = Case(of, Rota()), Frame(of)
    by_day = zone_by_day(frame, *night)
    for number, date in enumerate(of.days):
        for code, activity in frame.codes.items():
            assert by_day[number, activity] == targets.holiday_minutes(case, case.duty(date, code), night)


def test_easter_eve_is_in_the_zone_from_three() -> None:
    """A is 14:30 to 22:30: from 15:00 to 21:00 by day; on another Saturday from 18:00."""
    easter = plans.SPRING + dt.timedelta(days=7)
    of = plans.data("-----A------A-", start=easter)
    case = Case(of, plans.rota(of, "-----A------A-"))
    assert [targets.holiday_minutes(case, duty, (1260, 1800)) for duty in case.duties["s1"]] == [360, 180]
