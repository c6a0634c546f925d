"""A part of a roster problem: a few people, some of their days free, everything else as a roster has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from tildeling_models.roster.neighbourhoods.counting import Counting
from tildeling_models.roster.problem import DAY, Bools, Cover, Ints, Rest, RosterProblem, Rule, Sum


@dataclass(frozen=True, eq=False)
class Part:
    """The part's problem, whose people are ``people`` of the whole.

    Its values differ from those of the whole by the same number in each tier for every roster of the part: what
    the others and what cannot change cost is left out.
    """

    problem: RosterProblem
    people: Ints

    def placed(self, activity: Ints, rows: Ints) -> Ints:
        """The whole roster (P, D) with the part's rows (k, D) in it."""
        whole = activity.copy()
        whole[self.people] = rows
        return whole


def part_of(
    problem: RosterProblem,
    counting: Counting,
    activity: Ints,
    people: Ints,
    free: Bools,
    alone: Bools | None = None,
) -> Part:
    """The part of a problem in which ``people`` (k,) are free on the days ``free`` (k, D).

    ``alone`` (P,) are those of the others who count for covers; None: all.
    """
    codes = np.arange(problem.n_activities + 1)
    held = activity[people][:, :, None] == codes
    allowed = problem.allowed[people] & (free[:, :, None] | held)
    others = np.ones(problem.n_people, bool) if alone is None else alone.copy()
    others[people] = False
    rest = counting.counts(activity, np.flatnonzero(others))
    covers = tuple(
        _shifted(problem.covers[row], people, int(rest[row]))
        for row in counting.touched(people, free).tolist()
    )
    small = replace(
        problem,
        allowed=allowed,
        cost=problem.cost[:, people],
        rules=tuple(_rules(problem, people, free)),
        covers=covers,
        constant=np.zeros(len(problem.tiers), np.int64),
    )
    return Part(small, people)


def _shifted(cover: Cover, people: Ints, rest: int) -> Cover:
    """The cover as the people of the part see it: the others' ``rest`` are counted already."""

    def less(limit: int | None) -> int | None:
        return None if limit is None else limit - rest

    return replace(
        cover, who=cover.who[people], least=less(cover.least), most=less(cover.most), low=less(cover.low),
        high=less(cover.high),
    )  # fmt: skip


def _rules(problem: RosterProblem, people: Ints, free: Bools) -> Iterator[Rule]:
    """Rules that a free day can matter to, about the people of the part by their new numbers."""
    about: dict[int, tuple[Rule, list[int]]] = {}
    for number, person in enumerate(people.tolist()):
        for rule in problem.of_person(person):
            if _matters(rule, problem, free[number]):
                about.setdefault(id(rule), (rule, []))[1].append(number)
    for rule, members in about.values():
        yield replace(rule, people=np.array(members, np.int64))


def _matters(rule: Rule, problem: RosterProblem, free: Bools) -> bool:
    """Whether what a person does on the free days can matter to a rule."""
    if isinstance(rule, Sum):
        return bool(free[rule.days].any())
    if isinstance(rule, Rest):
        days = problem.n_days
        # An activity may run into the next days: it matters from so many days before.
        before = int(problem.end.max()) // DAY + 1
        reach = range(rule.begin // DAY - before, -(-rule.end // DAY) + 1)
        if problem.cyclic:
            return any(free[day % days] for day in reach)
        return any(free[day] for day in reach if 0 <= day < days)
    return True
