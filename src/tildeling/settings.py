"""What policies of homes and of rotas have in common: names of codes, switches of rules, goals of tiers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """A part of a policy: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Name(Part):
    """A code's name in both languages."""

    nb: str
    en: str


class GoalSetting(BaseModel):
    """One goal of a tier: its id, its weight, and what parameters it declares."""

    model_config = ConfigDict(frozen=True, extra="allow")
    goal: str
    weight: Annotated[int, Field(ge=0, le=1_000_000)] = 1

    @property
    def params(self) -> dict[str, Any]:
        """The goal's own parameters."""
        return dict(self.model_extra or {})


class TierSetting(Part):
    """One tier: solved after those before it, which stay within their tolerance."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,20}$")]
    weight: Annotated[int, Field(ge=0, le=1_000_000_000)] = 1
    tolerance: Annotated[float, Field(ge=0, le=1)] = 0.0
    goals: Annotated[tuple[GoalSetting, ...], Field(min_length=1)]


class RuleSetting(BaseModel):
    """A rule's switch and what parameters it declares."""

    model_config = ConfigDict(frozen=True, extra="allow")
    enabled: bool = True

    @property
    def params(self) -> dict[str, Any]:
        """The rule's own parameters."""
        return dict(self.model_extra or {})
