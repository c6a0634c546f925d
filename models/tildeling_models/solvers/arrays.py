"""A PuLP problem as arrays, and as a file: while there is time, where PuLP's own ways hear no clock."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO

import numpy as np
import pulp
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from tildeling_models.solvers.search import OutOfTime
from tildeling_models.stop import Stop

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

AT_ONCE = 1000
"""Rows or columns between two looks at the clock."""


@dataclass(frozen=True, eq=False)
class Arrays:
    """Columns and rows of a problem that is minimised.

    Attributes
    ----------
    columns
        PuLP's variables; one that is in no row or objective is unknown to it.
    place
        Where each stands, by name.
    start, index, coef
        Rows, compressed.
    """

    columns: list[Any]
    place: dict[str, int]
    cost: Floats
    low: Floats
    high: Floats
    whole: NDArray[np.bool_]
    start: Ints
    index: Ints
    coef: Floats
    row_low: Floats
    row_high: Floats


def arrays(found: pulp.LpProblem, stop: Stop) -> Arrays:
    """A problem as arrays.

    Raises
    ------
    OutOfTime
        If the run is to stop before that is done.
    """
    columns = found.variables()
    place = {column.name: number for number, column in enumerate(columns)}
    start, index, coef = [0], list[int](), list[float]()
    low, high = list[float](), list[float]()
    for number, row in enumerate(found.constraints()):
        if number % AT_ONCE == 0 and stop.now:
            raise OutOfTime
        index += [place[column.name] for column in row]
        coef += row.values()
        start.append(len(index))
        low.append(_or(row.getLb(), -math.inf))
        high.append(_or(row.getUb(), math.inf))
    return Arrays(
        columns,
        place,
        np.array([found.objective.get(column, 0.0) for column in columns], float),
        np.array([_or(column.lowBound, -math.inf) for column in columns], float),
        np.array([_or(column.upBound, math.inf) for column in columns], float),
        np.array([column.cat == pulp.LpInteger for column in columns], bool),
        np.array(start, np.int32),
        np.array(index, np.int32),
        np.array(coef, float),
        np.array(low, float),
        np.array(high, float),
    )


def write_mps(given: Arrays, file: TextIO, stop: Stop) -> None:
    """Write a problem as MPS; columns are X0000000 and so on, rows R0000000: CBC guesses from places.

    Raises
    ------
    OutOfTime
        If the run is to stop before that is done.
    """
    senses = np.where(given.row_low == given.row_high, "E", np.where(np.isfinite(given.row_low), "G", "L"))
    limits = np.where(np.isfinite(given.row_low), given.row_low, given.row_high)
    file.write("NAME          MODEL\nROWS\n N  OBJ\n")
    file.writelines(f" {sense}  R{row:07}\n" for row, sense in enumerate(senses.tolist()))
    file.write("COLUMNS\n")
    file.writelines(_columns(given, stop))
    file.write("RHS\n")
    file.writelines(
        f"    RHS       R{row:07}  {limit: .12e}\n" for row, limit in enumerate(limits.tolist()) if limit
    )
    file.write("BOUNDS\n")
    for at, (low, high) in enumerate(zip(given.low.tolist(), given.high.tolist(), strict=True)):
        file.write(
            f" LO BND       X{at:07}  {low: .12e}\n" if math.isfinite(low) else f" MI BND       X{at:07}\n"
        )
        file.write(
            f" UP BND       X{at:07}  {high: .12e}\n" if math.isfinite(high) else f" PL BND       X{at:07}\n"
        )
    file.write("ENDATA\n")


def _columns(given: Arrays, stop: Stop) -> Iterator[str]:
    shape = len(given.start) - 1, len(given.columns)
    by_column = csr_matrix((given.coef, given.index, given.start), shape).tocsc()
    marked = False
    for at, (whole, cost) in enumerate(zip(given.whole.tolist(), given.cost.tolist(), strict=True)):
        if at % AT_ONCE == 0 and stop.now:
            raise OutOfTime
        if whole is not marked:
            marked = whole
            yield f"    MARKER                 'MARKER'                 '{'INTORG' if whole else 'INTEND'}'\n"
        yield f"    X{at:07}  OBJ       {cost: .12e}\n"
        part = slice(by_column.indptr[at], by_column.indptr[at + 1])
        for row, coef in zip(by_column.indices[part].tolist(), by_column.data[part].tolist(), strict=True):
            yield f"    X{at:07}  R{row:07}  {coef: .12e}\n"
    if marked:
        yield "    MARKER                 'MARKER'                 'INTEND'\n"


def _or(end: float | None, otherwise: float) -> float:
    return otherwise if end is None else end
