"""Errors as ``application/problem+json`` (RFC 9457): every kind of error is mapped here and nowhere else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from tildeling.document import ResultDocument
from tildeling.errors import DataError, Fault, RejectedSolution, UsageError
from tildeling.texts import Lang
from tildeling_api.access.accounts import Missing, Taken
from tildeling_api.schemas import FaultPart, Problem
from tildeling_models.grouping.engines import UnknownEngine
from tildeling_models.process import EngineFailed

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
LONGEST_VALUE = 60


class NoPlan(Exception):
    """Solving ended without a plan; the result says why and keeps the bounds."""

    def __init__(self, result: ResultDocument) -> None:
        self.result = result
        super().__init__(result.outcome)


class Busy(Exception):
    """As many allocations wait as may."""


class Forbidden(Exception):
    """The caller's role has not the right that a route asks for."""


class TooLarge(Exception):
    """More than is accepted; the message says of what."""


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


def problem_response(
    status: int,
    name: str,
    detail: str = "",
    *,
    faults: Sequence[FaultPart] | None = None,
    result: ResultDocument | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem as a response."""
    problem = Problem(
        type=f"urn:tildeling:problem:{name}", title=HTTPStatus(status).phrase, status=status, detail=detail,
        faults=None if faults is None else tuple(faults), result=result,
    )  # fmt: skip
    content = problem.model_dump_json(
        exclude={key for key in ("faults", "result") if not getattr(problem, key)}
    )
    return Response(content, status, headers, MEDIA_TYPE)


def responses(texts: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    """Problems that a route may answer, for OpenAPI."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": text, "content": content} for status, text in texts.items()}


def add_handlers(app: FastAPI) -> None:
    """Map every error that can reach the application."""
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, cast(Any, handler))


# --- one function per kind -----------------------------------------------------------------------------


def _faults(request: Request, error: DataError) -> Response:
    lang = language(request)
    parts = [fault_part(fault, lang) for fault in error.faults]
    return problem_response(422, "faults", f"{len(parts)} fault(s) in the data set", faults=parts)


def _parameters(_: Request, error: RequestValidationError) -> Response:
    parts = []
    for found in error.errors():
        path, value = " ".join(map(str, found["loc"])), found.get("input")
        shown = None if value is None else str(value)[:LONGEST_VALUE]
        parts.append(
            FaultPart(path=path, requirement=found["msg"], value=shown, message=f"{path}: {found['msg']}")
        )
    return problem_response(422, "parameters", f"{len(parts)} fault(s) in the request", faults=parts)


def _unknown_engine(_: Request, error: UnknownEngine) -> Response:
    return problem_response(422, "unknown-engine", str(error))


def _usage(_: Request, error: UsageError) -> Response:
    return problem_response(400, "usage", str(error))


def _too_large(_: Request, error: TooLarge) -> Response:
    return problem_response(413, "too-large", str(error), headers={"connection": "close"})


def _no_plan(_: Request, error: NoPlan) -> Response:
    result = error.result
    if result.outcome == "infeasible":
        return problem_response(
            409, "infeasible", "it is proven that no plan keeps every rule", result=result
        )
    detail = f"no plan was found; the engine ended with {result.termination}"
    return problem_response(504, "no-plan-found", detail, result=result)


def _forbidden(_: Request, error: Forbidden) -> Response:
    return problem_response(403, "forbidden", str(error))


def _taken(_: Request, error: Taken) -> Response:
    return problem_response(409, "taken", f"there is an account named {error}")


def _missing(_: Request, __: Missing) -> Response:
    return problem_response(404, "missing", "there is no such thing, or it is not yours to see")


def _busy(_: Request, __: Busy) -> Response:
    detail = "other allocations are being solved; try again a little later"
    return problem_response(503, "busy", detail, headers={"retry-after": "20"})


def _rejected(_: Request, error: RejectedSolution) -> Response:
    log.error("the checker rejected the engine's solution: %s", error)
    return problem_response(
        500, "rejected", "the checker rejected the engine's plan, so it is not shown: a bug"
    )


def _engine_failed(_: Request, error: EngineFailed) -> Response:
    log.error("%s", error)
    return problem_response(500, "engine-failed", "the engine failed and had found no plan")


def _http(_: Request, error: HTTPException) -> Response:
    headers = dict(error.headers) if error.headers else None
    return problem_response(error.status_code, "http", str(error.detail), headers=headers)


def _bug(_: Request, error: Exception) -> Response:
    log.error("unexpected error", exc_info=error)
    return problem_response(500, "unexpected", "an unexpected error; the log of the service has it")


_HANDLERS: dict[type[Exception], Callable[[Request, Any], Response]] = {
    DataError: _faults,
    RequestValidationError: _parameters,
    UnknownEngine: _unknown_engine,
    UsageError: _usage,
    TooLarge: _too_large,
    NoPlan: _no_plan,
    Busy: _busy,
    Forbidden: _forbidden,
    Taken: _taken,
    Missing: _missing,
    RejectedSolution: _rejected,
    EngineFailed: _engine_failed,
    HTTPException: _http,
    Exception: _bug,
}
