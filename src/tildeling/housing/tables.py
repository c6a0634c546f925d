"""The tables of a housing data set: one frozen row class per table.

Every field carries its English description, its Norwegian title (``nb``), and where it has one its
``unit``.  Readers, the JSON Schema, the empty workbook and the documentation are all derived from here,
so a new field is added in this one place.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, PlainSerializer

from tildeling.rows import Code, Codes, Hours, HoursBy, Id, Ids, Row, Score, Text, WeekHours, field, split


class ServiceAccess(StrEnum):
    """Steps of the care ladder (omsorgstrappa), least to most."""

    OWN_HOME = "own_home"
    AMBULATORY = "ambulatory"
    NEAR_BASE = "near_base"
    WITH_BASE = "with_base"
    REINFORCED_BASE = "reinforced_base"
    INSTITUTION = "institution"

    @property
    def step(self) -> int:
        """Position on the ladder, 0 for an own home with hourly services."""
        return list(ServiceAccess).index(self)


class Level(StrEnum):
    """How near two people live."""

    GROUP = "group"
    COMMUNITY = "community"
    SITE = "site"


class Application(StrEnum):
    """What is asked for."""

    NEW = "new"
    TRANSFER = "transfer"
    REASSESSMENT = "reassessment"


class Sex(StrEnum):
    """As recorded for homes with a restriction."""

    FEMALE = "female"
    MALE = "male"
    UNSPECIFIED = "unspecified"


class StatutoryRight(StrEnum):
    """Whether the law, or the municipality's minimum standard, sets a deadline."""

    NONE = "none"
    RIGHT = "right"
    MINIMUM_STANDARD = "minimum_standard"


class LegalBasis(StrEnum):
    """On what a decision rests; applications and units must agree."""

    HEALTH_AND_CARE = "health_and_care"
    MUNICIPAL_TENANCY = "municipal_tenancy"
    TEMPORARY_HOUSING = "temporary_housing"


class PresentHousing(StrEnum):
    """Where an applicant lives while waiting."""

    WITH_PARENTS = "with_parents"
    OWN_HOME = "own_home"
    HOSPITAL = "hospital"
    TEMPORARY_HOUSING = "temporary_housing"
    INSTITUTION = "institution"
    PRIVATE_PLACEMENT = "private_placement"
    MUNICIPAL_HOME = "municipal_home"
    CARE_HOME = "care_home"
    HOMELESS = "homeless"


class Guardian(StrEnum):
    """Guardianship as the office needs it before an offer."""

    NOT_NEEDED = "not_needed"
    APPOINTED = "appointed"
    MISSING = "missing"


class GroupKind(StrEnum):
    """What units that stand together are to each other."""

    SHARED = "shared"
    CLUSTER = "cluster"
    SMALL_HOUSE = "small_house"
    SCATTERED = "scattered"


class BaseKind(StrEnum):
    """Where a staff team starts from."""

    ON_SITE = "on_site"
    NEAR = "near"
    AMBULATORY = "ambulatory"


class RelationKind(StrEnum):
    """What holds between two people."""

    CONFLICT = "conflict"
    TOGETHER = "together"
    WISH_FOR = "wish_for"
    WISH_AGAINST = "wish_against"


class LockKind(StrEnum):
    """Why a placement stands."""

    DECIDED = "decided"
    OFFERED = "offered"


class SiteStatus(StrEnum):
    """How far a site has come."""

    FINISHED = "finished"
    BUILDING = "building"
    PLANNED = "planned"


class Tenure(StrEnum):
    """How a home is held (disposisjonsform)."""

    RENTED = "rented"
    OWNED = "owned"


PLACE = r"^(district|site|community|group|unit):[^:|]+$"
VETO = r"^(district|site|community|group|unit|community_size_above):[^:|]+$"

