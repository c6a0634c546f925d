"""What every table's row class is made of: field types, documentation of columns, the frozen base."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, PlainSerializer

LIST_SEPARATOR = "|"

ID = r"^[A-Za-z0-9ÆØÅæøå][A-Za-z0-9ÆØÅæøå_.:\-]{0,59}$"
CODE = r"^[a-z0-9][a-z0-9_]{0,59}$"
PLAIN = r"^[^\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]*$"
"""Text without control characters, which a workbook cannot hold; line ends are a single \\n."""
CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"


def split(value: Any) -> Any:
    """Turn a cell ``a|b`` into a list; leave lists (from JSON) as they are."""
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(LIST_SEPARATOR) if part.strip())
    return value


def split_hours(value: Any) -> Any:
    """Turn a cell ``nurse=3.5|social_educator=10`` into a mapping."""
    if value is None:
        return {}
    if not isinstance(value, str):
        return value
    pairs: dict[str, str] = {}
    for part in value.split(LIST_SEPARATOR):
        if part.strip():
            name, sign, hours = part.partition("=")
            if not sign or name.strip() in pairs:
                raise ValueError("must be competence=hours pairs, each competence once, separated by |")
            pairs[name.strip()] = hours.strip().replace(",", ".")
    return pairs


def clock(value: Any) -> Any:
    """A time of day as planners write it: ``7``, ``0730``, ``7.30``, ``07:30``; a spreadsheet's time."""
    if isinstance(value, dt.time | dt.datetime):
        return f"{value:%H:%M}"
    words = str(value).strip()
    found = re.fullmatch(r"(\d{1,2})(?:[:.]?(\d{2}))?(?::00)?", words)
    return f"{int(found[1]):02d}:{found[2] or '00'}" if found else words


Id = Annotated[str, Field(pattern=ID)]
Code = Annotated[str, Field(pattern=CODE)]
Text = Annotated[str, Field(max_length=400, pattern=PLAIN)]
Codes = Annotated[tuple[Code, ...], BeforeValidator(split)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(split)]
Clock = Annotated[str, Field(pattern=CLOCK), BeforeValidator(clock)]
Amount = Annotated[
    Decimal, Field(ge=0, decimal_places=2), PlainSerializer(float, return_type=float, when_used="json")
]
"""Without an upper limit: of two on one column pydantic keeps the wider, so each kind has its own."""
Hours = Annotated[Amount, Field(le=1_000_000)]
WeekHours = Annotated[Amount, Field(le=400)]
"""Care hours of one person in a week."""
Percent = Annotated[
    Decimal,
    Field(ge=0, le=100, decimal_places=3),
    PlainSerializer(float, return_type=float, when_used="json"),
]
HoursBy = Annotated[dict[Code, Hours], BeforeValidator(split_hours)]
Score = Annotated[int, Field(ge=1, le=5)]


def field(en: str, nb: str, *, default: Any = ..., unit: str | None = None, **limits: Any) -> Any:
    """Declare a documented column: English description, Norwegian title, unit, limits."""
    extra: dict[str, JsonValue] = {"nb": nb, "unit": unit} if unit else {"nb": nb}
    return Field(default, description=en, json_schema_extra=extra, **limits)


class Row(BaseModel):
    """A row of a table: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    nb: ClassVar[str]
