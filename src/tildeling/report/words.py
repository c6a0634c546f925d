"""Numbers, dates, codes and names as people read them, in one language."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tildeling.housing.dataset import Dataset
from tildeling.housing.indicators import Amount, Hidden
from tildeling.texts import Lang, text

NBSP = "\u00a0"
DASH = "–"


class Words:
    """How one report speaks of one data set."""

    def __init__(self, data: Dataset, lang: Lang) -> None:
        self.data, self.lang = data, lang
        self._targets = abbreviations(
            {code: getattr(name, lang) for code, name in data.policy.target_groups.items()}
        )

    def __call__(self, key: str, /, **params: Any) -> str:
        """A text of ``texts/report.toml``."""
        return text(f"report.{key}", self.lang, **params)

    def count(self, key: str, number: int, /, **params: Any) -> str:
        """A text about a number of things: ``KEY_one`` for one, else ``KEY_many``."""
        return self(f"{key}_one" if number == 1 else f"{key}_many", n=self.number(number), **params)

    @property
    def notice(self) -> str:
        """What the data set wants said in every output."""
        info = self.data.info
        return info.notice_nb if self.lang == "nb" else info.notice_en

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

    def target(self, code: str) -> str:
        """A target group's name."""
        name = self.data.policy.target_groups.get(code)
        return str(getattr(name, self.lang)) if name else code

    def target_short(self, code: str) -> str:
        """A target group's abbreviation, explained in the legend."""
        return self._targets.get(code, code)

    def competence(self, code: str) -> str:
        """A competence's name."""
        name = self.data.policy.competences.get(code)
        return str(getattr(name, self.lang)) if name else code

    def code(self, code: str) -> str:
        """A district's name, or a code that has none as words."""
        named = self.data.policy.districts.get(code)
        if named is not None:
            return named.nb if self.lang == "nb" else named.en
        return code.replace("_", " ").capitalize()

    def place(self, place: str) -> str:
        """A place wish ``kind:id`` in words."""
        kind, _, name = place.partition(":")
        names = {"site": self.site, "community": self.community, "group": self.group, "district": self.code}
        return self(f"place_{kind}", name=names.get(kind, str)(name))

    def site(self, site_id: str) -> str:
        """A site's name."""
        return self.data.site[site_id].name or site_id

    def community(self, community_id: str) -> str:
        """A community's name."""
        return self.data.community[community_id].name or community_id

    def group(self, group_id: str) -> str:
        """A group's name."""
        return self.data.group[group_id].name or group_id

    def base(self, base_id: str) -> str:
        """A base's name."""
        return self.data.base[base_id].name or base_id if base_id in self.data.base else base_id

    def amount(self, amount: Amount | None, unit: str) -> str:
        """A count or share, or what stands for a hidden one."""
        if amount is None:
            return DASH
        if amount.count is None:
            hidden = "<5" if amount.hidden is Hidden.SMALL else self("hidden")
            return hidden if amount.of is None else self("of", n=hidden, total=self.number(amount.of))
        if unit == "share":
            part = self("of", n=self.number(amount.count), total=self.number(amount.of))
            return f"{self.percent(amount.share, 1)} ({part})"
        return self.number(amount.count)


_SMALL_WORDS = frozenset(
    {"eller", "og", "med", "uten", "i", "på", "for", "or", "and", "with", "without", "in", "of", "people"}
)


def abbreviations(names: dict[str, str]) -> dict[str, str]:
    """Two to four capitals for each name, no two alike: initials, or the beginning of a single word."""
    found: dict[str, str] = {}
    for code, name in sorted(names.items()):
        words = [w.strip("(),.-–") for w in name.split()]
        words = [w for w in words if w and w.lower() not in _SMALL_WORDS] or [code]
        initials = "".join(word[0] for word in words[:3]) if len(words) > 1 else words[0][:3]
        short, number = initials.upper(), 2
        while short in found.values():
            short = f"{initials.upper()[:3]}{number}"
            number += 1
        found[code] = short
    return found
