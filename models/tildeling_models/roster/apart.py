"""Bounds by people taken one by one, without the covers that tie them together."""

from __future__ import annotations

from tildeling_models.options import Options
from tildeling_models.roster.bounds import least_personal
from tildeling_models.roster.cpsat.families import keep_all
from tildeling_models.roster.cpsat.model import INT_MIN, Model
from tildeling_models.roster.cpsat.search import WORK_UNIT, new_solver, search
from tildeling_models.roster.problem import Ints, RosterProblem
from tildeling_models.stop import Stop

ALONE_S = 1.0
"""Seconds for one person's bound in one tier; what is not proven by then is bounded by what is."""


class Apart:
    """Bounds by people taken one by one, without any cover: sums of what each costs at least.

    Covers only add (prices are not negative), so the sum over people is a bound of the whole.  A cap on an
    earlier tier leaves each person what is left of it when all others cost their least there.
    """

    def __init__(self, problem: RosterProblem, options: Options) -> None:
        self.problem, self.options = problem, options
        self.least: dict[int, Ints] = {}
        self.models: dict[int, Model] = {}

    def bound(self, tier: int, caps: dict[int, int], stop: Stop) -> int:
        """A proven bound of a tier with caps on those before; people not reached in time count by cells alone."""
        problem = self.problem
        least = least_personal(problem, tier)
        if self._priced(tier):
            room = {each: most - self._base(each) for each, most in caps.items() if each in self.least}
            for group in alike(problem):
                if stop.now:
                    break
                found = self._alone(group[0], tier, room, stop)
                least[group] = least[group].clip(min=found)
        self.least[tier] = least
        return int(problem.constant[tier]) + int(least.sum())

    def _base(self, tier: int) -> int:
        return int(self.problem.constant[tier]) + int(self.least[tier].sum())

    def _priced(self, tier: int) -> bool:
        """Whether anything but cells and covers is priced in a tier: else cells say it all."""
        names = ("price", "short", "long", "under", "over")
        prices = (getattr(rule, name, None) for rule in self.problem.rules for name in names)
        return any(price is not None and price.tier == tier for price in prices) or bool(
            self.problem.cost[tier].any()
        )

    def _alone(self, person: int, tier: int, room: dict[int, int], stop: Stop) -> int:
        """What a person costs at least, with so much room above the least in earlier tiers."""
        if person not in self.models:
            model = Model(self.problem, (person,))
            keep_all(model, covers=False)
            for paid, base in zip(model.paid, self.problem.constant.tolist(), strict=True):
                paid.shift(-base)
            self.models[person] = model
        model = self.models[person]
        for each, spare in room.items():
            if model.paid[each].variables:
                most = int(self.least[each][person]) + max(0, spare)
                model.program.add_linear_constraint(model.paid[each].expression, INT_MIN, most)
        paid = model.paid[tier]
        if not paid.variables:
            return paid.constant
        model.program.minimize(paid.expression)
        part = stop if self.options.deterministic else stop.part(ALONE_S)
        solver = new_solver(self.options, part)
        solver.parameters.num_workers = 1
        solver.parameters.interleave_search = False
        if self.options.deterministic:
            most_work = min(ALONE_S, self.options.work_limit / WORK_UNIT)
            solver.parameters.max_deterministic_time = most_work
        found = search(model.program, solver, part)
        low = paid.least
        return max(low, found.bound) if found.bound is not None else low


def apart(problem: RosterProblem, tier: int, options: Options, stop: Stop) -> int:
    """A bound of one tier, without caps, by people taken one by one: see :class:`Apart`."""
    return Apart(problem, options).bound(tier, {}, stop)


def alike(problem: RosterProblem) -> list[list[int]]:
    """People with the same cells, the same costs and the same rules: what one costs at least, all do."""
    groups: dict[tuple[bytes, bytes, tuple[int, ...]], list[int]] = {}
    for person in range(problem.n_people):
        rules = tuple(id(rule) for rule in problem.of_person(person))
        key = problem.allowed[person].tobytes(), problem.cost[:, person].tobytes(), rules
        groups.setdefault(key, []).append(person)
    return list(groups.values())
