"""Each goal's value on a hand-made proposal."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tildeling.housing import goals
from tildeling.housing.check import check
from tildeling.housing.dataset import Dataset
from tildeling.housing.policy import Policy
from tildeling.housing.solution import Solution
from tildeling.settings import GoalSetting, TierSetting

from .builders import (
    DAY,
    END,
    base,
    community,
    dataset,
    group,
    home,
    homes,
    lives,
    lock,
    mover,
    person,
    policy,
    relation,
    site,
    travel,
)

NEXT = dt.timedelta(days=1)
Places = dict[str, str]


def only(goal: str, **params: Any) -> Policy:
    """A policy whose one tier is one goal."""
    setting = GoalSetting(goal=goal, **params)
    return policy().model_copy(update={"tiers": (TierSetting(name="t", goals=(setting,)),)})


def value(data: Dataset, placements: Places | None = None, bases: Places | None = None) -> int:
    """The checker's value of the one tier."""
    (tier,) = check(data, Solution(placements or {}, bases or {})).tiers
    return tier.value


def test_every_goal_of_the_default_policy_is_registered() -> None:
    named = {goal.goal for tier in policy().tiers for goal in tier.goals}
    assert named == set(goals.registry())


RIGHT = {"statutory_right": "right", "statutory_deadline": DAY + 10 * NEXT}


@pytest.mark.parametrize(
    ("fields", "ready", "unmet"),
    [
        (RIGHT, DAY + 10 * NEXT, 0),
        (RIGHT, DAY + 11 * NEXT, 1),
        ({**RIGHT, "earliest_move_in": DAY + 11 * NEXT}, DAY + 11 * NEXT, 0),  # no sooner than wanted
        ({**RIGHT, "statutory_deadline": DAY - 10 * NEXT}, DAY, 0),  # overdue: due today
        ({**RIGHT, "statutory_deadline": DAY - 10 * NEXT}, DAY + NEXT, 1),
        ({**RIGHT, "statutory_deadline": END + NEXT}, END, 0),  # not within the horizon
        ({}, END, 0),
    ],
)
def test_statutory_unmet_by_the_deadline(fields: dict[str, Any], ready: dt.date, unmet: int) -> None:
    data = dataset(person("a", **fields), home("u", available_from=ready), rules=only("statutory_unmet"))
    assert value(data, {"a": "u"}) == unmet


def test_statutory_unmet_by_waiting_by_a_temporary_place_and_by_staying() -> None:
    rules = only("statutory_unmet")
    data = dataset(person("a", **RIGHT), home("u", temporary=True), rules=rules)
    assert value(data) == value(data, {"a": "u"}) == 1
    assert value(dataset(mover("m", "u", **RIGHT), lives("m", "u"), home("u"), rules=rules)) == 1
    assert value(dataset(person("a", **RIGHT), lock("a", "u"), home("u"), rules=rules), {"a": "u"}) == 0


def test_need_unmet_weighs_benefit_and_months_within_its_band() -> None:
    rows = (
        person("a", severity=4, benefit=3, applied_on=DAY - dt.timedelta(days=60)),
        person("b", severity=4, benefit=None, applied_on=DAY - dt.timedelta(days=59)),
        person("c", severity=5),
        person("d", severity=4, benefit=5, applied_on=DAY - dt.timedelta(days=9999)),
    )
    data = dataset(rows, homes("u v"), rules=only("need_unmet", band=4))
    assert value(data) == (100 + 20 + 2) + (100 + 0 + 1) + (100 + 40 + 60)
    assert value(data, {"a": "u", "c": "v"}) == 101 + 200


def test_need_unmet_in_a_temporary_place_and_of_a_mover_who_stays() -> None:
    rules = only("need_unmet", band=3)
    data = dataset(person("a"), home("t", temporary=True), home("u"), home("v", "H"), group(), group("H"),
                   mover("m", "u"), lives("m", "u"), rules=rules)  # fmt: skip
    assert value(data) == 240
    assert value(data, {"a": "t"}) == 240
    assert value(data, {"m": "v"}) == 120
    agreed = dataset(mover("m", "u", application="reassessment"), lives("m", "u"), home("u"), rules=rules)
    assert value(agreed) == 0


