"""Compiles a rota data set into a roster problem, and a roster back into a rota."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tildeling.rota import given, goals, rules
from tildeling.rota.compiling.builder import Builder, Demand
from tildeling.rota.compiling.frame import Frame
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.solution import Rota
from tildeling_models.roster.problem import Roster, RosterProblem


@dataclass(frozen=True)
class Compiled:
    """A problem, and what its parts came from."""

    frame: Frame
    problem: RosterProblem
    demands: tuple[Demand, ...]

    def rota(self, roster: Roster) -> Rota:
        """The planned days of a roster, as shifts by person and date."""
        data, frame = self.frame.data, self.frame
        return Rota(
            {
                row.staff_id: {
                    frame.dates[day]: data.shifts[int(roster.activity[person, day]) - 1].shift_code
                    for day in frame.planned.tolist()
                    if roster.activity[person, day]
                }
                for person, row in enumerate(data.staff)
            }
        )

    def roster(self, rota: Rota) -> Roster:
        """A rota as a roster, the past filled in."""
        frame = self.frame
        activity = np.zeros(frame.shape[:2], np.int64)
        activity[:, : frame.past] = frame.allowed[:, : frame.past].argmax(axis=2)
        number = {date: day for day, date in enumerate(frame.dates)}
        for staff_id, row in rota.work.items():
            for date, code in row.items():
                activity[frame.people[staff_id], number[date]] = frame.codes[code]
        return Roster(activity)


def compile_rota(data: RotaDataset) -> Compiled:
    """Lower every active rule and every goal of every tier."""
    frame = Frame(data)
    tiers = goals.tiers(data.policy)
    builder = Builder(frame, tuple(name for name, _ in tiers))
    given.lower(frame, builder)
    for rule, params in rules.active(data.policy):
        if rule.lower is not None:
            rule.lower(frame, params, builder)
    for tier, (_, parts) in enumerate(tiers):
        for goal, params, weight in parts:
            goal.lower(frame, params, builder, tier, weight)
    return Compiled(frame, builder.problem(), tuple(builder.demands))
