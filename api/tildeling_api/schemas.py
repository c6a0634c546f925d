"""What the service answers; fields of ``result.json`` are the contract's own."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tildeling.document import ResultDocument
from tildeling.housing.dataset import Dataset
from tildeling.housing.proposal import Proposal, placements_text
from tildeling.housing.tables import TABLES
from tildeling.texts import Lang
from tildeling_api.access.names import DAYS, MOST_DAYS, NAME
from tildeling_api.access.roles import Right, Role

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
    available: bool


class Engines(_Part):
    """Every engine by name."""

    engines: tuple[EnginePart, ...]


class DatasetPart(_Part):
    """A data set without faults: how much it holds, and the hash of its content."""

    dataset_id: str
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


class FaultPart(BaseModel):
    """One fault: where, what is required there, what stands there, and a hint."""

    path: str = Field(examples=["dataset.json#/applicants row 17 'severity'"])
    requirement: str = Field(examples=["must be from 1 to 5"])
    value: str | None = Field(None, examples=["9"])
    hint: str = ""
    message: str = Field(description="All of it in one line, as the command line says it.")


class Problem(BaseModel):
    """What went wrong; ``type`` is stable and meant for programs."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(examples=["urn:tildeling:problem:faults"])
    title: str
    status: int
    detail: str = ""
    faults: tuple[FaultPart, ...] | None = Field(None, description="Every fault of the input, in file order.")
    result: ResultDocument | None = Field(None, description="What is known where no plan was found.")


def dataset_part(data: Dataset) -> DatasetPart:
    """What is said of a data set."""
    return DatasetPart(
        dataset_id=data.info.dataset_id,
        dataset_hash=data.digest(),
        policy_hash=data.policy.digest(),
        ruleset=data.policy.version,
        counts={name: len(getattr(data, name)) for name in TABLES if name != "dataset"},
        notice={"nb": data.info.notice_nb, "en": data.info.notice_en},
    )


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
