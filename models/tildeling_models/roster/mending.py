"""The cheapest way to mend demands that cannot hold together: some given up, others replaced.

Implicit hitting sets (Davies and Bacchus 2011): what is proven of small sets of choices is a covering problem,
whose optimum is tried, and adds to what is known.  That optimum is a proven lower bound at every step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from tildeling_models.options import Options
from tildeling_models.result import Outcome
from tildeling_models.roster.asking import Asker
from tildeling_models.roster.problem import Cover, Roster, RosterProblem, Rule
from tildeling_models.stop import Stop


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
