"""The tables of a rota data set: one frozen row class per table, documented as those of housing are.

Readers, the JSON Schema, the empty workbook and the documentation are derived from here, so a new field is
added in this one place.  Days are dates, in a cyclic base rota too: its first week begins on ``start``, and
the weeks repeat from there.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, PlainSerializer

from tildeling.rows import Clock, Code, Codes, Hours, Id, Ids, Percent, Row, Score, Text, field, split


class RotaForm(StrEnum):
    """What is planned."""

    CYCLE = "cycle"
    DATED = "dated"


class ShiftKind(StrEnum):
    """What a shift is to working-time law and to those who work it."""

    DAY = "day"
    EVENING = "evening"
    NIGHT = "night"
    LONG = "long"
    SLEEPING_NIGHT = "sleeping_night"
    STANDBY = "standby"
    LIVE_IN = "live_in"


class WeekCategory(StrEnum):
    """The full-time week that a position is a share of (KS main tariff agreement § 4.2)."""

    DAYTIME = "daytime"
    ROTATING = "rotating"
    CONTINUOUS = "continuous"
    THREE_PART = "three_part"


class Employment(StrEnum):
    """How someone is tied to the base."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    POOL = "pool"
    AGENCY = "agency"


class AbsenceKind(StrEnum):
    """Why someone cannot work."""

    HOLIDAY = "holiday"
    SICK = "sick"
    LEAVE = "leave"
    COURSE = "course"


class WishKind(StrEnum):
    """What a wish is about."""

    WORK = "work"
    OFF = "off"


class AgreementLevel(StrEnum):
    """Who agreed: the individual, elected representatives, a union with right of recommendation, the inspectorate."""

    IND = "IND"
    LOC = "LOC"
    CEN = "CEN"
    ATS = "ATS"


