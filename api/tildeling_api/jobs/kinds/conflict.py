"""Why no rota can be made: demands that cannot hold together, and the cheapest change that mends it."""

from __future__ import annotations

from tildeling_api.access.roles import Right
from tildeling_api.jobs.kinds.kind import Answer, Asked, Id, Kind, Task, example


class AskedConflict(Asked):
    """The question why a data set of a rota that is kept has no plan."""

    model_config = example({"dataset": "0" * 32})

    dataset: Id


def run(task: Task) -> Answer:
    """As the command ``rota why`` does."""
    from tildeling.files import read_rota
    from tildeling.rota.why import why

    found = why(read_rota(task.dataset), stop=task.stop)
    lines = found.lines(task.asked.lang)
    (task.out / "conflict.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Answer(found.as_json(task.asked.lang), found.conflict.outcome.value)


CONFLICT = Kind(
    "conflict", "/conflicts", "Say why no rota can be made, and the cheapest change that mends it",
    Right.ROTAS, "rota", AskedConflict, run,
)  # fmt: skip
