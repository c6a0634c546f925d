"""Goals of the plain model, tier by tier; see ``plain_rules`` for the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from benchmarks.plain_rules import Expr, PlainRules
from tildeling.housing import goals
from tildeling.housing.case import Household, zone
from tildeling.housing.goals.needs import worth
from tildeling.housing.goals.statutory import due
from tildeling.housing.goals.wishes import unmet_person, unmet_places
from tildeling.housing.tables import Applicant, Application, GroupKind, RelationKind, Unit


class PlainModel(PlainRules):
    """The goals of a tier are added when it is their turn, so early tiers stay small."""

    def tiers(self) -> Iterator[tuple[str, Expr]]:
        """Name and expression of every tier, in order."""
        for name, _, parts in goals.tiers_solved(self.data.policy):
            yield (
                name,
                self.lib.total([self._goal(goal.id, params) * weight for goal, params, weight in parts]),
            )

    def _goal(self, goal: str, params: Any) -> Expr:
        """A goal's expression, constants included."""
        found = getattr(self, f"_{goal}", None)
        if found is None:
            raise NotImplementedError(f"goal {goal}")
        return found(params)

    def _households(self) -> Iterator[tuple[Applicant, Unit, Household, Expr]]:
        """Every pair as the household it would be."""
        for (name, unit_id), variable in self.x.items():
            person, unit = self.data.applicant[name], self.data.unit[unit_id]
            group = self.data.group[unit.group_id]
            new = self.home.get(name) != unit_id
            yield person, unit, Household(name, person, unit, group, new, False), variable

    def _locked(self) -> list[Household]:
        return [h for h in self.standing if h.locked]

    def _statutory_unmet(self, _params: Any) -> Expr:
        days = {a.applicant_id: due(self.data, a) for a in self.data.applicants}

        def met(home: Household) -> bool:
            day = days[home.person]
            return day is not None and not home.unit.temporary and home.unit.available_from <= day

        total = sum(day is not None for day in days.values()) - sum(met(home) for home in self._locked())
        return total - self.lib.total([x for _, _, home, x in self._households() if home.new and met(home)])

    def _need_unmet(self, params: Any) -> Expr:
        worths = {
            a.applicant_id: worth(self.case, a, params) for a in self.data.applicants
            if a.severity == params.band and a.application is not Application.REASSESSMENT
        }  # fmt: skip
        total = sum(worths.values()) - sum(
            worths.get(home.person, 0) for home in self._locked() if not home.unit.temporary
        )
        return total - self.lib.total(
            [
                worths[home.person] * x for _, unit, home, x in self._households()
                if home.new and home.person in worths and not unit.temporary
            ]
        )  # fmt: skip

    def _shelter_unmet(self, params: Any) -> Expr:
        living = {h.person for h in self.standing} | set(self.home)
        without = {
            a.applicant_id: a.severity for a in self.data.applicants
            if a.present_housing in params.housing and a.applicant_id not in living
        }  # fmt: skip
        return sum(without.values()) - self.lib.total(
            [without[home.person] * x for _, _, home, x in self._households() if home.person in without]
        )

    def _steps_above_need(self, _params: Any) -> Expr:
        def steps(home: Household) -> int:
            return max(0, home.group.service_access.step - home.row.service_need.step)

        pairs = [(steps(home), x) for _, _, home, x in self._households()]
        return sum(map(steps, self._locked())) + self.lib.total([n * x for n, x in pairs if n])

    def _wishes_unmet(self, params: Any) -> Expr:
        total = sum(unmet_places(self.case, a, None, params) for a in self.people)
        for home in self._locked():
            total += unmet_places(self.case, self.data.applicant[home.person], home, params)
        terms = []
        for person, _, home, x in self._households():
            won = unmet_places(self.case, person, None, params) - unmet_places(
                self.case, person, home, params
            )
            if won:
                terms.append(-won * x)
        for row in self.data.relations:
            if row.kind in (RelationKind.WISH_FOR, RelationKind.WISH_AGAINST):
                constant, more = self._person_wish(row)
                total += constant
                terms += more
        return total + self.lib.total(terms)

    def _person_wish(self, row: Any) -> tuple[int, list[Expr]]:
        wanted = row.kind is RelationKind.WISH_FOR
        where = {h.person: h.group for h in self.standing}
        a, b = row.person_a, row.person_b
        free = [p for p in (a, b) if p in self.of_person]
        if len(free) < 2:
            fixed = [p for p in (a, b) if p in where]
            if free and fixed:
                there = self.at(free[0], row.level, zone(where[fixed[0]], row.level))
                sign = -1 if wanted else 1
                return row.weight * wanted, [sign * row.weight * x for x in there]
            return unmet_person(self.case, row), []
        terms = []
        for place in self.places(a, row.level).keys() & self.places(b, row.level):
            one, other = (self.lib.total(self.at(p, row.level, place)) for p in (a, b))
            share = self.lib.binary()
            if wanted:
                self.lib.add(share <= one)
                self.lib.add(share <= other)
                terms.append(-row.weight * share)
            else:
                self.lib.add(share >= one + other - 1)
                terms.append(row.weight * share)
        return row.weight * wanted, terms

    def _residents_above(self, params: Any) -> Expr:
        terms = []
        for community in self.data.communities:
            members = [g.group_id for g in self.data.groups_of_community.get(community.community_id, ())]
            fixed = sum(self.fixed_persons[g] for g in members)
            over = self.lib.whole(fixed + sum(u.max_persons for g in members for u in self.free_in[g]))
            self.lib.add(over >= self.persons(members) + (fixed - params.threshold))
            terms.append(over)
        return self.lib.total(terms)

    def _staff_met(self, params: Any) -> Expr:
        terms, total = [], 0
        for (group_id, base_id), serves in self.serves.items():
            over = max(0, self.data.base[base_id].staff_size - params.threshold)
            if over:
                group = self.data.group[group_id]
                fixed = sum(h.row.household_size for h in self.standing_in[group_id])
                most = fixed + self.most(group, "persons", lambda p: p.household_size)
                terms.append(over * self._if_served(fixed + self.persons([group_id]), serves, most))
        return total + self.lib.total(terms)

    def _vacancy_days(self, params: Any) -> Expr:
        start = self.data.info.planning_date
        finished = {u.unit_id for u in self.data.units if not u.reserved and u.available_from <= start}

        def empty(home: Household) -> int:
            first = home.row.earliest_move_in if isinstance(home.row, Applicant) else None
            comes = home.new or home.locked
            return min(params.days, max(0, (first - start).days)) if comes and first else 0

        total = params.days * sum(u.unit_id in finished for u in self.free)
        total += sum(empty(home) for home in self._locked() if home.unit.unit_id in finished)
        return total - self.lib.total(
            [
                (params.days - empty(home)) * x
                for _, unit, home, x in self._households() if unit.unit_id in finished
            ]
        )  # fmt: skip

    def _travel_minutes(self, _params: Any) -> Expr:
        minutes = {(t.from_site_id, t.to_site_id): t.minutes for t in self.data.travel_times}
        terms = []
        for (group_id, base_id), serves in self.serves.items():
            here, there = self.data.base[base_id].site_id, self.data.group[group_id].site_id
            terms.append((0 if here == there else minutes.get((here, there), 0)) * serves)
        return self.lib.total(terms)

    def _staffing_shortfall(self, _params: Any) -> Expr:
        terms = []
        for base in self.data.bases:
            loads = self.hours.get(base.base_id)
            if loads:
                staffed = base.capacity_hours if base.staffed_hours is None else base.staffed_hours
                over = self.lib.whole(100_000)
                self.lib.add(100 * over >= self.lib.total(loads) - round(staffed * 100))
                terms.append(over)
        return self.lib.total(terms)

    def _bases_opened(self, _params: Any) -> Expr:
        terms = []
        for base in self.data.bases:
            mine = [self.serves[g.group_id, base.base_id] for g in self.groups_of[base.base_id]]
            if not base.open_today and mine:
                opened = self.lib.binary()
                for serves in mine:
                    self.lib.add(serves <= opened)
                terms.append(opened)
        return self.lib.total(terms)

    def _changes(self, _params: Any) -> Expr:
        if self.data.previous is not None:
            raise NotImplementedError("a previous proposal")
        return self.lib.total([])

    def _age_spread(self, params: Any) -> Expr:
        terms = []
        for group in self.data.groups:
            if group.kind is not GroupKind.SHARED or not self.in_group[group.group_id]:
                continue
            fixed = [h.row.age // params.step_years for h in self.standing_in[group.group_id]]
            low, high, over = self.lib.whole(20), self.lib.whole(20), self.lib.whole(20)
            for step in fixed:
                self.lib.add(low <= step)
                self.lib.add(high >= step)
            by_person: dict[str, list[Expr]] = defaultdict(list)
            for person, unit in self.in_group[group.group_id]:
                by_person[person.applicant_id].append(self.x[person.applicant_id, unit.unit_id])
            for name, mine in by_person.items():
                step = self.data.applicant[name].age // params.step_years
                self.lib.add(low <= 20 - (20 - step) * self.lib.total(mine))
                self.lib.add(high >= step * self.lib.total(mine))
            self.lib.add(over >= high - low - params.free_steps)
            terms.append(over)
        total = 0
        for group in self.data.groups:
            if group.kind is GroupKind.SHARED and not self.in_group[group.group_id]:
                steps = [h.row.age // params.step_years for h in self.standing_in[group.group_id]]
                total += max(0, max(steps) - min(steps) - params.free_steps) if steps else 0
        return total + self.lib.total(terms)
