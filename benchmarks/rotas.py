"""Measure rotas of our own bases: seconds to the first legal rota, and values, bounds and gaps when time is up.

    python benchmarks/rotas.py [--instances community-24 pool-60] [--time-limit S] [--engine auto] [--again] [--dry]

Each run is one ``tildeling rota`` in a process of its own, from reading to writing; the kernels are compiled
before, and how long that takes is measured too.  ``results/rota-own.csv`` is written after each run, and a run that
stands there is not run again unless ``--again`` is given; in the end the table in README.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.registry import INSTANCES, RESULTS
from benchmarks.running import commit, machine
from benchmarks.table import into_readme

FIELDS = (
    "instance", "engine", "time_limit", "workers", "outcome", "tier", "value", "bound", "gap", "first_s", "wall_s",
    "peak_memory_mb", "machine", "commit",
)  # fmt: skip
LIMITS = {"community-24": 60.0, "pool-60": 300.0, "night-18": 60.0, "small-8": 60.0, "live-in-8": 60.0}
README = Path(__file__).with_name("README.md")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What to run."""

    instance: str
    engine: str
    time_limit: float
    workers: int


def run(asked: Asked) -> list[Row]:
    """One run: a row for each tier."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        words = [
            sys.executable, "-m", "tildeling", "rota", str(INSTANCES / "rota" / asked.instance), "--out", str(out),
            "--engine", asked.engine, "--time-limit", str(asked.time_limit), "--workers", str(asked.workers), "--quiet",
        ]  # fmt: skip
        began = time.perf_counter()
        subprocess.run(words, check=False, capture_output=True, timeout=1.1 * asked.time_limit + 60)
        wall = time.perf_counter() - began
        result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    found = [moment["time"] for moment in result["run"]["history"] if moment["value"] is not None]
    shared = {
        "instance": asked.instance, "engine": asked.engine, "time_limit": asked.time_limit, "workers": asked.workers,
        "outcome": result["outcome"], "first_s": round(min(found), 2) if found else "", "wall_s": round(wall, 1),
        "peak_memory_mb": result["run"]["peak_memory_mb"], "machine": machine(), "commit": commit(),
    }  # fmt: skip
    return [
        {**shared, "tier": tier["name"], "value": tier["value"], "bound": tier["bound"], "gap": tier["gap"]}
        for tier in result["tiers"]
    ]


def compiling() -> float:
    """Seconds that the pricing kernels take to compile where nothing is cached."""
    program = (
        "import time; t = time.perf_counter(); from tildeling.published import format_of; import sys, pathlib;"
        "from tildeling.published.solving import solve; from tildeling_models.stop import Stop;"
        "form = format_of('curtois'); file = pathlib.Path(sys.argv[1]);"
        "solve(form, form.read(file), engine='columns', stop=Stop(60));"
        "print(time.perf_counter() - t)"
    )
    tiny = str(INSTANCES / "rota-published" / "curtois" / "tiny.txt")
    with tempfile.TemporaryDirectory() as cache:
        took = [
            float(
                subprocess.run(
                    [sys.executable, "-c", program, tiny], check=True, capture_output=True, text=True,
                    env=os.environ | {"NUMBA_CACHE_DIR": cache},
                ).stdout
            )
            for _ in range(2)
        ]  # fmt: skip
    return took[0] - took[1]


def table(rows: list[Row]) -> str:
    """A Markdown table, a line per run."""
    lines = [
        "| instance | engine | limit s | first legal rota s | wall s | MB | tiers: value / bound |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    runs: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        runs.setdefault(tuple(str(row[name]) for name in FIELDS[:4]), []).append(row)
    for (instance, engine, limit, _), tiers in runs.items():
        first = tiers[0]
        values = ", ".join(f"{tier['tier']} {_one(tier)}" for tier in tiers)
        lines.append(
            f"| {instance} | {engine} | {float(limit):g} | {first['first_s']} | {first['wall_s']} | "
            f"{float(first['peak_memory_mb']):.0f} | {values} |"
        )
    return "\n".join(lines)


def _one(tier: Row) -> str:
    if tier["value"] in (None, ""):
        return f"– / {tier['bound']}"
    gap = float(tier["gap"])
    return f"**{tier['value']}**" if gap == 0 else f"{tier['value']} / {tier['bound']} ({gap:.1%})"


def stored() -> list[Row]:
    """What was run before."""
    path = RESULTS / "rota-own.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def keep(rows: list[Row]) -> None:
    """Write all rows."""
    with (RESULTS / "rota-own.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--instances", nargs="+", choices=LIMITS, default=list(LIMITS), metavar="NAME")
    parser.add_argument("--engine", nargs="+", default=["auto"])
    parser.add_argument("--time-limit", type=float)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--again", action="store_true", help="run what has been run before, too")
    parser.add_argument("--dry", action="store_true", help="print only")
    chosen = parser.parse_args(arguments)
    rows = [] if chosen.dry else stored()
    for instance in chosen.instances:
        for engine in chosen.engine:
            asked = Asked(instance, engine, chosen.time_limit or LIMITS[instance], chosen.workers)
            mine = [row for row in rows if _of(row) == asked]
            if mine and not chosen.again:
                continue
            rows = [row for row in rows if row not in mine] + run(asked)
            print(table(rows), file=sys.stderr)
            if not chosen.dry:
                keep(rows)
    text = f"{table(rows)}\n\nFirst use, compiling the kernels: {compiling():.0f} s more.  {machine()}.\n"
    print(text)
    if not chosen.dry:
        into_readme(README, "rota-own", text)
    return 0


def _of(row: Row) -> Asked:
    return Asked(row["instance"], row["engine"], float(row["time_limit"]), int(row["workers"]))


if __name__ == "__main__":
    sys.exit(main())
