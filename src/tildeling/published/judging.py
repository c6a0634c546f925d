"""What a checker of a published format says of a solution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tildeling.texts import Lang, text


@dataclass(frozen=True, slots=True)
class Breach:
    """A hard limit that is broken; ``code`` names a text in ``texts/published.toml``, ``values`` fill it."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def message(self, lang: Lang = "en") -> str:
        """In words: who, when, what is required, what was found."""
        return text(f"published.{self.code}", lang, **self.values)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Breaches, and the value as the format defines it.

    Attributes
    ----------
    parts
        The value's terms, by the names of texts, in whole numbers.
    scale
        What they are counted in: this part of the format's unit, 1 or a power of ten where a file has decimals.
    maximised
        Whether the format wants the value high.  The tiers of a problem are minimised: they hold it negated.
    """

    breaches: tuple[Breach, ...]
    parts: tuple[tuple[str, int], ...]
    scale: int = 1
    maximised: bool = False

    @property
    def ok(self) -> bool:
        """Whether every hard limit is kept."""
        return not self.breaches

    @property
    def value(self) -> int:
        """The objective in whole numbers, broken limits or not."""
        return sum(worth for _, worth in self.parts)

    @property
    def tier_value(self) -> int:
        """The objective as a tier of the problem has it: in whole numbers, to be minimised."""
        return -self.value if self.maximised else self.value

    def of_tier(self, number: int) -> int:
        """A tier's value or bound as the format counts, still scaled."""
        return -number if self.maximised else number

    def in_unit(self, number: int) -> int | Decimal:
        """A scaled number in the format's own unit."""
        return number if self.scale == 1 else Decimal(number) / self.scale
