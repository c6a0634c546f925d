"""Sets of instances: by name, for those published; or by a file of one's own."""

from __future__ import annotations

import csv
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tildeling.errors import UsageError
from tildeling.published import FORMATS

FOLDER = "TILDELING_BENCHMARKS"
"""Names the folder that published instances lie in."""


class Part(BaseModel):
    """Instances of one format; see ``sets.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str
    files: tuple[str, ...] = ()
    instances_from: str = ""
    best_known: str = ""
    best_columns: tuple[str, ...] = ()
    sense: Literal["min", "max"] = "min"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.format not in FORMATS:
            raise ValueError(f"format {self.format!r} is not one of {', '.join(FORMATS)}")
        if bool(self.files) == bool(self.instances_from):
            raise ValueError("either files or instances_from must be given")
        if bool(self.best_known) != bool(self.best_columns):
            raise ValueError("best_known and best_columns go together")
        return self


class _Set(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    part: Annotated[tuple[Part, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Case:
    """An instance of a set, and the best value that is published of it."""

    form: str
    path: Path
    best: Decimal | None

    @property
    def name(self) -> str:
        """As files are called."""
        return self.path.stem


def names() -> tuple[str, ...]:
    """The sets that have a name."""
    return tuple(_named())


def cases(chosen: str) -> list[Case]:
    """The instances of a set, by its name or its file.

    Raises
    ------
    UsageError
        With every fault: no such set, a file of another form, instances that are not there.
    """
    named = _named()
    if chosen in named:
        folder = os.environ.get(FOLDER)
        if not folder:
            raise UsageError(f"--set {chosen}: {FOLDER} must name the folder that its instances lie in")
        return _found(chosen, _Set.model_validate(named[chosen]), Path(folder))
    path = Path(chosen)
    if not path.is_file():
        raise UsageError(f"--set {chosen}: is neither a file nor one of {', '.join(named)}")
    try:
        return _found(
            chosen, _Set.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))), path.parent
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"--set {chosen}: {error}") from error
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise UsageError("\n".join(f"--set {chosen}: {fault}" for fault in faults)) from error


def _named() -> Mapping[str, object]:
    return tomllib.loads(files("tildeling.bench").joinpath("sets.toml").read_text(encoding="utf-8"))


def _found(chosen: str, wanted: _Set, folder: Path) -> list[Case]:
    found: list[Case] = []
    faults: list[str] = []
    for part in wanted.part:
        paths = _paths(part, folder, faults)
        best = _best(part, folder, faults)
        found += [Case(part.format, path, best.get(path.stem)) for path in paths]
    if faults:
        raise UsageError("\n".join(f"--set {chosen}: {fault}" for fault in faults))
    return found


def _paths(part: Part, folder: Path, faults: list[str]) -> list[Path]:
    if part.instances_from:
        table = folder / part.instances_from
        return [table.parent / row["instance"] for row in _rows(table, ["instance"], faults)]
    paths: list[Path] = []
    for pattern in part.files:
        if Path(pattern).is_absolute():
            faults.append(f"files {pattern}: must be below {folder}")
            continue
        matching = sorted(folder.glob(pattern), key=_natural)
        if not matching:
            faults.append(f"no file matches {folder / pattern}")
        paths += matching
    return paths


def _best(part: Part, folder: Path, faults: list[str]) -> dict[str, Decimal]:
    """The best value known of each instance, as it is published."""
    if not part.best_known:
        return {}
    best = min if part.sense == "min" else max
    found: dict[str, Decimal] = {}
    for row in _rows(folder / part.best_known, ["instance", *part.best_columns], faults):
        told = [row[column] for column in part.best_columns if row[column]]
        try:
            if told:
                found[row["instance"]] = best(Decimal(value) for value in told)
        except InvalidOperation:
            faults.append(f"{part.best_known}, {row['instance']}: must be numbers: {', '.join(told)}")
    return found


def _rows(path: Path, columns: list[str], faults: list[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            faults += [f"{path}: column {column} is missing" for column in missing]
            return [] if missing else list(reader)
    except (OSError, UnicodeDecodeError) as error:
        faults.append(f"{path}: {getattr(error, 'strerror', None) or error}")
        return []


def _natural(path: Path) -> list[tuple[bool, int, str]]:
    """So that Instance10 comes after Instance9."""
    parts = re.split(r"(\d+)", path.as_posix())
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]
