"""Where people live: areas of allocation, their towns and districts on a map, and how many live in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tildeling.housing.generate.municipalities import inhabitant_shares
from tildeling.housing.generate.presets import Size
from tildeling.housing.generate.sampling import Floats, Ints, apportion

PEOPLE_PER_DISTRICT = 110
"""Tromsø: 681 applicants in six districts."""
DISTRICTS_PER_TOWN = 6
DISTRICT_KM, TOWN_KM = 2.2, 28.0
"""How far districts, and towns, lie apart: neighbours are about 1.9 times that from each other."""
METRE = 3
"""Decimals of a kilometre."""
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5.0))


@dataclass(frozen=True, eq=False)
class Areas:
    """Areas nobody is placed across, each with its districts; arrays over areas (A,) or districts (D,).

    ``municipality`` is empty where an area is a co-operation of municipalities.  ``x`` and ``y`` are
    kilometres from the middle of the area, ``share`` a district's part of its area.
    """

    municipality: tuple[str, ...]
    people: Ints
    groups: Ints
    bases: Ints
    codes: tuple[str, ...]
    area: Ints
    town: Ints
    x: Floats
    y: Floats
    share: Floats

    def __len__(self) -> int:
        return len(self.municipality)

    def districts(self, area: int) -> Ints:
        """Numbers of an area's districts."""
        return np.flatnonzero(self.area == area)


def draw_areas(rng: np.random.Generator, size: Size, waiting: int) -> Areas:
    """Areas for so many waiting people, with the groups and bases each of them has."""
    n = max(1, size.municipalities)
    weight = inhabitant_shares(n)
    people = with_least(waiting, weight, 4)
    groups = with_least(size.groups, weight, 1)
    bases = with_least(size.bases, weight, 1)
    width = len(str(n))
    names = tuple(f"k{i + 1:0{width}d}" for i in range(n)) if size.municipalities else ("",)
    codes: list[str] = []
    columns: list[tuple[Ints, Ints, Floats, Floats, Floats]] = []
    towns = 0
    for number, name in enumerate(names):
        count = max(1, round(int(people[number]) / PEOPLE_PER_DISTRICT))
        in_town = _towns(count, one=bool(name))
        town = np.repeat(np.arange(len(in_town)), in_town)
        place = np.concatenate([np.arange(size) for size in in_town])
        turn = 2 * np.pi * rng.random(len(in_town))
        far = TOWN_KM * np.sqrt(np.arange(len(in_town)))
        radius, angle = DISTRICT_KM * np.sqrt(place), turn[town] + GOLDEN_ANGLE * place
        across = turn[0] + GOLDEN_ANGLE * np.arange(len(in_town))
        x = (far * np.cos(across))[town] + radius * np.cos(angle)
        y = (far * np.sin(across))[town] + radius * np.sin(angle)
        x, y = np.round(x, METRE), np.round(y, METRE)  # sines may differ in their last digit by machine
        share = 0.7 + 0.6 * rng.random(count)
        columns.append((np.full(count, number), town + towns, x, y, share / share.sum()))
        towns += len(in_town)
        wide = max(2, len(str(count)))
        codes += [f"{name}_d{i + 1:0{wide}d}" if name else f"d{i + 1:0{wide}d}" for i in range(count)]
    area, town, x, y, share = (np.concatenate(column) for column in zip(*columns, strict=True))
    return Areas(names, people, groups, bases, tuple(codes), area, town, x, y, share)


def _towns(districts: int, *, one: bool) -> list[int]:
    """Districts of each town, largest town first; a municipality is one built-up place."""
    towns = 1 if one else max(1, round(districts / DISTRICTS_PER_TOWN))
    return [int(n) for n in with_least(districts, 1 / np.arange(1, towns + 1) ** 0.7, 1)]


def with_least(total: int, weights: Floats, least: int) -> Ints:
    """Whole numbers that sum to ``total``, each at least ``least``, else in proportion to ``weights``."""
    quota = np.maximum(total * weights / weights.sum() - least, 0)
    rest = total - least * len(weights)
    return least + apportion(rest, quota) if quota.sum() > 0 else least + apportion(rest, weights)
