"""A plan from wherever it stands: our own rota.csv, a planner's sheet, or the data set's published plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tildeling.errors import DataError, Fault, UsageError
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.sheet.reading import read_history, read_published, read_sheet
from tildeling.rota.sheet.table import read_rota_csv
from tildeling.rota.solution import Rota
from tildeling.rota.tables import Planned

TABLE = "rota.csv"


def read_plan(path: Path, data: RotaDataset) -> Rota:
    """Read a plan: a folder with ``rota.csv``, a CSV file of its form, or an XLSX sheet as planners keep it.

    Raises
    ------
    DataError
        With every fault of the plan.
    OSError
        If it cannot be opened.
    """
    if path.is_dir():
        path = path / TABLE
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist")
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return read_sheet(path, data)
    if path.suffix.lower() == ".csv":
        return read_rota_csv(path, data)
    raise DataError([Fault("unknown_format", file=path.name)])


def with_sheets(data: RotaDataset, history: Path | None = None, published: Path | None = None) -> RotaDataset:
    """The data set with the last weeks worked, or the published plan, taken from a planner's own sheet.

    A sheet stands in for the whole table of that name.

    Raises
    ------
    DataError
        With every fault of both sheets.
    UsageError
        If the rota is a cycle: its first week follows the last, and nothing comes before it.
    OSError
        If a sheet cannot be opened.
    """
    if data.cyclic and (history or published):
        raise UsageError(
            f"{data.info.dataset_id}: is a base rota; it has no last weeks and no published plan"
        )
    faults: list[Fault] = []
    found = data
    try:
        if history:
            found = replace(found, history=read_history(history, data))
    except DataError as error:
        faults += error.faults
    try:
        if published:
            found = replace(found, published=read_published(published, data))
    except DataError as error:
        faults += error.faults
    if faults:
        raise DataError(faults)
    return found


def published_plan(data: RotaDataset) -> Rota:
    """The plan that the data set's table ``published`` holds; shifts of the table ``fixed`` where it has none."""
    return rota_of(data.published or data.fixed)


def rota_of(rows: Iterable[Planned]) -> Rota:
    """A rota from rows of shifts."""
    work: dict[str, dict[dt.date, str]] = {}
    for row in rows:
        if row.shift_code is not None:
            work.setdefault(row.staff_id, {})[row.date] = row.shift_code
    return Rota({who: dict(sorted(days.items())) for who, days in work.items()})
