"""Classes of what is kept, as a table: after how many days each goes, and on what ground."""

from __future__ import annotations

import datetime as dt
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tildeling.errors import UsageError
from tildeling.texts import Lang

FILE = "classes.toml"


class Class(BaseModel):
    """One class; without ``days`` nothing of it is ever purged by a command."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    holds: Literal["datasets", "jobs", "events", "accounts"]
    days: int | None = Field(None, ge=1, le=36_500)
    nb: str
    en: str
    source: str

    def covers(self, lang: Lang) -> str:
        """What it covers, in words."""
        return self.nb if lang == "nb" else self.en


class _Change(BaseModel):
    """What a file may say of a class."""

    model_config = ConfigDict(extra="forbid")

    days: int = Field(ge=1, le=36_500)
    source: str = Field(min_length=1, max_length=400)


def known() -> dict[str, Class]:
    """The classes that come with the service."""
    table = tomllib.loads(files("tildeling_api.retention").joinpath(FILE).read_text(encoding="utf-8"))
    return {name: Class.model_validate(each) for name, each in table.items()}


def classes(path: Path | None = None) -> dict[str, Class]:
    """The classes in force: those of the service, with ``days`` and ``source`` as a file says.

    Raises
    ------
    UsageError
        If the file cannot be read, or names a class that is none, is never purged, or lacks days or ground.
    """
    found = known()
    if path is None:
        return found
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise UsageError(f"{path}: is no TOML file: {error}") from error
    for name, given in own.items():
        if name not in found or found[name].days is None:
            timed = ", ".join(each for each, kept in found.items() if kept.days is not None)
            raise UsageError(f"{path} '{name}': is not one of {timed}")
        try:
            change = _Change.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join([name, *(str(part) for part in first["loc"])])
            raise UsageError(f"{path} '{place}': {first['msg']}") from error
        found[name] = found[name].model_copy(update=change.model_dump())
    return found


def cutoffs(
    found: dict[str, Class], at: dt.datetime, only: str | None = None, before: dt.date | None = None
) -> dict[str, dt.datetime]:
    """The moment before which each class goes: a day that is named, else as many days ago as the class says.

    Raises
    ------
    UsageError
        If there is no class of the name, it is never purged, or the day is not past.
    """
    timed = {name: each.days for name, each in found.items() if each.days is not None}
    if only is not None and only not in timed:
        raise UsageError(f"--class {only}: is not one of {', '.join(timed)}")
    chosen = {name: days for name, days in timed.items() if only in (None, name)}
    if before is None:
        return {name: at - dt.timedelta(days=days) for name, days in chosen.items()}
    moment = dt.datetime.combine(before, dt.time(), dt.UTC)
    if moment > at:
        raise UsageError(f"--before {before}: is not past")
    return dict.fromkeys(chosen, moment)
