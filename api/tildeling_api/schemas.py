"""What the service answers; fields of ``result.json`` are the contract's own."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tildeling.document import ResultDocument
from tildeling.housing.proposal import Proposal, placements_text
from tildeling.rota.planning import Plan
from tildeling.rota.repairing import Change
from tildeling.texts import Lang
from tildeling_api.access.names import DAYS, MOST_DAYS, NAME
from tildeling_api.access.roles import Right, Role
from tildeling_api.jobs.states import State
from tildeling_api.store.tables import Job
from tildeling_models.result import gap

Name = Annotated[str, Field(pattern=f"^{NAME.pattern}$", examples=["kontor-nord"])]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Health(_Part):
    """The service answers."""

    status: str = Field(examples=["ok"])
    version: str


class EnginePart(_Part):
    """An engine and whether its solver is installed here."""

    name: str = Field(examples=["auto"])
    solves: Literal["allocation", "rota"]
    available: bool


class Engines(_Part):
    """Every engine by name."""

    engines: tuple[EnginePart, ...]


class RuleSetPart(_Part):
    """A rule set for rotas."""

    name: str = Field(examples=["no-aml-ks"])
    version: str
    title: dict[Lang, str]
    hash: str


class RuleSetList(_Part):
    """Rule sets by name."""

    rulesets: tuple[RuleSetPart, ...]


class PresetPart(_Part):
    """A synthetic data set of homes, by how much it holds."""

    name: str = Field(examples=["county"])
    applicants: int
    groups: int
    bases: int
    municipalities: int
    conflicts: int


class PresetList(_Part):
    """Presets by name."""

    presets: tuple[PresetPart, ...]


class DatasetPart(_Part):
    """A data set without faults: how much it holds, and the hash of its content."""

    dataset_id: str
    kind: Literal["housing", "rota"]
    dataset_hash: str = Field(description="Over the canonical content, the same whatever the format.")
    policy_hash: str
    ruleset: str
    counts: dict[str, int] = Field(
        description="Rows of each table.", examples=[{"applicants": 1, "units": 1}]
    )
    notice: dict[str, str]


class PlacementPart(_Part):
    """A row of ``placements.csv``."""

    applicant_id: str
    unit_id: str
    group_id: str
    community_id: str
    site_id: str
    base_id: str


class BasePart(_Part):
    """A row of ``bases.csv``."""

    group_id: str
    base_id: str


class FlagPart(_Part):
    """Something to see to before an offer."""

    code: str
    subject: str
    about: str
    message: str


class Allocation(ResultDocument):
    """A checked proposal: every field of ``result.json``, the placements, and what to see to.

    The engine proposes; a named person decides.
    """

    placements: tuple[PlacementPart, ...]
    bases: tuple[BasePart, ...]
    flags: tuple[FlagPart, ...]


class ShiftPart(_Part):
    """A shift of a plan."""

    staff_id: str
    date: dt.date
    shift_code: str


class ChangePart(_Part):
    """A cell that a repair changed; null is off."""

    staff_id: str
    day: dt.date
    before: str | None
    after: str | None


class RotaPlan(ResultDocument):
    """A checked plan: every field of ``result.json``, the shifts, and what to know of them.

    The engine proposes; a named person decides.
    """

    shifts: tuple[ShiftPart, ...]
    changes: tuple[ChangePart, ...] = Field((), description="Of a repair: what it changed.")
    remarks: tuple[str, ...] = Field(
        (), description="What is legal by an agreement or otherwise worth a look."
    )


class CallerPart(_Part):
    """Whom a token speaks for."""

    account_id: str
    name: str
    role: Role
    rights: tuple[Right, ...]
    token_expires_at: dt.datetime


class AccountPart(_Part):
    """An account; closed ones stay, for the trail speaks of them."""

    account_id: str
    name: str
    role: Role
    created_at: dt.datetime
    closed_at: dt.datetime | None


class AccountList(_Part):
    """Accounts by name."""

    accounts: tuple[AccountPart, ...]


class NewAccount(_Part):
    """An account to open."""

    name: Name
    role: Role


class NewToken(_Part):
    """A token to give."""

    days: int = Field(DAYS, ge=1, le=MOST_DAYS, description="How long it lasts.")


class TokenPart(_Part):
    """A token; this is the only time that it is shown."""

    token_id: str
    token: str
    expires_at: dt.datetime


class EventPart(_Part):
    """A line of the trail."""

    number: int
    at: dt.datetime
    account_id: str | None = Field(description="Who did it; null for whoever works on the machine itself.")
    action: str = Field(examples=["token.given"])
    subject: str
    details: dict[str, str]
    digest: str


class EventList(_Part):
    """Lines of the trail, oldest first; ``next`` goes on after them."""

    events: tuple[EventPart, ...]
    next: int | None = Field(description="What to give as `after` for those that follow; null at the end.")


class KeptPart(_Part):
    """A data set that is kept; one that is purged has a day for it and no content."""

    id: str
    kind: Literal["housing", "rota"]
    dataset_id: str = Field(description="The name in the data set itself; its versions share it.")
    dataset_hash: str = Field(description="Over the canonical content, the same whatever the format.")
    policy_hash: str
    counts: dict[str, int] = Field(
        description="Rows of each table.", examples=[{"applicants": 1, "units": 1}]
    )
    kept_at: dt.datetime
    kept_by: str = Field(description="The account that sent it.")
    purged_at: dt.datetime | None


class KeptList(_Part):
    """Data sets, oldest first; ``next`` goes on after them."""

    datasets: tuple[KeptPart, ...]
    next: int | None = Field(description="What to give as `after` for those that follow; null at the end.")


def _told(words: str) -> str:
    """Words as they can be sent, however long, and with whatever in them, somebody made what they are about."""
    shown = words.encode("utf-8", "backslashreplace").decode()
    return shown if len(shown) <= LONGEST_WORDS else shown[: LONGEST_WORDS - 3] + "..."


LONGEST_WORDS = 1_000
"""Characters of a text that is about what somebody sent."""

Told = Annotated[str, AfterValidator(_told)]


class FaultPart(BaseModel):
    """One fault: where, what is required there, what stands there, and a hint."""

    path: Told = Field(examples=["dataset.json#/applicants row 17 'severity'"])
    requirement: Told = Field(examples=["must be from 1 to 5"])
    value: Told | None = Field(None, examples=["9"])
    hint: Told = ""
    message: Told = Field(description="All of it in one line, as the command line says it.")


class Problem(BaseModel):
    """What went wrong; ``type`` is stable and meant for programs."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(examples=["urn:tildeling:problem:faults"])
    title: str
    status: int
    detail: Told = ""
    faults: tuple[FaultPart, ...] | None = Field(None, description="Every fault of the input, in file order.")


