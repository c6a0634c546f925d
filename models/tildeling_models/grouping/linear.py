"""The grouping problem as a mixed-integer linear model, built from arrays: one function per family.

Columns: x (cells), y (opening, for groups not open from the start), z (arcs), and auxiliaries that a family
adds for itself.  Formulas stand in models/README.md under the same names.  Auxiliaries of a goal are only
built from the tier on that needs them, so early tiers stay small.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tildeling_models.grouping.problem import UNLIMITED, Assignment, Bools, GroupingProblem, Ints, ints

Floats = NDArray[np.float64]
STRONG_LINKING_CELLS = 60_000
"""Up to this many cells, x <= y is written cell by cell (stronger bound, more rows)."""


@dataclass(eq=False)
class LinearModel:
    """Columns with bounds, integrality and tier costs; rows in compressed form; and where x, y, z stand."""

    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]
    cost: Floats
    offset: Floats
    row_start: Ints
    row_col: Ints
    row_coef: Floats
    row_lower: Floats
    row_upper: Floats
    x: Ints
    y: Ints
    z: Ints

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, columns."""
        return len(self.row_lower), len(self.lower)


@dataclass(eq=False)
class _Builder:
    """Collects columns and rows, family by family."""

    n_tiers: int
    n_cols: int = 0
    n_rows: int = 0
    bounds: list[tuple[Floats, Floats, NDArray[np.bool_]]] = field(default_factory=list)
    costs: list[tuple[int, Ints, Floats]] = field(default_factory=list)
    entries: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    sides: list[tuple[Floats, Floats]] = field(default_factory=list)

    def columns(self, n: int, upper: Any = 1.0) -> Ints:
        """Add n columns with lower bound 0, whole numbers all of them.

        Flows, excesses and affinities come out whole by themselves, but HiGHS (1.10 to 1.15) can lose the optimum
        in presolve, and call the loss optimal, where such columns are continuous: tests/model/test_solvers.py.
        """
        top = np.broadcast_to(np.asarray(upper, dtype=np.float64), n).copy()
        self.bounds.append((np.zeros(n), top, np.ones(n, dtype=bool)))
        self.n_cols += n
        return np.arange(self.n_cols - n, self.n_cols, dtype=np.int64)

    def cost(self, tier: int, columns: Ints, cost: Any) -> None:
        """Add a cost per column to a tier."""
        self.costs.append((tier, columns, np.broadcast_to(np.asarray(cost, dtype=np.float64), len(columns))))

    def rows(self, n: int, lower: Any, upper: Any, *parts: tuple[Ints, Ints, Any]) -> Ints:
        """Add n rows; each part is (row within these, column, coefficient)."""
        for row, column, coef in parts:
            values = np.broadcast_to(np.asarray(coef, dtype=np.float64), len(column))
            self.entries.append((ints(row) + self.n_rows, ints(column), values))
        self.sides.append(
            (
                np.broadcast_to(np.asarray(lower, dtype=np.float64), n),
                np.broadcast_to(np.asarray(upper, dtype=np.float64), n),
            )
        )
        self.n_rows += n
        return np.arange(self.n_rows - n, self.n_rows, dtype=np.int64)

    def finish(self, constant: Ints, x: Ints, y: Ints, z: Ints) -> LinearModel:
        """Compress everything; entries that meet in one place are added."""
        from scipy.sparse import coo_matrix

        row, col, coef = (
            (np.concatenate(parts) for parts in zip(*self.entries, strict=True))
            if self.entries
            else (ints(), ints(), np.empty(0))
        )
        matrix = coo_matrix((coef, (row, col)), shape=(self.n_rows, self.n_cols)).tocsr()
        cost = np.zeros((self.n_tiers, self.n_cols))
        for tier, columns, values in self.costs:
            np.add.at(cost[tier], columns, values)
        lower, upper, integer = (np.concatenate(parts) for parts in zip(*self.bounds, strict=True))
        row_lower, row_upper = (
            (np.concatenate(parts) for parts in zip(*self.sides, strict=True))
            if self.sides
            else (np.empty(0), np.empty(0))
        )
        return LinearModel(
            lower, upper, integer, cost, constant.astype(np.float64),
            ints(matrix.indptr), ints(matrix.indices), matrix.data.astype(np.float64),
            row_lower, row_upper, x, y, z,
        )  # fmt: skip


