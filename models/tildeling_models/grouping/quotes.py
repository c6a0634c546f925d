"""What is known of the price of cells: solutions found, bounds proven, and how the two become a price."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from tildeling_models.grouping.bounds import least_value
from tildeling_models.grouping.exchange import Found
from tildeling_models.grouping.problem import GroupingProblem

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Price:
    """What a cell costs.

    Attributes
    ----------
    possible
        Whether any solution holds the cell; None where that is not known.
    least
        Proven least change of each tier, given the earlier ones as found; None where nothing is proven.
    most
        Change of each tier in the best solution found; None if there is none.
    floors
        Proven least change of each tier in any solution without a change before it: 0 where the reference is proven.
    """

    possible: bool | None
    least: tuple[int | None, ...]
    most: tuple[int, ...] | None
    floors: tuple[int, ...] = ()


@dataclass(eq=False)
class Quote:
    """A cell on its way to a price.

    Attributes
    ----------
    found, loss
        The best solution that holds the cell, and what it changes in each tier.
    bounds
        By tier, a bound on its change given no change before.
    later
        By what changed up to a tier, a bound on that tier's change.
    """

    cell: int
    item: int
    slot: int
    found: Found | None = None
    loss: tuple[int, ...] = ()
    bounds: dict[int, int] = field(default_factory=dict)
    later: dict[tuple[int, ...], int] = field(default_factory=dict)
    impossible: bool = False

    @property
    def decides(self) -> int:
        """The first tier that is found to change, past the last if none is."""
        return next((t for t, by in enumerate(self.loss) if by), len(self.loss))

    def may_be_as_good(self, tier: int) -> bool:
        """Whether no change is known, or proven, in the tiers before."""
        if self.found is not None:
            return self.decides >= tier
        return not self.impossible and all(self.bounds.get(t, 0) <= 0 for t in range(tier))

    def at_least(self, tier: int, change: int) -> None:
        """A bound on a tier's change, given none before."""
        self.bounds[tier] = max(change, self.bounds.get(tier, change))

    def then_at_least(self, before: tuple[int, ...], change: int) -> None:
        """A bound on a tier's change, given what changed before."""
        self.later[before] = max(change, self.later.get(before, change))


class Book:
    """The reference's values, and what is proven of every solution that is no worse before a tier."""

    def __init__(
        self, problem: GroupingProblem, values: tuple[int, ...], proven: Sequence[int | None]
    ) -> None:
        self.values = values
        self.always = [least_value(problem, tier) - value for tier, value in enumerate(values)]
        self.floors: list[int] = [
            min(0, change if known is None else max(known, change))
            for change, known in zip(self.always, proven or [None] * len(values), strict=True)
        ]

    @property
    def tiers(self) -> int:
        """Number of tiers."""
        return len(self.values)

    def raise_floor(self, tier: int, change: int) -> None:
        """A bound on the change of a tier in any solution no worse before it; above 0 it is the reference's fault."""
        self.floors[tier] = min(0, max(self.floors[tier], change))

    def improved(self, quote: Quote, found: Found | None) -> bool:
        """Remember a solution that holds the cell, if it is the best so far."""
        if found is None or (quote.found is not None and found.values >= quote.found.values):
            return False
        quote.found = found
        quote.loss = tuple(v - was for v, was in zip(found.values, self.values, strict=True))
        return True

    def least(self, quote: Quote, tier: int) -> int | None:
        """Proven least change of a tier, given the earlier ones as found."""
        before = quote.loss[:tier] if quote.found is not None else (0,) * tier
        bounds = [self.always[tier], quote.later.get(before, self.always[tier])]
        if not any(before):
            bounds += [self.floors[tier], quote.bounds.get(tier, self.floors[tier])]
        least = max(bounds)
        if quote.found is not None and least > quote.loss[tier]:
            log.error("cell %d, tier %d: bound %d above %d found", quote.cell, tier, least, quote.loss[tier])
            return None
        return least

    def is_settled(self, quote: Quote) -> bool:
        """Whether the first tier that changes, and that none before it does, is proven."""
        if quote.found is None:
            return quote.impossible
        last = min(quote.decides, self.tiers - 1)
        return all(self.least(quote, t) == quote.loss[t] for t in range(last + 1))

    def is_exact(self, quote: Quote) -> bool:
        """Whether every tier is proven."""
        return quote.impossible or all(self.least(quote, t) == by for t, by in enumerate(quote.loss))

    def is_through(self, quote: Quote, tier: int) -> bool:
        """Whether nothing is left to do about a cell in a tier."""
        if quote.found is not None:
            return quote.decides > tier or self.is_settled(quote)
        return quote.impossible or (quote.bounds.get(tier, 0) <= 0 and tier + 1 < self.tiers)

    def price(self, quote: Quote) -> Price:
        """What is known of a cell, as a price."""
        if quote.impossible:
            return Price(False, (None,) * self.tiers, None)
        least = tuple(self.least(quote, tier) for tier in range(self.tiers))
        most = quote.loss if quote.found else None
        return Price(True if quote.found else None, least, most, tuple(self.floors))
