"""What it means that an engine agrees with the oracle."""

from __future__ import annotations

from tildeling.housing.allocate import allocate
from tildeling.housing.case import Case
from tildeling.housing.check import check
from tildeling.housing.dataset import Dataset
from tildeling.housing.proposal import Proposal
from tildeling_models.options import Options

from .oracle import Best, choices


def assert_agrees(data: Dataset, best: Best, engine: str, options: Options | None = None) -> None:
    """Optimal with the oracle's values and bounds that meet them, or infeasible like the oracle; ties the same."""
    got = allocate(data, engine=engine, options=options)
    document = got.document
    if best.values is None:
        assert document.outcome == "infeasible", f"{engine}: {document.outcome}, but nothing is feasible"
        return
    assert isinstance(got, Proposal), f"{engine}: {document.outcome}, but {best.solutions[0]} is feasible"
    values = tuple(tier.value for tier in document.tiers)
    assert values == best.values, (
        f"{engine}: {got.solution} has {values}, {best.solutions[0]} has {best.values}"
    )
    assert document.outcome == "optimal"
    assert document.termination == "completed"
    assert tuple(tier.bound for tier in document.tiers) == values
    assert check(data, got.solution).ok
    mine = choices(Case(data, got.solution))
    others = {(tie.subject, tie.id, choice) for tie in document.ties.found for choice in tie.alternatives}
    assert not mine & others
    assert mine | others <= best.all_choices, (
        f"{engine}: ties that are none: {(mine | others) - best.all_choices}"
    )
    if document.ties.complete:
        missed = best.all_choices - mine - others
        assert not missed, f"{engine}: complete, but {missed} stand in optimal solutions too"
