"""Every exact engine finds what brute force finds: values, bounds, infeasibility, ties."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings

from tildeling.housing.dataset import Dataset
from tildeling.housing.policy import GoalSetting, TierSetting

from .agreement import assert_agrees
from .builders import DAY, base, dataset, group, home, lives, lock, mover, person, policy, relation
from .oracle import best
from .strategies import datasets, thrown_dataset

ENGINES = ("mip", "cpsat", "auto")
plain = settings(
    deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@settings(plain, max_examples=60)
@given(data=datasets())
def test_engine_agrees_with_brute_force(engine: str, data: Dataset) -> None:
    assert_agrees(data, best(data), engine)


@pytest.mark.parametrize("tens", range(8))
def test_engines_agree_with_brute_force_on_varied_data(tens: int) -> None:
    for seed in range(10 * tens, 10 * tens + 10):
        data = thrown_dataset(seed)
        found = best(data)
        for engine in ENGINES:
            assert_agrees(data, found, engine)


@pytest.mark.parametrize("tens", range(8))
def test_engines_agree_with_brute_force_on_one_weighted_sum(tens: int) -> None:
    for seed in range(1000 + 10 * tens, 1000 + 10 * tens + 10):
        data = thrown_dataset(seed)
        data = data.with_policy(data.policy.model_copy(update={"objective": "weighted"}))
        found = best(data)
        for engine in ENGINES:
            assert_agrees(data, found, engine)


@pytest.mark.slow
@pytest.mark.parametrize("hundreds", range(10, 20))
def test_engines_agree_with_brute_force_on_much_data(hundreds: int) -> None:
    for seed in range(100 * hundreds, 100 * hundreds + 100):
        data = thrown_dataset(seed)
        found = best(data)
        for engine in ENGINES:
            assert_agrees(data, found, engine)


@pytest.mark.slow
@pytest.mark.parametrize("tens", range(10))
def test_engines_agree_with_brute_force_on_larger_data(tens: int) -> None:
    for seed in range(10 * tens, 10 * tens + 10):
        data = thrown_dataset(seed, most_applicants=5, most_units=8)
        found = best(data, most=400_000)
        for engine in ENGINES:
            assert_agrees(data, found, engine)


def _goals(*tiers: str) -> tuple[TierSetting, ...]:
    made = policy().tiers
    return tuple(tier for tier in made if tier.name in tiers)


def _full_base() -> Dataset:
    """Two groups, one small base; a2 cannot be served, and a3 wants to live with a0."""
    rules = policy(H3={"min_residents": 2}).model_copy(update={"tiers": _goals("1a", "1b-4", "1b-3", "3a")})
    rules = rules.with_rule("H5", hours_per_staff=10)
    return dataset(
        base("b0", capacity_hours=30, staff_size=16, max_staff=1),
        *(group(g, service_access="with_base", min_residents=None, max_residents=None) for g in ("g0", "g2")),
        home("u0", "g0"), home("u1", "g0", max_persons=2), home("u4", "g2"),
        home("u5", "g2", max_persons=2, available_from=dt.date(2026, 9, 1)),
        person("a0", service_need="with_base"),
        person("a2", service_need="with_base", severity=4, care_hours=12),
        person("a3", service_need="with_base", severity=4, statutory_right="minimum_standard",
               statutory_deadline=DAY - dt.timedelta(days=9), place_wishes=("unit:u5", "group:g2")),
        relation("wish_for", "a3", "a0"), rules=rules,
    )  # fmt: skip


def _two_bases() -> Dataset:
    """A mover, two bases that may serve one group each, a large team at one of them."""
    rules = policy(H5={"max_groups": 1}).model_copy(update={"tiers": _goals("1b-4", "1b-3", "3b")})
    need = {"service_need": "ambulatory"}
    return dataset(
        base("b0", capacity_hours=20), base("b1", capacity_hours=30, staff_size=13),
        group("g0", service_access="ambulatory"), group("g1", service_access="ambulatory"), group("g2"),
        home("u0", "g0", sex_only="female"), home("u1", "g1"), home("u2", "g1", age_min=40), home("u3", "g1"),
        home("v", "g2"), lives("m0", "u0"), lives("r1", "u1", care_hours=12),
        mover("m0", "u0", care_hours=10, age=28, **need), person("a0", care_hours=10, **need),
        person("a1", severity=4, sex="female", **need), person("a2", care_hours=20, **need), rules=rules,
    )  # fmt: skip


def _unserved() -> Dataset:
    """An occupied group that two bases could serve and none does on record."""
    return dataset(base("b0", staff_size=13), base("b1", capacity_hours=0), group(service_access="with_base"),
                   home("u"), lives("r", "u", care_hours=10))  # fmt: skip


def _too_close() -> Dataset:
    """A mover whose household has outgrown the home."""
    return dataset(home("u"), home("v", "H"), group(), group("H"), lives("m", "u", household_size=2),
                   mover("m", "u", household_size=2))  # fmt: skip


def _earlier_base_for_own_homes() -> Dataset:
    """An earlier proposal set up a base for a group that needs none."""
    from tildeling.housing.solution import Solution

    data = dataset(base("b", capacity_hours=10), home("u"), lives("r", "u", care_hours=20))
    return data.with_previous(Solution({}, {"G": "b"}))


def _locks_and_no_base() -> Dataset:
    """A promised place opens a group that no base may take on: nothing is feasible."""
    return dataset(base("b", max_groups=1), group(service_access="with_base"), home("u"), lives("r", "u"),
                   group("H", service_access="with_base"), home("v", "H"), person("a", service_need="with_base"),
                   lock("a", "v"), base("c", serves=("ambulatory",)))  # fmt: skip


EXAMPLES = (_full_base, _two_bases, _unserved, _too_close, _earlier_base_for_own_homes, _locks_and_no_base)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.__name__.strip("_"))
def test_engine_agrees_with_brute_force_where_one_once_did_not(example: object, engine: str) -> None:
    data = example()  # type: ignore[operator]
    assert_agrees(data, best(data), engine)


def test_goal_settings_of_one_tier_may_repeat() -> None:
    """The same goal twice in a tier counts twice, in engine and checker."""
    twice = TierSetting(name="t", goals=(
        GoalSetting(goal="age_spread", free_steps=0), GoalSetting(goal="age_spread", weight=3, free_steps=1),
    ))  # fmt: skip
    data = dataset(home("u"), home("v"), lives("r", "u", age=20), lives("m", "v", age=60), mover("m", "v", age=60),
                   rules=policy().model_copy(update={"tiers": (twice,)}))  # fmt: skip
    found = best(data)
    assert found.values == (4 + 3 * 3,)
    for engine in ENGINES:
        assert_agrees(data, found, engine)
