"""A data set that uses every field, and ways to spoil its files."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tildeling.errors import DataError
from tildeling.files import read_dataset, write_dataset
from tildeling.files.identity import is_identity_number
from tildeling.housing.dataset import Dataset
from tildeling.housing.policy import default_policy
from tildeling.housing.tables import (
    Applicant,
    Base,
    Community,
    DatasetInfo,
    Group,
    Lock,
    Relation,
    Resident,
    Site,
    TravelTime,
    Unit,
)

DAY = dt.date(2030, 1, 1)


def example_dataset() -> Dataset:
    """Every field filled at least once and left empty at least once, texts as awkward as they come."""
    policy = default_policy().with_rule("H3", community_max=6)
    return Dataset(
        info=DatasetInfo(
            dataset_id="prøve-1",
            planning_date=DAY,
            horizon_end=dt.date(2031, 1, 1),
            notice_nb="Et scenario: «ikke» bygd ennå; æøå, 5\u00a0%",
            notice_en='=HYPERLINK("http://example.org")\n"quoted", second; line\tend',
        ),
        policy=policy,
        applicants=(
            Applicant(
                applicant_id="A1",
                application="new",
                household_size=2,
                age=40,
                sex="female",
                target_group="frail_older",
                service_need="with_base",
                max_steps_above=1,
                steps_above_reason="+47 er ingen formel",
                required_features=("step_free", "wheelchair"),
                robustness_need=3,
                severity=5,
                benefit=4,
                resource=1,
                statutory_right="right",
                statutory_deadline=dt.date(2030, 6, 1),
                legal_basis="municipal_tenancy",
                deciding_office="office_north",
                appeal_body="county_governor",
                applied_on=dt.date(2029, 2, 28),
                earliest_move_in=dt.date(2030, 2, 1),
                latest_move_in=dt.date(2030, 9, 1),
                municipality="tromso",
                district="centre",
                present_housing="homeless",
                present_housing_since=dt.date(1899, 12, 31),
                discharge_ready_on=dt.date(2029, 12, 1),
                care_hours=Decimal("35.25"),
                competence_hours={"nurse": Decimal("3.5"), "social_educator": Decimal("10")},
                place_wishes=("site:S1", "district:centre", "unit:U1"),
                vetoes=("site:S2", "community_size_above:8"),
                community_size_wish=6,
                heard_on=dt.date(2029, 12, 24),
                guardian="appointed",
                consent_on=dt.date(2029, 12, 24),
            ),
            Applicant(
                applicant_id="A2",
                age=80,
                target_group="frail_older",
                service_need="with_base",
                severity=1,
                applied_on=DAY,
                present_housing="own_home",
                care_hours=0,
            ),
            Applicant(
                applicant_id="R2",
                application="transfer",
                present_unit_id="U3",
                age=30,
                target_group="intellectual_disability",
                service_need="near_base",
                severity=2,
                applied_on=DAY,
                present_housing="care_home",
                care_hours="400",
            ),
        ),
        units=(
            Unit(
                unit_id="U1",
                group_id="G1",
                max_persons=2,
                features=("step_free", "wheelchair", "wide_doors"),
                robustness=5,
                available_from=dt.date(2030, 3, 1),
                temporary=True,
                legal_basis="municipal_tenancy",
                deciding_office="office_north",
                appeal_body="county_governor",
                sex_only="female",
                age_min=0,
                age_max=120,
                tenure="owned",
                lease_years=3,
                floor=-1,
                area_m2=Decimal("45.75"),
                bedrooms=0,
            ),
            Unit(unit_id="U2", group_id="G1", available_from=DAY),
            Unit(unit_id="U3", group_id="G2", available_from=DAY),
            Unit(unit_id="U4", group_id="G2", available_from=DAY, reserved=True),
        ),
        groups=(
            Group(
                group_id="G1",
                name="@gruppe",
                site_id="S1",
                community_id="C1",
                kind="shared",
                target_groups=("frail_older",),
                service_access="with_base",
                min_residents=1,
                max_residents=8,
                base_id="B1",
                layout="4+4",
            ),
            Group(
                group_id="G2",
                site_id="S2",
                kind="cluster",
                target_groups=("intellectual_disability", "frail_older"),
                service_access="near_base",
            ),
        ),
        communities=(
            Community(community_id="C1", site_id="S1", name="-", max_residents=8, max_reason="'=alt"),
        ),
        sites=(
            Site(
                site_id="S1",
                name="Åsgård, bygg «Ø»",
                municipality="tromso",
                district="centre",
                status="building",
                near_sites=("S2",),
                in_budget=False,
            ),
            Site(site_id="S2", district="north", in_budget=True),
        ),
        bases=(
            Base(
                base_id="B1",
                name="''base",
                site_id="S1",
                community_id="C1",
                kind="on_site",
                serves=("with_base", "near_base"),
                open_today=False,
                max_groups=3,
                max_sites=1,
                capacity_hours=Decimal("999999.99"),
                competence_capacity={"nurse": Decimal("0.01")},
                staffed_hours=Decimal("0"),
                staff_size=12,
                max_staff=500,
            ),
            Base(
                base_id="B2",
                site_id="S2",
                kind="ambulatory",
                serves=("near_base",),
                capacity_hours=1,
                staff_size=0,
            ),
        ),
        travel_times=(
            TravelTime(from_site_id="S1", to_site_id="S2", minutes=1440),
            TravelTime(from_site_id="S2", to_site_id="S1", minutes=0),
        ),
        relations=(
            Relation(kind="conflict", person_a="A1", person_b="R1", level="site", verified_on=DAY),
            Relation(kind="together", person_a="A1", person_b="A2", level="community", or_none=True),
            Relation(kind="wish_against", person_a="A1", person_b="R1", weight=5),
        ),
        residents=(
            Resident(
                resident_id="R1",
                unit_id="U2",
                household_size=2,
                age=91,
                sex="male",
                target_group="frail_older",
                service_need="with_base",
                care_hours="20.5",
                competence_hours={"nurse": "1"},
                moved_in_on=dt.date(2001, 9, 9),
                heard_on=DAY,
            ),
            Resident(
                resident_id="R2",
                unit_id="U3",
                age=30,
                target_group="intellectual_disability",
                service_need="near_base",
                care_hours=3,
            ),
        ),
        locks=(Lock(applicant_id="A1", unit_id="U1", kind="offered", on=DAY),),
    )


@pytest.fixture
def example() -> Dataset:
    """A consistent data set with every field."""
    return example_dataset()


class Folder:
    """A folder of CSV files that a test spoils cell by cell."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def text(self, table: str) -> str:
        """A file's text."""
        return (self.path / f"{table}.csv").read_text(encoding="utf-8-sig")

    def put(self, table: str, text: str, encoding: str = "utf-8") -> None:
        """Replace a file's text."""
        (self.path / f"{table}.csv").write_bytes(text.encode(encoding))

    def rows(self, table: str) -> list[list[str]]:
        """A file's cells, header first."""
        return list(csv.reader(io.StringIO(self.text(table), newline=""), delimiter=";"))

    def put_rows(self, table: str, rows: list[list[str]], delimiter: str = ";") -> None:
        """Replace a file's cells."""
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter).writerows(rows)
        self.put(table, out.getvalue())

    def set(self, table: str, column: str, value: str, row: int = 0) -> None:
        """Replace one cell."""
        rows = self.rows(table)
        rows[row + 1][rows[0].index(column)] = value
        self.put_rows(table, rows)

    def read(self) -> Dataset:
        """The data set."""
        return read_dataset(self.path)

    def faults(self) -> list[str]:
        """Every fault's message in English."""
        with pytest.raises(DataError) as caught:
            self.read()
        return caught.value.report().splitlines()

    def codes(self) -> list[tuple[str, str, int | None, str]]:
        """Every fault as table, column, line, code."""
        with pytest.raises(DataError) as caught:
            self.read()
        return [(fault.table, fault.column, fault.line, fault.code) for fault in caught.value.faults]


@pytest.fixture
def folder(tmp_path: Path, example: Dataset) -> Folder:
    """The example as a folder of CSV files."""
    write_dataset(example, tmp_path / "data")
    return Folder(tmp_path / "data")


def synthetic_number(first: str) -> str:
    """A synthetic identity number (month +80) that begins with six digits, made up with its check digits."""
    assert 81 <= int(first[2:4]) <= 92
    return next(
        number
        for middle in range(100, 1000)
        for check in range(100)
        if is_identity_number(number := f"{first}{middle}{check:02d}")
    )


@pytest.fixture
def synthetic() -> Callable[[str], str]:
    """Makes synthetic identity numbers."""
    return synthetic_number


@pytest.fixture
def number() -> str:
    """One synthetic identity number."""
    return synthetic_number("158150")
