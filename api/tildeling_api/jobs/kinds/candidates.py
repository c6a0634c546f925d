"""Who could take a unit, or where an applicant could live, ranked by what each choice costs the whole."""

from __future__ import annotations

from functools import partial
from typing import Self

from pydantic import Field, model_validator

from tildeling_api.access.roles import Right
from tildeling_api.jobs.kinds.kind import Answer, Asked, Id, Kind, Seconds, Task, example


class AskedCandidates(Asked):
    """A list for a unit or for an applicant, one of them."""

    model_config = example({"allocation": "0" * 32, "unit": "h1-01"})

    dataset: Id | None = Field(None, description="The data set, where no allocation is named.")
    allocation: Id | None = Field(None, description="What choices are compared with; null: the optimum.")
    unit: str | None = Field(None, max_length=80)
    applicant: str | None = Field(None, max_length=80)
    time_limit: Seconds = 10.0

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.unit is None) == (self.applicant is None):
            raise ValueError("name a unit or an applicant, one of them")
        if self.dataset is None and self.allocation is None:
            raise ValueError("name a dataset or an allocation")
        return self


def run(task: Task) -> Answer:
    """As the command ``candidates`` does."""
    from tildeling.errors import UsageError
    from tildeling.files import read_dataset
    from tildeling.housing import candidates as lists
    from tildeling.housing.proposal import read_proposal

    data, asked = read_dataset(task.dataset), task.asked
    for name, known in (("unit", data.unit), ("applicant", data.applicant)):
        if getattr(asked, name) is not None and getattr(asked, name) not in known:
            raise UsageError(f"{name}: must be one of {data.info.dataset_id}")
    found = read_proposal(data, task.folder / "allocation") if asked.allocation else None
    how = partial(
        lists.candidates if asked.unit is not None else lists.places, data, asked.unit or asked.applicant
    )
    try:
        answer = how(proposal=found, stop=task.stop, later=True, progress=task.progress, workers=task.workers)
    except TimeoutError:
        return Answer({}, "unknown")
    (task.out / "candidates.txt").write_text(answer.text(asked.lang) + "\n", encoding="utf-8")
    return Answer(answer.as_dict(), "ranked")


CANDIDATES = Kind(
    "candidates", "/candidates", "Rank who could take a unit, or where an applicant could live", Right.HOMES,
    "housing", AskedCandidates, run, {"allocation": ("allocation",)},
)  # fmt: skip
