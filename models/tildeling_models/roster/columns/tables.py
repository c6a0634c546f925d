"""The pricer's table, filled for one automaton at a time, and the automata's own costs at weights of tiers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tildeling_models.roster.columns import kernels
from tildeling_models.roster.columns.kernels import Layers, Small
from tildeling_models.roster.columns.layers import Automaton, weighed
from tildeling_models.roster.problem import Ints

KEPT = 400
"""Automata at weights that are kept."""


class Filled(NamedTuple):
    """An automaton's arrays, costs of kinds of cells, the table of least costs, and the boxes of nodes (N, 6) in it.

    The table is the next automaton's too: it holds until then.
    """

    layers: Layers
    kinds: Small
    table: Small
    box: Ints


class Tables:
    """One table for all automata, as large as the largest; automata must live as long as this does."""

    def __init__(self) -> None:
        self._layers: dict[tuple[int, tuple[int, ...]], Layers] = {}
        self._table = np.zeros(1, np.int32)

    def filled(self, automaton: Automaton, cell: Small, weights: Ints) -> Filled:
        """The table filled at the prices of cells (D, A + 1) and weights (T,) of tiers."""
        layers = self._at(automaton, weights)
        if len(self._table) < automaton.n_cells:
            self._table = np.zeros(automaton.n_cells, np.int32)
        kinds = kernels.kind_costs(layers, cell)
        return Filled(layers, kinds, self._table, kernels.forward(layers, kinds, self._table))

    def _at(self, automaton: Automaton, weights: Ints) -> Layers:
        """The automaton with its own costs at tier weights."""
        name = id(automaton), tuple(weights.tolist())
        found = self._layers.get(name)
        if found is None:
            if len(self._layers) > KEPT:
                self._layers.clear()
            found = self._layers[name] = weighed(automaton, weights)
        return found
