"""The routes of version 1: read, hand to the library, answer."""

from __future__ import annotations

from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from typing import Annotated, Any, cast

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request

from tildeling.files import Limits, read_dataset
from tildeling.files.schema import json_schema
from tildeling.housing.allocate import NoProposal
from tildeling.housing.dataset import Dataset
from tildeling_api.access.accounts import Accounts, Caller
from tildeling_api.access.gate import May
from tildeling_api.access.roles import Right
from tildeling_api.bodies import BODY, READING, as_file, body
from tildeling_api.problems import NoPlan, TooLarge, language, responses
from tildeling_api.runs import Runs
from tildeling_api.schemas import (
    Allocation,
    DatasetPart,
    EnginePart,
    Engines,
    Health,
    allocation,
    dataset_part,
)
from tildeling_api.settings import DEFAULT_SECONDS, MOST_SECONDS, Settings
from tildeling_models.grouping.engines import ENGINES, UnknownEngine

_SOLVERS = {
    "mip": "highspy", "mip-cbc": "pulp", "mip-gurobi": "gurobipy", "mip-cplex": "cplex", "cpsat": "ortools",
}  # fmt: skip

_SOLVING = {
    409: "Proven infeasible; `result` says more",
    503: "Too many allocations wait",
    504: "No plan was found in the time given; `result` keeps the bounds",
}

router = APIRouter(prefix="/v1")

SERVICE = Depends(May(Right.SERVICE))
Homes = Annotated[Caller, Depends(May(Right.HOMES))]


@router.get("/health", tags=["service"])
async def health() -> Health:
    """Whether the service answers, and its version."""
    return Health(status="ok", version=version("tildeling"))


@router.get("/engines", tags=["service"], dependencies=[SERVICE])
async def engines() -> Engines:
    """Engines by name, and whether the solver each needs is installed."""
    return Engines(
        engines=tuple(
            EnginePart(name=name, available=name not in _SOLVERS or find_spec(_SOLVERS[name]) is not None)
            for name in ENGINES
        )
    )


@router.get("/schemas/dataset", tags=["data sets"], dependencies=[SERVICE])
async def dataset_schema() -> dict[str, Any]:
    """The JSON Schema of a data set, with descriptions, units and allowed values."""
    return json_schema()


@router.post("/datasets/validate", tags=["data sets"], openapi_extra=BODY, responses=responses(READING))
async def validate(request: Request, caller: Homes) -> DatasetPart:
    """Check a data set: its size and hash, or every fault at once."""
    data = await _read(request)
    await _record(request, caller, "dataset.validated", data.digest())
    return dataset_part(data)


Seconds = Annotated[float, Query(gt=0, le=MOST_SECONDS, description="Seconds to solve.")]
Engine = Annotated[str, Query(description="A name of `GET /v1/engines`.")]
Seed = Annotated[int, Query(ge=0, lt=2**31)]
Gap = Annotated[float, Query(ge=0, le=1, description="Stop a tier at this gap, a fraction.")]


@router.post(
    "/allocations", tags=["allocations"], openapi_extra=BODY, responses=responses(READING | _SOLVING)
)
async def allocate(
    request: Request,
    caller: Homes,
    time_limit: Seconds = DEFAULT_SECONDS,
    engine: Engine = "auto",
    seed: Seed = 0,
    gap: Gap = 0.0,
) -> Allocation:
    """Propose who gets which unit, checked; the answer says what is proven.  Nothing is kept."""
    if engine not in ENGINES:
        raise UnknownEngine(f"engine {engine!r} is not one of {', '.join(ENGINES)}")
    data = await _read(request)
    pairs = cast(Settings, request.app.state.settings).pairs
    if len(data.applicants) * len(data.units) > pairs:
        raise TooLarge(f"applicants times units are more than {pairs}; use the command line")
    await _record(request, caller, "allocation.asked", data.digest(), {"engine": engine})
    runs = cast(Runs, request.app.state.runs)
    found = await runs.allocate(request, data, engine, time_limit, gap, seed)
    if isinstance(found, NoProposal):
        raise NoPlan(found.document)
    return allocation(found, language(request))


async def _record(
    request: Request, caller: Caller, action: str, subject: str, details: dict[str, str] | None = None
) -> None:
    """Data on health were read: say so in the trail first."""
    accounts = cast(Accounts, request.app.state.accounts)
    await to_thread.run_sync(partial(accounts.record, caller, action, subject, details))


async def _read(request: Request) -> Dataset:
    """The data set of a body, read as a file is and then forgotten."""
    settings = cast(Settings, request.app.state.settings)
    content, suffix = await body(request)
    return await to_thread.run_sync(partial(_read_file, content, suffix, settings.limits))


def _read_file(content: bytes, suffix: str, limits: Limits) -> Dataset:
    with as_file(content, suffix) as path:
        return read_dataset(path, limits=limits)
