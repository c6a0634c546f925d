"""Shift scheduling after Curtois and Qu (2014): hard limits of each schedule, linear costs of cover and wishes."""

from __future__ import annotations

from pathlib import Path

from tildeling.published.curtois.checking import judge
from tildeling.published.curtois.compiling import compile_instance, to_plan, to_roster
from tildeling.published.curtois.instance import Instance, Plan
from tildeling.published.curtois.reading import read, read_plan
from tildeling.published.format import Format
from tildeling.published.roster_files import ROSTER, roster_path, write_roster
from tildeling_models.roster.engines import ENGINES


def _read_solution(instance: Instance, path: Path) -> Plan:
    return read_plan(instance, roster_path(path))


def _write(instance: Instance, plan: Plan, folder: Path) -> None:
    write_roster({person.id: plan[person.id] for person in instance.people}, folder)


FORMAT = Format(
    name="curtois",
    read=read,
    engines=lambda: ENGINES,
    compile=compile_instance,
    solution=to_plan,
    start=to_roster,
    judge=judge,
    read_solution=_read_solution,
    write=_write,
    files=frozenset({ROSTER}),
    size=lambda instance: len(instance.people),
)
