"""A data set in columns: who can be moved, what stands, and where everything is, as arrays.

Used by the lowering half of rules and goals only; the checker reads the rows themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tildeling.housing.compiling.columns import Columns, columns_of
from tildeling.housing.dataset import Dataset
from tildeling.housing.tables import Applicant, Application, GroupKind, Resident, Unit
from tildeling_models.grouping.problem import Bools, Ints, Keys, ints

LEVELS = ("group", "community", "site", "district")
"""Levels of zones, in the order of ``group_zone``."""
NOWHERE = (0, -1)
"""A place in which no slot is, as a row and a value of ``slot_place``."""
PLACES = (*LEVELS, "unit")
"""Kinds of place a wish or veto may name, in the order of ``slot_place``."""


def stable_key(word: str) -> int:
    """A 64-bit hash of an id: the same in every run and whatever the order of rows."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")


def stable_keys(words: Iterable[str]) -> Keys:
    """``stable_key`` of each id."""
    return np.array([stable_key(word) for word in words], dtype=np.uint64)


def hundredths(hours: Decimal | int) -> int:
    """Hours with two decimals as a whole number."""
    return round(hours * 100)


@dataclass(frozen=True, eq=False)
class Standing:
    """Someone who stays where they are: a resident, or a locked placement.

    ``row`` is the resident's or applicant's row, ``locked`` tells which.
    """

    person: str
    row: Resident | Applicant
    unit: Unit
    locked: bool