Places = Annotated[tuple[Annotated[str, Field(pattern=PLACE)], ...], BeforeValidator(split)]
Vetoes = Annotated[tuple[Annotated[str, Field(pattern=VETO)], ...], BeforeValidator(split)]
Accesses = Annotated[tuple[ServiceAccess, ...], BeforeValidator(split)]
Area = Annotated[
    Decimal,
    Field(ge=1, le=1000, decimal_places=2),
    PlainSerializer(float, return_type=float, when_used="json"),
]


class DatasetInfo(Row):
    """What the data set is, and the day it is seen from (exactly one row)."""

    table: ClassVar[str] = "dataset"
    key: ClassVar[tuple[str, ...]] = ("dataset_id",)
    nb: ClassVar[str] = "Datasett"

    dataset_id: Id = field("Name of the data set", "Datasett")
    planning_date: dt.date = field(
        "The day the proposal is made; waiting time counts to here", "Planleggingsdato"
    )
    horizon_end: dt.date = field("Units available after this day are not offered", "Horisont slutt")
    notice_nb: Text = field(
        "Said in every output, in Norwegian (for example: a scenario)", "Merknad nb", default=""
    )
    notice_en: Text = field("Said in every output, in English", "Merknad en", default="")


class Applicant(Row):
    """A household that needs a unit; a resident who asked to move is one too."""

    table: ClassVar[str] = "applicants"
    key: ClassVar[tuple[str, ...]] = ("applicant_id",)
    nb: ClassVar[str] = "Søkere"

    applicant_id: Id = field("Pseudonym; never a national identity number", "Søker")
    application: Application = field("What is asked for", "Søknadstype", default=Application.NEW)
    present_unit_id: Id | None = field(
        "For transfer and reassessment: the unit lived in now; the row in residents has the same id",
        "Nåværende boenhet",
        default=None,
    )
    household_size: int = field(
        "Persons in the household", "Husstand", default=1, unit="persons", ge=1, le=12
    )
    age: int = field("Age of the applicant on the planning date", "Alder", unit="years", ge=0, le=120)
    sex: Sex = field("Sex, where a home is restricted", "Kjønn", default=Sex.UNSPECIFIED)
    target_group: Code = field("Target group, a code of the policy", "Målgruppe")
    service_need: ServiceAccess = field("Least intensive sufficient step of the care ladder", "Tjenestebehov")
    max_steps_above: int = field(
        "Steps above the need that may be proposed, with a reason",
        "Trinn over behov",
        default=0,
        unit="steps",
        ge=0,
        le=5,
    )
    steps_above_reason: Text = field(
        "Why a step above the need may be proposed", "Begrunnelse trinn over", default=""
    )
    required_features: Codes = field("Features the home must have", "Nødvendige egenskaper", default=())
    robustness_need: Score = field(
        "Robustness grade the home must have at least", "Robusthetsbehov", default=1
    )
    severity: Score = field("Severity (alvorlighet), 5 most severe; sets the band", "Alvorlighet")
    benefit: Score | None = field("Benefit (nytte), 5 greatest", "Nytte", default=None)
    resource: Score | None = field(
        "Resource use (ressurs); recorded and shown, lowers nobody", "Ressurs", default=None
    )
    statutory_right: StatutoryRight = field(
        "A right by law or a minimum standard that has a deadline", "Rettskrav", default=StatutoryRight.NONE
    )
    statutory_deadline: dt.date | None = field("Last day to meet it", "Frist", default=None)
    legal_basis: LegalBasis = field(
        "What a decision would rest on", "Rettsgrunnlag", default=LegalBasis.HEALTH_AND_CARE
    )
    deciding_office: Code = field("Office that decides", "Vedtakskontor", default="allocation_office")
    appeal_body: Code | None = field("Body that hears an appeal", "Klageinstans", default=None)
    applied_on: dt.date = field(
        "Day the application was complete; waiting time counts from here", "Søknadsdato"
    )
    earliest_move_in: dt.date | None = field(
        "First day the applicant can move in", "Tidligst innflytting", default=None
    )
    latest_move_in: dt.date | None = field(
        "Last day a unit would still be of use", "Senest innflytting", default=None
    )
    municipality: Code | None = field("Municipality responsible", "Kommune", default=None)
    district: Code | None = field("Home district", "Bydel", default=None)
    present_housing: PresentHousing = field("Where the applicant lives now", "Nåværende bolig")
    present_housing_since: dt.date | None = field("Since when", "Bodd der siden", default=None)
    discharge_ready_on: dt.date | None = field(
        "Ready for discharge from hospital since", "Utskrivningsklar", default=None
    )
    care_hours: WeekHours = field("Care hours a week, all competences", "Timer per uke", unit="hours/week")
    competence_hours: HoursBy = field(
        "Of these, hours that need a competence: competence=hours|competence=hours",
        "Timer per kompetanse",
        default={},
        unit="hours/week",
    )
    place_wishes: Places = field(
        "Wishes for place, best first: district:x|site:x|community:x|group:x|unit:x",
        "Ønsket sted",
        default=(),
    )
    vetoes: Vetoes = field("Places refused: as place wishes, or community_size_above:N", "Veto", default=())
    community_size_wish: int | None = field(
        "Wished largest community", "Ønsket størrelse", default=None, unit="residents", ge=1, le=60
    )
    heard_on: dt.date | None = field(
        "Day the applicant was heard on place and housemates", "Hørt dato", default=None
    )
    guardian: Guardian = field("Guardian, where one is needed", "Verge", default=Guardian.NOT_NEEDED)
    consent_on: dt.date | None = field("Day of consent to the application", "Samtykke", default=None)


