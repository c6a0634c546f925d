"""HiGHS keeps one pool of threads a process, whatever its models ask for; another count needs it laid down first."""

from __future__ import annotations

from dataclasses import dataclass

import highspy


@dataclass(slots=True)
class _Pool:
    threads: int = 0


_pool = _Pool()


def use_threads(threads: int) -> None:
    """Make the next run of any model use so many; without this it does not run at all (status kNotset)."""
    if _pool.threads not in (0, threads):
        highspy.Highs.resetGlobalScheduler(True)
    _pool.threads = threads
