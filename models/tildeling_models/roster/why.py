"""Why there is no roster: a smallest set of demands that cannot hold together, and the cheapest way to mend it.

Both are searched by implicit hitting sets (Ignatiev, Previti, Liffiton and Marques-Silva 2015; Davies and Bacchus
2011): what is known of small sets is a covering problem, whose optimum is tried, and adds to what is known.  The
optimum of that covering problem is a proven lower bound at every step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from tildeling_models.options import Options
from tildeling_models.result import Outcome
from tildeling_models.roster.asking import Asker
from tildeling_models.roster.problem import Cover, Roster, RosterProblem, Rule
from tildeling_models.stop import Stop


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


@dataclass(frozen=True, eq=False)
class Mend:
    """A demand that may be given up at a cost, or be replaced by other rules.

    Attributes
    ----------
    tag
        The demand: all hard rules and covers of the tag.
    cost
        Not negative.
    instead
        What is to hold in its place, such as the same rule with another limit.
    """

    tag: int
    cost: int
    instead: tuple[Rule | Cover, ...] = ()


@dataclass(frozen=True, eq=False)
class Mended:
    """The cheapest mends found: their numbers in the list given, cost, and what any mends cost at least.

    ``outcome`` is ``optimal`` if the two meet, ``infeasible`` if no mends at all leave a roster (``bound`` None).
    """

    outcome: Outcome
    mends: tuple[int, ...] = ()
    cost: int | None = None
    bound: int | None = None
    roster: Roster | None = None


def cheapest_mend(problem: RosterProblem, mends: Sequence[Mend], options: Options, stop: Stop) -> Mended:
    """The cheapest mends, at most one for each demand, that leave a roster.

    Every roster found shows mends that suffice for it; every proof that some demands, as they are or as mended,
    cannot hold together, asks for another choice of one of them.  Mends found along the way are kept.

    Raises
    ------
    ValueError
        If a cost is negative.
    """
    if any(mend.cost < 0 for mend in mends):
        raise ValueError("mends: a cost is negative")
    search = _Mending(problem, mends, options, stop)
    return search.run()


class _Mending:
    """A choice for each demand (as it is, or a mend); each choice's rules have a tag of their own here."""

    def __init__(self, problem: RosterProblem, mends: Sequence[Mend], options: Options, stop: Stop) -> None:
        self.stop = stop
        tags = sorted({mend.tag for mend in mends})
        offset = len(tags)
        self.cost = dict.fromkeys(range(offset), 0)
        self.cost |= {offset + number: mend.cost for number, mend in enumerate(mends)}
        self.options_of = [
            [index, *(offset + number for number, mend in enumerate(mends) if mend.tag == tag)]
            for index, tag in enumerate(tags)
        ]
        self.offset = offset
        index_of = {tag: index for index, tag in enumerate(tags)}
        instead = [
            replace(rule, tag=offset + number)
            for number, mend in enumerate(mends)
            for rule in mend.instead
        ]  # fmt: skip
        relabelled = replace(
            problem,
            rules=(
                *(replace(rule, tag=index_of.get(rule.tag, -1)) for rule in problem.rules),
                *(rule for rule in instead if not isinstance(rule, Cover)),
            ),
            covers=(
                *(replace(cover, tag=index_of.get(cover.tag, -1)) for cover in problem.covers),
                *(rule for rule in instead if isinstance(rule, Cover)),
            ),
        )
        self.asker = Asker(relabelled, self._weights(), options, stop)
        for choices in self.options_of:  # so that every roster found shows mends that suffice
            self.asker.model.clause([self.asker.literal[key] for key in choices])
        self.nogoods: list[frozenset[int]] = []
        self.best: tuple[int, frozenset[int], Roster] | None = None

    def _weights(self) -> dict[int, int]:
        """What a choice spares against the next dearer one of its demand, and a little."""
        weights: dict[int, int] = {}
        for choices in self.options_of:
            ranked = sorted(choices, key=lambda key: (self.cost[key], key))
            dearer = [self.cost[key] for key in (*ranked[1:], ranked[-1])]
            weights |= {key: 1 + cost - self.cost[key] for key, cost in zip(ranked, dearer, strict=True)}
        return weights

    def run(self) -> Mended:
        """Cheapest choices under what is known, until one is possible, or all are known to be impossible.

        What is not decided in time keeps the bound where it is, while dearer choices are tried.
        """
        bound: int | None = None
        while True:
            chosen = self._cheapest()
            if chosen is None:
                return Mended(Outcome.INFEASIBLE) if bound is None else self._answer(bound)
            cost = sum(self.cost[key] for key in chosen)
            if (self.best is not None and self.best[0] <= cost) or self.stop.now:
                return self._answer(cost if bound is None else bound)
            reply = self.asker.ask(chosen)
            if reply.roster is not None:
                self._take(reply.roster, reply.broken)
            elif reply.impossible:
                self.nogoods.append(self._shrunk(chosen))
            else:
                bound = cost if bound is None else bound
                self.nogoods.append(chosen)

    def _answer(self, bound: int) -> Mended:
        if self.best is None:
            return Mended(Outcome.UNKNOWN, bound=bound)
        cost, chosen, roster = self.best
        outcome = Outcome.OPTIMAL if cost <= bound else Outcome.FEASIBLE
        mends = tuple(sorted(key - self.offset for key in chosen if key >= self.offset))
        return Mended(outcome, mends, cost, min(cost, bound), roster)

    def _cheapest(self) -> frozenset[int] | None:
        """The cheapest choice for each demand that no proof forbids."""
        program = cp_model.CpModel()
        taken = {key: program.new_bool_var("") for key in self.cost}
        for choices in self.options_of:
            program.add_exactly_one([taken[key] for key in choices])
        for nogood in self.nogoods:
            program.add_bool_or([~taken[key] for key in nogood])
        program.minimize(sum(self.cost[key] * literal for key, literal in taken.items()))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        if solver.solve(program) != cp_model.OPTIMAL:
            return None
        return frozenset(key for key, literal in taken.items() if solver.boolean_value(literal))

    def _take(self, roster: Roster, broken: frozenset[int]) -> None:
        """The cheapest choices that a roster keeps."""
        chosen = [
            min((key for key in choices if key not in broken), key=lambda key: (self.cost[key], key))
            for choices in self.options_of
        ]
        cost = sum(self.cost[key] for key in chosen)
        if self.best is None or cost < self.best[0]:
            self.best = cost, frozenset(chosen), roster

    def _shrunk(self, chosen: frozenset[int]) -> frozenset[int]:
        """Fewer of the choices that cannot hold together; whatever else a roster found on the way shows is kept."""
        left = chosen
        for key in sorted(chosen, key=lambda key: (-self.cost[key], key)):
            reply = self.asker.ask(left - {key})
            if reply.impossible:
                left -= {key}
            elif reply.roster is not None:
                self._take(reply.roster, reply.broken)
        return left