class ProgressPart(_Part):
    """Where a job is."""

    phase: str = Field(examples=["solve"])
    tier: str = ""
    value: int | None = Field(None, description="Best value of the tier so far.")
    bound: int | None = Field(None, description="What is proven of the tier so far.")
    gap: float | None = Field(None, description="A fraction.")
    elapsed: float = Field(0.0, description="Seconds since it began.")
    left: float | None = Field(None, description="Seconds left.")
    part: int = 0
    parts: int = 0


class JobPart(_Part):
    """A job: what it is, how far it is, how it ended."""

    id: str
    kind: str = Field(examples=["allocation"])
    state: State
    dataset: str | None = Field(description="The data set it is about, or made.")
    asked: dict[str, Any] | None = Field(description="What was asked; null once it is purged.")
    progress: ProgressPart | None
    outcome: str | None = Field(
        description="Of a job that found something, or proved that there is nothing.", examples=["optimal"]
    )
    cause: Problem | None = Field(description="Why it failed.")
    attempt: int = Field(description="Above 1 if a worker ended while it did it.")
    asked_by: str
    asked_at: dt.datetime
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    deadline_at: dt.datetime | None
    purged_at: dt.datetime | None


class JobList(_Part):
    """Jobs, oldest first; ``next`` goes on after them."""

    jobs: tuple[JobPart, ...]
    next: int | None = Field(description="What to give as `after` for those that follow; null at the end.")


class FilePart(_Part):
    """A file that a job made."""

    name: str = Field(examples=["report.html"])
    size: int


class FileList(_Part):
    """Files by name."""

    files: tuple[FilePart, ...]


def allocation(proposal: Proposal, lang: Lang) -> Allocation:
    """A proposal as the service answers it."""
    rows = csv.DictReader(io.StringIO(placements_text(proposal.data, proposal.solution)), delimiter=";")
    bases: Mapping[str, str] = proposal.solution.bases
    return Allocation(
        **dict(proposal.document),
        placements=tuple(PlacementPart.model_validate(row) for row in rows),
        bases=tuple(BasePart(group_id=group, base_id=base) for group, base in sorted(bases.items())),
        flags=tuple(
            FlagPart(code=flag.code, subject=flag.subject, about=flag.about, message=flag.message(lang))
            for flag in proposal.flags
        ),
    )


def no_allocation(document: ResultDocument) -> Allocation:
    """What is known where there is no proposal."""
    return Allocation(**dict(document), placements=(), bases=(), flags=())


def rota_plan(found: Plan, lang: Lang, changes: Iterable[Change] = ()) -> RotaPlan:
    """A plan as the service answers it; without shifts where none was found."""
    work = {} if found.rota is None else found.rota.work
    return RotaPlan(
        **dict(found.document),
        shifts=tuple(
            ShiftPart(staff_id=who, date=day, shift_code=code)
            for who, days in sorted(work.items())
            for day, code in sorted(days.items())
        ),
        changes=tuple(
            ChangePart(staff_id=each.staff_id, day=each.day, before=each.before, after=each.after)
            for each in changes
        ),
        remarks=tuple(each.message(lang) for each in found.report.remarks) if found.report else (),
    )


def job_part(job: Job) -> JobPart:
    """A job as the service answers it."""
    progress = None
    if job.progress is not None:
        progress = ProgressPart(**job.progress, gap=gap(job.progress["value"], job.progress["bound"]))
    return JobPart(
        id=job.id, kind=job.kind, state=State(job.state), dataset=job.dataset_id, asked=job.asked,
        progress=progress, outcome=job.outcome,
        cause=None if job.cause is None else Problem.model_validate(job.cause), attempt=job.attempt,
        asked_by=job.account_id, asked_at=job.created_at, started_at=job.started_at, ended_at=job.ended_at,
        deadline_at=job.deadline_at, purged_at=job.purged_at,
    )  # fmt: skip
