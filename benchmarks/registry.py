"""The registry of what is measured: methods, instances, limits.  A new comparison is one entry here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTANCES = ROOT / "instances"
RESULTS = ROOT / "benchmarks" / "results"


@dataclass(frozen=True, slots=True)
class Method:
    """A way to solve.

    ``kind``: "engine" (the project's own exact engines), "baseline" (an office's practice), "comparator" (an
    ordinary user's model, pair by pair, in a module of this folder).
    """

    name: str
    kind: str
    what: str


METHODS = (
    Method("auto", "engine", "default: independent parts apart, an engine picked per part"),
    Method("mip", "engine", "arrays straight to HiGHS, whole"),
    Method("cpsat", "engine", "the same rows in CP-SAT, whole"),
    Method("vacancy", "baseline", "one vacancy at a time, best-ranked applicant"),
    Method("queue", "baseline", "longest waiting first"),
    Method("deferred", "baseline", "deferred acceptance on wishes and priorities"),
    Method("plain_cpsat", "comparator", "pair by pair in CP-SAT, tier after tier"),
    Method("plain_pulp", "comparator", "pair by pair in PuLP with HiGHS, tier after tier"),
)
EXTRA = (Method("mip-cbc", "engine", "the same rows through PuLP to CBC, whole"),)
"""Methods run only when asked for by name."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is run by default under a name, with seconds per run."""

    instances: tuple[str, ...]
    time_limit: float
    methods: tuple[Method, ...] = METHODS


CAMPAIGNS = {"allocation": Campaign(("tromso-2030", "tromso-vacancies"), 60.0)}
SMOKE = Campaign(("small",), 20.0)


def method(name: str) -> Method:
    """A method by name.

    Raises
    ------
    KeyError
        If there is none.
    """
    return {m.name: m for m in (*METHODS, *EXTRA)}[name]
