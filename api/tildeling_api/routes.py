"""Routes that need no data set of anyone's: health, engines, schemas, rule sets, instances; and checking one."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from typing import Annotated, Any, cast

from anyio import to_thread
from fastapi import APIRouter, Depends, Request

from tildeling.files.kinds import kind_called
from tildeling.files.schema import json_schema
from tildeling.housing.generate.presets import PRESETS
from tildeling.rota.policy import RULE_SETS, rule_set
from tildeling_api.access.accounts import Accounts, Caller
from tildeling_api.access.gate import May
from tildeling_api.access.roles import Right
from tildeling_api.bodies import BODY, READING, read_body
from tildeling_api.datasets import may
from tildeling_api.jobs.kinds.kind import one_of
from tildeling_api.problems import responses
from tildeling_api.schemas import (
    DatasetPart,
    EnginePart,
    Engines,
    Health,
    PresetList,
    PresetPart,
    RuleSetList,
    RuleSetPart,
)
from tildeling_models.grouping.engines import ENGINES as GROUPING
from tildeling_models.roster.engines import ENGINES as ROSTER

_SOLVERS = {
    "mip": "highspy", "mip-highs": "pulp", "mip-cbc": "pulp", "mip-gurobi": "gurobipy", "mip-cplex": "cplex",
    "cpsat": "ortools",
}  # fmt: skip

router = APIRouter(prefix="/v1")

SERVICE = Depends(May(Right.SERVICE))
Data = Annotated[Caller, Depends(May(Right.DATA))]


@router.get("/health", tags=["service"])
async def health() -> Health:
    """Whether the service answers, and its version."""
    return Health(status="ok", version=version("tildeling"))


@router.get("/engines", tags=["service"], dependencies=[SERVICE])
async def engines() -> Engines:
    """Engines by name, what they solve, and whether the solver each needs is installed."""
    return Engines(
        engines=tuple(
            EnginePart(
                name=name, solves=solves, available=name not in _SOLVERS or find_spec(_SOLVERS[name]) is not None
            )
            for solves, names in (("allocation", GROUPING), ("rota", ROSTER))
            for name in names
        )
    )  # fmt: skip


@router.get("/schemas/dataset", tags=["data sets"], dependencies=[SERVICE])
async def dataset_schema() -> dict[str, Any]:
    """The JSON Schema of a data set of homes, with descriptions, units and allowed values."""
    return json_schema()


@router.get("/schemas/rota", tags=["data sets"], dependencies=[SERVICE])
async def rota_schema() -> dict[str, Any]:
    """The JSON Schema of a data set of a rota, with descriptions, units and allowed values."""
    return json_schema(kind_called("rota"))


@router.get("/rulesets", tags=["rules"], dependencies=[SERVICE])
async def rulesets() -> RuleSetList:
    """Rule sets for rotas by name."""
    found = [(name, rule_set(name)) for name in RULE_SETS]
    return RuleSetList(
        rulesets=tuple(
            RuleSetPart(name=name, version=each.version, title={"nb": each.nb, "en": each.en}, hash=each.digest())
            for name, each in found
        )
    )  # fmt: skip


@router.get(
    "/rulesets/{name}", tags=["rules"], dependencies=[SERVICE],
    responses=responses({422: "No such rule set"}),
)  # fmt: skip
async def ruleset(name: Annotated[str, one_of(RULE_SETS)]) -> dict[str, Any]:
    """A rule set whole: every rule in force with its limits and its paragraph."""
    return rule_set(name).model_dump(mode="json")


@router.get("/instances", tags=["instances"], dependencies=[SERVICE])
async def instances() -> PresetList:
    """Presets of synthetic data sets; `POST /v1/instances` makes one, smaller or larger."""
    return PresetList(presets=tuple(PresetPart(name=name, **asdict(size)) for name, size in PRESETS.items()))


@router.post("/datasets/validate", tags=["data sets"], openapi_extra=BODY, responses=responses(READING))
async def validate(request: Request, caller: Data) -> DatasetPart:
    """Check a data set of homes or of a rota: its size and hash, or every fault at once.  Nothing is kept."""
    sent = await read_body(request)
    may(caller, sent.kind)
    accounts = cast(Accounts, request.app.state.accounts)
    await to_thread.run_sync(partial(accounts.record, caller, "dataset.validated", sent.digest))
    return DatasetPart(
        dataset_id=sent.name, kind=sent.kind, dataset_hash=sent.digest, policy_hash=sent.policy_digest,
        ruleset=sent.ruleset, counts=sent.counts, notice=sent.notice,
    )  # fmt: skip
