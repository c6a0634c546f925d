"""Who gets which unit, proven and checked."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tildeling_api.access.roles import Right
from tildeling_api.jobs.kinds.kind import Answer, Id, Kind, Solving, Task, example, one_of
from tildeling_api.schemas import Allocation, allocation, no_allocation
from tildeling_models.grouping.engines import ENGINES


class AskedAllocation(Solving):
    """A proposal for a data set of homes that is kept."""

    model_config = example({"dataset": "0" * 32, "time_limit": 60, "lang": "nb"})

    dataset: Id
    engine: Annotated[str, one_of(ENGINES), Field(description="A name of `GET /v1/engines`.")] = "auto"
    previous: Id | None = Field(None, description="An earlier allocation: start there, change little.")


def run(task: Task) -> Answer:
    """As the command ``allocate`` does."""
    from tildeling.files import read_dataset
    from tildeling.housing.allocate import NoProposal, allocate
    from tildeling.housing.output import write_failure, write_proposal
    from tildeling.housing.proposal import read_solution
    from tildeling_models.process import solve_in_child

    data = read_dataset(task.dataset)
    earlier = read_solution(task.folder / "previous", data) if task.asked.previous else None
    found = allocate(
        data, engine=task.asked.engine, options=task.options(ties=True), previous=earlier, stop=task.stop,
        progress=task.progress, solver=solve_in_child,
    )  # fmt: skip
    if isinstance(found, NoProposal):
        write_failure(found, task.out)
        return Answer(no_allocation(found.document), found.document.outcome)
    write_proposal(found, task.out, task.asked.lang)
    return Answer(allocation(found, task.asked.lang), found.document.outcome)


ALLOCATION = Kind(
    "allocation", "/allocations", "Propose who gets which unit", Right.HOMES, "housing", AskedAllocation, run,
    {"previous": ("allocation",)}, Allocation,
)  # fmt: skip
