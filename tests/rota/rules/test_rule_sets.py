"""The rule sets as shipped: they read, their words are there, and the halves of all their rules agree together."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given, settings
from tests.rota.rules import lowering, plans

from tildeling.rota.dataset import RotaDataset
from tildeling.rota.policy import RULE_SETS, RotaPolicy, default_policy, rule_set
from tildeling.rota.rules import active, registry
from tildeling.rota.solution import Rota
from tildeling_models.roster.evaluate import violations

ACT = (
    "AVG-ATS", "AVG-IND", "AVG-LOC", "BREAK", "DAY", "NIGHT-AVG", "NIGHT-DEF", "NIGHT-HARD", "OVERTIME", "PASSIVE",
    "PLAN", "REST11", "REST35", "STANDBY", "SUNDAY", "TOTAL", "WEEK", "ZONE",
)  # fmt: skip
GIVEN = {"staff", "day", "last_day", "found", "limit", "amount"}


def under(name: str, **rules: Any) -> RotaPolicy:
    """The default policy under a rule set."""
    return RotaPolicy.model_validate(default_policy().model_dump() | {"ruleset": name, "rules": rules})


def test_the_act_is_all_there() -> None:
    assert set(ACT) <= set(rule_set("no-aml-ks").rules)
    assert {rule.id for rule, _ in active(default_policy())} >= set(ACT) - {"NIGHT-HARD"}


@pytest.mark.parametrize("name", RULE_SETS)
def test_every_parameter_of_a_set_is_one_its_rule_declares(name: str) -> None:
    rules = rule_set(name).rules
    for rule_id in set(rules) & set(registry()):
        registry()[rule_id].params.model_validate(rules[rule_id].params)


@pytest.mark.parametrize("name", RULE_SETS)
def test_every_deviation_a_limit_names_is_declared_and_each_declared_is_used(name: str) -> None:
    chosen = rule_set(name)
    text = chosen.model_dump_json()
    for deviation in chosen.deviations:
        assert text.count(f'"{deviation}"') >= 1 + (deviation != "live_in_rest"), deviation
    for rule_id, setting in chosen.rules.items():
        for key in _deviations(setting.params):
            assert key in chosen.deviations, (rule_id, key)


def _deviations(params: Any) -> set[str]:
    if not isinstance(params, dict):
        return set()
    return set(params.get("by", ())) | {key for value in params.values() for key in _deviations(value)}


@pytest.mark.parametrize("rule_id", sorted((*ACT, "LIVE-IN")))
def test_texts_in_both_languages_have_the_same_places(rule_id: str) -> None:
    rule = registry()[rule_id]
    assert rule.trust in {"H", "M", "L"}
    assert rule.source
    for requirement, text in rule.texts.items():
        places = {lang: {place for _, place, _, _ in string.Formatter().parse(words) if place}
                  for lang, words in text.items()}  # fmt: skip
        assert places.keys() == {"nb", "en"}
        assert places["nb"] == places["en"], requirement
        assert places["nb"] <= GIVEN | {"shift", "least", "rest"}


def test_a_quiet_plan_breaks_nothing_of_the_act() -> None:
    of = plans.data("DDDDD-- DDDDD--", policy=under("no-aml-ks"))
    rota = plans.rota(of, "DDDDD-- DDDDD--")
    case_breaches = [each for each in lowering.breaches(of, rota) if each.rule in ACT]
    assert case_breaches == []


@settings(max_examples=80, deadline=None)
@given(
    lowering.plan(
        *ACT, letters="DDAAN", most=5, past=60,
        permits=("avg_ind", "avg_loc", "avg_ats", "rest_8", "rest_28", "sunday_ind", "total_loc", "night_loc"),
    )
)  # fmt: skip
def test_whatever_the_engines_allow_passes_the_checker(case: tuple[RotaDataset, Rota]) -> None:
    of, rota = case
    compiled = lowering.lowered(of)
    fixed = {row.date for row in of.fixed}
    # Random rows break something nearly always: take shifts out until the engines allow the rest.
    while findings := violations(compiled.problem, compiled.roster(rota)):
        movable = [day for day in rota.work.get("s1", {}) if day not in fixed]
        if not movable:
            return
        near = min(
            movable, key=lambda day: min(abs(compiled.frame.dates.index(day) - each.day) for each in findings)
        )
        rota = rota.changed("s1", near, None)
    assert lowering.breaches(of, rota) == []


@settings(max_examples=60, deadline=None)
@given(lowering.plan(letters="DDAANHS", most=4, policy=under("eu-2003-88")))
def test_the_directive_too(case: tuple[RotaDataset, Rota]) -> None:
    assert lowering.broken(*case) or not lowering.breaches(*case)


def test_the_directive_names_its_articles() -> None:
    of = plans.data("ADDDDDD DDDDDDD", policy=under("eu-2003-88"))
    found = lowering.breaches(of, plans.rota(of, "ADDDDDD DDDDDDD"))
    assert {each.source for each in found} == {f"Directive 2003/88/EC art. {number}" for number in (3, 5, 6)}
    assert lowering.breaches(of, plans.rota(of, "DDDDD-- DDDDD--")) == []


def test_no_rules_ask_nothing() -> None:
    of = plans.data("ADLNSHN", policy=under("none"))
    rota = plans.rota(of, "ADLNSHN")
    assert lowering.broken(of, rota) == []
    assert lowering.breaches(of, rota) == []
