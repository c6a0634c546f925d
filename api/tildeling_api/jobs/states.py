"""What a job can be, and how urgent."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """The life of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({State.DONE, State.FAILED, State.CANCELLED})
"""States that do not change any more."""


class Priority(StrEnum):
    """Which of a tenant's jobs goes first; tenants take turns."""

    URGENT = "urgent"
    NORMAL = "normal"
    BACKGROUND = "background"


RANK = {Priority.URGENT: 1, Priority.NORMAL: 5, Priority.BACKGROUND: 9}
"""As the queue counts: the lowest goes first."""
