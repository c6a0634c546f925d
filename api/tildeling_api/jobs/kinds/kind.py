"""What a kind of job is: what may be asked, of whom, and the function that does it in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tildeling.texts import Lang
from tildeling_api.access.roles import Right
from tildeling_api.jobs.states import Priority
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.stop import Stop

MOST_SECONDS = 86_400.0
"""Longest time limit: a day."""

DATASET, ANSWER = "dataset.json", "answer.json"
"""Files of a job's folder: the data set it is about; what was found, for programs."""

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", examples=["0" * 32])]
Seconds = Annotated[float, Field(gt=0, le=MOST_SECONDS, description="Seconds from reading to writing.")]


class Asked(BaseModel):
    """What every job may be told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    time_limit: Seconds = 60.0
    priority: Priority = Priority.NORMAL
    deadline_s: float | None = Field(
        None, gt=0, le=30 * MOST_SECONDS,
        description="Seconds from now in which it must have ended; what has not begun by then fails.",
    )  # fmt: skip
    lang: Lang = Field("nb", description="Language of reports and messages.")


class Solving(Asked):
    """What an engine may be told."""

    gap: float = Field(0.0, ge=0, le=1, description="Stop a tier at this gap, a fraction.")
    seed: int = Field(0, ge=0, lt=2**31)
    deterministic: bool = Field(False, description="Stop on work, never on the clock.")


def example(shown: dict[str, Any]) -> ConfigDict:
    """What the documentation shows of a model."""
    return ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [shown]})


def one_of(names: Iterable[str]) -> AfterValidator:
    """A name that must be one of these."""
    known = list(names)

    def check(name: str) -> str:
        if name not in known:
            raise ValueError(f"must be one of {', '.join(known)}")
        return name

    return AfterValidator(check)


@dataclass(frozen=True, slots=True)
class Task:
    """One job, in the process that does it.

    Parameters
    ----------
    folder
        Holds ``dataset.json``, and a folder of files for each earlier job by the name of its field.
    out
        Where files go; they are kept.
    """

    asked: Any
    folder: Path
    out: Path
    stop: Stop
    progress: Progress
    workers: int

    @property
    def dataset(self) -> Path:
        """The data set."""
        return self.folder / DATASET

    def options(self, ties: bool = False) -> Options:
        """What the engine is told."""
        asked = self.asked
        return Options(asked.gap, self.workers, asked.seed, asked.deterministic, find_ties=ties)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a job: for programs, and in a word; files lie in the task's ``out``."""

    content: BaseModel | Mapping[str, Any]
    outcome: str


@dataclass(frozen=True)
class Kind:
    """A kind of job.

    Parameters
    ----------
    name, path
        In jobs, and the address that asks for one.
    right
        What asking and seeing needs.
    data
        The kind of data set it is about; None for none.
    earlier
        Fields of ``asked`` that name earlier jobs, with the kinds these may be; their files are at hand.
    run
        Does it; in a child process, with the library's own errors.
    answers
        What ``GET /v1/jobs/{job}/result`` answers; None for any object.
    keeps
        Whether ``out/dataset.json`` becomes a data set that is kept.
    """

    name: str
    path: str
    summary: str
    right: Right
    data: Literal["housing", "rota"] | None
    asked: type[Asked]
    run: Callable[[Task], Answer]
    earlier: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answers: type[BaseModel] | None = None
    keeps: bool = False
