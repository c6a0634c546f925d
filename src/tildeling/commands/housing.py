"""Commands of allocation: allocate, check, report, compare, explain, candidates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from tildeling.cli import BREACHES, CANCELLED, INFEASIBLE, NO_SOLUTION, OK, configure_logging, say, tell
from tildeling.commands import running as run
from tildeling.errors import UsageError
from tildeling.texts import Lang, text
from tildeling_models.options import Options
from tildeling_models.progress import Event
from tildeling_models.stop import Stop

DatasetArg = Annotated[Path, typer.Argument(help="A folder of CSV files, a workbook, or a JSON document.")]


def register(app: typer.Typer) -> None:
    """Add the commands of allocation."""
    for command in (allocate, check, report, compare, explain, candidates):
        app.command()(command)


def allocate(
    dataset: DatasetArg,
    out: run.Out = None,
    time_limit: run.TimeLimit = None,
    gap: run.Gap = 0.0,
    workers: run.Workers = None,
    seed: run.Seed = 0,
    deterministic: run.Deterministic = False,
    engine: run.EngineName = "auto",
    previous: run.Previous = None,
    scheduler: run.Scheduler = None,
    force: run.Force = False,
    lang: run.Language = "nb",
    quiet: run.Quiet = False,
    log_level: run.LogLevel = "warning",
) -> int:
    """Propose who gets which unit, proven and checked; write placements, workbook, page and result."""
    from tildeling.files import read_dataset
    from tildeling.housing.allocate import NoProposal
    from tildeling.housing.allocate import allocate as propose
    from tildeling.housing.output import write_failure, write_proposal
    from tildeling.housing.proposal import read_solution
    from tildeling_models.process import solve_in_child

    configure_logging(log_level)
    stop = Stop(time_limit)
    with run.cancelled_by_signals(stop):
        run.require_engine(engine)
        if scheduler is not None and engine != "auto":
            raise UsageError(f"--scheduler: only engine auto shares its parts out, not {engine}")
        if out is not None:
            run.require_writable(out, force)
        data = read_dataset(dataset)
        target = out or Path("out") / data.info.dataset_id
        run.require_writable(target, force)
        earlier = read_solution(previous, data) if previous else None
        options = Options(gap, run.workers_or_all(workers), seed, deterministic, scheduler=scheduler)
        with run.shown_progress(quiet) as progress:
            with run.engine_errors():
                found = propose(
                    data, engine=engine, options=options, previous=earlier, stop=stop, progress=progress,
                    solver=solve_in_child,
                )  # fmt: skip
            progress.event(Event("write", elapsed=stop.elapsed, left=stop.left))
            with run.written_beside(target, force) as folder:
                if isinstance(found, NoProposal):
                    write_failure(found, folder)
                else:
                    write_proposal(found, folder, lang)
    if isinstance(found, NoProposal):
        say(f"{found.document.outcome}, {found.document.termination}; {target / 'result.json'}")
        return INFEASIBLE if found.document.outcome == "infeasible" else NO_SOLUTION
    for line in _summary(found, lang):
        say(line)
    say(f"{target / 'report.html'}")
    return CANCELLED if found.document.termination == "cancelled" else OK


def _summary(proposal: Any, lang: Lang) -> list[str]:
    """What a person wants to know first."""
    document = proposal.document
    lines = [document.notice[lang]] if document.notice[lang] else []
    placed = len(proposal.solution.placements)
    lines.append(
        text("commands.outcome", lang, outcome=text(f"commands.{document.outcome}", lang), placed=placed,
             waiting=len(proposal.data.applicants) - placed, seconds=f"{document.runtime_s:.1f}")
    )  # fmt: skip
    for tier in document.tiers:
        proof = text("commands.proven", lang) if tier.value == tier.bound else f"{tier.bound}, {tier.gap:.2%}"
        lines.append(f"  {tier.name:>6}  {tier.value:>8}  {proof}")
    ties = document.ties
    key = "ties" if ties.found else ("unique" if ties.complete else "ties_unknown")
    lines.append(text(f"commands.{key}", lang, count=len(ties.found)))
    if proposal.flags:
        lines.append(text("commands.flags", lang, count=len(proposal.flags)))
    return lines


def check(
    dataset: DatasetArg,
    proposal: Annotated[
        Path | None,
        typer.Argument(
            help="Folder with placements.csv, or a rota; none: what stands today, or is published."
        ),
    ] = None,
    lang: run.Language = "nb",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Check a proposal or a rota, made by anyone, against every rule, without any solver."""
    from tildeling.commands.rota.asking import judged
    from tildeling.files import read_any
    from tildeling.housing.check import check as judge
    from tildeling.housing.proposal import read_solution
    from tildeling.housing.today import standing_solution
    from tildeling.rota.dataset import RotaDataset

    data = read_any(dataset)
    if isinstance(data, RotaDataset):
        return judged(data, proposal, lang, as_json)
    solution = read_solution(proposal, data) if proposal else standing_solution(data)
    result = judge(data, solution)
    if as_json:
        say(json.dumps(result.as_json(lang), ensure_ascii=False, indent=1))
    else:
        for tier in result.tiers:
            say(f"  {tier.name:>6}  {tier.value:>8}")
        for title, breaches in (("standing", result.standing), ("breaches", result.breaches)):
            say(text(f"commands.{title}", lang, count=len(breaches)))
            for breach in breaches:
                say(f"  {breach.message(lang)}")
    return OK if result.ok else BREACHES


