"""How time and memory of rotas grow with staff and weeks, on instances made here in the format of Curtois and Qu.

    python benchmarks/rota_scaling.py [--sizes 10x4 20x4 ...] [--seconds-per-person-week 0.12] [--plot]

A size is people x weeks.  Each is solved and judged in a process of its own; rows go to
``results/published/rota-scaling/runs.jsonl``, and what stands there is not run again.  In the end the table and the
fitted exponents are written into README.md, with ``--plot`` a picture into ``results/``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from benchmarks import table
from benchmarks.registry import README, RESULTS
from tildeling.bench.one import run
from tildeling.bench.runs import Row, Spec
from tildeling.bench.store import Store
from tildeling.published import format_of
from tildeling.report import palette
from tildeling.report.plots.axes import calm

SIZES = (
    (10, 4), (20, 4), (40, 4), (80, 4), (150, 4), (20, 8), (20, 13), (20, 26), (20, 52), (50, 13), (150, 13),
    (50, 52), (150, 52),
)  # fmt: skip
LEAST_S, MOST_S = 60.0, 600.0
FORM = "curtois"
NEAR = 0.02
"""How near to the value in the end the time to a good roster counts."""

WEEK_MINUTES = 2130
"""35.5 hours, a full-time week on three shifts (KS's Hovedtariffavtale, paragraph 4.2.3)."""
POSTS = (1.0, 0.8, 0.75, 0.6, 0.5)
"""Parts of a full-time post, in turn."""
SHIFTS = (("E", 480, ()), ("D", 450, ()), ("L", 480, ("E", "D")), ("N", 600, ("E", "D", "L")))
"""Shift, minutes, and those that cannot follow: eleven hours of rest."""
DEMAND = {"E": 0.36, "D": 0.12, "L": 0.32, "N": 0.20}
"""Shares of the shifts that are wanted."""
COVERED = 0.98
"""Wanted shifts over what the staff has hours for: the rest is leave."""
UNDER, OVER = 100, 1

MEASURES: dict[str, Callable[[Row], float | None]] = {
    "first roster s": lambda row: next((at for at, value, _ in row.history if value is not None), None),
    "within 2 % s": lambda row: next(
        (at for at, value, _ in row.history if value is not None and value <= (1 + NEAR) * (row.value or 0)), None
    ),
    "peak MB": lambda row: row.peak_memory_mb,
}  # fmt: skip


def made(people: int, weeks: int, seed: int = 0) -> str:
    """The text of an instance; the same from the same numbers.

    Staff of mixed posts, every second weekend at most, wishes and days of leave; demand that their hours cover.
    """
    rng, days = np.random.default_rng((seed, people, weeks)), 7 * weeks
    lines = ["SECTION_HORIZON", str(days), "", "SECTION_SHIFTS"]
    lines += [f"{name},{minutes},{'|'.join(after)}" for name, minutes, after in SHIFTS]
    lines += ["", "SECTION_STAFF"]
    names, worked = [f"P{number:03d}" for number in range(people)], 0.0
    for number, name in enumerate(names):
        minutes = WEEK_MINUTES * weeks * POSTS[number % len(POSTS)]
        worked += minutes
        nights = 0 if number % 4 == 0 else days
        most = "|".join(f"{shift}={nights if shift == 'N' else days}" for shift, *_ in SHIFTS)
        lines.append(f"{name},{most},{round(minutes + 240)},{round(minutes - 960)},5,2,2,{(weeks + 1) // 2}")
    lines += ["", "SECTION_DAYS_OFF"]
    for name in names:
        leave = rng.choice(days, size=max(1, weeks // 2), replace=False)
        lines.append(",".join([name, *map(str, sorted(leave.tolist()))]))
    for section in ("SECTION_SHIFT_ON_REQUESTS", "SECTION_SHIFT_OFF_REQUESTS"):
        lines += ["", section]
        for name in names:
            for day in sorted(rng.choice(days, size=weeks, replace=False).tolist()):
                lines.append(f"{name},{day},{SHIFTS[int(rng.integers(3))][0]},{int(rng.integers(1, 4))}")
    lines += ["", "SECTION_COVER"]
    mean = sum(minutes * DEMAND[name] for name, minutes, _ in SHIFTS)
    daily, owed = COVERED * worked / mean / days, dict.fromkeys(DEMAND, 0.0)
    for day in range(days):
        for shift, share in DEMAND.items():
            owed[shift] += daily * share * (0.8 if day % 7 >= 5 else 1.08)
            wanted = int(owed[shift] + 0.5)
            owed[shift] -= wanted
            lines.append(f"{day},{shift},{wanted},{UNDER},{OVER}")
    return "\n".join(lines) + "\n"


def spec(people: int, weeks: int, folder: Path, pace: float, engine: str, workers: int) -> Spec:
    """What is asked of a size; its instance is written into the folder."""
    path = folder / f"rota-{people}x{weeks}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(made(people, weeks), encoding="utf-8")
    seconds = min(MOST_S, max(LEAST_S, pace * people * weeks))
    digest = format_of(FORM).read(path).digest
    return Spec(
        form=FORM, path=str(path), instance=path.stem, digest=digest, best=None, unit=1, engine=engine, seed=0,
        seconds=seconds, workers=workers, memory_mb=16_000.0,
    )  # fmt: skip


def size(row: Row) -> tuple[int, int]:
    """People and weeks, by the name."""
    people, weeks = row.instance.removeprefix("rota-").split("x")
    return int(people), int(weeks)


def exponents(rows: Sequence[Row], measure: Callable[[Row], float | None]) -> tuple[float, float] | None:
    """(p, q) of ``measure = factor * people ** p * weeks ** q`` by least squares of the logarithms; None for fewer
    than four sizes that have it, or where one of both never changes."""
    points = [(*size(row), value) for row in rows if (value := measure(row))]
    if len(points) < 4 or any(len({point[k] for point in points}) < 2 for k in (0, 1)):
        return None
    logs = np.log(np.array(points, float))
    across = np.column_stack([np.ones(len(logs)), logs[:, :2]])
    _, staff, weeks = np.linalg.lstsq(across, logs[:, 2], rcond=None)[0].tolist()
    return staff, weeks


def markdown(rows: Sequence[Row]) -> str:
    """A row a size, and the exponents."""
    head = ["people", "weeks", "limit s", "outcome", "value", "bound", "gap %", *MEASURES, "total s"]
    lines = [head, ["---:", "---:", "---:", "---", *("---:" for _ in head[4:])]]
    for row in rows:
        people, weeks = size(row)
        told = [measure(row) for measure in MEASURES.values()]
        lines.append(
            [
                str(people), str(weeks), f"{row.time_limit_s:g}", row.outcome,
                *("–" if number is None else f"{number:,}" for number in (row.value, row.bound)),
                "–" if row.gap is None else f"{100 * row.gap:.2f}",
                *("–" if number is None else f"{number:,.3g}" if number < 100 else f"{number:,.0f}" for number in told),
                f"{row.wall_s:.1f}",
            ]
        )  # fmt: skip
    fits = [exponents(rows, measure) for measure in MEASURES.values()]
    for name, number in (("people", 0), ("weeks", 1)):
        cells = ["–" if fit is None else f"**{fit[number]:.2f}**" for fit in fits]
        lines.append([f"**exponent of {name}**", "", "", "", "", "", "", *cells, ""])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def draw(rows: Sequence[Row], path: Path) -> None:
    """A panel for each measure, people times weeks across, as SVG; the same bytes every time."""
    figure = Figure(figsize=(9.6, 3.4), layout="constrained")
    figure.patch.set_facecolor(palette.PAPER)
    for ax, (name, measure) in zip(figure.subplots(1, len(MEASURES)), MEASURES.items(), strict=True):
        _panel(ax, rows, measure)
        ax.set_title(name, fontsize=10, color=palette.INK, loc="left")
        ax.set_xlabel("people × weeks", fontsize=9, color=palette.INK)
        calm(ax, "y")
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": path.stem}):
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _panel(ax: Any, rows: Sequence[Row], measure: Callable[[Row], float | None]) -> None:
    points = [(*size(row), value) for row in rows if (value := measure(row))]
    for people, weeks, value in points:
        ax.scatter(people * weeks, value, color=palette.CALM, s=14)
        ax.annotate(
            f"{people}×{weeks}",
            (people * weeks, value),
            fontsize=7,
            xytext=(3, 3),
            textcoords="offset points",
        )
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.margins(x=0.15)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axis.set_minor_locator(NullLocator())


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line names; 1 if a run found nothing or its roster was refused."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", nargs="+", type=_size, default=SIZES, metavar="PEOPLExWEEKS")
    parser.add_argument("--seconds-per-person-week", type=float, default=0.12, metavar="S")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--plot", action="store_true", help="draw results/scaling-rota.svg")
    parser.add_argument("--out", type=Path, default=RESULTS / "published" / "rota-scaling", metavar="FOLDER")
    parser.add_argument("--dry", action="store_true", help="print only")
    chosen = parser.parse_args(arguments)
    store, rows = Store(chosen.out), []
    with store.writing():
        for people, weeks in chosen.sizes:
            wanted = spec(
                people,
                weeks,
                Path("out/rota-scaling"),
                chosen.seconds_per_person_week,
                chosen.engine,
                chosen.workers,
            )
            row = store.rows.get(wanted.key) or run(wanted)
            if row is None:
                return 130
            store.keep(row)
            rows.append(row)
            print(
                f"{row.instance}: {row.outcome}, {row.value}, bound {row.bound}, {row.wall_s:.1f} s",
                flush=True,
            )
    text = markdown(rows)
    print(text)
    if not chosen.dry:
        note = f"{rows[0].machine}; workers {rows[0].workers}, seed 0; {rows[0].flat()['versions']}."
        if chosen.plot:
            draw(rows, RESULTS / "scaling-rota.svg")
            note += "\n\n![Time and memory by people and weeks](results/scaling-rota.svg)"
        table.into_readme(README, "scaling-rota", f"{text}\n{note}\n")
    return int(any(not row.found for row in rows))


def _size(text: str) -> tuple[int, int]:
    people, _, weeks = text.partition("x")
    if not (people.isdecimal() and weeks.isdecimal() and int(people) and int(weeks)):
        raise argparse.ArgumentTypeError(f"{text!r} is not PEOPLExWEEKS, as in 20x4")
    return int(people), int(weeks)


if __name__ == "__main__":
    sys.exit(main())
