"""Numbers, dates and fixed words as people read them, in one language; whatever is reported on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from tildeling.texts import Lang, text

NBSP = "\u00a0"
DASH = "–"


class Plain:
    """How a report speaks, whatever its data set holds."""

    file: ClassVar[str]
    """Its texts: ``texts/FILE.toml``."""

    def __init__(self, lang: Lang, dataset_id: str, notices: tuple[str, str], made: dt.date) -> None:
        self.lang, self.dataset_id, self.made = lang, dataset_id, made
        self._notices = notices

    def __call__(self, key: str, /, **params: Any) -> str:
        """A text of this kind of report."""
        return text(f"{self.file}.{key}", self.lang, **params)

    def count(self, key: str, number: int, /, **params: Any) -> str:
        """A text about a number of things: ``KEY_one`` for one, else ``KEY_many``."""
        return self(f"{key}_one" if number == 1 else f"{key}_many", n=self.number(number), **params)

    @property
    def notice(self) -> str:
        """What the data set wants said in every output."""
        return self._notices[0] if self.lang == "nb" else self._notices[1]

    def number(self, value: float | Decimal | None, digits: int = 0) -> str:
        """A number with the language's separators; a dash for none."""
        if value is None:
            return DASH
        plain = f"{value:,.{digits}f}"
        if self.lang == "nb":
            plain = plain.replace(",", NBSP).replace(".", ",")
        return plain.replace("-", "−")

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A fraction as a percentage."""
        if share is None:
            return DASH
        return self.number(share * 100, digits) + (f"{NBSP}%" if self.lang == "nb" else "%")

    def date(self, day: dt.date | None) -> str:
        """A date as it is written in the language."""
        if day is None:
            return ""
        return f"{day:%d.%m.%Y}" if self.lang == "nb" else f"{day:%Y-%m-%d}"

    def enum(self, value: StrEnum) -> str:
        """A fixed word of a column."""
        return text(f"values.{type(value).__name__}__{value.value}", self.lang)
