"""KS-3D: hours at night and on Sundays and holidays lower the full-time week of three-part rotas.

The calculation itself is in ``targets.py`` and ``compiling/targets.py``; KS-WEEK, PERCENT and the goal hours use
it.  Whether the conditions are met hangs on the rota: those whose category, shifts and weekends let them meet the
conditions get the lowered week, and here it is checked that their rota then does meet them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota import targets
from tildeling.rota.case import Case
from tildeling.rota.compiling.targets import Hours
from tildeling.rota.rules.ks_terms import Ks3dParams
from tildeling.rota.rules.rule import Breach, Rule
from tildeling.rota.tables import WeekCategory
from tildeling_models.roster.problem import Sum

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "HTA § 4.2.4"


def check(case: Case, params: Ks3dParams) -> Iterator[Breach]:
    """Three-part positions whose data, or rota, do not meet the conditions."""
    first, last = case.data.info.start, case.data.last_day
    for person in case.data.staff:
        name = person.staff_id
        if person.category is not WeekCategory.THREE_PART:
            continue
        if targets.three_part_by_data(case, person) is None:
            yield Breach("KS-3D", "KS-3D.category", SOURCE, name, first, last, hard=False)
            continue
        duties = [duty for duty in case.duties[name] if duty.planned]
        for part, kinds in targets.THREE_PARTS.items():
            if not any(duty.shift.kind in kinds for duty in duties):
                yield Breach("KS-3D", f"KS-3D.{part}", SOURCE, name, first, last, 0, 1, "", None, params.hard)
        sundays = sum(not case.away(name, day) for day in case.data.days[6::7])
        worked = sum(duty.at_work and duty.day.weekday() == 6 for duty in duties)
        least = sundays // params.sunday_every
        if worked < least:
            yield Breach(
                "KS-3D", "KS-3D.sundays", SOURCE, name, first, last, worked, least, "", None, params.hard
            )


def lower(frame: Frame, params: Ks3dParams, builder: Builder) -> None:
    """Where the conditions are hard: a shift of each part, and Sundays enough."""
    if not params.hard:
        return
    hours = Hours(frame)
    for row in frame.data.staff:
        if hours.three_part(row) is None:
            continue
        person = frame.people[row.staff_id]
        sundays = frame.planned[6::7]
        asked = int((~frame.absent[person, sundays]).sum()) // params.sunday_every
        for text, days, of, least in (
            *(("KS-3D.need_part", frame.planned, part, 1) for part in hours.parts),
            ("KS-3D.need_sundays", sundays, frame.work, asked),
        ):
            if least:
                builder.add(
                    Sum(
                        people=np.array([person]),
                        days=days,
                        weight=np.tile(of.astype(np.int64), (len(days), 1)),
                        least=least,
                        tag=builder.demand("KS-3D", text, staff_id=row.staff_id, limit=least),
                    )
                )


RULE = Rule(
    id="KS-3D",
    source=SOURCE,
    trust="M",
    nb="Tredelt turnus: uka kortes ned for arbeid om natten, på søndager og helligdager",
    en="Three-part rota: the week is lowered for work at night, on Sundays and holidays",
    params=Ks3dParams,
    texts={
        "KS-3D.category": {
            "nb": "{staff} kan ikke fylle vilkårene for tredelt turnus: dag, kveld, natt og hver tredje søndag",
            "en": "{staff} cannot meet the conditions of a three-part rota: day, evening, night and every third Sunday",
        },
        "KS-3D.day": {
            "nb": "{staff} har tredelt turnus, men ingen dagvakt",
            "en": "{staff} has a three-part rota but no day shift",
        },
        "KS-3D.evening": {
            "nb": "{staff} har tredelt turnus, men ingen kveldsvakt",
            "en": "{staff} has a three-part rota but no evening shift",
        },
        "KS-3D.night": {
            "nb": "{staff} har tredelt turnus, men ingen nattevakt",
            "en": "{staff} has a three-part rota but no night shift",
        },
        "KS-3D.sundays": {
            "nb": "{staff} har tredelt turnus og arbeider {found} søndager; vilkåret er {limit}",
            "en": "{staff} has a three-part rota and works {found} Sundays; the condition is {limit}",
        },
        "KS-3D.need_part": {
            "nb": "{staff} skal ha dag, kveld og natt i planen",
            "en": "{staff} must have day, evening and night in the plan",
        },
        "KS-3D.need_sundays": {
            "nb": "{staff} skal arbeide minst {limit} søndager",
            "en": "{staff} must work at least {limit} Sundays",
        },
    },
    check=check,
    lower=lower,
)
