"""Runs as tables: one of instances against engines, one of engines; as CSV, Markdown or LaTeX."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

from tildeling.bench.measures import primal_integral, references, shifted_mean, time_to, to_best
from tildeling.bench.runs import Row

Cells = list[list[str]]
NOTHING = "–"


def instances(rows: Sequence[Row]) -> Cells:
    """A line an instance: what is known, then each engine's value, bound and distance, means over its seeds."""
    engines = list(dict.fromkeys(row.engine for row in rows))
    head = ["instance", "best known"]
    head += [f"{engine} {what}" for engine in engines for what in ("value", "bound", "to best %", "seconds")]
    lines = [head]
    for digest in dict.fromkeys(row.digest for row in rows):
        mine = [row for row in rows if row.digest == digest]
        line = [mine[0].instance, _whole(mine[0].best_known)]
        for engine in engines:
            line += _cells([row for row in mine if row.engine == engine])
        lines.append(line)
    return lines


def _cells(rows: Sequence[Row]) -> list[str]:
    found = [row for row in rows if row.value is not None]
    if not rows:
        return [NOTHING] * 4
    if not found:
        bounds = [row.bound for row in rows if row.bound is not None]
        return [
            rows[0].outcome,
            _whole(max(bounds, default=None)),
            NOTHING,
            _mean([row.wall_s for row in rows]),
        ]
    values = [row.value for row in found if row.value is not None]
    bounds = [row.bound for row in found if row.bound is not None]
    shares = [100 * row.to_best for row in found if row.to_best is not None]
    proven = all(row.outcome == "optimal" for row in rows)
    value = (
        _mean(values)
        + ("*" if proven else "")
        + (f" ({len(found)}/{len(rows)})" if len(found) < len(rows) else "")
    )
    return [value, _mean(bounds), _mean(shares, 3), _mean([row.wall_s for row in rows])]


def engines(rows: Sequence[Row]) -> Cells:
    """A line an engine, over all its runs; distances from the least value that is known or was found here."""
    best = references(rows)
    lines = [
        ["engine", "runs", "solved", "proven", "mean to best %", "worst %", "primal integral", "to 1 %",
         "seconds to 1 %", "seconds", "MB"]
    ]  # fmt: skip
    for engine in dict.fromkeys(row.engine for row in rows):
        mine = [row for row in rows if row.engine == engine]
        shares = [
            100 * share
            for row in mine
            if row.digest in best and (share := to_best(row.value, best[row.digest])) is not None
        ]
        areas = [
            primal_integral(row.history, best[row.digest], row.time_limit_s) / row.time_limit_s
            for row in mine
            if row.digest in best
        ]
        times = [
            moment
            for row in mine
            if row.digest in best and (moment := time_to(row.history, best[row.digest])) is not None
        ]
        lines.append(
            [
                engine, str(len(mine)), str(sum(row.found for row in mine)),
                str(sum(row.outcome in ("optimal", "infeasible") for row in mine)), _mean(shares, 3),
                f"{max(shares):.3f}" if shares else NOTHING, _mean(areas, 4), str(len(times)),
                f"{shifted_mean(times):.1f}" if times else NOTHING, _mean([row.wall_s for row in mine]),
                f"{max(row.peak_memory_mb for row in mine):.0f}",
            ]
        )  # fmt: skip
    return lines


def as_csv(cells: Cells) -> str:
    """With commas and LF."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(cells)
    return buffer.getvalue()


def as_markdown(cells: Cells) -> str:
    """Names to the left, numbers to the right."""
    head, *lines = cells
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *lines)) + "\n"


def as_latex(cells: Cells) -> str:
    """A ``tabular`` with rules of booktabs."""
    head, *lines = ([_escaped(cell) for cell in line] for line in cells)
    body = " \\\\\n".join(" & ".join(line) for line in lines)
    columns = "l" + "r" * (len(head) - 1)
    return (
        f"\\begin{{tabular}}{{{columns}}}\n\\toprule\n{' & '.join(head)} \\\\\n\\midrule\n{body} \\\\\n"
        "\\bottomrule\n\\end{tabular}\n"
    )


FORMS: dict[str, Callable[[Cells], str]] = {"markdown": as_markdown, "csv": as_csv, "latex": as_latex}

_LATEX = {
    "&": r"\&",
    "%": r"\%",
    "_": r"\_",
    "#": r"\#",
    "$": r"\$",
    NOTHING: "--",
    "\\": r"\textbackslash{}",
}


def _escaped(cell: str) -> str:
    return "".join(_LATEX.get(each, each) for each in cell)


def _whole(value: int | None) -> str:
    return NOTHING if value is None else str(value)


def _mean(values: Sequence[Any], digits: int = 1) -> str:
    if not values:
        return NOTHING
    mean = fmean(values)
    return (
        str(int(mean))
        if all(isinstance(each, int) for each in values) and mean == int(mean)
        else f"{mean:.{digits}f}"
    )
