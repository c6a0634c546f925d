"""The eligibility funnel: how many units each requirement removes for an applicant."""

from __future__ import annotations

from dataclasses import dataclass

from tildeling.housing.dataset import Dataset
from tildeling.housing.rules.h1_unit import fits
from tildeling.housing.rules.h2_eligibility import REQUIREMENTS, H2Params
from tildeling.housing.tables import Applicant, Unit


@dataclass(frozen=True, slots=True)
class Step:
    """A requirement: how many units were left before it, and how many only it takes away."""

    requirement: str
    before: int
    removed: int
    alone: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """From all offered units to those the applicant is eligible for."""

    offered: int
    steps: tuple[Step, ...]
    eligible: tuple[str, ...]


def funnel(data: Dataset, applicant: Applicant) -> Funnel:
    """Apply the requirements of H1 and H2 one after the other to every unit that is offered."""
    offered = offered_units(data)
    params = H2Params.model_validate(data.policy.rules["H2"].params)
    failed: dict[str, set[str]] = {}
    if data.policy.rules["H2"].enabled:
        for name, met in REQUIREMENTS.items():
            failed[name] = {
                unit.unit_id
                for unit in offered
                if not met(data, applicant, unit, data.group[unit.group_id], params)
            }
    if data.policy.rules["H1"].enabled:
        failed["H1.fits"] = {u.unit_id for u in offered if not fits(applicant.household_size, u.max_persons)}
    left = {unit.unit_id for unit in offered}
    steps = []
    for name, units in failed.items():
        others = set().union(*(more for other, more in failed.items() if other != name))
        gone = left & units
        if units:
            steps.append(Step(name, len(left), len(gone), len(units - others)))
        left -= gone
    return Funnel(len(offered), tuple(steps), tuple(sorted(left)))


def offered_units(data: Dataset) -> list[Unit]:
    """Units that can be given away: not reserved, not locked, not lived in by somebody who stays put."""
    movers = {row.applicant_id for row in data.applicants}
    taken = {row.unit_id for row in data.residents if row.resident_id not in movers}
    taken |= {row.unit_id for row in data.locks}
    return [unit for unit in data.units if not unit.reserved and unit.unit_id not in taken]
