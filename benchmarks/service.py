"""Measure the service on loopback: how fast it answers idle, beside a solver on all cores, and to many at once.

    python benchmarks/service.py [--seconds S] [--clients N ...] [--database URL] [--dry] [--smoke]

The server is ``tildeling serve`` in processes of its own on a new database (SQLite, or the empty PostgreSQL that
``--database`` names); requests come from here, over real connections.

- *idle* and *solving*: 20 requests a second, evenly, whether answers come or not, for S seconds; *solving* while a
  worker allocates Tromsø in 2030 with as many threads as there are cores.  What counts is the slowest hundredth.
- *N clients*: each sends its next request once the last was answered, a mix of reading and of writing; every job asked
  for is looked up in the end, and has ended once.  Memory is that of the serving process, looked at each second.

``results/service.csv`` and the table in README.md are written, unless ``--dry``.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.memory import PAGE_MB
from benchmarks.registry import INSTANCES, RESULTS
from benchmarks.running import commit, machine
from benchmarks.table import into_readme
from tildeling.files import read_any, write_dataset
from tildeling_api.access.accounts import Accounts
from tildeling_api.access.roles import Role
from tildeling_api.store.database import Database

FIELDS = (
    "database", "load", "seconds", "requests", "per_s", "p50_ms", "p90_ms", "p99_ms", "worst_ms", "refused", "jobs",
    "lost", "memory_mb", "memory_end_mb", "machine", "commit",
)  # fmt: skip
RATE = 20.0
"""Requests a second of *idle* and *solving*: as many as an office of a hundred clicks."""
PAUSE_S = 0.1
"""What a client waits between an answer and its next request: a token may ask ten times a second."""
KEEP_EVERY, JOB_EVERY = 20, 500
"""A data set is kept, and a job asked for, once in so many requests: a job takes seconds of a core."""
WAIT_S = 120.0
README = Path(__file__).with_name("README.md")

Row = dict[str, Any]


@dataclass
class Served:
    """A running service: its address, its process, tokens of accounts, data sets that are kept."""

    address: str
    process: subprocess.Popen[str]
    tokens: list[str]
    database: Database
    small: str = ""
    large: str = ""
    small_file: bytes = b""


@dataclass
class Seen:
    """What came back."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)


@contextmanager
def served(url: str | None, clients: int) -> Iterator[Served]:
    """The service on a new database, with an account a client."""
    with tempfile.TemporaryDirectory(prefix="tildeling-") as folder:
        address = url or f"sqlite:///{folder}/service.db"
        database = Database(address)
        database.migrate()
        accounts = Accounts(database)
        tokens = [accounts.add("default", f"client {n}", Role.RESEARCHER)[1].secret for n in range(clients)]
        with subprocess.Popen(
            [sys.executable, "-m", "tildeling", "serve", "--port", "0"], stdout=subprocess.PIPE, text=True,
            env=os.environ | {"TILDELING_DATABASE_URL": address},
        ) as process:  # fmt: skip
            try:
                assert process.stdout
                found = re.match(r"(http://\S+?:\d+)", process.stdout.readline())
                assert found, "the service did not start"
                made = Served(found[1], process, tokens, database)
                _fill(made, Path(folder))
                yield made
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(60)
                database.close()


def _fill(service: Served, folder: Path) -> None:
    """Keep two data sets, and let one job run so that the worker is warm."""
    for name, source in (("small", "small"), ("large", "tromso-2030")):
        path = folder / f"{name}.json"
        write_dataset(read_any(INSTANCES / source), path)
        content = path.read_bytes()
        answer = httpx.post(
            f"{service.address}/v1/datasets", content=content, headers=_headers(service, JSON), timeout=60
        )
        setattr(service, name, answer.raise_for_status().json()["id"])
    service.small_file = (folder / "small.json").read_bytes()
    _await(service, [_ask(service, service.small, 20)])


JSON = {"content-type": "application/json"}


def _headers(service: Served, more: dict[str, str] | None = None, client: int = 0) -> dict[str, str]:
    return {"authorization": f"Bearer {service.tokens[client % len(service.tokens)]}"} | (more or {})


