"""Raw cells of CSV, workbook and JSON alike made into typed values, a column at a time.

Lenient in form (decimal comma, ``dd.mm.yyyy``, ja/nei), strict in meaning: what cannot be read becomes
``Unreadable`` and is reported by the row's own validation, with the cell as it was written.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final

from tildeling.rows import LIST_SEPARATOR, clock


class Unreadable:
    """A cell that is no value of its column's type."""

    __slots__ = ("raw",)

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def __str__(self) -> str:
        return str(self.raw)


class _Empty:
    """Stands for a cell without content; the column's default applies."""

    def __repr__(self) -> str:
        return "EMPTY"


EMPTY: Final = _Empty()

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]{1,15})(?:[.,][0-9]{1,15})?")
_WHOLE = re.compile(r"[+-]?(?:[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]{1,15})(?:[.,]0{1,15})?")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_DOTTED_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_JOINTS = re.compile(r"[\s_\-]+")
_DAY = dt.timedelta(days=1)
_GROUPING = str.maketrans("", "", " \u00a0\u202f")
_BOOLEANS = {
    **dict.fromkeys(("true", "1", "yes", "ja", "sant", "1.0"), True),
    **dict.fromkeys(("false", "0", "no", "nei", "usann", "0.0"), False),
}


def plain_lines(text: str) -> str:
    """Line ends as a single newline, which is what every format can hold."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def read_text(raw: Any) -> Any:
    """Texts, names and codes: a number typed into a spreadsheet is the digits seen there."""
    if isinstance(raw, str):
        return plain_lines(raw.strip()) or EMPTY
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int):
        return str(raw)
    if isinstance(raw, float) and math.isfinite(raw):
        return str(int(raw)) if raw.is_integer() and abs(raw) < 1e15 else f"{raw:.15g}"
    if isinstance(raw, dt.date | dt.time):
        return raw.isoformat()
    return Unreadable(raw)


def read_whole(raw: Any) -> Any:
    """Whole numbers; ``3.0`` from a spreadsheet is 3, ``2.5`` is none."""
    if isinstance(raw, str):
        word = raw.strip()
        if _WHOLE.fullmatch(word):
            return int(re.split("[.,]", word.translate(_GROUPING))[0])
        return Unreadable(raw)
    if isinstance(raw, bool):
        return Unreadable(raw)
    if isinstance(raw, int):
        return raw
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return int(raw)
    return Unreadable(raw)


def read_score(raw: Any) -> Any:
    """Scores 1 to 5; 9 is "not relevant" in IPLOS and counts as missing."""
    value = read_whole(raw)
    return EMPTY if value == 9 and not isinstance(value, Unreadable) else value


def read_decimal(raw: Any) -> Any:
    """Numbers with decimal point or comma; spaces may group thousands."""
    if isinstance(raw, str):
        word = raw.strip()
        if _NUMBER.fullmatch(word):
            return Decimal(word.translate(_GROUPING).replace(",", "."))
        return Unreadable(raw)
    if isinstance(raw, bool):
        return Unreadable(raw)
    if isinstance(raw, float):
        # A spreadsheet shows 15 digits; those after are noise of binary fractions.
        return Decimal(f"{raw:.15g}") if abs(raw) < 1e15 else Unreadable(raw)
    if isinstance(raw, int):
        return Decimal(raw) if abs(raw) < 10**15 else Unreadable(raw)
    return Unreadable(raw)


def read_percent(raw: Any) -> Any:
    """Numbers as in :func:`read_decimal`, with or without a sign for per cent after them."""
    return read_decimal(raw.strip().removesuffix("%")) if isinstance(raw, str) else read_decimal(raw)


def read_clock(raw: Any) -> Any:
    """Times of day as planners write them: ``7``, ``0730``, ``7.30``, ``07:30``; a spreadsheet's time."""
    if isinstance(raw, dt.timedelta):
        # What a cell with a format for durations holds.
        return clock((dt.datetime.min + raw).time()) if dt.timedelta() <= raw < _DAY else Unreadable(raw)
    if isinstance(raw, dt.time):
        return clock(raw)
    if isinstance(raw, dt.date | bool):
        return Unreadable(raw)
    word = read_text(raw)
    return clock(word) if isinstance(word, str) else word


