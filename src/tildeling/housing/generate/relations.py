"""What holds between people, and what they wish for: conflicts, together, housemates, places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tildeling.housing.generate.people import People
from tildeling.housing.generate.sampling import Ints, chance, deal, pairs_within, spread
from tildeling.housing.tables import Level, Relation, RelationKind

Wishes = dict[int, dict[str, Any]]


def kind_blocks(people: People) -> Ints:
    """A number for each (target group, service need), the same for all who wait for the same kind."""
    keys = [(c.target_group, c.service_need.value) for c in people.cohorts]
    known = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([known[key] for key in keys], dtype=np.int64)[people.cohort]


def draw_relations(
    rng: np.random.Generator,
    ids: Sequence[str],
    block: Ints,
    planning_date: dt.date,
    *,
    conflicts: int,
    together: int,
    wishes_for: int,
    wishes_against: int,
    circle: int = 5,
) -> list[Relation]:
    """Relations inside blocks (shape (n,)): people who wait for the same kind of home know each other.

    One pair holds at most one relation.  Wishes for run both ways in half the cases, inside circles of
    ``circle``; a third of those together say "or none of us"; conflicts are verified, half of them at
    group level, the rest at community and site level.
    """
    total = conflicts + together + wishes_for + wishes_against
    pairs = pairs_within(rng, block, total, near=circle)
    conflicts, together, wishes_for, wishes_against = _cut(
        len(pairs), (conflicts, together, wishes_for, wishes_against)
    )
    return relation_rows(
        rng, ids, pairs, planning_date, conflicts=conflicts, together=together, wishes_for=wishes_for,
        wishes_against=wishes_against,
    )  # fmt: skip


def relation_rows(
    rng: np.random.Generator,
    ids: Sequence[str],
    pairs: Sequence[tuple[int, int]],
    planning_date: dt.date,
    *,
    conflicts: int,
    together: int,
    wishes_for: int,
    wishes_against: int,
) -> list[Relation]:
    """Rows of so many pairs of each kind, taken in this order from ``pairs``."""
    level = deal(rng, conflicts, (5, 3, 2)) if conflicts else np.zeros(0, dtype=np.int64)
    days = np.round(10 + 900 * spread(rng, max(conflicts, 1))).astype(np.int64)
    rows: list[Relation] = []

    def add(kind: RelationKind, i: int, j: int, **fields: Any) -> None:
        rows.append(Relation(kind=kind, person_a=ids[i], person_b=ids[j], **fields))

    start = 0
    for k, (i, j) in enumerate(pairs[start : start + conflicts]):
        verified = planning_date - dt.timedelta(days=int(days[k]))
        add(RelationKind.CONFLICT, i, j, level=tuple(Level)[int(level[k])], verified_on=verified)
    start += conflicts
    or_none = chance(rng, together, 0.34) if together else np.zeros(0, dtype=np.bool_)
    where = chance(rng, together, 0.5) if together else np.zeros(0, dtype=np.bool_)
    for k, (i, j) in enumerate(pairs[start : start + together]):
        near = Level.COMMUNITY if where[k] else Level.GROUP
        add(RelationKind.TOGETHER, i, j, level=near, or_none=bool(or_none[k]))
    start += together
    for kind, count, mutual in (
        (RelationKind.WISH_FOR, wishes_for, 0.5),
        (RelationKind.WISH_AGAINST, wishes_against, 0.2),
    ):
        weight = 1 + deal(rng, count, (1, 2, 5, 4, 2)) if count else np.zeros(0, dtype=np.int64)
        both = chance(rng, count, mutual) if count else np.zeros(0, dtype=np.bool_)
        turned = chance(rng, count, 0.5) if count else np.zeros(0, dtype=np.bool_)
        for k, (i, j) in enumerate(pairs[start : start + count]):
            one, two = (j, i) if turned[k] else (i, j)
            add(kind, one, two, weight=int(weight[k]))
            if both[k]:
                add(kind, two, one, weight=int(weight[k]))
        start += count
    return rows


def _cut(available: int, counts: tuple[int, ...]) -> tuple[int, ...]:
    """The counts, scaled down where fewer pairs were found."""
    total = sum(counts)
    return counts if available >= total else tuple(count * available // total for count in counts)


def draw_place_wishes(
    rng: np.random.Generator,
    people: People,
    options: Mapping[tuple[str, ...], Sequence[tuple[str, str, Sequence[str]]]],
    *,
    where: Sequence[str] | None = None,
    wish: float = 0.62,
    veto: float = 0.06,
    size_wish: float = 0.25,
) -> Wishes:
    """Place wishes, vetoes and wished community sizes of each person, as changed fields by number.

    ``options[(target_group, service_access)]`` lists what is on offer as (district, site, communities);
    with ``where``, a word for each person, the keys hold that word too.  A wish begins with the home
    district or the site nearest to it in mind; a veto never removes all.
    """
    n = len(people)
    u = [spread(rng, n) for _ in range(5)]
    wishes, vetoes, sizes = chance(rng, n, wish), chance(rng, n, veto), chance(rng, n, size_wish)
    offered = {
        key: list(dict.fromkeys(district for district, _, _ in offer)) for key, offer in options.items()
    }
    found: Wishes = {}
    for i in range(n):
        cohort = people.template(i)
        key = (cohort.target_group, cohort.service_need.value, *((where[i],) if where is not None else ()))
        offer = options.get(key, ())
        if not offer:
            continue
        home = people.districts[int(people.district[i])]
        fields: dict[str, Any] = {}
        wanted: list[str] = []
        districts = offered[key]
        if wishes[i]:
            if home in districts:
                wanted.append(f"district:{home}")
            place = offer[int(u[0][i] * len(offer))]
            if u[1][i] < 0.55:
                wanted.insert(0 if u[2][i] < 0.5 else len(wanted), f"site:{place[1]}")
            if place[2] and u[1][i] < 0.25:
                wanted.insert(0, f"community:{place[2][int(u[3][i] * len(place[2]))]}")
            other = districts[int(u[4][i] * len(districts))]
            if f"district:{other}" not in wanted and u[2][i] < 0.6:
                wanted.append(f"district:{other}")
            fields["place_wishes"] = tuple(wanted)
        if vetoes[i]:
            kept = {w.partition(":")[2] for w in wanted}
            refusable = [d for d in districts if d not in kept and d != home]
            if cohort.field == "disability" and u[3][i] < 0.5:
                fields["vetoes"] = (f"community_size_above:{5 if u[3][i] < 0.1 else 8}",)
            elif len(districts) > 1 and refusable:
                fields["vetoes"] = (f"district:{refusable[int(u[4][i] * len(refusable))]}",)
        if sizes[i]:
            fields["community_size_wish"] = 4 + int(u[3][i] * 3)
        if fields:
            found[i] = fields
    return found
