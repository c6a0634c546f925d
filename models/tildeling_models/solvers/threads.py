"""How many threads HiGHS uses: one pool per process, which must be laid down for another count."""

from __future__ import annotations

from dataclasses import dataclass

import highspy


@dataclass(slots=True)
class _Scheduler:
    threads: int = 0

    def use(self, threads: int) -> None:
        """Make the next run use so many threads."""
        if self.threads not in (0, threads):
            highspy.Highs.resetGlobalScheduler(True)
        self.threads = threads


scheduler = _Scheduler()