def read_boolean(raw: Any) -> Any:
    """ja/nei, yes/no, true/false, sant/usann, 1/0."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str | int | float):
        word = raw.strip().casefold() if isinstance(raw, str) else str(raw)
        return _BOOLEANS.get(word, Unreadable(raw))
    return Unreadable(raw)


def read_date(raw: Any) -> Any:
    """ISO dates or ``dd.mm.yyyy``; a date with a time of day is refused unless it is midnight."""
    if isinstance(raw, dt.datetime):
        return raw.date() if raw.time() == dt.time() else Unreadable(raw)
    if isinstance(raw, dt.date):
        return raw
    if isinstance(raw, str):
        word = raw.strip()
        try:
            if match := _ISO_DATE.fullmatch(word):
                return dt.date(int(match[1]), int(match[2]), int(match[3]))
            if match := _DOTTED_DATE.fullmatch(word):
                return dt.date(int(match[3]), int(match[2]), int(match[1]))
        except ValueError:
            pass
    return Unreadable(raw)


def read_choice(raw: Any) -> Any:
    """A word of a fixed set; which one is found with the column's names for them."""
    if isinstance(raw, str):
        return raw.strip() or EMPTY
    return Unreadable(raw)


def read_list(raw: Any) -> Any:
    """``a|b`` or a JSON list; parts are checked by the row."""
    if isinstance(raw, str):
        return tuple(part for word in raw.split(LIST_SEPARATOR) if (part := word.strip())) or EMPTY
    if isinstance(raw, list | tuple):
        return tuple(part.strip() if isinstance(part, str) else part for part in raw)
    word = read_text(raw)
    return word if isinstance(word, Unreadable) else (word,)


def read_hours(raw: Any) -> Any:
    """``nurse=3,5|other=1`` or a JSON object; pairs are checked by the row."""
    if isinstance(raw, str):
        return raw.strip() or EMPTY
    if isinstance(raw, dict):
        return {
            name: (Unreadable(hours) if isinstance(hours, bool) else hours) for name, hours in raw.items()
        }
    return Unreadable(raw)


READERS: dict[str, Callable[[Any], Any]] = {
    "text": read_text,
    "id": read_text,
    "code": read_text,
    "whole": read_whole,
    "score": read_score,
    "decimal": read_decimal,
    "percent": read_percent,
    "clock": read_clock,
    "boolean": read_boolean,
    "date": read_date,
    "choice": read_choice,
    "list": read_list,
    "hours": read_hours,
}
"""How a column of each kind is read."""


def read_column(raws: Sequence[Any], kind: str, names: Mapping[str, str] | None = None) -> list[Any]:
    """Every cell of a column; words that repeat are read once.

    ``names`` maps names a word goes by (in normal form) to the word that stands in the data.
    """
    read = READERS[kind]
    if names:
        read = partial(_read_named_hours if kind == "hours" else _read_named, read, names)
    words = set(raws) if set(map(type, raws)) <= {str, type(None)} else {r for r in raws if type(r) is str}
    known: dict[str | None, Any] = {word: read(word) for word in words if word and not word.isspace()}
    if len(known) < len(words):
        known |= dict.fromkeys(words - known.keys(), EMPTY)
    known[None] = EMPTY
    return [known[raw] if raw is None or type(raw) is str else read(raw) for raw in raws]


def _read_named(read: Callable[[Any], Any], names: Mapping[str, str], raw: Any) -> Any:
    value = read(raw)
    if isinstance(value, str):
        return names.get(normal_title(value), value)
    if isinstance(value, tuple):
        return tuple(names.get(normal_title(part), part) if isinstance(part, str) else part for part in value)
    return value


def _read_named_hours(read: Callable[[Any], Any], names: Mapping[str, str], raw: Any) -> Any:
    value = read(raw)
    if isinstance(value, str):
        pairs = (part.partition("=") for part in value.split(LIST_SEPARATOR))
        return LIST_SEPARATOR.join(
            f"{names.get(normal_title(name), name)}{sign}{hours}" for name, sign, hours in pairs
        )
    return value


def normal_title(title: str) -> str:
    """A title or name without what people vary: case, spaces, hyphens, a mark for required columns."""
    return _JOINTS.sub("_", title.strip().rstrip("*").strip().casefold())
