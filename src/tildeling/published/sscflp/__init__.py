"""Single-source capacitated facility location: each customer served whole by one facility that is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tildeling.published.assignment_files import ASSIGNMENT, Plan, read_assignment, write_assignment
from tildeling.published.format import Format
from tildeling.published.grouping import to_assignment, to_plan
from tildeling.published.sscflp.checking import judge
from tildeling.published.sscflp.compiling import compile_instance
from tildeling.published.sscflp.instance import Instance
from tildeling.published.sscflp.reading import read
from tildeling_models.grouping.engines import ENGINES


def _solution(_: Instance, assignment: Any) -> Plan:
    return to_plan(assignment)


def _start(instance: Instance, plan: Plan) -> Any:
    return to_assignment(plan, len(instance.capacity), served=True)


def _read_solution(instance: Instance, path: Path) -> Plan:
    return read_assignment(path, len(instance.demand), len(instance.capacity))


def _write(_: Instance, plan: Plan, folder: Path) -> None:
    write_assignment(plan, folder)


FORMAT = Format(
    name="sscflp",
    read=read,
    engines=lambda: ENGINES,
    compile=compile_instance,
    solution=_solution,
    start=_start,
    judge=judge,
    read_solution=_read_solution,
    write=_write,
    files=frozenset({ASSIGNMENT}),
    size=lambda instance: len(instance.demand),
    unit=lambda instance: instance.scale,
)
