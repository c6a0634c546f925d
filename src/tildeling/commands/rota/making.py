"""Commands that make a rota: from nothing, after absence, or out of a base rota."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from tildeling.cli import BREACHES, CANCELLED, INFEASIBLE, NO_SOLUTION, OK, configure_logging, say
from tildeling.commands import running as run
from tildeling.commands.rota.arguments import (
    DatasetArg,
    EngineName,
    HistorySheet,
    PlanArg,
    PublishedSheet,
    data_of,
)
from tildeling.errors import UsageError
from tildeling.texts import Lang, text
from tildeling_models.options import Options
from tildeling_models.progress import Event
from tildeling_models.stop import Stop


def plan(
    dataset: DatasetArg,
    out: run.Out = None,
    time_limit: run.TimeLimit = None,
    gap: run.Gap = 0.0,
    workers: run.Workers = None,
    seed: run.Seed = 0,
    deterministic: run.Deterministic = False,
    engine: EngineName = "auto",
    previous: Annotated[
        Path | None, typer.Option("--previous", help="An earlier plan: start there, change little.")
    ] = None,
    history: HistorySheet = None,
    published: PublishedSheet = None,
    force: run.Force = False,
    lang: run.Language = "nb",
    quiet: run.Quiet = False,
    log_level: run.LogLevel = "warning",
) -> int:
    """Plan a rota, checked; write rota.csv, the planner's sheet, a page, calendars and the result."""
    from tildeling.rota.planning import plan as planned
    from tildeling.rota.reading import read_plan
    from tildeling.rota.repairing import with_published

    configure_logging(log_level)
    stop = Stop(time_limit)
    with run.cancelled_by_signals(stop):
        _require(engine, out, force)
        data = data_of(dataset, history, published)
        target = out or Path("out") / data.info.dataset_id
        _require(engine, target, force)
        earlier = read_plan(previous, data) if previous else None
        if earlier is not None and not data.published and not data.cyclic:
            data = with_published(data, earlier)
        options = Options(gap, run.workers_or_all(workers), seed, deterministic, find_ties=False)
        return _made(
            lambda **how: planned(data, previous=earlier, **how),
            engine,
            options,
            stop,
            target,
            force,
            lang,
            quiet,
        )


def repair(
    dataset: DatasetArg,
    plan: PlanArg,
    absent: Annotated[
        list[str] | None,
        typer.Option("--absent", help="STAFF:FROM..TO, days as YYYY-MM-DD; may be repeated."),
    ] = None,
    since: Annotated[
        dt.datetime | None,
        typer.Option(
            "--since", formats=["%Y-%m-%d"], help="First day that may change; none: the first absent day."
        ),
    ] = None,
    history: HistorySheet = None,
    out: run.Out = None,
    time_limit: run.TimeLimit = None,
    workers: run.Workers = None,
    seed: run.Seed = 0,
    engine: EngineName = "auto",
    force: run.Force = False,
    lang: run.Language = "nb",
    quiet: run.Quiet = False,
    log_level: run.LogLevel = "warning",
) -> int:
    """Repair a plan after absence: legal, covered as well as can be, with the fewest changes."""
    from tildeling.rota.reading import read_plan
    from tildeling.rota.repairing import changes
    from tildeling.rota.repairing import repair as mended

    configure_logging(log_level)
    stop = Stop(time_limit)
    with run.cancelled_by_signals(stop):
        _require(engine, out, force)
        data = data_of(dataset, history)
        before = read_plan(plan, data)
        away = [_absence(words, data) for words in absent or ()]
        first = since.date() if since else min((row.first_day for row in away), default=data.info.start)
        target = out or Path("out") / f"{data.info.dataset_id}-repaired"
        _require(engine, target, force)
        options = Options(0.0, run.workers_or_all(workers), seed, find_ties=False)

        def words(found: Any) -> list[str]:
            moved = list(changes(data, before, found.rota))
            lines = [text("rota.changes", lang, count=len(moved))]
            return lines + [
                f"  {change.staff_id}  {change.day}  {change.before or '–'} → {change.after or '–'}"
                for change in moved
            ]

        return _made(
            lambda **how: mended(data, before, away, first, **how), engine, options, stop, target, force, lang,
            quiet, words,
        )  # fmt: skip


