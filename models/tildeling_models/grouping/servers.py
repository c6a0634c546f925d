"""Which server takes which group, and whether it has room: groups, sites, resources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tildeling_models.grouping.problem import UNLIMITED, GroupingProblem

NODES = 20_000
"""Steps of the search for servers of groups that are open from the start."""


class Servers:
    """Groups of each server with their loads, counted along."""

    def __init__(self, problem: GroupingProblem) -> None:
        self.of = [-1] * problem.n_groups
        self.groups: list[set[int]] = [set() for _ in range(problem.n_servers)]
        self.group_load: list[list[int]] = problem.group_load.T.tolist() or [[] for _ in self.of]
        resources = len(problem.item_load)
        self.server_load = [[0] * resources for _ in range(problem.n_servers)]
        capacity = problem.server_capacity.reshape(resources, problem.n_servers).T.tolist()
        self.limited = [
            [(r, most) for r, most in enumerate(row) if most < UNLIMITED] for row in capacity
        ] or [[] for _ in self.groups]
        self.most: list[int] = problem.server_groups.tolist()
        self.most_own: list[int] = problem.server_own_groups.tolist()
        self.most_sites: list[int] = problem.server_sites.tolist()
        self.site: list[int] = problem.group_zone[problem.site_level].tolist() if problem.n_arcs else []
        self.own = {
            (group, server)
            for group, server, own in zip(
                problem.arc_group.tolist(), problem.arc_server.tolist(), problem.arc_own.tolist(), strict=True
            )
            if own
        }
        self.costly: list[bool] = (
            (problem.server_cost.reshape(len(problem.tiers), -1).any(axis=0) & ~problem.server_open).tolist()
            if problem.n_servers else []
        )  # fmt: skip
        self.able: list[list[int]] = [[] for _ in self.of]
        if problem.n_arcs:
            key = problem.server_key[problem.arc_server]
            for arc in np.lexsort((key, *problem.arc_cost[::-1])).tolist():
                self.able[problem.arc_group[arc]].append(int(problem.arc_server[arc]))

    def load(self, group: int, amounts: Sequence[int], sign: int) -> None:
        """Add an item's load to a group and to its server."""
        mine = self.group_load[group]
        server = self.of[group]
        theirs = self.server_load[server] if server >= 0 else None
        for resource, amount in enumerate(amounts):
            mine[resource] += sign * amount
            if theirs is not None:
                theirs[resource] += sign * amount

    def attach(self, group: int, server: int) -> None:
        """Give a group a server, asked or not; -1 for none."""
        for which, sign in ((self.of[group], -1), (server, 1)):
            if which >= 0:
                (self.groups[which].add if sign > 0 else self.groups[which].discard)(group)
                for resource, amount in enumerate(self.group_load[group]):
                    self.server_load[which][resource] += sign * amount
        self.of[group] = server

    def fits(self, server: int) -> bool:
        """Whether a server's groups are within its limits."""
        groups = self.groups[server]
        load = self.server_load[server]
        if any(load[resource] > most for resource, most in self.limited[server]):
            return False
        if len(groups) > self.most[server] and (
            len(groups) > self.most_own[server] or any((group, server) not in self.own for group in groups)
        ):
            return False
        return len(groups) <= self.most_sites[server] or (
            len({self.site[group] for group in groups}) <= self.most_sites[server]
        )

    def choices(self, group: int) -> list[int]:
        """Servers that may take a group: those that cost nothing to open first, then by the arc's cost."""
        able = self.able[group]
        return sorted(able, key=lambda server: self.costly[server] and not self.groups[server])

    def serve_all(self, groups: Sequence[int]) -> bool:
        """Find servers for groups that are open from the start, those with the fewest choices first."""
        waiting = sorted((g for g in groups if self.able[g]), key=lambda g: len(self.able[g]))
        tried = 0
        stack: list[Iterator[int]] = []
        while len(stack) < len(waiting):
            stack.append(iter(self.choices(waiting[len(stack)])))
            while stack:
                tried += 1
                if tried > NODES:
                    return False
                group = waiting[len(stack) - 1]
                self.attach(group, -1)
                server = next(stack[-1], None)
                if server is None:
                    stack.pop()
                    continue
                self.attach(group, server)
                if self.fits(server):
                    break
            else:
                return not waiting
        return True
