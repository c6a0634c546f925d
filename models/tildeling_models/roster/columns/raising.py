"""Bounds for long horizons, from prices that windows' masters gave.

Prices of covers that are good for every window are near good ones for the whole horizon.  From them the Lagrangian of
whole schedules is climbed by the volume algorithm (Barahona and Anbil 2000): steps from the best prices so far, along
a mean of gradients, towards the incumbent's value (Polyak 1969).  Every price gives a bound, in whole numbers.
"""

from __future__ import annotations

import numpy as np

from tildeling_models.roster.columns.coverage import Floats
from tildeling_models.roster.columns.kernels import FAR
from tildeling_models.roster.columns.pricer import ROOM
from tildeling_models.roster.columns.relaxed import Relaxed
from tildeling_models.roster.columns.stage import Stage

HARD = 1 << 34
"""Cost of a unit of a hard cover's breach."""

PATIENCE, SHRINK = 10, 0.7
"""So many steps without a better bound, and the part of their length that is left then."""

FRESH = 0.2
"""Part of the newest gradient in the mean."""


class Raising:
    """Prices (R,) of covers and the bound they give; the stage's goal is its first tier."""

    def __init__(self, stage: Stage, pricer: Relaxed, prices: Floats) -> None:
        problem, cover = stage.problem, stage.cover
        self._stage, self._pricer, self.prices = stage, pricer, prices
        self._weights = np.zeros(len(problem.tiers), np.int64)
        self._weights[stage.tier] = 1
        self._table = cover.price[stage.tier] + HARD * cover.breach
        self._count = np.arange(self._table.shape[1])
        self._never = self._count > cover.top[:, None]
        steps = np.abs(np.diff(cover.price[stage.tier], axis=1))
        self._dear = max(1, int(steps.max(initial=1)))
        reach = problem.n_days * (int(np.abs(problem.cost[stage.tier]).max()) + self._dear) + int(
            pricer.reach()[stage.tier]
        )
        self._scale = 1 << int(np.clip(np.floor(np.log2(max(1.0, ROOM / reach))), 0, 8))
        self._own = [pricer.cells(person, self._scale * self._weights) for person in range(problem.n_people)]

    def value(self, prices: Floats) -> tuple[int, Floats]:
        """(the bound at prices that are rounded, the gradient there)."""
        stage, scale = self._stage, self._scale
        whole = np.rint(np.clip(prices, -self._dear, self._dear) * scale).astype(np.int64)
        covered = np.zeros(stage.cover.n_rows, np.int64)
        total = 0
        for person, own in enumerate(self._own):
            cell = np.where(own >= FAR, FAR, own - stage.cover.priced(whole, person))
            found = self._pricer.price(person, cell, scale * self._weights, 1, stage.tries)
            total += found.bound
            stage.cover.add(covered, person, found.rows[0], 1)
        floor = self._table * scale + whole[:, None] * self._count
        floor[self._never] = np.int64(HARD) << 20
        total += int(floor.min(axis=1).sum())
        bound = -(-total // scale) + int(stage.problem.constant[stage.tier])
        return bound, (floor.argmin(axis=1) - covered).astype(float)

    def climb(self, part: float) -> None:
        """Step until ``part`` of the stage is spent, or steps are too short to matter."""
        stage = self._stage
        best, gradient = self.value(self.prices)
        mean, length, idle, prices = gradient, 1.0, 0, self.prices
        stage.lift(best)
        while stage.value is not None and not stage.over and stage.spent < part and length > 1e-3:
            norm = float(mean @ mean)
            if not norm:
                return
            prices = np.clip(
                self.prices + length * (stage.value - best) / norm * mean, -self._dear, self._dear
            )
            stage.tries += stage.problem.n_people
            here, gradient = self.value(prices)
            if here > best:
                length = min(2.0, 1.1 * length) if gradient @ mean >= 0 else length
                best, self.prices, idle = here, prices, 0
                stage.lift(best)
            else:
                idle += 1
                if idle > PATIENCE:
                    idle, length = 0, SHRINK * length
            mean = FRESH * gradient + (1 - FRESH) * mean