def test_shelter_unmet_takes_a_temporary_place_for_shelter() -> None:
    data = dataset(person("a", present_housing="homeless", severity=4), person("b", severity=5),
                   home("t", temporary=True), rules=only("shelter_unmet"))  # fmt: skip
    assert value(data) == 4
    assert value(data, {"a": "t"}) == 0


def test_steps_above_need_of_placed_and_of_movers_who_stay() -> None:
    data = dataset(
        person("a", service_need="ambulatory", max_steps_above=2, steps_above_reason="x"), person("b"),
        mover("m", "u2", service_need="own_home"), lives("m", "u2"), lives("r", "u3", service_need="own_home"),
        homes("u1 u2 u3"), home("v", "H"), group(service_access="with_base"), group("H"), base("b"),
        rules=only("steps_above_need"),
    )  # fmt: skip
    assert value(data, {}, {"G": "b"}) == 3
    assert value(data, {"a": "u1"}, {"G": "b"}) == 5
    assert value(data, {"m": "v"}, {"G": "b"}) == 0


@pytest.mark.parametrize(
    ("wishes", "lost"),
    [
        (("unit:u",), 0),
        (("site:S2", "group:G"), 1),
        (("site:S2", "community:D", "unit:v", "unit:w", "district:north"), 4),
        (
            ("site:S2", "community:D", "unit:v", "unit:w", "group:H", "group:I", "site:S"),
            4,
        ),  # never less than 1
        (("site:S2",), 5),
        ((), 0),
    ],
)
def test_wishes_unmet_by_rank_of_place(wishes: tuple[str, ...], lost: int) -> None:
    data = dataset(
        person("a", place_wishes=wishes), homes("u v w"), site("S"), site("S2", district="south"), community("D"),
        group("G"), group("H"), group("I"), rules=only("wishes_unmet"),
    )  # fmt: skip
    assert value(data, {"a": "u"}) == lost
    assert value(data) == (5 if wishes else 0)


def test_wishes_unmet_for_a_small_community() -> None:
    data = dataset(person("a", community_size_wish=2), person("b", community_size_wish=1), homes("u v"),
                   rules=only("wishes_unmet"))  # fmt: skip
    assert value(data, {"a": "u", "b": "v"}) == 3
    assert value(data) == 6


@pytest.mark.parametrize(("kind", "apart", "met"), [("wish_for", 4, 0), ("wish_against", 0, 4)])
def test_wishes_unmet_for_and_against_people(kind: str, apart: int, met: int) -> None:
    data = dataset(
        person("a"), lives("r", "u"), homes("u v"), home("w", "H"), group(), group("H"),
        relation(kind, "a", "r", weight=4), rules=only("wishes_unmet"),
    )  # fmt: skip
    assert value(data) == apart  # whoever waits has a wish for somebody unmet
    assert value(data, {"a": "w"}) == apart
    assert value(data, {"a": "v"}) == met


def test_residents_above_counts_expected_persons_per_community() -> None:
    data = dataset(
        person("a"), lives("r", "u", household_size=2), home("u", max_persons=2), home("v"), home("x", reserved=True),
        community(), group(community_id="C"), group("H"), homes("h", "H"), rules=only("residents_above", threshold=2),
    )  # fmt: skip
    assert value(data) == 1
    assert value(data, {"a": "v"}) == 2
    assert value(data, {"a": "h"}) == 1


def test_staff_met_sums_teams_above_the_threshold_over_residents() -> None:
    data = dataset(
        person("a", household_size=2, service_need="with_base"), home("u", max_persons=2), home("v"), lives("r", "v"),
        group(service_access="with_base"), base("b", staff_size=15), base("c", staff_size=12),
        rules=only("staff_met"),
    )  # fmt: skip
    assert value(data, {"a": "u"}, {"G": "b"}) == 9
    assert value(data, {"a": "u"}, {"G": "c"}) == 0


def test_vacancy_days_of_finished_homes() -> None:
    data = dataset(
        person("a"), person("b", earliest_move_in=DAY + 30 * NEXT), person("c", earliest_move_in=END + 999 * NEXT),
        homes("u v"), home("today", available_from=DAY), home("later", available_from=DAY + NEXT),
        home("x", reserved=True), lives("r", "v"), rules=only("vacancy_days", days=100),
    )  # fmt: skip
    assert value(data) == 200
    assert value(data, {"a": "u"}) == 100
    assert value(data, {"b": "u"}) == 130
    assert value(data, {"c": "u"}) == 200
    assert value(data, {"a": "later"}) == 200


