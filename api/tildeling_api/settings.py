"""What the service allows a caller."""

from __future__ import annotations

from dataclasses import dataclass, field

from tildeling.files import Limits

MOST_SECONDS = 20.0
"""Longest time limit of an allocation; longer work wants the command line, or later a job."""
DEFAULT_SECONDS = 5.0

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of one application.

    Parameters
    ----------
    body_bytes
        Largest request body.
    pairs
        Most applicants times units of an allocation, so that none fills the memory before it is solved.
    waiting
        How many allocations may wait for the one that is being solved; one more is sent away.
    workers
        Threads of an allocation.
    per_minute, at_once
        Requests of a token, in the long run and in a burst.
    hosts
        Names this service answers to: a page elsewhere that makes its own name point here gets nothing.
    limits
        What a reader unpacks and lays out of a body.
    """

    body_bytes: int = 16_000_000
    pairs: int = 2_000_000
    waiting: int = 4
    workers: int | None = None
    per_minute: int = 600
    at_once: int = 120
    hosts: frozenset[str] = LOOPBACK
    limits: Limits = field(
        default_factory=lambda: Limits(
            file_bytes=16_000_000, unpacked_bytes=100_000_000, cells=2_000_000, text_bytes=100_000_000
        )
    )
