"""Reads a history, and what is wanted in a week; days of a week count from 0."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tildeling.published.headed import Section, headed, once, pair, wide
from tildeling.published.inrc2.instance import WEEKDAYS, Cover, History, Request, Shift
from tildeling.published.lines import Faults, Line

ANY, NONE = "Any", "None"
"""Words of the format for every shift, and for no shift."""
NEW = History(0, 0, "", 0, 0, 1)
"""A nurse of whom nothing is known yet."""

HISTORY, NURSES = "HISTORY", "NURSE_HISTORY"
WEEK, NEEDED, REQUESTS = "WEEK_DATA", "REQUIREMENTS", "SHIFT_OFF_REQUESTS"


def read_history(
    text: str, scenario: str, nurses: Collection[str], shifts: Sequence[Shift], faults: Faults
) -> dict[str, History]:
    """What was before, by nurse; faults are collected."""
    found = headed(text, {HISTORY: "", NURSES: ""}, faults)
    named(found[HISTORY], scenario, 2, faults)
    first: dict[tuple[str, ...], int] = {}
    past: dict[str, History] = {}
    for line in found[NURSES].lines:
        faults.known(line, line.fields[0], "nurse", nurses, "nurse")
        once(line, line.fields[:1], first, faults)
        past[line.fields[0]] = _before(line, shifts, faults) if wide(line, 7, faults) else NEW
    for nurse in nurses if found[NURSES].head is not None else ():
        if nurse not in past:
            faults.add("roster_missing", person=nurse)
    return past


def _before(line: Line, shifts: Sequence[Shift], faults: Faults) -> History:
    """``Sara 3 1 Late 1 4 0``: working days, weekends, last shift, days in a row of it, of work, of days off."""
    _, *words = line.fields
    codes = {shift.id for shift in shifts}
    columns = (
        "assignments",
        "weekends",
        "",
        "consecutive last shift",
        "consecutive working",
        "consecutive off",
    )
    numbers = [
        faults.whole(line, word, column, 0, 9999) if column else 0
        for word, column in zip(words, columns, strict=True)
    ]  # fmt: skip
    last = "" if words[2] == NONE else faults.known(line, words[2], "last shift", codes, "shift") or ""
    if None in numbers or (not last and words[2] != NONE):
        return NEW
    assignments, weekends, _, same, on, off = (number or 0 for number in numbers)
    working = last and not off and 1 <= same <= on and (len(codes) > 1 or same == on)
    if not working and (last or same or on or not off):
        faults.add("inrc2_history", line, value=line.text)
    return History(assignments, weekends, last, same, on, off)


def read_week(
    text: str, scenario: str, skills: Collection[str], shifts: Sequence[Shift], nurses: Collection[str],
    faults: Faults,
) -> tuple[list[Cover], list[Request]]:  # fmt: skip
    """What is wanted in a week, by shift, skill and day, and the wishes; faults are collected."""
    found = headed(text, {WEEK: "", NEEDED: "", REQUESTS: "count"}, faults)
    named(found[WEEK], scenario, 1, faults)
    codes = {shift.id for shift in shifts}
    return _covers(found[NEEDED], codes, skills, faults), _requests(found[REQUESTS], codes, nurses, faults)


def named(section: Section, scenario: str, words: int, faults: Faults) -> None:
    """The one line of a section that ends with the scenario's name."""
    if section.head is None:
        return
    if len(section.lines) != 1:
        faults.add(
            "one_line", Line(section.head.number, section.head.fields[0], ()), found=len(section.lines)
        )
    for line in section.lines[:1]:
        if wide(line, words, faults) and line.fields[-1] != scenario:
            faults.add("inrc2_scenario", line, value=line.fields[-1], scenario=scenario)
        if len(line.fields) == 2:
            faults.whole(line, line.fields[0], "week")


def _covers(
    section: Section, shifts: Collection[str], skills: Collection[str], faults: Faults
) -> list[Cover]:
    first: dict[tuple[str, ...], int] = {}
    found = []
    for line in section.lines:
        if not wide(line, 2 + len(WEEKDAYS), faults):
            continue
        shift = faults.known(line, line.fields[0], "shift", shifts, "shift")
        skill = faults.known(line, line.fields[1], "skill", skills, "skill")
        once(line, line.fields[:2], first, faults)
        for day, word in enumerate(line.fields[2:]):
            limits = pair(line, word, WEEKDAYS[day], faults)
            found.append(Cover(day, shift or "", skill or "", *limits))
    return sorted(found, key=lambda cover: cover.day)


def _requests(
    section: Section, shifts: Collection[str], nurses: Collection[str], faults: Faults
) -> list[Request]:
    first: dict[tuple[str, ...], int] = {}
    found = []
    for line in section.lines:
        if not wide(line, 3, faults):
            continue
        nurse, shift, day = line.fields
        faults.known(line, nurse, "nurse", nurses, "nurse")
        if shift != ANY:
            faults.known(line, shift, "shift", shifts, "shift")
        once(line, line.fields, first, faults)
        found.append(Request(nurse, weekday(line, day, faults), "" if shift == ANY else shift))
    return found


def weekday(line: Line, word: str, faults: Faults) -> int:
    """The day of the week, from 0."""
    if word in WEEKDAYS:
        return WEEKDAYS.index(word)
    faults.add("weekday", line, "day", word, allowed=", ".join(WEEKDAYS))
    return 0
