"""A sheet read back: the plan a planner changed by hand, the last weeks worked, a plan that was published.

Lenient in form (moved rows, small letters, spaces, F-codes, notes), strict in meaning: what is no shift, no mark
and not empty is a fault with the cell's address, and all of them are told at once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tildeling.consistency import closest
from tildeling.errors import DataError, Fault
from tildeling.files.identity import holds_identity_number, masked
from tildeling.files.limits import DEFAULT_LIMITS, Limits
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.sheet.places import SIGMA, TABLE, Sheet, address, find_days, sheets_of, words_of
from tildeling.rota.solution import Rota
from tildeling.rota.tables import AbsenceKind, Published, Worked
from tildeling.texts import LANGS, text

_MARK = re.compile(r"f[1-5]")
_OFF = frozenset({"", "-", "–", "—", *(text("rota_report.off", lang) for lang in LANGS)})
_ABSENT = frozenset(text(f"rota_report.absence_{kind}", lang) for kind in AbsenceKind for lang in LANGS)
_SECOND_LINE = frozenset(text("rota_report.line_plan", lang).casefold() for lang in LANGS)
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in a person's cell: a shift (None: off), and the mark of a free day."""

    code: str | None
    mark: str
    place: str


Entries = Mapping[tuple[str, dt.date], Entry]


def read_sheet(path: str | Path, data: RotaDataset, *, limits: Limits = DEFAULT_LIMITS) -> Rota:
    """A plan from a workbook of the shape :func:`~tildeling.rota.sheet.writing.write_sheet` writes.

    Every day and every person of the data set must be there, in any order and on any number of sheets.

    Raises
    ------
    DataError
        With every fault: what is in no cell's language, days outside the plan, people or days that are missing.
    OSError
        If the file cannot be opened.
    """
    return rota_of(read_entries(path, data, limits=limits), data)


def read_marks(
    path: str | Path, data: RotaDataset, *, limits: Limits = DEFAULT_LIMITS
) -> dict[tuple[str, dt.date], str]:
    """The marks F1..F5 of a plan's sheet; faults as :func:`read_sheet`."""
    return {key: entry.mark for key, entry in read_entries(path, data, limits=limits).items() if entry.mark}


def read_entries(path: str | Path, data: RotaDataset, *, limits: Limits = DEFAULT_LIMITS) -> Entries:
    """Shifts and marks of a plan's sheet together; faults as :func:`read_sheet`."""
    reader = _Reader(Path(path), data, limits)
    entries = reader.read()
    reader.only_planned()
    reader.nothing_missing(entries)
    reader.raise_faults()
    return entries


def rota_of(entries: Entries, data: RotaDataset) -> Rota:
    """The rota of what was read, people in the data set's order."""
    work: dict[str, dict[dt.date, str]] = {person.staff_id: {} for person in data.staff}
    for (name, day), entry in sorted(entries.items()):
        if entry.code is not None:
            work[name][day] = entry.code
    return Rota(work)


def read_history(
    path: str | Path, data: RotaDataset, *, limits: Limits = DEFAULT_LIMITS
) -> tuple[Worked, ...]:
    """The last weeks worked, from a planner's own sheet: people in the first column, dates in the heading.

    Days from the plan's first on are left out; people who are not in the data set are faults.

    Raises
    ------
    DataError
        With every fault; also if no day is before the plan.
    OSError
        If the file cannot be opened.
    """
    found = _some_days(
        Path(path), data, limits, "nothing_before", {"date": data.info.start}, None, data.info.start
    )
    return tuple(
        Worked(staff_id=name, date=day, shift_code=e.code) for (name, day), e in sorted(found.items())
    )


def read_published(
    path: str | Path, data: RotaDataset, *, limits: Limits = DEFAULT_LIMITS
) -> tuple[Published, ...]:
    """A published plan from a planner's own sheet; days off are rows without a shift.

    Days outside the plan are left out.  Raises as :func:`read_history`.
    """
    after = data.last_day + dt.timedelta(days=1)
    dates = {"dates": f"{data.info.start}..{data.last_day}"}
    found = _some_days(Path(path), data, limits, "nothing_within", dates, data.info.start, after)
    return tuple(
        Published(staff_id=name, date=day, shift_code=e.code) for (name, day), e in sorted(found.items())
    )


def _some_days(
    path: Path, data: RotaDataset, limits: Limits, code: str, params: dict[str, Any],
    first: dt.date | None, end: dt.date,
) -> Entries:  # fmt: skip
    reader = _Reader(path, data, limits)
    entries = reader.read()
    kept = {
        key: entry for key, entry in entries.items() if (first is None or first <= key[1]) and key[1] < end
    }
    if entries and not kept:
        reader.faults.append(Fault(code, TABLE, file=path.name, params=params))
    reader.raise_faults()
    return kept


