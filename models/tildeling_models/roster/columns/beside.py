"""Bounds by whole schedules in a process of their own, while this one searches.

Column generation spends much of its time in Python, and two threads of Python share one core.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Protocol

from tildeling_models.roster.columns.automaton import TooLarge
from tildeling_models.roster.problem import Ints, Roster, RosterProblem
from tildeling_models.stop import Stop

log = logging.getLogger(__name__)


class Bounder(Protocol):
    """What the other process makes of the problem, and asks for bounds."""

    def bound(self, tier: int, caps: Ints, roster: Roster, stop: Stop, tell: Callable[[int], None]) -> bool:
        """Tell better and better bounds until none comes or ``stop``."""


@dataclass(frozen=True, slots=True)
class Question:
    """A tier to bound: what those before it may cost, a roster to begin from, seconds to spend."""

    number: int
    tier: int
    caps: Ints
    roster: Roster
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A better bound of a question; the last answer has none, and may say why there will never be one."""

    number: int
    bound: int | None = None
    failure: str = ""


class BoundBeside:
    """What ``make`` makes of a problem, in another process.  A new question ends the one before."""

    def __init__(self, problem: RosterProblem, make: Callable[[RosterProblem], Bounder]) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, problem, make), daemon=True)
        self._process.start()
        there.close()
        self._number = 0
        self._tell: Callable[[int], None] = _nobody
        self._done = threading.Event()
        self._lock = threading.Lock()
        self.failed = self._closed = False
        threading.Thread(target=self._listen, daemon=True).start()

    def bound(
        self, tier: int, caps: Ints, roster: Roster, stop: Stop, tell: Callable[[int], None], seconds: float
    ) -> None:
        """As :meth:`Bounder.bound`, for so many ``seconds`` at most."""
        with self._lock:
            self._number += 1
            number, done = self._number, threading.Event()
            self._tell, self._done = tell, done
            if self.failed:
                return
            try:
                self._here.send(Question(number, tier, caps, roster, min(seconds, stop.left)))
            except OSError:
                self.failed = True
                return
        until = stop.elapsed + seconds
        while not stop.now and stop.elapsed < until and not done.wait(0.05):
            pass
        with self._lock:
            if number == self._number:
                self._tell = _nobody

    def close(self) -> None:
        """End the process at once; nothing it holds is needed any more."""
        self.failed = self._closed = True
        self._process.kill()
        self._process.join()

    def _listen(self) -> None:
        while True:
            try:
                answer: Answer = self._here.recv()
            except (EOFError, OSError):
                with self._lock:
                    if not self._closed:
                        log.error("the process that bounds the whole ended; the search goes on without it")
                    self.failed = True
                    self._done.set()
                self._here.close()
                return
            with self._lock:
                if answer.failure:
                    log.info("no bounds by whole schedules: %s", answer.failure)
                    self.failed = True
                if answer.number != self._number:
                    continue
                if answer.bound is None:
                    self._done.set()
                else:
                    self._tell(answer.bound)


def _nobody(_: int) -> None:
    return None


def _serve(connection: Connection, problem: RosterProblem, make: Callable[[RosterProblem], Bounder]) -> None:
    """The other process: answer questions until nobody is there to ask."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # who asks ends this process
    questions: SimpleQueue[tuple[Question, Stop]] = SimpleQueue()
    threading.Thread(target=_hear, args=(connection, questions), daemon=True).start()
    bounder: Bounder | None = None
    while True:
        question, stop = questions.get()
        failure = ""
        try:
            bounder = bounder or make(problem)

            def tell(bound: int, number: int = question.number) -> None:
                connection.send(Answer(number, bound))

            bounder.bound(question.tier, question.caps, question.roster, stop, tell)
        except (TooLarge, MemoryError) as error:
            failure = f"{type(error).__name__}: {error}"
        except Exception as error:  # a bug: said by whoever asked, whose search goes on
            log.exception("bounds failed")
            failure = f"{type(error).__name__}: {error}"
        connection.send(Answer(question.number, failure=failure))


def _hear(connection: Connection, questions: SimpleQueue[tuple[Question, Stop]]) -> None:
    """Take questions; each ends the one before.  When the asker is gone, so is this process."""
    before: Stop | None = None
    while True:
        try:
            question: Question = connection.recv()
        except (EOFError, OSError):
            os._exit(0)
        if before is not None:
            before.cancel()
        before = Stop(question.seconds)
        questions.put((question, before))