@dataclass(frozen=True, eq=False)
class Frame:
    """Columns of a data set.

    Attributes
    ----------
    items
        Applicants to be decided on, in order of id (not of rows).
    slots
        Units of equal worth in one group, each slot a list of unit ids in order.
    standing
        Everyone who stays put.
    item_home
        (I,) slot a mover lives in, -1 for others.
    group_zone
        (4, G) zone of each level; a group outside communities is a community of its own.
    reserved
        (G,) persons expected from outside the data set.
    held, occupied
        (G,) open whatever is decided; and those or lived in by movers alone (no minimum applies).
    """

    data: Dataset
    items: tuple[Applicant, ...]
    slots: tuple[tuple[Unit, ...], ...]
    standing: tuple[Standing, ...]
    group_ids: tuple[str, ...]
    base_ids: tuple[str, ...]
    competences: tuple[str, ...]
    item_index: dict[str, int]
    group_index: dict[str, int]
    item_home: Ints
    slot_group: Ints
    slot_capacity: Ints
    group_zone: Ints
    reserved: Ints
    held: Bools
    occupied: Bools
    size: Ints
    waiting_days: Ints

    @property
    def n_items(self) -> int:
        """Number of applicants to be decided on."""
        return len(self.items)

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(self.group_ids)

    @cached_property
    def residents(self) -> Ints:
        """(G,) persons who stay put in each group."""
        sums = np.zeros(self.n_groups, np.int64)
        np.add.at(sums, self.standing_group, self.standing_load[-1])
        return sums

    def _loads(self, rows: Iterable[Resident | Applicant]) -> Ints:
        """(R, rows) resource use: all care hours, then each competence, in hundredths; then persons."""
        known: dict[Decimal | int, int] = {}

        def whole(hours: Decimal | int) -> int:
            found = known.get(hours)
            if found is None:
                found = known[hours] = hundredths(hours)
            return found

        loads = [
            [
                whole(row.care_hours),
                *(whole(row.competence_hours.get(name, 0)) for name in self.competences),
                row.household_size,
            ]
            for row in rows
        ]
        return np.ascontiguousarray(ints(loads).reshape(-1, self.n_resources).T)

    @cached_property
    def item_load(self) -> Ints:
        """(R, I) resource use of each applicant."""
        return self._loads(self.items)

    @cached_property
    def standing_load(self) -> Ints:
        """(R, N) resource use of everyone who stays put."""
        return self._loads(person.row for person in self.standing)

    @cached_property
    def standing_group(self) -> Ints:
        """(N,) group of everyone who stays put."""
        return ints([self.group_index[person.unit.group_id] for person in self.standing])

    @cached_property
    def columns(self) -> Columns:
        """What items ask for and slots offer."""
        return columns_of(self.data, self.items, self.slots)

    @cached_property
    def slot_place(self) -> Ints:
        """(5, S) where each slot is, by the order of ``PLACES``; a unit stands for itself."""
        return np.vstack([self.group_zone[:, self.slot_group], np.arange(len(self.slots))])

    def place(self, name: str) -> tuple[int, int]:
        """A place ``kind:id`` as a row of ``slot_place`` and the value there; ``NOWHERE`` if no slot is in it."""
        return self._places.get(name, NOWHERE)

    @cached_property
    def _places(self) -> Mapping[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for index, group_id in enumerate(self.group_ids):
            group, zones = self.data.group[group_id], self.group_zone[:, index].tolist()
            names = (group_id, group.community_id, group.site_id, self.data.site[group.site_id].district)
            for row, (kind, name) in enumerate(zip(LEVELS, names, strict=True)):
                if name is not None:
                    found[f"{kind}:{name}"] = row, zones[row]
        for slot, units in enumerate(self.slots):
            if len(units) == 1:
                found[f"unit:{units[0].unit_id}"] = len(LEVELS), slot
        return found

    @cached_property
    def community_size(self) -> Ints:
        """(G,) persons each group's community can come to hold: its homes, within its maximum; of the group
        itself outside one."""
        data = self.data
        homes = np.zeros(self.n_groups, np.int64)
        for unit in data.units:
            homes[self.group_index[unit.group_id]] += unit.max_persons
        zone = self.zone_index("community")
        total = np.zeros(int(zone.max(initial=-1)) + 1, np.int64)
        np.add.at(total, zone, homes)
        sizes = total[zone]
        standard = data.policy.rules["H3"].params.get("community_max") if "H3" in data.policy.rules else None
        for index, group_id in enumerate(self.group_ids):
            group = data.group[group_id]
            if group.community_id:
                most = data.community[group.community_id].max_residents or standard
            else:
                most = group.max_residents
            if most:
                sizes[index] = min(sizes[index], most)
        return sizes

    @property
    def n_resources(self) -> int:
        """Care hours, each competence, persons."""
        return len(self.competences) + 2

    def zone_index(self, level: str) -> NDArray[np.int64]:
        """(G,) zone of each group at a level by name."""
        return ints(self.group_zone[LEVELS.index(level)])


def frame_of(data: Dataset) -> Frame:
    """Turn a data set into columns."""
    locks = data.lock if data.policy.rules["H7"].enabled else {}
    items = tuple(
        sorted((a for a in data.applicants if a.applicant_id not in locks), key=lambda a: a.applicant_id)
    )
    item_index = {a.applicant_id: i for i, a in enumerate(items)}
    standing = [
        Standing(r.resident_id, r, data.unit[r.unit_id], False)
        for r in data.residents
        if r.resident_id not in item_index and r.resident_id not in locks
    ]
    standing += [
        Standing(a.applicant_id, a, data.unit[locks[a.applicant_id].unit_id], True)
        for a in data.applicants
        if a.applicant_id in locks
    ]
    taken = {person.unit.unit_id for person in standing}
    slots = _slots(data, taken)
    slot_of_unit = {unit.unit_id: s for s, units in enumerate(slots) for unit in units}
    group_ids = tuple(sorted(data.group))
    group_index = {g: i for i, g in enumerate(group_ids)}
    home = [
        slot_of_unit[a.present_unit_id] if a.application is not Application.NEW and a.present_unit_id else -1
        for a in items
    ]
    reserved = np.zeros(len(group_ids), np.int64)
    occupied = np.zeros(len(group_ids), dtype=bool)
    for unit in data.units:
        if unit.reserved:
            reserved[group_index[unit.group_id]] += 1
            occupied[group_index[unit.group_id]] = True
    for person in standing:
        occupied[group_index[person.unit.group_id]] = True
    slot_group = ints([group_index[units[0].group_id] for units in slots])
    held = occupied.copy()
    for slot in home:
        if slot >= 0:
            occupied[slot_group[slot]] = True
    people: list[Applicant | Resident] = [*data.applicants, *data.residents]
    return Frame(
        data=data, items=items, slots=slots, standing=tuple(sorted(standing, key=lambda p: p.person)),
        group_ids=group_ids, base_ids=tuple(sorted(data.base)),
        competences=tuple(sorted({name for row in people for name in row.competence_hours})),
        item_index=item_index, group_index=group_index, item_home=ints(home), slot_group=slot_group,
        slot_capacity=ints([len(units) for units in slots]), group_zone=_zones(data, group_ids),
        reserved=reserved, held=held, occupied=occupied, size=ints([a.household_size for a in items]),
        waiting_days=ints([data.waiting_days(a) for a in items]),
    )  # fmt: skip


def _slots(data: Dataset, taken: set[str]) -> tuple[tuple[Unit, ...], ...]:
    """Offered units, equal ones together: same group, same columns, and none named by a wish or veto."""
    named = {
        place.partition(":")[2]
        for a in data.applicants
        for place in (*a.place_wishes, *a.vetoes)
        if place.startswith("unit:")
    }
    classes: dict[tuple[object, ...], list[Unit]] = {}
    for unit in sorted(data.units, key=lambda u: u.unit_id):
        if unit.unit_id in taken or unit.reserved:
            continue
        alone = unit.unit_id if unit.unit_id in named else ""
        key = (
            unit.group_id, unit.max_persons, frozenset(unit.features), unit.robustness, unit.available_from,
            unit.temporary, unit.legal_basis, unit.deciding_office, unit.sex_only, unit.age_min, unit.age_max,
            alone,
        )  # fmt: skip
        classes.setdefault(key, []).append(unit)
    return tuple(tuple(units) for units in classes.values())


def _zones(data: Dataset, group_ids: Sequence[str]) -> Ints:
    names = {level: [] for level in LEVELS}  # type: dict[str, list[str]]
    for group_id in group_ids:
        group = data.group[group_id]
        names["group"].append(group_id)
        names["community"].append(f"c:{group.community_id}" if group.community_id else f"g:{group_id}")
        names["site"].append(group.site_id)
        names["district"].append(data.site[group.site_id].district)
    rows = []
    for level in LEVELS:
        index = {name: i for i, name in enumerate(sorted(set(names[level])))}
        rows.append([index[name] for name in names[level]])
    return ints(rows).reshape(len(LEVELS), len(group_ids))


def is_shared(data: Dataset, group_id: str) -> bool:
    """Whether a group shares living space."""
    return data.group[group_id].kind is GroupKind.SHARED
