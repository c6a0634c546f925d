"""Independent work on several cores: the executor seam, with cancelling and progress across processes.

In one process by default.  Anything that is a ``concurrent.futures.Executor`` can stand in its place.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event as Flag
from typing import Protocol

from tildeling_models.progress import Event, Progress
from tildeling_models.stop import Stop


class Waiting(Protocol):
    """A flag that work waits for."""

    def wait(self) -> bool: ...


class Told(Protocol):
    """Where events go."""

    def put(self, event: Event) -> None: ...


@dataclass(slots=True)
class _Channel:
    """What a worker process shares with whoever gave it work."""

    cancelled: Waiting | None = None
    events: Told | None = None


_channel = _Channel()


@contextmanager
def joined(cancelled: Waiting, events: Told) -> Iterator[None]:
    """Work in this process hears of cancelling, and tells of itself, this way for a while."""
    before = _channel.cancelled, _channel.events
    _channel.cancelled, _channel.events = cancelled, events
    try:
        yield
    finally:
        _channel.cancelled, _channel.events = before


def _join(cancelled: Flag, events: SimpleQueue[Event | None]) -> None:
    _channel.cancelled, _channel.events = cancelled, events
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)  # the parent sets the flag
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class _Sender(Progress):
    """Sends a worker's events to its parent."""

    def event(self, event: Event) -> None:
        if _channel.events is not None:
            _channel.events.put(event)


def worker_progress() -> Progress:
    """Progress of the work in this process: sent to the parent, if there is one."""
    return _Sender()


def worker_stop(seconds: float | None) -> Stop:
    """A stop that also follows the parent's cancel flag."""
    stop = Stop(seconds)
    flag = _channel.cancelled
    if flag is not None:

        def follow() -> None:
            if flag.wait():
                stop.cancel()

        threading.Thread(target=follow, daemon=True).start()
    return stop


@contextmanager
def pool(workers: int, stop: Stop, progress: Progress) -> Iterator[ProcessPoolExecutor]:
    """A pool of spawned processes that a cancelled ``stop`` cancels too; their events reach ``progress``."""
    context = multiprocessing.get_context("spawn")
    cancelled = context.Event()
    events: SimpleQueue[Event | None] = context.SimpleQueue()
    done = threading.Event()

    def listen() -> None:
        while (event := events.get()) is not None:
            progress.event(event)

    def pass_on() -> None:
        while not done.wait(0.1):
            if stop.cancelled:
                cancelled.set()
                return

    listener = threading.Thread(target=listen, daemon=True)
    passer = threading.Thread(target=pass_on, daemon=True)
    listener.start()
    passer.start()
    try:
        with ProcessPoolExecutor(workers, context, _join, (cancelled, events)) as executor:
            yield executor
    finally:
        done.set()
        events.put(None)
        listener.join(timeout=5)
