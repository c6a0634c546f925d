"""Results as CSV rows and as Markdown tables; the tables stand in README.md between markers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

COLUMNS = (
    "instance", "dataset_hash", "method", "kind", "time_limit_s", "workers", "seed", "outcome", "termination",
    "checked", "tier", "value", "bound", "gap", "tier_s", "solve_s", "wall_s", "peak_memory_mb", "versions",
    "machine",
)  # fmt: skip
BEGIN, END = "<!-- results: {name} -->", "<!-- end of results: {name} -->"


def gap(value: int | None, bound: int | None) -> float | None:
    """|value - bound| / max(1, |value|), None where a bound is unknown."""
    return None if value is None or bound is None else round(abs(value - bound) / max(1, abs(value)), 6)


def csv_rows(runs: Iterable[dict[str, Any]], machine: str) -> list[dict[str, Any]]:
    """One row per run and tier; a run that found nothing has one without a tier."""
    rows = []
    for run in runs:
        shared = {key: run.get(key, "") for key in COLUMNS} | {
            "time_limit_s": run["time_limit"], "machine": machine, "dataset_hash": run["dataset_hash"][:12],
            "versions": " ".join(f"{name}={number}" for name, number in run["versions"].items()),
        }  # fmt: skip
        for tier in run["tiers"] or [{}]:
            value, bound = tier.get("value"), tier.get("bound")
            known = {"tier": tier.get("tier"), "value": value, "bound": bound, "gap": gap(value, bound),
                     "tier_s": tier.get("seconds")}  # fmt: skip
            rows.append(shared | {key: "" if what is None else what for key, what in known.items()})
    return rows


def write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write the rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def markdown(runs: Sequence[dict[str, Any]], *, timings: bool = True) -> str:
    """A table per instance, methods against tiers: ✓ where proven, else the bound where there is one."""
    parts = []
    for instance in dict.fromkeys(run["instance"] for run in runs):
        mine = [run for run in runs if run["instance"] == instance]
        names = list(dict.fromkeys(tier["tier"] for run in mine for tier in run["tiers"]))
        head = ["method", "outcome", *names, *(("seconds", "MB") if timings else ())]
        lines = [_line(head), _line(["---", "---", *("---:" for _ in head[2:])])]
        for run in mine:
            cells = {tier["tier"]: _cell(run["kind"], tier) for tier in run["tiers"]}
            outcome = run["outcome"] if run["checked"] or not run["tiers"] else "**rejected by the checker**"
            more = [f"{run['wall_s']:.1f}", f"{run['peak_memory_mb']:.0f}"] if timings else []
            lines.append(_line([run["method"], outcome, *(cells.get(name, "–") for name in names), *more]))
        limit = f", {mine[0]['time_limit']:g} s per run" if timings else ""
        parts.append(f"**{instance}**{limit}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(kind: str, tier: dict[str, Any]) -> str:
    value, bound = tier["value"], tier["bound"]
    if value is None:
        return "–"
    if kind == "baseline" or bound is None:
        return f"{value}"
    return f"{value} ✓" if value == bound else f"{value} (≥ {bound})"


def into_readme(readme: Path, name: str, text: str) -> None:
    """Put a text between a name's markers.

    Raises
    ------
    ValueError
        If the markers are not there.
    """
    begin, end = BEGIN.format(name=name), END.format(name=name)
    page = readme.read_text(encoding="utf-8")
    if begin not in page or end not in page:
        raise ValueError(f"{readme.name}: no markers for {name}")
    before, after = page.split(begin)[0], page.split(end)[1]
    readme.write_text(f"{before}{begin}\n\n{text}\n{end}{after}", encoding="utf-8")
