"""Data sets of homes and applicants, as readers and writers know them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from tildeling.errors import Fault
from tildeling.files.kind import Declared, Kind, Known, PolicyKind
from tildeling.housing.dataset import REFERENCES, Dataset
from tildeling.housing.policy import Policy, default_policy, merged_with_default
from tildeling.housing.tables import REQUIRED_TABLES, TABLES, DatasetInfo


def _rules() -> Mapping[str, Declared]:
    from tildeling.housing import rules

    return rules.registry()


def _goals() -> Mapping[str, Declared]:
    from tildeling.housing import goals

    return goals.registry()


def _follows(fault: Fault, known: Known) -> bool:
    if fault.code == "mover_needs_resident":
        return known.may_hold("residents", fault.value, "resident_id")
    if fault.code == "unit_taken" and fault.table == "locks":
        return known.may_hold("locks", fault.params["other"], "applicant_id")
    return False


HOUSING = Kind(
    name="housing",
    dataset=Dataset,
    tables=TABLES,
    required=REQUIRED_TABLES,
    references=REFERENCES,
    targets={
        "unit": (("units", "unit_id"),),
        "group": (("groups", "group_id"),),
        "community": (("communities", "community_id"),),
        "site": (("sites", "site_id"),),
        "district": (("sites", "district"),),
        "base": (("bases", "base_id"),),
        "applicant": (("applicants", "applicant_id"),),
        "person": (("applicants", "applicant_id"), ("residents", "resident_id")),
    },
    persons={
        "applicants": ("applicant_id",),
        "relations": ("person_a", "person_b"),
        "residents": ("resident_id",),
        "locks": ("applicant_id",),
    },
    policy=PolicyKind(
        model=Policy,
        default=default_policy,
        merged=merged_with_default,
        rules=_rules,
        goals=_goals,
        names={"target_group": "target_groups", "feature": "features", "competence": "competences"},
    ),
    # Checks against the planning date are silent where that date is not known.
    stand_in=DatasetInfo(dataset_id="unknown", planning_date=dt.date.max, horizon_end=dt.date.max),
    follows=_follows,
    nine_is_empty=True,
)