def build(problem: GroupingProblem, last_tier: int) -> LinearModel:
    """The model with the auxiliaries that tiers up to ``last_tier`` need."""
    model = _Builder(len(problem.tiers))
    x = model.columns(problem.n_cells)
    y = model.columns(problem.n_groups, np.ones(problem.n_groups))
    model.bounds[-1][0][problem.group_open] = 1.0
    z = model.columns(problem.n_arcs)
    for tier in range(len(problem.tiers)):
        model.cost(tier, x, problem.cell_cost[tier])
        if problem.n_arcs:
            model.cost(tier, z, problem.arc_cost[tier])
    tiers = set(range(last_tier + 1))
    _items(model, problem, x)
    _slots(model, problem, x)
    _open_with_min_max(model, problem, x, y)
    _limits(model, problem, x)
    _conflicts(model, problem, x, y)
    _exclusions(model, problem, x)
    _together(model, problem, x)
    loads = _service(model, problem, x, y, z, tiers)
    _overload(model, problem, z, loads, tiers)
    _affinity(model, problem, x, tiers)
    _excess(model, problem, x, tiers)
    _spread(model, problem, x, tiers)
    return model.finish(problem.constant, x, y, z)


def _items(model: _Builder, problem: GroupingProblem, x: Ints) -> None:
    """(items) sum_s x[i,s] <= 1, = 1 for required items."""
    lower = problem.item_required.astype(np.float64)
    model.rows(problem.n_items, lower, 1.0, (problem.cell_item, x, 1.0))


def _slots(model: _Builder, problem: GroupingProblem, x: Ints) -> None:
    """(slots) sum_i x[i,s] <= capacity[s], where it can bind."""
    count = np.bincount(problem.cell_slot, minlength=len(problem.slot_capacity))
    tight = np.flatnonzero(count > problem.slot_capacity)
    place = np.full(len(count), -1, np.int64)
    place[tight] = np.arange(len(tight))
    kept = place[problem.cell_slot] >= 0
    model.rows(
        len(tight), -np.inf, problem.slot_capacity[tight], (place[problem.cell_slot[kept]], x[kept], 1.0)
    )


def _open_with_min_max(model: _Builder, problem: GroupingProblem, x: Ints, y: Ints) -> None:
    """(sizes) min[g] y[g] <= sum size[i] x[i,s] <= max[g] y[g]; x <= y strengthens the relaxation."""
    group, size = problem.cell_group, problem.item_size[problem.cell_item]
    closed = ~problem.group_open
    every = np.arange(problem.n_groups)
    model.rows(problem.n_groups, -np.inf, 0.0, (group, x, size), (every, y, -problem.group_max))
    place = np.cumsum(closed) - 1
    kept = closed[group]
    model.rows(
        int(closed.sum()), 0.0, np.inf,
        (place[group[kept]], x[kept], size[kept]),
        (np.arange(closed.sum()), y[closed], -problem.group_min[closed]),
    )  # fmt: skip
    if problem.n_cells <= STRONG_LINKING_CELLS:
        linked = np.flatnonzero(kept)
        rows = np.arange(len(linked))
        model.rows(len(linked), -np.inf, 0.0, (rows, x[linked], 1.0), (rows, y[group[linked]], -1.0))


def _limits(model: _Builder, problem: GroupingProblem, x: Ints) -> None:
    """(limits) sum coef x <= rhs."""
    rows = problem.limits
    model.rows(len(rows), -np.inf, problem.limit_rhs, (rows.row, x[rows.cell], rows.coef))


def _zone_cells(problem: GroupingProblem, level: Ints, item: Ints) -> tuple[Ints, Ints, Ints]:
    """Every (pair index, zone, cell) of one side of a list of pairs."""
    start = np.searchsorted(problem.cell_item, np.arange(problem.n_items + 1))
    count = (start[1:] - start[:-1])[item]
    pair = np.repeat(np.arange(len(item)), count)
    shift = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
    cell = np.repeat(start[:-1][item], count) + shift
    zone = problem.group_zone[level[pair], problem.cell_group[cell]]
    return ints(pair), ints(zone), ints(cell)


