"""COERCION: where there is a decision on coercion, two are present, one of them with a degree, by its terms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from tildeling.rota import cover_days
from tildeling.rota.case import Case
from tildeling.rota.compiling.cover_days import activities, qualified
from tildeling.rota.rules.rule import Breach, Params, Rule
from tildeling.rota.tables import Weekday
from tildeling_models.roster.problem import Cover

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "Health and Care Services Act ch. 9"


class Decision(BaseModel):
    """The terms of a decision: on which shifts, between which days, how many with what.

    ``shift_codes`` are shifts that overlap the hours it is about: all of them count together, so a decision about
    day and evening has one entry for each.  No ``weekdays`` means every day.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    shift_codes: tuple[str, ...] = Field(min_length=1)
    weekdays: tuple[Weekday, ...] = ()
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    present: int = Field(default=2, ge=0)
    skilled: int = Field(default=1, ge=0)
    competence: str = "degree"


class CoercionParams(Params):
    """Decisions in force; they are a data set's own, and no rule set has any."""

    decisions: tuple[Decision, ...] = ()


def check(case: Case, params: CoercionParams) -> Iterator[Breach]:
    """Days with fewer than a decision says, in all or with the competence."""
    for decision in params.decisions:
        for day in case.data.days:
            if not _in_force(decision, day):
                continue
            for text, least, competence in (
                ("COERCION.present", decision.present, None),
                ("COERCION.skilled", decision.skilled, decision.competence),
            ):
                count = cover_days.present(case, day, decision.shift_codes, competence)
                if count < least:
                    values = {"name": decision.name, "competence": decision.competence}
                    yield Breach(
                        "COERCION", text, SOURCE, "", day, day, count, least, "persons", None, True, values
                    )


def _in_force(decision: Decision, day: dt.date) -> bool:
    return (
        (not decision.weekdays or list(Weekday)[day.weekday()] in decision.weekdays)
        and (decision.first_day is None or decision.first_day <= day)
        and (decision.last_day is None or day <= decision.last_day)
    )


def lower(frame: Frame, params: CoercionParams, builder: Builder) -> None:
    """Two covers for each day of a decision."""
    for decision in params.decisions:
        of = activities(frame, decision.shift_codes)[None]
        for day in frame.planned.tolist():
            date = frame.dates[day]
            if decision.weekdays and date.strftime("%A").lower() not in decision.weekdays:
                continue
            if date < (decision.first_day or date) or date > (decision.last_day or date):
                continue
            tag = builder.demand("COERCION", "COERCION.need", name=decision.name, day=date)
            for least, competence in ((decision.present, None), (decision.skilled, decision.competence)):
                who = qualified(frame, competence)
                builder.add(Cover(days=np.array([day]), who=who, of=of, least=least, tag=tag))


RULE = Rule(
    id="COERCION",
    source=SOURCE,
    trust="L",
    nb="Vedtak om tvang: to til stede, en av dem høyskoleutdannet",
    en="Decision on coercion: two present, one of them with a degree",
    params=CoercionParams,
    texts={
        "COERCION.present": {
            "nb": "{found} på vakt {day}; vedtaket {name} krever {limit}",
            "en": "{found} on duty on {day}; the decision {name} requires {limit}",
        },
        "COERCION.skilled": {
            "nb": "{found} med {competence} på vakt {day}; vedtaket {name} krever {limit}",
            "en": "{found} with {competence} on duty on {day}; the decision {name} requires {limit}",
        },
        "COERCION.need": {
            "nb": "Vedtaket {name} skal følges {day}",
            "en": "The decision {name} must be kept on {day}",
        },
    },
    check=check,
    lower=lower,
)
