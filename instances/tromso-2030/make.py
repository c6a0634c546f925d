"""Makes this folder: the 21 projects to 2030, and synthetic people who need them.

``python instances/tromso-2030/make.py [FOLDER]`` writes the tables byte for byte as they stand here.
Every assumption is listed in README.md beside this file.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tildeling.housing.dataset import Dataset
from tildeling.housing.generate.homes import (
    NEW_HOME,
    STURDY,
    TEMPORARY,
    TENANCY,
    Estate,
    Homes,
    even_sizes,
    group_limits,
    offers,
)
from tildeling.housing.generate.kinds import COMPETENCES, DISABILITY, KINDS, OLDER, WELFARE, Cohort
from tildeling.housing.generate.output import dataset_of, write_instance
from tildeling.housing.generate.people import (
    People,
    applicant_rows,
    draw_people,
    particulars,
    resident_rows,
    shuffled_ids,
)
from tildeling.housing.generate.relations import draw_place_wishes, draw_relations, kind_blocks
from tildeling.housing.generate.sampling import generator
from tildeling.housing.generate.tromso import BRIDGES, DISTRICTS, spot
from tildeling.housing.generate.waiting import waiting_cohorts
from tildeling.housing.tables import (
    Applicant,
    Application,
    BaseKind,
    DatasetInfo,
    GroupKind,
    PresentHousing,
    Resident,
    ServiceAccess,
    Sex,
    SiteStatus,
    StatutoryRight,
)

HERE = Path(__file__).parent
SEED = 20260115
TODAY = dt.date(2026, 1, 15)
HORIZON = dt.date(2030, 12, 31)
NOTICE_NB = (
    "Scenario, ikke et vedtaksgrunnlag: boliger som trengs fram til 2030, de fleste ikke bygd og mange ikke "
    "vedtatt finansiert. Alle personer er syntetiske."
)
NOTICE_EN = (
    "A scenario, not a basis for decisions: homes needed by 2030, most not built and many without adopted "
    "funding. All people are synthetic."
)

A, P = ServiceAccess, PresentHousing

# When a home can be moved into: the source's date where it has one, else by how far the project has come.
READY = {
    "ready_2024_q4": dt.date(2024, 12, 1),
    "ready_2025_q2": dt.date(2025, 6, 1),
    "ready_2025_q3": dt.date(2025, 9, 1),
    "ready_2027": dt.date(2027, 6, 1),
    "concept_study_2024_ready_2029": dt.date(2029, 6, 1),
    "need_report_adopted": dt.date(2028, 9, 1),
    "need_report_approved": dt.date(2029, 3, 1),
    "need_report_in_progress": dt.date(2029, 9, 1),
    "plot_to_be_settled": dt.date(2029, 12, 1),
    "not_started": dt.date(2030, 6, 1),
}


def needs() -> dict[str, dict[str, str]]:
    """The municipality's need overview, by project."""
    with (HERE / "source" / "housing-needs-2030.csv").open(encoding="utf-8", newline="") as file:
        return {row["project_id"]: row for row in csv.DictReader(file, delimiter=";")}


