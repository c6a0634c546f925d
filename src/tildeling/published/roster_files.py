"""``roster.tsv``: LF, no header, a row per person in file order: the id, then a cell per day, empty for off."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from pathlib import Path

from tildeling.published.lines import Faults, Line, text_of

ROSTER = "roster.tsv"


def write_roster(plan: Mapping[str, Sequence[str]], folder: Path) -> None:
    """Write the roster of people in their order."""
    text = "".join("\t".join((person, *row)) + "\n" for person, row in plan.items())
    (folder / ROSTER).write_text(text, encoding="utf-8", newline="\n")


def roster_path(path: Path) -> Path:
    """The file itself, or the one in a folder that ``solve`` wrote."""
    return path / ROSTER if path.is_dir() else path


def read_roster(
    path: Path, people: Sequence[str], days: int, words: Container[str], target: str = "person"
) -> dict[str, tuple[str, ...]]:
    """The cells of each of the people, in their order; a cell is one of ``words`` or empty.

    ``target`` is what a fault calls a person.

    Raises
    ------
    DataError
        With every fault found: unknown or repeated people, people without a row, cells that are no shift.
    """
    faults = Faults(path.name)
    first: dict[str, int] = {}
    found: dict[str, tuple[str, ...]] = {}
    for number, content in enumerate(text_of(path).split("\n"), start=1):
        if not content.strip():
            continue
        line = Line(number, "", tuple(cell.strip() for cell in content.split("\t")))
        person, *cells = line.fields
        faults.known(line, person, "", people, target)
        if first.setdefault(person, number) != number:
            faults.add("line_twice", line, value=person, first=first[person])
        if len(cells) != days:
            faults.add("roster_cells", line, value=person, days=days, found=len(cells))
        for day, cell in enumerate(cells):
            if cell:
                faults.known(line, cell, f"day {day}", words, "shift")
        found[person] = tuple(cells)
    for person in people:
        if person not in found:
            faults.add("roster_missing", person=person)
    faults.stop()
    return {person: found[person] for person in people}
