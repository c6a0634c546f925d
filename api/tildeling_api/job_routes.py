"""Routes of jobs: one to ask for each kind, and those that all kinds share."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import PurePosixPath
from typing import Annotated, Any, cast
from urllib.parse import quote

from anyio import to_thread
from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from tildeling_api.access.accounts import Caller
from tildeling_api.access.gate import May
from tildeling_api.access.roles import Right
from tildeling_api.jobs.asking import Jobs
from tildeling_api.jobs.following import Following
from tildeling_api.jobs.kinds import KINDS
from tildeling_api.jobs.kinds.kind import Kind
from tildeling_api.jobs.states import State
from tildeling_api.media import media_of
from tildeling_api.problems import responses
from tildeling_api.schemas import FileList, FilePart, JobList, JobPart, job_part
from tildeling_api.store.tables import Job

router = APIRouter(prefix="/v1")

Viewer = Annotated[Caller, Depends(May(Right.JOBS))]
JobId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", examples=["0" * 32])]
MISSING = {404: "No such job, or none that the caller may see"}
REFUSED = {
    404: "A data set or job that is named is not there",
    422: "A fault in the request, or what is named does not fit",
    429: "The tenant has as many jobs under way as it may",
}


def _route(kind: Kind) -> None:
    """The route that asks for one kind."""

    def ask(
        request: Request, response: Response, caller: Caller, asked: Any,
        idempotency_key: Annotated[str | None, Header(min_length=1, max_length=80)] = None,
    ) -> JobPart:  # fmt: skip
        job, new = _jobs(request).ask(caller, kind, asked, idempotency_key)
        response.headers["location"] = f"/v1/jobs/{job.id}"
        response.status_code = 202 if new else 200
        return job_part(job)

    ask.__annotations__ |= {
        "request": Request, "response": Response, "return": JobPart, "asked": kind.asked,
        "caller": Annotated[Caller, Depends(May(kind.right))],
        "idempotency_key": Annotated[str | None, Header(min_length=1, max_length=80)],
    }  # fmt: skip
    again: dict[int | str, dict[str, Any]] = {
        200: {"model": JobPart, "description": "It was asked for before, with the same Idempotency-Key"}
    }
    router.post(
        kind.path, tags=["jobs"], status_code=202, name=f"ask_{kind.name}", summary=kind.summary,
        description=kind.asked.__doc__, responses=responses(REFUSED) | again,
    )(ask)  # fmt: skip


for _kind in KINDS.values():
    _route(_kind)


@router.get("/jobs", tags=["jobs"])
def jobs(
    request: Request,
    caller: Viewer,
    kind: str | None = None,
    state: State | None = None,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> JobList:
    """Jobs of the tenant that the role may see, oldest first."""
    found = _jobs(request).page(caller, after, limit, kind, state)
    going = found[-1].number if len(found) == limit else None
    return JobList(jobs=tuple(job_part(each) for each in found), next=going)


@router.get("/jobs/{job}", tags=["jobs"], responses=responses(MISSING))
def job_line(request: Request, caller: Viewer, job: JobId) -> JobPart:
    """How far a job is: state, phase, best value and bound, or how it ended."""
    return job_part(_jobs(request).line(caller, job))


async def _found(request: Request, caller: Viewer, job: JobId) -> Job:
    """A job before anything of the answer is sent, so that a problem is one."""
    return await to_thread.run_sync(_jobs(request).line, caller, job)


@router.get(
    "/jobs/{job}/events", tags=["jobs"], response_class=EventSourceResponse, responses=responses(MISSING)
)
async def events(
    request: Request, caller: Viewer, found: Annotated[Job, Depends(_found)]
) -> AsyncIterator[ServerSentEvent]:
    """The same as server-sent events, one at each change, until the job has ended."""
    del caller
    following = cast(Following, request.app.state.following)
    async for each in following.follow(found):
        yield ServerSentEvent(event="job", id=str(each.version), raw_data=job_part(each).model_dump_json())


@router.post("/jobs/{job}/cancel", tags=["jobs"], status_code=202, responses=responses(MISSING))
def cancel(request: Request, caller: Viewer, job: JobId) -> JobPart:
    """Ask for the end of a job; its best so far is kept.  Again, or after its end, does nothing."""
    return job_part(_jobs(request).cancel(caller, job))


RESULTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "What was found; the schema is that of the job's kind",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}
NOTHING = {404: "No such job, none that the caller may see, or it has no result (yet)"}


@router.get(
    "/jobs/{job}/result", tags=["jobs"], response_class=Response, responses=responses(NOTHING) | RESULTS
)
def result(request: Request, caller: Viewer, job: JobId) -> Response:
    """What a job found, for programs.  That it was read stands in the trail."""
    return Response(_jobs(request).result(caller, job), media_type="application/json")


@router.get("/jobs/{job}/files", tags=["jobs"], responses=responses(MISSING))
def files(request: Request, caller: Viewer, job: JobId) -> FileList:
    """What a job made, for people: tables, workbook, page, calendars."""
    made = _jobs(request).files(caller, job)
    return FileList(files=tuple(FilePart(name=each.name, size=each.size) for each in made))


@router.get(
    "/jobs/{job}/files/{name:path}", tags=["jobs"], response_class=Response,
    responses=responses({404: "No such file, or no such job"}) | {200: {"description": "The file"}},
)  # fmt: skip
def file(
    request: Request, caller: Viewer, job: JobId, name: Annotated[str, Path(min_length=1, max_length=200)]
) -> Response:
    """One file.  That it was read stands in the trail."""
    content = _jobs(request).content(caller, job, name)[name]
    return _attached(content, PurePosixPath(name).name)


@router.get(
    "/jobs/{job}/archive", tags=["jobs"], response_class=Response,
    responses=responses({404: "No such job, or it made nothing"}) | {200: {"description": "A ZIP file"}},
)  # fmt: skip
async def archive(request: Request, caller: Viewer, job: JobId) -> Response:
    """All files in one ZIP.  That they were read stands in the trail."""
    content = await to_thread.run_sync(partial(_packed, _jobs(request), caller, job))
    return _attached(content, f"{job}.zip")


@router.delete(
    "/jobs/{job}", tags=["jobs"], status_code=204,
    responses=responses(MISSING | {422: "It has not ended"}),
)  # fmt: skip
def purge_job(request: Request, caller: Viewer, job: JobId) -> None:
    """Remove for good what was asked and found; its line stays.  Again does nothing."""
    _jobs(request).purge(caller, job)


def _packed(jobs: Jobs, caller: Caller, job: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in sorted(jobs.content(caller, job).items()):
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _attached(content: bytes, name: str) -> Response:
    """A file to be saved, never shown: a page of ours stays a file on the reader's machine."""
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=media_of(name), headers={"content-disposition": disposition})


def _jobs(request: Request) -> Jobs:
    return cast(Jobs, request.app.state.jobs)
