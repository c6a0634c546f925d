"""A data set from any of the formats."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tildeling.errors import DataError, Fault
from tildeling.files.building import build
from tildeling.files.document import read_document
from tildeling.files.folder import read_folder
from tildeling.files.limits import DEFAULT_LIMITS, Limits
from tildeling.files.raw import RawDataset
from tildeling.files.workbook import read_workbook
from tildeling.housing.dataset import Dataset

logger = logging.getLogger(__name__)


def read_dataset(path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Dataset:
    """Read and check a data set: a folder of CSV files, an XLSX workbook or a JSON document.

    Raises
    ------
    DataError
        With every fault of every table.
    OSError
        If it cannot be opened.
    """
    with _uncollected():
        data = build(read_raw(path, limits=limits))
    logger.info("read %d applicants and %d units", len(data.applicants), len(data.units))
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


def read_raw(path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> RawDataset:
    """The tables as they stand, by the kind of the source.

    Raises
    ------
    DataError
        If the source is of no known kind.
    OSError
        If it cannot be opened.
    """
    path = Path(path)
    if path.is_dir():
        return read_folder(path, limits)
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist")
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        return read_workbook(path, limits)
    if suffix == ".json":
        return read_document(path, limits)
    raise DataError([Fault("unknown_format", file=path.name)])
