"""H5: an open group that needs a base has exactly one within reach; few groups and sites per base; capacity."""

from __future__ import annotations

from typing import Any

import pytest

from tildeling.housing.dataset import Dataset

from .builders import (
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
    travel,
)
from .judging import broken, stands

SITES = (site("S"), site("S2"), site("S3"))


def one_group(*rows: Any, access: str = "with_base", **fields: Any) -> Dataset:
    """Applicant a may live in u of group G on site S, at a step of the ladder."""
    return dataset(
        person("a", service_need=access), homes("u v"), group(service_access=access, **fields), SITES, rows
    )


def test_h5_served_kept_with_a_base_broken_without() -> None:
    data = one_group(base("b"))
    assert broken(data, {"a": "u"}, {"G": "b"}) == []
    assert broken(data, {"a": "u"}) == ["H5.served"]


def test_h5_served_own_homes_need_no_base() -> None:
    assert broken(one_group(access="own_home"), {"a": "u"}) == []


def test_h5_served_by_a_base_that_does_not_exist_is_none() -> None:
    assert "H5.served" in broken(one_group(base("b")), {"a": "u"}, {"G": "x"})


def test_h5_served_where_nobody_can_stands_for_residents_of_today_alone() -> None:
    data = one_group(lives("r", "v"))
    assert broken(data) == []
    assert stands(data) == ["H5.served"]
    assert broken(one_group(), {"a": "u"}) == ["H5.served"]


def test_h5_served_where_several_could_and_none_is_recorded_is_for_the_proposal_to_say() -> None:
    data = one_group(lives("r", "v"), base("b"), base("c"))
    assert broken(data) == ["H5.served"]
    assert broken(data, {}, {"G": "c"}) == []


def test_h5_open_base_set_up_for_nobody() -> None:
    assert broken(one_group(base("b")), {}, {"G": "b"}) == ["H5.open"]
    assert broken(one_group(base("b")), {}, {"x": "b"}) == ["H5.open"]


@pytest.mark.parametrize("reserved", [True, False])
def test_h5_group_of_reserved_homes_is_open(reserved: bool) -> None:
    data = dataset(home("u", reserved=reserved), group(service_access="with_base"), base("b"))
    assert broken(data, {}, {"G": "b"}) == ([] if reserved else ["H5.open"])


def test_h5_reach_with_base_must_be_on_the_site() -> None:
    near = base("b", site_id="S2"), travel("S2", "S", 1)
    assert broken(one_group(near), {"a": "u"}, {"G": "b"}) == ["H5.reach"]
    assert broken(one_group(base("b")), {"a": "u"}, {"G": "b"}) == []


@pytest.mark.parametrize(("access", "minutes"), [("near_base", 10), ("ambulatory", 30)])
def test_h5_reach_counts_exactly_the_minutes(access: str, minutes: int) -> None:
    for more, found in ((0, []), (1, ["H5.reach"])):
        data = one_group(base("b", site_id="S2"), travel("S2", "S", minutes + more), access=access)
        assert broken(data, {"a": "u"}, {"G": "b"}) == found


def test_h5_reach_goes_from_base_to_group_and_a_missing_time_is_out_of_reach() -> None:
    back = base("b", site_id="S2"), travel("S", "S2", 1)
    assert broken(one_group(back, access="near_base"), {"a": "u"}, {"G": "b"}) == ["H5.reach"]


def test_h5_reach_on_the_same_site_needs_no_travel_time() -> None:
    assert broken(one_group(base("b"), access="near_base"), {"a": "u"}, {"G": "b"}) == []


def test_h5_reach_only_steps_the_base_serves() -> None:
    data = one_group(base("b", serves=("near_base",)))
    assert broken(data, {"a": "u"}, {"G": "b"}) == ["H5.reach"]


def test_h5_reach_a_communitys_own_base_always_may() -> None:
    own = community(), base("b", site_id="S2", serves=("ambulatory",), community_id="C")
    assert broken(one_group(own, community_id="C"), {"a": "u"}, {"G": "b"}) == []
    assert broken(one_group(own), {"a": "u"}, {"G": "b"}) == ["H5.reach"]


