"""Data sets over HTTP: kept, listed, read back, purged."""

from __future__ import annotations

from typing import Annotated, Literal, cast
from urllib.parse import quote

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from tildeling.texts import Lang
from tildeling_api import questions
from tildeling_api.access.accounts import Caller
from tildeling_api.access.gate import May
from tildeling_api.access.roles import Right
from tildeling_api.bodies import BODY, READING, read_body
from tildeling_api.crew import Crew
from tildeling_api.datasets import DOCUMENT, Datasets, as_workbook
from tildeling_api.media import JSON, XLSX
from tildeling_api.problems import language, responses
from tildeling_api.schemas import KeptList, KeptPart
from tildeling_api.store.tables import Dataset

router = APIRouter(prefix="/v1/datasets", tags=["data sets"])

Data = Annotated[Caller, Depends(May(Right.DATA))]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", examples=["0" * 32])]
FORMS = {"json": JSON, "xlsx": XLSX}
MISSING = {404: "No such data set, or none that the caller may see"}


@router.post(
    "", status_code=201, openapi_extra=BODY,
    responses=responses(READING) | {200: {"model": KeptPart, "description": "It was kept already"}},
)  # fmt: skip
async def keep(request: Request, response: Response, caller: Data) -> KeptPart:
    """Keep a data set without faults.  The same content again, whatever the format, is the same data set."""
    sent = await read_body(request)
    found, new = await to_thread.run_sync(_datasets(request).keep, caller, sent)
    response.status_code = 201 if new else 200
    response.headers["location"] = f"/v1/datasets/{found.id}"
    return kept_part(found)


@router.get("")
def kept(
    request: Request,
    caller: Data,
    dataset_id: Annotated[str | None, Query(max_length=60, description="Versions of this name only.")] = None,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> KeptList:
    """Every data set of the tenant that the caller may see."""
    found = _datasets(request).page(caller, after, limit + 1, dataset_id)
    shown = found[:limit]
    return KeptList(
        datasets=tuple(kept_part(each) for each in shown),
        next=shown[-1].number if len(found) > limit else None,
    )


@router.get(
    "/template", response_class=Response, dependencies=[Depends(May(Right.SERVICE))],
    responses={200: {"content": {XLSX: {}}, "description": "The workbook"}},
)  # fmt: skip
async def template(
    request: Request, kind: Literal["housing", "rota"] = "housing", lang: Lang | None = None
) -> Response:
    """The empty workbook of a kind of data sets, with drop-downs and notes."""
    content = await _crew(request).do(questions.template, {}, kind, lang or language(request))
    headers = {"content-disposition": f'attachment; filename="{kind}.xlsx"'}
    return Response(content, media_type=XLSX, headers=headers)


@router.get("/{dataset}", responses=responses(MISSING))
def line(request: Request, caller: Data, dataset: Id) -> KeptPart:
    """What is known of one, without its content."""
    return kept_part(_datasets(request).line(caller, dataset))


@router.get(
    "/{dataset}/content", response_class=Response,
    responses=responses(MISSING) | {200: {"content": {JSON: {}, XLSX: {}}, "description": "The data set itself"}},
)  # fmt: skip
async def content(
    request: Request,
    caller: Data,
    dataset: Id,
    form: Annotated[Literal["json", "xlsx"], Query(alias="format")] = "json",
) -> Response:
    """The data set as a document or a workbook.  That it was read stands in the trail."""
    found, content = await to_thread.run_sync(_datasets(request).content, caller, dataset)
    if form == "xlsx":
        content = await _crew(request).do(as_workbook, {DOCUMENT: content})
    name = quote(f"{found.name}.{form}", safe="")
    return Response(
        content,
        media_type=FORMS[form],
        headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@router.delete("/{dataset}", status_code=204, responses=responses(MISSING))
def purge(request: Request, caller: Data, dataset: Id) -> None:
    """Remove its content for good; its hash and who had it stay.  Again does nothing."""
    _datasets(request).purge(caller, dataset)


def _crew(request: Request) -> Crew:
    return cast(Crew, request.app.state.crew)


def _datasets(request: Request) -> Datasets:
    return cast(Datasets, request.app.state.datasets)


def kept_part(row: Dataset) -> KeptPart:
    """A data set as the service answers it."""
    return KeptPart(
        id=row.id, kind=cast(Literal["housing", "rota"], row.kind), dataset_id=row.name, dataset_hash=row.digest,
        policy_hash=row.policy_digest, counts=row.counts, kept_at=row.created_at, kept_by=row.created_by,
        purged_at=row.purged_at,
    )  # fmt: skip
