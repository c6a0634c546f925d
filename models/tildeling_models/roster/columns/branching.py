"""Where to branch: totals of cover first, then counts of single covers, then cells of people.

All of it leaves the pricer as it is: totals and counts change prices only, and closed cells cost ``FAR`` (robust
branching: Vanderbeck 2000; cells as in Ryan and Foster 1981, for one person).  Among the most fractional candidates
the one is picked whose two parts move the master most (strong branching: Applegate, Bixby, Chvátal and Cook 1995,
scored by the product as in Achterberg, Koch and Martin 2005).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tildeling_models.roster.columns.coverage import Floats
from tildeling_models.roster.columns.generation import Generation, Node

Pair = tuple[Node, Node]
"""Two parts of a node, the one that the master's optimum is nearer to first."""

WHOLE = 1e-5
"""What a fraction may be off from a whole number and count as one."""

CANDIDATES = 6
"""Candidates that are probed, of each family."""

STEPS = 60
"""Steps of the dual simplex that a probe takes at most."""


def branch(generation: Generation) -> Pair | None:
    """Two parts that hold all rosters of the node between them; None where the master's optimum is whole."""
    shares = _shares(generation)
    for family in (_totals(generation), _counts(generation), _cells(generation, shares)):
        if len(family) == 1:
            return family[0]
        if family:
            return _probed(generation, family)
    return None


def _probed(generation: Generation, pairs: list[Pair]) -> Pair:
    """The pair whose worse and better part raise the master most."""
    master, node, best = generation.master, generation.node, generation.best
    value = master.value
    basis = master.highs.getBasis()
    scores = []
    for pair in pairs:
        rise = []
        for part in pair:
            generation.enter(part)
            master.highs.setBasis(basis)
            rise.append(max(1e-3, master.probe(STEPS) - value))
        scores.append(min(rise[0], 1e6) * min(rise[1], 1e6))
    generation.enter(node)
    generation.best = best
    master.highs.setBasis(basis)
    return pairs[int(np.argmax(scores))]


def _totals(generation: Generation) -> list[Pair]:
    node, found = generation.node, []
    for number, value in enumerate(generation.master.sums.tolist()):
        if _off(value) > WHOLE:
            low, high = node.sums.copy(), node.sums.copy()
            low[number, 1], high[number, 0] = np.floor(value), np.ceil(value)
            found.append(_ordered(node, replace(node, sums=low), replace(node, sums=high), value))
    return found


def _counts(generation: Generation) -> list[Pair]:
    master, node = generation.master, generation.node
    counts = master.counts.astype(float)
    for column in np.flatnonzero(master.level > WHOLE / 10).tolist():
        at, times = generation.cover.column(master.owner[column], master.schedule[column])
        counts[at] += times * master.level[column]
    off = np.abs(counts - np.rint(counts))
    found = []
    for row in np.argsort(-off, kind="stable")[:CANDIDATES].tolist():
        if off[row] > 10 * WHOLE:
            low, high = node.most.copy(), node.least.copy()
            low[row], high[row] = np.floor(counts[row]), np.ceil(counts[row])
            found.append(_ordered(node, replace(node, most=low), replace(node, least=high), counts[row]))
    return found


def _shares(generation: Generation) -> Floats:
    """(k, D, A + 1) level of each cell."""
    master = generation.master
    days = np.arange(generation.problem.n_days)
    shares = np.zeros(generation.node.shut.shape)
    for column in np.flatnonzero(master.level > WHOLE / 10).tolist():
        shares[master.number[master.owner[column]], days, master.schedule[column]] += master.level[column]
    return shares


def _cells(generation: Generation, shares: Floats) -> list[Pair]:
    """A person's day is off or not; where all days are decided so, it has an activity or not."""
    node = generation.node
    off = np.abs(shares[:, :, :1] - np.rint(shares[:, :, :1]))
    if off.max(initial=0.0) <= 10 * WHOLE:
        off = np.abs(shares - np.rint(shares))
    found = []
    for place in np.argsort(-off, axis=None, kind="stable")[:CANDIDATES].tolist():
        person, day, code = np.unravel_index(place, off.shape)
        if off[person, day, code] > 10 * WHOLE:
            without, only = node.shut.copy(), node.shut.copy()
            without[person, day, code] = True
            only[person, day] |= np.arange(only.shape[2]) != code
            share = float(shares[person, day, code])
            found.append(_ordered(node, replace(node, shut=without), replace(node, shut=only), share))
    return found


def _off(value: float) -> float:
    return abs(value - round(value))


def _ordered(node: Node, low: Node, high: Node, value: float) -> Pair:
    deeper = replace(low, depth=node.depth + 1), replace(high, depth=node.depth + 1)
    return deeper if value - np.floor(value) < 0.5 else (deeper[1], deeper[0])
