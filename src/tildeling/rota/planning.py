"""The main job of a rota: data set in, checked rota out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tildeling.document import AgreementPart, ResultDocument, TiesPart, document_of, tier_parts
from tildeling.rota.check import Report, check
from tildeling.rota.compiling.builder import Demand
from tildeling.rota.compiling.compiler import Compiled, compile_rota
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.solution import Rota
from tildeling.verifying import require_agreement
from tildeling_models.kinds import Solver, solve_here
from tildeling_models.options import Options
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Result
from tildeling_models.roster.problem import Roster
from tildeling_models.stop import Stop


@dataclass(frozen=True)
class Plan:
    """A rota with the checker's report and the run's document; ``rota`` is None where none was found."""

    data: RotaDataset
    document: ResultDocument
    rota: Rota | None = None
    report: Report | None = None


def plan(
    data: RotaDataset,
    *,
    engine: str = "auto",
    time_limit: float | None = None,
    options: Options | None = None,
    previous: Rota | None = None,
    stop: Stop | None = None,
    progress: Progress | None = None,
    solver: Solver = solve_here,
) -> Plan:
    """Plan who works when.

    Parameters
    ----------
    data
        A data set without faults, as :func:`tildeling.read_rota` gives it.
    engine
        Name of an engine; see ``tildeling_models.roster.engines``.
    time_limit
        Seconds of wall time, or None.
    previous
        A rota to start the search from; what is not legal of it is not used.
    solver
        How the engine is run; the command line runs it in a child process.

    Returns
    -------
    Plan
        Verified by the checker; without a rota where none was found.  Bounds are kept either way.

    Raises
    ------
    RejectedSolution
        If the checker refuses what the engine returned, or values it differently: a bug.
    UnknownEngine
        If there is no engine of that name.
    """
    options, progress = options or Options(find_ties=False), progress or Progress()
    stop = stop or Stop(time_limit)
    progress.event(Event("compile", elapsed=stop.elapsed, left=stop.left))
    compiled = compile_rota(data)
    start = compiled.roster(previous) if previous is not None else None
    result = solver(engine, compiled.problem, options, stop, progress, start)
    return planned(data, compiled, result, stop, progress)


def planned(
    data: RotaDataset, compiled: Compiled, result: Result[Roster], stop: Stop, progress: Progress
) -> Plan:
    """What an engine's result says of a data set, verified by the checker.

    Raises
    ------
    RejectedSolution
        If the checker does not agree with the engine.
    """
    rota = report = None
    if result.solution is not None:
        progress.event(Event("check", elapsed=stop.elapsed, left=stop.left))
        rota = compiled.rota(result.solution)
        report = verified(data, rota, result)
    document = document_of(
        result,
        tier_parts(result, report.tiers if report else None),
        TiesPart(complete=False, found=()),
        stop.elapsed,
        agreements=agreements_used(compiled.demands),
        **identity(data),
    )
    return Plan(data, document, rota, report)


def verified(data: RotaDataset, rota: Rota, result: Result[Roster]) -> Report:
    """The checker's report, if it agrees with the engine.

    Raises
    ------
    RejectedSolution
        If it found a breach, or another value in a tier, or a value below the engine's bound.
    """
    report = check(data, rota)
    require_agreement(
        result,
        (breach.message() for breach in report.breaches),
        ((tier.name, tier.value) for tier in report.tiers),
    )
    return report


def agreements_used(demands: Sequence[Demand]) -> tuple[AgreementPart, ...]:
    """The limits that an agreement allowed, each with those it was used for."""
    people: dict[tuple[str, str, float], set[str]] = {}
    for demand in demands:
        if demand.agreement is not None:
            limit = demand.values.get("limit", 0)
            people.setdefault((demand.source, demand.agreement, float(limit)), set()).add(demand.staff_id)
    return tuple(
        AgreementPart(rule=rule, agreement=agreement, limit=limit, staff=tuple(sorted(staff)))
        for (rule, agreement, limit), staff in sorted(people.items())
    )


def identity(data: RotaDataset) -> Mapping[str, object]:
    """What a document says of the data it is about."""
    return {
        "dataset_id": data.info.dataset_id,
        "dataset_hash": data.digest(),
        "policy_hash": data.policy.digest(),
        "ruleset": f"{data.policy.rules_in_force.name} {data.policy.rules_in_force.version}",
        "notice": {"nb": data.info.notice_nb, "en": data.info.notice_en},
    }
