"""The generator's parts: exact shares, skew, layouts, and the same result from the same seed."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tildeling.housing.generate.homes import Estate, Homes, even_sizes, group_limits
from tildeling.housing.generate.kinds import KINDS
from tildeling.housing.generate.people import applicant_rows, draw_people, shuffled_ids
from tildeling.housing.generate.places import Spot, minutes
from tildeling.housing.generate.relations import draw_relations, kind_blocks
from tildeling.housing.generate.sampling import apportion, chance, deal, pairs_within, skewed, spread
from tildeling.housing.tables import ServiceAccess

TODAY = dt.date(2026, 1, 15)


def generator(seed: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def test_apportion_sums_and_keeps_shares() -> None:
    assert apportion(10, [1, 1, 1]).tolist() == [4, 3, 3]
    assert apportion(0, [1, 2]).tolist() == [0, 0]
    assert apportion(7, [0, 1]).tolist() == [0, 7]


def test_deal_and_chance_are_exact() -> None:
    rng = generator()
    assert np.bincount(deal(rng, 100, [0.2, 0.3, 0.5])).tolist() == [20, 30, 50]
    assert int(chance(rng, 50, 0.1).sum()) == 5


def test_skewed_hits_its_mean_within_its_limits() -> None:
    hours = skewed(spread(generator(), 400), 20.0, 1.0, 1.0, 168.0)
    assert hours.mean() == pytest.approx(20.0, abs=0.1)
    assert hours.min() >= 1
    assert hours.max() <= 168


def test_pairs_stay_within_their_block_and_differ() -> None:
    block = np.array([0] * 5 + [1] * 40 + [2])
    pairs = pairs_within(generator(), block, 60, near=4)
    assert len(pairs) == len(set(pairs)) == 60
    assert all(a < b and block[a] == block[b] for a, b in pairs)


def test_pairs_give_what_there_is() -> None:
    assert len(pairs_within(generator(), np.array([0, 0, 1]), 10)) == 1


def test_layouts() -> None:
    assert group_limits("2+4+4") == [(2, 2), (4, 4), (4, 4)]
    assert group_limits("10") == [(4, 10)]
    assert even_sizes(60, 7) == [8, 8, 8, 9, 9, 9, 9]


def test_minutes_are_symmetric_and_count_bridges() -> None:
    table = minutes([Spot(0, 0, "a"), Spot(0, 10, "a"), Spot(0, 10, "b")], {frozenset("ab"): 4.0})
    assert (table == table.T).all()
    assert table.diagonal().tolist() == [0, 0, 0]
    assert table[0, 2] - table[0, 1] == 4


def test_same_seed_same_people_and_another_seed_others() -> None:
    cohorts = [KINDS["disability"].of(30), KINDS["frail_institution"].of(40)]

    def rows(seed: int) -> list[str]:
        rng = generator(seed)
        people = draw_people(rng, cohorts, {"sentrum": 0.5, "kroken": 0.5})
        return [r.model_dump_json() for r in applicant_rows(people, shuffled_ids(rng, 70), TODAY)]

    assert rows(1) == rows(1)
    assert rows(1) != rows(2)


def test_empty_cohorts_give_nobody() -> None:
    people = draw_people(generator(), [KINDS["homeless"].of(0)], {"sentrum": 1.0})
    assert len(people) == 0
    assert applicant_rows(people, [], TODAY) == []


def test_people_scale_as_arrays() -> None:
    cohorts = [kind.of(700) for kind in KINDS.values()]
    people = draw_people(generator(), cohorts, {"a": 0.3, "b": 0.7})
    assert len(people) == 700 * len(KINDS)
    assert people.take([3, 1]).age.tolist() == [people.age[3], people.age[1]]


def test_relations_hold_once_a_pair() -> None:
    people = draw_people(generator(), [KINDS["lighter_ambulatory"].of(50)], {"a": 1.0})
    ids = shuffled_ids(generator(), 50)
    rows = draw_relations(
        generator(),
        ids,
        kind_blocks(people),
        TODAY,
        conflicts=9,
        together=6,
        wishes_for=20,
        wishes_against=10,
    )
    kinds: dict[frozenset[str], set[str]] = {}
    for row in rows:
        kinds.setdefault(frozenset((row.person_a, row.person_b)), set()).add(row.kind.value)
    assert len(kinds) == 45
    assert all(len(found) == 1 for found in kinds.values())


def test_estate_numbers_units_and_gives_special_homes_first() -> None:
    estate = Estate()
    estate.site("S1", "Sted", "sentrum", Spot(0, 0, "a"))
    homes = Homes(("step_free",), {"wheelchair": 1}, 3, TODAY, doubles=1)
    estate.group(
        "S1-G", 3, homes, site_id="S1", target_groups=["frail_older"], service_access=ServiceAccess.WITH_BASE
    )
    assert [u.unit_id for u in estate.units_of("S1-G")] == ["S1-G-01", "S1-G-02", "S1-G-03"]
    assert [u.features for u in estate.units] == [("step_free", "wheelchair"), ("step_free",), ("step_free",)]
    assert [u.max_persons for u in estate.units] == [1, 1, 2]
