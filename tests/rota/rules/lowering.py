"""A rule on its own, lowered: what the engines' side says of a rota, to be held against the checker's."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from tests.rota.builder import MONDAY
from tests.rota.rules import plans

from tildeling.rota.case import Case
from tildeling.rota.compiling.builder import Builder
from tildeling.rota.compiling.compiler import Compiled
from tildeling.rota.compiling.frame import Frame
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.rules import Breach, active
from tildeling.rota.solution import Rota
from tildeling_models.roster.evaluate import Finding, violations

STARTS = st.sampled_from([MONDAY, plans.SPRING, plans.AUTUMN, plans.CHRISTMAS, plans.MAY])


def lowered(of: RotaDataset) -> Compiled:
    """The active rules as primitives, without goals."""
    frame = Frame(of)
    builder = Builder(frame, ("none",))
    for rule, params in active(of.policy):
        if rule.lower is not None:
            rule.lower(frame, params, builder)
    return Compiled(frame, builder.problem(), tuple(builder.demands))


def broken(of: RotaDataset, rota: Rota) -> list[Finding]:
    """What the engines' side says is broken."""
    compiled = lowered(of)
    return violations(compiled.problem, compiled.roster(rota))


def breaches(of: RotaDataset, rota: Rota) -> list[Breach]:
    """What the checker's side says is broken."""
    case = Case(of, rota)
    return [each for rule, params in active(of.policy) for each in rule.check(case, params) if each.hard]


@st.composite
def plan(draw: st.DrawFn, /, *rules: str, permits: tuple[str, ...] = (), letters: str = "DANLS", most: int = 3,
         changes: dict[str, Any] | None = None, past: int = 30, **fields: Any) -> tuple[RotaDataset, Rota]:  # fmt: skip
    """A plan of one person with a random past, random agreements and some cells fixed; and a rota for it."""
    cycle = draw(st.booleans())
    weeks = draw(st.integers(1, most))
    line = draw(plans.lines(7 * weeks, letters))
    before = "" if cycle else draw(st.integers(0, past).flatmap(lambda days: plans.lines(days, letters)))
    start = draw(STARTS)
    agreed = draw(st.lists(st.sampled_from(permits), unique=True)) if permits else []
    until = start + dt.timedelta(days=7 * weeks - 1 - draw(st.sampled_from([0, 0, 4])))
    agreements = (plans.agreement(*agreed, valid_from=start, valid_to=until),) if agreed else ()
    of = plans.data(
        line, rules=rules, changes=changes, past=(before,), cycle=cycle, start=start, agreements=agreements, **fields
    )  # fmt: skip
    rota = plans.rota(of, line)
    fixed = draw(st.sets(st.sampled_from(of.days), max_size=2))
    rows = tuple(plans.fixed(day, rota.shift("s1", day)) for day in sorted(fixed))
    return replace(of, fixed=rows), rota