class Projects:
    """Turns the projects into an estate, project by project."""

    def __init__(self) -> None:
        self.estate = Estate()
        self.needs = needs()

    def row(self, project: str) -> dict[str, str]:
        return self.needs[project]

    def ready(self, project: str, months: int = 0) -> dt.date:
        date = READY[self.row(project)["status"]]
        month = date.month - 1 + months
        return date.replace(year=date.year + month // 12, month=month % 12 + 1)

    def site(
        self,
        site_id: str,
        name: str,
        district: str,
        east: float = 0.0,
        north: float = 0.0,
        near: Iterable[str] = (),
        in_budget: bool | None = None,
    ) -> str:
        row = self.row(site_id[:3])
        built = self.ready(site_id[:3]) <= TODAY
        return self.estate.site(
            site_id,
            name,
            district,
            spot(district, east, north),
            status=SiteStatus.FINISHED if built else SiteStatus.PLANNED,
            near_sites=tuple(near),
            in_budget=row["in_budget"] == "yes" if in_budget is None else in_budget,
        )

    def community(
        self,
        site_id: str,
        name: str,
        layout: str,
        access: ServiceAccess,
        homes: Homes,
        *,
        number: str = "",
        largest: int | None = None,
        reason: str = "",
        limits: bool = True,
        kind: GroupKind = GroupKind.SHARED,
        group_fields: dict[str, Any] | None = None,
    ) -> str:
        """A community with its groups by layout; limits=False leaves the sizes to the policy."""
        community = f"{site_id}-B{number}"
        self.estate.community(community, site_id, name, max_residents=largest, max_reason=reason)
        for i, (low, high) in enumerate(group_limits(layout)):
            letter = "abcdefgh"[i]
            self.estate.group(
                f"{site_id}-G{number}{letter}",
                high,
                homes,
                site_id=site_id,
                community_id=community,
                name=f"{name}, bogruppe {letter.upper()}" if "+" in layout else name,
                target_groups=[self.row(site_id[:3])["target_group"]],
                service_access=access,
                kind=kind,
                min_residents=low if limits else None,
                max_residents=high if limits else None,
                layout=layout,
                **(group_fields or {}),
            )
        return community

    def base(
        self, base_id: str, name: str, site_id: str, field: str, serves: ServiceAccess, hours: float, **f: Any
    ) -> str:
        return self.estate.base(
            base_id, name, site_id, BaseKind.ON_SITE, [serves], hours, COMPETENCES[field],
            open_today=self.ready(site_id[:3]) <= TODAY, **f,
        )  # fmt: skip


def build() -> Estate:
    """All 21 projects, and the existing bases around them."""
    p = Projects()
    _older(p)
    _welfare(p)
    _disability(p)
    _existing_bases(p.estate)
    for project, row in p.needs.items():
        built = sum(unit.unit_id.startswith(project) for unit in p.estate.units)
        if built != int(row["units"]):
            raise ValueError(f"{project}: {built} units built, {row['units']} in housing-needs-2030.csv")
    return p.estate


def _older(p: Projects) -> None:
    care = Homes(NEW_HOME, {"wheelchair": 5, "bariatric": 1}, 3, p.ready("P01"))
    places = (
        ("P01a", "Omsorgsboliger Sentrum", "sentrum", 0.5, -0.6),
        ("P01b", "Omsorgsboliger Stakkevollan", "tromsoya_nord", 0.2, 0.8),
        ("P01c", "Omsorgsboliger Langnes", "tromsoya_nord", -1.9, -0.6),
        ("P01d", "Omsorgsboliger Sorgenfri", "tromsoya_sor", 0.3, -0.7),
        ("P01e", "Omsorgsboliger Tromsdalen", "tromsdalen", 0.4, -0.9),
        ("P01f", "Omsorgsboliger Kroken", "kroken", -0.2, -0.8),
        ("P01g", "Omsorgsboliger Kvaløysletta", "kvaloya", -0.6, 0.9),
    )
    for (site, name, district, east, north), size in zip(places, even_sizes(60, 7), strict=True):
        p.site(site, name, district, east, north)
        sheltered = {"sheltered": 3} if site in ("P01b", "P01e") else {}
        homes = replace(care, special={**care.special, **sheltered}, doubles=1)
        community = p.community(site, f"{name} bofellesskap", str(size), A.WITH_BASE, homes, limits=False)
        p.base(f"{site}-T", f"{name}, base", site, OLDER, A.WITH_BASE, 8 * 31, community_id=community)
    hvilhaug = replace(care, available_from=p.ready("P02"), special={"wheelchair": 3, "bariatric": 1})
    p.site("P02", "Hvilhaug omsorgsboliger", "sentrum", -0.5, 0.7)
    for i, size in enumerate(even_sizes(40, 5), 1):
        homes = replace(hvilhaug, doubles=1 if i == 1 else 0)
        p.community("P02", f"Hvilhaug {i}", str(size), A.NEAR_BASE, homes, number=str(i), limits=False)
    p.site("P03", "Tromsøysund omsorgsboliger", "tromsdalen", 0.6, 1.2)
    for i in (1, 2):
        homes = replace(care, special={"wheelchair": 3}, doubles=1 if i == 1 else 0)
        p.community("P03", f"Tromsøysund {i}", "10", A.NEAR_BASE, homes, number=str(i), limits=False)
    p.site("P04", "Kvaløya BOV, omsorgsboliger", "kvaloya", 0.3, -0.4, near=("P06a",))
    for i, size in enumerate((8, 10, 10, 12), 1):
        homes = replace(care, special={"wheelchair": 4, "bariatric": 1}, doubles=1 if i == 2 else 0)
        p.community("P04", f"Kvaløya BOV {i}", str(size), A.NEAR_BASE, homes, number=str(i), limits=False)
    p.site("P05", "Kroken sykehjem, tilrettelagt avdeling", "kroken", 0.3, 0.2)
    ward = Homes(("step_free", "wide_doors", "escape_route"), {"sheltered": 2, "wheelchair": 1}, 4,
                 p.ready("P05"))  # fmt: skip
    community = p.community(
        "P05", "Kroken alderspsykiatri", "2+4+4", A.INSTITUTION, ward, largest=10,
        reason="Institusjonsavdeling i rehabilitert bygg; inndelingen 2+4+4 ligger fast.",
    )  # fmt: skip
    p.base("P05-T", "Kroken alderspsykiatri, base", "P05", OLDER, A.INSTITUTION, 10 * 34,
           community_id=community)  # fmt: skip
    _kvaloya_centre(p)


def _kvaloya_centre(p: Projects) -> None:
    """P06: 160 places in five houses of four wards of eight, three of them institution."""
    for h, house in enumerate("abcde"):
        site = p.site(
            f"P06{house}", f"Kvaløya helsehus {house.upper()}", "kvaloya", 0.25 + 0.06 * h, -0.5 - 0.05 * h,
            near=[f"P06{other}" for other in "abcde" if other != house],
        )  # fmt: skip
        institution = house in "abc"
        access = A.INSTITUTION if institution else A.WITH_BASE
        for w in range(1, 5):
            special = {"wheelchair": 8 if w == 1 else 3, "bariatric": 2 if w == 1 else 0}
            homes = Homes(
                NEW_HOME, special | {"sheltered": 4 if w == 4 else 0}, 3 if w == 4 else 2,
                p.ready("P06", 3 * (h % 3)), doubles=0 if institution else 2,
            )  # fmt: skip
            number = f"{h * 4 + w:02d}"
            name = f"{'Avdeling' if institution else 'Omsorgsboliger'} {house.upper()}{w}"
            p.community(site, name, "8", access, homes, number=number)
        hours = 32 * 34 * 1.06 if institution else 32 * 27.3 * 1.08
        p.base(
            f"{site}-T", f"Kvaløya helsehus {house.upper()}, base", site, OLDER, access, hours, max_groups=4
        )


def _welfare(p: Projects) -> None:
    houses = (
        ("P07a", "Småhus Nordbyen", "sentrum", 0.9, 1.1, 4, True),
        ("P07b", "Småhus Gyllenborg", "sentrum", -0.7, 0.2, 4, False),
        ("P07c", "Småhus Skarpsno", "tromsoya_sor", 0.6, 1.3, 3, False),
        ("P07d", "Småhus Breivikåsen", "tromsoya_nord", -0.4, -1.0, 1, False),
    )
    for site, name, district, east, north, size, budget in houses:
        p.site(site, name, district, east, north, in_budget=budget)
        p.estate.group(
            f"{site}-G", size, Homes(STURDY, {"sheltered": 2}, 5, p.ready("P07"), fields=TENANCY),
            site_id=site, name=name, target_groups=[p.row("P07")["target_group"]],
            service_access=A.NEAR_BASE, kind=GroupKind.SMALL_HOUSE, layout="1-4",
        )  # fmt: skip
    welfare = (
        ("P08a", "Velferdsboliger Workinnmarka", "tromsoya_nord", -2.0, -0.2),
        ("P08b", "Velferdsboliger Hamna", "tromsoya_nord", -0.9, 1.3),
        ("P08c", "Velferdsboliger Tomasjord", "tromsdalen", 0.7, 2.2),
        ("P08d", "Velferdsboliger Kaldfjord", "kvaloya", -3.4, -0.3),
        ("P08e", "Velferdsboliger Kroken", "kroken", 0.2, 0.9),
        ("P08f", "Velferdsboliger Berg", "tromsoya_sor", -0.5, -0.9),
    )
    for (site, name, district, east, north), size in zip(welfare, even_sizes(50, 6), strict=True):
        p.site(site, name, district, east, north)
        homes = Homes(("step_free",), {"escape_route": 4}, 3, p.ready("P08"), fields=TENANCY)
        p.community(site, name, str(size), A.AMBULATORY, homes, limits=False)
    women = Homes(("step_free", "sheltered", "escape_route"), {}, 4, p.ready("P09"),
                  fields={"sex_only": Sex.FEMALE})  # fmt: skip
    p.site("P09", "Kvinnehuset", "tromsoya_sor", 0.2, 0.5)
    community = p.estate.community("P09-B", "P09", "Kvinnehuset")
    for letter, size, temporary in (("a", 2, True), ("b", 6, False)):
        p.estate.group(
            f"P09-G{letter}", size, replace(women, fields={**women.fields, "temporary": temporary}),
            site_id="P09", community_id=community,
            name="Kvinnehuset, kriseplasser" if temporary else "Kvinnehuset, omsorgsboliger",
            target_groups=[p.row("P09")["target_group"]], service_access=A.WITH_BASE,
            min_residents=1 if temporary else 4, max_residents=size, layout="2+6",
        )  # fmt: skip
    p.base("P09-T", "Kvinnehuset, base", "P09", WELFARE, A.WITH_BASE, 8 * 88, community_id=community)
    p.site("P10", "Forsøket 5", "sentrum", 0.7, 0.3, near=("P07a",))
    community = p.estate.community("P10-B", "P10", "Forsøket 5")
    for i in range(1, 5):
        p.estate.group(
            f"P10-G{i}", 1, Homes(("step_free", "sheltered", "escape_route"), {}, 5, p.ready("P10")),
            site_id="P10", community_id=community, name=f"Forsøket 5, bolig {i}",
            target_groups=[p.row("P10")["target_group"]], service_access=A.WITH_BASE,
            kind=GroupKind.SMALL_HOUSE, layout="1", base_id="P10-T",
        )  # fmt: skip
    p.base("P10-T", "Forsøket 5, base", "P10", WELFARE, A.WITH_BASE, 4 * 135, community_id=community)
    for site, name, district, east, north in (
        ("P11a", "Omsorgsboliger Nordbyen", "sentrum", 0.3, 1.0),
        ("P11b", "Omsorgsboliger Grønnåsen", "tromsoya_nord", -0.9, -0.8),
    ):
        p.site(site, name, district, east, north)
        p.community(site, name, "4", A.NEAR_BASE, Homes(STURDY, {}, 4, p.ready("P11")))
    for site, name, district, east, north in (
        ("P12a", "Ungdomsboliger Prestvannet", "sentrum", -0.9, 1.2),
        ("P12b", "Ungdomsboliger Breivika", "tromsoya_nord", 0.2, -0.7),
        ("P12c", "Ungdomsboliger Bjerkaker", "tromsoya_sor", 0.5, 0.4),
    ):
        p.site(site, name, district, east, north)
        homes = Homes(STURDY, {}, 3, p.ready("P12"), fields={"age_min": 18, "age_max": 35})
        p.community(site, name, "4", A.NEAR_BASE, homes, kind=GroupKind.CLUSTER)
    p.site("P13", "Omsorgsboliger Tromsøya vest", "tromsoya_nord", -2.1, -1.5)
    homes = Homes(("step_free", "escape_route"), {"sheltered": 3}, 5, p.ready("P13"))
    community = p.community("P13", "Tromsøya vest", "6", A.WITH_BASE, homes)
    p.base("P13-T", "Tromsøya vest, base", "P13", WELFARE, A.WITH_BASE, 6 * 86, community_id=community)
    p.site("P14", "Midlertidige boliger Sentrum", "sentrum", 0.1, 0.5)
    p.estate.group(
        "P14-G", 8, Homes(("step_free",), {}, 5, p.ready("P14"), fields=TEMPORARY),
        site_id="P14", name="Midlertidige boliger Sentrum", target_groups=[p.row("P14")["target_group"]],
        service_access=A.AMBULATORY, kind=GroupKind.CLUSTER, layout="8",
    )  # fmt: skip


def _disability(p: Projects) -> None:
    life = {"lease_years": 60, "bedrooms": 1}

    def staffed(
        site: str, name: str, layout: str, hours: float, homes: Homes, access: A = A.WITH_BASE, **f: Any
    ) -> None:
        existing = p.ready(site[:3]) <= TODAY
        extra = {"group_fields": {"base_id": f"{site}-T"}} if existing else {}
        community = p.community(site, name, layout, access, homes, **extra, **f)
        people = sum(high for _, high in group_limits(layout))
        p.base(f"{site}-T", f"{name}, base", site, DISABILITY, access, people * hours, community_id=community)

    def homes(project: str, robustness: int, **special: int) -> Homes:
        return Homes((*NEW_HOME, "outdoor_storage"), special, robustness, p.ready(project), fields=life)

    for site, name, district, east, north in (
        ("P15a", "Forsterket bofellesskap Eidkjosen", "kvaloya", -2.6, -3.2),
        ("P15b", "Forsterket bofellesskap Tønsvik", "kroken", 1.4, 3.6),
    ):
        p.site(site, name, district, east, north)
        staffed(site, name, "4", 150, homes("P15", 5, sheltered=4), A.REINFORCED_BASE)
    p.site("P16", "Finnhvalvegen bofellesskap", "kvaloya", -0.9, -0.6)
    staffed("P16", "Finnhvalvegen", "4+4", 135, homes("P16", 4))
    for site, name, district, east, north, layout in (
        ("P17a", "Strandkanten bofellesskap", "sentrum", 0.1, -0.9, "4+4"),
        ("P17b", "Elverhøy bofellesskap", "sentrum", -0.8, -0.5, "4+4"),
        ("P17c", "Kongsbakken bofellesskap", "tromsoya_sor", 0.5, 1.6, "4+4"),
        ("P17d", "Åsgård bofellesskap", "tromsoya_nord", -1.5, -1.9, "4+5"),
    ):
        p.site(site, name, district, east, north)
        staffed(site, name.removesuffix(" bofellesskap"), layout, 122, homes("P17", 3, wheelchair=2))
    p.site("P18", "Kræmer bofellesskap", "sentrum", 0.6, 0.9)
    staffed("P18", "Kræmer", "4+4", 145, homes("P18", 5, sheltered=2))
    p.site("P19", "Ryavegen bofellesskap", "tromsoya_sor", -0.4, 0.3)
    staffed("P19", "Ryavegen", "4+4", 146, homes("P19", 4, wheelchair=2))
    p.site("P20", "Øvre Kroken bofellesskap", "kroken", 0.5, 0.6)
    staffed("P20", "Øvre Kroken", "4+4", 140, homes("P20", 4, wheelchair=2))
    p.site("P21", "Nordlyset Bjerkaker", "tromsoya_sor", 0.3, -0.2)
    staffed(
        "P21", "Nordlyset", "2+4+4", 130, homes("P21", 3, wheelchair=2), largest=10,
        reason="Bygd for 10 etter privat initiativ; vedtatt før grensen på 8.",
    )  # fmt: skip


def _existing_bases(estate: Estate) -> None:
    """Bases and teams that stand today, with the hours they are to have for the new homes within reach.

    About 5-10 % above the hours expected of those homes, so that a base binds where the heaviest needs gather.
    """
    older_and_welfare = {"nurse": 0.27, "health_worker": 0.46, "social_educator": 0.30}
    near = (
        ("E01", "Hvilhaug omsorgssenter, base", "sentrum", -0.6, 0.8, 270, 16),
        ("E02", "Sentrum oppfølgingsbase", "sentrum", 0.2, 0.1, 430, 22),
        ("E03", "Breivika base", "tromsoya_nord", -0.1, -0.6, 390, 20),
        ("E04", "Mortensnes base", "tromsoya_sor", -0.3, 1.2, 310, 17),
        ("E05", "Tromsøya midt, base", "sentrum", -0.9, 0.6, 310, 16),
        ("E06", "Tromsdalen bo- og velferdssenter, base", "tromsdalen", 0.1, 0.3, 330, 16),
        ("E07", "Kvaløysletta bo- og velferdssenter, base", "kvaloya", 0.1, -0.1, 350, 17),
        ("E08", "Slettatun base", "kvaloya", -0.4, 0.4, 300, 15),
    )
    for site, name, district, east, north, hours, staff in near:
        estate.site(site, name.removesuffix(", base"), district, spot(district, east, north), in_budget=True)
        estate.base(
            f"{site}-T", name, site, BaseKind.NEAR, [A.NEAR_BASE, A.OWN_HOME], hours, older_and_welfare,
            staff_size=staff, staffed_hours=round(hours * 0.9),
        )  # fmt: skip
    teams = (
        ("E11", "Ambulerende team Tromsøya nord", "tromsoya_nord", 0.3, 0.2, 340, 17),
        ("E12", "Ambulerende team Tromsøya sør", "tromsoya_sor", 0.0, 0.2, 300, 15),
        ("E13", "Ambulerende team fastlandet", "tromsdalen", 0.3, 0.7, 280, 14),
        ("E14", "Ambulerende team Kvaløya", "kvaloya", 0.0, -0.2, 260, 13),
    )
    for site, name, district, east, north, hours, staff in teams:
        estate.site(site, name, district, spot(district, east, north), in_budget=True)
        estate.base(
            f"{site}-T", name, site, BaseKind.AMBULATORY, [A.AMBULATORY, A.OWN_HOME], hours,
            COMPETENCES[WELFARE], staff_size=staff,
        )  # fmt: skip


def resident_cohorts() -> list[Cohort]:
    """Who lives in the four finished projects: 4 in P10, 26 in P19-P21."""
    home = {P.CARE_HOME: 1.0}
    return [
        KINDS["acting_out"].of(4, home, female=0.0),
        KINDS["disability"].of(26, home, age=(19, 26, 52), features={}, robustness=(5, 5, 0, 0, 0)),
    ]


def residents_and_movers(people: People, estate: Estate) -> tuple[list[Resident], list[Applicant]]:
    """The 30 who live there, and the 13 of them who asked to move or agreed to be reassessed."""
    built = {
        u.unit_id: u.available_from for u in estate.units if u.unit_id[:3] in ("P10", "P19", "P20", "P21")
    }
    units = list(built)
    ids = [f"b{i + 1:04d}" for i in range(len(people))]
    residents = resident_rows(people, ids, units, list(built.values()), TODAY)
    # (unit, application, changed fields): what they ask for, or agreed to
    asks: dict[str, dict[str, Any]] = {}
    for unit in units[:3]:
        asks[unit] = {
            "application": Application.REASSESSMENT, "target_group": "concurrent_or_compulsory_outpatient",
            "robustness_need": 4, "severity": 3,
        }  # fmt: skip
    centre = ("P17a", "P17b", "P17c", "P17d")
    transfers = ("P19-Ga-02", "P20-Ga-01", "P20-Gb-03", "P21-Ga-01", "P21-Gc-02")
    for i, unit in enumerate(transfers):
        asks[unit] = {"application": Application.TRANSFER, "severity": 2,
                      "place_wishes": (f"site:{centre[i % 4]}", "district:sentrum")}  # fmt: skip
    for unit, group, need in (
        ("P19-Gb-01", "intellectual_disability_challenging_behaviour", A.WITH_BASE),
        ("P20-Gb-02", "intellectual_disability_challenging_behaviour", A.WITH_BASE),
        ("P21-Gb-04", "intellectual_disability_challenging_behaviour", A.WITH_BASE),
        ("P19-Gb-04", "intellectual_disability_with_substance", A.WITH_BASE),
        ("P21-Gb-01", "intellectual_disability_with_substance_or_mental", A.REINFORCED_BASE),
    ):
        asks[unit] = {"application": Application.REASSESSMENT, "target_group": group, "service_need": need,
                      "severity": 4, "robustness_need": 4}  # fmt: skip
    changes = {
        i: {"present_unit_id": unit, "required_features": (), "statutory_right": StatutoryRight.NONE,
            "applied_on": TODAY - dt.timedelta(days=30 + 7 * i), "place_wishes": (),
            "present_housing_since": built[unit], **asks[unit]}
        for i, unit in enumerate(units) if unit in asks
    }  # fmt: skip
    rows = applicant_rows(people, ids, TODAY, changes)
    return residents, [rows[i] for i in changes]


def make() -> Dataset:
    """The whole data set."""
    rng = generator(SEED)
    estate = build()
    districts = {d.code: d.share for d in DISTRICTS}
    everyone = draw_people(
        rng, [*waiting_cohorts(), *resident_cohorts()], districts, deadline_days=(900, 1800)
    )
    waiting = len(everyone) - 30
    people = everyone.take(range(waiting))
    ids = shuffled_ids(rng, len(people))
    changes = draw_place_wishes(rng, people, offers(estate))
    for i in range(len(people)):
        changes.setdefault(i, {}).update(particulars(people, i, TODAY))
    applicants = applicant_rows(people, ids, TODAY, changes)
    relations = draw_relations(
        rng, ids, kind_blocks(people), TODAY, conflicts=34, together=18, wishes_for=170, wishes_against=60
    )
    residents, movers = residents_and_movers(everyone.take(range(waiting, len(everyone))), estate)
    info = DatasetInfo(
        dataset_id="tromso-2030",
        planning_date=TODAY,
        horizon_end=HORIZON,
        notice_nb=NOTICE_NB,
        notice_en=NOTICE_EN,
    )
    return dataset_of(
        info,
        POLICY,
        estate,
        estate.travel_times(BRIDGES),
        applicants=sorted([*applicants, *movers], key=lambda row: row.applicant_id),
        relations=relations,
        residents=residents,
    )


POLICY = """# The default policy, unchanged.
version = "tromso-2030-scenario.1"
"""


def main(folder: Path) -> None:
    """Write the tables."""
    data = make()
    write_instance(data, folder, POLICY)
    print(f"{folder}: {len(data.applicants)} applicants, {len(data.groups)} groups, {len(data.units)} units")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
