"""What a checker of a published format says of a solution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """Breaches, and the value as the format defines it: ``parts`` are its terms, by the names of texts."""

    breaches: tuple[Breach, ...]
    parts: tuple[tuple[str, int], ...]

    @property
    def ok(self) -> bool:
        """Whether every hard limit is kept."""
        return not self.breaches

    @property
    def value(self) -> int:
        """The objective, broken limits or not."""
        return sum(worth for _, worth in self.parts)
