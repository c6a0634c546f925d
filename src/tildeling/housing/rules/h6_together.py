"""H6: these applicants share a group or community; "or none of us" only where they say so."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tildeling.housing.case import Case, zone
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.frame import LEVELS, Frame
from tildeling.housing.rules.rule import Breach, Params, Rule
from tildeling.housing.tables import RelationKind
from tildeling_models.grouping.problem import Bools


class H6Params(Params):
    """None."""


# --- checking ------------------------------------------------------------------------------------------


def check(case: Case, params: H6Params) -> Iterator[Breach]:
    """Pairs placed apart; and, where they said so, one placed without the other."""
    homes = case.after.of
    for row in case.data.relations:
        if row.kind is not RelationKind.TOGETHER:
            continue
        one, other = homes.get(row.person_a), homes.get(row.person_b)
        who = {"applicant": row.person_a, "other": row.person_b}
        moved = [home for home in (one, other) if home and home.new]
        settled = [
            home for home in (one, other) if home and (home.locked or home.person not in case.data.applicant)
        ]
        if one and other and zone(one.group, row.level) == zone(other.group, row.level):
            continue
        if row.or_none and len(moved) == 1 and not settled:
            yield Breach("H6.or_none", who)
        elif len(moved) == 2 or (moved and settled):
            yield Breach("H6.together", who)
        elif one and other and not moved:
            yield Breach("H6.together", who, standing=True)


# --- lowering ------------------------------------------------------------------------------------------


def forbidden(frame: Frame, params: H6Params, build: Builder) -> Bools:
    """New placements away from someone who stays put."""
    drop = np.zeros(len(build.cell_item), dtype=bool)
    where = {p.person: frame.group_index[p.unit.group_id] for p in frame.standing}
    for row in frame.data.relations:
        for person, other in ((row.person_a, row.person_b), (row.person_b, row.person_a)):
            if row.kind is RelationKind.TOGETHER and person in frame.item_index and other in where:
                zones = frame.zone_index(row.level.value)
                cells = build.cells_of(frame.item_index[person])
                drop[cells[zones[build.cell_group[cells]] != zones[where[other]]]] = True
    return drop


def lower(frame: Frame, params: H6Params, build: Builder) -> None:
    """Pairs who are both decided on."""
    for row in frame.data.relations:
        if row.kind is not RelationKind.TOGETHER:
            continue
        if row.person_a in frame.item_index and row.person_b in frame.item_index:
            a, b = frame.item_index[row.person_a], frame.item_index[row.person_b]
            if max(frame.item_home[a], frame.item_home[b]) < 0:
                build.togethers.append((LEVELS.index(row.level.value), a, b, int(row.or_none)))
            else:
                _with_mover(frame, build, row.level.value, a, b, or_none=row.or_none)


def _with_mover(frame: Frame, build: Builder, level: str, a: int, b: int, *, or_none: bool) -> None:
    """A mover who stays counts as waiting, yet can be joined: per zone, new[a] - there[b] (+ new[b] - 1) <= 0."""
    zones, stays = frame.zone_index(level), build.cell_stays
    for one, other in ((a, b), (b, a)):
        theirs = build.cells_of(other)
        fresh = theirs[~stays[theirs]]
        for z in np.unique(zones[build.cell_group[build.cells_of(one)]]):
            mine = build.cells_of(one, int(z), level)
            mine = mine[~stays[mine]]
            there = build.cells_of(other, int(z), level)
            if not len(mine):
                continue
            if or_none:
                cells = np.concatenate([mine, there])
                coef = np.concatenate([np.ones(len(mine)), -np.ones(len(there))]).astype(np.int64)
                build.limit(cells, coef, 0)
            else:
                away = fresh[~np.isin(fresh, there)]
                cells = np.concatenate([mine, away])
                build.limit(cells, np.ones(len(cells), np.int64), 1)


RULE = Rule(
    id="H6",
    source="allocation model H6; CRPD article 19",
    nb="Søkere som skal bo sammen, gjør det",
    en="Applicants who are to live together do",
    params=H6Params,
    texts={
        "H6.together": {
            "nb": "{applicant} og {other} skal bo sammen, men bor hver for seg",
            "en": "{applicant} and {other} are to live together but live apart",
        },
        "H6.or_none": {
            "nb": "{applicant} og {other} vil ha plass begge eller ingen",
            "en": "{applicant} and {other} want both or neither",
        },
    },
    check=check,
    forbidden=forbidden,
    lower=lower,
)
