"""What stands today: finished homes, who lives in them, who of those asks to move, and promised homes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tildeling.housing.generate.blueprints import BLUEPRINTS, KIND_OF, homes_for
from tildeling.housing.generate.kinds import KINDS
from tildeling.housing.generate.people import People
from tildeling.housing.generate.projects import AreaPlan, Home, Place, Ward
from tildeling.housing.generate.sampling import Floats, Ints, apportion, deal, order, picked, spread
from tildeling.housing.tables import Application

HOMES_PER_APPLICANT = 0.75
"""Homes open to applicants, movers' own among them; 504 for 681 in Tromsø."""
FILLED = 0.86
"""Share of finished homes that is lived in."""
PLANNED = (
    (dt.date(2026, 6, 1), 1), (dt.date(2027, 6, 1), 2), (dt.date(2028, 9, 1), 2), (dt.date(2029, 3, 1), 1),
    (dt.date(2029, 6, 1), 1), (dt.date(2029, 9, 1), 2), (dt.date(2029, 12, 1), 1), (dt.date(2030, 6, 1), 1),
)  # fmt: skip
"""When planned homes stand ready, and how often: the dates of ``instances/tromso-2030``."""

MOVES: Mapping[str, Mapping[str, int]] = {
    "disability": {
        "disability": 5, "disability_behaviour": 3, "disability_substance": 1, "disability_reinforced": 1,
    },
    "acting_out": {"compulsory_base": 3, "acting_out": 1},
    "dementia_near": {"dementia_base": 2, "dementia_near": 1},
    "dementia_base": {"dementia_base": 1},
    "frail_base": {"frail_institution": 2, "frail_base": 1},
    "compulsory_base": {"substance_near": 1, "compulsory_base": 1},
    "substance_near": {"substance_near": 1},
    "young_near": {"young_near": 1},
    "concurrent_near": {"concurrent_near": 1},
    "lighter_ambulatory": {"lighter_ambulatory": 1},
    "homeless": {"lighter_ambulatory": 1},
}  # fmt: skip
"""What residents who move ask for, and how often: their own kind is a transfer, another a reassessment."""


@dataclass(frozen=True, eq=False)
class Lived:
    """A home that is lived in: its site and group, and the unit's number in it."""

    area: int
    place: Place
    home: Home
    ward: Ward
    unit: int


def settle(
    rng: np.random.Generator, plans: Sequence[AreaPlan], need: Ints, applicants: int, movers: int
) -> list[Lived]:
    """Finish as many sites of each kind as leaves ``HOMES_PER_APPLICANT``, and fill most of their homes.

    ``need[kind]`` are the people who wait.  Gives the homes lived in, kind by kind.
    """
    by_kind: list[list[tuple[Place, list[Home]]]] = [[] for _ in BLUEPRINTS]
    for plan in plans:
        for place in plan.places:
            for kind in sorted({home.kind for home in place.homes}):
                by_kind[kind].append((place, [home for home in place.homes if home.kind == kind]))
    built = np.array([sum(w.size for _, homes in sites for h in homes for w in h.wards) for sites in by_kind])
    usable = np.array([sum(len(h.places) for _, homes in sites for h in homes) for sites in by_kind])
    open_to = need * np.array([b.homes / b.applicants for b in BLUEPRINTS])
    wanted = round(applicants * HOMES_PER_APPLICANT)
    open_to *= wanted / max(1.0, open_to.sum())
    total = max(movers, int(built.sum()) - wanted + movers)
    living = _within(total, np.maximum(built - open_to, 0.03 * built), np.floor(FILLED * usable))
    found: list[Lived] = []
    for kind, sites in enumerate(by_kind):
        left = int(living[kind])
        passes = [sites[i] for i in order(rng, len(sites)).tolist()]
        for whole in (False, True):
            for place, homes in passes:
                if not left:
                    break
                free = [(h, w, n) for h in homes for w, n in h.places if n not in w.lived]
                count = min(left, len(free) if whole else max(1, round(FILLED * len(free))))
                place.finished = True
                for i in sorted(order(rng, len(free))[:count].tolist()):
                    home, ward, unit = free[i]
                    ward.lived.append(unit)
                    found.append(Lived(place.area, place, home, ward, unit))
                left -= count
    return found


