"""Maximally diverse grouping: elements into groups with a least and a most, as far apart within each as can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tildeling.published.assignment_files import ASSIGNMENT, Plan, read_assignment, write_assignment
from tildeling.published.format import Format
from tildeling.published.grouping import to_assignment, to_plan
from tildeling.published.mdgp.checking import judge
from tildeling.published.mdgp.compiling import compile_instance
from tildeling.published.mdgp.instance import Instance
from tildeling.published.mdgp.reading import read
from tildeling_models.grouping.engines import ENGINES


def _solution(_: Instance, assignment: Any) -> Plan:
    return to_plan(assignment)


def _start(instance: Instance, plan: Plan) -> Any:
    return to_assignment(plan, len(instance.sizes))


def _read_solution(instance: Instance, path: Path) -> Plan:
    return read_assignment(path, instance.elements, len(instance.sizes))


def _write(_: Instance, plan: Plan, folder: Path) -> None:
    write_assignment(plan, folder)


FORMAT = Format(
    name="mdgp",
    read=read,
    engines=lambda: ENGINES,
    compile=compile_instance,
    solution=_solution,
    start=_start,
    judge=judge,
    read_solution=_read_solution,
    write=_write,
    files=frozenset({ASSIGNMENT}),
    size=lambda instance: instance.elements,
    unit=lambda instance: -instance.scale,
)
