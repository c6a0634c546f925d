"""The main job: data set in, checked proposal out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tildeling.document import ResultDocument, Tie, TiesPart, document_of, tier_parts
from tildeling.housing.check import Report, check
from tildeling.housing.compiling.compiler import Compiled, compile_dataset, to_assignment, to_solution
from tildeling.housing.dataset import Dataset
from tildeling.housing.proposal import Proposal
from tildeling.housing.solution import Solution
from tildeling.verifying import require_agreement
from tildeling_models.grouping.problem import Assignment
from tildeling_models.kinds import Solver, solve_here
from tildeling_models.options import Options
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Result
from tildeling_models.stop import Stop


@dataclass(frozen=True, slots=True)
class NoProposal:
    """Nothing could be proposed: proven infeasible, or nothing found in time.  Bounds are kept."""

    document: ResultDocument


def allocate(
    data: Dataset,
    *,
    engine: str = "auto",
    time_limit: float | None = None,
    options: Options | None = None,
    previous: Solution | None = None,
    stop: Stop | None = None,
    progress: Progress | None = None,
    solver: Solver = solve_here,
) -> Proposal | NoProposal:
    """Propose who gets which unit and which base serves each group.

    Parameters
    ----------
    data
        A data set without faults, as :func:`tildeling.read_dataset` gives it.
    engine
        Name of an engine; see ``tildeling_models.grouping.engines``.
    time_limit
        Seconds of wall time for solving, or None.
    previous
        An earlier proposal: the search starts from it and the policy's goal ``changes`` keeps close to it.
    solver
        How the engine is run; the command line runs it in a child process.

    Returns
    -------
    Proposal
        Verified by the checker; or NoProposal where none was found.

    Raises
    ------
    RejectedSolution
        If the checker refuses what the engine returned, or values it differently: a bug.
    UnknownEngine
        If there is no engine of that name.
    """
    options = options or Options()
    stop = stop or Stop(time_limit)
    progress = progress or Progress()
    if previous is not None:
        data = data.with_previous(previous)
    progress.event(Event("compile", elapsed=stop.elapsed, left=stop.left))
    compiled = compile_dataset(data)
    start = to_assignment(compiled, data.previous) if data.previous is not None else None
    result = solver(engine, compiled.problem, options, stop, progress, start)
    if result.solution is None:
        return NoProposal(_document(data, compiled, result, None, stop))
    progress.event(Event("check", elapsed=stop.elapsed, left=stop.left))
    solution = to_solution(compiled, result.solution)
    report = verified(data, solution, result)
    return Proposal(data, solution, report, _document(data, compiled, result, report, stop))


def verified(data: Dataset, solution: Solution, result: Result[Assignment]) -> Report:
    """The checker's report, if it agrees with the engine.

    Raises
    ------
    RejectedSolution
        If it found a breach, or another value in a tier, or a value below the engine's bound.
    """
    report = check(data, solution)
    require_agreement(
        result,
        (breach.message() for breach in report.breaches),
        ((tier.name, tier.value) for tier in report.tiers),
    )
    return report


def _document(
    data: Dataset,
    compiled: Compiled,
    result: Result[Assignment],
    report: Report | None,
    stop: Stop,
) -> ResultDocument:
    return document_of(
        result,
        tier_parts(result, report.tiers if report else None),
        _ties(compiled, result),
        stop.elapsed,
        standing=tuple(breach.message() for breach in report.standing) if report else (),
        **_identity(data),
    )


def _identity(data: Dataset) -> dict[str, Any]:
    """The fields that say which data and policy a result is of."""
    return {
        "dataset_id": data.info.dataset_id,
        "dataset_hash": data.digest(),
        "policy_hash": data.policy.digest(),
        "ruleset": data.policy.version,
        "notice": {"nb": data.info.notice_nb, "en": data.info.notice_en},
    }


def _ties(compiled: Compiled, result: Result[Assignment]) -> TiesPart:
    """Ties in the data set's own ids, one entry per applicant or group."""
    frame, assignment = compiled.frame, result.solution
    if assignment is None:
        return TiesPart(complete=False, found=())
    others: dict[tuple[str, int], list[int]] = {}
    for kind, subject, choice in result.ties.alternatives:
        others.setdefault((kind, subject), []).append(choice)
    found = []
    for (kind, subject), choices in others.items():
        if kind == "item":
            slot = int(assignment.item_slot[subject])
            chosen = frame.group_ids[frame.slot_group[slot]] if slot >= 0 else ""
            names = [frame.group_ids[c] if c >= 0 else "" for c in choices]
            found.append(Tie(subject="applicant", id=frame.items[subject].applicant_id, chosen=chosen,
                             alternatives=tuple(sorted(names))))  # fmt: skip
        else:
            server = int(assignment.group_server[subject])
            chosen = frame.base_ids[server] if server >= 0 else ""
            names = [frame.base_ids[c] if c >= 0 else "" for c in choices]
            found.append(Tie(subject="group", id=frame.group_ids[subject], chosen=chosen,
                             alternatives=tuple(sorted(names))))  # fmt: skip
    found.sort(key=lambda tie: (tie.subject, tie.id))
    return TiesPart(complete=result.ties.complete, found=tuple(found))
