"""Reads a file: ``I J``, I capacities, I opening costs, J demands, J rows of I costs, with blanks between them."""

from __future__ import annotations

from pathlib import Path

from tildeling.published.lines import Faults, text_of
from tildeling.published.numbers import Numbers, rows, scale_of
from tildeling.published.sscflp.instance import Instance


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
    facilities = numbers.whole(1, "I", 1)
    customers = numbers.whole(1, "J", 1)
    faults.stop()  # without both nothing that follows has a place
    i, j = facilities[0], customers[0]
    capacity = numbers.whole(i, "capacity")
    opening = numbers.exact(i, "opening cost")
    demand = numbers.whole(j, "demand")
    cost = numbers.exact(i * j, "cost")
    numbers.end()
    faults.stop()
    scale = scale_of([*opening, *cost])
    return Instance(
        Path(file).stem,
        tuple(capacity),
        tuple(number.times(scale) for number in opening),
        tuple(demand),
        rows([number.times(scale) for number in cost], i),
        scale,
    )
