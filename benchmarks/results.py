"""Runs as rows of a CSV file that is whole after every run; a run that is there need not be run again."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

COLUMNS = (
    "instance", "dataset_hash", "method", "kind", "time_limit_s", "workers", "seed", "outcome", "termination",
    "checked", "tier", "value", "bound", "gap", "tier_s", "solve_s", "wall_s", "peak_memory_mb", "versions",
    "machine", "policy_hash", "memory_limit_gb", "applicants", "cells", "placed", "read_s", "compile_s",
    "generate_s", "first_s", "near_s", "commit", "note",
    "best_known", "literature",
)  # fmt: skip
KEY = (
    "instance", "dataset_hash", "policy_hash", "method", "time_limit_s", "workers", "seed", "memory_limit_gb",
    "versions",
)  # fmt: skip
"""What makes two runs the same; the commit is noted only."""
WHOLE = ("workers", "seed", "applicants", "cells", "placed", "best_known")
REAL = (
    "time_limit_s", "solve_s", "wall_s", "peak_memory_mb", "memory_limit_gb", "read_s", "compile_s",
    "generate_s", "first_s", "near_s",
)  # fmt: skip
UNFINISHED = "short_machine"
"""The machine's fault: such a run is tried again."""

Run = dict[str, Any]


def gap(value: int | None, bound: int | None) -> float | None:
    """|value - bound| / max(1, |value|), None where a bound is unknown."""
    return None if value is None or bound is None else round(abs(value - bound) / max(1, abs(value)), 6)


def key(run: Run) -> tuple[Any, ...]:
    """What a run is known by."""
    return tuple(run[name] for name in KEY)


def in_words(versions: dict[str, str]) -> str:
    """Versions in one cell."""
    return " ".join(f"{name}={number}" for name, number in versions.items())


def csv_rows(runs: Iterable[Run]) -> list[dict[str, Any]]:
    """One row per run and tier; a run that found nothing has one without a tier."""
    rows = []
    for run in runs:
        shared = {name: "" if run.get(name) is None else run[name] for name in COLUMNS}
        for tier in run["tiers"] or [{}]:
            value, bound = tier.get("value"), tier.get("bound")
            known = {"tier": tier.get("tier"), "value": value, "bound": bound, "gap": gap(value, bound),
                     "tier_s": tier.get("seconds")}  # fmt: skip
            rows.append(shared | {name: "" if what is None else what for name, what in known.items()})
    return rows


def runs_of(rows: Iterable[dict[str, str]]) -> list[Run]:
    """The other way: rows as they were read, back to runs."""
    runs: dict[tuple[Any, ...], Run] = {}
    for row in rows:
        run: Run = {name: row.get(name) or "" for name in COLUMNS}
        for names, convert in ((WHOLE, int), (REAL, float)):
            run |= {name: convert(run[name]) if run[name] else None for name in names}
        run["checked"] = run["checked"] == "True"
        tiers = runs.setdefault(key(run), run | {"tiers": []})["tiers"]
        if run["tier"]:
            tiers.append(
                {
                    "tier": run["tier"],
                    "value": int(run["value"]) if run["value"] else None,
                    "bound": int(run["bound"]) if run["bound"] else None,
                    "seconds": float(run["tier_s"]) if run["tier_s"] else None,
                }
            )
    return list(runs.values())


class Store:
    """The runs of a campaign on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.runs: dict[tuple[Any, ...], Run] = {}
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                self.runs = {key(run): run for run in runs_of(csv.DictReader(file))}

    def finished(self, wanted: Run) -> Run | None:
        """A run that need not be done again: the same in every part of the key."""
        found = self.runs.get(key(wanted))
        return None if found is None or found["termination"] == UNFINISHED else found

    def keep(self, run: Run) -> None:
        """Add a run, or put it in the place of the same one, and write all; nothing is lost from here."""
        self.runs.pop(key(run), None)
        self.runs[key(run)] = run
        write_csv(self.path, csv_rows(self.runs.values()))


def write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write the rows beside and rename, so that the file is always whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".csv.new")
    with beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
