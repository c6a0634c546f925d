"""Reads a file in the format, and a roster for it; every fault of a file comes in one report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from tildeling.published.curtois.instance import Cover, Instance, Person, Plan, Request, Shift
from tildeling.published.lines import Faults, Line, sections, text_of
from tildeling.published.roster_files import read_roster

HORIZON, SHIFTS, STAFF, DAYS_OFF, ON, OFF, COVER = SECTIONS = (
    "SECTION_HORIZON", "SECTION_SHIFTS", "SECTION_STAFF", "SECTION_DAYS_OFF", "SECTION_SHIFT_ON_REQUESTS",
    "SECTION_SHIFT_OFF_REQUESTS", "SECTION_COVER",
)  # fmt: skip
LONGEST = 3660
"""Days of the longest horizon that is read."""
LIMITS = (
    "MaxTotalMinutes", "MinTotalMinutes", "MaxConsecutiveShifts", "MinConsecutiveShifts",
    "MinConsecutiveDaysOff", "MaxWeekends",
)  # fmt: skip


def read(path: Path) -> Instance:
    """The instance of a file.

    Raises
    ------
    DataError
        With every fault found: line, section, field, value and what is required there.
    """
    return parse(text_of(path), path.name)


def parse(text: str, file: str) -> Instance:
    """The instance of a file's text; ``file`` names it in faults."""
    faults = Faults(file)
    lines = sections(text, SECTIONS, faults)
    days = _days(lines[HORIZON], faults)
    shifts = _shifts(lines[SHIFTS], faults)
    codes = {shift.id for shift in shifts}
    names = _ids(lines[STAFF], faults)
    days_off = _days_off(lines[DAYS_OFF], names, days, faults)
    people = _people(lines[STAFF], codes, days_off, faults)
    on = _requests(lines[ON], names, codes, days, faults)
    off = _requests(lines[OFF], names, codes, days, faults)
    covers = _covers(lines[COVER], codes, days, faults)
    faults.stop()
    return Instance(Path(file).stem, days, shifts, people, on, off, covers)


def read_plan(instance: Instance, path: Path) -> Plan:
    """A roster: tabs, no header, a row per person with the id and a cell per day, empty for a day off.

    Raises
    ------
    DataError
        With every fault found: unknown or repeated people, people without a row, cells that are no shift.
    """
    people, codes = [person.id for person in instance.people], {shift.id for shift in instance.shifts}
    return read_roster(path, people, instance.days, codes)


def _days(lines: list[Line], faults: Faults) -> int:
    """Days of the horizon; where it is faulty as many as there may be, so that days are still looked at."""
    found: int | None = None
    if len(lines) != 1:
        faults.add("one_line", Line(lines[-1].number if lines else 0, HORIZON, ()), found=len(lines))
    elif faults.wide(lines[0], 1):
        found = faults.whole(lines[0], lines[0].fields[0], "Horizon", 1, LONGEST)
    return LONGEST if found is None else found


def _ids(lines: Iterable[Line], faults: Faults) -> set[str]:
    """Ids in the first field, each given once."""
    first: dict[str, int] = {}
    for line in lines:
        word = faults.name(line, line.fields[0], "ID")
        if first.setdefault(word, line.number) != line.number:
            faults.add("line_twice", line, "ID", word, first=first[word])
    return set(first)


def _shifts(lines: list[Line], faults: Faults) -> tuple[Shift, ...]:
    if not lines:
        faults.add("empty_section", Line(0, SHIFTS, ()))
    codes = _ids(lines, faults)
    found = []
    for line in lines:
        if not faults.wide(line, 3):
            # later sections may name it all the same
            found.append(Shift(line.fields[0], 0))
            continue
        code, minutes, after = line.fields
        others = tuple(other.strip() for other in after.split("|")) if after else ()
        for other in others:
            faults.known(line, other, "Shifts which cannot follow", codes, "shift")
        found.append(Shift(code, faults.whole(line, minutes, "Length in mins", 1) or 0, others))
    return tuple(found)


