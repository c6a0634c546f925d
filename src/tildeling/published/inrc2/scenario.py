"""Reads the scenario: skills, shifts, contracts, and nurses without what was before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tildeling.published.headed import Section, headed, once, pair, wide
from tildeling.published.inrc2.instance import Contract, Nurse, Shift
from tildeling.published.inrc2.weeks import ANY, NEW, NONE
from tildeling.published.lines import Faults, Line

NAME, WEEKS, SKILLS, SHIFTS, BANNED, CONTRACTS, NURSES = (
    "SCENARIO", "WEEKS", "SKILLS", "SHIFT_TYPES", "FORBIDDEN_SHIFT_TYPES_SUCCESSIONS", "CONTRACTS", "NURSES",
)  # fmt: skip
SECTIONS = {
    NAME: "value", WEEKS: "value", SKILLS: "count", SHIFTS: "count", BANNED: "", CONTRACTS: "count",
    NURSES: "count",
}  # fmt: skip
LONGEST = 520
"""Weeks of the longest horizon that is read."""
LIMITS = ("assignments", "consecutive working days", "consecutive days off")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario; ``weeks`` is None where it is faulty."""

    name: str
    weeks: int | None
    skills: tuple[str, ...]
    shifts: tuple[Shift, ...]
    contracts: tuple[Contract, ...]
    nurses: tuple[Nurse, ...]


def read_scenario(text: str, faults: Faults) -> Scenario:
    """The scenario of a file's text; faults are collected."""
    found = headed(text, SECTIONS, faults)
    skills = tuple(dict.fromkeys(_skills(found[SKILLS], faults)))
    shifts = _shifts(found[SHIFTS], faults)
    banned = _banned(found[BANNED], {shift.id for shift in shifts}, faults)
    shifts = tuple(replace(shift, not_before=banned.get(shift.id, ())) for shift in shifts)
    contracts = _contracts(found[CONTRACTS], faults)
    nurses = _nurses(found[NURSES], {contract.id for contract in contracts}, set(skills), faults)
    for name in (SKILLS, SHIFTS, CONTRACTS, NURSES):
        if found[name].head is not None and not found[name].lines:
            faults.add("empty_section", Line(0, name, ()))
    return Scenario(found[NAME].said, _weeks(found[WEEKS], faults), skills, shifts, contracts, nurses)


def _weeks(section: Section, faults: Faults) -> int | None:
    if section.head is None:
        return None
    return faults.whole(section.head, section.said, "", 1, LONGEST)


def _skills(section: Section, faults: Faults) -> list[str]:
    first: dict[tuple[str, ...], int] = {}
    for line in section.lines:
        if wide(line, 1, faults):
            once(line, line.fields, first, faults)
            faults.name(line, line.fields[0], "skill")
    return [line.fields[0] for line in section.lines]


def _shifts(section: Section, faults: Faults) -> tuple[Shift, ...]:
    first: dict[tuple[str, ...], int] = {}
    found = []
    for line in section.lines:
        code = faults.name(line, line.fields[0], "shift")
        if code in (ANY, NONE):
            faults.add("inrc2_reserved", line, "shift", code)
        once(line, (code,), first, faults)
        limits = (1, 1)
        if wide(line, 2, faults):
            limits = pair(line, line.fields[1], "consecutive", faults)
        found.append(Shift(code, *limits))
    return tuple(found)


def _banned(section: Section, codes: set[str], faults: Faults) -> dict[str, tuple[str, ...]]:
    """``Late 2 Early Day``: what may not come the day after."""
    first: dict[tuple[str, ...], int] = {}
    found: dict[str, tuple[str, ...]] = {}
    for line in section.lines:
        code, *after = line.fields
        faults.known(line, code, "shift", codes, "shift")
        once(line, (code,), first, faults)
        found[code] = _listed(line, after, codes, "shift", faults)
    return found


def _listed(line: Line, words: list[str], known: set[str], target: str, faults: Faults) -> tuple[str, ...]:
    """``2 Early Day``: how many, and which."""
    listed = tuple(words[1:])
    if not words or words[0] != str(len(listed)):
        faults.add("inrc2_listed", line, value=line.text, found=len(listed))
    for word in listed:
        faults.known(line, word, target, known, target)
    return listed


def _contracts(section: Section, faults: Faults) -> tuple[Contract, ...]:
    first: dict[tuple[str, ...], int] = {}
    found = []
    for line in section.lines:
        code = faults.name(line, line.fields[0], "contract")
        once(line, (code,), first, faults)
        limits, weekends, complete = [(0, 0)] * 3, 0, 0
        if wide(line, 6, faults):
            limits = [
                pair(line, word, column, faults)
                for word, column in zip(line.fields[1:4], LIMITS, strict=True)
            ]  # fmt: skip
            weekends = faults.whole(line, line.fields[4], "weekends") or 0
            complete = faults.whole(line, line.fields[5], "complete weekends", 0, 1) or 0
        (least, most), (least_on, most_on), (least_off, most_off) = limits
        found.append(
            Contract(code, least, most, least_on, most_on, least_off, most_off, weekends, bool(complete))
        )
    return tuple(found)


def _nurses(section: Section, contracts: set[str], skills: set[str], faults: Faults) -> tuple[Nurse, ...]:
    first: dict[tuple[str, ...], int] = {}
    found = []
    for line in section.lines:
        if len(line.fields) < 2:
            wide(line, 4, faults)
        name = faults.name(line, line.fields[0], "nurse")
        once(line, (name,), first, faults)
        contract = faults.known(line, (*line.fields, "")[1], "contract", contracts, "contract")
        own = _listed(line, list(line.fields[2:]), skills, "skill", faults)
        found.append(Nurse(name, contract or "", tuple(dict.fromkeys(own)), NEW))
    return tuple(found)
