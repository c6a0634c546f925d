"""A file of a published format in, a checked solution out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tildeling.document import ResultDocument, TiesPart, document_of, tier_parts
from tildeling.errors import UsageError
from tildeling.published.format import Format
from tildeling.published.judging import Judgement
from tildeling.verifying import require_agreement
from tildeling_models.kinds import Solver, solve_here
from tildeling_models.options import Options
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Result
from tildeling_models.stop import Stop


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a run; ``solution`` and ``judgement`` are None where nothing was found."""

    document: ResultDocument
    solution: Any = None
    judgement: Judgement | None = None


def solve(
    form: Format[Any, Any],
    instance: Any,
    *,
    engine: str = "auto",
    options: Options | None = None,
    stop: Stop | None = None,
    progress: Progress | None = None,
    previous: Any = None,
    solver: Solver = solve_here,
) -> Answer:
    """Solve an instance; its solution is judged by the format's own checker before anyone sees it.

    ``previous`` is a solution to begin from.  The value of the format knows no changes, so none are counted.

    Raises
    ------
    UsageError
        If the previous solution breaks a hard limit: no engine could begin from it.
    RejectedSolution
        If the checker refuses what the engine returned, values it differently, or the bound is above the
        value: a bug.
    UnknownEngine
        If there is no engine of that name for such problems.
    """
    options, stop, progress = options or Options(), stop or Stop(), progress or Progress()
    progress.event(Event("compile", elapsed=stop.elapsed, left=stop.left))
    start = None if previous is None else _start(form, instance, previous)
    result = solver(engine, form.compile(instance), options, stop, progress, start)
    solution = judgement = None
    if result.solution is not None:
        progress.event(Event("check", elapsed=stop.elapsed, left=stop.left))
        solution = form.solution(instance, result.solution)
        judgement = verified(form.judge(instance, solution), result)
    document = document_of(
        result,
        tier_parts(result),
        TiesPart(complete=False, found=()),
        stop.elapsed,
        dataset_id=instance.name,
        dataset_hash=instance.digest,
        policy_hash="",
        ruleset=form.name,
        notice={"nb": "", "en": ""},
    )
    return Answer(document, solution, judgement)


def _start(form: Format[Any, Any], instance: Any, previous: Any) -> Any:
    breaches = form.judge(instance, previous).breaches
    if breaches:
        raise UsageError(f"--previous: breaks {len(breaches)} hard limit(s): {breaches[0].message()}")
    return form.start(instance, previous)


def verified(judgement: Judgement, result: Result[Any]) -> Judgement:
    """The checker's judgement, if it agrees with the engine.

    Raises
    ------
    RejectedSolution
        If it found a breach, another value, or a value below the engine's bound.
    """
    require_agreement(
        result,
        (breach.message() for breach in judgement.breaches),
        ((tier.name, judgement.tier_value) for tier in result.tiers),
    )
    return judgement
