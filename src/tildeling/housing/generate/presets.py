"""How large a generated data set is: presets, sizes in proportion, and sizes that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from tildeling.errors import UsageError


@dataclass(frozen=True, slots=True)
class Size:
    """What is asked for.

    ``municipalities`` 0 is one area of co-operation, where people may be placed anywhere that fits;
    ``conflicts`` are verified pairs.
    """

    applicants: int
    groups: int
    bases: int
    municipalities: int
    conflicts: int


PRESETS: Mapping[str, Size] = {
    "county": Size(3_000, 450, 240, 0, 3_000),
    "region": Size(10_000, 1_500, 800, 0, 50_000),
    "nation": Size(100_000, 15_000, 8_000, 357, 50_000),
}

LEAST_APPLICANTS, MOST_APPLICANTS = 100, 500_000
MOST_MUNICIPALITIES = 357
APPLICANTS_PER_GROUP = (3, 10)
GROUPS_PER_BASE = (1, 4)
CONFLICTS_PER_APPLICANT = 6


def sized(preset: str, **asked: int | None) -> Size:
    """The size of a preset with what is asked for instead; the rest keeps its proportion to the applicants.

    Raises
    ------
    UsageError
        If there is no such preset, or no data set can have these sizes; every fault is named.
    """
    if preset not in PRESETS:
        raise UsageError(f"preset {preset!r} is not one of {', '.join(PRESETS)}")
    base = asdict(PRESETS[preset])
    given = {name: value for name, value in asked.items() if value is not None}
    applicants = given.get("applicants", base["applicants"])
    scale = applicants / base["applicants"]
    found = {name: given.get(name, round(value * scale)) for name, value in base.items()}
    if "municipalities" not in given and base["municipalities"]:
        found["municipalities"] = min(MOST_MUNICIPALITIES, max(1, found["municipalities"]))
    size = Size(**found)
    faults = faults_of(size)
    if faults:
        raise UsageError("\n".join(faults))
    return size


def faults_of(size: Size) -> list[str]:
    """Why no data set can have these sizes, each fault in a line; empty if one can."""
    applicants, groups, towns = size.applicants, size.groups, size.municipalities
    found = []

    def within(name: str, value: int, low: int, high: int, reason: str) -> None:
        if not low <= value <= high:
            found.append(f"--{name} {value}: must be {low} to {high}{reason}")

    within("applicants", applicants, LEAST_APPLICANTS, MOST_APPLICANTS, "")
    few, many = APPLICANTS_PER_GROUP
    least, most = -(-applicants // many), applicants // few
    within("groups", groups, least, most, f" for {applicants} applicants ({few} to {many} a group)")
    few, many = GROUPS_PER_BASE
    least, most = -(-groups // many), groups // few
    within("bases", size.bases, least, most, f" for {groups} groups ({few} to {many} groups a base)")
    fewest = min(MOST_MUNICIPALITIES, applicants // 20, groups // 3, size.bases // 2)
    reason = " (each needs some 20 applicants, 3 groups and 2 bases on average)"
    within("municipalities", towns, 0, max(0, fewest), reason)
    most = CONFLICTS_PER_APPLICANT * applicants
    within("conflicts", size.conflicts, 0, most, f" ({CONFLICTS_PER_APPLICANT} an applicant)")
    return found
