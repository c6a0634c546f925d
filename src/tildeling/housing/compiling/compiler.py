"""Down: data set to problem.  Back: assignment to solution."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tildeling.housing import goals, rules
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.columns import NO_VALUE
from tildeling.housing.compiling.frame import Frame, frame_of
from tildeling.housing.dataset import Dataset
from tildeling.housing.solution import Solution
from tildeling_models.grouping.problem import Assignment, Bools, GroupingProblem, Ints, distinct, ints
from tildeling_models.grouping.restrict import drop_strangers

BLOCK = 8_000_000
"""Pairs of items and slots looked at together: what bounds the memory of finding cells."""


@dataclass(frozen=True, eq=False)
class Compiled:
    """A data set as a problem, with the frame that translates back."""

    frame: Frame
    problem: GroupingProblem


def compile_dataset(data: Dataset) -> Compiled:
    """Build the problem of a data set: cells first, then every active rule's primitives, then the tiers."""
    frame = frame_of(data)
    tiers = goals.tiers_solved(data.policy)
    active = list(rules.active(data.policy))
    item, slot = _cells(frame, active)
    build = Builder(frame, item, slot, len(tiers))
    drop = np.zeros(len(item), dtype=bool)
    for rule, params in active:
        if rule.forbidden is not None:
            drop |= rule.forbidden(frame, params, build)
    keep = ~drop | build.cell_stays
    build = Builder(frame, item[keep], slot[keep], len(tiers))
    for rule, params in active:
        if rule.lower is not None:
            rule.lower(frame, params, build)
    for index, (_, _, parts) in enumerate(tiers):
        for goal, params, weight in parts:
            goal.lower(frame, params, build, index, weight)
    problem = build.problem(tuple(name for name, _, _ in tiers), [tolerance for _, tolerance, _ in tiers])
    return Compiled(frame, drop_strangers(problem))


def _cells(frame: Frame, active: list[tuple[rules.Rule, object]]) -> tuple[Ints, Ints]:
    """Cells every rule allows, and each mover's present home; by item, then slot."""
    eligibility = any(rule.id == "H2" for rule, _ in active)
    found: list[tuple[Ints, Ints]] = []
    for items, slots in _blocks(frame, by_kind=eligibility):
        mask: Bools = np.ones((len(items), len(slots)), dtype=bool)
        for rule, params in active:
            if rule.allowed is not None:
                mask &= rule.allowed(frame, params, items, slots)
        rows, columns = np.nonzero(mask)
        found.append((items[rows], slots[columns]))
    movers = ints(np.flatnonzero(frame.item_home >= 0))
    found.append((movers, frame.item_home[movers]))
    width = max(1, len(frame.slots))
    keys = distinct(np.concatenate([item * width + slot for item, slot in found]))
    return keys // width, keys % width


def _blocks(frame: Frame, *, by_kind: bool) -> Iterator[tuple[Ints, Ints]]:
    """(items, slots) such that every pair that may be allowed is in one of them, of at most ``BLOCK`` pairs.

    Items of one target group and municipality are taken together, against the slots that accept them, so that
    no matrix over all pairs is ever made.
    """
    every = ints(np.arange(frame.n_items)), ints(np.arange(len(frame.slots)))
    for items, slots in _by_kind(frame) if by_kind else (every,):
        if len(items) and len(slots):
            rows = max(1, BLOCK // len(slots))
            for start in range(0, len(items), rows):
                yield items[start : start + rows], slots


def _by_kind(frame: Frame) -> Iterator[tuple[Ints, Ints]]:
    columns = frame.columns
    of_item, of_slot = columns.municipality
    for kind in range(len(columns.kinds)):
        members = ints(np.flatnonzero(columns.kind == kind))
        accepting = ints(np.flatnonzero(columns.accepts[:, kind]))
        theirs, there = of_item[members], of_slot[accepting]
        for municipality in np.unique(theirs):
            near = (there == municipality) | (there == NO_VALUE) | (municipality == NO_VALUE)
            yield members[theirs == municipality], accepting[near]


def to_solution(compiled: Compiled, assignment: Assignment) -> Solution:
    """The assignment in the data set's own ids.

    Units of one slot are equal: whoever lives in, or was proposed, one of them keeps it; the others go in
    order of unit id to the longest waiting first.
    """
    frame, data = compiled.frame, compiled.frame.data
    placements = {p.person: p.unit.unit_id for p in frame.standing if p.locked}
    in_slot: dict[int, list[int]] = defaultdict(list)
    for item, slot in enumerate(assignment.item_slot):
        if slot >= 0:
            in_slot[int(slot)].append(item)
    before = data.previous.placements if data.previous else {}
    for slot, items in in_slot.items():
        free = [unit.unit_id for unit in frame.slots[slot]]
        rest = []
        for item in sorted(items, key=lambda i: bool(frame.item_home[i] != slot)):  # who stays comes first
            row = frame.items[item]
            stays = frame.item_home[item] == slot
            own = row.present_unit_id if stays else before.get(row.applicant_id)
            if own in free:
                free.remove(own)
                if not stays:
                    placements[row.applicant_id] = own
            else:
                rest.append(row)
        rest.sort(key=lambda row: (row.applied_on, row.applicant_id))
        placements.update({row.applicant_id: unit for row, unit in zip(rest, free, strict=False)})
    lived = {data.unit[unit].group_id for unit in placements.values()}
    lived |= {frame.group_ids[g] for g in np.flatnonzero(frame.held)}
    lived |= {
        frame.group_ids[frame.slot_group[assignment.item_slot[i]]]
        for i in np.flatnonzero(assignment.item_slot >= 0)
    }
    bases = {
        frame.group_ids[g]: frame.base_ids[b]
        for g, b in enumerate(assignment.group_server)
        if b >= 0 and frame.group_ids[g] in lived
    }
    return Solution(dict(sorted(placements.items())), dict(sorted(bases.items())))


def to_assignment(compiled: Compiled, solution: Solution) -> Assignment:
    """A solution in the problem's indices; what no longer exists or may not serve is left out, movers stay."""
    frame = compiled.frame
    slot_of = {unit.unit_id: s for s, units in enumerate(frame.slots) for unit in units}
    item_slot = frame.item_home.copy()
    for person, unit in solution.placements.items():
        if person in frame.item_index and unit in slot_of:
            item_slot[frame.item_index[person]] = slot_of[unit]
    problem = compiled.problem
    able = set(zip(problem.arc_group.tolist(), problem.arc_server.tolist(), strict=True))
    base_index = {base: index for index, base in enumerate(frame.base_ids)}
    group_server = np.full(frame.n_groups, -1, np.int64)
    for group, base in solution.bases.items():
        arc = frame.group_index.get(group, -1), base_index.get(base, -1)
        if arc in able:
            group_server[arc[0]] = arc[1]
    return Assignment(item_slot, group_server)
