"""Makes this folder: an ordinary week at the allocation office, with homes lived in and a few vacant.

``python instances/tromso-vacancies/make.py [FOLDER]`` writes the tables byte for byte as they stand here.
Every assumption is listed in README.md beside this file.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field as slot
from pathlib import Path
from typing import Any

import numpy as np

from tildeling.housing.dataset import Dataset
from tildeling.housing.generate.homes import NEW_HOME, TEMPORARY, TENANCY, Estate, Homes, offers
from tildeling.housing.generate.kinds import COMPETENCES, DISABILITY, KINDS, OLDER, WELFARE, Cohort
from tildeling.housing.generate.output import dataset_of, write_instance
from tildeling.housing.generate.people import (
    People,
    applicant_rows,
    draw_people,
    resident_rows,
    shuffled_ids,
)
from tildeling.housing.generate.relations import draw_place_wishes, draw_relations, kind_blocks
from tildeling.housing.generate.sampling import generator, spread
from tildeling.housing.generate.tromso import BRIDGES, DISTRICTS, spot
from tildeling.housing.tables import (
    Applicant,
    Application,
    BaseKind,
    DatasetInfo,
    GroupKind,
    Lock,
    LockKind,
    PresentHousing,
    Resident,
    ServiceAccess,
    StatutoryRight,
)

HERE = Path(__file__).parent
SEED = 20250515
TODAY = dt.date(2025, 5, 15)
HORIZON = dt.date(2025, 12, 31)
NOTICE_NB = (
    "Eksempel på en arbeidsuke ved tildelingskontoret: boligene er tenkte, og alle personer er syntetiske."
)
NOTICE_EN = (
    "An example of a week at the allocation office: the homes are invented, and all people are synthetic."
)
POLICY = """# The default policy, unchanged.
version = "tromso-vacancies.1"
"""

A, P = ServiceAccess, PresentHousing


@dataclass(frozen=True)
class Place:
    """An existing community (or cluster): size and residents of each of its groups, and who lives there."""

    site: str
    name: str
    at: tuple[str, float, float]
    kind: str
    groups: tuple[tuple[int, int], ...]
    robustness: int
    features: tuple[str, ...] = NEW_HOME
    special: dict[str, int] = slot(default_factory=dict)
    largest: int | None = None
    reason: str = ""
    group_kind: GroupKind = GroupKind.SHARED
    community: bool = True
    fields: dict[str, Any] = slot(default_factory=dict)
    also: tuple[str, ...] = ()
    access: ServiceAccess | None = None
    near: tuple[str, ...] = ()


OLD = "Bygd for flere før grensen på 8 ble vedtatt."
WHEELS = {"wheelchair": 3}
PLACES = (
    Place(
        "V01",
        "Otium omsorgsboliger",
        ("tromsoya_sor", -0.3, 0.8),
        "dementia_base",
        ((8, 7),),
        3,
        NEW_HOME,
        WHEELS,
    ),
    Place(
        "V02",
        "Kvaløysletta omsorgsboliger",
        ("kvaloya", 0.1, 0.1),
        "dementia_base",
        ((8, 8),),
        3,
        NEW_HOME,
        {"wheelchair": 3, "sheltered": 2},
    ),
    Place(
        "V03",
        "Kroken omsorgsboliger",
        ("kroken", 0.1, 0.2),
        "dementia_base",
        ((10, 9),),
        3,
        NEW_HOME,
        {"wheelchair": 10},
        largest=10,
        reason=OLD,
    ),
    Place(
        "V04",
        "Tromsdalen omsorgsboliger",
        ("tromsdalen", 0.2, 0.3),
        "dementia_near",
        ((10, 9),),
        3,
        NEW_HOME,
        WHEELS,
    ),
    Place(
        "V05",
        "Mortensnes omsorgsboliger",
        ("tromsoya_sor", -0.2, 1.3),
        "dementia_near",
        ((8, 6),),
        3,
        NEW_HOME,
        {"wheelchair": 8},
    ),
    Place(
        "V06",
        "Heracleum sykehjem, avdeling 1",
        ("tromsoya_nord", -0.8, -0.9),
        "frail_institution",
        ((8, 8),),
        3,
        NEW_HOME,
        {"wheelchair": 8},
    ),
    Place(
        "V06",
        "Heracleum sykehjem, avdeling 2",
        ("tromsoya_nord", -0.8, -0.9),
        "frail_institution",
        ((8, 7),),
        3,
        NEW_HOME,
        {"wheelchair": 8, "bariatric": 8},
    ),
    Place(
        "V06",
        "Heracleum sykehjem, avdeling 3",
        ("tromsoya_nord", -0.8, -0.9),
        "frail_institution",
        ((8, 6),),
        3,
        NEW_HOME,
        {"wheelchair": 8},
    ),
    Place(
        "V07",
        "Jadeveien omsorgsboliger",
        ("tromsoya_nord", -1.0, 0.4),
        "frail_base",
        ((8, 7),),
        2,
        NEW_HOME,
        {"wheelchair": 8},
    ),
    Place(
        "V08",
        "Sør-Tromsøya omsorgsboliger",
        ("tromsoya_sor", 0.1, -0.9),
        "frail_base",
        ((8, 6),),
        2,
        NEW_HOME,
        WHEELS,
    ),
    Place(
        "V09",
        "Bjerkaker bofellesskap",
        ("tromsoya_sor", 0.4, 0.1),
        "disability",
        ((4, 4), (4, 3)),
        3,
        NEW_HOME,
        {"wheelchair": 2},
    ),
    Place(
        "V10",
        "Håpet bofellesskap",
        ("tromsoya_sor", -0.5, 1.0),
        "disability",
        ((4, 2), (4, 4)),
        3,
        NEW_HOME,
        {"wheelchair": 4, "outdoor_storage": 4},
    ),
    Place("V11", "Stakkevollan bofellesskap", ("tromsoya_nord", 0.5, 0.4), "disability", ((6, 6),), 3),
    Place("V12", "Kaldfjord bofellesskap", ("kvaloya", -3.2, -0.5), "disability", ((5, 4),), 3),
    Place("V13", "Storelva bofellesskap", ("kvaloya", 1.2, -1.4), "disability", ((4, 4), (4, 0)), 3),
    Place(
        "V14",
        "Eidhaugen bofellesskap",
        ("kvaloya", -0.5, 1.2),
        "disability_behaviour",
        ((4, 3),),
        5,
        NEW_HOME,
        {"sheltered": 4, "outdoor_storage": 4},
    ),
    Place(
        "V15",
        "Skarpsno forsterket bofellesskap",
        ("tromsoya_sor", 0.7, 1.4),
        "disability_reinforced",
        ((4, 4),),
        5,
        NEW_HOME,
        {"sheltered": 4},
    ),
    Place(
        "V16",
        "Krokenlia bofellesskap",
        ("kroken", 0.4, -0.6),
        "disability",
        ((4, 4), (6, 6)),
        3,
        largest=10,
        reason=OLD,
    ),
    Place(
        "V17",
        "Sentrum oppfølgingsboliger",
        ("sentrum", 0.2, 0.4),
        "substance_near",
        ((8, 7),),
        4,
        ("step_free",),
        near=("V25",),
    ),
    Place(
        "V18",
        "Småhus Gyllenborg",
        ("sentrum", -0.7, 0.2),
        "concurrent_near",
        ((4, 3),),
        5,
        ("step_free",),
        {"sheltered": 4},
        group_kind=GroupKind.SMALL_HOUSE,
        community=False,
        fields=TENANCY,
    ),
    Place(
        "V19",
        "Workinnmarka velferdsboliger",
        ("tromsoya_nord", -2.0, -0.2),
        "lighter_ambulatory",
        ((8, 7),),
        3,
        ("step_free",),
        fields=TENANCY,
    ),
    Place(
        "V20",
        "Hamna velferdsboliger",
        ("tromsoya_nord", -0.9, 1.3),
        "lighter_ambulatory",
        ((8, 5),),
        3,
        ("step_free",),
        fields=TENANCY,
    ),
    Place(
        "V21",
        "Tomasjord velferdsboliger",
        ("tromsdalen", 0.7, 2.2),
        "lighter_ambulatory",
        ((10, 9),),
        3,
        (),
        fields=TENANCY,
    ),
    Place(
        "V22",
        "Breivika ungdomsboliger",
        ("tromsoya_nord", 0.2, -0.7),
        "young_near",
        ((6, 5),),
        3,
        ("step_free",),
        group_kind=GroupKind.CLUSTER,
        fields={"age_min": 18, "age_max": 35},
    ),
    Place(
        "V23",
        "Forsøket 5",
        ("sentrum", 0.7, 0.3),
        "acting_out",
        ((4, 3),),
        5,
        ("step_free",),
        {"sheltered": 4},
        group_kind=GroupKind.SMALL_HOUSE,
    ),
    Place(
        "V24",
        "Åsgård bofellesskap",
        ("tromsoya_nord", -1.5, -1.9),
        "compulsory_base",
        ((6, 6),),
        5,
        ("step_free",),
        {"sheltered": 2},
    ),
    Place(
        "V25",
        "Storgata midlertidige boliger",
        ("sentrum", 0.1, 0.2),
        "homeless",
        ((8, 6),),
        5,
        ("step_free",),
        group_kind=GroupKind.CLUSTER,
        community=False,
        fields=TEMPORARY,
        near=("V17",),
    ),
    Place(
        "V26",
        "Grønnåsen selvstendige leiligheter",
        ("tromsoya_nord", -0.9, -0.6),
        "disability",
        ((6, 5),),
        2,
        ("step_free",),
        group_kind=GroupKind.CLUSTER,
        community=False,
        access=A.OWN_HOME,
    ),
)
"""Existing homes: invented, though the place names are real."""

PROMISED = (
    ("P19", "Ryavegen bofellesskap", ("tromsoya_sor", -0.4, 0.3), (4, 4), dt.date(2025, 9, 1)),
    ("P20", "Øvre Kroken bofellesskap", ("kroken", 0.5, 0.6), (4, 4), dt.date(2025, 6, 1)),
    ("P21", "Nordlyset Bjerkaker", ("tromsoya_sor", 0.3, -0.2), (2, 4, 4), dt.date(2025, 6, 1)),
)
NEAR_BASES = (
    # base, name, place, the communities it serves today, hours against today's load, staff
    ("E02", "Sentrum oppfølgingsbase", ("sentrum", 0.2, 0.1), ("V17", "V18"), 0.96, 24),
    ("E03", "Breivika base", ("tromsoya_nord", -0.1, -0.6), ("V22",), 1.9, 16),
    ("E04", "Mortensnes base", ("tromsoya_sor", -0.3, 1.2), ("V05",), 1.6, 12),
    ("E06", "Tromsdalen bo- og velferdssenter", ("tromsdalen", 0.1, 0.3), ("V04",), 1.1, 12),
)
TEAMS = (
    ("E11", "Ambulerende team Tromsøya", ("tromsoya_nord", 0.3, 0.2), ("V19", "V20"), 1.25, 14),
    ("E13", "Ambulerende team fastlandet", ("tromsdalen", 0.3, 0.7), ("V21", "V25"), 1.15, 12),
)
SERVED_BY = {site: f"{base[0]}-T" for base in (*NEAR_BASES, *TEAMS) for site in base[3]}


def _base_of(place: Place, access: ServiceAccess) -> str | None:
    return None if access is A.OWN_HOME else SERVED_BY.get(place.site, f"{place.site}-T")


def build() -> tuple[Estate, list[tuple[str, str, ServiceAccess]]]:
    """All homes, and (unit, kind, step) of every unit that is lived in."""
    estate = Estate()
    lived_in: list[tuple[str, str, ServiceAccess]] = []
    wards: defaultdict[str, int] = defaultdict(int)
    for place in PLACES:
        kind = KINDS[place.kind]
        access = place.access or kind.service_need
        wards[place.site] += 1
        ward = wards[place.site] if place.site == "V06" else ""
        if wards[place.site] == 1:
            name = place.name.partition(",")[0]
            estate.site(place.site, name, place.at[0], spot(*place.at), in_budget=True, near_sites=place.near)
        community = None
        if place.community:
            community = estate.community(
                f"{place.site}-B{ward}", place.site, place.name,
                max_residents=place.largest, max_reason=place.reason,
            )  # fmt: skip
        homes = Homes(
            place.features, place.special, place.robustness, dt.date(2012, 1, 1), fields=place.fields
        )
        layout = "+".join(str(size) for size, _ in place.groups)
        for i, (size, people) in enumerate(place.groups):
            letter = "abc"[i] if len(place.groups) > 1 else ""
            group = estate.group(
                f"{place.site}-G{ward}{letter}", size, homes, site_id=place.site, community_id=community,
                name=f"{place.name}, bogruppe {letter.upper()}" if letter else place.name,
                target_groups=(kind.target_group, *place.also), service_access=access, kind=place.group_kind,
                min_residents=min(4, size) if "+" in layout else None,
                max_residents=size if "+" in layout or place.largest else None,
                base_id=_base_of(place, access) if people else None, layout=layout,
            )  # fmt: skip
            lived_in += [(f"{group}-{n:02d}", place.kind, access) for n in range(1, people + 1)]
    for site, name, at, sizes, ready in PROMISED:
        estate.site(site, name, at[0], spot(*at), in_budget=True)
        large = sum(sizes) > 8
        community = estate.community(
            f"{site}-B", site, name, max_residents=sum(sizes) if large else None,
            max_reason="Bygd for 10 etter privat initiativ; vedtatt før grensen på 8." if large else "",
        )  # fmt: skip
        homes = Homes((*NEW_HOME, "outdoor_storage"), {"wheelchair": 2}, 4, ready, fields={"lease_years": 60})
        for letter, size in zip("abc", sizes, strict=False):
            estate.group(
                f"{site}-G{letter}", size, homes, site_id=site, community_id=community,
                name=f"{name}, bogruppe {letter.upper()}", target_groups=["intellectual_disability"],
                service_access=A.WITH_BASE, min_residents=min(4, size), max_residents=size,
                layout="+".join(map(str, sizes)),
            )  # fmt: skip
    return estate, lived_in


def add_bases(estate: Estate, residents: list[Resident], promised: list[Applicant]) -> None:
    """Bases sized by today's residents and by how many more the vacant homes would bring."""
    group_of = {unit.unit_id: unit.group_id for unit in estate.units}
    site_of = {group.group_id: group.site_id for group in estate.groups}
    load: defaultdict[str, float] = defaultdict(float)
    lives: defaultdict[str, int] = defaultdict(int)
    built: defaultdict[str, int] = defaultdict(int)
    for unit in estate.units:
        built[site_of[unit.group_id]] += 1
    for row in residents:
        load[site_of[group_of[row.unit_id]]] += float(row.care_hours)
        lives[site_of[group_of[row.unit_id]]] += 1
    seen: set[str] = set()
    for place in PLACES:
        kind = KINDS[place.kind]
        if place.access is A.OWN_HOME or place.site in SERVED_BY or place.site in seen:
            continue
        seen.add(place.site)
        whole = load[place.site] * built[place.site] / max(1, lives[place.site])
        slack = {"V08": 0.92, "V12": 0.97, "V14": 1.08}.get(place.site, 1.06)
        estate.base(
            f"{place.site}-T", f"{place.name.partition(',')[0]}, base", place.site, BaseKind.ON_SITE,
            [kind.service_need], whole * slack, COMPETENCES[kind.field], slack=1.15,
            community_id=None if place.site == "V06" else f"{place.site}-B",
            staffed_hours=round(whole * slack * (0.9 if place.site == "V16" else 1.0)),
            max_staff=24 if place.site == "V15" else None,
            hours_per_staff=22 if place.site == "V15" else 25,
        )  # fmt: skip
    mean = sum(float(row.care_hours) for row in promised) / len(promised)
    for site, name, _, sizes, _ in PROMISED:
        estate.base(
            f"{site}-T", f"{name}, base", site, BaseKind.ON_SITE, [A.WITH_BASE], sum(sizes) * mean * 1.35,
            COMPETENCES[DISABILITY], slack=1.2, community_id=f"{site}-B", open_today=False,
        )  # fmt: skip
    near = {code: max(COMPETENCES[f].get(code, 0.0) for f in (OLDER, WELFARE))
            for code in ("nurse", "health_worker", "social_educator")}  # fmt: skip
    for site, name, at, sites, slack, staff in NEAR_BASES:
        estate.site(site, name, at[0], spot(*at), in_budget=True)
        estate.base(
            f"{site}-T", f"{name}, base", site, BaseKind.NEAR, [A.NEAR_BASE],
            sum(load[s] for s in sites) * slack, near, slack=1.2, staff_size=staff,
        )  # fmt: skip
    team = {**COMPETENCES[WELFARE], "learning_disability_nurse": 0.1}
    for site, name, at, sites, slack, staff in TEAMS:
        estate.site(site, name, at[0], spot(*at), in_budget=True)
        estate.base(
            f"{site}-T", name, site, BaseKind.AMBULATORY, [A.AMBULATORY, A.OWN_HOME],
            sum(load[s] for s in sites) * slack, team, slack=1.3, staff_size=staff,
        )  # fmt: skip


