"""The Tromsø sets reproduce the source: projects, facts, and something to solve."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tildeling.files import read_dataset
from tildeling.housing.case import Case
from tildeling.housing.check import check
from tildeling.housing.dataset import Dataset
from tildeling.housing.solution import Solution
from tildeling.housing.tables import Application, Guardian, LockKind, RelationKind, SiteStatus, StatutoryRight

Script = Callable[[str], ModuleType]


@pytest.fixture(scope="module")
def scenario(instances: Path) -> Dataset:
    return read_dataset(instances / "tromso-2030")


@pytest.fixture(scope="module")
def week(instances: Path) -> Dataset:
    return read_dataset(instances / "tromso-vacancies")


def today(data: Dataset) -> Solution:
    """What stands: locked placements, and the bases of today (a promised group's own)."""
    placed = {lock.applicant_id: lock.unit_id for lock in data.locks}
    bases = {g.group_id: g.base_id for g in data.groups if g.base_id}
    for unit in placed.values():
        group = data.group_of_unit(unit)
        own = [b.base_id for b in data.bases if b.community_id == group.community_id]
        bases.setdefault(group.group_id, own[0])
    return Solution(placed, bases)


def test_units_per_project_are_those_of_the_overview(scenario: Dataset, instances: Path) -> None:
    source = instances / "tromso-2030" / "source" / "housing-needs-2030.csv"
    with source.open(encoding="utf-8", newline="") as file:
        wanted = {row["project_id"]: int(row["units"]) for row in csv.DictReader(file, delimiter=";")}
    assert Counter(unit.unit_id[:3] for unit in scenario.units) == wanted
    assert len(scenario.units) == 521


def test_target_group_and_step_are_those_of_the_overview(scenario: Dataset, instances: Path) -> None:
    source = instances / "tromso-2030" / "source" / "housing-needs-2030.csv"
    with source.open(encoding="utf-8", newline="") as file:
        rows = {row["project_id"]: row for row in csv.DictReader(file, delimiter=";")}
    for group in scenario.groups:
        row = rows[group.site_id[:3]]
        assert group.target_groups == (row["target_group"],)
        assert group.service_access.value in row["ladder"].split("|")


def test_facts_hold(script: Script, scenario: Dataset, week: Dataset) -> None:
    facts = script("facts.py").FACTS
    off = [
        f"{fact.text}: {fact.value(data)} for {fact.source} in {data.info.dataset_id}"
        for fact in facts
        for data in (scenario, week)
        if data.info.dataset_id in fact.held_in and not fact.holds(data)
    ]
    assert off == []


def test_layouts_give_the_sizes(scenario: Dataset) -> None:
    by_layout = {g.layout: g for g in scenario.groups if g.site_id in ("P16", "P21")}
    assert {(g.min_residents, g.max_residents) for g in scenario.groups if g.site_id == "P16"} == {(4, 4)}
    assert sorted((g.min_residents, g.max_residents) for g in scenario.groups if g.site_id == "P21") == [
        (2, 2), (4, 4), (4, 4),
    ]  # fmt: skip
    assert set(by_layout) == {"4+4", "2+4+4"}
    assert scenario.community["P21-B"].max_residents == 10
    assert scenario.community["P21-B"].max_reason


def test_temporary_places_are_p14_and_two_of_p09(scenario: Dataset) -> None:
    temporary = Counter(unit.unit_id[:3] for unit in scenario.units if unit.temporary)
    assert temporary == {"P14": 8, "P09": 2}


def test_planned_sites_stand_ready_after_the_planning_date(scenario: Dataset) -> None:
    for unit in scenario.units:
        planned = scenario.site[scenario.group_of_unit(unit.unit_id).site_id].status is SiteStatus.PLANNED
        assert planned == (unit.available_from > scenario.info.planning_date)
        assert unit.available_from <= scenario.info.horizon_end


def test_every_group_has_a_base_within_reach(scenario: Dataset, week: Dataset) -> None:
    limits = {"near_base": 10, "ambulatory": 30}
    for data in (scenario, week):
        minutes = {(row.from_site_id, row.to_site_id): row.minutes for row in data.travel_times}
        for group in data.groups:
            step = group.service_access
            able = [
                b for b in data.bases
                if step in b.serves and (
                    b.site_id == group.site_id
                    or minutes[b.site_id, group.site_id] <= limits.get(step.value, -1)
                )
            ]  # fmt: skip
            assert able or step.value == "own_home", group.group_id


def test_travel_is_symmetric_and_complete(scenario: Dataset) -> None:
    minutes = {(row.from_site_id, row.to_site_id): row.minutes for row in scenario.travel_times}
    n = len(scenario.sites)
    assert len(minutes) == n * (n - 1)
    assert all(minutes[b, a] == value for (a, b), value in minutes.items())


def test_demand_is_about_four_thirds_of_supply(scenario: Dataset) -> None:
    movers = {a.applicant_id for a in scenario.applicants if a.application is not Application.NEW}
    lived_in = {row.unit_id for row in scenario.residents if row.resident_id not in movers}
    open_homes = len(scenario.units) - len(lived_in)
    assert 0.70 <= open_homes / len(scenario.applicants) <= 0.80
    assert 12 <= len(movers) <= 18


def test_flags_rights_and_relations_appear(scenario: Dataset) -> None:
    rows = scenario.applicants
    assert any(a.guardian is Guardian.MISSING for a in rows)
    assert any(a.heard_on is None for a in rows)
    assert any(a.consent_on is None for a in rows)
    assert {a.statutory_right for a in rows} == set(StatutoryRight)
    assert any(a.max_steps_above for a in rows)
    assert any(a.latest_move_in for a in rows)
    assert any(a.earliest_move_in for a in rows)
    assert {a.severity for a in rows} == {1, 2, 3, 4, 5}
    kinds = Counter(row.kind for row in scenario.relations)
    assert kinds[RelationKind.CONFLICT] >= 30
    assert kinds[RelationKind.TOGETHER] >= 15
    assert kinds[RelationKind.WISH_FOR] >= 200
    assert any(row.or_none for row in scenario.relations)


def test_the_young_can_move_in_when_they_turn_18(scenario: Dataset) -> None:
    young = [a for a in scenario.applicants if a.age < 18]
    assert len(young) == 29
    for row in young:
        assert row.earliest_move_in
        assert row.earliest_move_in <= scenario.info.horizon_end
        assert row.earliest_move_in >= dt.date(scenario.info.planning_date.year + 17 - row.age, 1, 1)


def test_what_stands_is_allowed(scenario: Dataset, week: Dataset) -> None:
    for data in (scenario, week):
        assert check(data, today(data)).breaches == ()


def test_the_scenario_begins_without_breaches(scenario: Dataset) -> None:
    assert check(scenario, today(scenario)).standing == ()


def test_the_week_has_breaches_that_stand(week: Dataset) -> None:
    standing = check(week, today(week)).standing
    found = {(breach.requirement, *breach.subjects.values()) for breach in standing}
    assert ("H3.community_max", "V04-B") in found
    assert ("H5.capacity", "E02-T") in found


def test_the_week_has_26_promised_and_about_30_vacant(week: Dataset) -> None:
    case = Case(week, today(week))
    empty = [u for u in week.units if u.unit_id not in {home.unit.unit_id for home in case.after.households}]
    assert 25 <= len(empty) <= 35
    assert len(week.locks) == 26
    assert {lock.kind for lock in week.locks} == set(LockKind)
    assert (
        sum(a.application is Application.NEW and a.applicant_id not in week.lock for a in week.applicants)
        >= 110
    )
