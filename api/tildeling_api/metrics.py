"""Numbers for whoever runs the service, as Prometheus reads them: requests, jobs, workers, the database.

Numbers only, of all tenants together: no ids, no names.  Requests are those of this process; the rest is asked of the
database when somebody asks for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import cast

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CollectorRegistry, Counter, Histogram, Info
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tildeling_api.access.accounts import Clock, now
from tildeling_api.access.gate import May
from tildeling_api.access.roles import Right
from tildeling_api.jobs.states import State
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Job, Worker

router = APIRouter(prefix="/v1")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Bounds of the histogram."""

NO_ROUTE = "none"
"""Stands for an address that is no route's, or that was refused before any was looked for."""


class Metrics:
    """What is counted in this process, and what the database says when it is asked."""

    def __init__(self, database: Database, clock: Clock = now) -> None:
        self.registry = CollectorRegistry()
        labels = ("route", "method", "status")
        self._requests = Counter(
            "tildeling_requests", "Requests answered, by route, method and status.", labels,
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "tildeling_request_seconds", "Seconds until an answer had been sent.", ("route", "method"),
            buckets=SECONDS, registry=self.registry,
        )  # fmt: skip
        Info("tildeling_build", "What runs.", registry=self.registry).info(
            {"version": version("tildeling"), "database": "sqlite" if database.lite else "postgresql"}
        )
        self.registry.register(_Asked(database, clock))

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request that was answered."""
        self._requests.labels(route, method, status).inc()
        self._seconds.labels(route, method).observe(seconds)

    def text(self) -> bytes:
        """All of it."""
        return generate_latest(self.registry)


class _Asked(Collector):
    """What the database knows, at the moment it is asked."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def describe(self) -> list[Metric]:
        """Nothing is asked of the database to be registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Every number; without a database, only that there is none."""
        try:
            with self._database.reading() as session:
                found = self._found(session)
        except SQLAlchemyError:
            found = []
        up = GaugeMetricFamily("tildeling_database_up", "Whether the database answers.", value=len(found) > 0)
        return iter([up, *found])

    def _found(self, session: Session) -> list[Metric]:
        jobs = GaugeMetricFamily("tildeling_jobs", "Jobs by kind and state.", labels=("kind", "state"))
        counted = select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state)
        for kind, state, number in session.execute(counted).all():
            jobs.add_metric((kind, state), number)
        alive = session.scalar(select(func.count()).where(Worker.gone_at.is_(None)))
        oldest = session.scalar(select(func.min(Job.created_at)).where(Job.state == State.QUEUED))
        waited = 0.0 if oldest is None else max(0.0, (self._clock() - oldest).total_seconds())
        return [
            jobs,
            GaugeMetricFamily("tildeling_workers", "Workers that are counted on.", value=alive or 0),
            GaugeMetricFamily(
                "tildeling_oldest_queued_seconds", "How long the oldest queued job has waited.", value=waited
            ),
        ]


class Counting:
    """Counts every request by its route's template, never by its address, which holds ids."""

    def __init__(
        self, app: ASGIApp, metrics: Metrics, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.app, self.metrics, self._clock = app, metrics, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = self._clock(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", NO_ROUTE)
            method = scope["method"] if scope["method"] in METHODS else "other"
            self.metrics.count(route, method, status, self._clock() - begun)


@router.get(
    "/metrics", tags=["service"], dependencies=[Depends(May(Right.OPERATE))], response_class=Response,
    responses={200: {"description": "Numbers as Prometheus reads them",
                     "content": {"text/plain": {"schema": {"type": "string"}}}}},
)  # fmt: skip
def metrics(request: Request) -> Response:
    """Requests, jobs, workers and the database of the whole service, as Prometheus reads them."""
    return Response(cast(Metrics, request.app.state.metrics).text(), media_type=CONTENT_TYPE_LATEST)