def roll_out(
    dataset: DatasetArg,
    plan: PlanArg,
    start: Annotated[dt.datetime, typer.Option("--start", formats=["%Y-%m-%d"], help="First Monday.")],
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=53)],
    first_week: Annotated[
        int, typer.Option("--first-week", min=1, help="Week of the cycle to begin with.")
    ] = 1,
    out: run.Out = None,
    force: run.Force = False,
    lang: run.Language = "nb",
) -> int:
    """Roll a base rota out to dates, checked anew, with the F3 and F5 that red days give."""
    from tildeling.rota.case import Case
    from tildeling.rota.marks import red_days
    from tildeling.rota.output import OUR_FILES, write_rolled_out
    from tildeling.rota.reading import read_plan
    from tildeling.rota.rollout import roll_out as rolled

    data = data_of(dataset)
    if not data.cyclic:
        raise UsageError(f"{dataset}: is a plan for dates; only a base rota (form cycle) is rolled out")
    if start.weekday() != 0:
        raise UsageError(f"--start {start.date()}: is not a Monday")
    base = read_plan(plan, data)
    target = out or Path("out") / f"{data.info.dataset_id}-{start.date()}"
    run.require_writable(target, force, OUR_FILES)
    dated, rota = rolled(data, base, start.date(), weeks, first_week)
    red = red_days(Case(data, base), start.date(), weeks, first_week)
    with run.written_beside(target, force, OUR_FILES) as folder:
        report = write_rolled_out(dated, rota, red, folder, lang)
    for who, days in red.items():
        if days.f3 or days.f5:
            say(
                text(
                    "rota.red_days", lang, staff=who, red=days.red, off=days.off, f3=days.f3, f5=len(days.f5)
                )
            )
    say(text("commands.breaches", lang, count=len(report.breaches)))
    for breach in report.breaches:
        say(f"  {breach.message(lang)}")
    say(f"{target / 'rota.html'}")
    return OK if report.ok else BREACHES


def _absence(words: str, data: Any) -> Any:
    """An absence as written on the command line.

    Raises
    ------
    UsageError
        If it is not of the form, or about nobody in the data set.
    """
    from tildeling.rota.tables import Absence, AbsenceKind

    staff_id, _, days = words.partition(":")
    first, _, last = days.partition("..")
    if staff_id not in data.person:
        raise UsageError(f"--absent {words}: {staff_id!r} is not in the staff of {data.info.dataset_id}")
    try:
        begin = dt.date.fromisoformat(first)
        end = dt.date.fromisoformat(last or first)
    except ValueError as error:
        raise UsageError(f"--absent {words}: must be STAFF:YYYY-MM-DD..YYYY-MM-DD") from error
    if end < begin:
        raise UsageError(f"--absent {words}: ends before it begins")
    return Absence(staff_id=staff_id, first_day=begin, last_day=end, kind=AbsenceKind.SICK)


def _require(engine: str, out: Path | None, force: bool) -> None:
    from tildeling.rota.output import OUR_FILES
    from tildeling_models.roster.engines import ENGINES

    run.require_engine(engine, ENGINES)
    if out is not None:
        run.require_writable(out, force, OUR_FILES)


def _made(
    make: Any, engine: str, options: Options, stop: Stop, target: Path, force: bool, lang: Lang, quiet: bool,
    more: Any = None,
) -> int:  # fmt: skip
    """Make a plan in a child process, write what came of it, and say so."""
    from tildeling.rota.output import OUR_FILES, write_plan
    from tildeling_models.process import solve_in_child

    with run.shown_progress(quiet) as progress:
        with run.engine_errors():
            found = make(engine=engine, options=options, stop=stop, progress=progress, solver=solve_in_child)
        progress.event(Event("write", elapsed=stop.elapsed, left=stop.left))
        with run.written_beside(target, force, OUR_FILES) as folder:
            write_plan(found, folder, lang)
    document = found.document
    if found.rota is None:
        say(f"{document.outcome}, {document.termination}; {target / 'result.json'}")
        if document.outcome == "infeasible":
            say(text("rota.ask_why", lang, dataset=found.data.info.dataset_id))
            return INFEASIBLE
        return NO_SOLUTION
    for line in _summary(found, lang):
        say(line)
    if more is not None:
        for line in more(found):
            say(line)
    say(f"{target / 'rota.html'}")
    return CANCELLED if document.termination == "cancelled" else OK


def _summary(found: Any, lang: Lang) -> list[str]:
    """What a planner wants to know first."""
    document, data = found.document, found.data
    lines = [document.notice[lang]] if document.notice[lang] else []
    shifts = sum(len(row) for row in found.rota.work.values())
    lines.append(
        text("rota.outcome", lang, outcome=text(f"commands.{document.outcome}", lang), shifts=shifts,
             people=len(data.staff), seconds=f"{document.runtime_s:.1f}")
    )  # fmt: skip
    for tier in document.tiers:
        proof = text("commands.proven", lang) if tier.value == tier.bound else f"{tier.bound}, {tier.gap:.2%}"
        lines.append(f"  {tier.name:>8}  {tier.value:>8}  {proof}")
    for used in document.agreements:
        lines.append(
            text("rota.agreement", lang, rule=used.rule, agreement=used.agreement, limit=used.limit,
                 people=len(used.staff))
        )  # fmt: skip
    if found.report.remarks:
        lines.append(text("rota.remarks", lang, count=len(found.report.remarks)))
    return lines
