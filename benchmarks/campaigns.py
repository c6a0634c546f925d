"""The README's tables, comparisons and plots of campaigns over published instances, from the rows that are kept.

    python benchmarks/campaigns.py            # after tildeling bench run ... --out benchmarks/results/published/SET

Nothing is run; a set without rows is said to be without.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import table
from benchmarks.registry import README, RESULTS
from tildeling.bench.comparing import compare
from tildeling.bench.plots import draw
from tildeling.bench.runs import Row
from tildeling.bench.store import FILE, read
from tildeling.bench.tables import as_markdown, engines, instances

SETS = ("gap", "holmberg", "yang", "mdgp", "inrc2", "inrc2-60")
"""Folders of ``results/published``, each of one campaign with one limit."""
PLOTS = {"over-time": "Mean distance from the best value over time", "profile": "Performance profile"}
OURS = "auto"


def mean_to_best(rows: Sequence[Row]) -> str:
    """A line an engine: how far its values are from the best published, on average and at most."""
    lines = []
    for engine in dict.fromkeys(row.engine for row in rows):
        shares = [row.to_best for row in rows if row.engine == engine and row.to_best is not None]
        if shares:
            mean = sum(shares) / len(shares)
            lines.append(
                f"{engine}: {mean:.3%} above best known on average of {len(shares)}, {max(shares):.3%} at most"
            )
    return "; ".join(lines) + "."


def against(rows: Sequence[Row]) -> str:
    """What a test says of ``auto`` and each other engine, on the instances that both ran."""
    ours, lines = [row for row in rows if row.engine == OURS], []
    for engine in dict.fromkeys(row.engine for row in rows if row.engine != OURS):
        found = compare(ours, [row for row in rows if row.engine == engine])
        if found.pairs > 1:
            p = "all alike" if found.p is None else f"p = {found.p:.2g} (Wilcoxon)"
            lines.append(
                f"- {OURS} against {engine}, {found.pairs} pairs: nearer to the best in {found.better}, farther in "
                f"{found.worse}; mean difference {found.mean:+.3%} ({found.low:+.3%} to {found.high:+.3%}), {p}"
            )
    return "\n".join(lines)


def text(name: str, rows: Sequence[Row], folder: Path) -> str:
    """What the README says of a campaign."""
    ordered = sorted(rows, key=lambda row: row.size)
    parts = [
        as_markdown(instances(ordered)),
        as_markdown(engines(ordered)),
        mean_to_best(rows),
        against(rows),
    ]
    parts.append(f"{rows[0].machine}; {rows[0].flat()['versions']}.")
    parts += [f"![{title}, {name}]({folder.name}/{name}-{kind}.svg)" for kind, title in PLOTS.items()]
    return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n"


def main(readme: Path = README, results: Path = RESULTS) -> int:
    """Write them all."""
    for name in SETS:
        rows = read(results / "published" / name / FILE)
        if not rows:
            table.into_readme(readme, f"published-{name}", "Not run yet.\n")
            continue
        for kind in PLOTS:
            draw(kind, rows, results / f"{name}-{kind}.svg")
        table.into_readme(readme, f"published-{name}", text(name, rows, results))
        print(f"{name}: {len(rows)} runs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
