"""Makes this folder: 21 people, three communities, six groups, four bases, solvable by hand.

``python instances/small/make.py [FOLDER]`` writes the tables and ``solution/expected.csv``.  README.md
says why the answer is the only one.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from tildeling.housing.dataset import Dataset
from tildeling.housing.generate.homes import Estate, Homes
from tildeling.housing.generate.output import dataset_of, write_instance
from tildeling.housing.generate.places import Spot
from tildeling.housing.tables import (
    Applicant,
    Application,
    BaseKind,
    DatasetInfo,
    GroupKind,
    Level,
    PresentHousing,
    Relation,
    RelationKind,
    Resident,
    ServiceAccess,
    StatutoryRight,
)

HERE = Path(__file__).parent
TODAY = dt.date(2026, 1, 15)
POLICY = """# The default policy, unchanged.
version = "small.1"
"""
A, P = ServiceAccess, PresentHousing

EXPECTED = {
    "s01": "SOL-A", "s02": "SOL-A", "s03": "SOL-B", "s04": "SOL-B", "s05": "SOL-B", "s06": "SOL-A",
    "s07": "SOL-B", "s08": "SOL-A", "s09": "", "s10": "FJO", "s11": "FJO", "s12": "", "s13": "FJO",
    "s14": "HAM", "s15": "HAM", "s16": "", "s17": "HAM", "s18": "MID", "s19": "", "s20": "", "b03": "HAM",
}  # fmt: skip
"""The one optimal answer: applicant and group, empty for waiting."""


def build() -> Estate:
    """Three communities, a cluster of flats, and one temporary home."""
    estate = Estate()
    built = dt.date(2025, 11, 1)
    homes = Homes(("step_free",), {}, 3, built)
    for site, name, district, x, y in (
        ("SOL", "Solbakken", "sentrum", 0.0, 0.0),
        ("FJO", "Fjordgløtt", "tromsoya_sor", -1.0, -3.0),
        ("NOR", "Nordlia", "tromsoya_nord", 1.5, 3.0),
        ("HAM", "Hamna", "tromsoya_nord", 0.0, 6.0),
        ("BYB", "Bybasen", "tromsoya_nord", 1.0, 2.0),
    ):
        estate.site(site, name, district, Spot(x, y, "tromsoya"), in_budget=True)
    for site, name in (("SOL", "Solbakken"), ("FJO", "Fjordgløtt"), ("NOR", "Nordlia")):
        estate.community(f"{site}-F", site, f"{name} bofellesskap")
    for letter in "AB":
        wheels = Homes(("step_free",), {"wheelchair": 1, "wide_doors": 1}, 3, built)
        estate.group(
            f"SOL-{letter}", 4, wheels if letter == "A" else homes, site_id="SOL", community_id="SOL-F",
            name=f"Solbakken {letter}", target_groups=["intellectual_disability"],
            service_access=A.WITH_BASE, min_residents=4, max_residents=4, layout="4+4",
        )  # fmt: skip
    estate.group(
        "FJO", 5, homes, site_id="FJO", community_id="FJO-F", name="Fjordgløtt", base_id="FJO-T",
        target_groups=["frail_older"], service_access=A.WITH_BASE, layout="5",
    )  # fmt: skip
    estate.group(
        "NOR", 4, homes, site_id="NOR", community_id="NOR-F", name="Nordlia", layout="4",
        target_groups=["substance_or_mental"], service_access=A.NEAR_BASE, min_residents=4, max_residents=4,
    )  # fmt: skip
    estate.group(
        "HAM", 4, homes, site_id="HAM", name="Hamna leiligheter", kind=GroupKind.CLUSTER,
        target_groups=["lighter_substance_or_mental", "frail_older"], service_access=A.AMBULATORY,
    )  # fmt: skip
    estate.group(
        "MID", 1, Homes(("step_free",), {}, 3, built, fields={"temporary": True}), site_id="BYB",
        name="Bybasen, midlertidig bolig", kind=GroupKind.CLUSTER, target_groups=["substance_or_mental"],
        service_access=A.NEAR_BASE,
    )  # fmt: skip
    for base, name, site, kind, serves, hours, community in (
        ("SOL-T", "Solbakken base", "SOL", BaseKind.ON_SITE, A.WITH_BASE, 640, "SOL-F"),
        ("FJO-T", "Fjordgløtt base", "FJO", BaseKind.ON_SITE, A.WITH_BASE, 100, "FJO-F"),
        ("BYB-T", "Bybasen", "BYB", BaseKind.NEAR, A.NEAR_BASE, 120, None),
        ("AMB-T", "Ambulerende team", "BYB", BaseKind.AMBULATORY, A.AMBULATORY, 60, None),
    ):
        estate.base(base, name, site, kind, [serves], hours, {}, community_id=community, staff_size=8)
    return estate


def person(
    name: str, group: str, need: ServiceAccess, severity: int, hours: float, applied: str, **fields: Any
) -> Applicant:
    """An applicant; benefit 3 unless said."""
    return Applicant(
        **({
            "applicant_id": name, "age": 40, "target_group": group, "service_need": need,
            "severity": severity, "benefit": 3, "resource": 3, "care_hours": Decimal(str(hours)),
            "applied_on": dt.date.fromisoformat(applied), "present_housing": P.WITH_PARENTS,
            "municipality": "tromso", "heard_on": TODAY, "consent_on": TODAY,
        } | fields)
    )  # fmt: skip


def applicants() -> list[Applicant]:
    """Each has one thing to show; see README.md."""
    disability, frail = "intellectual_disability", "frail_older"
    light, mental = "lighter_substance_or_mental", "substance_or_mental"
    old = {"age": 84, "present_housing": P.OWN_HOME}
    home = {"present_housing": P.OWN_HOME}
    return [
        person("s01", disability, A.WITH_BASE, 1, 60, "2025-11-01", place_wishes=("group:SOL-A",),
               statutory_right=StatutoryRight.RIGHT, statutory_deadline=dt.date(2026, 6, 30)),
        person("s02", disability, A.WITH_BASE, 5, 60, "2024-01-01", place_wishes=("group:SOL-A",)),
        person("s03", disability, A.WITH_BASE, 4, 60, "2024-03-01"),
        person("s04", disability, A.WITH_BASE, 3, 60, "2024-05-01", place_wishes=("group:SOL-B",)),
        person("s05", disability, A.WITH_BASE, 2, 60, "2025-12-01", benefit=1),
        person("s06", disability, A.WITH_BASE, 3, 60, "2024-06-01", required_features=("wheelchair",)),
        person("s07", disability, A.WITH_BASE, 3, 60, "2024-07-01"),
        person("s08", disability, A.WITH_BASE, 2, 60, "2023-01-01", place_wishes=("group:SOL-A",)),
        person("s09", disability, A.WITH_BASE, 2, 60, "2025-01-01"),
        person("s10", frail, A.WITH_BASE, 5, 30, "2025-06-01", **old),
        person("s11", frail, A.WITH_BASE, 4, 15, "2025-06-01", **old),
        person("s12", frail, A.WITH_BASE, 3, 25, "2025-06-01", **old),
        person("s13", frail, A.WITH_BASE, 2, 5, "2025-06-01", **old),
        person("s14", light, A.AMBULATORY, 4, 20, "2025-06-01", **home),
        person("s15", light, A.AMBULATORY, 3, 15, "2025-06-01", **home),
        person("s16", light, A.AMBULATORY, 2, 10, "2025-06-01", **home),
        person("s17", frail, A.AMBULATORY, 4, 5, "2025-06-01", max_steps_above=2,
               steps_above_reason="Engstelig alene; base på stedet kan vurderes.", **old),
        person("s18", mental, A.NEAR_BASE, 5, 20, "2025-06-01", present_housing=P.HOMELESS),
        person("s19", mental, A.NEAR_BASE, 4, 20, "2025-06-01", **home),
        person("s20", mental, A.NEAR_BASE, 3, 20, "2025-06-01", present_housing=P.HOMELESS),
        person("b03", frail, A.AMBULATORY, 2, 15, "2025-12-01", age=79, present_unit_id="FJO-03",
               application=Application.REASSESSMENT, present_housing=P.CARE_HOME),
    ]  # fmt: skip


def make() -> Dataset:
    """The whole data set."""
    estate = build()
    residents = [
        Resident(resident_id=name, unit_id=f"FJO-0{i}", age=80 + i, target_group="frail_older",
                 service_need=need, care_hours=Decimal(hours), moved_in_on=dt.date(2022, 5, 1),
                 heard_on=TODAY)
        for i, (name, need, hours) in enumerate(
            (("b01", A.WITH_BASE, 25), ("b02", A.WITH_BASE, 25), ("b03", A.AMBULATORY, 15)), 1)
    ]  # fmt: skip
    relations = [
        Relation(kind=RelationKind.CONFLICT, person_a="s02", person_b="s03", level=Level.GROUP,
                 verified_on=dt.date(2025, 10, 1)),
        Relation(kind=RelationKind.TOGETHER, person_a="s04", person_b="s05", level=Level.GROUP, or_none=True),
        Relation(kind=RelationKind.WISH_AGAINST, person_a="s07", person_b="s06", level=Level.GROUP, weight=4),
    ]  # fmt: skip
    info = DatasetInfo(
        dataset_id="small", planning_date=TODAY, horizon_end=dt.date(2026, 12, 31),
        notice_nb="Et tenkt eksempel som kan løses for hånd.",
        notice_en="An invented example that can be solved by hand.",
    )  # fmt: skip
    return dataset_of(
        info, POLICY, estate, estate.travel_times({}),
        applicants=applicants(), relations=relations, residents=residents,
    )  # fmt: skip


def main(folder: Path) -> None:
    """Write the tables and the answer."""
    write_instance(make(), folder, POLICY)
    (folder / "solution").mkdir(exist_ok=True)
    with (folder / "solution" / "expected.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(("applicant_id", "group_id"))
        writer.writerows(EXPECTED.items())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
