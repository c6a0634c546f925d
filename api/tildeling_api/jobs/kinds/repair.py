"""A plan made legal and covered again after absence, with the fewest changes."""

from __future__ import annotations

import datetime as dt
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tildeling_api.access.roles import Right
from tildeling_api.jobs.kinds.kind import Answer, Id, Kind, Solving, Task, example
from tildeling_api.jobs.kinds.rota import Engine
from tildeling_api.schemas import RotaPlan, rota_plan


class Away(BaseModel):
    """Somebody who cannot come."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    staff_id: str = Field(max_length=80)
    first_day: dt.date
    last_day: dt.date

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError("last_day must not be before first_day")
        return self


class AskedRepair(Solving):
    """A repair of a plan that an earlier job made."""

    model_config = example(
        {
            "rota": "0" * 32,
            "absent": [{"staff_id": "s01", "first_day": "2027-01-07", "last_day": "2027-01-09"}],
        }
    )

    rota: Id = Field(description="The job that made the plan.")
    absent: tuple[Away, ...] = Field((), max_length=1000)
    since: dt.date | None = Field(
        None, description="First day that may change; null: the first absent day, or the first planned."
    )
    engine: Engine = "auto"


def run(task: Task) -> Answer:
    """As the command ``rota repair`` does."""
    from tildeling.errors import UsageError
    from tildeling.files import read_rota
    from tildeling.rota.output import write_plan
    from tildeling.rota.reading import read_plan
    from tildeling.rota.repairing import changes, repair
    from tildeling.rota.tables import Absence, AbsenceKind
    from tildeling_models.process import solve_in_child

    data, asked = read_rota(task.dataset), task.asked
    strangers = [number for number, away in enumerate(asked.absent) if away.staff_id not in data.person]
    if strangers:
        places = ", ".join(f"absent[{number}].staff_id" for number in strangers)
        raise UsageError(f"{places}: must be in the staff of {data.info.dataset_id}")
    before = read_plan(task.folder / "rota", data)
    absent = [Absence(**away.model_dump(), kind=AbsenceKind.SICK) for away in asked.absent]
    since = asked.since or min((away.first_day for away in asked.absent), default=data.info.start)
    found = repair(
        data, before, absent, since, engine=asked.engine, options=task.options(), stop=task.stop,
        progress=task.progress, solver=solve_in_child,
    )  # fmt: skip
    write_plan(found, task.out, asked.lang)
    moved = () if found.rota is None else tuple(changes(data, before, found.rota))
    return Answer(rota_plan(found, asked.lang, moved), found.document.outcome)


REPAIR = Kind(
    "repair", "/repairs", "Repair a plan after absence", Right.ROTAS, "rota", AskedRepair, run,
    {"rota": ("rota", "repair")}, RotaPlan,
)  # fmt: skip