def test_h5_reach_recorded_base_out_of_reach_stands_and_is_kept() -> None:
    data = one_group(lives("r", "v"), base("b", site_id="S2"), base("c"), base_id="b")
    assert broken(data, {"a": "u"}, {"G": "b"}) == []
    assert stands(data, {"a": "u"}, {"G": "b"}) == ["H5.reach"]
    assert broken(data, {"a": "u"}, {"G": "c"}) == ["H5.present_base"]


def test_h5_present_base_of_an_empty_group_may_change() -> None:
    data = one_group(base("b"), base("c"), base_id="b")
    assert broken(data, {"a": "u"}, {"G": "c"}) == []


def test_h5_present_base_not_recorded_is_the_only_one_that_could_be() -> None:
    data = one_group(lives("r", "v"), base("b"), base("c", site_id="S2"))
    assert broken(data, {}, {"G": "b"}) == []
    assert broken(data) == ["H5.present_base", "H5.served"]


def many_groups(n: int, *rows: Any, kind: dict[str, Any] | None = None, **fields: Any) -> Dataset:
    """n groups with one home each on a site, one base b."""
    return dataset(
        *(group(f"G{i}", service_access="near_base", **fields) for i in range(n)),
        *(home(f"u{i}", f"G{i}") for i in range(n)),
        *(person(f"a{i}", service_need="near_base") for i in range(n)),
        base("b", **(kind or {})), SITES, rows,
    )  # fmt: skip


def opened(n: int, by: str = "b") -> tuple[dict[str, str], dict[str, str]]:
    """Open the first n groups, all served by one base."""
    return {f"a{i}": f"u{i}" for i in range(n)}, {f"G{i}": by for i in range(n)}


@pytest.mark.parametrize(("count", "found"), [(3, []), (4, ["H5.groups"])])
def test_h5_groups_not_given_is_the_policys_three(count: int, found: list[str]) -> None:
    assert broken(many_groups(4), *opened(count)) == found


@pytest.mark.parametrize(("count", "found"), [(2, []), (3, ["H5.groups"])])
def test_h5_groups_of_the_base_itself(count: int, found: list[str]) -> None:
    assert broken(many_groups(3, kind={"max_groups": 2}), *opened(count)) == found


def test_h5_groups_ambulatory_team_has_no_limit_unless_it_says_so() -> None:
    assert broken(many_groups(5, kind={"kind": "ambulatory"}), *opened(5)) == []
    assert broken(many_groups(5, kind={"kind": "ambulatory", "max_groups": 4}), *opened(5)) == ["H5.groups"]


def test_h5_groups_a_communitys_base_serves_all_its_own_but_none_beside() -> None:
    own = {"community_id": "C", "max_groups": 2}
    data = many_groups(4, community(max_residents=4), group("X", service_access="near_base"), home("x", "X"),
                       person("z", service_need="near_base"), kind=own, community_id="C")  # fmt: skip
    placed, served = opened(4)
    assert broken(data, placed, served) == []
    assert broken(data, placed | {"z": "x"}, served | {"X": "b"}) == ["H5.groups"]
    two, twice = opened(1)
    assert broken(data, two | {"z": "x"}, twice | {"X": "b"}) == []


def test_h5_groups_too_many_today_may_stay_but_not_grow() -> None:
    today = *(lives(f"r{i}", f"v{i}") for i in range(2)), *(home(f"v{i}", f"G{i}") for i in range(2))
    data = many_groups(3, today, kind={"max_groups": 1}, base_id="b")
    served = {"G0": "b", "G1": "b"}
    assert broken(data, {}, served) == []
    assert stands(data, {}, served) == ["H5.groups"]
    assert broken(data, {"a2": "u2"}, served | {"G2": "b"}) == ["H5.groups"]


