"""Engines agree with each other where brute force no longer reaches; parts, ties and limited time included."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tildeling import read_dataset
from tildeling.housing.allocate import allocate
from tildeling.housing.case import Case
from tildeling.housing.compiling.compiler import compile_dataset, to_assignment
from tildeling.housing.dataset import Dataset
from tildeling.housing.proposal import Proposal
from tildeling.housing.solution import Solution
from tildeling_models.grouping import components, evaluate
from tildeling_models.grouping.engines import engine
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.stop import Stop

from .oracle import Choice, choices

INSTANCES = Path(__file__).parents[2] / "instances"


@cache
def instance(name: str) -> Dataset:
    return read_dataset(INSTANCES / name)


def solved(data: Dataset, name: str, **options: bool) -> tuple[list[int | None], set[Choice], set[Choice]]:
    """Proven tier values, choices, and choices tied with them."""
    got = allocate(data, engine=name, options=Options(**options))  # type: ignore[arg-type]
    assert isinstance(got, Proposal)
    assert got.document.outcome == "optimal"
    assert all(tier.value == tier.bound for tier in got.document.tiers)
    ties = {(tie.subject, tie.id, other) for tie in got.document.ties.found for other in tie.alternatives}
    return [tier.value for tier in got.document.tiers], set(choices(Case(data, got.solution))), ties


@pytest.mark.parametrize("name", ["small", "tromso-vacancies"])
def test_engines_agree_on_an_instance(name: str) -> None:
    data = instance(name)
    values, made, ties = solved(data, "auto")
    values_mip, made_mip, ties_mip = solved(data, "mip")
    assert values == values_mip
    assert made | ties == made_mip | ties_mip
    assert values == solved(data, "cpsat", find_ties=False)[0]


def part_of(data: Dataset, share: float, seed: int) -> Dataset:
    """Some of those who apply, with what concerns the others left out; whoever lives there stays a resident."""
    rng = random.Random(seed)
    gone = {
        a.applicant_id for a in data.applicants if a.applicant_id not in data.lock and rng.random() > share
    }
    gone -= set(data.resident)
    return replace(
        data, applicants=tuple(a for a in data.applicants if a.applicant_id not in gone),
        relations=tuple(r for r in data.relations if not gone & {r.person_a, r.person_b}),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_engines_agree_on_a_part_of_the_vacancies_under_other_rules(seed: int) -> None:
    data = part_of(instance("tromso-vacancies"), 0.3, seed)
    rules = data.policy
    changes = (
        ("H3", {"community_max": 6}), ("H5", {"max_groups": 2, "near_minutes": 15}),
        ("H8", {"enabled": True, "share_percent": 50, "allowance": 4}), ("H7", {"enabled": False}),
    )[seed]  # fmt: skip
    data = data.with_policy(rules.with_rule(changes[0], **changes[1]))
    assert data.faults() == []
    found = {name: solved(data, name, find_ties=False)[0] for name in ("auto", "mip", "cpsat")}
    assert found["auto"] == found["mip"] == found["cpsat"]


@pytest.mark.parametrize("name", ["small", "tromso-vacancies"])
def test_parts_solved_apart_add_up_to_the_whole(name: str) -> None:
    problem = compile_dataset(instance(name)).problem
    parts = components.split(problem)
    assert len(parts) > 2
    for field in ("items", "groups", "servers"):
        everything = sorted(int(index) for part in parts for index in getattr(part, field))
        assert everything == list(range(getattr(problem, f"n_{field}")))
    options = Options(find_ties=False)
    answers = [engine("mip")(part.problem, options, Stop(60), Progress(), None) for part in parts]
    whole = engine("mip")(problem, options, Stop(60), Progress(), None)
    for index, tier in enumerate(whole.tiers):
        values = [answer.tiers[index].value for answer in answers]
        assert tier.value == problem.constant[index] + sum(value for value in values if value is not None)
    solutions = [answer.solution for answer in answers if answer.solution is not None]
    merged = components.merge(problem, parts, solutions)
    assert evaluate.violations(problem, merged) == []
    assert [int(v) for v in evaluate.values(problem, merged)] == [tier.value for tier in whole.tiers]
    for part, answer in zip(parts, answers, strict=True):
        again = components.cut(part, merged)
        assert answer.solution is not None
        assert (again.item_slot == answer.solution.item_slot).all()


@pytest.mark.parametrize("name", ["mip", "cpsat", "auto"])
@pytest.mark.parametrize("seconds", [0.05, 0.5])
def test_limited_time_gives_bounds_that_hold(name: str, seconds: float) -> None:
    data = instance("tromso-vacancies")
    best = [
        tier.value for tier in allocate(data, engine="auto", options=Options(find_ties=False)).document.tiers
    ]
    got = allocate(data, engine=name, time_limit=seconds)
    for tier in got.document.tiers:
        if tier.value is not None and tier.bound is not None:
            assert tier.bound <= tier.value
    first = got.document.tiers[0]
    assert first.bound is not None
    assert best[0] is not None
    assert first.bound <= best[0]
    if isinstance(got, Proposal):
        values = [tier.value for tier in got.document.tiers]
        assert got.report.ok
        assert values >= best
        for index, tier in enumerate(got.document.tiers):
            if values[:index] == best[:index]:  # the bound of a tier holds given those before it
                assert tier.bound is None or tier.bound <= (best[index] or 0)


def test_a_proposal_is_an_assignment_of_the_same_worth_and_back() -> None:
    data = instance("tromso-vacancies")
    got = allocate(data, options=Options(find_ties=False))
    assert isinstance(got, Proposal)
    compiled = compile_dataset(data)
    assignment = to_assignment(compiled, got.solution)
    assert evaluate.violations(compiled.problem, assignment) == []
    assert [int(v) for v in evaluate.values(compiled.problem, assignment)] == [
        t.value for t in got.report.tiers
    ]


def test_starting_from_the_optimum_keeps_it() -> None:
    data = instance("small")
    first = allocate(data)
    assert isinstance(first, Proposal)
    again = allocate(data, previous=Solution(first.solution.placements, first.solution.bases))
    assert isinstance(again, Proposal)
    assert again.solution == first.solution
    changes = {goal.goal: goal.value for tier in again.document.tiers for goal in tier.goals}
    assert changes["changes"] == 0
