"""The rota data set: every table, frozen, and the checks that reach across rows and tables."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from tildeling.consistency import unique_keys, unknown_references
from tildeling.errors import Fault
from tildeling.rota.policy import RotaPolicy
from tildeling.rota.tables import (
    TABLES,
    Absence,
    Agreement,
    CoverNeed,
    Planned,
    Published,
    RotaBase,
    RotaForm,
    RotaInfo,
    Shift,
    ShiftKind,
    Staff,
    Wish,
    Worked,
)
from tildeling.rows import Row


@dataclass(frozen=True)
class RotaDataset:
    """A rota data set, complete and consistent once ``faults()`` is empty."""

    info: RotaInfo
    policy: RotaPolicy
    bases: tuple[RotaBase, ...] = ()
    staff: tuple[Staff, ...] = ()
    shifts: tuple[Shift, ...] = ()
    cover: tuple[CoverNeed, ...] = ()
    absences: tuple[Absence, ...] = ()
    wishes: tuple[Wish, ...] = ()
    fixed: tuple[Planned, ...] = ()
    history: tuple[Worked, ...] = ()
    published: tuple[Published, ...] = ()
    agreements: tuple[Agreement, ...] = ()

    @cached_property
    def person(self) -> Mapping[str, Staff]:
        """Staff by id."""
        return {row.staff_id: row for row in self.staff}

    @cached_property
    def shift(self) -> Mapping[str, Shift]:
        """Shifts by code."""
        return {row.shift_code: row for row in self.shifts}

    @cached_property
    def base(self) -> Mapping[str, RotaBase]:
        """Bases by id."""
        return {row.base_id: row for row in self.bases}

    @property
    def cyclic(self) -> bool:
        """Whether the first week follows the last."""
        return self.info.form is RotaForm.CYCLE

    @cached_property
    def days(self) -> tuple[dt.date, ...]:
        """The days that are planned."""
        return tuple(self.info.start + dt.timedelta(days=day) for day in range(7 * self.info.weeks))

    @property
    def last_day(self) -> dt.date:
        """The last day that is planned."""
        return self.days[-1]

    def table(self, name: str) -> tuple[Row, ...]:
        """The rows of a table by its file name."""
        return (self.info,) if name == "dataset" else getattr(self, name)

    def may_work(self, person: Staff, shift: Shift) -> bool:
        """Whether a shift is one of those this person may be given: base, competence, their own lists, nights."""
        at = shift.base_id or next(iter(self.base), None)
        return (
            (not person.base_ids or at in person.base_ids)
            and (not person.shift_codes or shift.shift_code in person.shift_codes)
            and shift.shift_code not in person.forbidden_shifts
            and (person.nights or shift.kind is not ShiftKind.NIGHT)
            and set(shift.competences) <= set(person.competences)
        )

    def agreed(self, staff_id: str, day: dt.date) -> Mapping[str, Agreement]:
        """What agreements in force permit someone on a day: deviation -> the agreement, the first that permits it."""
        found: dict[str, Agreement] = {}
        for row in self.agreements:
            if (
                (not row.staff_ids or staff_id in row.staff_ids)
                and (row.valid_from is None or row.valid_from <= day)
                and (row.valid_to is None or day <= row.valid_to)
            ):
                for deviation in row.permits:
                    found.setdefault(deviation, row)
        return found

    def with_policy(self, policy: RotaPolicy) -> RotaDataset:
        """The same data under another policy."""
        return replace(self, policy=policy)

    def digest(self) -> str:
        """SHA-256 over the content in canonical order: the order of rows does not matter."""
        content = {
            name: sorted(
                (row.model_dump(mode="json") for row in self.table(name)),
                key=lambda row: [str(row[part]) for part in kind.key],
            )
            for name, kind in sorted(TABLES.items())
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def faults(self) -> list[Fault]:
        """Every fault that reaches across rows or tables, in table order."""
        return [fault for check in _CHECKS for fault in check(self)]


REFERENCES = (
    ("staff", "base_ids", "base"), ("staff", "competences", "competence"),
    ("staff", "shift_codes", "shift"), ("staff", "forbidden_shifts", "shift"),
    ("shifts", "base_id", "base"), ("shifts", "competences", "competence"),
    ("cover", "shift_codes", "shift"), ("cover", "competence", "competence"),
    ("absences", "staff_id", "staff"), ("wishes", "staff_id", "staff"), ("wishes", "shift_codes", "shift"),
    ("fixed", "staff_id", "staff"), ("fixed", "shift_code", "shift"),
    ("history", "staff_id", "staff"), ("history", "shift_code", "shift"),
    ("published", "staff_id", "staff"), ("published", "shift_code", "shift"),
    ("agreements", "staff_ids", "staff"), ("agreements", "permits", "deviation"),
)  # fmt: skip
"""Columns that name a row of a table, or a name of the policy or its rule set: table, column, target."""


def _unique_keys(data: RotaDataset) -> Iterator[Fault]:
    return unique_keys(TABLES, data.table)


def _references(data: RotaDataset) -> Iterator[Fault]:
    targets: dict[str, Iterable[str]] = {
        "base": data.base, "shift": data.shift, "staff": data.person,
        "competence": data.policy.competences, "deviation": data.policy.rules_in_force.deviations,
    }  # fmt: skip
    return unknown_references(REFERENCES, targets, data.table)


def _info(data: RotaDataset) -> Iterator[Fault]:
    info = data.info
    if info.start.weekday() != 0:
        yield Fault("not_monday", "dataset", 0, "start", info.start)
    for name in ("published_on", "discussed_on"):
        day = getattr(info, name)
        if day is not None and day > info.start:
            yield Fault("after_start", "dataset", 0, name, day, {"date": info.start})
    if data.cyclic:
        for table in ("history", "published"):
            if data.table(table):
                yield Fault("not_in_cycle", table, 0, "date", getattr(data, table)[0].date)


def _staff(data: RotaDataset) -> Iterator[Fault]:
    for index, row in enumerate(data.staff):
        # A cell that shows 80 % holds 0.8 in the file; a position of 1 % or less is taken for that mistake.
        if 0 < row.position_percent <= 1:
            yield Fault("share_not_percent", "staff", index, "position_percent", row.position_percent)


def _shifts(data: RotaDataset) -> Iterator[Fault]:
    for index, row in enumerate(data.shifts):
        if row.base_id is None and len(data.bases) > 1:
            yield Fault("needs_base", "shifts", index, "base_id", None)
        if row.break_minutes > row.hours * 60:
            yield Fault("break_too_long", "shifts", index, "break_minutes", row.break_minutes)
        if row.passive_hours > row.hours:
            yield Fault("passive_too_long", "shifts", index, "passive_hours", row.passive_hours)


def _cover(data: RotaDataset) -> Iterator[Fault]:
    for index, row in enumerate(data.cover):
        if bool(row.days) == (row.date is not None):
            yield Fault("days_or_date", "cover", index, "days", None)
        if not row.shift_codes:
            yield Fault("needs_shift", "cover", index, "shift_codes", None)
        if row.wanted is not None and row.wanted < row.least:
            yield Fault("wanted_below_least", "cover", index, "wanted", row.wanted, {"other": row.least})
        if row.most is not None and row.most < max(row.least, row.wanted or 0):
            params = {"other": max(row.least, row.wanted or 0)}
            yield Fault("most_below_wanted", "cover", index, "most", row.most, params)


def _dates(data: RotaDataset) -> Iterator[Fault]:
    for index, row in enumerate(data.absences):
        if row.last_day < row.first_day:
            params = {"other": row.first_day}
            yield Fault("days_crossed", "absences", index, "last_day", row.last_day, params)
    for index, agreed in enumerate(data.agreements):
        if agreed.valid_from and agreed.valid_to and agreed.valid_to < agreed.valid_from:
            params = {"other": agreed.valid_from}
            yield Fault("days_crossed", "agreements", index, "valid_to", agreed.valid_to, params)
    planned = {"dates": f"{data.info.start}..{data.last_day}"}
    for table in ("wishes", "fixed", "published"):
        for index, day in enumerate(getattr(data, table)):
            if not data.info.start <= day.date <= data.last_day:
                yield Fault("outside_plan", table, index, "date", day.date, planned)
    for index, day in enumerate(data.history):
        if day.date >= data.info.start:
            yield Fault("not_past", "history", index, "date", day.date, {"date": data.info.start})


def _fixed(data: RotaDataset) -> Iterator[Fault]:
    away: dict[str, list[Absence]] = {}
    for absence in data.absences:
        away.setdefault(absence.staff_id, []).append(absence)
    for index, row in enumerate(data.fixed):
        person, shift = data.person.get(row.staff_id), data.shift.get(row.shift_code or "")
        if shift is None or person is None:
            continue
        if any(gone.first_day <= row.date <= gone.last_day for gone in away.get(row.staff_id, ())):
            yield Fault("fixed_in_absence", "fixed", index, "date", row.date, {"staff": row.staff_id})
        if not data.may_work(person, shift):
            yield Fault("may_not_work", "fixed", index, "shift_code", row.shift_code, {"staff": row.staff_id})


_CHECKS = (_unique_keys, _references, _info, _staff, _shifts, _cover, _dates, _fixed)
