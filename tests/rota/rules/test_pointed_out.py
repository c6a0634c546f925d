"""What is pointed out and no engine decides: the publishing check, breaks; and what night is."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from tests.rota.builder import day, shift
from tests.rota.rules import plans
from tests.rota.rules.plans import found, told

from tildeling.rota.rules.night_def import NightDefParams, night


def test_two_weeks_before_the_first_day() -> None:
    assert found("PLAN", "-", published_on=day(-14), discussed_on=day(-14)) == []
    assert found("PLAN", "-") == []
    late = found("PLAN", "-", published_on=day(-13), discussed_on=day(-3))
    assert told(late) == [("PLAN.discussed", day(-3), 3, 14), ("PLAN.published", day(-13), 13, 14)]
    assert [each.hard for each in late] == [False, False]
    assert late[1].message("nb") == (
        "AML § 10-3: planen vises 2029-12-25, 13 dager før den begynner 2030-01-07; det kreves 14"
    )


@pytest.mark.parametrize(
    ("hours", "pause", "counts", "least"),
    [
        ("5.5", 0, False, None), ("5.75", 0, False, 1), ("5.75", 1, False, None), ("8", 10, False, None),
        ("8.5", 20, False, 30), ("8.5", 30, False, None), ("8", 29, True, 30), ("8", 30, True, None),
    ],
)  # fmt: skip
def test_breaks(hours: str, pause: int, counts: bool, least: int | None) -> None:
    one = shift("X", "day", "07:00", hours, break_minutes=pause, break_is_work=counts)
    breaches = found("BREAK", "--X---X", shifts=(one,))
    if least is None:
        assert breaches == []
    else:
        assert told(breaches) == [("BREAK.short", day(2), pause, least)]
        assert not breaches[0].hard
        assert (
            breaches[0].message()
            == f"AML § 10-9: the shift X has {pause} minutes of break; at least {least} are required"
        )


def test_a_shift_nobody_has_and_duty_at_home_need_no_break() -> None:
    assert found("BREAK", "HHHHHHH") == []
    assert (
        found("BREAK", "-------", past=("X",), shifts=(shift("X", "day", "07:00", "9", break_minutes=0),))
        == []
    )


def test_another_night_by_agreement() -> None:
    assert night(plans.data("-", rules=("NIGHT-DEF",))) == (21 * 60, 30 * 60)
    assert night(plans.data("-", changes={"NIGHT_DEF": {"begin": 22.0, "end": 7.0}})) == (22 * 60, 31 * 60)
    with pytest.raises(ValidationError):
        NightDefParams(begin=23, end=6)
