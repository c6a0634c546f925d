"""Placing one item at a time: a state that keeps every hard primitive of a grouping problem.

``move`` changes the state only where all primitives still hold (a strict "together" partner is brought along,
a group that opens or grows gets a server), in time that depends on what the item touches and not on the size
of the problem.  Only minima of newly opened groups are left to the end: ``underfull`` names the groups below,
``dissolve`` takes their placements back, and whatever then no longer holds with them.  The start, everyone at
home and nobody else placed, is feasible in itself, so taking back always ends in something feasible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from tildeling_models.grouping.problem import Assignment, GroupingProblem
from tildeling_models.grouping.servers import Servers
from tildeling_models.grouping.tables import Tables


class State:
    """Who is where, and the sums that the primitives compare.

    Parameters
    ----------
    wishes
        Cells of each item, best first: where a partner is looked for.
    rank
        (I,) position of each item in line; of several that could be taken back, the last in line is.

    ``closed`` groups take nobody any more, ``staying`` items do not move any more; a caller adds to them.
    """

    def __init__(
        self, problem: GroupingProblem, wishes: Sequence[Sequence[int]], rank: Sequence[int]
    ) -> None:
        self.problem, self.wishes, self.rank = problem, wishes, rank
        self.tables = Tables(problem)
        self.slot = [-1] * problem.n_items
        self.used = [0] * len(problem.slot_capacity)
        self.size = [0] * problem.n_groups
        self.members: list[set[int]] = [set() for _ in range(problem.n_groups)]
        self.limit_sum = [0] * len(problem.limits)
        self.present = [0] * len(problem.presence)
        self.servers = Servers(problem)
        self.closed: set[int] = set()
        self.staying: set[int] = set()
        self.log: list[tuple[str, int, int]] = []
        self.home = self.slot
        self.home_server = self.servers.of

    # --- the start --------------------------------------------------------------------------------------

    def start(self) -> bool:
        """Everyone at home, required items without one where they can be; False if there is no way."""
        problem, tables = self.problem, self.tables
        for cell in np.flatnonzero(problem.cell_start).tolist():
            self._put(tables.item[cell], tables.slot[cell])
        if not self.servers.serve_all([g for g in range(problem.n_groups) if self._needs_server(g)]):
            return False
        homeless = [i for i in np.flatnonzero(problem.item_required).tolist() if self.slot[i] < 0]
        for item in sorted(homeless, key=self.rank.__getitem__):
            if self.slot[item] < 0 and not self.place_first(item):
                return False
        self.home, self.home_server = list(self.slot), list(self.servers.of)
        return next(self._broken(), None) is None and not self.underfull()

    def start_from(self, assignment: Assignment) -> bool:
        """Everyone where an assignment has them, which then is what is taken back to; False if it is broken."""
        for item, slot in enumerate(assignment.item_slot.tolist()):
            if slot >= 0:
                self._put(item, slot)
        for group, server in enumerate(assignment.group_server.tolist()):
            if server >= 0 and self._needs_server(group):
                self.servers.attach(group, server)
        self.home, self.home_server = list(self.slot), list(self.servers.of)
        return next(self._broken(), None) is None and not self.underfull()

    def place_first(self, item: int) -> bool:
        """Put an item into the first of its wishes that is feasible."""
        return any(self.move(item, self.tables.slot[cell]) for cell in self.wishes[item])

    # --- moving -----------------------------------------------------------------------------------------

    def group_of(self, item: int) -> int:
        """Group an item is in, -1 for none."""
        slot = self.slot[item]
        return self.tables.slot_group[slot] if slot >= 0 else -1

    def can_place(self, item: int, slot: int) -> bool:
        """Whether ``move`` would succeed; the state stays as it is."""
        mark = len(self.log)
        able = self.move(item, slot)
        self._rollback(mark)
        return able

    def move(self, item: int, slot: int) -> bool:
        """Put an item into a slot if every primitive but group minima then holds; -1 takes it away."""
        mark, touched = len(self.log), set[int]()
        if self._bring(item, slot, {item}, touched):
            sums, most = self.limit_sum, self.tables.limit_rhs
            if all(sums[row] <= most[row] for row in touched):
                return True
        self._rollback(mark)
        return False

    def _bring(self, item: int, slot: int, busy: set[int], touched: set[int]) -> bool:
        """Move an item and its strict partners; limits are left to the caller, once all have moved."""
        tables = self.tables
        if item in self.staying or (slot < 0 and tables.required[item]):
            return False
        if slot >= 0:
            full = self.used[slot] >= tables.capacity[slot]
            if full or (item, slot) not in tables.cell_at or tables.slot_group[slot] in self.closed:
                return False
        for here in (self.slot[item], slot):
            if here >= 0:
                touched.update(row for row, _ in tables.cell_limits[tables.cell_at[item, here]])
        self._put(item, slot)
        return self._holds(item) and self._partners(item, busy, touched)

    def _holds(self, item: int) -> bool:
        """Group maximum, conflicts, exclusions, loose partners and service, where the item is now."""
        tables, slot = self.tables, self.slot[item]
        if slot < 0:
            return True
        group = tables.slot_group[slot]
        if self.size[group] > tables.group_max[group]:
            return False
        if any(self._meet(level, item, other) for level, other in tables.conflicts[item]):
            return False
        for presence in tables.cell_presences[tables.cell_at[item, slot]]:
            if any(self.present[other] > 0 for other in tables.excludes[presence]):
                return False
        if any(self._apart(level, item, other) for level, other in tables.loose[item]):
            return False
        return self._served(group)

    def _zone(self, level: int, item: int) -> int:
        slot = self.slot[item]
        return self.tables.zone[level][self.tables.slot_group[slot]] if slot >= 0 else -1

    def _meet(self, level: int, a: int, b: int) -> bool:
        zone = self._zone(level, a)
        return zone >= 0 and zone == self._zone(level, b)

    def _apart(self, level: int, a: int, b: int) -> bool:
        one, other = self._zone(level, a), self._zone(level, b)
        return one >= 0 and other >= 0 and one != other

    def _partners(self, item: int, busy: set[int], touched: set[int]) -> bool:
        """Bring strict partners into the item's zone: each to the first of its wishes that holds."""
        tables = self.tables
        for level, other in tables.strict[item]:
            zone = self._zone(level, item)
            if self._zone(level, other) == zone:
                continue
            if other in busy:
                return False
            slots: Iterable[int] = (-1,)
            if zone >= 0:
                cells = self.wishes[other]
                slots = (tables.slot[c] for c in cells if tables.zone[level][tables.group[c]] == zone)
            busy.add(other)
            mark = len(self.log)
            for slot in slots:
                if self._bring(other, slot, busy, touched):
                    break
                self._rollback(mark)
            else:
                return False
        return True

    def _served(self, group: int) -> bool:
        """Whether a group's server takes it as it is now; if not, whether another does."""
        if not self.tables.served[group]:
            return True
        now = self.servers.of[group]
        if now >= 0 and self.servers.fits(now):
            return True
        self._attach(group, -1)
        for server in self.servers.choices(group):
            self._attach(group, server)
            if self.servers.fits(server):
                return True
            self._attach(group, -1)
        return False

    # --- changing without asking, and taking back --------------------------------------------------------

    def _attach(self, group: int, server: int) -> None:
        self.log.append(("server", group, self.servers.of[group]))
        self.servers.attach(group, server)

    def _put(self, item: int, slot: int) -> None:
        old = self.slot[item]
        self.log.append(("slot", item, old))
        self.slot[item] = slot
        if old >= 0:
            self._count(item, old, -1)
        if slot >= 0:
            self._count(item, slot, 1)
        left = self.tables.slot_group[old] if old >= 0 else -1
        if left >= 0 and not self.members[left] and not self.tables.open[left] and self.servers.of[left] >= 0:
            self._attach(left, -1)

    def _count(self, item: int, slot: int, sign: int) -> None:
        tables = self.tables
        group, cell = tables.slot_group[slot], tables.cell_at[item, slot]
        self.used[slot] += sign
        self.size[group] += sign * tables.item_size[item]
        (self.members[group].add if sign > 0 else self.members[group].discard)(item)
        for row, coef in tables.cell_limits[cell]:
            self.limit_sum[row] += sign * coef
        for presence in tables.cell_presences[cell]:
            self.present[presence] += sign
        self.servers.load(group, tables.item_load[item], sign)

    def _rollback(self, mark: int) -> None:
        while len(self.log) > mark:
            kind, index, old = self.log[-1]
            if kind == "slot":
                size = len(self.log)
                self._put(index, old)
                del self.log[size:]
            else:
                self.servers.attach(index, old)
            self.log.pop()

    # --- group minima ------------------------------------------------------------------------------------

    def underfull(self) -> list[int]:
        """Groups that hold something, are not open by themselves, and are below their minimum."""
        tables = self.tables
        return [
            g for g, members in enumerate(self.members)
            if members and not tables.open[g] and self.size[g] < tables.group_min[g]
        ]  # fmt: skip

    def dissolve(self, group: int) -> set[int]:
        """Take back what was placed in a group, then those who left it if it still is below its minimum.

        Returns the items that came back because they had left.
        """
        for item in sorted(self.members[group]):
            if self.slot[item] != self.home[item]:
                self._back(item)
        returned = set[int]()
        if self.members[group] and self.size[group] < self.tables.group_min[group]:
            for item, home in enumerate(self.home):
                if home >= 0 and home != self.slot[item] and self.tables.slot_group[home] == group:
                    self._back(item)
                    returned.add(item)
        self._repair()
        return returned

    def _back(self, item: int) -> None:
        """An item to where it stood at the start, asked or not."""
        self._put(item, self.home[item])
        group = self.group_of(item)
        if group >= 0 and self.servers.of[group] < 0 and self.tables.served[group]:
            self._attach(group, self.home_server[group])

    def _repair(self) -> None:
        """Take back the last in line of what breaks a primitive, until nothing does."""
        while (culprits := next(self._broken(), None)) is not None:
            moved = [i for i in culprits if self.slot[i] != self.home[i]]
            astray = [
                g for g, server in enumerate(self.home_server)
                if server >= 0 and server != self.servers.of[g] and self._needs_server(g)
            ]  # fmt: skip
            if moved:
                self._back(max(moved, key=self.rank.__getitem__))
            elif astray:
                for group in astray:
                    self._attach(group, self.home_server[group])
            else:
                raise RuntimeError("the start is not feasible in itself")
        self.settled()

    def _needs_server(self, group: int) -> bool:
        return self.tables.served[group] and (self.tables.open[group] or bool(self.members[group]))

    def _broken(self) -> Iterator[Iterable[int]]:
        """For each primitive that does not hold, the items that have to do with it."""
        tables = self.tables
        for slot, used in enumerate(self.used):
            if used > tables.capacity[slot]:
                yield [i for i in self.members[tables.slot_group[slot]] if self.slot[i] == slot]
        for group, size in enumerate(self.size):
            if size > tables.group_max[group]:
                yield self.members[group]
        for row, total in enumerate(self.limit_sum):
            if total > tables.limit_rhs[row]:
                yield tables.limit_items[row]
        for level, a, b in tables.conflict:
            if self._meet(level, a, b):
                yield (a, b)
        for p, q in tables.exclusion:
            if self.present[p] > 0 and self.present[q] > 0:
                yield tables.presence_items[p] | tables.presence_items[q]
        for level, a, b, both in tables.together:
            if self._apart(level, a, b) or (both and self._zone(level, a) != self._zone(level, b)):
                yield (a, b)
        for group in range(len(self.members)):
            if self._needs_server(group) and self.servers.of[group] < 0:
                yield self.members[group]
        for server, groups in enumerate(self.servers.groups):
            if groups and not self.servers.fits(server):
                yield [item for group in groups for item in self.members[group]]

    def settled(self) -> None:
        """Nothing will be rolled back from here on."""
        self.log.clear()

    def assignment(self) -> Assignment:
        """The state as an assignment."""
        return Assignment(np.array(self.slot, np.int64), np.array(self.servers.of, np.int64))
