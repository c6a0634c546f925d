"""Each goal on small rotas where its value can be counted by hand: kept, broken, first and last day, the wrap."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from tests.rota.builder import day, need, person, shift
from tests.rota.goals.strategies import policy
from tests.rota.rules import plans

from tildeling.rota.case import Case
from tildeling.rota.check import tier_values
from tildeling.rota.compiling.compiler import compile_rota
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.goals import registry
from tildeling.rota.policy import RotaTier, default_policy
from tildeling.rota.tables import Absence, Published, RotaForm, Wish
from tildeling.settings import GoalSetting
from tildeling_models.roster import evaluate

EASTER = plans.SPRING + dt.timedelta(days=7)


def goal(name: str, *lines: str, params: dict[str, Any] | None = None, **fields: Any) -> int:
    """A goal's value of a rota, the same from both halves."""
    tier = RotaTier(name=name, goals=(GoalSetting(goal=name, **(params or {})),))
    one = default_policy().model_copy(update={"tiers": (tier,)} | fields.pop("with_policy", {}))
    cover = fields.pop("cover", ())
    of = plans.data(*lines, policy=one, **fields)
    of = RotaDataset(**{**{part: getattr(of, part) for part in of.__dataclass_fields__}, "cover": cover})
    assert of.faults() == []
    rota = plans.rota(of, *lines)
    (valued,) = tier_values(Case(of, rota))
    compiled = compile_rota(of)
    assert evaluate.values(compiled.problem, compiled.roster(rota)).tolist() == [valued.value]
    return valued.value


def test_all_goals_of_the_policy_are_there() -> None:
    named = {setting.goal for tier in default_policy().tiers for setting in tier.goals}
    assert named == set(registry())
    assert {tier.name for tier in policy().tiers} == named


def test_cover_least() -> None:
    cover = (need("c1", "D|A", least=2, weight=3), need("c2", "D", days="sunday", competence="degree"))
    staff = (person("s1"), person("s2", competences=("degree",)))
    assert goal("cover_least", "DDDDDDD", "AAAAAAD", cover=cover, staff=staff) == 0
    assert goal("cover_least", "DDDDDDD", "AAAAAAA", cover=cover, staff=staff) == 1
    assert goal("cover_least", "-DDDDDD", "AAAAAA-", cover=cover, staff=staff) == 3 + 3 + 1


def test_cover_on_holidays() -> None:
    """A line for holidays takes the place of those for the same shifts, whatever their competence."""
    every = need("c1", "D|A")
    cover = (every, need("c2", "A|D", days="holiday", least=2), need("c3", "N", days="thursday"))
    degree = need("c4", "D|A", competence="degree")
    assert goal("cover_least", "-------", cover=cover, start=EASTER) == 5 + 2 * 2 + 1 - 0 + (2 - 1)
    assert goal("cover_least", "-------", cover=(*cover, degree), start=EASTER) == 11 + 4
    assert goal("cover_least", "-------", cover=cover, start=EASTER, cycle=True) == 7 + 1
    both = need("c1", "D|A", days="monday|holiday")
    assert goal("cover_least", "-------", cover=(both,), start=EASTER) == 1 + 3
    dated = need("c5", "D", date=EASTER + dt.timedelta(days=3))
    assert goal("cover_least", "-------", cover=(every, dated), start=EASTER) == 7 + 1


def test_cover_wanted() -> None:
    cover = (need("c1", "D", least=1, wanted=2, most=2, weight=2),)
    assert goal("cover_wanted", "DDDDDDD", "DDDDDDD", "-------", cover=cover) == 0
    assert goal("cover_wanted", "DDDDDDD", "-DDDDD-", "-------", cover=cover) == 4
    assert goal("cover_wanted", "DDDDDDD", "DDDDDDD", "D-----D", cover=cover) == 4
    assert goal("cover_wanted", "-DDDDDD", cover=(need("c1", "D"),)) == 1


def test_hours() -> None:
    """35.5 hours a week; five shifts of seven are 35, six are 42."""
    assert goal("hours", "DDDDD--DDDDD--") == 1
    assert goal("hours", "DDDDD--DDDDDD-") == 6
    assert goal("hours", "-------") == 36
    assert goal("hours", "DDDDDD-", staff=(person("s1", position_percent=50, more_hours=True),)) == 7
    assert goal("hours", "DDDDDD-", staff=(person("s1", position_percent=0),)) == 0
    three = (person("s1", category="three_part"),)
    assert goal("hours", "NNNN---", staff=three) == 7  # 40 hours against the 33.6 they lower the week to
    assert goal("hours", "NNNN---", staff=(person("s1"),)) == 5


