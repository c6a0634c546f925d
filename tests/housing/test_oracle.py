"""Every exact engine finds what brute force finds: values, bounds, infeasibility, ties."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings

from tildeling.housing.check import check
from tildeling.housing.dataset import Dataset
from tildeling.housing.solution import Solution
from tildeling.housing.tables import Applicant
from tildeling.settings import GoalSetting, TierSetting
from tildeling_models.solvers import cbc

from .agreement import assert_agrees
from .builders import DAY, base, dataset, group, home, lives, lock, mover, person, policy, relation
from .oracle import best, equal, named_units
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


@pytest.mark.parametrize("tens", range(6))
def test_engines_agree_with_brute_force_on_varied_data(tens: int) -> None:
    for seed in range(10 * tens, 10 * tens + 10):
        data = thrown_dataset(seed)
        found = best(data)
        for engine in ENGINES:
            assert_agrees(data, found, engine)


@pytest.mark.parametrize("tens", range(5))
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


@pytest.mark.skipif(cbc.executable() is None, reason="no CBC for this machine")
@pytest.mark.parametrize("tens", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 8))])
def test_engines_through_pulp_agree_with_brute_force(tens: int) -> None:
    for seed in range(10 * tens, 10 * tens + 10):
        data = thrown_dataset(seed)
        found = best(data)
        for engine in ("mip-cbc", "mip-highs"):
            assert_agrees(data, found, engine)


@pytest.mark.parametrize("fives", range(3))
def test_brute_force_with_shortcuts_is_brute_force(fives: int) -> None:
    """Every unit for everybody and every base for every group, with the checker's report alone, on the tiniest data."""
    for seed in range(5 * fives, 5 * fives + 5):
        data = thrown_dataset(seed, most_applicants=2, most_units=3)
        data = data.with_policy(data.policy.with_rule("H1", enabled=True))
        people = [row for row in data.applicants if row.applicant_id not in data.lock]
        fixed = {row.applicant_id: row.unit_id for row in data.locks}
        if not data.policy.rules["H7"].enabled:
            people, fixed = list(data.applicants), {}
        values = None
        for where in product((None, *data.unit), repeat=len(people)):
            placed = {row.applicant_id: unit for row, unit in zip(people, where, strict=True) if unit}
            if any(_no_move(data, row, placed.get(row.applicant_id)) for row in people):
                continue
            for who in product((None, *data.base), repeat=len(data.groups)):
                bases = {g: b for g, b in zip(data.group, who, strict=True) if b}
                report = check(data, Solution({**fixed, **placed}, bases))
                found = tuple(tier.value for tier in report.tiers)
                if report.ok and (values is None or found < values):
                    values = found
        assert values == best(data).values, seed


def _no_move(data: Dataset, row: Applicant, unit: str | None) -> bool:
    if unit is None or row.present_unit_id is None:
        return False
    return equal(data.unit[unit], data.unit[row.present_unit_id], named_units(data))


def test_the_random_data_reach_what_matters() -> None:
    """Enough of it places people, has ties, cannot be met, and turns on each rule."""
    seen: Counter[str] = Counter()
    for seed in range(200):
        data = thrown_dataset(seed)
        found = best(data)
        locked = len(data.locks) if data.policy.rules["H7"].enabled else 0
        seen["places"] += any(len(solution.placements) > locked for solution in found.solutions)
        seen["ties"] += len(set(found.choices)) > 1
        seen["infeasible"] += found.values is None
        for rule in ("H1", "H2", "H3", "H4", "H5", "H6", "H7", "H8"):
            if data.policy.rules[rule].enabled:
                without = best(data.with_policy(data.policy.with_rule(rule, enabled=False)))
                seen[rule] += without.values != found.values
    assert seen["places"] >= 60
    assert seen["ties"] >= 6
    assert seen["infeasible"] >= 5
    for rule in ("H1", "H2", "H3", "H4", "H5", "H6", "H7", "H8"):
        assert seen[rule] >= 2, (rule, seen)


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
    data = dataset(base("b", capacity_hours=10), home("u"), lives("r", "u", care_hours=20))
    return data.with_previous(Solution({}, {"G": "b"}))


def _locks_and_no_base() -> Dataset:
    """A promised place opens a group that no base may take on: nothing is feasible."""
    return dataset(base("b", max_groups=1), group(service_access="with_base"), home("u"), lives("r", "u"),
                   group("H", service_access="with_base"), home("v", "H"), person("a", service_need="with_base"),
                   lock("a", "v"), base("c", serves=("ambulatory",)))  # fmt: skip


def _earlier_promise_of_a_movers_home() -> Dataset:
    """An earlier proposal gave a the home of m, who stays; another home there is just as good."""
    data = dataset(
        home("u0"), home("u2"), lives("m", "u0"), mover("m", "u0", severity=4), person("a", severity=5)
    )
    return data.with_previous(Solution({"a": "u0", "m": "u2"}, {}))


EXAMPLES = (_full_base, _two_bases, _unserved, _too_close, _earlier_base_for_own_homes, _locks_and_no_base,
            _earlier_promise_of_a_movers_home)  # fmt: skip


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
