"""What a rule is: id, source, trust, texts, parameters, a check, and a way to lower it; one file per rule.

The checking half reads duties through a :class:`~tildeling.rota.case.Case`; the lowering half writes primitives
into a builder.  The two halves of a rule share no helper.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from tildeling.rota.case import Case
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.tables import Agreement
from tildeling.texts import Lang

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

Trust = Literal["H", "M", "L"]
"""H: the text of the act or agreement was seen; M: a secondary source; L: derived or remembered."""


class Params(BaseModel):
    """A rule's parameters, read from the rule set."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Limit(BaseModel):
    """A limit, and what it is under the deviations that agreements can permit."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    value: float
    by: Mapping[str, float] = {}

    def for_(self, data: RotaDataset, staff_id: str, day: dt.date) -> Allowed:
        """The widest limit that holds for someone on a day, and the agreement that it is by."""
        return self.over(data, staff_id, day, day)

    def over(self, data: RotaDataset, staff_id: str, first: dt.date, last: dt.date) -> Allowed:
        """The widest limit that holds for someone all through a stretch of days, and the agreement that it is by.

        Of several deviations in force the widest counts, whoever agreed to it.
        """
        found = Allowed(self.value, None)
        agreed = agreed_over(data, staff_id, first, last)
        for deviation, value in self.by.items():
            wider = value > found.value if self.upper else value < found.value
            if deviation in agreed and wider:
                found = Allowed(value, agreed[deviation].agreement_id)
        return found

    @property
    def upper(self) -> bool:
        """Whether it is a most, not a least: a deviation widens it."""
        return all(value >= self.value for value in self.by.values())


def agreed_over(data: RotaDataset, staff_id: str, first: dt.date, last: dt.date) -> Mapping[str, Agreement]:
    """Deviations that bind someone on the first and on the last day of a stretch, with the first day's agreement.

    Days of the past go by the first planned day, days beyond the plan by the last; in a cycle a day of another turn
    goes by the same day of the planned one.
    """
    begin, end = (_planned(data, day) for day in (first, last))
    agreed = data.agreed(staff_id, begin)
    if begin == end:
        return agreed
    later = data.agreed(staff_id, end)
    return {deviation: row for deviation, row in agreed.items() if deviation in later}


def _planned(data: RotaDataset, day: dt.date) -> dt.date:
    if data.cyclic:
        return data.days[(day - data.info.start).days % len(data.days)]
    return min(max(day, data.info.start), data.last_day)


@dataclass(frozen=True, slots=True)
class Allowed:
    """A limit as it holds for someone on a day; ``agreement`` is the id of what allows more than the law itself."""

    value: float
    agreement: str | None


@dataclass(frozen=True, slots=True)
class Breach:
    """A requirement not met: paragraph, person, day and amount stand in it.

    ``amount`` is how far outside the limit, in ``unit``; ``first_day``..``last_day`` the stretch it is about.
    ``hard`` is False for what is only pointed out.
    """

    rule: str
    requirement: str
    source: str
    staff_id: str = ""
    day: dt.date | None = None
    last_day: dt.date | None = None
    found: float = 0.0
    limit: float = 0.0
    unit: str = ""
    agreement: str | None = None
    hard: bool = True
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def amount(self) -> float:
        """How far outside the limit: negative when too little was found."""
        return self.found - self.limit

    def message(self, lang: Lang = "en") -> str:
        """The breach in words, paragraph first."""
        from tildeling.rota.rules import requirement_text

        words = requirement_text(self.requirement, lang).format(
            staff=self.staff_id, day=self.day, last_day=self.last_day,
            found=_number(self.found), limit=_number(self.limit), amount=_number(abs(self.amount)), **self.values,
        )  # fmt: skip
        return f"{self.source}: {words}" if self.source else words

    def as_json(self, lang: Lang = "en") -> dict[str, Any]:
        """For other programs."""
        return {
            "rule": self.rule,
            "requirement": self.requirement,
            "source": self.source,
            "staff_id": self.staff_id,
            "day": self.day.isoformat() if self.day else None,
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "found": self.found,
            "limit": self.limit,
            "unit": self.unit,
            "agreement": self.agreement,
            "message": self.message(lang),
        }


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Used:
    """A limit that an agreement allowed, as the result names it; ``staff_id`` may name several people."""

    rule: str
    staff_id: str
    agreement: str
    value: float


def _nothing(_case: Case, _params: Any) -> Iterable[Breach]:
    return ()


@dataclass(frozen=True)
class Rule:
    """A rule of working time.

    Parameters
    ----------
    texts
        Requirement id -> {nb, en}, with {places} for staff, day, found, limit, amount and values.
    check
        Breaches of a rota.
    lower
        Adds primitives; None where there is nothing an engine decides (a publishing check, a calculation).
    """

    id: str
    source: str
    trust: Trust
    nb: str
    en: str
    params: type[Params]
    texts: Mapping[str, Mapping[Lang, str]]
    check: Callable[[Case, Any], Iterable[Breach]] = _nothing
    lower: Callable[[Frame, Any, Builder], None] | None = None
