"""Asking whether a roster keeps some demands of a planner, and which others it breaks.

A demand is all hard rules and covers of one tag.  Each answer is a proof or a roster: either no roster keeps what
is asked, or here is one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tildeling_models.options import Options
from tildeling_models.roster import evaluate
from tildeling_models.roster.cpsat.families import keep_all
from tildeling_models.roster.cpsat.model import Literal, Model, When
from tildeling_models.roster.cpsat.search import new_solver, search
from tildeling_models.roster.problem import Cover, Roster, RosterProblem, Rule
from tildeling_models.stop import Stop

ASK_SHARE = 0.2
"""Of the time left, what one question may take: one that is too hard leaves time for the others."""

GROW_S = 1.0
"""Seconds for breaking fewer of the demands that were not asked for."""


@dataclass(frozen=True, eq=False)
class Reply:
    """``impossible``: proven.  ``roster``: one that keeps what was asked, and breaks ``broken``; else not known."""

    impossible: bool
    roster: Roster | None = None
    broken: frozenset[int] = frozenset()


class Asker:
    """One model of a problem whose demands can be asked for, or not.

    Parameters
    ----------
    demands
        Tag -> how much it weighs, at least 1.  Everything else that is hard always holds.
    person
        Only this person's schedule, without covers; None: all.
    """

    def __init__(
        self,
        problem: RosterProblem,
        demands: dict[int, int],
        options: Options,
        stop: Stop,
        person: int | None = None,
    ) -> None:
        self.problem, self.demands, self.options, self.stop = problem, demands, options, stop
        self.person = person
        self.model = Model(problem, None if person is None else (person,), priced=False)
        self.literal: dict[int, Literal] = {tag: self.model.program.new_bool_var("") for tag in demands}
        keep_all(self.model, self._asked, covers=person is None)
        self.replies: dict[frozenset[int], Reply] = {}

    def _asked(self, rule: Rule | Cover) -> When:
        literal = self.literal.get(rule.tag)
        return () if literal is None else (literal,)

    def ask(self, tags: Collection[int]) -> Reply:
        """Whether a roster keeps these demands."""
        asked = frozenset(tags)
        known = self._known(asked)
        if known is not None:
            return known
        self.replies[asked] = self._solve(asked)
        return self.replies[asked]

    def _known(self, asked: frozenset[int]) -> Reply | None:
        """An answer that an earlier one settles; a question found too hard is not asked again."""
        if asked in self.replies:
            return self.replies[asked]
        for other, reply in self.replies.items():
            if reply.impossible and other <= asked:
                return reply
            if reply.roster is not None and not asked & reply.broken:
                return reply
        return None

    def _solve(self, asked: frozenset[int]) -> Reply:
        program = self.model.program
        self._fix(asked)
        program.clear_objective()
        if self.stop.now:
            return Reply(False)
        stop = self.stop if self.options.deterministic else self.stop.share(ASK_SHARE)
        solver = new_solver(self.options, stop)
        found = search(program, solver, stop)
        if found.infeasible:
            return Reply(True)
        if not found.solved:
            return Reply(False)
        roster = self.model.roster(solver.boolean_value)
        broken = self.broken(roster)
        if asked & broken:
            raise RuntimeError(f"a roster that was to keep {sorted(asked)} breaks {sorted(asked & broken)}")
        return self._grown(Reply(False, roster, broken))

    def _fix(self, asked: Iterable[int]) -> None:
        """What is asked holds in the model itself: presolve makes more of it than of an assumption."""
        variables = self.model.program.proto.variables
        for literal in self.literal.values():
            variables[literal.index].domain[0] = 0
        for tag in asked:
            variables[self.literal[tag].index].domain[0] = 1

    def _grown(self, reply: Reply) -> Reply:
        """A roster that breaks demands of less weight, if a short search finds one."""
        if not reply.broken or reply.roster is None:
            return reply
        program = self.model.program
        self.model.hint(reply.roster)
        program.minimize(sum(self.demands[tag] * ~literal for tag, literal in self.literal.items()))
        stop = self.stop if self.options.deterministic else self.stop.part(GROW_S)
        solver = new_solver(self.options, stop)
        found = search(program, solver, stop)
        program.clear_hints()
        if not found.solved:
            return reply
        roster = self.model.roster(solver.boolean_value)
        broken = self.broken(roster)
        return Reply(False, roster, broken) if self.weight(broken) < self.weight(reply.broken) else reply

    def weight(self, tags: Iterable[int]) -> int:
        """What some demands weigh."""
        return sum(self.demands[tag] for tag in tags)

    def broken(self, roster: Roster) -> frozenset[int]:
        """The demands that a roster breaks.

        Raises
        ------
        RuntimeError
            If it breaks what always holds.
        """
        problem = self.problem
        if self.person is None:
            found = evaluate.violations(problem, roster)
        else:
            row = roster.activity[self.person]
            if not problem.allowed[self.person, range(problem.n_days), row].all():
                raise RuntimeError("a cell that is not allowed")
            found = [each for each in evaluate.of_person(problem, self.person, row) if each.hard]
        wrong = [each for each in found if each.family == "cell" or each.tag not in self.demands]
        if wrong:
            raise RuntimeError(f"a roster breaks what always holds: {wrong[:10]}")
        return frozenset(each.tag for each in found)
