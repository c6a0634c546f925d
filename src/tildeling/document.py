"""``result.json``: what a run decided, proved and used; fields as the contract fixes them."""

from __future__ import annotations

import json
import platform
import resource
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from tildeling.values import TierValue
from tildeling_models.result import Result, gap

SCHEMA_VERSION = "1"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoalPart(_Part):
    """A goal's share of a tier's value: value times weight."""

    goal: str
    value: int
    weight: int


class TierPart(_Part):
    """A tier: value recomputed by the checker, bound proven by the engine."""

    name: str
    sense: str = "min"
    value: int | None
    bound: int | None
    gap: float | None
    tolerance: float
    goals: tuple[GoalPart, ...] = ()


class Tie(_Part):
    """Another choice of equal worth: a group for an applicant ("" to wait), or a base for a group."""

    subject: str
    id: str
    chosen: str
    alternatives: tuple[str, ...]


class TiesPart(_Part):
    """Ties found.  Only with ``complete`` does an empty list mean that the proposal is unique."""

    complete: bool
    found: tuple[Tie, ...]


class MomentPart(_Part):
    """A point of the history: seconds, tier, value, bound."""

    time: float
    tier: str
    value: int | None
    bound: int | None


class RunPart(_Part):
    """What may differ between runs."""

    runtime_s: float
    peak_memory_mb: float
    machine: dict[str, str]
    history: tuple[MomentPart, ...] = ()


class AgreementPart(_Part):
    """A limit that an agreement allowed, and those it was used for."""

    rule: str
    agreement: str
    limit: float
    staff: tuple[str, ...]


class ResultDocument(_Part):
    """The document; ``value``, ``bound`` and ``gap`` repeat the first tier."""

    schema_version: str = SCHEMA_VERSION
    outcome: str
    termination: str
    tiers: tuple[TierPart, ...]
    value: int | None
    bound: int | None
    gap: float | None
    ties: TiesPart
    engine: str
    seed: int
    versions: dict[str, str]
    dataset_id: str
    dataset_hash: str
    policy_hash: str
    ruleset: str
    reproducible: bool
    notice: dict[str, str]
    standing: tuple[str, ...] = ()
    agreements: tuple[AgreementPart, ...] = ()
    runtime_s: float
    run: RunPart

    def text(self) -> str:
        """The document as JSON text, keys in a fixed order."""
        return json.dumps(self.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def read(cls, path: Path) -> ResultDocument:
        """Read ``result.json``.

        Raises
        ------
        OSError, pydantic.ValidationError
            If it is not there or not a result.
        """
        return cls.model_validate_json(path.read_text(encoding="utf-8"))


def versions() -> dict[str, str]:
    """Versions of what decides the result."""
    found = {"python": platform.python_version()}
    for name in ("tildeling", "ortools", "highspy", "pulp", "numpy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, str]:
    """The machine in words that do not name it."""
    import os

    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "cores": str(os.cpu_count() or 1),
    }


def peak_memory_mb() -> float:
    """Largest resident set of this process or a child so far."""
    usage = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return round(max(usage) / 1024, 1)


def tier_parts(result: Result[Any], values: Sequence[TierValue] | None = None) -> tuple[TierPart, ...]:
    """A run's tiers with their gaps, and with the goals that the checker valued, if it was asked."""
    goals = [
        tuple(GoalPart(goal=each.goal, value=each.value, weight=each.weight) for each in tier.goals)
        for tier in values or ()
    ] or [()] * len(result.tiers)
    return tuple(
        TierPart(
            name=tier.name, value=tier.value, bound=tier.bound, gap=gap(tier.value, tier.bound),
            tolerance=tier.tolerance, goals=parts,
        )
        for tier, parts in zip(result.tiers, goals, strict=True)
    )  # fmt: skip


def document_of(
    result: Result[Any], tiers: Sequence[TierPart], ties: TiesPart, runtime_s: float, **known: Any
) -> ResultDocument:
    """The document of a run; ``known`` are the fields that only its domain can fill."""
    runtime = round(runtime_s, 3)
    return ResultDocument(
        outcome=result.outcome.value,
        # the contract knows no work limit; `reproducible` tells it from the clock
        termination=result.termination.value.replace("work_limit", "time_limit"),
        tiers=tuple(tiers),
        value=tiers[0].value,
        bound=tiers[0].bound,
        gap=tiers[0].gap,
        ties=ties,
        engine=result.engine,
        seed=result.seed,
        versions=versions(),
        reproducible=result.reproducible,
        runtime_s=runtime,
        run=RunPart(
            runtime_s=runtime,
            peak_memory_mb=peak_memory_mb(),
            machine=machine(),
            history=tuple(
                MomentPart(time=round(m.time, 3), tier=m.tier, value=m.value, bound=m.bound)
                for m in result.history
            ),
        ),
        **known,
    )
