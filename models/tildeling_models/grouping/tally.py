"""What the parts' progress means for the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tildeling_models.grouping import components, evaluate
from tildeling_models.grouping.bounds import least_value
from tildeling_models.grouping.components import Part
from tildeling_models.grouping.problem import Assignment, GroupingProblem
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Moment, Result
from tildeling_models.stop import Stop

SHARE = 0.05
"""Of the time, what evaluating the whole may take while parts come in."""


class Tally(Progress):
    """Adds up values and bounds of parts as they come, for progress and history of the whole."""

    def __init__(
        self,
        problem: GroupingProblem,
        parts: Sequence[Part],
        starts: Sequence[Assignment | None],
        stop: Stop,
        listener: Progress,
    ) -> None:
        self.problem, self.parts, self.stop, self.listener = problem, parts, stop, listener
        self.current = list(starts)
        self.finished: set[int] = set()
        self.due = 0.0
        self.history: list[Moment] = []
        tiers = range(len(problem.tiers))
        self.bounds = np.array([[least_value(part.problem, t) for t in tiers] for part in parts])
        self.values = np.zeros((len(parts), len(problem.tiers)), np.int64)
        for k, start in enumerate(starts):
            if start is not None:
                self.values[k] = evaluate.values(parts[k].problem, start)
        self._say("start")

    def event(self, event: Event) -> None:
        """Pass a part's event on, as what it means for the whole."""
        value, bound = event.value, event.bound
        if event.tier in self.problem.tiers and event.part < len(self.parts):
            k, t = event.part, self.problem.tiers.index(event.tier)
            constant = int(self.problem.constant[t])
            if value is not None:
                self.values[k, t] = value
                value = constant + int(self.values[:, t].sum())
            if bound is not None:
                self.bounds[k, t] = max(self.bounds[k, t], bound)
            bound = constant + int(self.bounds[:, t].sum())
        self._tell(replace(event, value=value, bound=bound))

    def incumbent(self, solution: object) -> None:
        """A better solution of the only part: kept, should the run end before the part does."""
        if len(self.parts) == 1 and isinstance(solution, Assignment):
            self.current[0] = solution
            if self.stop.elapsed >= self.due:
                self._say("solve")

    def _tell(self, event: Event) -> None:
        left = None if self.stop.seconds is None else self.stop.left
        done, parts = len(self.finished), len(self.parts)
        self.listener.event(replace(event, elapsed=self.stop.elapsed, left=left, part=done, parts=parts))

    def began(self, part: int, first: Assignment) -> None:
        """A part has a first solution."""
        self.current[part] = first
        self.values[part] = evaluate.values(self.parts[part].problem, first)
        if self.stop.elapsed >= self.due:
            self._say("start")

    def done(self, part: int, answer: Result[Assignment] | None) -> None:
        """A part has ended."""
        last = part not in self.finished and len(self.finished) == len(self.parts) - 1
        self.finished.add(part)
        if answer is not None and answer.solution is not None:
            self.current[part] = answer.solution
            self.values[part] = [tier.value or 0 for tier in answer.tiers]
        if last or self.stop.elapsed >= self.due:
            self._say("solve")

    def _say(self, phase: str) -> None:
        """Evaluate and keep the whole; its first tier goes into the history."""
        began = self.stop.elapsed
        known = [current for current in self.current if current is not None]
        value = None
        if len(known) == len(self.current):
            whole = components.merge(self.problem, self.parts, known)
            value = int(evaluate.values(self.problem, whole)[0])
            self.history.append(Moment(self.stop.elapsed, self.problem.tiers[0], value, None))
            self.listener.incumbent(whole)
        self._tell(Event(phase, "", value))
        now = self.stop.elapsed
        self.due = now + (now - began) / SHARE