def promised_cohorts() -> list[Cohort]:
    """The 26 who move into the three finished projects."""
    parents = {P.WITH_PARENTS: 24, P.OWN_HOME: 2}
    return [KINDS["disability"].of(26, parents, age=(19, 26, 52), features={}, robustness=(5, 5, 1, 0, 0))]


def waiting_cohorts() -> list[Cohort]:
    """Everyone else who waits; 22 people over 18 with an intellectual disability, as the source has it."""
    k = KINDS
    parents, own, private = {P.WITH_PARENTS: 1}, {P.OWN_HOME: 1}, {P.PRIVATE_PLACEMENT: 1}
    disability = (
        ((18, 19, 20), parents, {"disability": 4, "disability_behaviour": 1, "disability_substance": 1}),
        ((21, 22, 23), parents, {"disability": 5, "disability_behaviour": 1, "disability_reinforced": 1}),
        ((24, 31, 58), parents, {"disability": 5}),
        ((24, 31, 58), {P.TEMPORARY_HOUSING: 1, P.INSTITUTION: 1}, {"disability_behaviour": 2}),
        ((24, 31, 58), {P.HOSPITAL: 1}, {"disability_reinforced": 1}),
        ((24, 31, 58), {P.MUNICIPAL_HOME: 1}, {"disability_substance": 1}),
        ((24, 30, 55), own, {"disability": 5}),
        ((21, 34, 58), private, {"disability": 3, "disability_behaviour": 4, "disability_reinforced": 2,
                                 "disability_substance": 1}),
    )  # fmt: skip
    cohorts = [KINDS[kind].of(size, housing, age=age) for age, housing, kinds in disability
               for kind, size in kinds.items()]  # fmt: skip
    return [
        *cohorts,
        k["dementia_base"].of(11, {P.OWN_HOME: 4, P.INSTITUTION: 3, P.HOSPITAL: 3, P.PRIVATE_PLACEMENT: 1}),
        k["dementia_near"].of(12, {P.OWN_HOME: 10, P.HOSPITAL: 1, P.MUNICIPAL_HOME: 1}),
        k["frail_institution"].of(16, {P.OWN_HOME: 5, P.HOSPITAL: 8, P.PRIVATE_PLACEMENT: 3}, rights=0.5),
        k["frail_base"].of(9, {P.OWN_HOME: 6, P.INSTITUTION: 2, P.HOSPITAL: 1}),
        k["older_psychiatric"].of(2, private),
        k["lighter_ambulatory"].of(14, {P.OWN_HOME: 5, P.TEMPORARY_HOUSING: 5, P.MUNICIPAL_HOME: 3,
                                        P.HOMELESS: 1}),
        k["substance_near"].of(5, {P.TEMPORARY_HOUSING: 2, P.OWN_HOME: 2, P.MUNICIPAL_HOME: 1}),
        k["concurrent_near"].of(6, {P.TEMPORARY_HOUSING: 3, P.HOMELESS: 1, P.PRIVATE_PLACEMENT: 2}),
        k["young_near"].of(5, {P.WITH_PARENTS: 3, P.TEMPORARY_HOUSING: 2}),
        k["acting_out"].of(3, {P.PRIVATE_PLACEMENT: 2, P.INSTITUTION: 1}),
        k["compulsory_base"].of(3, {P.PRIVATE_PLACEMENT: 1, P.INSTITUTION: 1, P.TEMPORARY_HOUSING: 1}),
        k["homeless"].of(5, {P.HOMELESS: 4, P.TEMPORARY_HOUSING: 1}),
        k["women_substance"].of(2, {P.PRIVATE_PLACEMENT: 1, P.HOMELESS: 1}),
    ]  # fmt: skip


