"""The process of one run: ``python -m tildeling.bench.child SPEC``, a :class:`Spec` as JSON; prints what came of it.

Reads, solves and judges; what the format's own checker does not confirm is no solution.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tildeling.bench.runs import Spec
from tildeling.document import peak_memory_mb
from tildeling.errors import RejectedSolution
from tildeling.published import format_of
from tildeling.published.solving import solve
from tildeling_models.engines import UnknownEngine
from tildeling_models.options import Options
from tildeling_models.stop import Stop
from tildeling_models.worker import keep_rank


def run(spec: Spec) -> dict[str, Any]:
    """What an engine makes of an instance; the time limit runs from before reading."""
    stop = Stop(spec.seconds)
    form = format_of(spec.form)
    instance = form.read(Path(spec.path))
    options = Options(workers=spec.workers, seed=spec.seed, find_ties=False)
    known: dict[str, Any] = {"size": form.size(instance)}
    try:
        found = solve(form, instance, engine=spec.engine, options=options, stop=stop)
    except RejectedSolution as error:
        return known | {"outcome": "rejected", "note": str(error)[:300]}
    except UnknownEngine as error:
        return known | {"outcome": "no_engine", "note": str(error)}
    document = found.document
    return known | {
        "outcome": document.outcome, "termination": document.termination, "value": document.value,
        "bound": document.bound, "gap": document.gap,
        "history": [
            (moment.time, moment.value, moment.bound)
            for moment in document.run.history
            if moment.tier == document.tiers[0].name
        ],
    }  # fmt: skip


def leave_with(parent: int) -> None:
    """End with the process that started this one, and everything of this session."""
    while os.getppid() == parent:
        time.sleep(1.0)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(0, signal.SIGKILL)


def main(words: list[str]) -> int:
    """Run what the command line says."""
    spec = Spec(**json.loads(words[0]))
    keep_rank()
    most = int(spec.memory_mb * 2**20)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    with contextlib.suppress(OSError):  # the first to go if the machine has no memory left
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    threading.Thread(target=leave_with, args=(os.getppid(),), daemon=True).start()
    try:
        found = run(spec)
    except MemoryError:
        found = {"outcome": "out_of_memory"}
    print(json.dumps(found | {"peak_memory_mb": peak_memory_mb()}))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
