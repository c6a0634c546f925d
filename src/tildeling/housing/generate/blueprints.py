"""What is built for each kind of need: group layouts, homes, and how much of the need they meet."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tildeling.housing.generate.homes import NEW_HOME, SHELTERED, STURDY, TEMPORARY, TENANCY, Homes
from tildeling.housing.generate.kinds import KINDS, Cohort
from tildeling.housing.tables import GroupKind, ServiceAccess, Sex

FOR_LIFE: dict[str, Any] = {"lease_years": 60, "bedrooms": 1}
BUILT_FOR_TEN = "Bygd for 10 før grensen på 8 ble vedtatt."
LARGEST = 8
"""Residents of a community where nothing else is said (rule H3)."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """How homes for one kind of need are built.

    Attributes
    ----------
    groups, homes, applicants
        In ``instances/tromso-2030``: shares of groups, and the homes for each applicant.
    layouts
        Sizes of a community's groups, and how often it is built so; one with a single group must be there.
    per_site
        Most communities on a site.
    homes_of
        The homes, in turn for one community after another.
    family
        Kinds of a family may share groups in a municipality too small for a group of each.
    """

    kind: str
    name: str
    family: str
    groups: int
    homes: int
    applicants: int
    layouts: Mapping[tuple[int, ...], int]
    homes_of: tuple[Homes, ...]
    per_site: int = 1
    together: GroupKind = GroupKind.SHARED
    community: bool = True
    limits: bool = True
    crisis: bool = False

    @property
    def cohort(self) -> Cohort:
        """Who it is for."""
        return KINDS[self.kind]

    @property
    def access(self) -> ServiceAccess:
        """Step of the care ladder."""
        return self.cohort.service_need

    @property
    def staffed(self) -> bool:
        """Whether a base must stand on the site."""
        return self.access.step >= ServiceAccess.WITH_BASE.step


def _ward(wheelchair: int, robustness: int, sheltered: int, bariatric: int, doubles: int) -> Homes:
    special = {"wheelchair": wheelchair, "bariatric": bariatric, "sheltered": sheltered}
    return Homes(NEW_HOME, special, robustness, doubles=doubles)


def _life(robustness: int, **special: int) -> Homes:
    return Homes((*NEW_HOME, "outdoor_storage"), special, robustness, fields=FOR_LIFE)


_WARDS = ((8, 2, 0, 2), (3, 2, 0, 0), (3, 2, 0, 0), (3, 3, 4, 0))
"""Wheelchair homes, robustness, sheltered and bariatric homes of one ward after another."""

BLUEPRINTS: tuple[Blueprint, ...] = (
    Blueprint(
        "frail_institution", "Sykehjem", "institution", 12, 96, 145, {(8,): 1},
        tuple(_ward(*w, 0) for w in _WARDS), per_site=4,
    ),
    Blueprint(
        "older_psychiatric", "Alderspsykiatri", "institution", 3, 10, 20, {(2, 4, 4): 3, (4, 4): 1, (4,): 1},
        (Homes(("step_free", "wide_doors", "escape_route"), {"sheltered": 2, "wheelchair": 1}, 4),),
    ),
    Blueprint(
        "dementia_base", "Bokollektiv", "older", 7, 60, 95, {(8,): 3, (9,): 4},
        (_ward(5, 3, 0, 1, 1), _ward(5, 3, 3, 1, 1), _ward(5, 3, 0, 1, 1)), limits=False,
    ),
    Blueprint(
        "frail_base", "Omsorgsboliger", "older", 8, 64, 61, {(8,): 1},
        tuple(_ward(*w, 2) for w in _WARDS), per_site=4,
    ),
    Blueprint(
        "disability", "Bofellesskap", "disability", 15, 43, 48, {(4, 4): 5, (4, 5): 1, (2, 4, 4): 1, (4,): 1},
        (_life(3, wheelchair=2), _life(4, wheelchair=2), _life(3, wheelchair=2)),
    ),
    Blueprint(
        "disability_behaviour", "Bofellesskap", "disability", 2, 8, 15, {(4, 4): 2, (4,): 1},
        (_life(4), _life(5, sheltered=2)),
    ),
    Blueprint(
        "disability_substance", "Bofellesskap", "disability", 2, 8, 6, {(4, 4): 2, (4,): 1},
        (_life(4), _life(5, sheltered=2)),
    ),
    Blueprint(
        "disability_reinforced", "Forsterket bofellesskap", "reinforced", 2, 8, 7, {(4,): 1},
        (_life(5, sheltered=4),),
    ),
    Blueprint(
        "dementia_near", "Omsorgsboliger nær base", "near_older", 11, 100, 115, {(8,): 6, (10,): 4, (12,): 1},
        (_ward(3, 3, 0, 1, 0), _ward(3, 3, 0, 0, 1), _ward(4, 3, 0, 1, 0)), per_site=5, limits=False,
    ),
    Blueprint(
        "substance_near", "Oppfølgingsboliger", "near", 2, 8, 7, {(4,): 1}, (Homes(STURDY, {}, 4),)
    ),
    Blueprint(
        "young_near", "Ungdomsboliger", "near", 3, 12, 18, {(4,): 1},
        (Homes(STURDY, {}, 3, fields={"age_min": 18, "age_max": 35}),), together=GroupKind.CLUSTER,
    ),
    Blueprint(
        "concurrent_near", "Småhus", "near_tenancy", 4, 12, 28, {(4,): 2, (3,): 1, (1,): 1},
        (Homes(STURDY, {"sheltered": 2}, 5, fields=TENANCY),),
        together=GroupKind.SMALL_HOUSE, community=False, limits=False,
    ),
    Blueprint(
        "lighter_ambulatory", "Velferdsboliger", "ambulatory", 6, 50, 68, {(8,): 4, (9,): 2},
        (Homes(("step_free",), {"escape_route": 4}, 3, fields=TENANCY),), limits=False,
    ),
    Blueprint(
        "homeless", "Midlertidige boliger", "temporary", 1, 8, 18, {(8,): 1},
        (Homes(("step_free",), {}, 5, fields=TEMPORARY),),
        together=GroupKind.CLUSTER, community=False, limits=False,
    ),
    Blueprint(
        "compulsory_base", "Oppfølgingsbofellesskap", "welfare", 1, 6, 15, {(6,): 1},
        (Homes(STURDY, {"sheltered": 3}, 5),),
    ),
    Blueprint(
        "acting_out", "Enkelthus med base", "welfare", 4, 3, 5, {(1, 1, 1, 1): 4, (1, 1): 1, (1,): 1},
        (Homes(SHELTERED, {}, 5),), together=GroupKind.SMALL_HOUSE, limits=False,
    ),
    Blueprint(
        "women_substance", "Kvinnehus", "women", 2, 8, 10, {(2, 6): 3, (6,): 1},
        (Homes(SHELTERED, {}, 4, fields={"sex_only": Sex.FEMALE}),), crisis=True,
    ),
)  # fmt: skip
"""By family, families that are built alike next to each other."""

KIND_OF = {(b.cohort.target_group, b.access): number for number, b in enumerate(BLUEPRINTS)}
"""Number of the blueprint for a target group at a step."""


def usable(sizes: tuple[int, ...]) -> int:
    """Homes of a community that may be lived in: the policy's maximum, or as built where that has a reason."""
    return sum(sizes) if largest(sizes) else min(sum(sizes), LARGEST)


def largest(sizes: tuple[int, ...]) -> int | None:
    """A community's own maximum, where it has one."""
    return sum(sizes) if len(sizes) > 1 and sum(sizes) > LARGEST + 1 else None


def homes_for(blueprint: Blueprint, community: int, group: int) -> Homes:
    """The homes of a group: by the community's turn; a first group of two is for crises where so built."""
    homes = blueprint.homes_of[community % len(blueprint.homes_of)]
    if blueprint.crisis and group == 0:
        return dataclasses.replace(homes, fields={**homes.fields, "temporary": True})
    return homes
