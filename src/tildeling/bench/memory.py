"""Memory of a run with all its processes, and of the machine, from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


def family(leader: int) -> set[int]:
    """A process, those of its session, and all that descend from them."""
    parent: dict[int, int] = {}
    found = {leader}
    for pid, above, session in _processes():
        parent[pid] = above
        if session == leader:
            found.add(pid)
    for pid in parent:
        line = []
        while pid in parent and pid not in found:
            line.append(pid)
            pid = parent[pid]
        if pid in found:
            found.update(line)
    return found


def _processes() -> Iterator[tuple[int, int, int]]:
    """Id, parent and session of every process."""
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                text = Path(f"/proc/{entry}/stat").read_text(encoding="utf-8", errors="replace")
            except OSError:  # it has ended
                continue
            fields = text.rpartition(")")[2].split()
            yield int(entry), int(fields[1]), int(fields[3])


def resident_mb(leader: int) -> float:
    """What is resident for a process and its family: own pages added up, and the largest share of common ones."""
    own, common = 0, 0
    for pid in family(leader):
        try:
            _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
        except (OSError, ValueError):
            continue
        own += int(resident) - int(shared)
        common = max(common, int(shared))
    return (own + common) * PAGE_MB


def available_mb() -> float:
    """What the machine has left; infinite where it does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return float("inf")
    return next((int(x.split()[1]) / 1024 for x in lines if x.startswith("MemAvailable")), float("inf"))
