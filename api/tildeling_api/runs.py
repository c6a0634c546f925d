"""Allocations under way: one at a time, a few waiting, each in a child process of its own."""

from __future__ import annotations

import asyncio
import os
from functools import partial

from anyio import to_thread
from fastapi import Request

from tildeling.housing.allocate import NoProposal, allocate
from tildeling.housing.dataset import Dataset
from tildeling.housing.proposal import Proposal
from tildeling_api.problems import Busy
from tildeling_api.settings import Settings
from tildeling_models.options import Options
from tildeling_models.process import solve_in_child
from tildeling_models.stop import Stop

WATCH_S = 0.25
"""How often to look whether the caller is still there."""


class Runs:
    """Solves off the event loop; a caller who leaves, or the service's end, cancels."""

    def __init__(self, settings: Settings) -> None:
        self.workers = settings.workers or len(os.sched_getaffinity(0))
        self.most = 1 + settings.waiting
        self.count = 0
        self.closing = False
        self.turn = asyncio.Lock()
        self.stops: list[Stop] = []

    def cancel_all(self) -> None:
        """End what is under way with the best so far, and begin nothing more."""
        self.closing = True
        for stop in tuple(self.stops):
            stop.cancel()

    async def allocate(
        self, request: Request, data: Dataset, engine: str, seconds: float, gap: float, seed: int
    ) -> Proposal | NoProposal:
        """Solve one data set when its turn comes; the time limit counts from then.

        Raises
        ------
        Busy
            If too many wait already, or the service ends.
        """
        if self.count >= self.most:
            raise Busy
        self.count += 1
        try:
            async with self.turn:
                if self.closing:
                    raise Busy
                return await self._solve(
                    request, data, engine, Stop(seconds), Options(gap, self.workers, seed)
                )
        finally:
            self.count -= 1

    async def _solve(
        self, request: Request, data: Dataset, engine: str, stop: Stop, options: Options
    ) -> Proposal | NoProposal:
        work = partial(allocate, data, engine=engine, options=options, stop=stop, solver=solve_in_child)
        self.stops.append(stop)
        watch = asyncio.create_task(_cancel_when_gone(request, stop))
        try:
            return await to_thread.run_sync(work, abandon_on_cancel=True)
        except BaseException:
            stop.cancel()
            raise
        finally:
            watch.cancel()
            self.stops.remove(stop)


async def _cancel_when_gone(request: Request, stop: Stop) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(WATCH_S)
    stop.cancel()
