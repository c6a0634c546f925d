"""Who can take a vacant shift: everybody, ranked, with what it costs; and what forbids it for the others."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tildeling.rota.compiling.builder import Demand
from tildeling.rota.compiling.compiler import Compiled, compile_rota
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.rules.full_time import extra_order
from tildeling.rota.solution import Rota
from tildeling.texts import Lang, text
from tildeling_models.roster.substitutes import Substitute as Found
from tildeling_models.roster.substitutes import substitutes as moves


@dataclass(frozen=True, slots=True)
class Substitute:
    """Somebody who might take a shift.

    Attributes
    ----------
    legal
        Whether it breaks nothing that is not broken already.
    change
        (tier, by how much its value changes) of the tiers that change.
    order
        Place in the order in which staff are asked for extra work.
    reasons
        What forbids it, in the words of the rules.
    instead_of
        The shift the person would give up; None where the day is off.
    """

    staff_id: str
    legal: bool
    change: tuple[tuple[str, int], ...]
    order: int
    reasons: tuple[Demand, ...]
    instead_of: str | None

    def words(self, lang: Lang) -> str:
        """In one line: what changes, or what forbids it."""
        if not self.legal:
            return "; ".join(dict.fromkeys(reason.words(lang) for reason in self.reasons))
        parts = [f"{name} {value:+d}" for name, value in self.change] or ["±0"]
        if self.instead_of is not None:
            parts.append(text("rota.instead_of", lang, shift=self.instead_of))
        return ", ".join(parts)

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """For other programs."""
        return {
            "staff_id": self.staff_id,
            "legal": self.legal,
            "change": dict(self.change),
            "order": self.order,
            "instead_of": self.instead_of,
            "words": self.words(lang),
        }


def substitutes(data: RotaDataset, rota: Rota, staff_id: str, day: dt.date) -> list[Substitute]:
    """Everybody but the one who cannot come, those who can take the shift first.

    Ranked by the tiers, then by the order in which staff are asked for extra work (AML § 14-3), then by name.
    Whoever has another shift that day is asked last: theirs would be vacant in turn.

    Raises
    ------
    ValueError
        If there is no such shift.
    """
    code = rota.shift(staff_id, day)
    if code is None:
        raise ValueError(f"{staff_id} has no shift on {day}")
    compiled = compile_rota(data)
    vacant = compiled.roster(rota.changed(staff_id, day, None))
    at = compiled.frame.dates.index(day)
    found = [
        _substitute(compiled, each)
        for each in moves(compiled.problem, vacant, at, compiled.frame.codes[code])
        if data.staff[each.person].staff_id != staff_id
    ]
    return sorted(found, key=_rank)


def _substitute(compiled: Compiled, found: Found) -> Substitute:
    data, frame = compiled.frame.data, compiled.frame
    person = data.staff[found.person]
    reasons = []
    for each in found.forbids:
        if each.family == "cell":
            code, date = data.shifts[each.tag - 1].shift_code, frame.dates[each.day]
            key = "GIVEN.absent" if frame.absent[found.person, each.day] else "GIVEN.may_not"
            reasons.append(Demand("GIVEN", key, {"shift": code, "day": date}, person.staff_id))
        else:
            reasons.append(compiled.demands[each.tag])
    return Substitute(
        person.staff_id,
        found.legal,
        tuple(
            (name, value) for name, value in zip(compiled.problem.tiers, found.change, strict=True) if value
        ),
        extra_order(person),
        tuple(reasons),
        data.shifts[found.instead_of - 1].shift_code if found.instead_of else None,
    )


def _rank(one: Substitute) -> tuple[Any, ...]:
    change = dict(one.change)
    return (
        not one.legal, one.instead_of is not None, [change[name] for name in change], one.order, one.staff_id,
    )  # fmt: skip
