"""Errors as ``application/problem+json`` (RFC 9457): every kind of error is mapped here and nowhere else."""

from __future__ import annotations

import errno
import logging
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import InternalError, OperationalError
from starlette.exceptions import HTTPException

from tildeling.errors import DataError, Fault, RejectedSolution, UsageError
from tildeling.texts import Lang
from tildeling_api.access.accounts import Missing, Taken
from tildeling_api.schemas import FaultPart, Problem
from tildeling_models.engines import UnknownEngine
from tildeling_models.process import EngineFailed

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
LONGEST_VALUE = 60
MOST_SHOWN = 100
"""Faults of a request that are told; the others are counted."""


class Busy(Exception):
    """The tenant has as many jobs under way as it may."""


class Crowded(Exception):
    """More waits to be read or checked than is kept waiting."""


class KeyReused(Exception):
    """An idempotency key that came with another request before."""


class Unfit(Exception):
    """What is named is there, but not of the kind, or not in the state, that is needed; the message says where."""


class Forbidden(Exception):
    """The caller's role has not the right that a route asks for."""


class TooLarge(HTTPException):
    """More than is accepted; the message says of what.

    An error of HTTP, since what reads a body takes any other for a body that cannot be read.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(413, detail)

    def __str__(self) -> str:
        return self.detail


class TooSlow(HTTPException):
    """A body that does not come; the message says how long was waited."""

    def __init__(self, detail: str) -> None:
        super().__init__(408, detail)


def language(request: Request) -> Lang:
    """Norwegian for whoever asks for it first, else English."""
    first = request.headers.get("accept-language", "").split(",")[0].strip().lower()
    return "nb" if first.startswith(("nb", "no", "nn")) else "en"


def fault_part(fault: Fault, lang: Lang) -> FaultPart:
    """A fault in the words of the command line."""
    value = None if fault.value is None else str(fault.value)
    if value is not None and len(value) > LONGEST_VALUE:
        value = value[: LONGEST_VALUE - 3] + "..."
    return FaultPart(
        path=fault.place(lang), requirement=fault.requirement(lang), value=value, hint=fault.hint,
        message=fault.message(lang),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A problem, and the headers that go with it."""

    problem: Problem
    headers: dict[str, str] | None = None

    def response(self) -> Response:
        """As an answer."""
        content = self.problem.model_dump_json(exclude_none=True)
        return Response(content, self.problem.status, self.headers, MEDIA_TYPE)


def said(
    status: int,
    name: str,
    detail: str = "",
    *,
    faults: Sequence[FaultPart] | None = None,
    headers: dict[str, str] | None = None,
) -> Said:
    """A problem by its name."""
    problem = Problem(
        type=f"urn:tildeling:problem:{name}", title=HTTPStatus(status).phrase, status=status, detail=detail,
        faults=tuple(faults) if faults else None,
    )  # fmt: skip
    return Said(problem, headers)


def problem_of(error: Exception, lang: Lang) -> Said:
    """What is said of an error, wherever it happened; a bug goes to the log, without what it was about."""
    found = next(kind for kind in type(error).__mro__ if kind in _SAID)
    return _SAID[found](error, lang)


def problem_response(
    status: int, name: str, detail: str = "", *, headers: dict[str, str] | None = None
) -> Response:
    """A problem as a response."""
    return said(status, name, detail, headers=headers).response()


def responses(texts: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    """Problems that a route may answer, for OpenAPI."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": text, "content": content} for status, text in texts.items()}


def add_handlers(app: FastAPI) -> None:
    """Map every error that can reach the application."""

    def answer(request: Request, error: Exception) -> Response:
        return problem_of(error, language(request)).response()

    for kind in _SAID:
        app.add_exception_handler(kind, answer)


def places(error: BaseException) -> str:
    """Where an error came from, and its kind; not its words, which may be somebody's data."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at " + " < ".join(
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in reversed(frames)
    )


# --- one function per kind -----------------------------------------------------------------------------