class Unit(Row):
    """One home in a group."""

    table: ClassVar[str] = "units"
    key: ClassVar[tuple[str, ...]] = ("unit_id",)
    nb: ClassVar[str] = "Boenheter"

    unit_id: Id = field("The home", "Boenhet")
    group_id: Id = field("Group the unit stands in", "Bogruppe")
    max_persons: int = field("Largest household", "Maks personer", default=1, unit="persons", ge=1, le=12)
    features: Codes = field("Features of the home", "Egenskaper", default=())
    robustness: Score = field("Robustness grade", "Robusthet", default=1)
    available_from: dt.date = field("First day it can be moved into", "Ledig fra")
    temporary: bool = field(
        "Temporary or crisis housing: a place here is not a need met", "Midlertidig", default=False
    )
    reserved: bool = field(
        "Promised to a resident outside this data set; counted as expected, not offered",
        "Reservert",
        default=False,
    )
    legal_basis: LegalBasis = field(
        "What a decision rests on", "Rettsgrunnlag", default=LegalBasis.HEALTH_AND_CARE
    )
    deciding_office: Code = field("Office that decides", "Vedtakskontor", default="allocation_office")
    appeal_body: Code | None = field("Body that hears an appeal", "Klageinstans", default=None)
    sex_only: Sex | None = field("Only for this sex", "Kun for kjønn", default=None)
    age_min: int | None = field("Lowest age", "Laveste alder", default=None, unit="years", ge=0, le=120)
    age_max: int | None = field("Highest age", "Høyeste alder", default=None, unit="years", ge=0, le=120)
    tenure: Tenure = field("How it is held (disposisjonsform)", "Disposisjonsform", default=Tenure.RENTED)
    lease_years: int | None = field(
        "Usual length of a lease", "Leietid", default=None, unit="years", ge=0, le=99
    )
    floor: int | None = field("Storey (etasjenummer)", "Etasje", default=None, ge=-5, le=60)
    area_m2: Area | None = field("Area (bruksareal)", "Bruksareal", default=None, unit="m²")
    bedrooms: int | None = field("Bedrooms (antallSoverom)", "Soverom", default=None, ge=0, le=12)