class Weekday(StrEnum):
    """A day of the week, or a red day."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    HOLIDAY = "holiday"


Length = Annotated[
    Decimal,
    # Limits stand with the type: those of a column would be overruled by those of Hours.
    Field(gt=0, le=192, decimal_places=2),
    PlainSerializer(float, return_type=float, when_used="json"),
]
"""Hours of a shift, breaks included: a live-in shift is eight days at most."""
Weekdays = Annotated[tuple[Weekday, ...], BeforeValidator(split)]


class RotaInfo(Row):
    """What the data set is, and what is planned (exactly one row)."""

    table: ClassVar[str] = "dataset"
    key: ClassVar[tuple[str, ...]] = ("dataset_id",)
    nb: ClassVar[str] = "Datasett"

    dataset_id: Id = field("Name of the data set", "Datasett")
    form: RotaForm = field(
        "A base rota that repeats, or a plan for dates", "Planform", default=RotaForm.DATED
    )
    start: dt.date = field(
        "First day, a Monday", "Første dag", ge=dt.date(2000, 1, 1), le=dt.date(2099, 12, 31)
    )
    weeks: int = field("Weeks planned, or of the cycle", "Uker", unit="weeks", ge=1, le=53)
    published_on: dt.date | None = field(
        "The day the plan is shown to staff; at least 14 days before it begins", "Publiseres", default=None
    )
    discussed_on: dt.date | None = field(
        "The day it is discussed with elected representatives", "Drøftes", default=None
    )
    notice_nb: Text = field("Said in every output, in Norwegian", "Merknad nb", default="")
    notice_en: Text = field("Said in every output, in English", "Merknad en", default="")


class RotaBase(Row):
    """A base that is staffed; several in one data set share staff."""

    table: ClassVar[str] = "bases"
    key: ClassVar[tuple[str, ...]] = ("base_id",)
    nb: ClassVar[str] = "Baser"

    base_id: Id = field("Base", "Base")
    title: Text = field("What it is called", "Navn", default="")


class Staff(Row):
    """Someone who works."""

    table: ClassVar[str] = "staff"
    key: ClassVar[tuple[str, ...]] = ("staff_id",)
    nb: ClassVar[str] = "Ansatte"

    staff_id: Id = field("Pseudonym; never a national identity number", "Ansatt")
    position_percent: Percent = field("Share of a full-time week", "Stillingsprosent", unit="%")
    category: WeekCategory = field("The full-time week it is a share of", "Arbeidstidsordning",
                                   default=WeekCategory.ROTATING)  # fmt: skip
    employment: Employment = field(
        "How they are tied to the base", "Tilknytning", default=Employment.PERMANENT
    )
    base_ids: Ids = field("Bases where they work; none: all", "Baser", default=())
    competences: Codes = field("What they are qualified for, codes of the policy", "Kompetanse", default=())
    shift_codes: Ids = field("Shifts they may work; none: all", "Vakter", default=())
    forbidden_shifts: Ids = field("Shifts they may not work", "Ikke vakter", default=())
    nights: bool = field("Whether they work waking nights", "Natt", default=True)
    long_consent: bool = field(
        "Whether they consent to shifts above the daily limit", "Samtykke langvakt", default=False
    )
    more_hours: bool = field(
        "Whether they want more hours than their position", "Ønsker merarbeid", default=False
    )
    weekend_every: int | None = field(
        "They work at most one weekend of so many; none: as the rule set says",
        "Helg hver",
        default=None,
        unit="weekends",
        ge=1,
        le=12,
    )
    weekend_week: int | None = field(
        "Which of those weekends they work, counted from the first week; none: free",
        "Helg i uke",
        default=None,
        ge=1,
        le=12,
    )
    team: Id | None = field("The group of residents they mostly follow", "Team", default=None)
    hourly_cost: Hours | None = field("What an ordinary hour costs, all included", "Timekostnad",
                                      default=None, unit="NOK")  # fmt: skip


class Shift(Row):
    """A shift that can be worked, on any day that asks for it."""

    table: ClassVar[str] = "shifts"
    key: ClassVar[tuple[str, ...]] = ("shift_code",)
    nb: ClassVar[str] = "Vakter"

    shift_code: Id = field("Code as it stands in the plan", "Vaktkode")
    title: Text = field("What it is called", "Navn", default="")
    kind: ShiftKind = field("What it is", "Vakttype")
    base_id: Id | None = field("The base it is worked at; none: the only one", "Base", default=None)
    team: Id | None = field("The group of residents it follows", "Team", default=None)
    start: Clock = field("When it begins", "Start")
    hours: Length = field("From beginning to end, break included", "Lengde", unit="hours")
    break_minutes: int = field("Break within it", "Pause", default=30, unit="minutes", ge=0, le=240)
    break_is_work: bool = field("Whether they cannot leave in the break, so that it counts", "Pause er arbeidstid",
                                default=False)  # fmt: skip
    passive_hours: Hours = field(
        "Hours of passive duty on site within it (a sleeping night)",
        "Passive timer",
        default=Decimal(0),
        unit="hours",
    )
    competences: Codes = field("What whoever works it must have, all of them", "Kompetanse", default=())
    straining: bool = field("Whether it is especially straining at night (§ 10-11 (7))", "Særlig belastende",
                            default=False)  # fmt: skip
    unwanted: bool = field("Whether it is to be shared fairly", "Fordeles", default=False)


class CoverNeed(Row):
    """How many are needed, on some days, on some shifts, with a competence."""

    table: ClassVar[str] = "cover"
    key: ClassVar[tuple[str, ...]] = ("cover_id",)
    nb: ClassVar[str] = "Bemanningsplan"

    cover_id: Id = field("Name of this line of the cover plan", "Linje")
    days: Weekdays = field(
        "Days of the week; holiday: red days, to which the weekday's lines then do not apply",
        "Dager",
        default=(),
    )
    date: dt.date | None = field("One date, in place of days", "Dato", default=None)
    shift_codes: Ids = field("Shifts that count, any of them", "Vakter")
    competence: Code | None = field("Only those who have it count", "Kompetanse", default=None)
    least: int = field("Fewest that are safe", "Minst", unit="persons", ge=0, le=200)
    wanted: int | None = field("How many are wanted; none: the fewest", "Ønsket", default=None, unit="persons",
                               ge=0, le=200)  # fmt: skip
    most: int | None = field("Most there is room for", "Høyst", default=None, unit="persons", ge=0, le=200)
    must: bool = field("Whether a plan below the fewest is no plan", "Absolutt", default=False)
    weight: int = field("How dear each that is missing is", "Vekt", default=1, ge=1, le=1000)


class Absence(Row):
    """Days someone cannot work."""

    table: ClassVar[str] = "absences"
    key: ClassVar[tuple[str, ...]] = ("staff_id", "first_day")
    nb: ClassVar[str] = "Fravær"

    staff_id: Id = field("Who", "Ansatt")
    first_day: dt.date = field("From", "Fra")
    last_day: dt.date = field("To, this day included", "Til")
    kind: AbsenceKind = field("Why", "Årsak", default=AbsenceKind.LEAVE)
    counts: bool = field(
        "Whether the hours of the position are lowered by it", "Teller som arbeidet", default=True
    )


class Wish(Row):
    """What someone would like."""

    table: ClassVar[str] = "wishes"
    key: ClassVar[tuple[str, ...]] = ("staff_id", "date", "kind")
    nb: ClassVar[str] = "Ønsker"

    staff_id: Id = field("Who", "Ansatt")
    date: dt.date = field("When", "Dato")
    kind: WishKind = field("To work or to be off", "Ønske")
    shift_codes: Ids = field("Shifts it is about; none: any", "Vakter", default=())
    weight: Score = field("How much it matters", "Vekt", default=3)


class Planned(Row):
    """A shift someone has on a day."""

    table: ClassVar[str] = "fixed"
    key: ClassVar[tuple[str, ...]] = ("staff_id", "date")
    nb: ClassVar[str] = "Faste vakter"

    staff_id: Id = field("Who", "Ansatt")
    date: dt.date = field("When", "Dato")
    shift_code: Id | None = field("Shift; none: off", "Vakt", default=None)


class Worked(Planned):
    """A shift someone had in the last weeks before the first day."""

    table: ClassVar[str] = "history"
    nb: ClassVar[str] = "Historikk"


class Published(Planned):
    """A shift of the plan that was published, from which as little as possible should change."""

    table: ClassVar[str] = "published"
    nb: ClassVar[str] = "Publisert plan"


class Agreement(Row):
    """An agreement in force that lets a limit differ from the law's own."""

    table: ClassVar[str] = "agreements"
    key: ClassVar[tuple[str, ...]] = ("agreement_id",)
    nb: ClassVar[str] = "Avtaler"

    agreement_id: Id = field("Name of the agreement", "Avtale")
    level: AgreementLevel = field("Who agreed", "Nivå")
    permits: Codes = field(
        "What it permits: deviations that the rule set names", "Gir adgang til", min_length=1
    )
    staff_ids: Ids = field("Whom it binds; none: all", "Ansatte", default=())
    valid_from: dt.date | None = field("From", "Gjelder fra", default=None)
    valid_to: dt.date | None = field("To, this day included", "Gjelder til", default=None)


TABLES: dict[str, type[Row]] = {
    row.table: row
    for row in (
        RotaInfo, RotaBase, Staff, Shift, CoverNeed, Absence, Wish, Planned, Worked, Published, Agreement,
    )
}  # fmt: skip
"""Every table by name, in the order files are read and shown."""

REQUIRED_TABLES = frozenset({"dataset", "bases", "staff", "shifts", "cover"})
"""Tables a data set cannot be without; the others may be absent or empty."""
