"""Data sets of any size: areas, homes, bases and people, put together from one seed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from tildeling.housing.dataset import Dataset
from tildeling.housing.generate.acquaintances import draw_acquaintances
from tildeling.housing.generate.areas import Areas, draw_areas
from tildeling.housing.generate.blueprints import BLUEPRINTS, KIND_OF
from tildeling.housing.generate.construction import Built, construct, travel_times
from tildeling.housing.generate.homes import Offer, offers
from tildeling.housing.generate.kinds import OLDER, CareFacts, Cohort
from tildeling.housing.generate.lived_in import (
    Lived,
    Promise,
    choose_movers,
    date_sites,
    promise,
    settle,
)
from tildeling.housing.generate.output import dataset_of
from tildeling.housing.generate.people import (
    People,
    applicant_rows,
    draw_people,
    particulars,
    resident_rows,
    shuffled_ids,
)
from tildeling.housing.generate.presets import Size
from tildeling.housing.generate.projects import AreaPlan, group_counts, locate, plan_areas
from tildeling.housing.generate.relations import draw_place_wishes
from tildeling.housing.generate.sampling import (
    Floats,
    Ints,
    apportion,
    generator,
    interleaved,
    spread,
)
from tildeling.housing.generate.staffing import Team, draw_bases, set_hours
from tildeling.housing.generate.waiting import waiting_cohorts
from tildeling.housing.tables import (
    Applicant,
    DatasetInfo,
    Lock,
    LockKind,
    PresentHousing,
    Resident,
    StatutoryRight,
)
from tildeling_models.progress import Event, Progress

TODAY = dt.date(2026, 1, 15)
HORIZON = dt.date(2030, 12, 31)
DEADLINES = (900, 1800)
"""Days to a statutory deadline, lowest and highest, as in ``instances/tromso-2030``."""
MOVERS, PROMISED = 13 / 681, 0.006
"""Residents who move, and promised homes, for each applicant; the second is assumed."""
ONE_MEAN = CareFacts(disability=0.0)
"""One mean for all with high needs: those with an intellectual disability are 63 % of them, waiting or at home.

