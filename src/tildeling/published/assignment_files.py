"""``assignment.csv``: LF, the header ``item;group``, then a row per item in file order; both count from 0."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tildeling.published.lines import Faults, Line, text_of

ASSIGNMENT = "assignment.csv"
HEADER = "item;group"

Plan = tuple[int, ...]
"""The group of each item."""


def write_assignment(plan: Sequence[int], folder: Path) -> None:
    """Write the group of every item."""
    text = "".join(f"{item};{group}\n" for item, group in enumerate(plan))
    (folder / ASSIGNMENT).write_text(f"{HEADER}\n{text}", encoding="utf-8", newline="\n")


def read_assignment(path: Path, items: int, groups: int) -> Plan:
    """The group of every item, from the file or the folder that holds it; rows may come in any order.

    Raises
    ------
    DataError
        With every fault found: items or groups that are not there, items with two rows or none.
    """
    path = path / ASSIGNMENT if path.is_dir() else path
    faults = Faults(path.name)
    lines = [
        Line(number, "", tuple(field.strip() for field in content.split(";")), content.strip())
        for number, content in enumerate(text_of(path).split("\n"), start=1)
        if content.strip()
    ]
    if not lines or lines[0].text != HEADER:
        faults.add("assignment_header", lines[0] if lines else None, header=HEADER)
        faults.stop()
    first: dict[int, int] = {}
    plan: dict[int, int] = {}
    for line in lines[1:]:
        if not faults.wide(line, 2, "fields_semicolon"):
            continue
        item = faults.whole(line, line.fields[0], "item", 0, items - 1)
        group = faults.whole(line, line.fields[1], "group", 0, groups - 1)
        if item is None:
            continue
        if first.setdefault(item, line.number) != line.number:
            faults.add("line_twice", line, "item", item, first=first[item])
        plan[item] = -1 if group is None else group
    for item in range(items):
        if item not in plan:
            faults.add("assignment_missing", item=item)
    faults.stop()
    return tuple(plan[item] for item in range(items))
