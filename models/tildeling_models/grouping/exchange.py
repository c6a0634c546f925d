"""One item into one slot, and the others made room for by the cheapest chain of moves.

Around a feasible assignment, take a slot for a node, one node for those who wait, and one for places that are
free.  An edge u -> v is the cheapest item that can leave u for v; an item put into a slot pushes another one out,
that one the next, until somebody takes the place the first one left, a free place, or waits.  The cheapest chain is
a shortest path, with costs compared tier by tier: the residual network of a minimum-cost flow (Ahuja, Magnanti
and Orlin 1993, *Network Flows*, 9.6; for generalised assignment an ejection chain: Yagiura, Ibaraki and Glover
2004, *INFORMS Journal on Computing* 16(2)).

Paths know slots, sizes of groups and costs item by item; what depends on several items at once enters at its slope.
So a chain is carried out and judged by ``evaluate``: one that breaks a primitive is searched again without each
of its moves in turn, cheapest first (Lawler 1972, *Management Science* 18(7)).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.problem import UNLIMITED, Assignment, Bools, GroupingProblem, Ints, ints

TRIES = 12
"""Chains tried for one item before giving up."""

HOPS = 4
"""Most moves in a chain."""

Move = tuple[int, int]
"""An item and the slot it goes to, -1 to wait."""
Moves = dict[int, dict[int, list[tuple[int, int]]]]
"""From each slot (-1: those who wait) to each: (cost, item) of those who can go, cheapest first."""
LABELS = 2
"""Chains kept for each slot they end in, by different items."""


@dataclass(frozen=True, eq=False)
class Found:
    """A feasible assignment and its values."""

    assignment: Assignment
    values: tuple[int, ...]


class Ground:
    """A problem's rows as plain lists, and what ``evaluate`` says of an assignment."""

    def __init__(self, problem: GroupingProblem) -> None:
        self.problem = problem
        self.item: list[int] = problem.cell_item.tolist()
        self.slot: list[int] = problem.cell_slot.tolist()
        self.cell_at = {pair: cell for cell, pair in enumerate(zip(self.item, self.slot, strict=True))}
        self.size: list[int] = problem.item_size.tolist()
        self.load: list[list[int]] = problem.item_load.T.tolist() or [[] for _ in self.size]
        self.group: list[int] = problem.slot_group.tolist()
        self.zone: list[list[int]] = problem.group_zone.tolist()
        self.limits: list[list[tuple[int, int]]] = [[] for _ in self.item]
        rows = problem.limits
        for row, cell, coef in zip(rows.row.tolist(), rows.cell.tolist(), rows.coef.tolist(), strict=True):
            self.limits[cell].append((row, coef))
        self.foes: dict[int, list[tuple[int, int]]] = {}
        for level, a, b in problem.conflict.tolist():
            self.foes.setdefault(a, []).append((level, b))
            self.foes.setdefault(b, []).append((level, a))
        self.bound_to: dict[int, set[int]] = {}
        for _, a, b, _ in problem.together.tolist():
            self.bound_to.setdefault(a, set()).add(b)
            self.bound_to.setdefault(b, set()).add(a)
        start = np.searchsorted(problem.cell_item, np.arange(problem.n_items + 1))
        group = problem.cell_group
        self.wishes: list[tuple[int, int, Ints, Ints, int, int]] = []
        for level, a, b, tier, price in problem.affinity.tolist():
            for one, other in ((a, b), (b, a)):
                mine = ints(np.arange(start[one], start[one + 1]))
                self.wishes.append((level, other, mine, problem.group_zone[level][group[mine]], tier, price))

    def judged(self, assignment: Assignment) -> Found | None:
        """The assignment with its values; None if it breaks a primitive."""
        if evaluate.violations(self.problem, assignment):
            return None
        return Found(assignment, tuple(evaluate.values(self.problem, assignment).tolist()))


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """The last move of a chain, what it costs up to here, and the chain before it."""

    cost: int
    item: int
    slot: int
    before: _Step | None

    def moves(self) -> list[Move]:
        """The moves of the chain."""
        found = []
        step: _Step | None = self
        while step is not None:
            found.append((step.item, step.slot))
            step = step.before
        return found

    def was_in(self, slot: int) -> bool:
        """Whether somebody of the chain went to a slot."""
        step: _Step | None = self
        while step is not None:
            if step.slot == slot:
                return True
            step = step.before
        return False