The stated 60 % of these hours could only be held by giving them fewer hours than others.
"""
LEAST_PLANNED = 14.3
"""A planner reckons with the mean hours of home services at least (source: the knowledge base)."""
NOTICE_NB = (
    "Syntetisk datasett til prøving av metoder, ikke et vedtaksgrunnlag: steder, boliger, baser og alle "
    "personer er oppdiktet."
)
NOTICE_EN = (
    "A synthetic data set for trying methods, not a basis for decisions: places, homes, bases and all people "
    "are invented."
)
KINDS_OF_NEED = range(len(BLUEPRINTS))


def policy_of(name: str) -> str:
    """The default policy under a version of its own."""
    return f'# The default policy, unchanged.\nversion = "{name}.1"\n'


def generate(preset: str, size: Size, seed: int, progress: Progress | None = None) -> Dataset:
    """A data set of a size, the same for the same seed on every machine.

    Raises
    ------
    UsageError
        If there are not so many pairs who know each other.
    """
    begun, listener = time.monotonic(), progress or Progress()

    def say(phase: str) -> None:
        listener.event(Event(phase, elapsed=time.monotonic() - begun))

    rng = generator(seed)
    movers = max(1, round(size.applicants * MOVERS))
    say("people")
    people, areas = _waiting(rng, size, size.applicants - movers)
    kind = np.array([KIND_OF[c.target_group, c.service_need] for c in people.cohorts])[people.cohort]
    area = areas.area[people.district]
    need = np.zeros((len(areas), len(BLUEPRINTS)), dtype=np.int64)
    np.add.at(need, (area, kind), 1)
    say("homes")
    plans = plan_areas(rng, areas, group_counts(rng, areas, need))
    locate(rng, areas, plans)
    lived = settle(rng, plans, need.sum(axis=0), size.applicants, movers)
    date_sites(rng, plans, TODAY)
    residents = _residents(rng, lived, areas)
    promised = promise(rng, plans, people, area, round(size.applicants * PROMISED))
    say("bases")
    expected = _expected_hours(people.hours, kind)
    teams = draw_bases(rng, areas, plans, expected)
    _set_hours(rng, plans, teams, lived, residents.hours, promised, people.hours, expected)
    say("rows")
    built = construct(rng, areas, plans, teams, need, TODAY)
    travel = travel_times(plans, teams, built)
    ids, old_ids = shuffled_ids(rng, len(people)), shuffled_ids(rng, len(residents), "b")
    local = _offers(built, areas)
    applicants = _applicants(rng, people, ids, areas, local, {one.person for one in promised})
    resident_table, moving = _living(rng, residents, old_ids, lived, areas, built, local, movers)
    say("relations")
    block = _blocks(people, residents, areas, kind, lived)
    free = np.ones(len(people) + len(residents), dtype=np.bool_)
    free[len(people) :] = False
    free[[one.person for one in promised]] = False
    relations = draw_acquaintances(rng, [*ids, *old_ids], block, free, size.conflicts, TODAY)
    everybody = sorted([*applicants, *moving], key=lambda row: row.applicant_id)
    living = sorted(resident_table, key=lambda row: row.resident_id)
    say("checks")
    name = f"{preset}-{size.applicants}-seed-{seed}"
    return dataset_of(
        DatasetInfo(
            dataset_id=name, planning_date=TODAY, horizon_end=HORIZON, notice_nb=NOTICE_NB,
            notice_en=NOTICE_EN,
        ),
        policy_of(name), built.estate, travel,
        applicants=everybody, relations=relations, residents=living,
        locks=_locks(promised, ids, built),
    )  # fmt: skip


def _waiting(rng: np.random.Generator, size: Size, count: int) -> tuple[People, Areas]:
    """Those who wait, in the shares of the Tromsø scenario, spread over areas and districts."""
    cohorts = waiting_cohorts()
    sizes = apportion(count, [cohort.size for cohort in cohorts]).tolist()
    people = draw_people(
        rng, [c.of(n) for c, n in zip(cohorts, sizes, strict=True)], {"": 1.0}, deadline_days=DEADLINES,
        facts=ONE_MEAN,
    )  # fmt: skip
    areas = draw_areas(rng, size, count)
    here = np.concatenate(
        [apportion(int(n), areas.share[areas.districts(i)]) for i, n in enumerate(areas.people)]
    )
    return dataclasses.replace(people, district=interleaved(rng, here), districts=areas.codes), areas


def _residents(rng: np.random.Generator, lived: Sequence[Lived], areas: Areas) -> People:
    """Who lives in the homes lived in, in that order (kind by kind)."""
    count = np.bincount([row.ward.kind for row in lived], minlength=len(BLUEPRINTS)).tolist()
    home = {PresentHousing.CARE_HOME: 1.0}
    cohorts: list[Cohort] = [
        b.cohort.of(n, home, couples=0.0, features={}, rights=0.0, standards=0.0)
        for b, n in zip(BLUEPRINTS, count, strict=True)
    ]
    people = draw_people(rng, cohorts, {"": 1.0})
    district = np.array([row.place.district for row in lived], dtype=np.int64)
    return dataclasses.replace(people, district=district, districts=areas.codes)


def _expected_hours(hours: Floats, kind: Ints) -> Floats:
    """Hours a week a home is planned for, by kind: the mean of those who wait, and ``LEAST_PLANNED``."""
    n = len(BLUEPRINTS)
    count = np.bincount(kind, minlength=n)
    mean = np.bincount(kind, weights=hours, minlength=n) / np.maximum(count, 1)
    return np.asarray(np.maximum(mean, LEAST_PLANNED), dtype=np.float64)


def _set_hours(
    rng: np.random.Generator, plans: Sequence[AreaPlan], teams: Sequence[Team], lived: Sequence[Lived],
    lived_hours: Floats, promised: Sequence[Promise], hours: Floats, expected: Floats,
) -> None:  # fmt: skip
    """Hours of every base by what stands and what its vacant homes are expected to bring."""
    standing, coming = [0.0] * len(teams), [0.0] * len(teams)
    older = [True] * len(teams)
    for row, value in zip(lived, lived_hours.tolist(), strict=True):
        standing[row.ward.base] += value
    for one in promised:
        standing[one.ward.base] += float(hours[one.person])
    for plan in plans:
        for place in plan.places:
            for home in place.homes:
                for ward, unit in home.places:
                    older[ward.base] &= home.blueprint.cohort.field == OLDER
                    if ward.base >= 0 and unit not in ward.lived and unit not in ward.promised:
                        coming[ward.base] += float(expected[home.kind])
    set_hours(rng, teams, standing, coming, older)


def _offers(built: Built, areas: Areas) -> dict[tuple[str, ...], list[Offer]]:
    """What is on offer by (target group, service access, town): in the town, else in the nearest that has any."""
    number = {code: i for i, code in enumerate(areas.codes)}
    everywhere = offers(built.estate)
    found: dict[tuple[str, ...], list[Offer]] = {}
    first = {int(town): i for i, town in reversed(list(enumerate(areas.town.tolist())))}
    in_area: dict[int, list[int]] = defaultdict(list)
    for town, i in sorted(first.items()):
        in_area[int(areas.area[i])].append(town)
    for key, offer in everywhere.items():
        local: dict[int, list[Offer]] = defaultdict(list)
        for one in offer:
            local[int(areas.town[number[one[0]]])].append(one)
        for towns in in_area.values():
            able = [town for town in towns if town in local]
            for town in towns if able else ():
                i = first[town]
                nearest = min(
                    able,
                    key=lambda t: (
                        np.hypot(areas.x[i] - areas.x[first[t]], areas.y[i] - areas.y[first[t]]),
                        t,
                    ),
                )
                found[(*key, str(town))] = local[town] if town in local else local[nearest]
    return found


def _municipalities(areas: Areas, district: Ints) -> list[str | None]:
    return [areas.municipality[a] or None for a in areas.area[district].tolist()]


def _applicants(
    rng: np.random.Generator, people: People, ids: Sequence[str], areas: Areas,
    local: Mapping[tuple[str, ...], Sequence[Offer]], promised: Collection[int],
) -> list[Applicant]:  # fmt: skip
    """Rows of those who wait; who has been promised a home wishes for no other."""
    where = [str(town) for town in areas.town[people.district].tolist()]
    changes = draw_place_wishes(rng, people, local, where=where)
    for i in promised:
        changes.pop(i, None)
    for i, municipality in enumerate(_municipalities(areas, people.district)):
        changes.setdefault(i, {}).update({"municipality": municipality} | particulars(people, i, TODAY))
    return applicant_rows(people, ids, TODAY, changes)


def _living(
    rng: np.random.Generator, people: People, ids: Sequence[str], lived: Sequence[Lived], areas: Areas,
    built: Built, local: Mapping[tuple[str, ...], Sequence[Offer]], movers: int,
) -> tuple[list[Resident], list[Applicant]]:  # fmt: skip
    """Rows of residents, and of those who move as applicants."""
    units = [built.unit(row.ward, row.unit) for row in lived]
    days = np.round(30 + 4200 * spread(rng, len(lived)) ** 1.5).astype(np.int64).tolist()
    moved_in = [
        max(row.place.ready or TODAY, TODAY - dt.timedelta(days=d))
        for row, d in zip(lived, days, strict=True)
    ]
    rows = resident_rows(people, ids, units, moved_in, TODAY)
    moves = choose_movers(rng, lived, movers)
    which = list(moves)
    mark = rng.random(len(which)).tolist()
    municipality = _municipalities(areas, people.district)
    changes: dict[int, dict[str, Any]] = {}
    for k, (i, asked) in enumerate(moves.items()):
        fields = dict(asked)
        kind = fields.pop("wanted")
        wanted = next(b for b in BLUEPRINTS if b.kind == kind)
        temporary = wanted.kind == "lighter_ambulatory" and "target_group" in fields
        town = str(areas.town[lived[i].place.district])
        key = (wanted.cohort.target_group, wanted.access.value, town)
        own = built.site[id(lived[i].place)]
        options = [site for _, site, _ in local.get(key, ()) if site != own]
        changes[k] = {
            "present_unit_id": units[i], "required_features": (), "municipality": municipality[i],
            "statutory_right": StatutoryRight.NONE, "statutory_deadline": None,
            "applied_on": TODAY - dt.timedelta(days=fields.pop("days")),
            "present_housing_since": moved_in[i],
            "place_wishes": (f"site:{options[int(mark[k] * len(options))]}",) if options else (),
            "present_housing": (
                PresentHousing.TEMPORARY_HOUSING if temporary else PresentHousing.CARE_HOME
            ),
        } | fields  # fmt: skip
    return rows, applicant_rows(people.take(which), [ids[i] for i in which], TODAY, changes)


def _blocks(people: People, residents: People, areas: Areas, kind: Ints, lived: Sequence[Lived]) -> Ints:
    """A number for each kind of home and town, of those who wait and then of residents."""
    kinds = np.concatenate([kind, np.array([row.ward.kind for row in lived], dtype=np.int64)])
    town = areas.town[np.concatenate([people.district, residents.district])]
    return np.asarray(town * len(BLUEPRINTS) + kinds, dtype=np.int64)


def _locks(promised: Sequence[Promise], ids: Sequence[str], built: Built) -> list[Lock]:
    """Every fifth an offer not answered, the others decided."""
    rows = [
        Lock(
            applicant_id=ids[one.person], unit_id=built.unit(one.ward, one.unit),
            kind=LockKind.OFFERED if i % 5 == 4 else LockKind.DECIDED,
            on=TODAY - dt.timedelta(days=10 if i % 5 == 4 else 20 + i % 40),
        )
        for i, one in enumerate(promised)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row.applicant_id)