class _Reader:
    def __init__(self, path: Path, data: RotaDataset, limits: Limits) -> None:
        self.data, self.file = data, path.name
        sheets, self.faults = sheets_of(path, limits)
        for sheet in sheets:
            self.faults += find_days(sheet, data.info.start)
            self.faults += _identities(sheet)
        self.sheets = [sheet for sheet in sheets if sheet.days]
        if not self.sheets and not self.faults:
            self.faults.append(Fault("no_rota_sheet", TABLE, file=self.file))

    def raise_faults(self) -> None:
        if self.faults:
            raise DataError(self.faults)

    def read(self) -> dict[tuple[str, dt.date], Entry]:
        """Every person's cells; a second line is laid over the first."""
        found: dict[tuple[str, dt.date], Entry] = {}
        over: dict[tuple[str, dt.date], Entry] = {}
        rows: dict[tuple[str, str, bool], int] = {}
        for sheet in self.sheets:
            for row, name in self._people(sheet):
                second = any(words_of(cell).casefold() in _SECOND_LINE for cell in sheet.grid[row][1:4])
                before = rows.setdefault((sheet.title, name, second), row)
                if before != row:
                    params = {"cell": address(before, 0)}
                    self.faults.append(sheet.fault("person_twice", row, 0, name, params=params))
                    continue
                self._row(sheet, row, name, over if second else found, blank_is_off=not second)
        return found | over

    def _row(
        self, sheet: Sheet, row: int, name: str, into: dict[tuple[str, dt.date], Entry], *, blank_is_off: bool
    ) -> None:
        for column, day in sheet.days.items():
            cells = sheet.grid[row]
            entry = self._entry(sheet, row, column, cells[column] if column < len(cells) else "")
            if entry is None or (
                not blank_is_off and entry.code is None and not self._said(sheet, row, column)
            ):
                continue
            other = into.setdefault((name, day), entry)
            if other != entry and (other.code, other.mark) != (entry.code, entry.mark):
                params = {"cell": other.place, "other": other.code or other.mark or "–"}
                value = entry.code or entry.mark or "–"
                self.faults.append(sheet.fault("day_twice", row, column, value, params=params))

    @staticmethod
    def _said(sheet: Sheet, row: int, column: int) -> bool:
        cells = sheet.grid[row]
        words = words_of(cells[column]).casefold() if column < len(cells) else ""
        return words not in ("", *_ABSENT)

    def _entry(self, sheet: Sheet, row: int, column: int, cell: Any) -> Entry | None:
        """A cell's meaning; None after a fault."""
        words, place = words_of(cell), f"{sheet.title}!{address(row, column)}"
        code = self._known(words, self._codes)
        if code is not None:
            return Entry(code, "", place)
        small = words.casefold()
        if _MARK.fullmatch(small):
            return Entry(None, small.upper(), place)
        if small in _OFF or small in _ABSENT:
            return Entry(None, "", place)
        if not holds_identity_number(words):
            hint = closest(words, self.data.shift)
            self.faults.append(sheet.fault("no_shift", row, column, words, hint=hint))
        return None

    def _people(self, sheet: Sheet) -> Iterator[tuple[int, str]]:
        """Rows of people: a name of the data set, or something that has shifts and so must be a misspelt one."""
        for row in range(sheet.people_row, len(sheet.grid)):
            cells = sheet.grid[row]
            words = words_of(cells[0]) if cells else ""
            if words.startswith(SIGMA):
                continue
            name = self._known(words, self._names)
            if name is not None:
                yield row, name
            elif self._has_shifts(sheet, row) and not holds_identity_number(words):
                params = {"target": "staff"}
                if words:
                    hint = closest(words, self.data.person)
                    self.faults.append(
                        sheet.fault("unknown_reference", row, 0, words, params=params, hint=hint)
                    )
                else:
                    self.faults.append(sheet.fault("no_person", row, 0))

    def _has_shifts(self, sheet: Sheet, row: int) -> bool:
        cells = sheet.grid[row]
        words = (words_of(cells[column]) for column in sheet.days if column < len(cells))
        return any(
            self._known(word, self._codes) is not None
            or (word.casefold() not in _OFF and not _NUMBER.fullmatch(word))
            for word in words
        )

    @staticmethod
    def _known(words: str, names: Mapping[str, str]) -> str | None:
        return names.get(words) or names.get(f"\0{words.casefold()}")

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        return _spellings(self.data.shift)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return _spellings(self.data.person)

    def only_planned(self) -> None:
        """Days outside the plan are faults."""
        planned = set(self.data.days)
        params = {"dates": f"{self.data.info.start}..{self.data.last_day}"}
        for sheet in self.sheets:
            for column, day in sheet.days.items():
                if day not in planned:
                    row = sheet.people_row - 1
                    self.faults.append(sheet.fault("day_outside", row, column, day, params=params))

    def nothing_missing(self, entries: Entries) -> None:
        """Days and people that no sheet has."""
        if not self.sheets:
            return
        days = {day for sheet in self.sheets for day in sheet.days.values()}
        missing = [day for day in self.data.days if day not in days]
        if missing:
            params = {"days": len(missing), "first": missing[0]}
            self.faults.append(Fault("days_missing", TABLE, file=self.file, params=params))
        seen = {name for name, _ in entries}
        for person in self.data.staff:
            if person.staff_id not in seen:
                self.faults.append(Fault("person_missing", TABLE, file=self.file, value=person.staff_id))


def _spellings(names: Iterable[str]) -> Mapping[str, str]:
    """Each name as it is, and in small letters where that is one name's only (behind a sign no cell holds)."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for name in names:
        small = f"\0{name.casefold()}"
        if small in found:
            twice.add(small)
        found[small] = name
    return {small: name for small, name in found.items() if small not in twice} | {
        name: name for name in names
    }


def _identities(sheet: Sheet) -> Iterator[Fault]:
    for row, cells in enumerate(sheet.grid):
        for column, cell in enumerate(cells):
            if holds_identity_number(cell):
                yield sheet.fault("identity_number", row, column, masked(cell))
