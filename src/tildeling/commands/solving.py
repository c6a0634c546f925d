"""Commands of published research formats: solve, evaluate."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tildeling.cli import BREACHES, CANCELLED, INFEASIBLE, NO_SOLUTION, OK, configure_logging, say
from tildeling.commands import running as run
from tildeling.texts import Lang, text
from tildeling_models.options import Options
from tildeling_models.progress import Event
from tildeling_models.stop import Stop

if TYPE_CHECKING:
    from tildeling.published.judging import Judgement

RESULT = "result.json"

FileArg = Annotated[
    Path, typer.Argument(help="A file of a published format; for inrc2 FOLDER/n030w4_1_6-2-9-1.")
]
FormatName = Annotated[str, typer.Option("--format", help="curtois, inrc2, gap, sscflp, mdgp.")]
EngineName = Annotated[
    str, typer.Option("--engine", help="auto, cpsat, columns, mip-highs, ...; as the format's problems have.")
]
Previous = Annotated[Path | None, typer.Option("--previous", help="An earlier solution to begin from.")]


def register(app: typer.Typer) -> None:
    """Add the commands of published formats."""
    for command in (solve, evaluate):
        app.command()(command)


def solve(
    file: FileArg,
    form: FormatName,
    out: run.Out = None,
    time_limit: run.TimeLimit = None,
    gap: run.Gap = 0.0,
    workers: run.Workers = None,
    seed: run.Seed = 0,
    deterministic: run.Deterministic = False,
    engine: EngineName = "auto",
    previous: Previous = None,
    force: run.Force = False,
    lang: run.Language = "nb",
    quiet: run.Quiet = False,
    log_level: run.LogLevel = "warning",
) -> int:
    """Solve an instance of a published format; write the checked solution and result.json."""
    from tildeling.published import format_of
    from tildeling.published.solving import solve as solved
    from tildeling_models.process import solve_in_child

    configure_logging(log_level)
    stop = Stop(time_limit)
    with run.cancelled_by_signals(stop):
        chosen = format_of(form)
        run.require_engine(engine, chosen.engines())
        ours = chosen.files | {RESULT}
        if out is not None:
            run.require_writable(out, force, ours)
        instance = chosen.read(file)
        target = out or Path("out") / instance.name
        run.require_writable(target, force, ours)
        earlier = chosen.read_solution(instance, previous) if previous else None
        options = Options(gap, run.workers_or_all(workers), seed, deterministic, find_ties=False)
        with run.shown_progress(quiet) as progress:
            with run.engine_errors():
                found = solved(
                    chosen, instance, engine=engine, options=options, stop=stop, progress=progress,
                    previous=earlier, solver=solve_in_child,
                )  # fmt: skip
            progress.event(Event("write", elapsed=stop.elapsed, left=stop.left))
            with run.written_beside(target, force, ours) as folder:
                if found.solution is not None:
                    chosen.write(instance, found.solution, folder)
                (folder / RESULT).write_text(found.document.text(), encoding="utf-8")
    document = found.document
    if found.judgement is None:
        say(f"{document.outcome}, {document.termination}; {target / RESULT}")
        return INFEASIBLE if document.outcome == "infeasible" else NO_SOLUTION
    say(
        text(
            "published.summary_max" if found.judgement.maximised else "published.summary", lang,
            outcome=text(f"commands.{document.outcome}", lang), value=found.judgement.in_unit(found.judgement.value),
            bound=_bound(found.judgement, document.bound), seconds=f"{document.runtime_s:.1f}",
        )
    )  # fmt: skip
    say(str(target / RESULT))
    return CANCELLED if document.termination == "cancelled" else OK


def evaluate(
    file: FileArg,
    solution: Annotated[Path, typer.Argument(help="A solution in the format's file, or a folder with it.")],
    form: FormatName,
    lang: run.Language = "nb",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Judge any solution of an instance, without any engine: its value, and every hard limit it breaks."""
    from tildeling.published import format_of

    chosen = format_of(form)
    instance = chosen.read(file)
    found = chosen.judge(instance, chosen.read_solution(instance, solution))
    if as_json:
        say(json.dumps(_as_json(found, lang), ensure_ascii=False, indent=1))
    else:
        say(text("published.value", lang, value=found.in_unit(found.value)))
        for name, worth in found.parts:
            say(f"  {found.in_unit(worth):>8}  {text(f'published.{name}', lang)}")
        say(text("published.breaches", lang, count=len(found.breaches)))
        for breach in found.breaches:
            say(f"  {breach.message(lang)}")
    return OK if found.ok else BREACHES


def _bound(found: Judgement, bound: int | None) -> int | Decimal | None:
    """A tier's bound as the format counts."""
    return None if bound is None else found.in_unit(found.of_tier(bound))


def _number(found: Judgement, worth: int) -> int | float:
    """A number for JSON: whole, or with the decimals that the file has."""
    return worth if found.scale == 1 else worth / found.scale


def _as_json(found: Judgement, lang: Lang) -> dict[str, Any]:
    return {
        "ok": found.ok,
        "value": _number(found, found.value),
        "parts": {name: _number(found, worth) for name, worth in found.parts},
        "breaches": [
            {"code": each.code, "values": dict(each.values), "message": each.message(lang)}
            for each in found.breaches
        ],
    }
