"""Reads a file: ``m n``, m rows of n costs, m rows of n uses, m capacities, with blanks between them."""

from __future__ import annotations

from pathlib import Path

from tildeling.published.gap.instance import Instance
from tildeling.published.lines import Faults, text_of
from tildeling.published.numbers import Numbers, rows


def read(path: Path) -> Instance:
    """The instance of a file.

    Raises
    ------
    DataError
        With every fault found: line, what the number is, its value and what is required there.
    """
    return parse(text_of(path), path.name)


def parse(text: str, file: str) -> Instance:
    """The instance of a file's text; ``file`` names it in faults."""
    faults = Faults(file)
    numbers = Numbers(text, faults)
    agents = numbers.whole(1, "m", 1)
    jobs = numbers.whole(1, "n", 1)
    faults.stop()  # without both nothing that follows has a place
    m, n = agents[0], jobs[0]
    cost = numbers.whole(m * n, "cost")
    use = numbers.whole(m * n, "use")
    capacity = numbers.whole(m, "capacity")
    numbers.end()
    faults.stop()
    return Instance(Path(file).stem, rows(cost, n), rows(use, n), tuple(capacity))
