"""H2: eligibility of an applicant for a unit, requirement by requirement."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from .builders import (
    DAY,
    DISABILITY,
    END,
    FRAIL,
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
    site,
)
from .judging import broken, stands

NEXT = dt.timedelta(days=1)
Fields = dict[str, Any]


def verdict(
    applicant: Fields, unit: Fields, here: Fields | None = None, there: Fields | None = None
) -> list[str]:
    """What the checker says of one applicant in one unit."""
    data = dataset(
        person("a", **applicant), home("u", **unit), group(**(here or {})), site(**(there or {})),
        community(), base("b", serves=("with_base", "near_base")), site("S2", district="south"),
    )  # fmt: skip
    needs = data.group["G"].service_access != "own_home"
    return broken(data, {"a": "u"}, {"G": "b"} if needs else {})


CASES: dict[str, tuple[tuple[Fields, Fields, Fields, Fields], tuple[Fields, Fields, Fields, Fields]]] = {
    "H2.municipality": (
        ({"municipality": "tromso"}, {}, {}, {"municipality": "tromso"}),
        ({"municipality": "tromso"}, {}, {}, {"municipality": "oslo"}),
    ),
    "H2.target_group": (
        ({"target_group": FRAIL}, {}, {"target_groups": (FRAIL,)}, {}),
        ({"target_group": DISABILITY}, {}, {"target_groups": (FRAIL,)}, {}),
    ),
    "H2.service_below": (
        ({"service_need": "with_base"}, {}, {"service_access": "with_base"}, {}),
        ({"service_need": "with_base"}, {}, {"service_access": "near_base"}, {}),
    ),
    "H2.service_above": (
        ({"service_need": "near_base", "max_steps_above": 1, "steps_above_reason": "x"}, {},
         {"service_access": "with_base"}, {}),
        ({"service_need": "near_base"}, {}, {"service_access": "with_base"}, {}),
    ),
    "H2.legal_basis": (
        ({"legal_basis": "municipal_tenancy"}, {"legal_basis": "municipal_tenancy"}, {}, {}),
        ({"legal_basis": "municipal_tenancy"}, {}, {}, {}),
    ),
    "H2.office": (
        ({"deciding_office": "north"}, {"deciding_office": "north"}, {}, {}),
        ({"deciding_office": "north"}, {}, {}, {}),
    ),
    "H2.in_time": (({}, {"available_from": END}, {}, {}), ({}, {"available_from": END + NEXT}, {}, {})),
    "H2.features": (
        ({"required_features": ("wheelchair",)}, {"features": ("step_free", "wheelchair")}, {}, {}),
        ({"required_features": ("wheelchair", "step_free")}, {"features": ("wheelchair",)}, {}, {}),
    ),
    "H2.robustness": (
        ({"robustness_need": 3}, {"robustness": 3}, {}, {}),
        ({"robustness_need": 3}, {"robustness": 2}, {}, {}),
    ),
    "H2.sex": (
        ({"sex": "female"}, {"sex_only": "female"}, {}, {}),
        ({"sex": "unspecified"}, {"sex_only": "female"}, {}, {}),
    ),
    "H2.age": (
        ({"age": 50}, {"age_min": 50, "age_max": 50}, {}, {}),
        ({"age": 50}, {"age_min": 51}, {}, {}),
    ),
    "H2.veto": (
        ({"vetoes": ("site:S2",)}, {}, {}, {}),
        ({"vetoes": ("site:S",)}, {}, {}, {}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("requirement", CASES)
def test_h2_kept(requirement: str) -> None:
    assert verdict(*CASES[requirement][0]) == []


@pytest.mark.parametrize("requirement", CASES)
def test_h2_broken(requirement: str) -> None:
    assert verdict(*CASES[requirement][1]) == [requirement]


def test_h2_every_requirement_has_its_two_tests() -> None:
    from tildeling.housing.rules.h2_eligibility import REQUIREMENTS

    assert set(CASES) == set(REQUIREMENTS)


@pytest.mark.parametrize("missing", [{"municipality": None}, {}])
def test_h2_municipality_not_recorded_excludes_nobody(missing: Fields) -> None:
    assert verdict({"municipality": "tromso"}, {}, {}, missing) == []
    assert verdict({}, {}, {}, {"municipality": "oslo"}) == []


@pytest.mark.parametrize(
    ("latest", "ready", "found"),
    [
        (DAY, DAY, []),
        (DAY, DAY + NEXT, ["H2.in_time"]),
        (END, END, []),
        (END + NEXT, END + NEXT, ["H2.in_time"]),  # a later wish does not lengthen the horizon
    ],
)
def test_h2_in_time_counts_the_last_day(latest: dt.date, ready: dt.date, found: list[str]) -> None:
    assert verdict({"latest_move_in": latest}, {"available_from": ready}) == found


def test_h2_in_time_a_home_ready_long_before_the_earliest_move_in_is_fine() -> None:
    assert verdict({"earliest_move_in": END + NEXT}, {"available_from": DAY}) == []


@pytest.mark.parametrize(("age", "found"), [(39, ["H2.age"]), (40, []), (60, []), (61, ["H2.age"])])
def test_h2_age_limits_are_within(age: int, found: list[str]) -> None:
    assert verdict({"age": age}, {"age_min": 40, "age_max": 60}) == found


@pytest.mark.parametrize(
    ("own", "policys", "found"),
    [(2, 2, []), (1, 2, ["H2.service_above"]), (5, 1, ["H2.service_above"]), (0, 2, ["H2.service_above"])],
)
def test_h2_service_above_is_bounded_by_applicant_and_policy(
    own: int, policys: int, found: list[str]
) -> None:
    data = dataset(
        person("a", service_need="ambulatory", max_steps_above=own, steps_above_reason="x"), home("u"),
        group(service_access="with_base"), base("b"), rules=policy(H2={"max_steps_above": policys}),
    )  # fmt: skip
    assert broken(data, {"a": "u"}, {"G": "b"}) == found


@pytest.mark.parametrize("place", ["district:north", "site:S", "community:C", "group:G", "unit:u"])
def test_h2_veto_on_every_kind_of_place(place: str) -> None:
    assert verdict({"vetoes": (place,)}, {}, {"community_id": "C"}) == ["H2.veto"]


@pytest.mark.parametrize(("limit", "found"), [(3, []), (2, ["H2.veto"])])
def test_h2_veto_by_size_counts_the_homes_of_the_whole_community(limit: int, found: list[str]) -> None:
    data = dataset(
        person("a", vetoes=(f"community_size_above:{limit}",)), community(),
        group("G", community_id="C"), group("H", community_id="C"), home("u"), home("v", "H", max_persons=2),
    )  # fmt: skip
    assert broken(data, {"a": "u"}) == found


def test_h2_veto_by_size_takes_the_maximum_of_the_community_where_that_is_less() -> None:
    data = dataset(person("a", vetoes=("community_size_above:2",)), community(max_residents=2),
                   group(community_id="C"), homes("u v w"))  # fmt: skip
    assert broken(data, {"a": "u"}) == []


def test_h2_veto_by_size_outside_a_community_is_the_group() -> None:
    data = dataset(person("a", vetoes=("community_size_above:2",)), group(max_residents=None), homes("u v w"))
    assert broken(data, {"a": "u"}) == ["H2.veto"]


def test_h2_locked_placement_of_an_unfit_home_stands() -> None:
    data = dataset(person("a", robustness_need=5), home("u"), lock("a", "u"))
    assert broken(data, {"a": "u"}) == []
    assert stands(data, {"a": "u"}) == ["H2.robustness"]


def test_h2_mover_who_stays_in_an_unfit_home_is_no_breach() -> None:
    data = dataset(mover("m", "u", required_features=("wheelchair",)), lives("m", "u"), home("u"))
    assert broken(data) == []


def test_h2_switched_off_asks_nothing() -> None:
    data = dataset(person("a", robustness_need=5), home("u"), rules=policy(H2={"enabled": False}))
    assert broken(data, {"a": "u"}) == []