MOVERS: dict[str, dict[str, Any]] = {
    # Asked to move
    "V09-Ga-02": {
        "application": Application.TRANSFER,
        "place_wishes": ("site:V12", "district:kvaloya"),
        "severity": 2,
    },
    "V11-G-03": {"application": Application.TRANSFER, "place_wishes": ("site:V10",), "severity": 2},
    "V16-Gb-05": {"application": Application.TRANSFER, "vetoes": ("community_size_above:8",), "severity": 3},
    "V05-G-04": {"application": Application.TRANSFER, "service_need": A.WITH_BASE, "severity": 4},
    # Agreed to be reassessed: two towards more, three towards less
    "V10-Gb-01": {
        "application": Application.REASSESSMENT,
        "severity": 4,
        "robustness_need": 4,
        "target_group": "intellectual_disability_challenging_behaviour",
    },
    "V07-G-06": {"application": Application.REASSESSMENT, "service_need": A.INSTITUTION, "severity": 4},
    "V16-Gb-02": {
        "application": Application.REASSESSMENT,
        "service_need": A.OWN_HOME,
        "severity": 2,
        "care_hours": 18,
        "competence_hours": {"social_educator": 6},
        "robustness_need": 1,
    },
    "V24-G-01": {
        "application": Application.REASSESSMENT,
        "service_need": A.NEAR_BASE,
        "severity": 2,
        "target_group": "substance_or_mental",
        "robustness_need": 3,
        "care_hours": 30,
        "competence_hours": {"social_educator": 9, "nurse": 3, "health_worker": 8},
    },
    # Temporary housing is no end: these wait for a home from there
    **{
        f"V25-G-{n:02d}": {
            "application": Application.TRANSFER,
            "target_group": "lighter_substance_or_mental",
            "robustness_need": 2,
            "present_housing": P.TEMPORARY_HOUSING,
            "severity": 3,
            **{key: TENANCY[key] for key in ("legal_basis", "deciding_office")},
        }
        for n in (1, 3, 4)
    },
}


