"""LIVE-IN: stays of the live-in regulation: their length, rest within them, hours on average, none at once.

Where within a stay its rest lies is not in the data: a shift says only how many passive hours it has.  That eight
of them lie between 22 and 08 is for the planner to see to; the rule checks their sum.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota import windows
from tildeling.rota.case import Case, Duty
from tildeling.rota.compiling import minutes
from tildeling.rota.compiling import windows as spans
from tildeling.rota.compiling.cells import apart, refuse
from tildeling.rota.counting import present_minutes
from tildeling.rota.rules.rule import Breach, Limit, Params, Rule
from tildeling.rota.rules.terms import terms
from tildeling.rota.tables import ShiftKind
from tildeling_models.roster.problem import Bools

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "Live-in regulation (medleverforskriften) §§ 1-3"


class LiveInParams(Params):
    """Limits of stays.

    Attributes
    ----------
    legal_basis
        Whether it has been made sure that the regulation may be used here (§ 1); without it no stay is legal.
    least
        Hours of the shortest stay.
    average, weeks
        Hours a week on average over so many weeks; more with the employee's consent in writing.
    rest_at_night, rest_besides
        Hours of rest of each 24: within 22-08, and besides.
    """

    legal_basis: bool
    least: float = 24.0
    average: Limit
    weeks: int = 6
    rest_at_night: float = 8.0
    rest_besides: float = 2.0

    @property
    def rest(self) -> float:
        """Hours of rest of each 24 hours."""
        return self.rest_at_night + self.rest_besides


def check(case: Case, params: LiveInParams) -> Iterator[Breach]:
    """Stays without a legal basis, too short or with too little rest; duties at once; too much on average."""
    how = terms(case.data)
    for person in case.data.staff:
        duties = case.duties[person.staff_id]
        stays = [duty for duty in duties if duty.shift.kind is ShiftKind.LIVE_IN]
        for duty in stays:
            if duty.planned:
                yield from _stay(params, person.staff_id, duty)
        for duty, following in pairwise(duty for duty in duties if duty.at_work):
            blamed = duty.planned or (following.planned and not case.data.cyclic)
            if blamed and duty in stays and following.begin < duty.end:
                yield Breach(
                    "LIVE-IN", "LIVE-IN.at_once", SOURCE, person.staff_id, duty.day, following.day,
                    (following.begin - duty.end).total_seconds() / 3600, 0, "h",
                )  # fmt: skip
        for window in windows.of_weeks(case, params.weeks):
            limit = params.average.over(case.data, person.staff_id, window.first, window.last)
            most = 60 * limit.value * window.weeks
            inside = case.worked(person.staff_id, window.first, window.last)
            if not any(duty.shift.kind is ShiftKind.LIVE_IN for duty in inside):
                continue
            found = windows.above(
                case, person.staff_id, window, lambda those: sum(present_minutes(duty, how) for duty in those), most
            )  # fmt: skip
            if found is not None:
                yield Breach(
                    "LIVE-IN", "LIVE-IN.average", SOURCE, person.staff_id, window.first, window.last,
                    found / 60 / window.weeks, limit.value, "h", limit.agreement,
                )  # fmt: skip


def _stay(params: LiveInParams, staff_id: str, duty: Duty) -> Iterator[Breach]:
    shift = duty.shift
    if not params.legal_basis:
        yield Breach("LIVE-IN", "LIVE-IN.basis", SOURCE, staff_id, duty.day, duty.day)
    if shift.hours < params.least:
        yield Breach("LIVE-IN", "LIVE-IN.length", SOURCE, staff_id, duty.day, duty.day,
                     float(shift.hours), params.least, "h")  # fmt: skip
    rest = params.rest * float(shift.hours) / 24
    if shift.passive_hours < rest:
        yield Breach("LIVE-IN", "LIVE-IN.rest", SOURCE, staff_id, duty.day, duty.day,
                     float(shift.passive_hours), rest, "h")  # fmt: skip


def lower(frame: Frame, params: LiveInParams, builder: Builder) -> None:
    """Stays that are no legal stays are taken away; nothing begins during one; sums over some weeks.

    The sum holds for whoever may have a stay in the window: stricter than the check, which asks those who do.
    """
    whole = minutes.present(frame, terms(frame.data))
    stay = frame.of_kind(ShiftKind.LIVE_IN)
    illegal = np.broadcast_to(stay & _illegal(frame, params), frame.shape[1:])
    begin, end = minutes.instants(frame)
    for person in frame.data.staff:
        row = frame.people[person.staff_id]
        tag = builder.demand("LIVE-IN", "LIVE-IN.stay_need", staff_id=person.staff_id,
                             least=params.least, rest=params.rest)  # fmt: skip
        refuse(builder, row, illegal, tag)
        tag = builder.demand("LIVE-IN", "LIVE-IN.at_once_need", staff_id=person.staff_id)
        then = begin
        for lag in range(1, int(frame.end.max()) // 1440 + 1):
            then = minutes.next_day(then)
            bad = stay[:, None] & frame.work & (then[:, None, :] < end[:, :, None])
            apart(builder, row, bad, tag, lag)
        for window in spans.of_weeks(frame, params.weeks):
            if not (builder.allowed[row, window.numbers] & stay).any():
                continue
            limit = params.average.over(frame.data, person.staff_id, window.first, window.last)
            tag = builder.demand("LIVE-IN", "LIVE-IN.average_need", staff_id=person.staff_id,
                                 agreement=limit.agreement, limit=limit.value)  # fmt: skip
            most = 60 * limit.value * len(window.numbers) / 7
            spans.at_most(builder, row, window, whole, most, tag)


def _illegal(frame: Frame, params: LiveInParams) -> Bools:
    """(A + 1,) stays that may not be used at all."""
    hours = np.array([0.0, *(float(shift.hours) for shift in frame.data.shifts)])
    rest = np.array([0.0, *(float(shift.passive_hours) for shift in frame.data.shifts)])
    return (hours < params.least) | (rest < params.rest * hours / 24) | (not params.legal_basis)


RULE = Rule(
    id="LIVE-IN",
    source=SOURCE,
    trust="H",
    nb="Medleverturnus: opphold, hvile og timer i snitt",
    en="Live-in stays: their length, rest and hours on average",
    params=LiveInParams,
    texts={
        "LIVE-IN.basis": {
            "nb": "{staff} har medlevervakt {day}, men det er ikke bekreftet at forskriften kan brukes her",
            "en": "{staff} has a live-in stay on {day}, but nobody has confirmed that the regulation may be used here",
        },
        "LIVE-IN.length": {
            "nb": "medlevervakten {staff} har {day} varer {found} timer; et opphold er minst {limit}",
            "en": "the live-in stay of {staff} on {day} lasts {found} hours; a stay is at least {limit}",
        },
        "LIVE-IN.rest": {
            "nb": "medlevervakten {staff} har {day} har {found} timer hvile; det kreves {limit}",
            "en": "the live-in stay of {staff} on {day} has {found} hours of rest; {limit} are required",
        },
        "LIVE-IN.at_once": {
            "nb": "{staff} har en vakt {last_day} som begynner {amount} timer før oppholdet fra {day} er slutt",
            "en": "{staff} has a shift on {last_day} that begins {amount} hours before the stay from {day} ends",
        },
        "LIVE-IN.average": {
            "nb": "{staff} arbeider i snitt {found} timer per uke {day}–{last_day}; grensen er {limit}",
            "en": "{staff} works {found} hours a week on average {day}–{last_day}; the limit is {limit}",
        },
        "LIVE-IN.stay_need": {
            "nb": "{staff} kan bare ha medlevervakter med rettsgrunnlag, på minst {least} timer, "
            "med {rest} timer hvile per døgn",
            "en": "{staff} may only have live-in stays with a legal basis, of at least {least} hours, "
            "with {rest} hours of rest in 24",
        },
        "LIVE-IN.at_once_need": {
            "nb": "{staff} kan ikke ha en annen vakt under et opphold",
            "en": "{staff} may have no other shift during a stay",
        },
        "LIVE-IN.average_need": {
            "nb": "{staff}, som kan ha opphold, skal i snitt arbeide høyst {limit} timer per uke",
            "en": "{staff}, who may have stays, may work at most {limit} hours a week on average",
        },
    },
    check=check,
    lower=lower,
)
