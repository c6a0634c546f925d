"""The automaton of one class of people as flat arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tildeling_models.roster.columns.kernels import FAR, Layers
from tildeling_models.roster.problem import Ints

NEVER = np.int64(1) << 40
"""Cost of a final count that is forbidden."""


@dataclass(frozen=True, eq=False)
class Automaton:
    """Nodes by layer (layer ``d`` is before day ``d``), arcs by the node they lead to.

    Attributes
    ----------
    layer
        (D + 2,) first node of each layer.
    kind
        (D, A + 1) kind of each activity on each day; -1 where no state allows it.
    into
        (N + 1,) first arc into each node.
    source, arc_kind, move, cost
        (M,), (M,), (M, 3), (M, T) of each arc: where it comes from, its kind, counter moves, cost by tier.
    low, size, at
        (N, 3), (N, 3), (N + 1,): least count and number of counts of each dimension, place in the table.
    final
        Per dimension, (E, size, T) cost of final counts by end node, ``NEVER`` where forbidden.
    blocks
        (3,) days of the longest block that a dimension counts, where it counts blocks up to a hard limit; else 0.
    """

    layer: Ints
    kind: Ints
    into: Ints
    source: Ints
    arc_kind: Ints
    move: Ints
    cost: Ints
    low: Ints
    size: Ints
    at: Ints
    final: tuple[Ints, ...]
    end_cost: Ints
    blocks: Ints

    @property
    def n_cells(self) -> int:
        """Entries of the pricer's table."""
        return int(self.at[-1])

    @cached_property
    def reach(self) -> Ints:
        """(T,) no schedule pays more for the rules."""
        days = len(self.layer) - 2
        first = self.into[self.layer[1 : days + 1]]
        found = np.maximum.reduceat(self.cost, first, axis=0).sum(axis=0) + self.end_cost.max(axis=0)
        for table in self.final:
            found = found + np.where(table >= NEVER, 0, table).max(axis=(0, 1))
        return np.asarray(found)

    def paid(self, arcs: Ints, place: Ints) -> Ints:
        """(T,) what a path of arcs (D,) to an end, its node and counts (4,), costs."""
        end = place[0] - self.layer[-2]
        found = self.cost[arcs].sum(axis=0) + self.end_cost[end]
        for dimension, count in enumerate(place[1:]):
            found = found + self.final[dimension][end, count]
        return np.asarray(found)


def weighed(automaton: Automaton, weights: Ints) -> Layers:
    """An automaton as the kernels take it, its own costs at tier weights (T,)."""
    final = [
        np.where((table >= NEVER).any(axis=2), FAR * 4, np.where(table >= NEVER, 0, table) @ weights)
        for table in automaton.final
    ]
    return Layers(
        automaton.layer, automaton.kind, automaton.into, automaton.source, automaton.arc_kind,
        automaton.move, automaton.low, automaton.size, automaton.at,
        (automaton.cost @ weights).astype(np.int32), automaton.end_cost @ weights, *final,
    )  # fmt: skip
