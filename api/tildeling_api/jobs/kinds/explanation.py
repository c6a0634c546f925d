"""Why somebody is placed or waits, what each rule costs, or the set as a whole."""

from __future__ import annotations

from pydantic import Field

from tildeling_api.access.roles import Right
from tildeling_api.jobs.kinds.kind import Answer, Asked, Id, Kind, Task, example


class AskedExplanation(Asked):
    """An explanation of an allocation."""

    model_config = example({"allocation": "0" * 32, "applicant": "a17"})

    allocation: Id = Field(description="The job that made it.")
    applicant: str | None = Field(None, max_length=80, description="Whom; null: the whole set.")
    rules: bool = Field(False, description="For the set: the price of each rule, by solving again.")
    alternatives: int = Field(3, ge=0, le=50)


def run(task: Task) -> Answer:
    """As the command ``explain`` does."""
    from tildeling.errors import UsageError
    from tildeling.files import read_dataset
    from tildeling.housing.explain import explain
    from tildeling.housing.proposal import read_proposal

    data, asked = read_dataset(task.dataset), task.asked
    found = read_proposal(data, task.folder / "allocation")
    if asked.applicant is not None and asked.applicant not in data.applicant:
        raise UsageError(f"applicant: must be an applicant of {data.info.dataset_id}")
    answer = explain(
        found, asked.applicant, rules=asked.rules, alternatives=asked.alternatives, stop=task.stop,
        progress=task.progress, workers=task.workers,
    )  # fmt: skip
    (task.out / "explanation.txt").write_text(answer.text(asked.lang) + "\n", encoding="utf-8")
    return Answer(answer.as_dict(), "explained")


EXPLANATION = Kind(
    "explanation", "/explanations", "Explain a placement, why somebody waits, or what each rule costs",
    Right.HOMES, "housing", AskedExplanation, run, {"allocation": ("allocation",)},
)  # fmt: skip
