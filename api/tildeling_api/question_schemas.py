"""Questions that are answered at once, and their answers; those of checks are what ``check --json`` prints."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tildeling_api.jobs.kinds.kind import Id
from tildeling_api.schemas import ChangePart, KeptPart, ShiftPart

Word = Annotated[str, Field(max_length=80)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Row(_Part):
    """Made from a row of an answer as well: ``Proposed(shifts=plan.shifts)``."""

    model_config = ConfigDict(from_attributes=True)


class PlacementRow(_Row):
    """Somebody in a unit; the base of its group where it is known."""

    applicant_id: Word
    unit_id: Word
    base_id: Word | None = None


class BaseRow(_Row):
    """The base that serves a group."""

    group_id: Word
    base_id: Word


class ShiftRow(_Row):
    """Somebody's shift."""

    staff_id: Word
    date: dt.date
    shift_code: Word


class Proposed(_Part):
    """What is checked, made by anyone: the plan of an earlier job, or rows; one of them."""

    job: Id | None = Field(None, description="A job that made an allocation or a rota.")
    placements: tuple[PlacementRow, ...] | None = None
    bases: tuple[BaseRow, ...] = Field((), description="The base of each group, beside placements.")
    shifts: tuple[ShiftRow, ...] | None = Field(None, description="Days without a shift are off.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(each is not None for each in (self.job, self.placements, self.shifts)) != 1:
            raise ValueError("give a job, placements or shifts, one of them")
        if self.bases and self.placements is None:
            raise ValueError("bases go with placements only")
        return self


class AskedCheck(_Part):
    """Whether a plan keeps every rule."""

    dataset: Id
    plan: Proposed | None = Field(None, description="None: what stands today, or is published.")


class AskedComparison(_Part):
    """Two plans side by side, of the same data set."""

    one: Id = Field(description="A job that made an allocation or a rota.")
    other: Id = Field(description="Another.")


class AskedSubstitutes(_Part):
    """Who can take the shift of somebody who cannot come."""

    rota: Id = Field(description="The job that made the plan.")
    staff_id: Word
    date: dt.date


class AskedRollOut(_Part):
    """A base rota as a plan for dates."""

    rota: Id = Field(description="The job that made it, of a data set of the form cycle.")
    start: dt.date = Field(
        ge=dt.date(2000, 1, 1), le=dt.date(2099, 12, 31), description="First day, a Monday."
    )
    weeks: int = Field(ge=1, le=53)
    first_week: int = Field(1, ge=1, le=53, description="Week of the cycle to begin with.")

    @model_validator(mode="after")
    def _monday(self) -> Self:
        if self.start.weekday() != 0:
            raise ValueError("start must be a Monday")
        return self


class TierPart(_Part):
    """A tier's value."""

    name: str
    value: int


class HomesBreach(_Part):
    """A requirement that a proposal does not meet."""

    requirement: str = Field(examples=["H2.features"])
    subjects: dict[str, str]
    values: dict[str, str]
    message: str


class RotaBreach(_Part):
    """A requirement that a rota does not meet."""

    rule: str = Field(examples=["REST11"])
    requirement: str
    source: str = Field(examples=["AML § 10-8 (1)"])
    staff_id: str
    day: dt.date | None
    last_day: dt.date | None
    found: float
    limit: float
    unit: str
    agreement: str | None
    message: str


class CheckedHomes(_Part):
    """What the checker found of a proposal, without any solver."""

    ok: bool = Field(description="Whether the proposal breaks nothing.")
    breaches: tuple[HomesBreach, ...]
    standing: tuple[HomesBreach, ...] = Field(description="There before the proposal, and no worse.")
    tiers: tuple[TierPart, ...]


class CheckedRota(_Part):
    """What the checker found of a rota, without any solver."""

    ok: bool = Field(description="Whether the rota breaks nothing.")
    breaches: tuple[RotaBreach, ...]
    remarks: tuple[RotaBreach, ...] = Field(description="What is only pointed out.")
    tiers: tuple[TierPart, ...]


class TierPair(_Part):
    """A tier's value in one plan and the other."""

    name: str
    one: int
    other: int


class CountPair(_Part):
    """How many in one plan and the other."""

    one: int
    other: int


class ApplicantPair(_Part):
    """Whose unit differs; "" for none."""

    applicant: str
    one: str
    other: str


class BasePair(_Part):
    """A group whose base differs; "" for none."""

    group: str
    one: str
    other: str


class ComparedHomes(_Part):
    """Two proposals side by side; both are checked."""

    tiers: tuple[TierPair, ...]
    breaches: CountPair
    applicants: tuple[ApplicantPair, ...]
    bases: tuple[BasePair, ...]


class ComparedRotas(_Part):
    """Two plans side by side; both are checked."""

    tiers: tuple[TierPair, ...]
    breaches: CountPair
    changes: tuple[ChangePart, ...] = Field(description="Cells from one to the other; null is off.")


class SubstitutePart(_Part):
    """Somebody who might take a shift."""

    staff_id: str
    legal: bool = Field(description="Whether it breaks nothing that is not broken already.")
    change: dict[str, int] = Field(description="By how much the tiers change that change.")
    order: int = Field(description="Place in the order in which staff are asked for extra work.")
    instead_of: str | None = Field(description="The shift that would be given up; null where the day is off.")
    words: str = Field(description="What changes, or what forbids it.")


class Substitutes(_Part):
    """Everybody but the one who cannot come; those who can take the shift first, the best of them first."""

    substitutes: tuple[SubstitutePart, ...]


class RedDaysPart(_Part):
    """How a base rota meets the red days of the weeks, for one person."""

    staff_id: str
    red: int = Field(description="Sundays and public holidays.")
    off: int = Field(description="Those of them without a shift.")
    f3: int = Field(description="Days off that are owed, for at least half of the red days to be off.")
    f5: tuple[dt.date, ...] = Field(
        description="Days on which the weekly rest day falls on a public holiday that is not a Sunday."
    )


class RolledOut(CheckedRota):
    """A base rota on dates, checked anew, and what red days give."""

    shifts: tuple[ShiftPart, ...]
    red_days: tuple[RedDaysPart, ...]


class Pseudonymised(_Part):
    """A copy with people's ids replaced, kept as a data set; and the key, shown this once."""

    dataset: KeptPart
    people: int
    key: str = Field(description="A CSV file that `tildeling pseudonymise --key` reads: pseudonym;identity.")
