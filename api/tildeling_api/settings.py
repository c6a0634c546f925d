"""What the service allows a caller."""

from __future__ import annotations

from dataclasses import dataclass, field

from tildeling.files import Limits

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of one application.

    Parameters
    ----------
    asked_bytes
        Largest body of a request that holds no data set and no plan.
    body_bytes
        Largest request body.
    body_seconds
        How long a whole body may take to come.
    pairs
        Most applicants times units of a data set that is allocated, so that none fills the memory.
    jobs
        How many jobs of a tenant may be under way, queued ones included; one more is sent away.
    per_minute, at_once
        Requests of a token, in the long run and in a burst.
    crew, crew_seconds, crew_memory, crew_waiting
        Processes that read and check; most seconds of a piece of work, most bytes of a process, and how much may wait.
    hosts
        Names this service answers to: a page elsewhere that makes its own name point here gets nothing.
    limits
        What a reader unpacks and lays out of a body.
    """

    asked_bytes: int = 200_000
    body_bytes: int = 16_000_000
    body_seconds: float = 120.0
    pairs: int = 100_000_000
    jobs: int = 200
    per_minute: int = 600
    at_once: int = 120
    crew: int = 2
    crew_seconds: float = 30.0
    crew_memory: int = 2_000_000_000
    crew_waiting: int = 30
    hosts: frozenset[str] = LOOPBACK
    limits: Limits = field(
        default_factory=lambda: Limits(
            file_bytes=16_000_000, unpacked_bytes=100_000_000, cells=2_000_000, text_bytes=100_000_000
        )
    )