@dataclass(frozen=True, eq=False)
class _Ends:
    """Cheapest chains after an item left a slot: by the slot where the next would have to leave, and those that
    need nobody else to leave (somebody waits, or took a free place)."""

    at: dict[int, list[_Step]]
    done: list[_Step]


class Exchange:
    """The network around one feasible assignment; without ``loads``, as if servers had room for everything."""

    def __init__(self, ground: Ground, base: Found, loads: bool = True) -> None:
        problem = ground.problem
        self.ground, self.base = ground, base
        assignment = self.assignment = base.assignment
        self.place: list[int] = assignment.item_slot.tolist()
        chosen = evaluate.chosen_cells(problem, assignment)
        self.opened: list[bool] = evaluate.open_groups(problem, chosen).tolist()
        self.group = ground.group
        self.rooms = _Rooms(ground, assignment, chosen, loads)
        self.cost, self.radices = _as_one_number(slopes(ground, assignment, chosen))
        self.here = [
            self.cost[ground.cell_at[item, slot]] if slot >= 0 else 0 for item, slot in enumerate(self.place)
        ]
        self.inside: dict[int, list[int]] = {}
        for item, slot in enumerate(self.place):
            if slot >= 0:
                self.inside.setdefault(slot, []).append(item)
        self.moves = self._moves()
        self._known: dict[tuple[int, int, int | None], _Ends] = {}
        self._left_to_go: dict[int, list[_Ways]] = {}
        self._any_way = _Ways(self.moves)

    def _moves(self) -> Moves:
        """From each slot (-1: those who wait) to each: (cost, item) of those who can go, cheapest first."""
        here, bound_to, cost = self.here, self.ground.bound_to, self.cost
        enters = [self.opened[group] for group in self.group]
        found: Moves = {}
        for cell, (who, where) in enumerate(zip(self.ground.item, self.ground.slot, strict=True)):
            if enters[where] and self.place[who] != where and who not in bound_to:
                edges = found.setdefault(self.place[who], {})
                edges.setdefault(where, []).append((cost[cell] - here[who], who))
        required = self.ground.problem.item_required
        for who, where in enumerate(self.place):
            if where >= 0 and not required[who] and who not in bound_to:
                found.setdefault(where, {}).setdefault(-1, []).append((-here[who], who))
        for edges in found.values():
            for ranked in edges.values():
                ranked.sort()
        return found

    def insert(
        self, item: int, slot: int, below: tuple[int, ...] | None = None, guided: bool = False
    ) -> Found | None:
        """The cheapest chain found that puts the item into the slot; None if none keeps every primitive.

        With ``below``, only chains whose costs, item by item, promise lower values than that are carried out.
        ``guided`` looks only where the item came from, and pays where one item is put into many slots.
        """
        if self.place[item] == slot:
            return self.base
        if not self.opened[self.group[slot]]:
            return None
        tried = 0
        for cost, moves in sorted(self._chains(item, slot, guided), key=lambda chain: chain[0]):
            if below is not None and self._promise(self.arrival(item, slot) + cost) >= below:
                return None
            after = dict([(item, slot), *moves])
            if self.rooms.clash(after):
                continue
            item_slot = self.assignment.item_slot.copy()
            item_slot[list(after)] = list(after.values())
            found = self.ground.judged(Assignment(item_slot, self.assignment.group_server))
            tried += 1
            if found is not None or tried == TRIES:
                return found
        return None

    def draft(self, item: int, slot: int) -> list[Move]:
        """The moves of the cheapest chain, feasible or not: who has to do with the item's coming."""
        if self.place[item] == slot or not self.opened[self.group[slot]]:
            return []
        return min(self._chains(item, slot), key=lambda chain: chain[0], default=(0, []))[1]

    def arrival(self, item: int, slot: int) -> int:
        """What the item's own move costs."""
        return self.cost[self.ground.cell_at[item, slot]] - self.here[item]

    def _promise(self, cost: int) -> tuple[int, ...]:
        """The values after moves of a cost, as far as they add up item by item."""
        change = []
        for radix in reversed(self.radices):
            digit = (cost + radix // 2) % radix - radix // 2
            change.append(digit)
            cost = (cost - digit) // radix
        return tuple(v + by for v, by in zip(self.base.values, reversed(change), strict=True))

    def _chains(self, item: int, slot: int, guided: bool = False) -> Iterator[tuple[int, list[Move]]]:
        """Cost and moves of chains from an item's arrival in a slot to the place it left."""
        home = self.place[item]
        if self.rooms.takes(item, slot, -1):
            yield from self._filled(0, [], item)
        for leaver in self.inside.get(slot, ()):
            if not self.rooms.takes(item, slot, leaver):
                continue
            if leaver in self.ground.bound_to:
                yield from self._leave_together(leaver, item)
                continue
            ends = self._ends(slot, leaver, home if guided else None)
            for step in ends.done:
                yield from self._filled(step.cost, step.moves(), item)
            for step in ends.at.get(home, ()) if home >= 0 else ():
                moves = step.moves()
                if self.rooms.takes(step.item, home, item) and all(who != item for who, _ in moves):
                    yield step.cost, moves

    def _filled(self, cost: int, moves: list[Move], item: int) -> Iterator[tuple[int, list[Move]]]:
        """A chain that leaves the item's place free, and the same with the place taken by others if that pays."""
        home, gone = self.place[item], {who for who, _ in moves}
        if item in gone:
            return
        yield cost, moves
        for step in self._fillers.at.get(home, ()) if home >= 0 else ():
            more = step.moves()
            apart = not {item, *gone} & {who for who, _ in more}
            if step.cost < 0 and apart and self.rooms.takes(step.item, home, item):
                yield cost + step.cost, [*moves, *more]

    @cached_property
    def _fillers(self) -> _Ends:
        """Cheapest chains to every slot that begin with somebody who waits, or whose place then stays free."""
        return self._search(
            [
                _Step(price, who, where, None)
                for ways in self.moves.values()
                for where, ranked in ways.items()
                for price, who in ranked[:LABELS]
                if where >= 0
            ],
            -2,
        )

    def _leave_together(self, leaver: int, item: int) -> Iterator[tuple[int, list[Move]]]:
        """Who is bound to others waits, and they with them; places they leave stay free."""
        gone = {leaver, *self.ground.bound_to[leaver]}
        if item not in gone and not self.ground.problem.item_required[list(gone)].any():
            placed = [who for who in sorted(gone) if self.place[who] >= 0]
            yield -sum(self.here[who] for who in placed), [(who, -1) for who in placed]

    def _ends(self, slot: int, leaver: int, towards: int | None = None) -> _Ends:
        """Cheapest chains of one move, of two and so on, that begin with an item leaving a slot (Bellman 1958).

        No chain comes back to a slot; a longer one is kept where it is cheaper than all but the best ``LABELS``.
        ``towards`` an end, what is too dear even if every further move were allowed is not followed.
        """
        if (slot, leaver, towards) in self._known:
            return self._known[slot, leaver, towards]
        layer = []
        for where, ranked in self.moves.get(slot, {}).items():
            layer += [_Step(price, who, where, None) for price, who in ranked if who == leaver]
        ends = self._search(layer, slot, towards)
        self._known[slot, leaver, towards] = ends
        return ends

    def _search(self, layer: list[_Step], start: int, towards: int | None = None) -> _Ends:
        """The chains that go on from first moves."""
        ends = _Ends({}, [])
        for left in reversed(range(HOPS)):
            layer.sort(key=lambda step: step.cost)
            kept = [step for step in layer if _keep(ends, step)]
            for step in kept:
                if step.slot < 0 or self.rooms.takes(step.item, step.slot, -1):
                    ends.done.append(step)
            layer = []
            if not left:
                break
            most, ways = None, self._any_way
            if towards is not None:
                ways = self._to_go(towards)[left - 1]
                reached = [step.cost for step in ends.at.get(towards, ())]
                reached += [step.cost + self._filler_price(towards) for step in ends.done]
                most = sorted(reached)[LABELS - 1] if len(reached) >= LABELS else None
            for step in kept:
                self._go_on(step, start, ends, layer, ways, most)
        ends.done.sort(key=lambda step: step.cost)
        del ends.done[TRIES:]
        return ends

    def _to_go(self, end: int) -> list[_Ways]:
        """Ways on to an end, by how many moves are left after the next, as if each move were allowed."""
        if end not in self._left_to_go:
            edges = [
                (here, where, ranked[0][0])
                for here, ways in self.moves.items()
                for where, ranked in ways.items()
            ]
            free = self._filler_price(end)
            least = {-1: free} | {slot: free for slot, vacant in enumerate(self.rooms.vacant) if vacant}
            every = [least | {end: 0}]
            for _ in range(HOPS):
                before = every[-1]
                least = dict(before)
                for here, where, price in edges:
                    if where in before and (here not in least or before[where] + price < least[here]):
                        least[here] = before[where] + price
                every.append(least)
            self._left_to_go[end] = [_Ways(self.moves, least) for least in every]
        return self._left_to_go[end]

    def _filler_price(self, home: int) -> int:
        """What taking a place that an item leaves may save, at most; nothing where nobody gains by it."""
        if home < 0:
            return 0
        return min([0, *(step.cost for step in self._fillers.at.get(home, ()))])

    def _go_on(
        self, step: _Step, start: int, ends: _Ends, layer: list[_Step], ways: _Ways, most: int | None
    ) -> None:
        """The chains that go on from the last move's slot: one of those there leaves, or one who waits comes.

        Only those that may end below ``most``.
        """
        takes: dict[int, bool] = {}
        for promise, where, ranked in ways.of(step.slot):
            if most is not None and step.cost + promise >= most:
                return
            if where == start or step.was_in(where):
                continue
            best = ends.at.get(where, [])
            worst = best[-1].cost if len(best) == LABELS else None
            for price, who in ranked:
                if worst is not None and step.cost + price >= worst:
                    break
                if who not in takes:
                    takes[who] = who != step.item and (
                        step.slot < 0 or self.rooms.takes(step.item, step.slot, who)
                    )
                if takes[who]:
                    layer.append(_Step(step.cost + price, who, where, step))
                    break


class _Ways:
    """From each slot to each: what a move costs at least, with what is left to go from there, cheapest first."""

    def __init__(self, moves: Moves, to_go: dict[int, int] | None = None) -> None:
        self.moves, self.to_go = moves, to_go
        self._sorted: dict[int, list[tuple[int, int, list[tuple[int, int]]]]] = {}

    def of(self, slot: int) -> list[tuple[int, int, list[tuple[int, int]]]]:
        """(least cost, slot, (cost, item) of who can go) from a slot."""
        if slot not in self._sorted:
            ways = self.moves.get(slot, {}).items()
            if self.to_go is None:
                found = [(0, where, ranked) for where, ranked in ways]
            else:
                left = self.to_go
                found = [
                    (ranked[0][0] + left[where], where, ranked) for where, ranked in ways if where in left
                ]
                found.sort(key=lambda way: way[0])
            self._sorted[slot] = found
        return self._sorted[slot]


def _keep(ends: _Ends, step: _Step) -> bool:
    """Remember a chain if it is among the cheapest that end where it does."""
    best = ends.at.setdefault(step.slot, [])
    if len(best) == LABELS and step.cost >= best[-1].cost:
        return False
    for number, other in enumerate(best):
        if other.item == step.item:
            if other.cost <= step.cost:
                return False
            del best[number]
            break
    best.append(step)
    best.sort(key=lambda step: step.cost)
    del best[LABELS:]
    return True


class _Rooms:
    """What is left of capacities around an assignment, and whether one item can take another's place."""

    def __init__(self, ground: Ground, assignment: Assignment, chosen: Bools, counts_loads: bool) -> None:
        problem = ground.problem
        self.ground, self.group = ground, ground.group
        self.size, self.load, self.counts_loads = ground.size, ground.load, counts_loads
        used = np.bincount(assignment.item_slot[assignment.item_slot >= 0], minlength=len(self.group))
        self.vacant: list[bool] = (used < problem.slot_capacity).tolist()
        self.of_group: list[int] = (problem.group_max - evaluate.group_sizes(problem, chosen)).tolist()
        self.server: list[int] = assignment.group_server.tolist()
        opened = evaluate.open_groups(problem, chosen)
        loads = evaluate.group_loads(problem, chosen)
        self.of_server: list[list[tuple[int, int]]] = []
        for server in range(problem.n_servers):
            mine = opened & (assignment.group_server == server)
            rooms = problem.server_capacity[:, server] - loads[:, mine].sum(axis=1)
            limited = np.flatnonzero(problem.server_capacity[:, server] < UNLIMITED).tolist()
            self.of_server.append([(r, int(rooms[r])) for r in limited if self.counts_loads])
        self.limit: list[int] = (problem.limit_rhs - problem.limits.dot(chosen)).tolist()
        self.place: list[int] = assignment.item_slot.tolist()

    def clash(self, after: dict[int, int]) -> bool:
        """Whether moves bring two items together that are in conflict."""
        for item, slot in after.items():
            for level, other in self.ground.foes.get(item, ()) if slot >= 0 else ():
                there, zone = after.get(other, self.place[other]), self.ground.zone[level]
                if there >= 0 and zone[self.group[there]] == zone[self.group[slot]]:
                    return True
        return False

    def takes(self, item: int, slot: int, leaver: int) -> bool:
        """Whether an item can go into a slot once another, or nobody (-1), has left it."""
        group = self.group[slot]
        if leaver < 0 and not self.vacant[slot]:
            return False
        if self.of_group[group] + (self.size[leaver] if leaver >= 0 else 0) < self.size[item]:
            return False
        server = self.server[group]
        if server >= 0:
            comes, goes = self.load[item], self.load[leaver] if leaver >= 0 else None
            for resource, room in self.of_server[server]:
                if room + (goes[resource] if goes else 0) < comes[resource]:
                    return False
        ground = self.ground
        left = ground.limits[ground.cell_at[leaver, slot]] if leaver >= 0 else ()
        for row, coef in ground.limits[ground.cell_at[item, slot]]:
            if self.limit[row] + sum(c for r, c in left if r == row) < coef:
                return False
        for level, other in ground.foes.get(item, ()):
            there = self.place[other]
            zone = ground.zone[level]
            if other != leaver and there >= 0 and zone[self.group[there]] == zone[group]:
                return False
        return True


def slopes(ground: Ground, assignment: Assignment, chosen: Bools) -> Ints:
    """(T, P) what a cell costs by itself and by its meeting with what is there, tier by tier."""
    problem = ground.problem
    cost = problem.cell_cost.copy()
    group = problem.cell_group
    place: list[int] = assignment.item_slot.tolist()
    for level, other, mine, zones, tier, price in ground.wishes:
        if place[other] >= 0:
            cost[tier, mine[zones == ground.zone[level][ground.group[place[other]]]]] += price
    if problem.n_arcs:
        serving = np.full(problem.n_groups, -1, np.int64)
        arcs = np.flatnonzero(assignment.group_server[problem.arc_group] == problem.arc_server)
        serving[problem.arc_group[arcs]] = arcs
        arc = serving[group]
        load = problem.arc_load_cost[:, :, arc] * problem.item_load[:, problem.cell_item]
        cost += np.where(arc >= 0, load.sum(axis=1), 0)
    total = problem.excess.dot(chosen) + problem.excess_base
    for row in np.flatnonzero(total > 0):
        part = slice(problem.excess.start[row], problem.excess.start[row + 1])
        tier, price = problem.excess_cost[row]
        np.add.at(cost[tier], problem.excess.cell[part], price * problem.excess.coef[part])
    return ints(cost)


def _as_one_number(cost: Ints) -> tuple[list[int], list[int]]:
    """Each cell's costs as one whole number that compares, also in sums along a chain, as the tiers do; its radices."""
    steps = 4 * (HOPS + 2)
    radices = [steps * top + 1 for top in np.abs(cost).max(axis=1, initial=0).tolist()]
    total, word, span = [0] * cost.shape[1], np.zeros(cost.shape[1], np.int64), 1
    for row, radix in zip(cost, radices, strict=True):
        if span * radix >= 2**62:  # as many tiers at a time as a word holds
            total = [span * sum_ + part for sum_, part in zip(total, word.tolist(), strict=True)]
            word, span = np.zeros(cost.shape[1], np.int64), 1
        word, span = word * radix + row, span * radix
    return [span * sum_ + part for sum_, part in zip(total, word.tolist(), strict=True)], radices
