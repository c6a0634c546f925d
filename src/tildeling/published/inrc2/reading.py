"""Reads an instance: a scenario, a history and weeks; every fault of every file comes in one report.

``FOLDER/n030w4_1_6-2-9-1`` is set n030w4 with history 1 and weeks 6, 2, 9 and 1; its files lie in ``FOLDER/n030w4``
or in FOLDER.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from tildeling.errors import DataError, Fault
from tildeling.published.inrc2.instance import WEEK, Instance
from tildeling.published.inrc2.scenario import LONGEST, read_scenario
from tildeling.published.inrc2.weeks import NEW, read_history, read_week
from tildeling.published.lines import Faults, text_of

NAME = re.compile(r"(?P<data>.+)_(?P<history>\d{1,4})_(?P<weeks>\d{1,4}(-\d{1,4})*)")


def read(path: Path) -> Instance:
    """The instance that a path names.

    Raises
    ------
    DataError
        With every fault found: file, line, section, field, value and what is required there.
    """
    named = NAME.fullmatch(path.name)
    if named is None or named["weeks"].count("-") >= LONGEST:
        raise DataError([Fault("inrc2_name", file=str(path))])
    data, numbers = named["data"], tuple(int(week) for week in named["weeks"].split("-"))
    folder = path.parent / data if (path.parent / data).is_dir() else path.parent
    names = (
        f"Sc-{data}.txt", f"H0-{data}-{named['history']}.txt",
        *(f"WD-{data}-{number}.txt" for number in dict.fromkeys(numbers)),
    )  # fmt: skip
    texts = _texts(folder, names)
    faults = {name: Faults(name) for name in names}
    scenario = read_scenario(texts[names[0]], faults[names[0]])
    nurses = {nurse.id: nurse for nurse in scenario.nurses}
    if scenario.weeks not in (None, len(numbers)):
        faults[names[0]].add("inrc2_weeks", value=path.name, wanted=scenario.weeks, found=len(numbers))
    past = read_history(texts[names[1]], scenario.name, nurses, scenario.shifts, faults[names[1]])
    known = {
        number: read_week(
            texts[name], scenario.name, scenario.skills, scenario.shifts, nurses, faults[name]
        )
        for number, name in zip(dict.fromkeys(numbers), names[2:], strict=True)
    }  # fmt: skip
    found = [
        fault for name in names for fault in sorted(faults[name].found, key=lambda fault: fault.line or 0)
    ]
    if found:
        raise DataError(found)
    weeks = [(WEEK * place, *known[number]) for place, number in enumerate(numbers)]
    return Instance(
        path.name, data, scenario.name, numbers, scenario.skills, scenario.shifts, scenario.contracts,
        tuple(replace(nurse, history=past.get(nurse.id, NEW)) for nurse in scenario.nurses),
        tuple(replace(cover, day=first + cover.day) for first, covers, _ in weeks for cover in covers),
        tuple(replace(wish, day=first + wish.day) for first, _, wishes in weeks for wish in wishes),
    )  # fmt: skip


def _texts(folder: Path, names: tuple[str, ...]) -> dict[str, str]:
    """The text of each file; those that cannot be read are told together."""
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for name in names:
        try:
            found[name] = text_of(folder / name)
        except DataError as unread:
            faults += unread.faults
    if faults:
        raise DataError(faults)
    return found
