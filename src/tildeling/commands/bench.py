"""Commands of research: bench run, bench table, bench plot, bench compare."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated, Any

import typer

from tildeling.cli import CANCELLED, NO_SOLUTION, OK, REJECTED, configure_logging, say, tell
from tildeling.commands import running as run
from tildeling.errors import UsageError
from tildeling_models.stop import Stop

SetName = Annotated[
    str, typer.Option("--set", help="A name (curtois, inrc2, gap, holmberg, yang, mdgp) or a file.")
]
Folder = Annotated[Path, typer.Argument(help="Folder that bench run wrote.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    bench = typer.Typer(help="Campaigns over published instances.", no_args_is_help=True)
    bench.command("run")(campaign)
    for command in (table, plot, compare):
        bench.command()(command)
    app.add_typer(bench, name="bench")


def campaign(
    chosen: SetName,
    engines: Annotated[str, typer.Option("--engines", help="Names, with commas between them.")] = "auto",
    seeds: Annotated[str, typer.Option("--seeds", help="Numbers and ranges: 0,1,5..9.")] = "0",
    time_limit: Annotated[float, typer.Option("--time-limit", min=0.1, help="Seconds of each run.")] = 60.0,
    instances: Annotated[str | None, typer.Option("--instances", help="Only these, with commas.")] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Threads of each run.")] = 1,
    slots: Annotated[
        int | None, typer.Option("--slots", min=1, help="Runs at once; default: cores by workers.")
    ] = None,
    memory_mb: Annotated[float, typer.Option("--memory-mb", min=100, help="Of each run.")] = 8_000.0,
    scheduler: run.Scheduler = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder; default out/bench/SET.")] = None,
    quiet: run.Quiet = False,
    log_level: run.LogLevel = "warning",
) -> int:
    """Run engines on a set of instances; again, it goes on where it stopped. Ends with 4 if runs failed."""
    from tildeling.bench import campaign as campaigns
    from tildeling.bench import tables
    from tildeling.bench.scheduling import here, on_cluster
    from tildeling.bench.sets import cases
    from tildeling.bench.store import Store

    configure_logging(log_level)
    if not math.isfinite(time_limit):
        raise UsageError(f"--time-limit {time_limit}: must be a number of seconds")
    stop = Stop()
    with run.cancelled_by_signals(stop):
        found = cases(chosen)
        if instances is not None:
            wanted = instances.split(",")
            known = {case.name for case in found}
            unknown = [name for name in wanted if name not in known]
            if unknown:
                raise UsageError(
                    f"--instances {','.join(unknown)}: not in the set; it has {', '.join(sorted(known))}"
                )
            found = [case for case in found if case.name in wanted]
        names = [name.strip() for name in engines.split(",") if name.strip()]
        asked = campaigns.Asked(found, names, numbers(seeds), time_limit, workers, memory_mb)
        specs = campaigns.specs(asked)
        store = Store(out or Path("out") / "bench" / Path(chosen).stem)
        at_once = slots or max(1, run.workers_or_all(None) // workers)
        where = on_cluster(scheduler) if scheduler else here(at_once)
        with run.shown_progress(quiet) as progress:
            for row in campaigns.run(specs, store, where, stop, progress):
                if row.note:
                    tell(f"{row.instance} {row.engine} seed {row.seed}: {row.outcome}: {row.note}")
    mine = [store.rows[spec.key] for spec in specs if spec.key in store.rows]
    if mine:
        say(tables.as_markdown(tables.engines(mine)))
    say(f"{len(mine)} of {len(specs)} runs in {store.path}")
    failed = sum(row.failed for row in mine)
    if failed:
        tell(f"{failed} of them failed (see note in bench table --format raw) and are done again next time")
    if stop.cancelled:
        tell("what was under way is dropped; the same command goes on from here")
    if any(row.outcome == "rejected" for row in mine):
        return REJECTED
    return CANCELLED if stop.cancelled else NO_SOLUTION if failed else OK


def table(
    folder: Folder,
    by: Annotated[str, typer.Option("--by", help="engine or instance.")] = "instance",
    form: Annotated[
        str, typer.Option("--format", help="markdown, csv or latex; raw: every run, CSV.")
    ] = "markdown",
) -> int:
    """A table of a campaign."""
    from tildeling.bench import tables

    rows = _rows(folder)
    layouts = {"engine": tables.engines, "instance": tables.instances}
    if by not in layouts or form not in (*tables.FORMS, "raw"):
        raise UsageError(
            f"--by is one of {', '.join(layouts)}; --format one of {', '.join(tables.FORMS)}, raw"
        )
    if form == "raw":
        flat = [row.flat() for row in rows]
        say(
            tables.as_csv(
                [list(flat[0]), *([_plain(value) for value in each.values()] for each in flat)]
            ).rstrip("\n")
        )
        return OK
    bare = form == "csv" and by == "instance"
    cells = tables.instances(rows, bare=True) if bare else layouts[by](rows)
    say(tables.FORMS[form](cells).rstrip("\n"))
    return OK


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def plot(
    folder: Folder,
    kind: Annotated[
        str | None, typer.Option("--kind", help="profile, over-time or scaling; default: all.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="svg, png or pdf.")] = "svg",
) -> int:
    """Plots of a campaign, beside its runs."""
    from tildeling.bench.plots import PLOTS, draw

    if (kind is not None and kind not in PLOTS) or form not in ("svg", "png", "pdf"):
        raise UsageError(f"--kind is one of {', '.join(PLOTS)}; --format one of svg, png, pdf")
    rows = _rows(folder)
    for name in PLOTS if kind is None else [kind]:
        path = folder / f"{name}.{form}"
        draw(name, rows, path)
        say(str(path))
    return OK


def compare(
    folder: Folder,
    one: Annotated[str, typer.Argument(help="An engine.")],
    other: Annotated[str, typer.Argument(help="Another; or the same, with --with.")],
    beside: Annotated[Path | None, typer.Option("--with", help="Folder of the other's runs.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Set two engines, or two versions, side by side, with a test of whether the difference is chance."""
    from tildeling.bench.comparing import compare as side_by_side

    rows = _rows(folder)
    others = rows if beside is None else _rows(beside)
    mine = [row for row in rows if row.engine == one]
    theirs = [row for row in others if row.engine == other]
    for name, runs in ((one, mine), (other, theirs)):
        if not runs:
            raise UsageError(f"{name}: has no runs there")
    found = side_by_side(mine, theirs)
    if not found.pairs + found.without:
        raise UsageError(f"{one}, {other}: have no instance, seed, limit and threads in common")
    if as_json:
        say(json.dumps(found.as_dict(), indent=1))
        return OK
    say(f"{found.pairs} pairs of instance and seed, {found.instances} instances ({found.alone} without a counterpart, "
        f"{found.without} without any value)")  # fmt: skip
    say(f"{one} nearer to the best in {found.better}, {other} in {found.worse}, alike in "
        f"{found.pairs - found.better - found.worse}")  # fmt: skip
    say(f"mean difference {found.mean:+.3%}, 95 % within {found.low:+.3%} to {found.high:+.3%}")
    say(
        "all alike"
        if found.p is None
        else f"Wilcoxon signed-rank over instances, two-sided: p = {found.p:.2g}"
    )
    return OK


def _rows(folder: Path) -> list[Any]:
    from tildeling.bench.store import FILE, read

    rows = read(folder / FILE)
    if not rows:
        raise UsageError(f"{folder}: holds no runs")
    return rows


def numbers(words: str) -> list[int]:
    """``0,1,5..9`` as numbers.

    Raises
    ------
    UsageError
        If it is not of the form.
    """
    found: list[int] = []
    for part in words.split(","):
        first, dots, last = part.partition("..")
        last = last if dots else first
        if not all(number.isascii() and number.isdigit() and int(number) < 2**31 for number in (first, last)):
            raise UsageError(f"--seeds {words}: must be numbers below 2147483648 and ranges, 0,1,5..9")
        if int(first) > int(last):
            raise UsageError(f"--seeds {words}: {part} ends before it begins")
        found += range(int(first), int(last) + 1)
    return found
