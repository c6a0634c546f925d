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
        If an engine is of no format of the set, or a format has none of the engines.
    DataError
        With every fault of an instance.
    """
    has = {form: format_of(form).engines() for form in dict.fromkeys(case.form for case in asked.cases)}
    faults = [
        f"--engines {name}: no format of the set has it; "
        + "; ".join(f"{form}: {', '.join(has[form])}" for form in has)
        for name in asked.engines
        if not any(name in engines for engines in has.values())
    ]
    faults += [
        f"--engines {','.join(asked.engines)}: format {form} has none of them, but {', '.join(engines)}"
        for form, engines in has.items()
        if not faults and not any(name in engines for name in asked.engines)
    ]
    if faults:
        raise UsageError("\n".join(faults))
    read = {case.path: format_of(case.form).read(case.path) for case in asked.cases}
    return [
        Spec(
            case.form, str(case.path.resolve()), case.name, read[case.path].digest,
            *_best_and_unit(case, read[case.path]), engine, seed, asked.seconds, asked.workers, asked.memory_mb,
        )
        for seed in dict.fromkeys(asked.seeds)
        for case in asked.cases
        for engine in dict.fromkeys(asked.engines)
        if engine in has[case.form]
    ]  # fmt: skip


def _best_and_unit(case: Case, instance: Any) -> tuple[int | None, int]:
    """What is published, as the tier counts it, and the tier's unit."""
    unit = int(format_of(case.form).unit(instance))
    return None if case.best is None else round(case.best * unit), unit


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
    left = [spec for key, spec in unique.items() if not store.has(key)]
    done = len(unique) - len(left)
    progress.event(Event("run", elapsed=stop.elapsed, part=done, parts=len(unique)))
    with store.writing():
        for row in scheduler(left, stop):
            if store.has(row.key):
                continue
            store.keep(row)
            done += 1
            progress.event(Event("run", elapsed=stop.elapsed, part=done, parts=len(unique)))
            yield row
