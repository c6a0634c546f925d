"""The hand-solved set: the expected answer is the best, and no other is as good."""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

import pytest

from tildeling.files import read_dataset
from tildeling.housing.check import check
from tildeling.housing.dataset import Dataset
from tildeling.housing.solution import Solution

BASES = {"SOL-A": "SOL-T", "SOL-B": "SOL-T", "FJO": "FJO-T", "NOR": "BYB-T", "MID": "BYB-T", "HAM": "AMB-T"}
PARTS = (
    ({f"s0{i}" for i in range(1, 10)}, {"SOL-A", "SOL-B"}),
    ({f"s{i}" for i in range(10, 18)} | {"b03"}, {"FJO", "HAM"}),
    ({"s18", "s19", "s20"}, {"NOR", "MID"}),
)


@pytest.fixture(scope="module")
def small(instances: Path) -> Dataset:
    return read_dataset(instances / "small")


@pytest.fixture(scope="module")
def expected(instances: Path) -> dict[str, str]:
    with (instances / "small" / "solution" / "expected.csv").open(encoding="utf-8", newline="") as file:
        return {row["applicant_id"]: row["group_id"] for row in csv.DictReader(file, delimiter=";")}


def solution(data: Dataset, groups: dict[str, str]) -> Solution | None:
    """Homes within the groups: the wheelchair home for who needs it, the others in order of id."""
    stay = {r.unit_id for r in data.residents if not groups.get(r.resident_id)}
    free = {
        g: [u.unit_id for u in data.units if u.group_id == g and u.unit_id not in stay] for g in data.group
    }
    placed = {}
    for person in sorted(groups, key=lambda p: (not data.applicant[p].required_features, p)):
        group = groups[person]
        if group:
            if not free[group]:
                return None
            placed[person] = free[group].pop(0)
    lived = {group for group in groups.values() if group} | {"FJO"}
    return Solution(placed, {group: BASES[group] for group in lived})


def test_expected_answer_is_complete_and_allowed(small: Dataset, expected: dict[str, str]) -> None:
    assert expected.keys() == small.applicant.keys()
    found = solution(small, expected)
    assert found
    assert check(small, found).breaches == ()


@pytest.mark.parametrize("part", PARTS, ids=["Solbakken", "Fjordgløtt and Hamna", "Nordlia"])
def test_every_other_answer_is_worse(
    small: Dataset, expected: dict[str, str], part: tuple[set[str], set[str]]
) -> None:
    people, groups = sorted(part[0]), part[1]
    best: tuple[tuple[int, ...], list[dict[str, str]]] | None = None
    accepts = {p: ["", *sorted(g for g in groups if _accepts(small, p, g))] for p in people}
    for combination in product(*accepts.values()):
        if any(0 < combination.count(g) < 4 for g in groups & {"SOL-A", "SOL-B", "NOR"}):
            continue
        answer = dict(zip(people, combination, strict=True))
        found = solution(small, answer)
        if found is None:
            continue
        report = check(small, found)
        if not report.ok:
            continue
        value = tuple(tier.value for tier in report.tiers)
        if best is None or value < best[0]:
            best = value, [answer]
        elif value == best[0]:
            best[1].append(answer)
    assert best
    assert best[1] == [{p: expected[p] for p in people}]


def _accepts(data: Dataset, person: str, group: str) -> bool:
    row, here = data.applicant[person], data.group[group]
    steps = here.service_access.step - row.service_need.step
    return row.target_group in here.target_groups and 0 <= steps <= row.max_steps_above