class Group(Row):
    """Units that stand together (bogruppe), or a cluster, small houses, scattered homes."""

    table: ClassVar[str] = "groups"
    key: ClassVar[tuple[str, ...]] = ("group_id",)
    nb: ClassVar[str] = "Bogrupper"

    group_id: Id = field("The group", "Bogruppe")
    name: Text = field("Name", "Navn", default="")
    site_id: Id = field("Site it stands on", "Botiltak")
    community_id: Id | None = field("Community it belongs to, if any", "Bofellesskap", default=None)
    kind: GroupKind = field("What the units are to each other", "Type", default=GroupKind.SHARED)
    target_groups: Codes = field("Target groups accepted", "Målgrupper", min_length=1)
    service_access: ServiceAccess = field("Step of the care ladder offered", "Tjenestetilgang")
    min_residents: int | None = field(
        "Fewest expected residents when the group is opened; empty: the policy's if shared, else 1",
        "Minst",
        default=None,
        unit="residents",
        ge=1,
        le=200,
    )
    max_residents: int | None = field(
        "Most residents; empty: the policy's for shared groups, the number of units for others",
        "Størst",
        default=None,
        unit="residents",
        ge=1,
        le=200,
    )
    base_id: Id | None = field("Base that serves it today", "Base i dag", default=None)
    layout: Text = field("Layout as built, for example 4+4", "Inndeling", default="")


class Community(Row):
    """One or more groups round a base that live as one community (bofellesskap)."""

    table: ClassVar[str] = "communities"
    key: ClassVar[tuple[str, ...]] = ("community_id",)
    nb: ClassVar[str] = "Bofellesskap"

    community_id: Id = field("The community", "Bofellesskap")
    site_id: Id = field("Site it stands on", "Botiltak")
    name: Text = field("Name", "Navn", default="")
    max_residents: int | None = field(
        "Most residents, all groups together; empty: the policy's",
        "Størst",
        default=None,
        unit="residents",
        ge=1,
        le=200,
    )
    max_reason: Text = field("Reason for a maximum above the policy's", "Begrunnelse størrelse", default="")


class Site(Row):
    """One address or project (botiltak)."""

    table: ClassVar[str] = "sites"
    key: ClassVar[tuple[str, ...]] = ("site_id",)
    nb: ClassVar[str] = "Botiltak"

    site_id: Id = field("The site", "Botiltak")
    name: Text = field("Name", "Navn", default="")
    municipality: Code | None = field("Municipality", "Kommune", default=None)
    district: Code = field("District", "Bydel")
    status: SiteStatus = field("How far it has come", "Status", default=SiteStatus.FINISHED)
    near_sites: Ids = field(
        "Sites so near that together they would gather needs", "Nære botiltak", default=()
    )
    in_budget: bool | None = field("In the adopted budget", "I budsjett", default=None)


class Base(Row):
    """Where a staff team starts from (tjenestebase)."""

    table: ClassVar[str] = "bases"
    key: ClassVar[tuple[str, ...]] = ("base_id",)
    nb: ClassVar[str] = "Tjenestebaser"

    base_id: Id = field("The base", "Base")
    name: Text = field("Name", "Navn", default="")
    site_id: Id = field("Site it starts from", "Botiltak")
    community_id: Id | None = field(
        "Community it belongs to; it may always serve all its groups", "Bofellesskap", default=None
    )
    kind: BaseKind = field("Where it starts from", "Type", default=BaseKind.ON_SITE)
    serves: Accesses = field("Steps of the care ladder it can serve", "Betjener", min_length=1)
    open_today: bool = field("In operation today", "I drift", default=True)
    max_groups: int | None = field(
        "Most groups; empty: the policy's, none for ambulatory teams",
        "Maks grupper",
        default=None,
        unit="groups",
        ge=1,
        le=500,
    )
    max_sites: int | None = field(
        "Most sites; empty: the policy's for a base inside a community, else none",
        "Maks botiltak",
        default=None,
        unit="sites",
        ge=1,
        le=500,
    )
    capacity_hours: Hours = field("Care hours it can give", "Kapasitet", unit="hours/week")
    competence_capacity: HoursBy = field(
        "Hours it can give per competence; one not named: none",
        "Kapasitet per kompetanse",
        default={},
        unit="hours/week",
    )
    staffed_hours: Hours | None = field(
        "Hours staffed today; empty: the capacity. Above it counts as shortfall",
        "Bemannede timer",
        default=None,
        unit="hours/week",
    )
    staff_size: int = field("Different staff in the team", "Ansatte", unit="staff", ge=0, le=500)
    max_staff: int | None = field(
        "Largest staff team allowed", "Maks ansatte", default=None, unit="staff", ge=1, le=500
    )


