"""From tables to a folder: a data set with a policy that holds only what differs from the default."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tildeling.errors import DataError
from tildeling.files import write_dataset
from tildeling.housing.dataset import Dataset
from tildeling.housing.generate.homes import Estate
from tildeling.housing.policy import Policy, merged_with_default
from tildeling.housing.tables import TABLES, DatasetInfo, TravelTime
from tildeling.rows import Row

POLICY_FILE = "policy.toml"
FILES = frozenset({POLICY_FILE, *(f"{name}.csv" for name in TABLES)})
"""What :func:`write_instance` writes."""


def dataset_of(
    info: DatasetInfo,
    policy_toml: str,
    estate: Estate,
    travel_times: Iterable[TravelTime],
    **people: Iterable[Row],
) -> Dataset:
    """A data set of an estate and its people, under the default policy with ``policy_toml`` laid over it.

    Raises
    ------
    DataError
        If a check that reaches across rows or tables fails.
    """
    tables: dict[str, Any] = {name: tuple(rows) for name, rows in people.items()}
    data = Dataset(
        info=info,
        policy=Policy.model_validate(merged_with_default(tomllib.loads(policy_toml))),
        units=tuple(estate.units),
        groups=tuple(estate.groups),
        communities=tuple(estate.communities),
        sites=tuple(estate.sites),
        bases=tuple(estate.bases),
        travel_times=tuple(travel_times),
        **tables,
    )
    faults = data.faults()
    if faults:
        raise DataError(faults)
    return data


def write_instance(data: Dataset, folder: Path, policy_toml: str) -> None:
    """Write the tables as CSV, and the policy as it was given rather than merged with the default."""
    write_dataset(data, folder, force=True)
    (folder / POLICY_FILE).write_text(policy_toml, encoding="utf-8")
