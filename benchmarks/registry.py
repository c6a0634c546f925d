"""The registry of what is measured: methods, instances, limits.  A new comparison is one entry here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTANCES = ROOT / "instances"
CACHE = ROOT / "out" / "benchmarks" / "instances"
RESULTS = ROOT / "benchmarks" / "results"
README = ROOT / "benchmarks" / "README.md"


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
EXTRA = (
    Method("mip-highs", "engine", "through PuLP to HiGHS, whole; rosters: rule by rule"),
    Method("mip-cbc", "engine", "the same to CBC"),
    Method("columns", "engine", "rosters: a column is one person's whole schedule"),
)
"""Methods run only when asked for by name."""
ROSTERS = (
    Method("plain_roster_cpsat", "comparator", "a variable per person, day and shift in CP-SAT"),
    Method("plain_roster_pulp", "comparator", "the same as a compact integer program in PuLP with HiGHS"),
)
EVERY = (*METHODS, *EXTRA, *ROSTERS)


def method(name: str) -> Method:
    """A method by name.

    Raises
    ------
    KeyError
        If there is none.
    """
    return {m.name: m for m in EVERY}[name]


@dataclass(frozen=True, slots=True)
class Generated:
    """What ``tildeling generate PRESET --seed SEED [--applicants APPLICANTS]`` makes."""

    preset: str
    seed: int = 1
    applicants: int | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """A file of a published format, in ``instances/`` if it is our ``own``, else where published ones are.

    Those are no part of the project.  ``TILDELING_BENCHMARKS`` names a folder that holds them
    (``rota/curtois/Instance1.txt``); without it, ``shared/benchmarks`` beside the project is looked at.
    """

    form: str
    file: str
    own: bool = False

    @property
    def path(self) -> Path:
        """Where the file is, or would be."""
        named = os.environ.get("TILDELING_BENCHMARKS")
        elsewhere = Path(named) if named else ROOT.parent / "shared" / "benchmarks"
        return (INSTANCES if self.own else elsewhere) / self.file

    @property
    def there(self) -> bool:
        """Whether it is there."""
        return self.path.exists()


@dataclass(frozen=True, slots=True)
class Instance:
    """A data set and its limits: wall seconds from reading to the end of solving, memory of all processes.

    It stands in ``instances/``, or is made on first use where ``made`` says how, or is a ``published`` file.
    """

    name: str
    time_limit: float
    made: Generated | None = None
    published: Published | None = None
    memory_gb: float = 10.0

    @property
    def folder(self) -> Path:
        """Where the data set stands, or will."""
        if self.published is not None:
            return self.published.path
        return (CACHE if self.made else INSTANCES) / self.name


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is run by default under a name.

    ``smoke`` is run in its place without timings; ``layout``: a column for each "tiers", or values, bounds and
    gaps of the first ("sizes"), or those beside what is "published".
    """

    instances: tuple[Instance, ...]
    smoke: tuple[Instance, ...]
    methods: tuple[Method, ...] = METHODS
    layout: str = "tiers"


SIZES = ("auto", "vacancy", "queue", "deferred", "plain_cpsat", "plain_pulp")
TINY = Instance("county-120-1", 20.0, Generated("county", 1, 120))

CURTOIS = (1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13, 15, 17, 20, 22, 24)
ROTA_METHODS = (method("auto"), *ROSTERS)


def _curtois(seconds: float) -> tuple[Instance, ...]:
    return tuple(
        Instance(name, seconds, published=Published("curtois", f"rota/curtois/{name}.txt"))
        for name in (f"Instance{number}" for number in CURTOIS)
    )


ROTA_SMOKE = tuple(
    Instance(name, 20.0, published=Published("curtois", f"rota-published/curtois/{name}.txt", own=True))
    for name in ("tiny", "weekend", "impossible")
)

CAMPAIGNS = {
    "allocation": Campaign(
        (Instance("tromso-2030", 60.0), Instance("tromso-vacancies", 60.0)), (Instance("small", 20.0),)
    ),
    "allocation-size": Campaign(
        (
            Instance("county-1", 120.0, Generated("county")),
            Instance("region-1", 240.0, Generated("region")),
            Instance("nation-1", 1200.0, Generated("nation"), memory_gb=14.0),
        ),
        (TINY,),
        tuple(method(name) for name in SIZES),
        layout="sizes",
    ),
    "rota-published": Campaign(_curtois(60.0), ROTA_SMOKE, ROTA_METHODS, layout="published"),
    "rota-published-600": Campaign(_curtois(600.0), ROTA_SMOKE, ROTA_METHODS[:1], layout="published"),
}
