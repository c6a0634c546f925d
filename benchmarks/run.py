"""Run a campaign: each method on each instance in a process of its own, one after the other.

    python benchmarks/run.py allocation [--time-limit S] [--instances A B] [--methods M N] [--workers 2]
    python benchmarks/run.py allocation --smoke

Writes ``results/NAME.csv`` and the table in README.md (``--dry`` writes neither); ``--smoke`` runs the
smallest instance, prints a table without timings and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import table
from benchmarks.registry import CAMPAIGNS, RESULTS, ROOT, SMOKE, method

GRACE = 60.0
"""Seconds past its limit after which a run is ended: reading, building and checking come on top."""


def run_child(instance: str, name: str, seconds: float, workers: int, seed: int) -> dict[str, Any]:
    """One run.

    Raises
    ------
    RuntimeError
        If the child failed or did not end in time.
    """
    command = [
        sys.executable,
        "-m",
        "benchmarks.child",
        instance,
        name,
        str(seconds),
        str(workers),
        str(seed),
    ]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=1.1 * seconds + GRACE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"{name} on {instance} did not end in time") from error
    if done.returncode:
        raise RuntimeError(f"{name} on {instance} failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def machine() -> str:
    """The machine in words: processor, cores, memory."""
    model, memory = "processor", ""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"
    except (OSError, StopIteration, ValueError):
        pass
    return f"{os.cpu_count()} cores of {model}{memory}"


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line names; 1 if a run failed or the checker refused a proposal."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("campaign", choices=sorted(CAMPAIGNS))
    parser.add_argument("--time-limit", type=float, help="seconds per run, building included")
    parser.add_argument("--instances", nargs="+", metavar="NAME")
    parser.add_argument("--methods", nargs="+", metavar="NAME")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dry", action="store_true", help="print only")
    parser.add_argument("--smoke", action="store_true", help="smallest instance, no timings, print only")
    chosen = parser.parse_args(arguments)
    campaign = SMOKE if chosen.smoke else CAMPAIGNS[chosen.campaign]
    try:
        methods = [method(name) for name in chosen.methods] if chosen.methods else campaign.methods
    except KeyError as error:
        parser.error(f"no method {error}")
    runs, failed = [], False
    for instance in chosen.instances or campaign.instances:
        for way in methods:
            seconds = chosen.time_limit or campaign.time_limit
            try:
                run = run_child(instance, way.name, seconds, chosen.workers, chosen.seed)
            except RuntimeError as error:
                print(error, file=sys.stderr)
                failed = True
                continue
            runs.append(run)
            failed |= bool(run["tiers"]) and not run["checked"]
            took = "" if chosen.smoke else f" in {run['wall_s']} s"
            print(f"{instance} {way.name}: {run['outcome']}{took}", file=sys.stderr)
    text = table.markdown(runs, timings=not chosen.smoke)
    print(text)
    if not chosen.smoke and not chosen.dry and runs:
        table.write_csv(RESULTS / f"{chosen.campaign}.csv", table.csv_rows(runs, machine()))
        used = " ".join(f"{name} {number}" for name, number in runs[0]["versions"].items())
        note = f"{machine()}; {chosen.workers} workers, seed {chosen.seed}; {used}.\n"
        table.into_readme(ROOT / "benchmarks" / "README.md", chosen.campaign, f"{text}\n{note}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
