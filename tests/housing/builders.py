"""Rows with sensible defaults, so that a test says only what it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from tildeling.housing.dataset import Dataset
from tildeling.housing.policy import Policy, default_policy
from tildeling.housing.tables import (
    Applicant,
    Base,
    Community,
    DatasetInfo,
    Group,
    Lock,
    Relation,
    Resident,
    Site,
    TravelTime,
    Unit,
)

DAY = dt.date(2026, 6, 1)
"""The planning date."""
END = dt.date(2026, 12, 31)
"""The end of the horizon."""
FRAIL, DISABILITY, SUBSTANCE = "frail_older", "intellectual_disability", "concurrent_or_homeless"
"""Three target groups; the default policy keeps the last two apart on a site."""


def policy(**rules: dict[str, Any]) -> Policy:
    """The default policy with rules changed: ``policy(H3={"min_residents": 1}, H5={"enabled": False})``."""
    made = default_policy()
    for rule, changes in rules.items():
        made = made.with_rule(rule, **changes)
    return made


def person(name: str, **fields: Any) -> Applicant:
    """An applicant with few needs."""
    return Applicant(
        **{
            "applicant_id": name, "age": 50, "target_group": FRAIL, "service_need": "own_home", "severity": 3,
            "benefit": 3, "applied_on": DAY, "present_housing": "own_home", "care_hours": 0, **fields,
        }
    )  # fmt: skip


def mover(name: str, unit: str, **fields: Any) -> Applicant:
    """A resident who asked for a transfer; the residents' row comes from :func:`lives`."""
    return person(name, **{"application": "transfer", "present_unit_id": unit, **fields})


def lives(name: str, unit: str, **fields: Any) -> Resident:
    """A resident."""
    return Resident(
        **{
            "resident_id": name, "unit_id": unit, "age": 50, "target_group": FRAIL, "service_need": "own_home",
            "care_hours": 0, **fields,
        }
    )  # fmt: skip


def home(name: str, group: str = "G", **fields: Any) -> Unit:
    """A unit, long finished."""
    return Unit(**{"unit_id": name, "group_id": group, "available_from": dt.date(2026, 1, 1), **fields})


def homes(names: str, group: str = "G", **fields: Any) -> tuple[Unit, ...]:
    """Several equal units: ``homes("u1 u2 u3")``."""
    return tuple(home(name, group, **fields) for name in names.split())


def group(name: str = "G", **fields: Any) -> Group:
    """A group for anybody, one resident enough, no base needed."""
    return Group(
        **{
            "group_id": name, "site_id": "S", "target_groups": (FRAIL, DISABILITY, SUBSTANCE),
            "service_access": "own_home", "min_residents": 1, "max_residents": 8, **fields,
        }
    )  # fmt: skip


def base(name: str, **fields: Any) -> Base:
    """A base with plenty of everything, for every step."""
    return Base(
        **{
            "base_id": name, "site_id": "S", "capacity_hours": 1000, "staff_size": 5,
            "serves": ("ambulatory", "near_base", "with_base", "reinforced_base"), **fields,
        }
    )  # fmt: skip


def site(name: str = "S", **fields: Any) -> Site:
    """A site in the north."""
    return Site(**{"site_id": name, "district": "north", **fields})


def community(name: str = "C", **fields: Any) -> Community:
    """A community."""
    return Community(**{"community_id": name, "site_id": "S", **fields})


def travel(start: str, end: str, minutes: int) -> TravelTime:
    """One entry of the travel table."""
    return TravelTime(from_site_id=start, to_site_id=end, minutes=minutes)


def relation(kind: str, a: str, b: str, **fields: Any) -> Relation:
    """A relation; conflicts are verified."""
    verified = {"verified_on": DAY} if kind == "conflict" else {}
    return Relation(**{"kind": kind, "person_a": a, "person_b": b, **verified, **fields})


def lock(name: str, unit: str) -> Lock:
    """A decided placement."""
    return Lock(applicant_id=name, unit_id=unit)


_TABLE = {
    Applicant: "applicants", Unit: "units", Group: "groups", Community: "communities", Site: "sites",
    Base: "bases", TravelTime: "travel_times", Relation: "relations", Resident: "residents", Lock: "locks",
}  # fmt: skip


def _flat(rows: Any) -> Iterator[Any]:
    for row in rows:
        if isinstance(row, tuple):
            yield from _flat(row)
        else:
            yield row


def dataset(*rows: Any, rules: Policy | None = None) -> Dataset:
    """A data set of rows in any order; sites, and one group G, are added where they are named and missing.

    Raises
    ------
    AssertionError
        If the rows contradict each other.
    """
    tables: dict[str, list[Any]] = {name: [] for name in _TABLE.values()}
    for row in _flat(rows):
        tables[_TABLE[type(row)]].append(row)
    if not tables["groups"]:
        tables["groups"].append(group())
    known = {row.site_id for row in tables["sites"]}
    named = {row.site_id for name in ("groups", "communities", "bases") for row in tables[name]}
    tables["sites"].extend(site(name) for name in sorted(named - known))
    data = Dataset(
        info=DatasetInfo(dataset_id="example", planning_date=DAY, horizon_end=END),
        policy=rules or default_policy(),
        **{name: tuple(found) for name, found in tables.items()},
    )
    assert not data.faults(), [str(fault) for fault in data.faults()]
    return data
