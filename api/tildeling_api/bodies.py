"""Bodies that hold a data set: their content types, their description, and reading them as files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import HTTPException, Request

from tildeling_api.example import EXAMPLE
from tildeling_api.media import JSON, SUFFIXES, XLSX

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


@contextmanager
def as_file(content: bytes, suffix: str) -> Iterator[Path]:
    """A body as a file in a folder of mode 0700, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tildeling-") as folder:
        path = Path(folder) / f"dataset{suffix}"
        path.write_bytes(content)
        yield path


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
