"""CBC as a child process of our own: a PuLP problem in, the solver's own words out.

Running CBC ourselves lets a cancelled run end it, at any time, and lets its log be read.  CBC prints ``Result - ...``
and, where it stopped early, ``Lower bound:`` with three decimals; its solution file may hold the relaxation's columns
("no integer solution"), which are no solution.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pulp
from pulp.apis import coin_api

from tildeling_models.solvers.arrays import arrays, write_mps
from tildeling_models.solvers.search import ABSOLUTE_GAP, Run, Search

DECIMALS = 1e-3
"""The log rounds bounds to three decimals."""
PATIENCE = 3.0
"""Seconds an interrupted CBC has to write its best solution, before it is killed."""
FOUND = "Integer solution of"
"""What the log says of every solution found."""
REFUSED = "Current model not valid"
"""What the log says where CBC cannot read the problem."""
OVERRUN = 1.5
"""Seconds past its time limit after which CBC is interrupted: it looks at the clock only now and then."""


def executable() -> str | None:
    """The CBC that PuLP brings, or one on the path."""
    bundled = Path(coin_api.PULP_CBC_CMD.pulp_cbc_path)
    if bundled.is_file() and os.access(bundled, os.X_OK):
        return str(bundled)
    return shutil.which("cbc")


def run(found: pulp.LpProblem, search: Search) -> Run:
    """Solve with CBC; columns get their values.

    Raises
    ------
    OutOfTime
        If the run is to stop before CBC has the problem.
    RuntimeError
        If CBC cannot read it.
    """
    given = arrays(found, search.stop)
    with tempfile.TemporaryDirectory(prefix="tildeling-cbc-") as name:
        folder = Path(name)
        with (folder / "tier.mps").open("w", encoding="utf-8") as file:
            write_mps(given, file, search.stop)
        arguments = _arguments(search)
        if search.started:
            _write_start(folder / "start.txt", search.started, given.place)
            arguments = ["-mips", str(folder / "start.txt"), *arguments]
        with (folder / "log.txt").open("w", encoding="utf-8") as log:
            interrupted = _child(folder, arguments, log, search)
        said = (folder / "log.txt").read_text(encoding="utf-8", errors="replace")
        solution = folder / "tier.sol"
        lines = solution.read_text(encoding="utf-8").splitlines() if solution.exists() else []
    if REFUSED in said:
        raise RuntimeError(f"CBC refuses the problem: {said[:500]}")
    result = read_log(said, lines[0] if lines else "")
    if result.solved:
        _read_values(lines[1:], given.columns)
    return Run(result.solved, result.bound, result.infeasible, result.clock or interrupted, result.work)


def _read_values(lines: list[str], columns: list[Any]) -> None:
    """Columns and rows stand one a line: number, name, value, dual; ** before what is beyond its limits."""
    for column in columns:
        column.varValue = 0.0
    for line in lines:
        _, name, value, *_ = line.removeprefix("**").split()
        if name.startswith("X"):
            columns[int(name[1:])].varValue = float(value)


def read_log(said: str, head: str) -> Run:
    """Read CBC's log and the first line of its solution file.

    A bound is claimed where the log says "Optimal solution found" (then the objective is one) or gives one.
    """
    result = _last(r"^Result - (.*)$", said) or ""
    infeasible = "infeasible" in result or head.startswith(("Infeasible", "Integer infeasible"))
    solved = "objective value" in head and "no integer solution" not in head and not infeasible
    value, lower = _number("Objective value", said), _number("Lower bound", said)
    bound = None
    if lower is not None:
        bound = lower - DECIMALS
    elif result.strip() == "Optimal solution found" and solved:
        bound = value
    if not result and head.startswith("Optimal - ") and solved:
        bound = float(head.rsplit(" ", 1)[1])  # settled by presolve or as a linear problem
    clock = "time limit" in result or head.startswith("Stopped on time")
    work = "node limit" in result or "iteration" in result
    return Run(solved, bound, infeasible, clock, work)


def _last(pattern: str, said: str) -> str | None:
    hits = re.findall(pattern, said, flags=re.MULTILINE)
    return str(hits[-1]) if hits else None


def _number(name: str, said: str) -> float | None:
    text = _last(rf"^{name}:\s+(\S+)$", said)
    try:
        value = math.nan if text is None else float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < 1e15 else None


def _arguments(search: Search) -> list[str]:
    options = search.options
    given = ["-timeMode", "elapsed", "-ratio", repr(options.gap), "-allow", repr(ABSOLUTE_GAP),
             "-integerT", "1e-7", "-primalT", "1e-7", "-randomSeed", str(options.seed + 1),
             "-randomCbcSeed", str(options.seed + 1)]  # fmt: skip  # 0 would be the time of day
    if options.workers > 1:
        given += ["-threads", str(options.workers)]
    if math.isfinite(search.latest):
        given += ["-sec", f"{search.left(search.latest):.2f}"]
    if options.deterministic:
        given += ["-maxN", str(options.work_limit)]
    return given


def _write_start(path: Path, started: Sequence[Any], place: dict[str, int]) -> None:
    lines = ["Stopped on time - objective value 0"]
    for index, column in enumerate(started):
        if column.name in place:
            lines.append(f"{index:>7} X{place[column.name]:07} {column.varValue:>15} {0:>23}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _child(folder: Path, arguments: list[str], log: Any, search: Search) -> bool:
    """Run CBC until it ends, or interrupt it: it then writes its best and leaves.  True if interrupted."""
    path = executable()
    if path is None:
        raise FileNotFoundError("cbc")
    command = [path, str(folder / "tier.mps"), *arguments, "-solve", "-printingOptions", "all",
               "-solution", str(folder / "tier.sol")]  # fmt: skip
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=folder
    ) as child:
        while True:
            try:
                child.wait(timeout=0.1)
                return False
            except subprocess.TimeoutExpired:
                if _enough(search, folder):
                    break
        child.send_signal(signal.SIGINT)
        try:
            child.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
        return True


def _enough(search: Search, folder: Path) -> bool:
    """Whether to interrupt CBC: also once it has found anything, if that is to be enough by now."""
    now = search.stop.elapsed
    if search.stop.cancelled or now > search.latest + OVERRUN:
        return True
    return now > search.until + OVERRUN and FOUND in (folder / "log.txt").read_text("utf-8", "replace")