def _faults(error: DataError, lang: Lang) -> Said:
    parts = [fault_part(fault, lang) for fault in error.faults]
    shown = f"; the first {len(parts)} are shown" if error.more else ""
    return said(422, "faults", f"{len(parts) + error.more} fault(s) in the data set{shown}", faults=parts)


def _parameters(error: RequestValidationError, _: Lang) -> Said:
    parts, every = [], error.errors()
    for found in every[:MOST_SHOWN]:
        path, value = " ".join(map(str, found["loc"])), found.get("input")
        shown = None if value is None or isinstance(value, dict | list) else str(value)[:LONGEST_VALUE]
        parts.append(
            FaultPart(path=path, requirement=found["msg"], value=shown, message=f"{path}: {found['msg']}")
        )
    shown_of = "" if len(parts) == len(every) else f"; the first {len(parts)} are shown"
    return said(422, "parameters", f"{len(every)} fault(s) in the request{shown_of}", faults=parts)


def _too_large(error: TooLarge, _: Lang) -> Said:
    return said(413, "too-large", str(error), headers={"connection": "close"})


def _too_slow(error: TooSlow, _: Lang) -> Said:
    return said(408, "too-slow", error.detail, headers={"connection": "close"})


def _busy(_: Busy, __: Lang) -> Said:
    detail = "the tenant has as many jobs under way as it may; try again a little later"
    return said(429, "too-many-jobs", detail, headers={"retry-after": "20"})


def _crowded(_: Crowded, __: Lang) -> Said:
    detail = "too much waits to be read or checked; try again a little later"
    return said(503, "busy", detail, headers={"retry-after": "5"})


def _rejected(error: RejectedSolution, _: Lang) -> Said:
    log.error("the checker rejected the engine's solution: %s", places(error))
    return said(500, "rejected", "the checker rejected the engine's plan, so it is not shown: a bug")


def _engine_failed(error: EngineFailed, _: Lang) -> Said:
    log.error("%s", places(error))
    return said(500, "engine-failed", "the engine failed and had found no plan")


def _memory(error: MemoryError, _: Lang) -> Said:
    log.error("%s", places(error))
    return said(507, "out-of-memory", "there is not memory enough for a problem of this size")


def _file(error: OSError, lang: Lang) -> Said:
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return _bug(error, lang)
    log.error("%s", places(error))
    return said(507, "out-of-room", "there is no room on the disk", headers={"retry-after": "60"})


def _http(error: HTTPException, _: Lang) -> Said:
    headers = dict(error.headers) if error.headers else None
    return said(error.status_code, "http", str(error.detail), headers=headers)


def _database(error: OperationalError | InternalError, _: Lang) -> Said:
    log.error("the database: %s", places(error))
    return said(503, "database", "the database does not answer", headers={"retry-after": "5"})


def _bug(error: Exception, _: Lang) -> Said:
    log.error("unexpected error: %s", places(error))
    return said(500, "unexpected", "an unexpected error; the log of the service has it")


_SAID: dict[type[Exception], Callable[[Any, Lang], Said]] = {
    DataError: _faults,
    RequestValidationError: _parameters,
    UnknownEngine: lambda error, _: said(422, "unknown-engine", str(error)),
    UsageError: lambda error, _: said(400, "usage", str(error)),
    TooLarge: _too_large,
    TooSlow: _too_slow,
    Busy: _busy,
    Crowded: _crowded,
    KeyReused: lambda _, __: said(422, "key-reused", "this Idempotency-Key came with another request before"),
    Unfit: lambda error, _: said(422, "unfit", str(error)),
    Forbidden: lambda error, _: said(403, "forbidden", str(error)),
    Taken: lambda error, _: said(409, "taken", f"there is an account named {error}"),
    Missing: lambda _, __: said(404, "missing", "there is no such thing, or it is not yours to see"),
    RejectedSolution: _rejected,
    EngineFailed: _engine_failed,
    MemoryError: _memory,
    OSError: _file,
    HTTPException: _http,
    OperationalError: _database,
    InternalError: _database,  # PostgreSQL ended a session that had done nothing for too long
    Exception: _bug,
}
