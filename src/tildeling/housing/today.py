"""What stands today, as a solution: locked placements, and the bases that serve occupied groups."""

from __future__ import annotations

from tildeling.housing.case import Case
from tildeling.housing.dataset import Dataset
from tildeling.housing.rules.h5_bases import H5Params, present_base
from tildeling.housing.solution import Solution


def standing_solution(data: Dataset) -> Solution:
    """Nobody new placed."""
    locks = {row.applicant_id: row.unit_id for row in data.locks}
    setting = data.policy.rules["H5"]
    bases = {}
    if setting.enabled:
        params = H5Params.model_validate(setting.params)
        case = Case(data, Solution(locks))
        found = {group.group_id: present_base(case, group, params) for group in data.groups}
        bases = {group: base for group, base in found.items() if base is not None}
    return Solution(locks, bases)
