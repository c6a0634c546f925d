"""What is known of each column, derived from the row classes: kind, limits, allowed words, titles."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

import annotated_types
from pydantic.fields import FieldInfo

from tildeling.files.cells import normal_title
from tildeling.files.homes import HOUSING
from tildeling.files.kind import Kind
from tildeling.rows import CLOCK, CODE, ID
from tildeling.texts import Lang, text


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; ``prefix`` begins the names of the files of its texts."""

    prefix: str
    table: str
    name: str
    kind: str
    required: bool
    default: Any
    en: str
    nb: str
    unit: str | None
    low: int | None
    high: int | None
    longest: int | None
    choices: tuple[str, ...]
    choice_class: str
    target: str | None

    def title(self, lang: Lang) -> str:
        """The header: the field's name in English, its title in Norwegian."""
        return self.nb if lang == "nb" else self.name

    def description(self, lang: Lang) -> str:
        """What it holds, in words."""
        return self.en if lang == "en" else text(f"{self.prefix}columns.{self.table}__{self.name}", "nb")

    def choice_name(self, choice: str, lang: Lang) -> str:
        """What one of the fixed words is called."""
        return text(f"{self.prefix}values.{self.choice_class}__{choice}", lang)

    def words(self) -> Mapping[str, str]:
        """The fixed words by every name they go by, in normal form."""
        return {
            normal_title(name): choice
            for choice in self.choices
            for name in (self.choice_name(choice, "nb"), self.choice_name(choice, "en"), choice)
        }


def _facts(annotation: Any, metadata: list[Any]) -> tuple[Any, list[Any]]:
    """The innermost type of a field and every constraint on the way there."""
    found = list(metadata)
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *extra = get_args(annotation)
            for item in extra:
                found.extend(item.metadata if isinstance(item, FieldInfo) else [item])
        elif origin in (Union, types.UnionType):
            annotation = next(part for part in get_args(annotation) if part is not type(None))
        else:
            return annotation, found


def _kind(inner: Any, unit: Any, patterns: list[str], *, score: bool) -> str:
    """How a column's cells are read; ``score`` where it runs from 1 to 5 and 9 is "not relevant"."""
    if get_origin(inner) is tuple:
        return "list"
    if get_origin(inner) is dict:
        return "hours"
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        return "choice"
    if inner is int:
        return "score" if score else "whole"
    if CLOCK in patterns:
        return "clock"
    if ID in patterns:
        return "id"
    if CODE in patterns:
        return "code"
    if unit == "%":
        return "percent"
    return {bool: "boolean", dt.date: "date", Decimal: "decimal", str: "text"}[inner]


def _choices(inner: Any) -> type[StrEnum] | None:
    if get_origin(inner) is tuple:
        inner = get_args(inner)[0]
    return inner if isinstance(inner, type) and issubclass(inner, StrEnum) else None


@cache
def columns(table: str, kind: Kind[Any] = HOUSING) -> Mapping[str, Column]:
    """The columns of a table by name, in their order."""
    targets = {column: target for name, column, target in kind.references if name == table}
    found: dict[str, Column] = {}
    for name, info in kind.tables[table].model_fields.items():
        inner, metadata = _facts(info.annotation, info.metadata)
        low: Any = next((item.ge for item in metadata if isinstance(item, annotated_types.Ge)), None)
        if low is None:
            low = next((item.gt for item in metadata if isinstance(item, annotated_types.Gt)), None)
        high = next((item.le for item in metadata if isinstance(item, annotated_types.Le)), None)
        longest = next((i.max_length for i in metadata if isinstance(i, annotated_types.MaxLen)), None)
        patterns = [item.pattern for item in metadata if getattr(item, "pattern", None)]
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        unit = extra.get("unit")
        choices = _choices(inner)
        found[name] = Column(
            prefix=kind.prefix,
            table=table,
            name=name,
            kind=_kind(inner, unit, patterns, score=kind.nine_is_empty and (low, high) == (1, 5)),
            required=info.is_required(),
            default=None if info.is_required() else info.default,
            en=info.description or "",
            nb=str(extra["nb"]),
            unit=str(unit) if unit else None,
            low=low if isinstance(low, int) else None,
            high=high if isinstance(high, int) else None,
            longest=longest,
            choices=tuple(choices) if choices else (),
            choice_class=choices.__name__ if choices else "",
            target=targets.get(name),
        )
    return found


@cache
def _titles(table: str, kind: Kind[Any]) -> Mapping[str, str]:
    known = {normal_title(column.nb): name for name, column in columns(table, kind).items()}
    return known | {normal_title(name): name for name in columns(table, kind)}


def column_named(table: str, title: str, kind: Kind[Any] = HOUSING) -> str | None:
    """The column a header means, by its name or its Norwegian title."""
    return _titles(table, kind).get(normal_title(title))
