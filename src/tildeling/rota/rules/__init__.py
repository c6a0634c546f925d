"""The rules, one file each.  A new file with a ``RULE`` in this folder is a new rule; a rule set switches it on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from tildeling.rota.policy import RotaPolicy
from tildeling.rota.rules.rule import Breach, Limit, Params, Rule
from tildeling.texts import Lang


@cache
def registry() -> dict[str, Rule]:
    """Every rule by id, in order of id."""
    found = {}
    for module in iter_modules(__path__):
        rule = getattr(import_module(f"{__name__}.{module.name}"), "RULE", None)
        if isinstance(rule, Rule):
            found[rule.id] = rule
    return dict(sorted(found.items()))


def active(policy: RotaPolicy) -> Iterator[tuple[Rule, Any]]:
    """Rules that the rule set in force switches on, each with its parameters."""
    settings = policy.rules_in_force.rules
    for rule in registry().values():
        setting = settings.get(rule.id)
        if setting is not None and setting.enabled:
            yield rule, rule.params.model_validate(setting.params)


@cache
def _texts() -> dict[str, dict[Lang, str]]:
    from tildeling.rota import given

    found = {key: dict(text) for rule in registry().values() for key, text in rule.texts.items()}
    return found | given.TEXTS


def requirement_text(requirement: str, lang: Lang) -> str:
    """The text of a requirement id such as ``REST11.short``."""
    return _texts()[requirement][lang]


def paragraph(rule: str) -> str:
    """Where a rule comes from; empty for what is no rule but holds of itself."""
    return registry()[rule].source if rule in registry() else ""


__all__ = ["Breach", "Limit", "Params", "Rule", "active", "paragraph", "registry", "requirement_text"]
