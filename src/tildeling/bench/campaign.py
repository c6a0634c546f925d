"""A campaign: every engine on every instance with every seed; what was done before is not done again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tildeling.bench.runs import Row, Spec
from tildeling.bench.scheduling import Scheduler
from tildeling.bench.sets import Case
from tildeling.bench.store import Store
from tildeling.errors import UsageError
from tildeling.published import format_of
from tildeling_models.progress import Event, Progress
from tildeling_models.stop import Stop


@dataclass(frozen=True, slots=True)
class Asked:
    """What a campaign is to do; ``workers`` and ``memory_mb`` are of each run."""

    cases: Sequence[Case]
    engines: Sequence[str]
    seeds: Sequence[int]
    seconds: float
    workers: int
    memory_mb: float


def specs(asked: Asked) -> list[Spec]:
    """Its runs, by seed and instance, engines side by side, so that half a campaign can be compared too.

    Raises
    ------
    UsageError
        If a format of the set has none of the engines.
    DataError
        With every fault of an instance.
    """
    faults = [
        f"--engines {name}: format {form} has {', '.join(format_of(form).engines())}"
        for form in dict.fromkeys(case.form for case in asked.cases)
        for name in asked.engines
        if name not in format_of(form).engines()
    ]
    if faults:
        raise UsageError("\n".join(faults))
    read = {case.path: format_of(case.form).read(case.path) for case in asked.cases}
    return [
        Spec(
            case.form, str(case.path), case.name, read[case.path].digest, _best(case, read[case.path]), engine, seed,
            asked.seconds, asked.workers, asked.memory_mb,
        )
        for seed in asked.seeds
        for case in asked.cases
        for engine in asked.engines
    ]  # fmt: skip


def _best(case: Case, instance: Any) -> int | None:
    """What is published, as the tier counts it."""
    return None if case.best is None else round(case.best * format_of(case.form).unit(instance))


def run(
    wanted: Sequence[Spec], store: Store, scheduler: Scheduler, stop: Stop, progress: Progress
) -> Iterator[Row]:
    """Do what is not yet done, and keep each row before it is given out.

    Raises
    ------
    UsageError
        If another campaign writes to the same folder.
    """
    unique = {spec.key: spec for spec in wanted}
    left = [spec for key, spec in unique.items() if key not in store.rows]
    done = len(unique) - len(left)
    progress.event(Event("run", elapsed=stop.elapsed, part=done, parts=len(unique)))
    with store.writing():
        for row in scheduler(left, stop):
            if row.key in store.rows:
                continue
            store.keep(row)
            done += 1
            progress.event(Event("run", elapsed=stop.elapsed, part=done, parts=len(unique)))
            yield row
