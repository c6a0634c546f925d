"""Routes of questions that are answered at once: checks, comparisons, substitutes, base rotas on dates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Request, Response

from tildeling_api import questions
from tildeling_api.access.accounts import Caller
from tildeling_api.access.gate import May
from tildeling_api.access.roles import Right
from tildeling_api.bodies import body_of
from tildeling_api.crew import Crew
from tildeling_api.dataset_routes import kept_part
from tildeling_api.datasets import Datasets
from tildeling_api.media import JSON, XLSX
from tildeling_api.problems import language, responses
from tildeling_api.question_schemas import (
    AskedComparison,
    AskedRollOut,
    AskedSubstitutes,
    CheckedHomes,
    CheckedRota,
    ComparedHomes,
    ComparedRotas,
    Pseudonymised,
    RolledOut,
    Substitutes,
)
from tildeling_api.settings import Settings
from tildeling_api.sources import Sources

router = APIRouter(prefix="/v1", tags=["questions"])

Data = Annotated[Caller, Depends(May(Right.DATA))]
Viewer = Annotated[Caller, Depends(May(Right.JOBS))]
Planner = Annotated[Caller, Depends(May(Right.ROTAS))]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", examples=["0" * 32])]
REFUSED = responses(
    {
        404: "A data set or job that is named is not there",
        413: "It takes more time or memory than a question may",
        422: "A fault in what is asked, or what is named does not fit",
        503: "Too much waits",
    }
)
TYPE = {415: "Of another content type"}
CHECK: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {JSON: {"schema": {"$ref": "#/components/schemas/AskedCheck"}}},
    }
}
"""Described here and read by the crew: a plan in rows is too long for the interface to read itself."""
BOOK: dict[str, Any] = {
    "requestBody": {"required": True, "content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.post(
    "/checks", response_model=CheckedHomes | CheckedRota, openapi_extra=CHECK,
    responses=REFUSED | responses(TYPE),
)  # fmt: skip
async def check(request: Request, caller: Data) -> Response:
    """Check a proposal or a rota, made by anyone, against every rule, without any solver."""
    sent = {questions.ASKED: await body_of(request, JSON)}
    dataset, job = await _crew(request).do(questions.named, sent)
    files = await _files(request, caller, "check", dataset, {} if job is None else {questions.JOB: job})
    return _answer(await _crew(request).do(questions.checked, sent | files, language(request)))


@router.post(
    "/datasets/{dataset}/sheet-checks", response_model=CheckedRota, openapi_extra=BOOK,
    responses=REFUSED | responses(TYPE),
)  # fmt: skip
async def sheet_check(request: Request, caller: Planner, dataset: Id) -> Response:
    """Check a plan in the workbook that a planner edits; what a cell does not say is a fault with its address."""
    sent = {questions.SHEET: await body_of(request, XLSX)}
    files = await _files(request, caller, "sheet_check", dataset, kind="rota")
    limits = cast(Settings, request.app.state.settings).limits
    return _answer(await _crew(request).do(questions.sheet_checked, sent | files, language(request), limits))


@router.post("/comparisons", response_model=ComparedHomes | ComparedRotas, responses=REFUSED)
async def comparison(request: Request, caller: Viewer, asked: AskedComparison) -> Response:
    """Compare two plans of a data set: tiers, breaches, and who or what differs."""
    files = await _files(request, caller, "comparison", plans={"one": asked.one, "other": asked.other})
    return _answer(await _crew(request).do(questions.compared, files))


@router.post("/substitutes", response_model=Substitutes, responses=REFUSED)
async def substitutes(request: Request, caller: Planner, asked: AskedSubstitutes) -> Response:
    """Who can take a vacant shift, legally, ranked, with what it costs; and why the others cannot."""
    files = await _files(request, caller, "substitutes", plans={"rota": asked.rota}, kind="rota")
    return _answer(await _crew(request).do(questions.ranked, files, asked, language(request)))


@router.post("/roll-outs", response_model=RolledOut, responses=REFUSED)
async def roll_out(request: Request, caller: Planner, asked: AskedRollOut) -> Response:
    """Roll a base rota out to dates, checked anew, with the F3 and F5 that red days give.  Nothing is kept."""
    files = await _files(request, caller, "roll_out", plans={"rota": asked.rota}, kind="rota")
    return _answer(await _crew(request).do(questions.rolled_out, files, asked, language(request)))


@router.post("/datasets/{dataset}/pseudonyms", status_code=201, tags=["data sets"], responses=REFUSED)
async def pseudonyms(request: Request, caller: Data, dataset: Id) -> Pseudonymised:
    """Keep a copy of a data set with people's ids replaced by random ones; the key is shown this once."""
    files = await _files(request, caller, "pseudonyms", dataset)
    copy, people, key = await _crew(request).do(questions.pseudonymised, files)
    found, _ = await to_thread.run_sync(cast(Datasets, request.app.state.datasets).keep, caller, copy)
    return Pseudonymised(dataset=kept_part(found), people=people, key=key)


async def _files(
    request: Request,
    caller: Caller,
    question: str,
    dataset: str | None = None,
    plans: Mapping[str, str] | None = None,
    kind: str | None = None,
) -> dict[str, bytes]:
    state = request.app.state
    sources = Sources(state.database, state.datasets, state.jobs)
    return await to_thread.run_sync(sources.files, caller, question, dataset, plans, kind)


def _crew(request: Request) -> Crew:
    return cast(Crew, request.app.state.crew)


def _answer(content: bytes) -> Response:
    return Response(content, media_type=JSON)