def report(
    dataset: DatasetArg,
    proposal: Annotated[Path, typer.Argument(help="Folder that allocate wrote.")],
    out: run.Out = None,
    force: run.Force = False,
    lang: run.Language = "nb",
) -> int:
    """Write the page and the workbook of a proposal anew, in either language."""
    from tildeling.files import read_dataset
    from tildeling.housing.proposal import read_proposal
    from tildeling.report import write_reports

    data = read_dataset(dataset)
    found = read_proposal(data, proposal)
    if not found.report.ok:
        for breach in found.report.breaches:
            say(breach.message(lang))
        return BREACHES
    target = out or proposal / f"report-{lang}"
    with run.written_beside(target, force, run.REPORT_FILES) as folder:
        write_reports(found, folder, lang)
    say(str(target / "report.html"))
    return OK


def compare(
    dataset: DatasetArg,
    one: Annotated[Path, typer.Argument(help="Folder of a proposal.")],
    other: Annotated[Path, typer.Argument(help="Folder of another.")],
    lang: run.Language = "nb",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Compare two proposals: tiers, who is placed, who moves between groups, which bases differ."""
    from tildeling.files import read_dataset
    from tildeling.housing.compare import compare as set_side_by_side
    from tildeling.housing.proposal import read_solution

    data = read_dataset(dataset)
    difference = set_side_by_side(data, read_solution(one, data), read_solution(other, data))
    say(json.dumps(difference.as_dict(), ensure_ascii=False, indent=1) if as_json else difference.text(lang))
    return OK


def explain(
    dataset: DatasetArg,
    proposal: Annotated[Path, typer.Argument(help="Folder that allocate wrote.")],
    applicant: Annotated[str | None, typer.Option("--applicant", help="Whom; none: the whole set.")] = None,
    rules: Annotated[bool, typer.Option("--rules", help="The price of each rule, by re-solving.")] = False,
    alternatives: Annotated[int, typer.Option("--alternatives", min=0, max=50)] = 3,
    time_limit: run.TimeLimit = 120,
    workers: run.Workers = None,
    lang: run.Language = "nb",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    quiet: run.Quiet = False,
) -> int:
    """Explain a placement, why someone waits, what a rule costs, or the set as a whole."""
    from tildeling.files import read_dataset
    from tildeling.housing.explain import explain as explained
    from tildeling.housing.proposal import read_proposal

    stop = Stop(time_limit)
    with run.cancelled_by_signals(stop), run.shown_progress(quiet) as progress:
        data = read_dataset(dataset)
        found = read_proposal(data, proposal)
        if applicant is not None and applicant not in data.applicant:
            raise UsageError(f"--applicant {applicant}: is not an applicant of {dataset}")
        answer = explained(
            found, applicant, rules=rules, alternatives=alternatives, stop=stop, progress=progress,
            workers=run.workers_or_all(workers),
        )  # fmt: skip
    say(json.dumps(answer.as_dict(), ensure_ascii=False, indent=1) if as_json else answer.text(lang))
    return CANCELLED if stop.cancelled else OK


def candidates(
    dataset: DatasetArg,
    unit: Annotated[str | None, typer.Argument(help="The vacant unit; or --applicant.")] = None,
    applicant: Annotated[
        str | None, typer.Option("--applicant", help="Rank the places of an applicant instead.")
    ] = None,
    proposal: Annotated[
        Path | None,
        typer.Option(
            "--proposal", "--previous", help="Folder that allocate wrote; none: the optimum is found first."
        ),
    ] = None,
    most: Annotated[int | None, typer.Option("--most", min=1, help="How many to show; default: all.")] = None,
    time_limit: Annotated[
        float | None,
        typer.Option("--time-limit", min=0.1, help="Seconds; default 2 with a proposal, 60 without."),
    ] = None,
    workers: run.Workers = None,
    lang: run.Language = "nb",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    quiet: run.Quiet = False,
) -> int:
    """Rank who could take a unit, or where an applicant could live, by what each choice costs the whole."""
    from tildeling.files import read_dataset
    from tildeling.housing import candidates as lists
    from tildeling.housing.proposal import read_proposal

    if (unit is None) == (applicant is None):
        raise UsageError("candidates: name a UNIT or --applicant ID, one of them")
    stop = Stop(time_limit)
    with run.cancelled_by_signals(stop), run.shown_progress(quiet) as progress:
        data = read_dataset(dataset)
        if unit is not None and unit not in data.unit:
            raise UsageError(f"{unit}: is not a unit of {dataset}")
        if applicant is not None and applicant not in data.applicant:
            raise UsageError(f"--applicant {applicant}: is not an applicant of {dataset}")
        found = read_proposal(data, proposal) if proposal else None
        if found is not None and not found.report.ok:
            for breach in found.report.breaches:
                say(breach.message(lang))
            return BREACHES
        if time_limit is None:  # reading does not count
            stop.seconds = stop.elapsed + (lists.SECONDS if found else lists.SEARCH_SECONDS)
        threads, later = run.workers_or_all(workers), time_limit is not None
        try:
            if unit is not None:
                answer: lists.Candidates | lists.Places = lists.candidates(
                    data, unit, proposal=found, stop=stop, later=later, progress=progress, workers=threads
                )
            elif applicant is not None:
                answer = lists.places(
                    data,
                    applicant,
                    proposal=found,
                    stop=stop,
                    later=later,
                    progress=progress,
                    workers=threads,
                )
        except TimeoutError as error:
            tell(f"candidates: {error}")
            return NO_SOLUTION
    say(json.dumps(answer.as_dict(), ensure_ascii=False, indent=1) if as_json else answer.text(lang, most))
    return CANCELLED if stop.cancelled else OK