def test_h5_sites_one_for_a_base_inside_a_community_none_for_others() -> None:
    two = group("F", site_id="S2", service_access="near_base"), home("f", "F"), travel("S", "S2", 5)
    inside = many_groups(1, two, community(), kind={"community_id": "C"})
    outside = many_groups(1, two)
    allowed = many_groups(1, two, community(), kind={"community_id": "C", "max_sites": 2})
    placed, served = {"a0": "f"}, {"F": "b"}
    assert broken(inside, placed, served) == []
    both = dataset_with_both(inside), dataset_with_both(outside), dataset_with_both(allowed)
    for data, found in zip(both, (["H5.sites"], [], []), strict=True):
        assert broken(data, {"a0": "u0", "z": "f"}, {"G0": "b", "F": "b"}) == found


def dataset_with_both(data: Dataset) -> Dataset:
    """With one more applicant, z."""
    from dataclasses import replace

    return replace(data, applicants=(*data.applicants, person("z", service_need="near_base")))


def hours(*rows: Any, a: Any = 0, skills: Any = None, **fields: Any) -> Dataset:
    """Resident r takes 10 hours of base b; applicant a takes some."""
    return dataset(
        person("a", service_need="with_base", care_hours=a, competence_hours=skills or {}), homes("u v"),
        group(service_access="with_base"), lives("r", "v", care_hours=10), base("b", **fields), rows,
    )  # fmt: skip


@pytest.mark.parametrize(("takes", "found"), [("5.25", []), ("5.26", ["H5.capacity"])])
def test_h5_capacity_to_the_hundredth(takes: str, found: list[str]) -> None:
    assert broken(hours(a=takes, capacity_hours="15.25"), {"a": "u"}, {"G": "b"}) == found


def test_h5_capacity_overdrawn_today_may_stay_but_not_grow() -> None:
    data = hours(a=1, capacity_hours=5)
    assert broken(data, {}, {"G": "b"}) == []
    assert stands(data, {}, {"G": "b"}) == ["H5.capacity"]
    assert broken(data, {"a": "u"}, {"G": "b"}) == ["H5.capacity"]
    assert broken(hours(a=0, capacity_hours=5), {"a": "u"}, {"G": "b"}) == []


def test_h5_capacity_freed_by_a_mover() -> None:
    rows = (
        mover("m", "w", care_hours=5),
        lives("m", "w", care_hours=5),
        homes("w"),
        home("x", "H"),
        group("H"),
    )
    data = hours(rows, a=5, capacity_hours=15)
    assert broken(data, {"a": "u"}, {"G": "b"}) == ["H5.capacity"]
    assert broken(data, {"a": "u", "m": "x"}, {"G": "b"}) == []


@pytest.mark.parametrize(("has", "found"), [({"nurse": 3}, []), ({"nurse": "2.99"}, ["H5.competence"]),
                                            ({}, ["H5.competence"])])  # fmt: skip
def test_h5_competence_one_not_named_is_none(has: dict[str, Any], found: list[str]) -> None:
    data = hours(a=5, skills={"nurse": 3}, competence_capacity=has)
    assert broken(data, {"a": "u"}, {"G": "b"}) == found


@pytest.mark.parametrize(("takes", "found"), [(10, []), (11, ["H5.staff"])])
def test_h5_staff_a_small_team_gives_so_many_hours(takes: int, found: list[str]) -> None:
    assert broken(hours(a=takes, max_staff=1), {"a": "u"}, {"G": "b"}) == found


def test_h5_locked_placements_count_as_carried_out() -> None:
    data = hours(lock("a", "u"), a=20, capacity_hours=15)
    assert broken(data, {"a": "u"}, {"G": "b"}) == []
    assert stands(data, {"a": "u"}, {"G": "b"}) == ["H5.capacity"]


def test_h5_switched_off_asks_nothing() -> None:
    data = dataset(person("a", service_need="with_base"), home("u"), group(service_access="with_base"),
                   rules=policy(H5={"enabled": False}))  # fmt: skip
    assert broken(data, {"a": "u"}) == []
