"""The automata of all people as one set of flat arrays, for kernels that move many people in one call."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tildeling_models.roster.columns.kernels import FAR, Longs, Small
from tildeling_models.roster.columns.layers import Automaton, weighed
from tildeling_models.roster.columns.pricer import Pricer
from tildeling_models.roster.problem import Bools, Ints


class Pool(NamedTuple):
    """Automata of C classes of people, their nodes and arcs numbered through.

    Attributes
    ----------
    of
        (P,) class of each person.
    layer
        (C, D + 2) first node of each layer.
    kind
        (C, D, A + 1) kind of each activity on each day, -1 where nobody may do it.
    into
        (N + 1,) first arc into each node.
    source, target, arc_kind, arc_cost
        (M,) of each arc; its cost is at the tier weights of the pool.
    move, low, size
        (M, 3), (N, 3), (N, 3): counter moves, least count and number of counts, in steps.
    follow
        (N, A + 1) arc from a node by each activity, -1 where there is none.
    last
        (C,) number of the first end of each class; an end is a node of the last layer.
    end_cost, final
        (E,), (E, 3, F) cost of each end, and of its final counts; ``FAR`` and more where forbidden.
    own
        (P, D, A + 1) cost of each cell, ``FAR`` where not allowed.
    blocks
        (C, 3) days of the longest block that a counter counts up to a hard limit, else 0.
    """

    of: Longs
    layer: Longs
    kind: Longs
    into: Longs
    source: Longs
    target: Longs
    arc_kind: Longs
    arc_cost: Longs
    move: Longs
    low: Longs
    size: Longs
    follow: Small
    last: Longs
    end_cost: Longs
    final: Longs
    own: Small
    blocks: Longs


class Ceilings(NamedTuple):
    """Hard ceilings on sums that the automata do not read.

    Those of person ``p`` are ``start[p] .. start[p + 1] - 1``: the sum of ``weight[which]`` (D, A + 1) is at most
    ``limit``; ``dear`` is the largest weight of a cell.
    """

    start: Longs
    which: Longs
    limit: Longs
    dear: Longs
    weight: Small


class Covering(NamedTuple):
    """:class:`Coverage` with its table of costs at the weights of the moment, and the first ``day`` (R,) of each."""

    start: Longs
    row: Longs
    times: Longs
    who: Bools
    table: Longs
    day: Longs


def pool(pricer: Pricer, weights: Ints) -> Pool:
    """The automata of everyone at tier weights (T,)."""
    problem = pricer.problem
    automata: dict[int, Automaton] = {}
    number: dict[int, int] = {}
    of = np.zeros(problem.n_people, np.int64)
    for person in range(problem.n_people):
        own = pricer.automaton(person)
        of[person] = number.setdefault(id(own), len(number))
        automata[id(own)] = own
    parts = list(automata.values())
    layers = [weighed(part, weights) for part in parts]
    nodes = np.cumsum([0, *(len(part.into) - 1 for part in parts)])
    arcs = np.cumsum([0, *(len(part.source) for part in parts)])
    ends = np.cumsum([0, *(len(part.end_cost) for part in parts)])
    wide = max(table.shape[1] for part in parts for table in part.final)
    final = np.full((int(ends[-1]), 3, wide), FAR * 4, np.int64)
    for n, each in enumerate(layers):
        for k, table in enumerate((each.final0, each.final1, each.final2)):
            final[ends[n] : ends[n + 1], k, : table.shape[1]] = table
    joined = np.concatenate
    return Pool(
        of=of,
        layer=np.array([part.layer + nodes[n] for n, part in enumerate(parts)]),
        kind=np.array([part.kind for part in parts]),
        into=joined([*(part.into[:-1] + arcs[n] for n, part in enumerate(parts)), arcs[-1:]]),
        source=joined([part.source + nodes[n] for n, part in enumerate(parts)]),
        target=joined([_target(part) + nodes[n] for n, part in enumerate(parts)]),
        arc_kind=joined([part.arc_kind for part in parts]),
        arc_cost=joined([each.arc_cost for each in layers]).astype(np.int64),
        move=joined([part.move for part in parts]),
        low=joined([part.low for part in parts]),
        size=joined([part.size for part in parts]),
        follow=joined([_follow(part, int(arcs[n])) for n, part in enumerate(parts)]),
        last=ends[:-1].astype(np.int64),
        end_cost=joined([each.end_cost for each in layers]),
        final=final,
        own=np.array(
            [np.minimum(pricer.cells(person, weights), FAR) for person in range(problem.n_people)]
        ).astype(np.int32),
        blocks=np.array([part.blocks for part in parts]),
    )  # fmt: skip


def _target(automaton: Automaton) -> Ints:
    """(M,) the node that each arc leads to."""
    return np.repeat(np.arange(len(automaton.into) - 1), np.diff(automaton.into))


def _follow(automaton: Automaton, shift: int) -> Small:
    """(N, A + 1) arc from each node by each activity; there is at most one."""
    days, codes = automaton.kind.shape
    day = np.searchsorted(automaton.layer, automaton.source, side="right") - 1
    found = np.full((len(automaton.into) - 1, codes), -1, np.int32)
    arcs = np.arange(len(automaton.source), dtype=np.int32)
    for code in range(codes):
        own = automaton.kind[np.minimum(day, days - 1), code] == automaton.arc_kind
        found[automaton.source[own], code] = arcs[own] + shift
    return found


def ceilings(pricer: Pricer) -> Ceilings | None:
    """The ceilings of everyone; None where automata leave out rules of other kinds, or prices."""
    days = pricer.problem.n_days
    place: dict[bytes, int] = {}
    weights: list[Ints] = []
    start, which, limit = [0], [], []
    for person in range(pricer.problem.n_people):
        outside = pricer.left_out(person)
        if outside.pays:
            return None
        for weight, most in outside.ceilings():
            name = weight.tobytes()
            if name not in place:
                place[name] = len(weights)
                weights.append(weight)
            which.append(place[name])
            limit.append(most)
        start.append(len(which))
    stack = np.array(weights, np.int32).reshape(-1, days, pricer.problem.n_activities + 1)
    at = np.array(which, np.int64)
    dear = stack.max(axis=(1, 2), initial=0).astype(np.int64)[at] if len(at) else np.zeros(0, np.int64)
    return Ceilings(np.array(start, np.int64), at, np.array(limit, np.int64), dear, stack)
