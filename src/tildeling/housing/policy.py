"""The policy: tiers, weights, rule switches and parameters, names; TOML with a version.

What each rule and goal takes is declared by the rule or goal itself (``rules/``, ``goals/``); this
module knows only the frame around them.
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

from tildeling.settings import Name, Part, RuleSetting, TierSetting


class Policy(Part):
    """A municipality's adopted policy; see ``policy.toml`` beside this file for the defaults."""

    version: Annotated[str, Field(min_length=1, max_length=80)]
    objective: Literal["tiers", "weighted"] = "tiers"
    tiers: Annotated[tuple[TierSetting, ...], Field(min_length=1)]
    rules: dict[str, RuleSetting]
    target_groups: dict[str, Name]
    features: dict[str, Name]
    competences: dict[str, Name]
    appeal_bodies: dict[str, Name] = Field(default_factory=dict)
    districts: dict[str, Name] = Field(default_factory=dict)

    def digest(self) -> str:
        """SHA-256 over the canonical content; ``policy_hash`` of results."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()

    def with_rule(self, rule: str, **changes: Any) -> Policy:
        """The same policy with a rule's switch or parameters changed."""
        setting = self.rules[rule].model_dump() | changes
        return self.model_copy(update={"rules": self.rules | {rule: RuleSetting(**setting)}})


@cache
def _default_tables() -> dict[str, Any]:
    source = files("tildeling.housing").joinpath("policy.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def merged_with_default(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a data set's own tables over the defaults, rule by rule and name by name."""
    merged = dict(_default_tables())
    for key, value in tables.items():
        if key == "rules" and isinstance(value, Mapping):
            rules = dict(merged["rules"])
            for rule, setting in value.items():
                known = rules.get(rule, {})
                rules[rule] = {**known, **setting} if isinstance(setting, Mapping) else setting
            merged["rules"] = rules
        elif key in {"target_groups", "features", "competences", "appeal_bodies", "districts"} and isinstance(
            value, Mapping
        ):
            merged[key] = {**merged[key], **value}
        else:
            merged[key] = value
    return merged


def default_policy() -> Policy:
    """The embedded policy."""
    return Policy.model_validate(_default_tables())