def _people(
    lines: list[Line], codes: set[str], days_off: dict[str, tuple[int, ...]], faults: Faults
) -> tuple[Person, ...]:
    if not lines:
        faults.add("empty_section", Line(0, STAFF, ()))
    found = []
    for line in lines:
        if not faults.wide(line, 8):
            continue
        caps = _caps(line, codes, faults)
        numbers = [
            faults.whole(line, word, column)
            for word, column in zip(line.fields[2:], LIMITS, strict=True)
        ]  # fmt: skip
        most, least, most_on, least_on, least_off, weekends = (number or 0 for number in numbers)
        if None not in numbers[:2] and least > most:
            faults.add("minutes_crossed", line, LIMITS[1], least, most=most)
        free = days_off.get(line.fields[0], ())
        found.append(Person(line.fields[0], caps, most, least, most_on, least_on, least_off, weekends, free))
    return tuple(found)


def _caps(line: Line, codes: set[str], faults: Faults) -> tuple[tuple[str, int], ...]:
    """``A=14|B=0``."""
    found: dict[str, int] = {}
    parts = [part.partition("=") for part in line.fields[1].split("|")]
    if sorted(code.strip() for code, _, _ in parts) != sorted(codes):
        faults.add("shift_caps", line, "MaxShifts", line.fields[1])
        return ()
    for code, _, number in parts:
        found[code.strip()] = faults.whole(line, number.strip(), "MaxShifts") or 0
    return tuple(found.items())


def _days_off(lines: list[Line], names: set[str], days: int, faults: Faults) -> dict[str, tuple[int, ...]]:
    first: dict[str, int] = {}
    found = {}
    for line in lines:
        person, *words = line.fields
        faults.known(line, person, "EmployeeID", names, "person")
        if first.setdefault(person, line.number) != line.number:
            faults.add("line_twice", line, "EmployeeID", person, first=first[person])
        numbers = [_day(line, word, "DayIndexes", days, faults) for word in words]
        found[person] = tuple(sorted({number for number in numbers if number is not None}))
    return found


def _requests(
    lines: list[Line], names: set[str], codes: set[str], days: int, faults: Faults
) -> tuple[Request, ...]:
    found = []
    for line in _once(lines, 4, lambda line: line.fields[:3], faults):
        person = faults.known(line, line.fields[0], "EmployeeID", names, "person")
        day = _day(line, line.fields[1], "Day", days, faults)
        shift = faults.known(line, line.fields[2], "ShiftID", codes, "shift")
        weight = faults.whole(line, line.fields[3], "Weight")
        found.append(Request(person or "", day or 0, shift or "", weight or 0))
    return tuple(found)


def _covers(lines: list[Line], codes: set[str], days: int, faults: Faults) -> tuple[Cover, ...]:
    found = []
    for line in _once(lines, 5, lambda line: line.fields[:2], faults):
        day = _day(line, line.fields[0], "Day", days, faults)
        shift = faults.known(line, line.fields[1], "ShiftID", codes, "shift")
        columns = ("Requirement", "Weight for under", "Weight for over")
        numbers = [
            faults.whole(line, word, column)
            for word, column in zip(line.fields[2:], columns, strict=True)
        ]  # fmt: skip
        found.append(Cover(day or 0, shift or "", *(number or 0 for number in numbers)))
    return tuple(found)


def _once(
    lines: list[Line], count: int, key: Callable[[Line], tuple[str, ...]], faults: Faults
) -> Iterable[Line]:
    """Lines with so many fields; one whose key was there before is a fault."""
    first: dict[tuple[str, ...], int] = {}
    for line in lines:
        if not faults.wide(line, count):
            continue
        if first.setdefault(key(line), line.number) != line.number:
            faults.add("line_twice", line, value=",".join(key(line)), first=first[key(line)])
        yield line


def _day(line: Line, word: str, column: str, days: int, faults: Faults) -> int | None:
    return faults.whole(line, word, column, 0, days - 1)
