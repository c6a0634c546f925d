"""Generalised assignment: each job to one agent, within what each agent can do, at least cost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tildeling.published.assignment_files import ASSIGNMENT, Plan, read_assignment, write_assignment
from tildeling.published.format import Format
from tildeling.published.gap.checking import judge
from tildeling.published.gap.compiling import compile_instance
from tildeling.published.gap.instance import Instance
from tildeling.published.gap.reading import read
from tildeling.published.grouping import to_assignment, to_plan
from tildeling_models.grouping.engines import ENGINES


def _solution(_: Instance, assignment: Any) -> Plan:
    return to_plan(assignment)


def _start(instance: Instance, plan: Plan) -> Any:
    return to_assignment(plan, instance.agents)


def _read_solution(instance: Instance, path: Path) -> Plan:
    return read_assignment(path, instance.jobs, instance.agents)


def _write(_: Instance, plan: Plan, folder: Path) -> None:
    write_assignment(plan, folder)


FORMAT = Format(
    name="gap",
    read=read,
    engines=lambda: ENGINES,
    compile=compile_instance,
    solution=_solution,
    start=_start,
    judge=judge,
    read_solution=_read_solution,
    write=_write,
    files=frozenset({ASSIGNMENT}),
    size=lambda instance: instance.jobs,
)
