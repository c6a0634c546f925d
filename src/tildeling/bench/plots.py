"""Plots of a campaign: performance profile, distance over time, how time grows with size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from tildeling.bench.measures import distance, primal_integral, references, time_to
from tildeling.bench.runs import Row
from tildeling.bench.tables import told_apart
from tildeling.report import palette
from tildeling.report.plots.axes import calm

LEAST = 1e-3
"""Primal integrals below this count as this: ratios to 0 say nothing."""

STEPS = 200

Draw = Callable[[Any, Sequence[Row]], None]


def profile(ax: Any, rows: Sequence[Row]) -> None:
    """Share of runs whose primal integral is within a factor of the best engine's; never that of a run that found
    nothing (Dolan and Moré 2002)."""
    best = references(rows)
    areas: dict[tuple[str, int], dict[str, float]] = {}
    for row in rows:
        if row.digest in best:
            area = primal_integral(row.history, best[row.digest], row.time_limit_s) / row.time_limit_s
            mine = areas.setdefault((row.digest, row.seed), {})
            mine[row.engine] = max(LEAST, area) if row.found else np.inf
    solved = [mine for mine in areas.values() if np.isfinite(min(mine.values()))]
    most = max((ratio for mine in solved for ratio in _ratios(mine).values()), default=2.0)
    for engine, shade in _shades(rows).items():
        runs = sum(engine in mine for mine in areas.values())
        ratios = np.sort([_ratios(mine)[engine] for mine in solved if engine in _ratios(mine)])
        if runs:
            shares = np.arange(len(ratios) + 1) / runs
            ax.step(
                [1, *ratios, max(2.0, most)], [*shares, shares[-1]], where="post", color=shade, label=engine
            )
    ax.set_xscale("log")
    ax.set_ylim(0, 1.02)
    ax.set_xlabel("primal integral, times that of the best engine")
    ax.set_ylabel("share of runs")


def _ratios(areas: dict[str, float]) -> dict[str, float]:
    """Those of engines that found something, to the best of them."""
    least = min(areas.values())
    return {engine: area / least for engine, area in areas.items() if np.isfinite(area)}


def over_time(ax: Any, rows: Sequence[Row]) -> None:
    """Mean distance from the best value, by seconds; 100 % while there is no solution."""
    best = references(rows)
    limit = max((row.time_limit_s for row in rows), default=1.0)
    at = np.geomspace(min(0.1, limit / 10), limit, STEPS)
    for engine, shade in _shades(rows).items():
        lines = [
            _distances(row, best[row.digest], at)
            for row in rows
            if row.engine == engine and row.digest in best
        ]
        if lines:
            ax.plot(at, 100 * np.mean(lines, axis=0), color=shade, label=engine)
    ax.set_xscale("log")
    ax.set_yscale("symlog", linthresh=0.1)
    ax.set_ylim(bottom=0)
    ax.set_xlabel("seconds")
    ax.set_ylabel("mean distance from the best value, %")


def _distances(row: Row, best: int, at: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    now = np.ones(len(at))
    for moment, value, _ in row.history:
        if value is not None:
            now[at >= moment] = np.minimum(now[at >= moment], distance(value, best))
    return now


def scaling(ax: Any, rows: Sequence[Row]) -> None:
    """Seconds to within 1 % of the best value, by size, with the exponent of the line through them; runs that did
    not come so near are counted, and have no point."""
    best = references(rows)
    for engine, shade in _shades(rows).items():
        points = [
            (row.size, max(0.01, moment))
            for row in rows
            if row.engine == engine and row.size and row.digest in best
            and (moment := time_to(row.history, best[row.digest])) is not None
        ]  # fmt: skip
        runs = sum(row.engine == engine and row.digest in best for row in rows)
        if not points:
            continue
        sizes, times = map(np.array, zip(*points, strict=True))
        label = engine if len(points) == runs else f"{engine} ({len(points)} of {runs})"
        if len(set(sizes)) > 1:
            exponent, level = np.polyfit(np.log(sizes), np.log(times), 1)
            ends = np.array([sizes.min(), sizes.max()])
            ax.plot(ends, np.exp(level) * ends**exponent, color=shade, linewidth=0.8)
            label = f"{label}, exponent {exponent:.2f}"
        ax.scatter(sizes, times, color=shade, s=14, label=label)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlabel("size")
    ax.set_ylabel("seconds to within 1 %")


PLOTS: dict[str, Draw] = {"profile": profile, "over-time": over_time, "scaling": scaling}


def draw(name: str, rows: Sequence[Row], path: Path) -> None:
    """One plot as SVG, PNG or PDF, by the file's ending; the same bytes every time."""
    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    figure.patch.set_facecolor(palette.PAPER)
    ax = figure.subplots()
    PLOTS[name](ax, told_apart(rows))
    calm(ax, "y")
    ax.xaxis.label.set_color(palette.INK)
    ax.yaxis.label.set_color(palette.INK)
    if ax.get_legend_handles_labels()[1]:
        ax.legend(frameon=False, fontsize=9)
    path.parent.mkdir(parents=True, exist_ok=True)
    undated = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix)
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": path.stem}):
        figure.savefig(path, metadata=undated, dpi=160)


def _shades(rows: Sequence[Row]) -> dict[str, str]:
    names = list(dict.fromkeys(row.engine for row in rows))
    return {name: shade.dark for name, shade in palette.shades(names).items()}
