"""A data set to any of the formats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from tildeling.files.document import write_document
from tildeling.files.folder import is_table_file, write_folder
from tildeling.files.kinds import kind_of
from tildeling.files.policies import policy_content, policy_to_toml
from tildeling.files.saving import refuse_existing, whole_file, whole_folder
from tildeling.files.workbook import write_workbook
from tildeling.housing.dataset import Dataset
from tildeling.rota.dataset import RotaDataset
from tildeling.rows import LIST_SEPARATOR

Sheets = Iterator[tuple[str, Sequence[str], Iterator[Sequence[Any]]]]


def write_dataset(dataset: Dataset | RotaDataset, path: str | Path, *, force: bool = False) -> None:
    """Write a data set of any kind: a workbook for ``.xlsx``, a document for ``.json``, else a folder of CSV files.

    The target appears whole or not at all; in a folder that exists, files of other kinds are kept.

    Raises
    ------
    UsageError
        If the target exists and ``force`` is off.
    DataError
        If the policy holds a parameter no format can say.
    OSError
        If it cannot be written.
    """
    path = Path(path)
    refuse_existing(path, force=force)
    if path.suffix.lower() == ".json":
        content = policy_content(dataset.policy)
        with whole_file(path) as draft:
            write_document(draft, _rows_of(dataset), content)
        return
    policy = policy_to_toml(dataset.policy)
    if path.suffix.lower() == ".xlsx":
        with whole_file(path) as draft:
            write_workbook(draft, _sheets_of(dataset), policy)
    else:
        with whole_folder(path, is_table_file) as draft:
            write_folder(draft, _sheets_of(dataset), policy)


def _rows_of(dataset: Dataset | RotaDataset) -> dict[str, Any]:
    rows = {
        name: [row.model_dump(mode="json") for row in dataset.table(name)] for name in kind_of(dataset).tables
    }
    return {**rows, "dataset": rows["dataset"][0]}


def _sheets_of(dataset: Dataset | RotaDataset) -> Sheets:
    for name, row_type in kind_of(dataset).tables.items():
        header = list(row_type.model_fields)
        rows = dataset.table(name)
        yield name, header, ([cell_of(value) for value in vars(row).values()] for row in rows)


def cell_of(value: Any) -> Any:
    """A value as one cell: lists joined, mappings as pairs; numbers, dates and booleans as they are."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return LIST_SEPARATOR.join(f"{name}={_number(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return LIST_SEPARATOR.join(str(cell_of(part)) for part in value)
    if isinstance(value, Decimal):
        return Decimal(_number(value))
    return value


def _number(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
