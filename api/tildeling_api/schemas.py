"""What the service answers; fields of ``result.json`` are the contract's own."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from tildeling.document import ResultDocument
from tildeling.housing.dataset import Dataset
from tildeling.housing.proposal import Proposal, placements_text
from tildeling.housing.tables import TABLES
from tildeling.texts import Lang


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