class TravelTime(Row):
    """Minutes from one site to another (a site to itself is 0)."""

    table: ClassVar[str] = "travel_times"
    key: ClassVar[tuple[str, ...]] = ("from_site_id", "to_site_id")
    nb: ClassVar[str] = "Reisetider"

    from_site_id: Id = field("From site", "Fra")
    to_site_id: Id = field("To site", "Til")
    minutes: int = field("Door to door", "Minutter", unit="minutes", ge=0, le=1440)


class Relation(Row):
    """What holds between two people, applicants or residents."""

    table: ClassVar[str] = "relations"
    key: ClassVar[tuple[str, ...]] = ("kind", "person_a", "person_b")
    nb: ClassVar[str] = "Relasjoner"

    kind: RelationKind = field("What holds; a wish is person_a's", "Type")
    person_a: Id = field("Applicant or resident", "Person A")
    person_b: Id = field("Applicant or resident", "Person B")
    level: Level = field("Within what: group, community or site", "Nivå", default=Level.GROUP)
    or_none: bool = field("For together: both or neither", "Eller ingen", default=False)
    weight: Score = field("For wishes: how much it matters, 5 most", "Vekt", default=3)
    verified_on: dt.date | None = field(
        "For conflicts: day an officer verified it", "Verifisert", default=None
    )


class Resident(Row):
    """A person who lives in a unit today."""

    table: ClassVar[str] = "residents"
    key: ClassVar[tuple[str, ...]] = ("resident_id",)
    nb: ClassVar[str] = "Beboere"

    resident_id: Id = field("Pseudonym", "Beboer")
    unit_id: Id = field("Unit lived in", "Boenhet")
    household_size: int = field(
        "Persons in the household", "Husstand", default=1, unit="persons", ge=1, le=12
    )
    age: int = field("Age on the planning date", "Alder", unit="years", ge=0, le=120)
    sex: Sex = field("Sex", "Kjønn", default=Sex.UNSPECIFIED)
    target_group: Code = field("Target group", "Målgruppe")
    service_need: ServiceAccess = field("Least intensive sufficient step of the care ladder", "Tjenestebehov")
    care_hours: WeekHours = field("Care hours a week", "Timer per uke", unit="hours/week")
    competence_hours: HoursBy = field(
        "Of these, hours per competence", "Timer per kompetanse", default={}, unit="hours/week"
    )
    moved_in_on: dt.date | None = field("Moved in", "Innflyttet", default=None)
    heard_on: dt.date | None = field("Day heard on new housemates", "Hørt dato", default=None)


class Lock(Row):
    """A placement that stands: decided, or offered and not answered."""

    table: ClassVar[str] = "locks"
    key: ClassVar[tuple[str, ...]] = ("applicant_id",)
    nb: ClassVar[str] = "Vedtak og tilbud"

    applicant_id: Id = field("Applicant", "Søker")
    unit_id: Id = field("Unit", "Boenhet")
    kind: LockKind = field("Decided or offered", "Type", default=LockKind.DECIDED)
    on: dt.date | None = field("Day", "Dato", default=None)


TABLES: dict[str, type[Row]] = {
    row.table: row
    for row in (
        DatasetInfo,
        Applicant,
        Unit,
        Group,
        Community,
        Site,
        Base,
        TravelTime,
        Relation,
        Resident,
        Lock,
    )
}
"""Every table by name, in the order files are read and shown."""

REQUIRED_TABLES = frozenset({"dataset", "applicants", "units", "groups", "sites"})
"""Tables a data set cannot be without; the others may be absent or empty."""
