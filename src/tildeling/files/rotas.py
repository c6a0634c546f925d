"""Data sets of rotas, as readers and writers know them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tildeling.errors import Fault
from tildeling.files.kind import Declared, Kind, Known, PolicyKind
from tildeling.rota.dataset import REFERENCES, RotaDataset
from tildeling.rota.policy import (
    RULE_SETS,
    RotaPolicy,
    RuleSet,
    default_policy,
    merged_with_default,
    rule_set,
)
from tildeling.rota.tables import REQUIRED_TABLES, TABLES, RotaInfo

_OF_INFO = ("outside_plan", "not_past", "not_in_cycle")
"""Faults that compare a row with the row of the data set itself."""


def _rules() -> Mapping[str, Declared]:
    from tildeling.rota import rules

    return rules.registry()


def _goals() -> Mapping[str, Declared]:
    from tildeling.rota import goals

    return goals.registry()


def _chosen(tables: Mapping[str, Any]) -> RuleSet:
    """The rule set a policy is laid over; one that does not exist is a fault of its own."""
    name = tables.get("ruleset")
    return rule_set(name if name in RULE_SETS else default_policy().ruleset)


def _laid_under(tables: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    return {name: setting.params for name, setting in _chosen(tables).rules.items()}


def _deviations(tables: Mapping[str, Any]) -> list[str]:
    return list(_chosen(tables).deviations)


def _follows(fault: Fault, known: Known) -> bool:
    if fault.code in _OF_INFO:
        return not known.whole("dataset")
    # Which base a shift is at, and whether that must be said, depends on how many bases there are.
    return fault.code in ("may_not_work", "needs_base") and not known.whole("bases")


ROTA = Kind(
    name="rota",
    dataset=RotaDataset,
    tables=TABLES,
    required=REQUIRED_TABLES,
    references=REFERENCES,
    targets={
        "base": (("bases", "base_id"),),
        "shift": (("shifts", "shift_code"),),
        "staff": (("staff", "staff_id"),),
    },
    persons={
        "staff": ("staff_id",),
        "absences": ("staff_id",),
        "wishes": ("staff_id",),
        "fixed": ("staff_id",),
        "history": ("staff_id",),
        "published": ("staff_id",),
        "agreements": ("staff_ids",),
    },
    policy=PolicyKind(
        model=RotaPolicy,
        default=default_policy,
        merged=merged_with_default,
        rules=_rules,
        goals=_goals,
        names={"competence": "competences", "deviation": "rules_in_force.deviations"},
        laid_under=_laid_under,
        deviations=_deviations,
    ),
    stand_in=RotaInfo(dataset_id="unknown", start=dt.date(2001, 1, 1), weeks=1),
    follows=_follows,
    prefix="rota_",
    filled=frozenset({"bases", "staff", "shifts"}),
)