def _within(total: int, weights: Floats, most: Floats) -> Ints:
    """Whole numbers in proportion to ``weights``, none above ``most``, that sum to ``total`` if they can."""
    found = np.zeros(len(weights), dtype=np.int64)
    for _ in range(len(weights)):
        rest, room = total - int(found.sum()), most > found
        if not rest or not room.any():
            break
        found = np.minimum(found + apportion(rest, weights * room), most).astype(np.int64)
    return found


def date_sites(rng: np.random.Generator, plans: Sequence[AreaPlan], today: dt.date) -> None:
    """Since when finished sites stand, and when the others will."""
    places = [place for plan in plans for place in plan.places]
    planned = deal(rng, len(places), [weight for _, weight in PLANNED])
    age = np.round(90 + 4500 * spread(rng, len(places))).astype(np.int64)
    for i, place in enumerate(places):
        past = today - dt.timedelta(days=int(age[i]))
        place.ready = past.replace(day=1) if place.finished else PLANNED[int(planned[i])][0]


def choose_movers(rng: np.random.Generator, lived: Sequence[Lived], movers: int) -> dict[int, dict[str, Any]]:
    """Which residents ask to move or agreed to be reassessed, and the changed fields of their applications."""
    able = [i for i, row in enumerate(lived) if BLUEPRINTS[row.ward.kind].kind in MOVES]
    able = able if len(able) >= movers else list(range(len(lived)))
    chosen = sorted(able[i] for i in order(rng, len(able))[:movers].tolist())
    mark = rng.random(len(chosen))
    days = np.round(20 + 380 * spread(rng, len(chosen))).astype(np.int64)
    found: dict[int, dict[str, Any]] = {}
    for k, i in enumerate(chosen):
        kind = BLUEPRINTS[lived[i].ward.kind].kind
        wanted = picked(float(mark[k]), MOVES.get(kind, {kind: 1}))
        fields: dict[str, Any] = {"days": int(days[k]), "wanted": wanted}
        if wanted == kind:
            fields |= {"application": Application.TRANSFER, "severity": 2}
        else:
            cohort = KINDS[wanted]
            heavy = cohort.service_need.step > KINDS[kind].service_need.step or cohort.robustness[0] == 0
            fields |= {
                "application": Application.REASSESSMENT, "target_group": cohort.target_group,
                "service_need": cohort.service_need, "severity": 4 if heavy else 3,
                "legal_basis": cohort.legal_basis, "deciding_office": cohort.deciding_office,
            }  # fmt: skip
            fields["robustness_need"] = 1 + max(range(5), key=lambda grade: cohort.robustness[grade])
        found[i] = fields
    return found


@dataclass(frozen=True, eq=False)
class Promise:
    """A vacant home promised to a waiting person (by number)."""

    person: int
    home: Home
    ward: Ward
    unit: int


def promise(
    rng: np.random.Generator, plans: Sequence[AreaPlan], people: People, area: Ints, count: int
) -> list[Promise]:
    """Promise some vacant homes in groups that are lived in to people they suit."""
    vacant = [
        (place, home, ward, unit)
        for plan in plans for place in plan.places for home in place.homes
        for ward, unit in home.places
        if ward.lived and unit not in ward.lived
    ]  # fmt: skip
    kind_of = [KIND_OF[c.target_group, c.service_need] for c in people.cohorts]
    waiting: dict[tuple[int, int], list[int]] = {}
    for i in order(rng, len(people)).tolist():
        waiting.setdefault((kind_of[int(people.cohort[i])], int(area[i])), []).append(i)
    found: list[Promise] = []
    for k in order(rng, len(vacant)).tolist():
        if len(found) == count:
            break
        place, home, ward, unit = vacant[k]
        queue = waiting.get((ward.kind, place.area), [])
        fit = next((i for i in queue[:200] if _suits(people, i, home, ward, unit)), None)
        if fit is not None:
            queue.remove(fit)
            ward.promised.append(unit)
            found.append(Promise(fit, home, ward, unit))
    return found


def _suits(people: People, i: int, home: Home, ward: Ward, unit: int) -> bool:
    homes = homes_for(home.blueprint, home.number, home.wards.index(ward))
    features = {*homes.features, *(name for name, count in homes.special.items() if unit < count)}
    age = int(people.age[i])
    return (
        people.features[i] <= features
        and int(people.robustness[i]) <= homes.robustness
        and age >= 18
        and homes.fields.get("age_min", 0) <= age <= homes.fields.get("age_max", 120)
        and not homes.fields.get("temporary")
        and not people.couple[i]
    )
