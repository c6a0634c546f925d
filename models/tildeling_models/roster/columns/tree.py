"""Branch and price: the best roster of some people, or the proof that there is none.

Barnhart, Johnson, Nemhauser, Savelsbergh and Vance 1998, "Branch-and-price: column generation for solving huge integer
programs".  The search dives until a node is cut off, and goes on at the node of the least bound.
"""

from __future__ import annotations

import heapq
from dataclasses import replace

import numpy as np

from tildeling_models.roster.columns.branching import branch
from tildeling_models.roster.columns.generation import SLACK, Generation, Node
from tildeling_models.roster.columns.plan import Plan
from tildeling_models.roster.columns.schedules import NoSchedule
from tildeling_models.roster.columns.stage import Stage


class Tree:
    """A search over the master's people; everyone else stands in ``rest``.

    ``offset`` is what the tier's value has beyond the master's.  ``floor`` is what no roster is below, but for the
    offset.  With everyone in the master (``whole``) it goes on at the least floor at once, and floors are bounds.
    """

    def __init__(
        self, stage: Stage, generation: Generation, rest: Plan, offset: int, whole: bool = False
    ) -> None:
        self.stage, self.generation, self.rest, self.offset = stage, generation, rest, offset
        self.whole = whole
        self.found = False
        self.nodes = self._number = 0
        self._open: list[tuple[float, int, int, Node]] = []
        self._next: Node | None = None
        self._left = float("inf")
        self._keep(generation.root)

    @property
    def ceiling(self) -> float:
        """A roster must cost less than this."""
        value = self.stage.value
        return float("inf") if value is None else float(value - self.offset)

    @property
    def floor(self) -> float:
        """The least floor of all that is open; the ceiling where nothing is."""
        heads = [
            node.floor for node in (self._next, self._open[0][3] if self._open else None) if node is not None
        ]
        return min(self.ceiling, self._left, *heads)

    def search(self, nodes: int) -> bool:
        """Search so many nodes; whether some are left."""
        stage, until = self.stage, self.nodes + nodes
        while not stage.over and self.nodes < until and self._pick():
            self.nodes += 1
            node, self._next = self._next, None
            assert node is not None
            self._step(node)
            if self.whole and np.isfinite(self.floor):
                stage.lift(int(self.floor) + self.offset)
        self.generation.enter(self.generation.root)
        return self._pick()

    def _pick(self) -> bool:
        """Have a node to go on with: the one dived to, else the one of least floor; whether there is one."""
        while self._next is None and self._open:
            node = heapq.heappop(self._open)[3]
            if node.floor < self.ceiling - SLACK:
                self._next = node
        return self._next is not None

    def _step(self, node: Node) -> None:
        """Solve a node, and keep its parts; the dive goes on with the first."""
        generation, stage = self.generation, self.stage
        generation.enter(node)
        try:
            solved = generation.run(stage.stop, ceiling=self.ceiling)
        except NoSchedule:
            return
        floor = generation.floor
        if floor >= self.ceiling - SLACK:
            return
        if not solved:
            if stage.stop.now:
                self._keep(node)
            else:  # the master was not solved, for another reason than the time: nothing is proven of the node
                self._left = min(self._left, floor)
            return
        shut = generation.closed(self.ceiling)
        if shut.all(axis=2).any():
            return
        generation.enter(replace(node, shut=shut, floor=floor))
        parts = branch(generation)
        if parts is None:
            self._whole()
            if floor < self.ceiling - SLACK:
                self._left = min(self._left, floor)
            return
        first, second = parts
        self._keep(second)
        if not self.whole:
            self._next = first
        else:
            self._keep(first)

    def _keep(self, node: Node) -> None:
        self._number += 1
        heapq.heappush(self._open, (node.floor, -node.depth, self._number, node))

    def _whole(self) -> None:
        """Offer the roster of a whole optimum."""
        master = self.generation.master
        plan = self.rest.copy()
        for column in np.flatnonzero(master.level > 0.5).tolist():
            plan.put(master.owner[column], master.schedule[column], master.values[column])
        self.found |= self.stage.offer(plan)
