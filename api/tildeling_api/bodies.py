"""Bodies that hold a data set: their content types, their description, and having them read."""

from __future__ import annotations

from typing import Any, cast

from fastapi import HTTPException, Request

from tildeling_api.crew import Crew
from tildeling_api.datasets import Sent, read_sent
from tildeling_api.example import EXAMPLE
from tildeling_api.media import JSON, SUFFIXES, XLSX
from tildeling_api.settings import Settings

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A data set: a JSON document (its schema is `GET /v1/schemas/dataset`) or a workbook.",
        "content": {
            JSON: {"schema": {"$ref": "#/components/schemas/Dataset"}, "example": EXAMPLE},
            XLSX: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}

READING = {
    413: "The body or the data set is larger than is accepted",
    415: "Neither JSON nor a workbook",
    422: "Every fault of the data set, or of the parameters",
}


async def body(request: Request) -> tuple[bytes, str]:
    """A body, and the ending of a file that would hold it.

    Raises
    ------
    HTTPException
        415, if it is of another content type.
    """
    return await body_of(request, *SUFFIXES), SUFFIXES[_kind(request)]


async def body_of(request: Request, *kinds: str) -> bytes:
    """A body of one of these content types.

    Raises
    ------
    HTTPException
        415, if it is of another.
    """
    kind = _kind(request)
    if kind not in kinds:
        raise HTTPException(415, f"content type {kind or 'none'} is not one of {', '.join(kinds)}")
    return await request.body()


async def read_body(request: Request) -> Sent:
    """The data set that a body holds; the crew reads it.

    Raises
    ------
    HTTPException
        415, if it is of another content type.
    DataError
        With every fault.
    TooLarge
        If reading takes more time or memory than it may.
    """
    content, suffix = await body(request)
    crew, settings = cast(Crew, request.app.state.crew), cast(Settings, request.app.state.settings)
    name = f"dataset{suffix}"
    return await crew.do(read_sent, {name: content}, name, settings.limits)


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
