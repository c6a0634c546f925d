"""Second International Nurse Rostering Competition, static: all weeks at once (Ceschia et al. 2019)."""

from __future__ import annotations

from tildeling.published.format import Format
from tildeling.published.inrc2.checking import judge
from tildeling.published.inrc2.compiling import compile_instance, to_plan, to_roster
from tildeling.published.inrc2.reading import read
from tildeling.published.inrc2.solutions import FILES, read_solution, write_solution
from tildeling_models.roster.engines import ENGINES

FORMAT = Format(
    name="inrc2",
    read=read,
    engines=lambda: ENGINES,
    compile=compile_instance,
    solution=to_plan,
    start=to_roster,
    judge=judge,
    read_solution=read_solution,
    write=write_solution,
    files=FILES,
    size=lambda instance: len(instance.nurses),
)
