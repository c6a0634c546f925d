"""What a goal is worth, recomputed from the rows, is what its lowering sums up to: for any data and any rota."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rota.goals.strategies import datasets, rotas

from tildeling.rota.case import Case
from tildeling.rota.check import tier_values
from tildeling.rota.compiling.compiler import compile_rota
from tildeling_models.roster import evaluate


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_lowered_is_valued(data: st.DataObject) -> None:
    given_data = data.draw(datasets())
    compiled = compile_rota(given_data)
    for _ in range(3):
        rota = data.draw(rotas(given_data))
        valued = {part.name: part.value for part in tier_values(Case(given_data, rota))}
        lowered = evaluate.values(compiled.problem, compiled.roster(rota)).tolist()
        assert dict(zip(compiled.problem.tiers, lowered, strict=True)) == valued
