"""What the pricer answers."""

from __future__ import annotations

from dataclasses import dataclass

from tildeling_models.roster.problem import Ints


class NoSchedule(RuntimeError):
    """A person has no schedule that keeps the rules."""

    def __init__(self, person: int) -> None:
        super().__init__(f"person {person} has no legal schedule")
        self.person = person


@dataclass(frozen=True, eq=False)
class Schedules:
    """Schedules of one person, best first.

    Attributes
    ----------
    bound
        No legal schedule costs less, at the prices asked for.
    rows
        (n, D) activities.
    costs
        (n,) cost at the prices asked for.
    values
        (n, T) what each adds to the tiers by itself.
    """

    bound: int
    rows: Ints
    costs: Ints
    values: Ints
