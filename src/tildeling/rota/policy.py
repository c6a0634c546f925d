"""What a base decides for its rotas: the rule set in force, changes of it, goals in tiers, names of competences.

What each rule and goal takes is declared by the rule or goal itself (``rules/``, ``goals/``); the limits stand
in the rule sets (``rulesets/*.toml``), each with its paragraph.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import Field

from tildeling.settings import GoalSetting, Name, Part, RuleSetting


class Deviation(Part):
    """Something an agreement can permit, and who must have agreed."""

    level: tuple[Literal["IND", "LOC", "CEN", "ATS"], ...]
    source: str
    nb: str
    en: str


class RuleSet(Part):
    """Rules with their limits, and the deviations that agreements can permit."""

    name: str
    version: str
    nb: str
    en: str
    deviations: dict[str, Deviation] = Field(default_factory=dict)
    rules: dict[str, RuleSetting]

    def digest(self) -> str:
        """SHA-256 over the canonical content."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()


RULE_SETS = ("no-aml-ks", "no-live-in", "eu-2003-88", "none")


@cache
def rule_set(name: str) -> RuleSet:
    """A shipped rule set by name.

    Raises
    ------
    KeyError
        If there is none of that name.
    """
    if name not in RULE_SETS:
        raise KeyError(name)
    source = files("tildeling.rota").joinpath("rulesets", f"{name}.toml")
    return RuleSet.model_validate(tomllib.loads(source.read_text(encoding="utf-8")))


class MendCosts(Part):
    """What it costs to change something so that a rota can be made: the numbers by which mends are compared.

    ``agreement`` by who must agree; ``cover`` for a person less on one line and day; ``hours`` for freeing someone
    of the hours of their position.
    """

    agreement: dict[Literal["IND", "LOC", "CEN", "ATS"], Annotated[int, Field(ge=0)]]
    cover: Annotated[int, Field(ge=0)]
    hours: Annotated[int, Field(ge=0)]


class RotaTier(Part):
    """One tier: solved after those before it, none of which may become worse for its sake."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,20}$")]
    goals: Annotated[tuple[GoalSetting, ...], Field(min_length=1)]


class RotaPolicy(Part):
    """A base's policy for its rotas; see ``policy.toml`` beside this file for the defaults."""

    version: Annotated[str, Field(min_length=1, max_length=80)]
    ruleset: Literal["no-aml-ks", "no-live-in", "eu-2003-88", "none"] = "no-aml-ks"
    rules: dict[str, RuleSetting] = Field(default_factory=dict)
    tiers: Annotated[tuple[RotaTier, ...], Field(min_length=1)]
    competences: dict[str, Name]
    mends: MendCosts

    @property
    def rules_in_force(self) -> RuleSet:
        """The rule set with this policy's own changes laid over, rule by rule."""
        chosen = rule_set(self.ruleset)
        rules = dict(chosen.rules)
        for rule, setting in self.rules.items():
            known = rules[rule].model_dump() if rule in rules else {}
            rules[rule] = RuleSetting(**(known | setting.model_dump(exclude_unset=True)))
        return chosen.model_copy(update={"rules": rules})

    def digest(self) -> str:
        """SHA-256 over the canonical content, the rule set's included; ``policy_hash`` of results."""
        content = self.model_dump(mode="json") | {"rules_in_force": self.rules_in_force.digest()}
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@cache
def _default_tables() -> dict[str, Any]:
    source = files("tildeling.rota").joinpath("policy.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def merged_with_default(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a data set's own tables over the defaults, name by name."""
    merged = dict(_default_tables())
    for key, value in tables.items():
        if key == "competences" and isinstance(value, Mapping):
            merged[key] = {**merged[key], **value}
        else:
            merged[key] = value
    return merged


def default_policy() -> RotaPolicy:
    """The embedded policy."""
    return RotaPolicy.model_validate(_default_tables())
