"""The application: ``create_app()``, or ``tildeling_api.app:app`` for a server that asks for a name."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from tildeling.files.schema import json_schema
from tildeling_api.guard import Guard
from tildeling_api.problems import Problem, add_handlers
from tildeling_api.routes import router
from tildeling_api.runs import Runs
from tildeling_api.settings import Settings

DESCRIPTION = """Proposals of who gets which care home, proven and checked.

For one machine, on loopback: there are no accounts yet, and nothing that is sent is kept.
The engine proposes; a named person decides."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """A new application with its own limits and its own queue."""
    settings = settings or Settings()
    app = FastAPI(
        title="tildeling",
        version=version("tildeling"),
        description=DESCRIPTION,
        lifespan=_lifespan,
        openapi_url="/v1/openapi.json",
        docs_url=None,  # FastAPI's own pages fetch scripts from elsewhere
        redoc_url=None,
        generate_unique_id_function=_name,
    )
    app.state.settings = settings
    app.state.runs = Runs(settings)
    app.include_router(router)
    app.add_middleware(Guard, settings=settings)
    add_handlers(app)
    app.openapi = _with_schemas(app.openapi)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.runs.cancel_all()


def _name(route: APIRoute) -> str:
    return route.name


def _with_schemas(plain: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """OpenAPI with the data set's own schema and the problem's among the components."""

    @cache
    def openapi() -> dict[str, Any]:
        document = plain()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for name, schema in (("Dataset", json_schema()), ("Problem", Problem.model_json_schema())):
            moved = json.loads(json.dumps(schema).replace("#/$defs/", "#/components/schemas/"))
            for inner, part in moved.pop("$defs", {}).items():
                schemas.setdefault(inner, part)
            moved.pop("$schema", None)
            schemas[name] = moved
        return document

    return openapi


@cache
def _app() -> FastAPI:
    return create_app()


def __getattr__(name: str) -> FastAPI:
    """``app`` is made when it is first asked for, not when the module is imported."""
    if name == "app":
        return _app()
    raise AttributeError(name)
