"""Bodies that hold a data set: their content types, their description, and reading them whole."""

from __future__ import annotations

from typing import Any

from fastapi import HTTPException, Request

from tildeling_api.example import EXAMPLE

JSON = "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SUFFIXES = {JSON: ".json", XLSX: ".xlsx"}
"""Formats of a data set by content type; nothing else, so that no page elsewhere can post without asking."""

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
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in SUFFIXES:
        raise HTTPException(415, f"content type {kind or 'none'} is not one of {', '.join(SUFFIXES)}")
    return await request.body(), SUFFIXES[kind]
