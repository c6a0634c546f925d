"""Measure lists: who could take a unit, where an applicant could live, each priced against a proposal.

    tildeling allocate instances/tromso-2030 --time-limit 120 --out out/tromso-2030
    python benchmarks/lists.py out/tromso-2030 [--instance tromso-2030] [--lists 20] [--seed 1] [--time-limit S]

Random units that are on offer and random applicants who are not locked, as many of each; one list after the other, each
from data that are read to a ranked list.  Writes ``results/lists.csv``; ``--dry`` prints only.
"""

from __future__ import annotations

import argparse
import csv
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.registry import INSTANCES, RESULTS
from benchmarks.running import machine
from tildeling import read_dataset
from tildeling.housing.candidates import SECONDS, candidates, places
from tildeling.housing.funnel import offered_units
from tildeling.housing.proposal import Proposal, read_proposal
from tildeling_models.stop import Stop

FIELDS = (
    "instance", "kind", "id", "choices", "exact", "impossible", "unknown", "seconds", "cpu_s", "time_limit", "workers",
    "machine",
)  # fmt: skip


def measured(proposal: Proposal, kind: str, subject: str, seconds: float, workers: int) -> dict[str, Any]:
    """One list: how many choices, how many settled, wall and processor time."""
    began, cpu = time.perf_counter(), time.process_time()
    stop = Stop(seconds)
    if kind == "unit":
        found: Any = candidates(proposal.data, subject, proposal=proposal, stop=stop, workers=workers)
    else:
        found = places(proposal.data, subject, proposal=proposal, stop=stop, workers=workers)
    costs = [each.cost for each in found.ranked]
    return {
        "kind": kind, "id": subject, "choices": len(costs), "exact": sum(cost.exact for cost in costs),
        "impossible": sum(cost.possible is False for cost in costs),
        "unknown": sum(cost.possible is None for cost in costs),
        "seconds": round(time.perf_counter() - began, 2), "cpu_s": round(time.process_time() - cpu, 2),
    }  # fmt: skip


def summary(rows: list[dict[str, Any]]) -> list[str]:
    """A Markdown table: a line per kind."""
    lines = [
        "| lists of | lists | choices (median, most) | seconds (median, worst) | exact | of lists in full |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for kind in ("unit", "applicant"):
        mine = [row for row in rows if row["kind"] == kind and row["choices"]]
        if not mine:
            continue
        size, took = [row["choices"] for row in mine], [row["seconds"] for row in mine]
        whole = sum(row["exact"] == row["choices"] for row in mine)
        lines.append(
            f"| {kind} | {len(mine)} | {statistics.median(size):.0f}, {max(size)} | "
            f"{statistics.median(took):.2f}, {max(took):.2f} | "
            f"{sum(row['exact'] for row in mine) / sum(size):.1%} | {whole} of {len(mine)} |"
        )
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("proposal", type=Path, help="folder that allocate wrote")
    parser.add_argument("--instance", default="tromso-2030")
    parser.add_argument("--lists", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time-limit", type=float, default=SECONDS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--dry", action="store_true", help="print only")
    chosen = parser.parse_args(arguments)
    data = read_dataset(INSTANCES / chosen.instance)
    proposal = read_proposal(data, chosen.proposal)
    dice = random.Random(chosen.seed)
    units = sorted(unit.unit_id for unit in offered_units(data))
    people = sorted(a.applicant_id for a in data.applicants if a.applicant_id not in data.lock)
    subjects = [("unit", u) for u in dice.sample(units, min(chosen.lists, len(units)))]
    subjects += [("applicant", a) for a in dice.sample(people, min(chosen.lists, len(people)))]
    measured(
        proposal, *subjects[0], chosen.time_limit, chosen.workers
    )  # modules are read before the clock runs
    rows = []
    for kind, subject in subjects:
        row = measured(proposal, kind, subject, chosen.time_limit, chosen.workers)
        print(*(f"{key} {value}" for key, value in row.items()), file=sys.stderr)
        rows.append(
            {"instance": chosen.instance, **row, "time_limit": chosen.time_limit, "workers": chosen.workers,
             "machine": machine()}
        )  # fmt: skip
    print("\n".join(summary(rows)))
    command = [
        "candidates",
        str(INSTANCES / chosen.instance),
        subjects[0][1],
        "--proposal",
        str(chosen.proposal),
    ]
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "tildeling", *command, "--quiet"], check=True, capture_output=True)
    print(f"\nThe whole command `tildeling {' '.join(command[:1])}`: {time.perf_counter() - began:.1f} s")
    if not chosen.dry:
        with (RESULTS / "lists.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
