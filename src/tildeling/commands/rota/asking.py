"""Commands that answer a question about a rota: is it legal, who can take a shift, why is there none."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tildeling.cli import BREACHES, INFEASIBLE, NO_SOLUTION, OK, configure_logging, say
from tildeling.commands import running as run
from tildeling.commands.rota.arguments import AsJson, DatasetArg, HistorySheet, PlanArg, data_of
from tildeling.errors import UsageError
from tildeling.texts import Lang, text
from tildeling_models.stop import Stop

if TYPE_CHECKING:
    from tildeling.rota.dataset import RotaDataset


def check(
    dataset: DatasetArg,
    plan: Annotated[
        Path | None, typer.Argument(help="Plan; none: the published plan of the data set.")
    ] = None,
    history: HistorySheet = None,
    lang: run.Language = "nb",
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Breaches only, no remarks.")] = False,
) -> int:
    """Check a plan, made by anyone, against every rule, without any solver."""
    return judged(data_of(dataset, history), plan, lang, as_json, quiet)


def judged(data: RotaDataset, plan: Path | None, lang: Lang, as_json: bool, quiet: bool = False) -> int:
    """Say what the checker finds of a plan; the exit code."""
    from tildeling.rota.check import check as judge
    from tildeling.rota.reading import published_plan, read_plan

    rota = read_plan(plan, data) if plan else published_plan(data)
    result = judge(data, rota)
    if as_json:
        say(json.dumps(result.as_json(lang), ensure_ascii=False, indent=1))
        return OK if result.ok else BREACHES
    for tier in result.tiers:
        say(f"  {tier.name:>8}  {tier.value:>8}")
    say(text("commands.breaches", lang, count=len(result.breaches)))
    for breach in result.breaches:
        say(f"  {breach.message(lang)}")
    if result.remarks and not quiet:
        say(text("rota.remarks", lang, count=len(result.remarks)))
        for breach in result.remarks:
            say(f"  {breach.message(lang)}")
    return OK if result.ok else BREACHES


def substitutes(
    dataset: DatasetArg,
    plan: PlanArg,
    staff: Annotated[str, typer.Option("--staff", help="Whose shift is vacant.")],
    date: Annotated[dt.datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="The day of the shift.")],
    most: Annotated[int, typer.Option("--most", min=1, help="How many to show.")] = 10,
    history: HistorySheet = None,
    lang: run.Language = "nb",
    as_json: AsJson = False,
) -> int:
    """Who can take a vacant shift, legally, ranked, with what it costs; and why the others cannot."""
    from tildeling.rota.reading import read_plan
    from tildeling.rota.substitutes import substitutes as ranked

    data = data_of(dataset, history)
    rota = read_plan(plan, data)
    if staff not in data.person:
        raise UsageError(f"--staff {staff}: is not in the staff of {data.info.dataset_id}")
    if rota.shift(staff, date.date()) is None:
        raise UsageError(f"--date {date.date()}: {staff} has no shift that day")
    found = ranked(data, rota, staff, date.date())
    if as_json:
        say(json.dumps([each.as_json(lang) for each in found], ensure_ascii=False, indent=1))
        return OK
    able = [each for each in found if each.legal]
    say(
        text("rota.substitutes", lang, count=len(able), shift=rota.shift(staff, date.date()), day=date.date())
    )
    for number, each in enumerate(able[:most], start=1):
        say(f"  {number:>2}. {each.staff_id:<12} {each.words(lang)}")
    rest = [each for each in found if not each.legal]
    if rest:
        say(text("rota.not_able", lang, count=len(rest)))
        for each in rest[:most]:
            say(f"      {each.staff_id:<12} {each.words(lang)}")
    return OK


def why(
    dataset: DatasetArg,
    time_limit: run.TimeLimit = 60.0,
    history: HistorySheet = None,
    lang: run.Language = "nb",
    as_json: AsJson = False,
    log_level: run.LogLevel = "warning",
) -> int:
    """Why no rota can be made: demands that cannot hold together, and the cheapest change that mends it."""
    from tildeling.rota.why import why as asked

    configure_logging(log_level)
    stop = Stop(time_limit)
    with run.cancelled_by_signals(stop):
        found = asked(data_of(dataset, history), stop=stop)
    if as_json:
        say(json.dumps(found.as_json(lang), ensure_ascii=False, indent=1))
    else:
        for line in found.lines(lang):
            say(line)
    return INFEASIBLE if found.infeasible else OK if found.feasible else NO_SOLUTION