def test_hours_of_a_three_part_rota_that_was_published() -> None:
    """A day away lowers the hours by the shift published for it, after the clamps: 33.6 - 10 = 23.6."""
    published = (Published(staff_id="s1", date=day(0), shift_code="N"),)
    away = (Absence(staff_id="s1", first_day=day(0), last_day=day(1)),)
    fields: dict[str, Any] = {"published": published, "absences": away}
    three = (person("s1", category="three_part"),)
    assert goal("hours", "--NNNN-", staff=three, **fields) == 17
    assert goal("hours", "--N----", staff=three, **fields) == 16  # 35.375 less 10 in place of 35.5
    assert goal("hours", "--DD---", staff=three, **fields) == 12


def test_changes() -> None:
    published = (Published(staff_id="s1", date=day(0), shift_code="D"), Published(staff_id="s1", date=day(6)))
    assert goal("changes", "D------", published=published) == 0
    assert goal("changes", "A-----D", published=published) == 2
    assert goal("changes", "-D-----", published=published) == 2
    assert goal("changes", "-D-----") == 0


def test_wishes() -> None:
    wishes = (
        Wish(staff_id="s1", date=day(0), kind="work", shift_codes=("D",), weight=2),
        Wish(staff_id="s1", date=day(5), kind="off", shift_codes=("N",), weight=1),
        Wish(staff_id="s1", date=day(6), kind="off", weight=5),
        Wish(staff_id="s1", date=day(6), kind="work", weight=3),
    )
    assert goal("wishes", "D----D-", wishes=wishes) == 3
    assert goal("wishes", "A----ND", wishes=wishes) == 2 + 1 + 5


def test_whole_weekends() -> None:
    assert goal("whole_weekends", "-----DD-------") == 0
    assert goal("whole_weekends", "-----D-------N") == 2
    away = (Absence(staff_id="s1", first_day=day(6), last_day=day(6)),)
    assert goal("whole_weekends", "-----D-------N", absences=away) == 1


def test_lone_days() -> None:
    assert goal("lone_days", "DD--DDD") == 0
    assert goal("lone_days", "D-----D") == 0  # what is before and after is not known
    assert goal("lone_days", "-D-DD--") == 2
    assert goal("lone_days", "-D-DD--", params={"work": False}) == 1
    assert goal("lone_days", "D--DD--", past=("-",)) == 1
    assert goal("lone_days", "D--DD--", past=("D",)) == 0
    assert goal("lone_days", "D--DD--", past=("D-D",)) == 0
    assert goal("lone_days", "D--DD--", cycle=True) == 1
    assert goal("lone_days", "D--DD-D", cycle=True) == 1
    assert goal("lone_days", "DDDDDDD", cycle=True) == 0


def test_forward_rotation() -> None:
    assert goal("forward_rotation", "DDAANN-") == 0
    assert goal("forward_rotation", "AD-NANL") == 3
    assert goal("forward_rotation", "-----AD") == 1
    assert goal("forward_rotation", "D------", past=("A",)) == 1
    assert goal("forward_rotation", "-------", past=("AD",)) == 0
    assert goal("forward_rotation", "D-----A", cycle=True) == 1
    assert goal("forward_rotation", "NHD----") == 0


TEAMS = (
    shift("D", "day", "07:30", "7.5", team="T1"),
    shift("A", "evening", "14:30", "7.5", team="T2"),
    shift("N", "night", "21:45", "9.5"),
)


def test_continuity() -> None:
    staff = (person("s1", team="T1"), person("s2"))
    assert goal("continuity", "DDDDDNN-------", "-------NN-----", staff=staff, shifts=TEAMS) == 0
    assert goal("continuity", "AA-----------A", "D-------------", staff=staff, shifts=TEAMS) == 2
    weekly: dict[str, Any] = {"weeks": 1}
    lines = ("AA-----------A", "D-------------")
    assert goal("continuity", *lines, staff=staff, shifts=TEAMS, params=weekly) == 3


def test_second_day_off() -> None:
    assert goal("second_day_off", "DDDD---DDDDDD--DDDD--") == 0
    assert goal("second_day_off", "-----D-D------") == 1
    assert goal("second_day_off", "-----D-") == 0
    assert goal("second_day_off", "D----D-", cycle=True) == 1
    away = (Absence(staff_id="s1", first_day=day(6), last_day=day(6)),)
    assert goal("second_day_off", "-----D-D------", absences=away) == 0


def test_fair_shares_of_nights_by_position_and_past() -> None:
    """Six nights asked for: four for the full position, two for the half; who works no nights has no share."""
    cover = (need("c1", "N", days="monday|tuesday|wednesday|thursday|friday|saturday"),)
    staff = (person("s1"), person("s2", position_percent=50), person("s3", nights=False))
    nights: dict[str, Any] = {"kinds": ("nights",)}
    common: dict[str, Any] = {"cover": cover, "staff": staff, "params": nights}
    assert goal("fair_shares", "NNNN---", "----NN-", "-------", **common) == 0
    assert goal("fair_shares", "NNNNN--", "-----N-", "-------", **common) == 2
    assert goal("fair_shares", "NNNNN--", "-----N-", "NNN----", **common) == 2
    # Three nights of the past, all by the first: nine in all, six and three.
    past = ("NNN", "---", "---")
    assert goal("fair_shares", "NNN----", "---NNN-", "-------", past=past, **common) == 0
    assert goal("fair_shares", "NNNN---", "----NN-", "-------", past=past, **common) == 2


