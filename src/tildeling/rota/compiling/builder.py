"""Collects what rules and goals lower to, and remembers what each part of it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tildeling.rota.compiling.frame import Frame
from tildeling.texts import Lang
from tildeling_models.roster.problem import Cover, Ints, Price, RosterProblem, Rule


@dataclass(frozen=True, slots=True)
class Demand:
    """What a primitive came from, in the planner's words: rule or goal, its text, and whom it is about.

    ``agreement`` names the agreement whose limit was used.
    """

    source: str
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    staff_id: str = ""
    agreement: str | None = None

    def words(self, lang: Lang = "en") -> str:
        """The demand in words, paragraph first."""
        from tildeling.rota.rules import paragraph, requirement_text

        values = {
            key: f"{value:g}" if isinstance(value, float) else value for key, value in self.values.items()
        }
        words = requirement_text(self.text, lang).format(**({"staff": self.staff_id} | values))
        source = paragraph(self.source)
        return f"{source}: {words}" if source else words


class Builder:
    """A roster problem in the making."""

    def __init__(self, frame: Frame, tiers: tuple[str, ...]) -> None:
        self.frame, self.tiers = frame, tiers
        self.cost: Ints = np.zeros((len(tiers), *frame.shape), np.int64)
        self.allowed = frame.allowed.copy()
        self.rules: list[Rule] = []
        self.covers: list[Cover] = []
        self.demands: list[Demand] = []
        self.constant: Ints = np.zeros(len(tiers), np.int64)

    def demand(self, source: str, text: str, *, staff_id: str = "", agreement: str | None = None,
               **values: Any) -> int:  # fmt: skip
        """Enter what the next primitives come from; its number is their tag."""
        self.demands.append(Demand(source, text, values, staff_id, agreement))
        return len(self.demands) - 1

    def add(self, rule: Rule | Cover) -> None:
        """Add a primitive."""
        if isinstance(rule, Cover):
            self.covers.append(rule)
        else:
            self.rules.append(rule)

    def forbid(self, person: int, day: int, activity: int) -> None:
        """Take a cell away; being off stays possible, and what is fixed or past stays as it is."""
        if self.allowed[person, day].sum() > 1 and activity:
            self.allowed[person, day, activity] = False

    def price(self, tier: int, weight: int) -> Price:
        """A price in a tier."""
        return Price(tier, weight)

    def problem(self) -> RosterProblem:
        """The problem as it stands."""
        frame = self.frame
        return RosterProblem(
            tiers=self.tiers, start=frame.start, end=frame.end, allowed=self.allowed, cost=self.cost,
            rules=tuple(self.rules), covers=tuple(self.covers), first=frame.past, cyclic=frame.data.cyclic,
            constant=self.constant,
        )  # fmt: skip
