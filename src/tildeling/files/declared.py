"""What a policy sets beside what rules and goals declare: names nobody knows, parameters that do not fit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ValidationError

from tildeling.consistency import closest
from tildeling.errors import Fault
from tildeling.files.explaining import explained
from tildeling.files.kind import PolicyKind
from tildeling.files.raw import RawPolicy


def undeclared(raw: RawPolicy, tables: Mapping[str, Any], kind: PolicyKind) -> Iterator[Fault]:
    """Rules, goals and parameters nobody declared, so that a misspelt switch does not silently do nothing."""
    rules, goals = kind.rules(), kind.goals()
    settings, laid_under = tables.get("rules"), kind.laid_under(tables)
    for name, setting in settings.items() if isinstance(settings, Mapping) else ():
        rule = rules.get(name)
        if rule is None:
            yield raw.fault("unknown_policy_key", f"rules.{name}", hint=closest(name, rules))
        else:
            under = laid_under.get(name, {})
            yield from _params(raw, f"rules.{name}", rule.params, setting, {"enabled"}, under)
            yield from _deviations(raw, f"rules.{name}", setting, kind.deviations and kind.deviations(tables))
    for t, tier in enumerate(_list(tables.get("tiers"))):
        for g, setting in enumerate(_list(tier.get("goals") if isinstance(tier, Mapping) else None)):
            name = setting.get("goal") if isinstance(setting, Mapping) else None
            if not isinstance(name, str):
                continue
            place, goal = f"tiers.{t}.goals.{g}", goals.get(name)
            if goal is None:
                yield raw.fault("unknown_goal", f"{place}.goal", name, hint=closest(name, goals))
            else:
                yield from _params(raw, place, goal.params, setting, {"goal", "weight"})


def _params(
    raw: RawPolicy,
    place: str,
    declared: type[BaseModel],
    setting: Any,
    common: set[str],
    under: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[Fault]:
    """The faults of a rule's or goal's parameters; ``under`` are those it has where none are given."""
    if not isinstance(setting, Mapping):
        return
    try:
        given = {key: value for key, value in setting.items() if key not in common}
        declared.model_validate({**under, **given})
    except ValidationError as error:
        known = common | set(declared.model_fields)
        for item in error.errors(include_url=False):
            column = ".".join([place, *map(str, item["loc"])])
            hint = closest(str(item["loc"][-1]), known) if item["type"] == "extra_forbidden" else ""
            fault = explained(item)
            value = None if fault.code == "unknown_policy_key" else fault.value
            yield raw.fault(fault.code, column, value, params=fault.params, hint=hint or fault.hint)


def _deviations(raw: RawPolicy, place: str, setting: Any, known: Collection[str] | None) -> Iterator[Fault]:
    """Deviations that a limit names and the rule set lacks: no agreement could permit them."""
    if known is None or not isinstance(setting, Mapping):
        return
    for name, limit in setting.items():
        by = limit.get("by") if isinstance(limit, Mapping) else None
        for word in by if isinstance(by, Mapping) else ():
            if word not in known:
                hint = closest(str(word), known)
                yield raw.fault("unknown_deviation", f"{place}.{name}.by.{word}", hint=hint)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
