"""Synthetic people: drawn as arrays, one entry a person, then turned into rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

import numpy as np

from tildeling.housing.generate.kinds import COMPETENCES, DISABILITY, OLDER, CareFacts, Cohort
from tildeling.housing.generate.sampling import (
    Bools,
    Floats,
    Ints,
    chance,
    deal,
    order,
    pick_weighted,
    skewed,
    spread,
    triangular,
)
from tildeling.housing.tables import (
    Applicant,
    Guardian,
    PresentHousing,
    Resident,
    ServiceAccess,
    Sex,
    StatutoryRight,
)

HOUSING = tuple(PresentHousing)
IMPLIED_FEATURES: Mapping[str, tuple[str, ...]] = {
    "wheelchair": ("step_free", "wide_doors"),
    "bariatric": ("step_free", "wide_doors"),
}
"""A home for the key must have these too."""


@dataclass(frozen=True, slots=True)
class People:
    """People as columns, each of shape (n,); ``cohorts[cohort[i]]`` is the template of person i."""

    cohorts: tuple[Cohort, ...]
    cohort: Ints
    age: Ints
    female: Bools
    severity: Ints
    benefit: Ints
    resource: Ints
    robustness: Ints
    features: tuple[frozenset[str], ...]
    housing: Ints
    district: Ints
    districts: tuple[str, ...]
    waiting_days: Ints
    housing_days: Ints
    guardian: Ints
    couple: Bools
    right: Ints
    deadline_days: Ints
    heard_days: Ints
    consent_days: Ints
    hours: Floats

    def __len__(self) -> int:
        return len(self.cohort)

    def template(self, i: int) -> Cohort:
        """The cohort of person i."""
        return self.cohorts[int(self.cohort[i])]

    def take(self, rows: Sequence[int]) -> People:
        """Only these people, in this order."""
        chosen = np.asarray(rows, dtype=np.int64)
        columns = {
            f.name: getattr(self, f.name)[chosen]
            for f in fields(self)
            if f.name not in ("cohorts", "districts", "features")
        }
        return replace(self, features=tuple(self.features[i] for i in chosen.tolist()), **columns)


def draw_people(
    rng: np.random.Generator,
    cohorts: Sequence[Cohort],
    districts: Mapping[str, float],
    *,
    facts: CareFacts | None = None,
    deadline_days: tuple[int, int] = (30, 365),
    heard: float = 0.86,
    consent: float = 0.94,
) -> People:
    """Draw ``cohort.size`` people of each cohort, in cohort order.

    ``districts`` gives each district's weight, ``deadline_days`` how long after the planning date a
    statutory deadline falls, ``heard`` and ``consent`` the shares for whom that step is done.
    """
    sizes = np.array([c.size for c in cohorts], dtype=np.int64)
    cohort = np.repeat(np.arange(len(cohorts)), sizes)
    n = int(sizes.sum())

    def by_cohort(draw: Any, dtype: Any = np.int64) -> Any:
        parts = [np.asarray(draw(c), dtype=dtype) for c in cohorts]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=dtype)

    age = by_cohort(lambda c: np.floor(triangular(spread(rng, c.size), *_ends(c.age))))
    housing = by_cohort(lambda c: deal(rng, c.size, [c.housing.get(h, 0.0) for h in HOUSING]))
    waiting = by_cohort(lambda c: 14 - c.waiting_days * np.log(1 - 0.97 * spread(rng, c.size)))
    settled = np.round(60 + 5000 * spread(rng, n) ** 2).astype(np.int64)
    brief = np.isin(housing, [HOUSING.index(h) for h in _BRIEF])
    hospital = housing == HOUSING.index(PresentHousing.HOSPITAL)
    housing_days = np.where(brief, np.round(20 + 260 * spread(rng, n)), np.maximum(settled, waiting + 30))
    housing_days = np.where(hospital, np.round(8 + 80 * spread(rng, n)), housing_days).astype(np.int64)
    hours = care_hours(rng, cohorts, cohort, age, facts or CareFacts())
    deadline = deadline_days[0] + (deadline_days[1] - deadline_days[0]) * spread(rng, n)
    return People(
        cohorts=tuple(cohorts),
        cohort=cohort,
        age=age,
        female=by_cohort(lambda c: chance(rng, c.size, c.female), np.bool_),
        severity=1 + by_cohort(lambda c: deal(rng, c.size, c.severity)),
        benefit=1 + by_cohort(lambda c: deal(rng, c.size, c.benefit)),
        resource=1 + np.searchsorted([6.0, 25.0, 60.0, 120.0], hours).astype(np.int64),
        robustness=1 + by_cohort(lambda c: deal(rng, c.size, c.robustness)),
        features=_features(rng, cohorts),
        housing=housing,
        district=deal(rng, n, list(districts.values())) if n else np.zeros(0, dtype=np.int64),
        districts=tuple(districts),
        waiting_days=waiting,
        housing_days=housing_days,
        guardian=by_cohort(lambda c: deal(rng, c.size, (1 - sum(c.guardian), c.guardian[0], c.guardian[1]))),
        couple=by_cohort(lambda c: chance(rng, c.size, c.couples), np.bool_),
        right=by_cohort(lambda c: deal(rng, c.size, (1 - c.rights - c.standards, c.rights, c.standards))),
        deadline_days=np.round(deadline).astype(np.int64),
        heard_days=_days(rng, n, heard, 300),
        consent_days=_days(rng, n, consent, 500),
        hours=hours,
    )


_BRIEF = (PresentHousing.TEMPORARY_HOUSING, PresentHousing.HOMELESS)


def _ends(age: tuple[int, int, int]) -> tuple[float, float, float]:
    return float(age[0]), age[1] + 0.5, age[2] + 0.999


def _days(rng: np.random.Generator, n: int, share: float, longest: int) -> Ints:
    """Days ago, or -1 for those not done."""
    days = np.round(5 + (longest - 5) * spread(rng, n)).astype(np.int64)
    return np.where(chance(rng, n, share), days, -1) if n else days


def _features(rng: np.random.Generator, cohorts: Sequence[Cohort]) -> tuple[frozenset[str], ...]:
    found: list[set[str]] = []
    for c in cohorts:
        mine: list[set[str]] = [set() for _ in range(c.size)]
        for name, share in c.features.items():
            for i in np.flatnonzero(chance(rng, c.size, share)).tolist():
                mine[i].update((name, *IMPLIED_FEATURES.get(name, ())))
        found.extend(mine)
    return tuple(frozenset(m) for m in found)


def care_hours(
    rng: np.random.Generator, cohorts: Sequence[Cohort], cohort: Ints, age: Ints, facts: CareFacts
) -> Floats:
    """Care hours a week that reproduce ``facts``; shape (n,), in half hours.

    Needs below a staffed home follow the home-service figures, staffed homes for people under 67 the
    high-need figures, staffed homes for older people and institutions their assumed means.
    """
    step = np.array([c.service_need.step for c in cohorts], dtype=np.int64)[cohort]
    disability = np.array([c.field == DISABILITY for c in cohorts], dtype=np.bool_)[cohort]
    older = np.array([c.field == OLDER for c in cohorts], dtype=np.bool_)[cohort]
    hours = np.zeros(len(cohort))
    light = step < ServiceAccess.WITH_BASE.step
    tail_weight = np.where(step == ServiceAccess.NEAR_BASE.step, 3.0, 1.0)
    tail_weight[older & (age < 67)] = 0.05
    hours[light] = _home_service(rng, age[light], tail_weight[light], facts)
    institution = step == ServiceAccess.INSTITUTION.step
    hours[institution] = skewed(spread(rng, int(institution.sum())), facts.institution, 0.3, 14, 90)
    staffed = ~light & ~institution
    old = staffed & (age >= 67)
    hours[old] = skewed(spread(rng, int(old.sum())), facts.older_staffed, 0.3, 10, 70)
    adult = staffed & ~old
    counted = adult & (age >= 23)
    total, n_id = int(counted.sum()), int((counted & disability).sum())
    mean_id = mean_other = facts.high_need
    if 0 < n_id < facts.disability * total:  # else the share cannot hold, and all have one mean
        mean_id = facts.disability * facts.high_need * total / n_id
        mean_other = (1 - facts.disability) * facts.high_need * total / (total - n_id)
    for rows, mean in (
        (counted & disability, mean_id),
        (counted & ~disability, mean_other),
        (adult & ~counted, facts.high_need),
    ):
        hours[rows] = skewed(spread(rng, int(rows.sum())), mean, 0.45, 35, 252)
    return hours


def _home_service(rng: np.random.Generator, age: Ints, weight: Floats, facts: CareFacts) -> Floats:
    """Hours by home-service figures: a small tail above 35.5 takes most of them."""
    n = len(age)
    old = age >= 67
    n_old, n_young = int(old.sum()), int((~old).sum())
    total = facts.under_67 * n_young + facts.from_67 * n_old
    tail_size = round(facts.above_355 * n)
    tail_old = min(round(0.02 * n_old), tail_size)
    tail_young = min(tail_size - tail_old, n_young)
    hours = np.zeros(n)
    in_tail = np.zeros(n, dtype=np.bool_)
    for rows, size in ((old, tail_old), (~old, tail_young)):
        where = np.flatnonzero(rows)
        in_tail[where[pick_weighted(rng, weight[where], size)]] = True
    # the tail is a little larger than a tenth, and its lowest stand close to 35.5
    tail_hours = facts.top_tenth * total * (1 + 0.35 * (tail_size - 0.1 * n) / max(1, tail_size))
    hours[in_tail & old] = skewed(spread(rng, tail_old), 44.0, 0.2, 36, 70)
    left = tail_hours - hours.sum()
    hours[in_tail & ~old] = skewed(spread(rng, tail_young), left / max(1, tail_young), 0.45, 36, 168)
    for rows, mean in ((old, facts.from_67), (~old, facts.under_67)):
        rest = rows & ~in_tail
        mean_rest = (mean * rows.sum() - hours[rows & in_tail].sum()) / max(1, rest.sum())
        hours[rest] = skewed(spread(rng, int(rest.sum())), max(1.0, float(mean_rest)), 0.7, 0.5, 35)
    return hours


def competence_hours(cohort: Cohort, hours: float) -> dict[str, Decimal]:
    """Hours that need each competence, rounded down to tenths so that they never exceed the whole."""
    shares = COMPETENCES[cohort.field]
    found = {code: Decimal(int(hours * share * 10 + 1e-9)) / 10 for code, share in shares.items()}
    return {code: value for code, value in found.items() if value}


def applicant_rows(
    people: People,
    ids: Sequence[str],
    planning_date: dt.date,
    changes: Mapping[int, Mapping[str, Any]] | None = None,
) -> list[Applicant]:
    """A row for each person; ``changes`` sets fields of person i (wishes, vetoes, present unit, ...)."""
    return [
        Applicant(**(_applicant_fields(people, i, ids[i], planning_date) | dict((changes or {}).get(i, {}))))
        for i in range(len(people))
    ]


def _applicant_fields(p: People, i: int, person: str, today: dt.date) -> dict[str, Any]:
    cohort = p.template(i)

    def ago(days: int) -> dt.date | None:
        return today - dt.timedelta(days=int(days)) if days >= 0 else None

    housing = HOUSING[int(p.housing[i])]
    right = tuple(StatutoryRight)[int(p.right[i])]
    needs_guardian = (Guardian.NOT_NEEDED, Guardian.APPOINTED, Guardian.MISSING)
    return {
        "applicant_id": person,
        "household_size": 2 if p.couple[i] else 1,
        "age": int(p.age[i]),
        "sex": Sex.FEMALE if p.female[i] else Sex.MALE,
        "target_group": cohort.target_group,
        "service_need": cohort.service_need,
        "required_features": tuple(sorted(p.features[i])),
        "robustness_need": int(p.robustness[i]),
        "severity": int(p.severity[i]),
        "benefit": int(p.benefit[i]),
        "resource": int(p.resource[i]),
        "statutory_right": right,
        "statutory_deadline": (
            None if right is StatutoryRight.NONE else today + dt.timedelta(days=int(p.deadline_days[i]))
        ),
        "legal_basis": cohort.legal_basis,
        "deciding_office": cohort.deciding_office,
        "applied_on": ago(p.waiting_days[i]),
        "municipality": "tromso",
        "district": p.districts[int(p.district[i])],
        "present_housing": housing,
        "present_housing_since": ago(p.housing_days[i]),
        "discharge_ready_on": (
            ago(max(1, int(p.housing_days[i]) // 2)) if housing is PresentHousing.HOSPITAL else None
        ),
        "care_hours": Decimal(str(p.hours[i])),
        "competence_hours": competence_hours(cohort, float(p.hours[i])),
        "heard_on": ago(p.heard_days[i]),
        "guardian": needs_guardian[int(p.guardian[i])],
        "consent_on": ago(p.consent_days[i]),
    }


def particulars(people: People, i: int, planning_date: dt.date) -> dict[str, Any]:
    """What follows from a person's own figures: growing up, a step above the need, a short wait.

    Nobody moves in before the year they turn 18; one in nine who needs a home near a base may go a step
    above the need; one in fourteen of the frailest is helped only by a home within some three years; half
    of those long in temporary housing have a minimum standard to meet.
    """
    cohort, age = people.template(i), int(people.age[i])
    near = cohort.service_need is ServiceAccess.NEAR_BASE
    fields: dict[str, Any] = {}
    if age < 18:
        fields["earliest_move_in"] = dt.date(planning_date.year + 17 - age, 8, 1)
    if cohort.target_group.startswith("dementia") and near and i % 9 == 0:
        fields["max_steps_above"] = 1
        fields["steps_above_reason"] = "Nattlig uro; kan trenge personale til stede før flytting er mulig."
    if cohort.target_group == "frail_older" and int(people.severity[i]) == 5 and i % 14 == 0:
        fields["latest_move_in"] = dt.date(planning_date.year + 3, 8, 31)
    temporary = people.housing[i] == HOUSING.index(PresentHousing.TEMPORARY_HOUSING)
    if temporary and people.housing_days[i] > 92 and int(people.right[i]) == 0 and i % 2 == 0:
        fields["statutory_right"] = StatutoryRight.MINIMUM_STANDARD
        fields["statutory_deadline"] = planning_date + dt.timedelta(days=int(people.deadline_days[i]))
    return fields


def resident_rows(
    people: People,
    ids: Sequence[str],
    units: Sequence[str],
    moved_in: Sequence[dt.date | None],
    planning_date: dt.date,
) -> list[Resident]:
    """A row for each person, living in ``units[i]`` since ``moved_in[i]``."""
    rows = []
    for i in range(len(people)):
        cohort = people.template(i)
        heard = int(people.heard_days[i])
        rows.append(
            Resident(
                resident_id=ids[i],
                unit_id=units[i],
                household_size=1,
                age=int(people.age[i]),
                sex=Sex.FEMALE if people.female[i] else Sex.MALE,
                target_group=cohort.target_group,
                service_need=cohort.service_need,
                care_hours=Decimal(str(people.hours[i])),
                competence_hours=competence_hours(cohort, float(people.hours[i])),
                moved_in_on=moved_in[i],
                heard_on=planning_date - dt.timedelta(days=heard) if heard >= 0 else None,
            )
        )
    return rows


def shuffled_ids(rng: np.random.Generator, n: int, prefix: str = "s", first: int = 1) -> list[str]:
    """Pseudonyms PREFIX0001, ... in random order, so that a number says nothing about its bearer."""
    width = max(4, len(str(n + first)))
    return [f"{prefix}{number + first:0{width}d}" for number in order(rng, n).tolist()]