def test_vacancy_days_of_a_home_that_a_mover_leaves() -> None:
    data = dataset(mover("m", "u"), lives("m", "u"), home("u"), home("v", "H"), group(), group("H"),
                   rules=only("vacancy_days", days=100))  # fmt: skip
    assert value(data) == value(data, {"m": "v"}) == 100


def test_travel_minutes_from_base_to_open_groups() -> None:
    data = dataset(
        person("a", service_need="near_base"), home("u"), home("v", "H"), lives("r", "v"),
        group(service_access="near_base"), group("H", site_id="S2", service_access="near_base"),
        base("b", site_id="S2"), travel("S2", "S", 7), travel("S", "S2", 9), rules=only("travel_minutes"),
    )  # fmt: skip
    assert value(data, {}, {"H": "b"}) == 0
    assert value(data, {"a": "u"}, {"H": "b", "G": "b"}) == 7


@pytest.mark.parametrize(("staffed", "short"), [(None, 0), (12, 3), ("12.01", 3), ("11.99", 4), (15, 0)])
def test_staffing_shortfall_in_hours_begun(staffed: Any, short: int) -> None:
    data = dataset(
        person("a", service_need="with_base", care_hours=5), homes("u v"), lives("r", "v", care_hours=10),
        group(service_access="with_base"), base("b", staffed_hours=staffed), rules=only("staffing_shortfall"),
    )  # fmt: skip
    assert value(data, {"a": "u"}, {"G": "b"}) == short


def test_bases_opened_that_serve_somebody_and_are_closed_today() -> None:
    data = dataset(
        person("a", service_need="with_base"), home("u"), group(service_access="with_base"),
        base("b", open_today=False), base("c"), rules=only("bases_opened"),
    )  # fmt: skip
    assert value(data) == 0
    assert value(data, {"a": "u"}, {"G": "b"}) == 1
    assert value(data, {"a": "u"}, {"G": "c"}) == 0


def test_changes_count_people_in_another_group_and_groups_with_another_base() -> None:
    data = dataset(
        person("a", service_need="with_base"), person("b"), homes("u v"), home("w", "H"),
        group(service_access="with_base"), group("H"), base("b1"), base("b2"), rules=only("changes"),
    )  # fmt: skip
    assert value(data, {"a": "u"}, {"G": "b1"}) == 0  # nothing to compare with
    data = data.with_previous(Solution({"a": "u"}, {"G": "b1"}))
    assert value(data, {"a": "u"}, {"G": "b1"}) == 0
    assert value(data, {"a": "v"}, {"G": "b1"}) == 0  # another home of the same group
    assert value(data, {"a": "u"}, {"G": "b2"}) == 1
    assert value(data) == 1
    assert value(data, {"a": "u", "b": "w"}, {"G": "b1"}) == 1


@pytest.mark.parametrize(("free", "two", "three"), [(0, 2, 4), (1, 1, 3), (2, 0, 2), (9, 0, 0)])
def test_age_spread_in_steps_within_shared_groups_beyond_those_free(free: int, two: int, three: int) -> None:
    data = dataset(
        person("a", age=29), person("b", age=60), lives("r", "w", age=41), homes("u v w"), homes("x y", "H"),
        group(), group("H", kind="cluster"), rules=only("age_spread", step_years=10, free_steps=free),
    )  # fmt: skip
    assert value(data) == 0
    assert value(data, {"a": "u"}) == two
    assert value(data, {"a": "u", "b": "v"}) == three
    assert value(data, {"a": "x", "b": "y"}) == 0


def test_weighted_objective_is_one_sum() -> None:
    data = dataset(person("a"), homes("u"))
    one = data.with_policy(data.policy.model_copy(update={"objective": "weighted"}))
    tiers = check(data, Solution()).tiers
    weight = {tier.name: tier.weight for tier in data.policy.tiers}
    assert [tier.value for tier in check(one, Solution()).tiers] == [
        sum(weight[tier.name] * tier.value for tier in tiers)
    ]