def _ask(service: Served, dataset: str, seconds: float) -> str:
    asked = {"dataset": dataset, "time_limit": seconds}
    answer = httpx.post(f"{service.address}/v1/allocations", json=asked, headers=_headers(service))
    return str(answer.raise_for_status().json()["id"])


def _await(service: Served, jobs: list[str]) -> Counter[str]:
    """The states of jobs once all have ended, or time is up."""
    until, left = time.monotonic() + WAIT_S + 2 * len(jobs), set(jobs)
    states: Counter[str] = Counter()
    while left and time.monotonic() < until:
        for job in tuple(left):
            found = httpx.get(f"{service.address}/v1/jobs/{job}", headers=_headers(service)).json()
            if found.get("ended_at"):
                left.discard(job)
                states[found["state"]] += 1
            time.sleep(PAUSE_S)
    states["lost"] += len(left)
    return states


@asynccontextmanager
async def watched(service: Served, seen: Seen) -> AsyncIterator[None]:
    """Memory of the serving process, each second."""

    async def look() -> None:
        while True:
            statm = Path(f"/proc/{service.process.pid}/statm").read_text(encoding="ascii")
            seen.memory.append(int(statm.split()[1]) * PAGE_MB)
            await asyncio.sleep(1)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()


def _requests(service: Served) -> list[tuple[str, str, dict[str, Any]]]:
    """What is asked again and again: mostly reading."""
    reading = [
        ("GET", "/v1/me"), ("GET", "/v1/datasets"), ("GET", f"/v1/datasets/{service.small}"),
        ("GET", "/v1/jobs"), ("GET", "/v1/engines"), ("GET", "/v1/health"),
    ]  # fmt: skip
    return [(method, path, {}) for method, path in reading]


async def _send(
    client: httpx.AsyncClient, service: Served, seen: Seen, request: tuple[str, str, dict[str, Any]], who: int
) -> httpx.Response:
    method, path, options = request
    headers = _headers(service, options.get("headers"), who)
    began = time.perf_counter()
    answer = await client.request(method, path, **(options | {"headers": headers}))
    seen.seconds.append(time.perf_counter() - began)
    seen.statuses[answer.status_code] += 1
    return answer


async def steady(service: Served, seconds: float) -> Seen:
    """Requests at their own pace, whether answers come or not; each is timed from when it was due."""
    seen, requests = Seen(), _requests(service)
    async with httpx.AsyncClient(base_url=service.address, timeout=60) as client, watched(service, seen):
        began, sending = time.monotonic(), []
        for number in range(int(seconds * RATE)):
            await asyncio.sleep(max(0.0, began + number / RATE - time.monotonic()))
            request = requests[number % len(requests)]
            sending.append(asyncio.create_task(_send(client, service, seen, request, number)))
        await asyncio.gather(*sending)
    return seen


async def crowd(service: Served, clients: int, seconds: float) -> Seen:
    """So many clients at once: reading, keeping data, asking for jobs and following them up."""
    seen, requests = Seen(), _requests(service)
    until = time.monotonic() + seconds
    keep = ("POST", "/v1/datasets", {"content": service.small_file, "headers": JSON})
    limits = httpx.Limits(max_connections=None)

    async def one(client: httpx.AsyncClient, who: int) -> None:
        number = 37 * who
        while time.monotonic() < until:
            if number % JOB_EVERY == 0:
                asked = {"dataset": service.small, "time_limit": 10, "engine": "queue"}
                headers = {"idempotency-key": f"{who}-{number}"}
                request: tuple[str, str, dict[str, Any]] = (
                    "POST",
                    "/v1/allocations",
                    {"json": asked, "headers": headers},
                )
                answer = await _send(client, service, seen, request, who)
                if answer.status_code in (200, 202):
                    seen.jobs.append(answer.json()["id"])
            else:
                await _send(
                    client, service, seen, keep if number % KEEP_EVERY == 0 else requests[number % 6], who
                )
            number += 1
            await asyncio.sleep(PAUSE_S)

    async with (
        httpx.AsyncClient(base_url=service.address, timeout=60, limits=limits) as client,
        watched(service, seen),
    ):
        await asyncio.gather(*(one(client, who) for who in range(clients)))
    return seen


