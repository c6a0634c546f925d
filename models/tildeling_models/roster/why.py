"""Why there is no roster: a smallest set of demands that cannot hold together.

It is searched by implicit hitting sets (Ignatiev, Previti, Liffiton and Marques-Silva 2015): what rosters show is
a covering problem, whose optimum is tried, and adds to it.  That optimum is a proven lower bound at every step.
The cheapest way to mend a conflict is found in the same manner (:mod:`mending`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ortools.sat.python import cp_model

from tildeling_models.options import Options
from tildeling_models.result import Outcome
from tildeling_models.roster.asking import Asker
from tildeling_models.roster.mending import Mend, Mended, cheapest_mend
from tildeling_models.roster.problem import Roster, RosterProblem
from tildeling_models.stop import Stop

__all__ = ["Conflict", "Mend", "Mended", "alike", "cheapest_cover", "cheapest_mend", "smallest_conflict"]


@dataclass(frozen=True, eq=False)
class Conflict:
    """Demands that cannot hold together.

    Attributes
    ----------
    outcome
        ``infeasible``: no roster keeps all demands, and ``tags`` cannot hold together even without the others.
        ``feasible``: ``roster`` keeps all.  ``unknown``: neither was found in time.
    tags
        The conflict; empty if there is no roster even without any demand.
    weight, bound
        What it weighs, and what every conflict weighs at least.
    irreducible
        Whether it is proven that any one of its demands less leaves a roster.
    people
        Those whose own schedule cannot keep ``tags``, whatever the others do.
    """

    outcome: Outcome
    tags: tuple[int, ...] = ()
    weight: int = 0
    bound: int = 0
    irreducible: bool = False
    people: tuple[int, ...] = ()
    roster: Roster | None = None

    @property
    def smallest(self) -> bool:
        """Whether it is proven that no conflict weighs less."""
        return self.outcome is Outcome.INFEASIBLE and self.weight == self.bound


def smallest_conflict(
    problem: RosterProblem, demands: Mapping[int, int], options: Options, stop: Stop
) -> Conflict:
    """A conflict of least weight among demands (tag -> weight, at least 1); in time, at least one of any weight.

    People are asked one by one first: a person's own conflict is found in no time.  Then the whole.

    Raises
    ------
    ValueError
        If a weight is below 1.
    """
    weights = dict(demands)
    if any(weight < 1 for weight in weights.values()):
        raise ValueError("demands: a weight is below 1")
    alone = [Asker(problem, weights, options, stop, group[0]) for group in alike(problem)]
    asker = Asker(problem, weights, options, stop)
    bests = [conflict for each in alone if (conflict := _deleted(each, weights)) is not None]
    best = min(bests, key=asker.weight, default=None)
    if best is None:
        reply = asker.ask(weights)
        if reply.roster is not None:
            return Conflict(Outcome.FEASIBLE, roster=reply.roster)
        best = _deleted(asker, weights) if reply.impossible else None
    if best is None:
        return Conflict(Outcome.UNKNOWN)
    best, bound = _smallest(asker, best)
    groups = zip(alike(problem), alone, strict=True)
    people = sorted(person for group, each in groups if each.ask(best).impossible for person in group)
    return Conflict(
        Outcome.INFEASIBLE,
        tuple(sorted(best)),
        asker.weight(best),
        bound,
        all(asker.ask(best - {tag}).roster is not None for tag in best),
        tuple(people),
    )


def alike(problem: RosterProblem) -> list[list[int]]:
    """People with the same cells and the same rules: what is proven of one alone holds of all."""
    groups: dict[tuple[bytes, tuple[int, ...]], list[int]] = {}
    for person in range(problem.n_people):
        rules = tuple(id(rule) for rule in problem.of_person(person))
        groups.setdefault((problem.allowed[person].tobytes(), rules), []).append(person)
    return list(groups.values())


def _deleted(asker: Asker, tags: Iterable[int]) -> frozenset[int] | None:
    """A conflict within ``tags``: demands are left out, heaviest first, as long as none of them is needed.

    None if there is no conflict, or none is proven.  What is not proven either way stays in.
    """
    left = frozenset(tags)
    if not asker.ask(left).impossible:
        return None
    for tag in sorted(left, key=lambda tag: (-asker.demands[tag], tag)):
        if asker.ask(left - {tag}).impossible:
            left -= {tag}
    return left


def _smallest(asker: Asker, best: frozenset[int]) -> tuple[frozenset[int], int]:
    """A conflict of least weight, and the proven bound.

    A roster breaks some demand of every conflict.  So the cheapest set of demands that holds one that is broken
    of every roster found weighs no more than any conflict; if it is one, it is the smallest.
    """
    corrections: list[frozenset[int]] = []
    bound = 0
    for tag in best:  # rosters that are known already
        reply = asker.ask(best - {tag})
        if reply.roster is not None:
            corrections.append(reply.broken)
    while True:
        chosen = cheapest_cover(asker.demands, corrections)
        bound = asker.weight(chosen)
        if bound >= asker.weight(best):
            return best, asker.weight(best)
        reply = asker.ask(chosen)
        if reply.impossible:
            return chosen, bound
        if reply.roster is None:
            return best, bound
        corrections.append(reply.broken)


def cheapest_cover(cost: Mapping[int, int], sets: Iterable[Iterable[int]]) -> frozenset[int]:
    """The cheapest set of keys that holds one of each set; ties go to the first keys.

    Raises
    ------
    RuntimeError
        If a set is empty.
    """
    program = cp_model.CpModel()
    taken = {key: program.new_bool_var("") for key in cost}
    for each in sets:
        program.add_bool_or([taken[key] for key in each])
    program.minimize(sum(cost[key] * literal for key, literal in taken.items()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    if solver.solve(program) != cp_model.OPTIMAL:
        raise RuntimeError("nothing to choose from")
    return frozenset(key for key, literal in taken.items() if solver.boolean_value(literal))
