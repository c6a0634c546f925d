"""Two proposals side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tildeling.housing.check import check
from tildeling.housing.dataset import Dataset
from tildeling.housing.solution import Solution
from tildeling.texts import Lang
from tildeling.texts import text as say

MOST_SAID = 1_000
"""Differences of one kind that are said one by one; JSON holds all."""


@dataclass(frozen=True)
class Difference:
    """What differs: tier values, breaches, people by unit, groups by base ("" for none)."""

    tiers: tuple[tuple[str, int, int], ...]
    breaches: tuple[int, int]
    people: tuple[tuple[str, str, str], ...]
    bases: tuple[tuple[str, str, str], ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "tiers": [{"name": name, "one": one, "other": other} for name, one, other in self.tiers],
            "breaches": {"one": self.breaches[0], "other": self.breaches[1]},
            "applicants": [{"applicant": who, "one": one, "other": other} for who, one, other in self.people],
            "bases": [{"group": group, "one": one, "other": other} for group, one, other in self.bases],
        }

    def text(self, lang: Lang) -> str:
        """In words."""
        lines = [
            say("explain.compare_tier", lang, tier=name, one=one, other=other)
            for name, one, other in self.tiers
        ]
        if any(self.breaches):
            lines.append(say("explain.compare_breaches", lang, one=self.breaches[0], other=self.breaches[1]))
        for key, rows in (("compare_people", self.people), ("compare_bases", self.bases)):
            if rows:
                lines.append(say(f"explain.{key}", lang, count=len(rows)))
                lines += [
                    "  "
                    + say("explain.compare_person", lang, applicant=who, one=one or "–", other=other or "–")
                    for who, one, other in rows[:MOST_SAID]
                ]
                if len(rows) > MOST_SAID:
                    lines.append("  " + say("explain.compare_more", lang, count=len(rows) - MOST_SAID))
        if not self.people and not self.bases:
            lines.append(say("explain.compare_same", lang))
        return "\n".join(lines)


def compare(data: Dataset, one: Solution, other: Solution) -> Difference:
    """Compare two proposals of a data set; both are checked."""
    reports = check(data, one), check(data, other)
    tiers = tuple((a.name, a.value, b.value) for a, b in zip(reports[0].tiers, reports[1].tiers, strict=True))
    return Difference(
        tiers,
        (len(reports[0].breaches), len(reports[1].breaches)),
        _rows(one.placements, other.placements),
        _rows(one.bases, other.bases),
    )


def _rows(one: Any, other: Any) -> tuple[tuple[str, str, str], ...]:
    keys = sorted(set(one) | set(other))
    return tuple(
        (key, one.get(key, ""), other.get(key, "")) for key in keys if one.get(key) != other.get(key)
    )
