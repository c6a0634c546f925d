"""How time and memory of the default engine grow with the number of applicants, on generated data.

    python benchmarks/scaling.py [--kind nation] [--sizes 1000 2000 5000 ...] [--time-limit-per-1000 12] [--plot]

Each size is generated, solved and checked in processes of their own.  ``results/scaling.csv`` is written
after each; a size that stands there is not run again unless ``--again`` is given.  In the end the table and
the fitted exponents are written into README.md, with ``--plot`` a picture into ``results/``.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import table
from benchmarks.instances import prepared
from benchmarks.registry import README, RESULTS, Generated, Instance, method
from benchmarks.results import Store, gap
from benchmarks.run import asked, done, is_fault, say
from benchmarks.running import machine

SIZES = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
PRESETS = {"nation": "nation", "area": "region"}
"""Municipalities in proportion, or one area of co-operation where a person may be placed anywhere."""
LEAST_S = 12.0
"""Seconds that the smallest size has at least."""
LARGE = 10_000
"""The second fit is from here on, where what every run costs weighs little."""
MEASURES = {
    "generate_s": "generate s", "read_s": "read s", "compile_s": "compile s", "first_s": "first solution s",
    "near_s": "within 1 % s", "wall_s": "total s",
    "peak_memory_mb": "peak MB",
}  # fmt: skip

Run = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fit:
    """``measure = factor * applicants ** exponent`` by least squares of the logarithms, over a range of sizes."""

    exponent: float
    factor: float
    smallest: int
    largest: int
    points: int


def fitted(points: Sequence[tuple[int, float | None]], smallest: int = 0) -> Fit | None:
    """The fit over sizes from ``smallest`` on that have a positive measure; None for fewer than three."""
    used = sorted((n, y) for n, y in points if y is not None and y > 0 and n >= smallest)
    if len({n for n, _ in used}) < 3:
        return None
    x, z = [math.log(n) for n, _ in used], [math.log(y) for _, y in used]
    mean_x, mean_z = sum(x) / len(x), sum(z) / len(z)
    across = sum((a - mean_x) * (b - mean_z) for a, b in zip(x, z, strict=True))
    slope = across / sum((a - mean_x) ** 2 for a in x)
    return Fit(slope, math.exp(mean_z - slope * mean_x), used[0][0], used[-1][0], len(used))


def markdown(runs: Sequence[Run]) -> str:
    """A row a size, and one for each range of the fits."""
    head = ["applicants", "outcome", "cells", "limit s", *MEASURES.values(), "1a gap %"]
    lines = [head, ["---:", "---", *("---:" for _ in head[2:])]]
    for run in runs:
        first = run["tiers"][0] if run["tiers"] else {"value": None, "bound": None}
        distance = gap(first["value"], first["bound"])
        lines.append(
            [
                f"{run['applicants']:,}", table.outcome(run),
                "–" if run.get("cells") is None else f"{run['cells']:,}", f"{run['time_limit_s']:g}",
                *(_short(run.get(name)) for name in MEASURES),
                "–" if distance is None else f"{100 * distance:.2f}",
            ]
        )  # fmt: skip
    for smallest in (0, LARGE):
        fits = [fitted(_points(runs, name), smallest) for name in MEASURES]
        known = [fit for fit in fits if fit]
        if known:
            low, high = min(fit.smallest for fit in known), max(fit.largest for fit in known)
            cells = [_exponent(fit, low, high) for fit in fits]
            lines.append([f"**exponent, {low:,} to {high:,}**", "", "", "", *cells, ""])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _points(runs: Sequence[Run], name: str) -> list[tuple[int, float | None]]:
    return [(run["applicants"], run.get(name)) for run in runs]


def _exponent(fit: Fit | None, low: int, high: int) -> str:
    """The exponent, with its own range where that is another than the row's."""
    if fit is None:
        return "–"
    own = "" if (fit.smallest, fit.largest) == (low, high) else f" ({fit.smallest:,} to {fit.largest:,})"
    return f"**{fit.exponent:.2f}**{own}"


def _short(number: float | None) -> str:
    return "–" if number is None else f"{number:.3g}" if number < 100 else f"{number:,.0f}"


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line names; 1 if a run crashed or the checker refused a proposal."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kind", choices=sorted(PRESETS), default="nation")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument("--time-limit-per-1000", type=float, default=12.0, metavar="S")
    parser.add_argument("--memory-gb", type=float, default=10.0, help="for a run with all its processes")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--again", action="store_true", help="run what has been run before, too")
    parser.add_argument("--plot", action="store_true", help="draw results/scaling-KIND.svg")
    parser.add_argument("--dry", action="store_true", help="print only")
    chosen = parser.parse_args(arguments)
    store = None if chosen.dry else Store(RESULTS / "scaling.csv")
    runs = []
    for size in sorted(set(chosen.sizes)):
        preset = PRESETS[chosen.kind]
        seconds = max(LEAST_S, chosen.time_limit_per_1000 * size / 1000)
        instance = Instance(f"{preset}-{size}-1", seconds, Generated(preset, 1, size))
        data = prepared(instance)
        wanted = asked(instance, method("auto"), data, seconds, chosen.workers, chosen.seed, chosen.memory_gb)
        before = store.finished(wanted) if store and not chosen.again else None
        run = before or done(wanted, instance, first=True)
        if store and not before:
            store.keep(run)
        runs.append(run)
        say(run, kept=before is not None)
    text = markdown(runs)
    print(text)
    if store:
        note = f"{machine()}; {chosen.workers} workers, seed {chosen.seed}; {runs[0]['versions']}."
        picture = RESULTS / f"scaling-{chosen.kind}.svg"
        if chosen.plot:
            from benchmarks.scaling_plot import draw

            draw(runs, MEASURES, picture)
            note += f"\n\n![Time and memory by applicants](results/{picture.name})"
        table.into_readme(README, f"scaling-{chosen.kind}", f"{text}\n{note}\n")
    return int(any(is_fault(run) for run in runs))


if __name__ == "__main__":
    sys.exit(main())
