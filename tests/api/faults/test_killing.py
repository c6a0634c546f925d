"""Fifty jobs, while workers, the interface or both are killed at random moments: each ends once, as if nothing was."""

from __future__ import annotations

import json
import random
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tildeling_api.jobs.janitor import MOST_LOST
from tildeling_api.jobs.kinds import KINDS
from tildeling_api.jobs.kinds.kind import DATASET, Task
from tildeling_api.jobs.states import ENDED, State
from tildeling_api.store.tables import Job
from tildeling_models.progress import Progress
from tildeling_models.stop import Stop

from .service import END_S, LONG_S, START_S, Service, end, ended_once, files, whole

pytestmark = pytest.mark.slow

SOLUTION = ("placements.csv", "bases.csv")
RUN = ("run", "runtime_s")
"""What differs from run to run of ``result.json``."""

ENGINES = ("queue", "mip", "queue", "cpsat", "queue", "mip", "queue", "auto", "queue", "mip")
JOBS: list[dict[str, Any]] = [
    {"engine": ENGINES[number % len(ENGINES)], "seed": number, "deterministic": True, "time_limit": 120}
    for number in range(50)
]
KILLS = ("worker", "interface", "both", "worker", "everything", "interface")
"""Who is killed; ``everything`` is what happens when the machine goes down."""

WORKERS = 2


def told(made: dict[str, bytes]) -> dict[str, Any]:
    """What a run says that is the same in every run."""
    result = json.loads(made["result.json"])
    return {name: made[name] for name in SOLUTION} | {
        "result.json": {key: value for key, value in result.items() if key not in RUN}
    }


def undisturbed(asked: dict[str, Any], document: bytes, folder: Path) -> dict[str, Any]:
    """What a job says if nothing happens to it."""
    kind, out = KINDS["allocation"], folder / "out"
    out.mkdir(parents=True)
    (folder / DATASET).write_bytes(document)
    task = kind.asked.model_validate(asked | {"dataset": "0" * 32})
    kind.run(Task(task, folder, out, Stop(asked["time_limit"]), Progress(), workers=2))
    return told({each.name: each.read_bytes() for each in out.iterdir()})


@pytest.fixture(scope="session")
def expected(small_json: bytes, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What each of the jobs says if nothing happens to it."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with ThreadPoolExecutor(2) as pool:
        coming = [
            pool.submit(undisturbed, asked, small_json, folder / str(number))
            for number, asked in enumerate(JOBS)
        ]
        return [each.result() for each in coming]


def states(service: Service) -> dict[str, tuple[str, int]]:
    """State of each job, and how many workers it took along."""
    with service.database.reading() as session:
        return {row.id: (row.state, row.lost) for row in session.execute(select(Job.id, Job.state, Job.lost))}


def under_way(service: Service) -> int:
    """How many jobs have not ended."""
    return sum(state not in ENDED for state, _ in states(service).values())


def fewer(service: Service, than: int) -> bool:
    """Whether fewer jobs are under way."""
    return under_way(service) < than


def worn(service: Service) -> bool:
    """Whether a job is being done that may not take another worker along; that is another test's matter."""
    return any(state == State.RUNNING and lost == MOST_LOST - 1 for state, lost in states(service).values())


def kill(service: Service, serving: subprocess.Popen[str], who: str, chance: random.Random) -> None:
    """Kill -9, all at once where it is several."""
    if who == "worker":
        workers = service.until(service.workers, "there are workers", START_S)
        end(chance.choice(workers))
    else:
        beside = {"interface": [], "both": service.workers(), "everything": service.processes()}[who]
        for pid in (serving.pid, *beside):
            end(pid)
        service.kill(serving)


def test_fifty_jobs_end_once_whoever_is_killed(
    service: Service, token: str, documents: Path, expected: list[dict[str, Any]]
) -> None:
    chance = random.Random(7)
    workers = ("--workers", str(WORKERS))
    serving = service.serve(*workers)

    def ask() -> list[str]:
        with service.client(token) as client:
            dataset = service.insist(lambda: client.keep(documents / "small.json")).id
            return [
                service.insist(lambda n=n, job=job: client.ask("allocation", f"job {n}", dataset=dataset, **job)).id
                for n, job in enumerate(JOBS)
            ]  # fmt: skip

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(ask)
        for who in ("interface", *chance.sample(KILLS, len(KILLS))):
            time.sleep(chance.uniform(1, 5))  # the moment is what is tried
            service.until(lambda: not worn(service), "no job is about to be given up", START_S)
            kill(service, serving, who, chance)
            if who != "worker":
                serving = service.serve(*workers)
        asked = asking.result(END_S)
    assert len(set(asked)) == len(JOBS)
    assert under_way(service), "all was over before the last kill"
    left = len(JOBS)
    while left:
        service.until(partial(fewer, service, left), "another has ended", LONG_S)
        left = under_way(service)

    assert states(service).keys() == set(asked)
    ended_once(service, asked)
    with service.client(token) as client:
        for job, undisturbed_ in zip(asked, expected, strict=True):
            made = {
                name: service.insist(lambda job=job, name=name: client.file(job, name))
                for name in (*SOLUTION, "result.json")
            }
            assert told(made) == undisturbed_
    for job in asked:
        assert files(service, job).keys() == {
            "allocation.xlsx", "answer.json", "bases.csv", "placements.csv", "report.html", "result.json"
        }  # fmt: skip
    service.alone()
    whole(service)
