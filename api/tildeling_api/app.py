"""The application: ``create_app()``, or ``tildeling_api.app:app`` for a server that asks for a name."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from importlib.metadata import version
from typing import Any

from anyio import to_thread
from fastapi import FastAPI
from fastapi.routing import APIRoute

from tildeling.files.schema import json_schema
from tildeling_api.access.accounts import Accounts
from tildeling_api.access.gate import Gate
from tildeling_api.access.pace import Pace
from tildeling_api.account_routes import router as account_router
from tildeling_api.crew import shared_crew
from tildeling_api.dataset_routes import router as dataset_router
from tildeling_api.datasets import Datasets
from tildeling_api.description import described
from tildeling_api.guard import Guard
from tildeling_api.job_routes import router as job_router
from tildeling_api.jobs.asking import Jobs, Put
from tildeling_api.jobs.following import Following
from tildeling_api.jobs.kinds import KINDS
from tildeling_api.jobs.queue import Queue
from tildeling_api.metrics import Counting, Metrics
from tildeling_api.metrics import router as metrics_router
from tildeling_api.problems import add_handlers
from tildeling_api.question_routes import router as question_router
from tildeling_api.question_schemas import AskedCheck
from tildeling_api.routes import router
from tildeling_api.schemas import Problem
from tildeling_api.settings import Settings
from tildeling_api.store.database import Database, default_url

DESCRIPTION = """Proposals of who gets which care home, proven and checked.

For one machine, on loopback.  Every route but health asks for a token: `Authorization: Bearer tld_...`.
Data sets are kept; work on them is a job: asked for, followed, cancelled, read.
The engine proposes; a named person decides."""


def create_app(database: Database, put: Put, settings: Settings | None = None) -> FastAPI:
    """A new application with its own limits, on a database that is up to date.

    ``put`` is told of each job that is asked for; see :class:`tildeling_api.jobs.queue.Queue`.
    """
    settings = settings or Settings()
    accounts = Accounts(database)
    app = FastAPI(
        title="tildeling",
        version=version("tildeling"),
        description=DESCRIPTION,
        lifespan=_lifespan,
        openapi_url="/v1/openapi.json",
        docs_url=None,  # FastAPI's own pages fetch scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # another address is another thing, or none
        generate_unique_id_function=_name,
    )
    app.state.settings = settings
    app.state.crew = shared_crew(
        settings.crew, settings.crew_seconds, settings.crew_memory, settings.crew_waiting
    )
    app.state.database, app.state.accounts = database, accounts
    app.state.datasets = Datasets(database)
    app.state.jobs = Jobs(database, put, settings.jobs, settings.pairs)
    app.state.following = Following(app.state.jobs)
    app.include_router(router)
    app.include_router(dataset_router)
    app.include_router(account_router)
    app.include_router(job_router)
    app.include_router(question_router)
    app.include_router(metrics_router)
    app.add_middleware(Gate, accounts=accounts, pace=Pace(settings.per_minute, settings.at_once))
    app.add_middleware(Guard, settings=settings)
    app.state.metrics = Metrics(database)
    app.add_middleware(Counting, metrics=app.state.metrics)
    add_handlers(app)
    app.openapi = _with_schemas(app.openapi)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.following.let_go()
    await to_thread.run_sync(app.state.crew.close)


def _name(route: APIRoute) -> str:
    return route.name


def _with_schemas(plain: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """OpenAPI with the data set's own schema and the problem's among the components."""

    @cache
    def openapi() -> dict[str, Any]:
        document = plain()
        described(document)
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        answers = {kind.answers.__name__: kind.answers for kind in KINDS.values() if kind.answers is not None}
        models = {name: model.model_json_schema() for name, model in answers.items()}
        models["AskedCheck"] = AskedCheck.model_json_schema()
        for name, schema in (
            {"Dataset": json_schema(), "Problem": Problem.model_json_schema()} | models
        ).items():
            moved = json.loads(json.dumps(schema).replace("#/$defs/", "#/components/schemas/"))
            for inner, part in moved.pop("$defs", {}).items():
                schemas.setdefault(inner, part)
            moved.pop("$schema", None)
            schemas[name] = moved
        return document

    return openapi


@cache
def _app() -> FastAPI:
    database = Database(default_url())
    database.migrate()
    queue = Queue(database)
    queue.migrate()
    return create_app(database, queue.try_put)


def __getattr__(name: str) -> FastAPI:
    """``app`` is made when it is first asked for, not when the module is imported."""
    if name == "app":
        return _app()
    raise AttributeError(name)
