"""Solutions: the competition's text, a file a week, and a roster of all of it.

``Sol-n030w4-6-0.txt`` is the first week, of week data 6: a heading, and a line for each working day, ``HN_0 Mon Early
Nurse``.  A cell of ``roster.tsv`` is a shift and a skill, ``Early Nurse``, or empty.
"""

from __future__ import annotations

from pathlib import Path

from tildeling.errors import DataError, Fault
from tildeling.published.headed import headed, wide
from tildeling.published.inrc2.instance import WEEK, WEEKDAYS, Day, Instance, Plan, Work
from tildeling.published.inrc2.weeks import named, weekday
from tildeling.published.lines import Faults, text_of
from tildeling.published.roster_files import ROSTER, read_roster, roster_path, write_roster

FILES = frozenset({ROSTER, "Sol-*.txt"})
SOLUTION, ASSIGNMENTS = "SOLUTION", "ASSIGNMENTS"


def file_names(instance: Instance) -> list[str]:
    """The file of each week."""
    return [f"Sol-{instance.data}-{number}-{place}.txt" for place, number in enumerate(instance.weeks)]


def write_solution(instance: Instance, plan: Plan, folder: Path) -> None:
    """Write a file a week, and the roster; a plan has one shift a day at most."""
    for week, name in enumerate(file_names(instance)):
        lines = [
            f"{nurse.id} {WEEKDAYS[day]} {work.shift} {work.skill}\n"
            for nurse in instance.nurses
            for day, works in enumerate(plan[nurse.id][WEEK * week : WEEK * (week + 1)])
            for work in works
        ]
        head = f"{SOLUTION}\n{week} {instance.scenario}\n\n{ASSIGNMENTS} = {len(lines)}\n"
        (folder / name).write_text(head + "".join(lines), encoding="utf-8", newline="\n")
    cells = {
        nurse.id: tuple(" ".join(works[0]) if works else "" for works in plan[nurse.id])
        for nurse in instance.nurses
    }
    write_roster(cells, folder)


def read_solution(instance: Instance, path: Path) -> Plan:
    """A solution from a folder with a file a week, from a ``roster.tsv``, or from a folder with that alone.

    Raises
    ------
    DataError
        With every fault found, of all files.
    """
    weeks = [path / name for name in file_names(instance)]
    if path.is_dir() and any(week.exists() for week in weeks):
        return _of_weeks(instance, weeks)
    return _of_roster(instance, roster_path(path))


def _of_weeks(instance: Instance, paths: list[Path]) -> Plan:
    plan: dict[str, list[Day]] = {nurse.id: [()] * instance.days for nurse in instance.nurses}
    shifts = {shift.id for shift in instance.shifts}
    faults: list[Fault] = []
    for week, path in enumerate(paths):
        own = Faults(path.name)
        try:
            found = headed(text_of(path), {SOLUTION: "", ASSIGNMENTS: "first"}, own)
        except DataError as unread:
            faults += unread.faults
            continue
        named(found[SOLUTION], instance.scenario, 2, own)
        for line in found[ASSIGNMENTS].lines:
            if not wide(line, 4, own):
                continue
            nurse, word, shift, skill = line.fields
            own.known(line, nurse, "nurse", plan, "nurse")
            own.known(line, shift, "shift", shifts, "shift")
            own.known(line, skill, "skill", instance.skills, "skill")
            day = WEEK * week + weekday(line, word, own)
            if nurse in plan:
                plan[nurse][day] = (*plan[nurse][day], Work(shift, skill))
        faults += own.found
    if faults:
        raise DataError(faults)
    return {nurse: tuple(days) for nurse, days in plan.items()}


def _of_roster(instance: Instance, path: Path) -> Plan:
    words = {
        f"{shift.id} {skill}": (Work(shift.id, skill),)
        for shift in instance.shifts
        for skill in instance.skills
    }
    rows = read_roster(path, [nurse.id for nurse in instance.nurses], instance.days, words, "nurse")
    return {nurse: tuple(words[cell] if cell else () for cell in row) for nurse, row in rows.items()}