def movers(people: People, ids: list[str], units: list[str], moved_in: list[dt.date]) -> list[Applicant]:
    """Residents who asked to move, or agreed to be reassessed."""
    changes = {
        i: {"present_unit_id": unit, "required_features": (), "statutory_right": StatutoryRight.NONE,
            "applied_on": TODAY - dt.timedelta(days=20 + 3 * i), "guardian": "not_needed",
            "present_housing_since": moved_in[i], **MOVERS[unit]}
        for i, unit in enumerate(units) if unit in MOVERS
    }  # fmt: skip
    rows = applicant_rows(people, ids, TODAY, changes)
    return [rows[i] for i in changes]


def make() -> Dataset:
    """The whole data set."""
    rng = generator(SEED)
    estate, lived_in = build()
    districts = {d.code: d.share for d in DISTRICTS}
    kinds = list(dict.fromkeys((kind, access) for _, kind, access in lived_in))
    here = [(unit, key) for key in kinds for unit, *rest in lived_in if tuple(rest) == key]
    home = {P.CARE_HOME: 1.0}
    standing = [
        KINDS[kind].of(sum(key == (kind, access) for _, key in here), home, service_need=access)
        for kind, access in kinds
    ]
    everyone = draw_people(
        rng, [*promised_cohorts(), *waiting_cohorts(), *standing], districts, deadline_days=(20, 200)
    )
    n_new = len(everyone) - len(here)
    new, old = everyone.take(range(n_new)), everyone.take(range(n_new, len(everyone)))
    units = [unit for unit, _ in here]
    ids, old_ids = shuffled_ids(rng, n_new), shuffled_ids(rng, len(old), "b")
    days = np.round(200 + 4500 * spread(rng, len(old)) ** 1.5).astype(int).tolist()
    moved_in = [max(dt.date(2012, 6, 1), TODAY - dt.timedelta(days=d)) for d in days]
    residents = resident_rows(old, old_ids, units, moved_in, TODAY)
    changes = draw_place_wishes(rng, new, offers(estate, communities=False))
    for i in range(26):
        changes[i] = {"vetoes": (), "place_wishes": ()}
    applicants = applicant_rows(new, ids, TODAY, changes)
    promised = applicants[:26]
    add_bases(estate, residents, promised)
    free = [u.unit_id for u in estate.units if u.unit_id.startswith("P")]
    locks = [
        Lock(applicant_id=row.applicant_id, unit_id=unit,
             kind=LockKind.OFFERED if i % 5 == 4 else LockKind.DECIDED,
             on=TODAY - dt.timedelta(days=10 if i % 5 == 4 else 60 + i))
        for i, (row, unit) in enumerate(zip(promised, free, strict=True))
    ]  # fmt: skip
    block = kind_blocks(everyone)
    drawn = draw_relations(
        rng, [*ids, *old_ids], block, TODAY, conflicts=40, together=14, wishes_for=130, wishes_against=52
    )
    settled = {row.applicant_id for row in promised} | {
        person for person, unit in zip(old_ids, units, strict=True) if unit not in MOVERS
    }
    relations = [row for row in drawn if not {row.person_a, row.person_b} <= settled]
    occupied = set(units)
    vacated = np.round(10 + 120 * spread(rng, len(estate.units))).astype(int).tolist()
    estate.units = [
        unit if unit.unit_id in occupied or unit.unit_id.startswith("P")
        else unit.model_copy(update={"available_from": TODAY - dt.timedelta(days=vacated[i]),
                                     "reserved": unit.unit_id == "V20-G-08"})
        for i, unit in enumerate(estate.units)
    ]  # fmt: skip
    everybody = [*applicants, *movers(old, old_ids, units, moved_in)]
    return dataset_of(
        DatasetInfo(
            dataset_id="tromso-vacancies", planning_date=TODAY, horizon_end=HORIZON,
            notice_nb=NOTICE_NB, notice_en=NOTICE_EN,
        ),
        POLICY,
        estate,
        estate.travel_times(BRIDGES),
        applicants=sorted(everybody, key=lambda row: row.applicant_id),
        relations=relations,
        residents=sorted(residents, key=lambda row: row.resident_id),
        locks=locks,
    )  # fmt: skip


def main(folder: Path) -> None:
    """Write the tables."""
    data = make()
    write_instance(data, folder, POLICY)
    print(f"{folder}: {len(data.applicants)} applicants, {len(data.groups)} groups, {len(data.units)} units")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
