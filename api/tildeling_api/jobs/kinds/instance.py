"""A synthetic data set of homes of any size, the same from the same seed; kept as a data set."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tildeling.housing.generate.presets import PRESETS
from tildeling_api.access.roles import Right
from tildeling_api.jobs.kinds.kind import DATASET, Answer, Asked, Kind, Task, example, one_of

MOST_APPLICANTS = 20_000
"""More than this is a file for the command line."""


class AskedInstance(Asked):
    """A preset, smaller or larger; what is not said keeps its proportion to the applicants."""

    model_config = example({"preset": "county", "applicants": 300, "seed": 7})

    preset: Annotated[str, one_of(PRESETS), Field(description="A name of `GET /v1/instances`.")]
    seed: int = Field(0, ge=0, lt=2**31)
    applicants: int = Field(1_000, ge=1, le=MOST_APPLICANTS)
    groups: int | None = Field(None, ge=1)
    bases: int | None = Field(None, ge=1)
    municipalities: int | None = Field(None, ge=0)
    conflicts: int | None = Field(None, ge=0)


def run(task: Task) -> Answer:
    """As the command ``generate`` does."""
    from tildeling.files import write_dataset
    from tildeling.housing.generate.presets import sized
    from tildeling.housing.generate.scenario import generate

    names = ("applicants", "groups", "bases", "municipalities", "conflicts")
    size = sized(task.asked.preset, **{name: getattr(task.asked, name) for name in names})
    data = generate(task.asked.preset, size, task.asked.seed, task.progress)
    write_dataset(data, task.out / DATASET)
    content: dict[str, Any] = {
        "dataset_id": data.info.dataset_id,
        "dataset_hash": data.digest(),
        "counts": {name: len(data.table(name)) for name in ("applicants", "groups", "units", "bases")},
    }
    return Answer(content, "generated")


INSTANCE = Kind(
    "instance", "/instances", "Make a synthetic data set of homes", Right.HOMES, None, AskedInstance, run,
    keeps=True,
)  # fmt: skip
