"""A clock for building in Python: what is written pair by pair must stop when time is up."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class OutOfTime(Exception):
    """Time was up while a model was being built."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let Python code run for so long; not for solvers, which have a limit of their own.

    Raises
    ------
    OutOfTime
        Once the time is up, from wherever the code is.
    """

    def ring(*_: Any) -> None:
        raise OutOfTime

    if seconds <= 0:
        raise OutOfTime
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)  # again, where a finaliser swallowed the first
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
