"""Sites, communities, groups, units and bases, added one by one to an estate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from tildeling.housing.generate.places import Spot, minutes, travel_rows
from tildeling.housing.tables import (
    Base,
    BaseKind,
    Community,
    Group,
    GroupKind,
    LegalBasis,
    ServiceAccess,
    Site,
    SiteStatus,
    TravelTime,
    Unit,
)

NEW_HOME = ("step_free", "wide_doors", "technology_ready", "escape_route")
STURDY = ("step_free", "escape_route")
SHELTERED = ("step_free", "sheltered", "escape_route")
TENANCY: dict[str, Any] = {
    "legal_basis": LegalBasis.MUNICIPAL_TENANCY,
    "deciding_office": "housing_office",
    "lease_years": 3,
}
TEMPORARY: dict[str, Any] = {
    "temporary": True,
    "legal_basis": LegalBasis.TEMPORARY_HOUSING,
    "deciding_office": "nav_office",
}


def layout_sizes(layout: str) -> tuple[int, ...]:
    """The sizes of a layout such as ``2+4+4``."""
    return tuple(int(part) for part in layout.split("+"))


def group_limits(layout: str) -> list[tuple[int, int]]:
    """(min, max) residents of each group of a layout a+b: max is its size, min is min(4, a)."""
    return [(min(4, size), size) for size in layout_sizes(layout)]


def even_sizes(units: int, parts: int) -> list[int]:
    """``units`` split into ``parts`` sizes as equal as can be, larger ones last."""
    return [(units + i) // parts for i in range(parts)]


@dataclass(frozen=True, slots=True)
class Homes:
    """How the units of a group are built.

    ``special`` maps a feature to the number of units, counted from the first, that have it besides
    ``features``; ``doubles`` is the number of units, counted from the last, with room for two; ``vacated``
    gives units, counted from 0, that are available from another day.
    """

    features: Sequence[str] = ()
    special: Mapping[str, int] = field(default_factory=dict)
    robustness: int = 1
    available_from: dt.date = dt.date(2020, 1, 1)
    doubles: int = 0
    fields: Mapping[str, Any] = field(default_factory=dict)
    vacated: Mapping[int, dt.date] = field(default_factory=dict)


@dataclass
class Estate:
    """Everything built so far; hand its lists to a data set when done."""

    sites: list[Site] = field(default_factory=list)
    communities: list[Community] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    bases: list[Base] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)

    def site(self, site_id: str, name: str, district: str, spot: Spot, **fields: Any) -> str:
        """Add a site at a spot; gives its id."""
        fields = {"municipality": "tromso", "status": SiteStatus.FINISHED} | fields
        self.sites.append(Site(site_id=site_id, name=name, district=district, **fields))
        self.spots.append(spot)
        return site_id

    def community(self, community_id: str, site_id: str, name: str, **fields: Any) -> str:
        """Add a community on a site; gives its id."""
        self.communities.append(Community(community_id=community_id, site_id=site_id, name=name, **fields))
        return community_id

    def group(
        self,
        group_id: str,
        size: int,
        homes: Homes,
        *,
        site_id: str,
        target_groups: Iterable[str],
        service_access: ServiceAccess,
        kind: GroupKind = GroupKind.SHARED,
        **fields: Any,
    ) -> str:
        """Add a group of ``size`` units, numbered GROUP-01, GROUP-02, ...; gives its id."""
        self.groups.append(
            Group(
                group_id=group_id,
                site_id=site_id,
                target_groups=tuple(target_groups),
                service_access=service_access,
                kind=kind,
                **fields,
            )
        )
        for i in range(size):
            extra = [name for name, count in homes.special.items() if i < count]
            self.units.append(
                Unit(
                    unit_id=f"{group_id}-{i + 1:02d}",
                    group_id=group_id,
                    features=tuple(dict.fromkeys((*homes.features, *extra))),
                    robustness=homes.robustness,
                    available_from=homes.vacated.get(i, homes.available_from),
                    max_persons=2 if i >= size - homes.doubles else 1,
                    **homes.fields,
                )
            )
        return group_id

    def base(
        self,
        base_id: str,
        name: str,
        site_id: str,
        kind: BaseKind,
        serves: Sequence[ServiceAccess],
        hours: float,
        competences: Mapping[str, float],
        *,
        slack: float = 1.1,
        hours_per_staff: float = 25.0,
        **fields: Any,
    ) -> str:
        """Add a base with ``hours`` a week; gives its id.

        ``competences`` is the share of the hours each competence must cover; the base has ``slack`` times
        that.  A team has one member for each ``hours_per_staff`` hours unless ``staff_size`` is given.
        """
        fields = {"staff_size": max(4, round(hours / hours_per_staff))} | fields
        self.bases.append(
            Base(
                base_id=base_id,
                name=name,
                site_id=site_id,
                kind=kind,
                serves=tuple(serves),
                capacity_hours=Decimal(round(hours)),
                competence_capacity={
                    code: Decimal(round(hours * share * slack)) for code, share in competences.items()
                },
                **fields,
            )
        )
        return base_id

    def travel_times(self, bridges: Mapping[frozenset[str], float]) -> list[TravelTime]:
        """Minutes between all sites."""
        return travel_rows([s.site_id for s in self.sites], np.asarray(minutes(self.spots, bridges)))

    def units_of(self, group_id: str) -> list[Unit]:
        """The units of a group, in order."""
        return [unit for unit in self.units if unit.group_id == group_id]


Offer = tuple[str, str, list[str]]
"""A site to wish for: its district, its id, and its communities where it has several."""


def offers(estate: Estate, *, communities: bool = True) -> dict[tuple[str, ...], list[Offer]]:
    """What is on offer by (target group, service access), in the order it was built."""
    district = {s.site_id: s.district for s in estate.sites}
    found: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for g in estate.groups:
        for target in g.target_groups:
            sites = found.setdefault((target, g.service_access.value), {})
            homes = sites.setdefault(g.site_id, [])
            if communities and g.community_id and g.community_id not in homes:
                homes.append(g.community_id)
    return {
        key: [(district[site], site, homes if len(homes) > 1 else []) for site, homes in sites.items()]
        for key, sites in found.items()
    }