def test_fair_shares_round_to_whole_shifts() -> None:
    """Three nights between two: one or two each."""
    cover = (
        need("c1", "N", days="monday|tuesday|wednesday"),
        need("c2", "N", days="monday", competence="nurse"),
    )
    nights: dict[str, Any] = {"kinds": ("nights",)}
    assert goal("fair_shares", "NN-----", "--N----", cover=cover, params=nights) == 0
    assert goal("fair_shares", "NNN----", "-------", cover=cover, params=nights) == 2


def test_fair_shares_of_weekends_holidays_and_unwanted_shifts() -> None:
    cover = (need("c1", "D", days="saturday|sunday"),)
    weekends: dict[str, Any] = {"kinds": ("weekends",)}
    assert goal("fair_shares", "-----DD-------", "------------DD", cover=cover, params=weekends) == 0
    assert goal("fair_shares", "-----DD-----DD", "--------------", cover=cover, params=weekends) == 2
    holidays: dict[str, Any] = {"kinds": ("holidays",)}
    red = (need("c1", "D", days="holiday"),)
    common: dict[str, Any] = {"cover": red, "params": holidays, "start": EASTER}
    assert goal("fair_shares", "---D--D-------", "----D--D------", **common) == 0
    assert goal("fair_shares", "---DD-DD------", "--------------", **common) == 4
    assert goal("fair_shares", "---DD-DD------", "--------------", cycle=True, **common) == 0
    shifts = (*plans.SHIFTS[:3], shift("U", "evening", "14:30", "8", unwanted=True))
    unwanted: dict[str, Any] = {
        "kinds": ("unwanted",),
    }
    asked = (need("c1", "U", days="monday|tuesday"),)
    lines: dict[str, Any] = {"shifts": shifts, "cover": asked, "params": unwanted}
    assert goal("fair_shares", "U------", "-U-----", **lines) == 0
    assert goal("fair_shares", "UU-----", "-------", **lines) == 2


@pytest.mark.parametrize(
    ("line", "start", "kroner"),
    [
        ("D------", plans.SPRING, 7 * 200),
        ("-----D-", plans.SPRING, 7 * 200 + 7.5 * 44),  # Saturday: 22 % from beginning to end
        ("---D---", EASTER, 7 * 200 + 7.5 * 266.666),  # Maundy Thursday: 133.333 %
        ("------D", EASTER, 7 * 200 + 7.5 * 266.666),  # Easter Day: a holiday in place of a Sunday
        ("N------", plans.SPRING, 10 * 200 + 8.5 * 50),  # 25 % from 21:30 to 06
        ("-----N-", plans.SPRING, 9 * 200 + 7.5 * 50 + 9 * 44),  # an hour less
        ("-----N-", plans.AUTUMN, 11 * 200 + 9.5 * 50 + 11 * 44),  # an hour more
        ("------N", plans.AUTUMN, 10 * 200 + 8.5 * 50 + 2.5 * 44),  # to midnight on Sunday
        ("H------", plans.SPRING, 133 / 60 * 200),  # at home: a seventh of 15.5 hours, no supplement
    ],
)
def test_cost(line: str, start: dt.date, kroner: float) -> None:
    staff = (person("s1", hourly_cost=Decimal(200)),)
    assert goal("cost", line, start=start, staff=staff) == round(kroner)


def test_cost_of_those_whose_own_is_not_known_and_of_changes() -> None:
    assert goal("cost", "D------", params={"hourly": 100}) == 700
    published = (Published(staff_id="s1", date=day(0), shift_code="A"),)
    rated: dict[str, Any] = {"rules": {"CHANGE": {"rate": 300}}}
    of = default_policy().model_validate(default_policy().model_dump() | rated)
    found = goal(
        "cost", "D------", params={"hourly": 100}, published=published, with_policy={"rules": of.rules}
    )
    assert found == 1000


def test_cycles_have_no_holidays() -> None:
    staff = (person("s1", hourly_cost=Decimal(200)),)
    assert goal("cost", "---D---", start=EASTER, staff=staff, cycle=True) == 1400
    assert plans.data("-", cycle=True).info.form is RotaForm.CYCLE


def test_extra_weekends() -> None:
    work, off = "-----D-", "-------"
    assert goal("extra_weekends", work + off + off + work) == 0
    assert goal("extra_weekends", work + off + work + work) == 2
    assert goal("extra_weekends", work + off + work, staff=(person("s1", weekend_every=2),)) == 0
    assert goal("extra_weekends", work, past=(work + off,)) == 1
    assert goal("extra_weekends", off, past=(work + work,)) == 0
    assert goal("extra_weekends", work + off + off + work, cycle=True) == 1
    assert goal("extra_weekends", work + off, cycle=True) == 1
    assert goal("extra_weekends", work, cycle=True) == 2
