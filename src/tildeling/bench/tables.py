"""Runs as tables: one of instances against engines, one of engines; as CSV, Markdown or LaTeX."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from fractions import Fraction
from statistics import fmean
from typing import Any

from tildeling.bench.measures import primal_integral, references, shifted_mean, time_to, to_best
from tildeling.bench.runs import Row

Cells = list[list[str]]
NOTHING = "–"
COLUMNS = ("value", "bound", "to best %", "seconds")
BARE = (*COLUMNS, "outcome", "found", "runs")
"""An engine's columns, and those where no cell may hold two things."""


def instances(rows: Sequence[Row], *, bare: bool = False) -> Cells:
    """A line an instance: what is known, then each engine's value, bound and distance, means over its seeds.

    Values are as they are published.  With ``bare``, numbers have no marks: what these say has columns of its own.
    """
    rows = told_apart(rows)
    engines = list(dict.fromkeys(row.engine for row in rows))
    head = ["instance", "best known"]
    head += [f"{engine} {what}" for engine in engines for what in (BARE if bare else COLUMNS)]
    lines = [head]
    for digest in dict.fromkeys(row.digest for row in rows):
        mine = [row for row in rows if row.digest == digest]
        line = [mine[0].instance, _published([mine[0].best_known], mine[0].unit)]
        for engine in engines:
            line += (_bare if bare else _cells)([row for row in mine if row.engine == engine])
        lines.append(["" if bare and cell == NOTHING else cell for cell in line])
    return lines


def told_apart(rows: Sequence[Row]) -> list[Row]:
    """Rows whose instances and engines have names of their own: with the format, or limit and threads, if need be."""
    digests: dict[str, set[str]] = {}
    for row in rows:
        digests.setdefault(row.instance, set()).add(row.digest)
    limits = {(row.time_limit_s, row.workers) for row in rows}
    return [
        row.model_copy(
            update={
                "instance": f"{row.form}/{row.instance}" if len(digests[row.instance]) > 1 else row.instance,
                "engine": f"{row.engine}, {row.time_limit_s:g} s × {row.workers}" if len(limits) > 1 else row.engine,
            }
        )
        for row in rows
    ]  # fmt: skip


def _cells(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return [NOTHING] * len(COLUMNS)
    value, bound, share, seconds, outcome, found, runs = _bare(rows)
    if value == NOTHING:
        return [outcome, bound, share, seconds]
    marks = ("*" if outcome == "optimal" else "") + (f" ({found}/{runs})" if found != runs else "")
    return [value + marks, bound, share, seconds]


def _bare(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return [NOTHING] * len(BARE)
    shares = [100 * row.to_best for row in rows if row.to_best is not None]
    outcomes = list(dict.fromkeys(row.outcome for row in rows))
    return [
        _published([row.value for row in rows], rows[0].unit), _published([row.bound for row in rows], rows[0].unit),
        _mean(shares, 3), _mean([row.wall_s for row in rows]), outcomes[0] if len(outcomes) == 1 else "mixed",
        str(sum(row.found for row in rows)), str(len(rows)),
    ]  # fmt: skip


def _published(values: Sequence[int | None], unit: int) -> str:
    """The mean of values that there are, in the unit that they are published in."""
    known = [value for value in values if value is not None]
    if not known:
        return NOTHING
    mean = Fraction(sum(known), len(known) * unit)
    digits = max(len(str(abs(unit))) - 1, 0 if mean.denominator == 1 else 1)
    return f"{float(mean):.{digits}f}"


def engines(rows: Sequence[Row]) -> Cells:
    """A line an engine, over all its runs; distances from the least value that is known or was found here."""
    rows = told_apart(rows)
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
    shown = [[cell.replace("|", r"\|") for cell in line] for line in (head, rule, *lines)]
    return "\n".join(f"| {' | '.join(line)} |" for line in shown) + "\n"


def as_latex(cells: Cells) -> str:
    """A ``tabular`` with rules of the package booktabs, as its first line says."""
    head, *rest = ([_escaped(cell) for cell in line] for line in cells)
    body = " \\\\\n".join(" & ".join(line) for line in rest)
    columns = "l" + "r" * (len(head) - 1)
    lines = [
        "% \\usepackage{booktabs}", f"\\begin{{tabular}}{{{columns}}}", "\\toprule", f"{' & '.join(head)} \\\\",
        "\\midrule", f"{body} \\\\", "\\bottomrule", "\\end{tabular}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


FORMS: dict[str, Callable[[Cells], str]] = {"markdown": as_markdown, "csv": as_csv, "latex": as_latex}

_LATEX = {
    "&": r"\&",
    "%": r"\%",
    "_": r"\_",
    "#": r"\#",
    "$": r"\$",
    NOTHING: "--",
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "{": r"\{",
    "}": r"\}",
    "×": r"$\times$",
}


def _escaped(cell: str) -> str:
    return "".join(_LATEX.get(each, each) for each in cell)


def _mean(values: Sequence[Any], digits: int = 1) -> str:
    if not values:
        return NOTHING
    mean = fmean(values)
    return (
        str(int(mean))
        if all(isinstance(each, int) for each in values) and mean == int(mean)
        else f"{mean:.{digits}f}"
    )
