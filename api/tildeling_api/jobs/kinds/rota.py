"""Who works when, within working-time law, checked."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tildeling_api.access.roles import Right
from tildeling_api.jobs.kinds.kind import Answer, Id, Kind, Solving, Task, example, one_of
from tildeling_api.schemas import RotaPlan, rota_plan
from tildeling_models.roster.engines import ENGINES

Engine = Annotated[str, one_of(ENGINES), Field(description="A name of `GET /v1/engines`.")]


class AskedRota(Solving):
    """A plan for a data set of a rota that is kept."""

    model_config = example({"dataset": "0" * 32, "time_limit": 300})

    dataset: Id
    engine: Engine = "auto"
    previous: Id | None = Field(None, description="An earlier plan: start there, change little.")


def run(task: Task) -> Answer:
    """As the command ``rota`` does."""
    from tildeling.files import read_rota
    from tildeling.rota.output import write_plan
    from tildeling.rota.planning import plan
    from tildeling.rota.reading import read_plan
    from tildeling.rota.repairing import with_published
    from tildeling_models.process import solve_in_child

    data, asked = read_rota(task.dataset), task.asked
    earlier = read_plan(task.folder / "previous", data) if asked.previous else None
    if earlier is not None and not data.published and not data.cyclic:
        data = with_published(data, earlier)
    found = plan(
        data, engine=asked.engine, options=task.options(), previous=earlier, stop=task.stop,
        progress=task.progress, solver=solve_in_child,
    )  # fmt: skip
    write_plan(found, task.out, asked.lang)
    return Answer(rota_plan(found, asked.lang), found.document.outcome)


ROTA = Kind(
    "rota", "/rotas", "Plan who works when", Right.ROTAS, "rota", AskedRota, run,
    {"previous": ("rota", "repair")}, RotaPlan,
)  # fmt: skip
