"""A data set from any of the formats."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tildeling.errors import DataError, Fault
from tildeling.files.building import build
from tildeling.files.document import read_document
from tildeling.files.folder import read_folder
from tildeling.files.homes import HOUSING
from tildeling.files.kind import Kind
from tildeling.files.limits import DEFAULT_LIMITS, Limits
from tildeling.files.raw import RawDataset, RawTable
from tildeling.files.rotas import ROTA
from tildeling.files.workbook import read_workbook
from tildeling.housing.dataset import Dataset
from tildeling.rota.dataset import RotaDataset

logger = logging.getLogger(__name__)


def read_dataset(path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Dataset:
    """Read and check a data set of homes: a folder of CSV files, an XLSX workbook or a JSON document.

    Raises
    ------
    DataError
        With every fault of every table.
    OSError
        If it cannot be opened.
    """
    with _uncollected():
        data = build(read_raw(path, limits=limits, kind=HOUSING), HOUSING)
    logger.info("read %d applicants and %d units", len(data.applicants), len(data.units))
    return data


def read_rota(
    path: str | Path, *, limits: Limits = DEFAULT_LIMITS, more: Iterable[RawTable] = ()
) -> RotaDataset:
    """Read and check a data set of a rota, in any of the same formats.

    Parameters
    ----------
    more
        Tables read elsewhere (``history`` or ``published`` from a planner's own sheet), for tables that the
        files lack.  Their faults name the file, sheet and line that they carry.

    Raises
    ------
    DataError
        With every fault of every table.
    OSError
        If it cannot be opened.
    """
    with _uncollected():
        raw = read_raw(path, limits=limits, kind=ROTA)
        for table in more:
            if table.name in raw.tables or table.name in raw.broken:
                raw.faults.append(table.fault("table_twice", params={"table": table.name}))
            else:
                raw.tables[table.name] = table
        data = build(raw, ROTA)
    logger.info("read %d staff and %d weeks", len(data.staff), data.info.weeks)
    return data


def read_any(path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Dataset | RotaDataset:
    """Read and check a data set of whichever kind the names of its tables say.

    Raises
    ------
    DataError
        With every fault of every table.
    OSError
        If it cannot be opened.
    """
    with _uncollected():
        raw = read_raw(path, limits=limits)
        data: Dataset | RotaDataset = build(raw, raw.kind)
    logger.info("read a data set of the kind %s", raw.kind.name)
    return data


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave the search for reference cycles until a data set is read.

    Reading makes millions of cells and no cycles; to look through all of them again and again takes half of the
    time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_raw(
    path: str | Path, *, limits: Limits = DEFAULT_LIMITS, kind: Kind[Any] | None = None
) -> RawDataset:
    """The tables as they stand, by the format of the source; ``kind`` None: as the names of the tables say.

    Raises
    ------
    DataError
        If the source has no known format.
    OSError
        If it cannot be opened.
    """
    path = Path(path)
    if path.is_dir():
        return read_folder(path, limits, kind)
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist")
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        return read_workbook(path, limits, kind)
    if suffix == ".json":
        return read_document(path, limits, kind)
    raise DataError([Fault("unknown_format", file=path.name)])