def row(kind: str, load: str, seconds: float, seen: Seen, states: Counter[str] | None = None) -> Row:
    """One line of results; a job is lost if it did not end, or ended in failure."""
    times = np.array(seen.seconds) * 1000
    shares = np.percentile(times, [50, 90, 99])
    jobs = sum((states or {}).values())
    return {
        "database": kind, "load": load, "seconds": seconds, "requests": len(times),
        "per_s": round(len(times) / seconds, 1),
        **{f"p{share}_ms": round(value, 1) for share, value in zip((50, 90, 99), shares, strict=True)},
        "worst_ms": round(float(times.max()), 1),
        "refused": sum(count for status, count in seen.statuses.items() if status >= 400),
        "jobs": jobs, "lost": jobs - (states or {}).get("done", 0),
        "memory_mb": round(seen.memory[0], 1), "memory_end_mb": round(seen.memory[-1], 1),
        "machine": machine(), "commit": commit(),
    }  # fmt: skip


def measure(url: str | None, clients: list[int], seconds: float, kinds: set[str]) -> Iterator[Row]:
    """Every load, one after the other, on one service."""
    kind = "PostgreSQL" if url else "SQLite"
    with served(url, max([10, *clients])) as service:
        if "idle" in kinds:
            yield row(kind, "idle", seconds, asyncio.run(steady(service, seconds)))
        if "solving" in kinds:
            job = _ask(service, service.large, 2 * seconds + 30)
            while (
                httpx.get(f"{service.address}/v1/jobs/{job}", headers=_headers(service)).json()["progress"]
                is None
            ):
                time.sleep(0.2)
            time.sleep(5 if seconds > 5 else 0)
            yield row(kind, "solving", seconds, asyncio.run(steady(service, seconds)))
            httpx.post(
                f"{service.address}/v1/jobs/{job}/cancel", headers=_headers(service)
            ).raise_for_status()
            _await(service, [job])
        for number in clients:
            seen = asyncio.run(crowd(service, number, seconds))
            yield row(kind, f"{number} clients", seconds, seen, _await(service, seen.jobs))


def table(rows: list[Row]) -> str:
    """A Markdown table."""
    lines = [
        "| database | load | requests/s | p50 ms | p90 ms | p99 ms | worst ms | refused | jobs | lost | MB |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for each in rows:
        cells = [each[name] for name in FIELDS[:2]] + [each[name] for name in FIELDS[4:12]]
        memory = f"{float(each['memory_mb']):.0f} → {float(each['memory_end_mb']):.0f}"
        lines.append("| " + " | ".join(map(str, [*cells, memory])) + " |")
    return "\n".join(lines) + "\n"


def stored() -> list[Row]:
    """What was measured before."""
    path = RESULTS / "service.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def keep_rows(rows: list[Row]) -> None:
    """Write all rows."""
    with (RESULTS / "service.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--clients", type=int, nargs="*", default=[10, 50, 200])
    parser.add_argument("--kinds", nargs="*", choices=["idle", "solving"], default=["idle", "solving"])
    parser.add_argument("--database", help="An empty PostgreSQL; default: a new SQLite file.")
    parser.add_argument("--dry", action="store_true", help="print only")
    parser.add_argument(
        "--smoke", action="store_true", help="two seconds of each, nothing written; for tests"
    )
    chosen = parser.parse_args(arguments)
    if chosen.smoke:
        chosen.seconds, chosen.clients, chosen.dry = 2.0, [3], True
    rows = [] if chosen.dry else stored()
    for new in measure(chosen.database, chosen.clients, chosen.seconds, set(chosen.kinds)):
        same = ("database", "load")
        rows = [each for each in rows if any(each[name] != new[name] for name in same)] + [new]
        print(table([new]), file=sys.stderr)
        if not chosen.dry:
            keep_rows(rows)
    text = f"{table(rows)}\n{machine()}.\n"
    print(text)
    if not chosen.dry:
        into_readme(README, "service", text)
    return int(any(int(each["lost"]) for each in rows))


if __name__ == "__main__":
    sys.exit(main())
