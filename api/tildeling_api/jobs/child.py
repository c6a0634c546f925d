"""The process that does one job: ``python -m tildeling_api.jobs.child FOLDER``.

Reads ``task.json`` and the files beside it; writes ``out/`` with ``answer.json`` in it, and ``ended.json`` last, which
says how it ended.  Progress goes to standard output, a line of JSON an event.  The end of standard input asks it to
stop and keep the best so far: its worker asked for it, or is no more.  Without a worker the folder goes too.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tildeling_api.jobs.kinds import KINDS
from tildeling_api.jobs.kinds.kind import ANSWER, Kind, Task
from tildeling_api.problems import places, problem_of
from tildeling_models.progress import Event, Progress
from tildeling_models.stop import Stop
from tildeling_models.worker import limit_memory

TASK, OUT, ENDED = "task.json", "out", "ended.json"

ORPHAN_S = 15.0
"""Seconds a job has to stop by itself once its worker is gone."""

log = logging.getLogger(__name__)


class _Told(Progress):
    """Tells the worker by lines."""

    def event(self, event: Event) -> None:
        try:
            print(json.dumps(asdict(event)), flush=True)  # noqa: T201
        except (BrokenPipeError, ValueError):
            return


def main(folder: Path) -> int:
    """Do the job of a folder."""
    limit_memory()
    task = json.loads((folder / TASK).read_text(encoding="utf-8"))
    kind = KINDS[task["kind"]]
    stop = Stop(task["seconds"])
    threading.Thread(target=_listen, args=(stop, folder, task["worker"]), daemon=True).start()
    try:
        _do(kind, task, folder, stop)
    finally:
        _forget(folder, task["worker"])
    return 0


def _do(kind: Kind, task: dict[str, Any], folder: Path, stop: Stop) -> None:
    asked = kind.asked.model_validate(task["asked"])
    out = folder / OUT
    out.mkdir()
    ended: dict[str, Any]
    try:
        found = kind.run(Task(asked, folder, out, stop, _Told(), task["workers"]))
        content = found.content
        document = content.model_dump(mode="json") if isinstance(content, BaseModel) else dict(content)
        (out / ANSWER).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        ended = {"outcome": found.outcome}
    except Exception as error:
        ended = {"cause": problem_of(error, asked.lang).problem.model_dump(mode="json", exclude_none=True)}
    beside = folder / f"{ENDED}.part"
    beside.write_text(json.dumps(ended | {"cancelled": stop.cancelled}, ensure_ascii=False), encoding="utf-8")
    beside.replace(folder / ENDED)


def _listen(stop: Stop, folder: Path, worker: int) -> None:
    sys.stdin.read()
    stop.cancel()
    time.sleep(ORPHAN_S)
    if _forget(folder, worker):
        os._exit(1)


def _forget(folder: Path, worker: int) -> bool:
    """Remove the folder if the worker is gone: nobody is left to read it, and it names people."""
    gone = os.getppid() != worker
    if gone:
        shutil.rmtree(folder, ignore_errors=True)
    return gone


def _tell(_: object, error: BaseException, __: object) -> None:
    """What ends the process goes to the log of the service, without its words."""
    log.error("%s", places(error))


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    sys.excepthook = _tell
    sys.exit(main(Path(sys.argv[1])))