def _meeting(
    problem: GroupingProblem, level: Ints, a: Ints, b: Ints, *, both: bool
) -> tuple[Ints, Ints, tuple[Ints, Ints], tuple[Ints, Ints]]:
    """Rows (pair, zone) where two items can meet (``both``) or either can be.

    Returns the pair and zone of each row, and (row, cell) of either side.
    """
    pair_a, zone_a, cell_a = _zone_cells(problem, level, a)
    pair_b, zone_b, cell_b = _zone_cells(problem, level, b)
    width = int(problem.group_zone.max(initial=0)) + 1
    key_a, key_b = pair_a * width + zone_a, pair_b * width + zone_b
    keys = np.intersect1d(key_a, key_b) if both else np.union1d(key_a, key_b)
    in_a, in_b = np.isin(key_a, keys), np.isin(key_b, keys)
    side_a = ints(np.searchsorted(keys, key_a[in_a])), cell_a[in_a]
    side_b = ints(np.searchsorted(keys, key_b[in_b])), cell_b[in_b]
    return ints(keys // width), ints(keys % width), side_a, side_b


def _conflicts(model: _Builder, problem: GroupingProblem, x: Ints, y: Ints) -> None:
    """(conflicts) x[a,zone] + x[b,zone] <= 1; in a group that may stay closed <= y[g]."""
    if not len(problem.conflict):
        return
    level, a, b = problem.conflict.T
    pair, zone, side_a, side_b = _meeting(problem, level, a, b, both=True)
    grouped = np.flatnonzero(level[pair] == 0)
    upper = np.ones(len(pair))
    upper[grouped] = 0.0
    model.rows(
        len(pair), -np.inf, upper,
        (side_a[0], x[side_a[1]], 1.0), (side_b[0], x[side_b[1]], 1.0), (grouped, y[zone[grouped]], -1.0),
    )  # fmt: skip


def _exclusions(model: _Builder, problem: GroupingProblem, x: Ints) -> None:
    """(exclusions) x[cell] <= w[presence]; w[p] + w[q] <= 1."""
    if not len(problem.exclusion):
        return
    w = model.columns(len(problem.presence))
    entries = len(problem.presence.cell)
    rows = np.arange(entries)
    model.rows(
        entries, -np.inf, 0.0, (rows, x[problem.presence.cell], 1.0), (rows, w[problem.presence.row], -1.0)
    )
    pairs = np.arange(len(problem.exclusion))
    model.rows(
        len(pairs), -np.inf, 1.0,
        (pairs, w[problem.exclusion[:, 0]], 1.0), (pairs, w[problem.exclusion[:, 1]], 1.0),
    )  # fmt: skip


def _together(model: _Builder, problem: GroupingProblem, x: Ints) -> None:
    """(together) x[a,zone] = x[b,zone]; or, if each may wait alone, x[a,zone] + placed[b] - x[b,zone] <= 1."""
    strict = problem.together[problem.together[:, 3] == 1] if len(problem.together) else problem.together
    if len(strict):
        pair, _, side_a, side_b = _meeting(problem, strict[:, 0], strict[:, 1], strict[:, 2], both=False)
        model.rows(len(pair), 0.0, 0.0, (side_a[0], x[side_a[1]], 1.0), (side_b[0], x[side_b[1]], -1.0))
    loose = problem.together[problem.together[:, 3] == 0] if len(problem.together) else problem.together
    for a, b in ((1, 2), (2, 1)) if len(loose) else ():
        level, one, other = loose[:, 0], loose[:, a], loose[:, b]
        pair, _, side_a, side_b = _meeting(problem, level, one, other, both=False)
        rows, _, cells = _zone_cells(problem, level[pair], other[pair])
        model.rows(
            len(pair), -np.inf, 1.0,
            (side_a[0], x[side_a[1]], 1.0), (side_b[0], x[side_b[1]], -1.0), (rows, x[cells], 1.0),
        )  # fmt: skip


def _service(
    model: _Builder, problem: GroupingProblem, x: Ints, y: Ints, z: Ints, tiers: set[int]
) -> dict[tuple[int, int], tuple[Ints, Floats]]:
    """(service) sum_b z[g,b] = y[g]; limits of servers on groups, sites and resources.

    Returns for every (resource, arc) the columns and coefficients whose sum is the load of placed items on
    that arc: the cells themselves where the group has a single arc, else a flow f with f <= M z.
    """
    loads: dict[tuple[int, int], tuple[Ints, Floats]] = {}
    if not problem.n_arcs:
        return loads
    served = np.flatnonzero(problem.group_served)
    place = np.full(problem.n_groups, -1, np.int64)
    place[served] = np.arange(len(served))
    model.rows(
        len(served), 0.0, 0.0,
        (place[problem.arc_group], z, 1.0), (np.arange(len(served)), y[served], -1.0),
    )  # fmt: skip
    _server_groups(model, problem, z)
    _server_sites(model, problem, z)
    _server_opened(model, problem, z, tiers)
    arcs_of = np.bincount(problem.arc_group, minlength=problem.n_groups)
    cells_of = [np.flatnonzero(problem.cell_group == g) for g in range(problem.n_groups)]
    priced = np.asarray(problem.arc_load_cost[sorted(tiers)].any(axis=0))
    limited: Bools = np.less(problem.server_capacity, UNLIMITED)[:, problem.arc_server]
    for server, resource, *_, at, _cost in problem.overload:
        if at in tiers:
            limited[resource] |= problem.arc_server == server
    for resource, load in enumerate(problem.item_load):
        for group in np.unique(
            problem.arc_group[np.logical_or(limited[resource], priced[resource])]
        ).tolist():
            cells = cells_of[group]
            weight = load[problem.cell_item[cells]].astype(np.float64)
            arcs = np.flatnonzero(problem.arc_group == group)
            if arcs_of[group] == 1:
                loads[resource, int(arcs[0])] = (x[cells], weight)
                continue
            room = (
                problem.server_capacity[resource, problem.arc_server[arcs]]
                - problem.group_load[resource, group]
            )
            most = np.clip(room, 0, _largest_load(problem, group, cells, load)).astype(np.float64)
            flow = model.columns(len(arcs), most)
            rows = np.arange(len(arcs))
            model.rows(len(arcs), -np.inf, 0.0, (rows, flow, 1.0), (rows, z[arcs], -most))
            least = _smallest_load(problem, int(group), cells, load)
            if least:
                model.rows(len(arcs), 0.0, np.inf, (rows, flow, 1.0), (rows, z[arcs], -float(least)))
            model.rows(1, 0.0, 0.0, (rows * 0, flow, 1.0), (cells * 0, x[cells], -weight))
            for arc, column in zip(arcs, flow, strict=True):
                loads[resource, int(arc)] = (ints([column]), np.ones(1))
    for (of, number), (columns, weight) in loads.items():
        for tier in tiers:
            cost = problem.arc_load_cost[tier, of, number]
            if cost:
                model.cost(tier, columns, cost * weight)
    for resource, server in zip(*np.nonzero(problem.server_capacity < UNLIMITED), strict=True):
        parts = _server_load(problem, z, loads, int(resource), int(server))
        if parts:
            model.rows(1, -np.inf, problem.server_capacity[resource, server], *parts)
    return loads


def _largest_load(problem: GroupingProblem, group: int, cells: Ints, load: Ints) -> int:
    """Most that a group's items can load a server with: its heaviest candidates, as many as fit."""
    slots = np.flatnonzero(problem.slot_group == group)
    room = int(min(problem.slot_capacity[slots].sum(), problem.group_max[group]))
    heaviest = np.sort(load[np.unique(problem.cell_item[cells])])[::-1]
    return int(heaviest[:room].sum())


def _smallest_load(problem: GroupingProblem, group: int, cells: Ints, load: Ints) -> int:
    """Least that a group loads a server with once it is opened: its lightest candidates up to the minimum size.

    Item by item, load per unit of size, lightest first, the last one in part (a linear bound, rounded down).
    """
    if problem.group_open[group]:
        return 0
    items = np.unique(problem.cell_item[cells])
    size = problem.item_size[items]
    order = np.argsort(load[items] / size, kind="stable")
    size, weight = size[order], load[items][order]
    taken = np.clip(problem.group_min[group] - (np.cumsum(size) - size), 0, size)
    return int(np.floor((taken * weight / size).sum() + 1e-9))


def _server_load(
    problem: GroupingProblem,
    z: Ints,
    loads: dict[tuple[int, int], tuple[Ints, Floats]],
    resource: int,
    server: int,
) -> list[tuple[Ints, Ints, Any]]:
    """Row parts whose sum is a server's load of a resource."""
    parts: list[tuple[Ints, Ints, Any]] = []
    for arc in np.flatnonzero(problem.arc_server == server):
        fixed = problem.group_load[resource, problem.arc_group[arc]]
        if fixed:
            parts.append((ints([0]), ints([z[arc]]), float(fixed)))
        columns, weight = loads.get((resource, int(arc)), (ints(), np.empty(0)))
        parts.append((columns * 0, columns, weight))
    return parts


def _server_groups(model: _Builder, problem: GroupingProblem, z: Ints) -> None:
    """(server groups) sum_g z[g,b] + (own - most) z[f,b] <= own for every foreign f: own = most when alone."""
    count = np.bincount(problem.arc_server, minlength=problem.n_servers)
    for server in np.flatnonzero(count > problem.server_groups):
        most, own = problem.server_groups[server], problem.server_own_groups[server]
        arcs = np.flatnonzero(problem.arc_server == server)
        foreign = arcs[~problem.arc_own[arcs]]
        if own == most or not len(foreign):
            model.rows(1, -np.inf, own, (arcs * 0, z[arcs], 1.0))
            continue
        for arc in foreign:
            model.rows(1, -np.inf, own, (arcs * 0, z[arcs], 1.0), (ints([0]), z[[arc]], float(own - most)))


def _server_sites(model: _Builder, problem: GroupingProblem, z: Ints) -> None:
    """(server sites) z[g,b] <= v[b,site(g)]; sum_site v[b,site] <= most."""
    site = problem.group_zone[problem.site_level][problem.arc_group]
    for server in range(problem.n_servers):
        arcs = np.flatnonzero(problem.arc_server == server)
        sites, which = np.unique(site[arcs], return_inverse=True)
        if len(sites) > problem.server_sites[server]:
            v = model.columns(len(sites))
            rows = np.arange(len(arcs))
            model.rows(len(arcs), -np.inf, 0.0, (rows, z[arcs], 1.0), (rows, v[which], -1.0))
            model.rows(1, -np.inf, problem.server_sites[server], (v * 0, v, 1.0))


def _server_opened(model: _Builder, problem: GroupingProblem, z: Ints, tiers: set[int]) -> None:
    """(server opened) z[g,b] <= o[b], with the cost of opening on o."""
    costly = problem.server_cost[sorted(tiers)].any(axis=0) & ~problem.server_open
    arcs = np.flatnonzero(costly[problem.arc_server])
    if not len(arcs):
        return
    o = model.columns(int(costly.sum()))
    place = np.cumsum(costly) - 1
    rows = np.arange(len(arcs))
    model.rows(
        len(arcs), -np.inf, 0.0, (rows, z[arcs], 1.0), (rows, o[place[problem.arc_server[arcs]]], -1.0)
    )
    for tier in tiers:
        model.cost(tier, o, problem.server_cost[tier, costly])


def _overload(
    model: _Builder,
    problem: GroupingProblem,
    z: Ints,
    loads: dict[tuple[int, int], tuple[Ints, Floats]],
    tiers: set[int],
) -> None:
    """(overload) step * u >= load[b] - staffed[b], u whole; cost per step begun."""
    for server, resource, staffed, step, tier, cost in problem.overload:
        if tier in tiers:
            u = model.columns(1, np.inf)
            parts = _server_load(problem, z, loads, int(resource), int(server))
            model.rows(1, -np.inf, staffed, *parts, (ints([0]), u, -float(step)))
            model.cost(int(tier), u, cost)


def _affinity(model: _Builder, problem: GroupingProblem, x: Ints, tiers: set[int]) -> None:
    """(affinity) cost: d >= x[a,zone] + x[b,zone] - 1; reward: s[zone] <= x[a,zone], s[zone] <= x[b,zone]."""
    rows = problem.affinity[np.isin(problem.affinity[:, 3], sorted(tiers))]
    for sign in (1, -1):
        part = rows[np.sign(rows[:, 4]) == sign]
        if not len(part):
            continue
        level, a, b, tier, cost = part.T
        pair, _, side_a, side_b = _meeting(problem, level, a, b, both=True)
        if sign > 0:
            d = model.columns(len(part))
            model.rows(
                len(pair), -np.inf, 1.0,
                (side_a[0], x[side_a[1]], 1.0), (side_b[0], x[side_b[1]], 1.0),
                (np.arange(len(pair)), d[pair], -1.0),
            )  # fmt: skip
            columns, owner = d, np.arange(len(part))
        else:
            s = model.columns(len(pair))
            for side in (side_a, side_b):
                model.rows(
                    len(pair), -np.inf, 0.0, (np.arange(len(pair)), s, 1.0), (side[0], x[side[1]], -1.0)
                )
            columns, owner = s, pair
        for t in tiers:
            mine = tier[owner] == t
            model.cost(t, columns[mine], cost[owner[mine]])


def _excess(model: _Builder, problem: GroupingProblem, x: Ints, tiers: set[int]) -> None:
    """(excess) e >= sum coef x + base, e >= 0; cost per unit of e."""
    if not len(problem.excess):
        return
    wanted = np.isin(problem.excess_cost[:, 0], sorted(tiers))
    place = np.where(wanted, np.cumsum(wanted) - 1, -1)
    n = int(wanted.sum())
    e = model.columns(n, np.inf)
    row = place[problem.excess.row]
    kept = row >= 0
    model.rows(
        n, -np.inf, -problem.excess_base[wanted],
        (row[kept], x[problem.excess.cell[kept]], problem.excess.coef[kept]), (np.arange(n), e, -1.0),
    )  # fmt: skip
    for tier in tiers:
        mine = problem.excess_cost[wanted, 0] == tier
        model.cost(tier, e[mine], problem.excess_cost[wanted][mine, 1])


def _spread(model: _Builder, problem: GroupingProblem, x: Ints, tiers: set[int]) -> None:
    """(spread) one interval of values per group: sum_l,h t[g,l,h] = 1, x <= sum of t over l <= value <= h.

    Costs h - l less what is free on t.  Intervals bound far better than a lowest and a highest value with large
    constants: a fraction of an item needs the same fraction of an interval around it.
    """
    costs = [(int(tier), int(cost), int(free)) for tier, cost, free in problem.spread_cost if tier in tiers]
    if not costs:
        return
    group_of = problem.cell_group
    for group in np.flatnonzero(problem.spread_groups):
        cells = np.flatnonzero(group_of == group)
        value = problem.spread_value[problem.cell_item[cells]]
        low, high = problem.spread_low[group], problem.spread_high[group]
        fixed = [low, high] if low <= high else []
        known = np.unique(np.concatenate([value, fixed])).astype(np.int64)
        first, last = np.triu_indices(len(known))
        if fixed:
            around = (known[first] <= low) & (known[last] >= high)
            first, last = first[around], last[around]
        least = min(free for *_, free in costs)
        first, last = _undominated(known, first, last, least)
        width = known[last] - known[first]
        if (width <= least).all():
            continue
        t = model.columns(len(first))
        model.rows(1, 1.0, 1.0, (t * 0, t, 1.0))
        at = np.searchsorted(known, value)
        covers = (first[None, :] <= at[:, None]) & (last[None, :] >= at[:, None])
        row, interval = np.nonzero(covers)
        model.rows(len(cells), -np.inf, 0.0, (np.arange(len(cells)), x[cells], 1.0), (row, t[interval], -1.0))
        for tier, cost, free in costs:
            model.cost(tier, t, cost * np.maximum(0, width - free))


def _undominated(known: Ints, first: Ints, last: Ints, free: int) -> tuple[Ints, Ints]:
    """Intervals within no other that costs as little in every tier: those that are free count as equal."""
    paid = np.maximum(known[last] - known[first], free)
    inside = (first[:, None] >= first[None, :]) & (last[:, None] <= last[None, :])
    inside &= (paid[:, None] >= paid[None, :]) & ~np.eye(len(first), dtype=bool)
    kept = ~inside.any(axis=1)
    return first[kept], last[kept]


def decode(problem: GroupingProblem, model: LinearModel, columns: Floats) -> Assignment:
    """The assignment that a solver's column values stand for."""
    item_slot = np.full(problem.n_items, -1, np.int64)
    picked = np.flatnonzero(columns[model.x] > 0.5)
    item_slot[problem.cell_item[picked]] = problem.cell_slot[picked]
    group_server = np.full(problem.n_groups, -1, np.int64)
    arcs = np.flatnonzero(columns[model.z] > 0.5)
    group_server[problem.arc_group[arcs]] = problem.arc_server[arcs]
    return Assignment(item_slot, group_server)


def encode(problem: GroupingProblem, model: LinearModel, start: Assignment) -> tuple[Ints, Floats]:
    """Columns x, y, z and their values for a start; the solver completes the auxiliaries."""
    from tildeling_models.grouping.evaluate import chosen_arcs, chosen_cells, open_groups

    chosen = chosen_cells(problem, start)
    opened = open_groups(problem, chosen)
    arcs = chosen_arcs(problem, start, opened)
    columns = np.concatenate([model.x, model.y, model.z])
    return columns, np.concatenate([chosen, opened, arcs]).astype(np.float64)
