"""What a child's events proved, should it not live to say so itself."""

from __future__ import annotations

from collections.abc import Sequence

from tildeling_models.progress import Event


class Heard:
    """The best bound heard of each tier, and what earlier tiers were worth when it was said.

    A bound of a tier holds given the values of the tiers before it, and for lower ones as well: fewer solutions
    are left then.
    """

    def __init__(self, tiers: Sequence[str]) -> None:
        self.tiers = list(tiers)
        self.values: dict[int, int] = {}
        self.bounds: dict[int, list[tuple[int, tuple[int | None, ...]]]] = {}

    def event(self, event: Event) -> None:
        """Note what an event says of a tier."""
        if event.tier not in self.tiers:
            return
        tier = self.tiers.index(event.tier)
        if event.value is not None:
            self.values[tier] = event.value
        if event.bound is None or (event.parts > 1 and tier > 0):
            return  # later tiers of parts are bounded given each part's own values: parts may trade
        said = self.bounds.setdefault(tier, [])
        if not said or event.bound > said[-1][0]:
            said.append((event.bound, tuple(self.values.get(each) for each in range(tier))))

    def bound(self, tier: int, values: Sequence[int]) -> int | None:
        """The best bound of a tier that holds where the tiers have these values."""
        for bound, before in reversed(self.bounds.get(tier, [])):
            if all(then is not None and now <= then for now, then in zip(values, before, strict=False)):
                return bound
        return None
