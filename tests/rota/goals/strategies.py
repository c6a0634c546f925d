"""Random rota data and random rotas for it, legal or not: what is valued and lowered must be equal for any."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from tests.rota.builder import info, need, shift

from tildeling.rota.dataset import RotaDataset
from tildeling.rota.goals import registry
from tildeling.rota.policy import RotaPolicy, RotaTier, default_policy
from tildeling.rota.solution import Rota
from tildeling.rota.tables import (
    Absence,
    Planned,
    Published,
    RotaBase,
    RotaForm,
    Staff,
    Wish,
    Worked,
)
from tildeling.settings import GoalSetting

STARTS = (
    dt.date(2030, 1, 7),  # nothing special
    dt.date(2030, 3, 18),  # the clock is set forward on the 31st
    dt.date(2030, 4, 8),  # Easter from the 18th to the 22nd
    dt.date(2030, 5, 27),  # Ascension Day on the 30th, Whit Monday on the 10th of June
    dt.date(2029, 12, 17),  # Christmas
    dt.date(2030, 10, 14),  # the clock is set back on the 27th
)

SHIFTS = (
    shift("D", "day", "07:30", "7.5", team="T1"),
    shift("A", "evening", "14:30", "7.75", team="T2", break_is_work=True),
    shift("N", "night", "21:45", "10", unwanted=True),
    shift("L", "long", "08:00", "12.5", team="T1", unwanted=True, competences="nurse"),
    shift("S", "sleeping_night", "20:00", "12", passive_hours="8", team="T2"),
    shift("H", "standby", "16:00", "16"),
    shift("M", "live_in", "10:00", "48"),
)
CODES = tuple(row.shift_code for row in SHIFTS)
DAYS = ("monday", "wednesday", "friday", "saturday", "sunday", "holiday")


def policy(rules: dict[str, Any] | None = None, **params: dict[str, Any]) -> RotaPolicy:
    """One tier for each goal, so that a difference names its goal; and changes of rules."""
    tiers = tuple(
        RotaTier(name=name, goals=(GoalSetting(goal=name, weight=3, **params.get(name, {})),))
        for name in registry()
    )
    default = default_policy()
    return RotaPolicy.model_validate(default.model_dump() | {"tiers": tiers, "rules": rules or {}})


@st.composite
def datasets(draw: st.DrawFn) -> RotaDataset:
    """Three people, one to five weeks, a cycle or dates."""
    cyclic = draw(st.booleans())
    start, weeks = draw(st.sampled_from(STARTS)), draw(st.integers(1, 5))
    own = info(start=start, weeks=weeks, form=RotaForm.CYCLE if cyclic else RotaForm.DATED)
    days = [start + dt.timedelta(days=day) for day in range(7 * weeks)]
    staff = tuple(draw(_person(name)) for name in ("s1", "s2", "s3"))
    names = st.sampled_from([row.staff_id for row in staff])
    planned = st.tuples(names, st.sampled_from(days))
    past = st.tuples(names, st.integers(1, 70).map(lambda back: start - dt.timedelta(days=back)))
    code = st.none() | st.sampled_from(CODES)
    window = {"night_window": draw(st.sampled_from([{"begin": 21, "end": 30}, {"begin": 18.5, "end": 32}]))}
    switch = {"enabled": draw(st.booleans())}
    rules = {
        "KS-3D": window,
        "KS-PAY": window,
        "CHANGE": {"rate": draw(st.sampled_from([0, 250]))},
        "KS-WEEK": switch,
        "STANDBY": switch,
        "PASSIVE": switch,
    }
    history: tuple[Worked, ...] = ()
    published: tuple[Published, ...] = ()
    if not cyclic:
        history = tuple(
            Worked(staff_id=who, date=day, shift_code=draw(code))
            for who, day in draw(st.lists(past, max_size=8, unique=True))
        )
        published = tuple(
            Published(staff_id=who, date=day, shift_code=draw(code))
            for who, day in draw(st.lists(planned, max_size=8, unique=True))
        )
    return RotaDataset(
        info=own,
        policy=policy(rules, continuity={"weeks": draw(st.integers(1, 3))}),
        bases=(RotaBase(base_id="B1"),),
        staff=staff,
        shifts=SHIFTS,
        cover=tuple(draw(_cover(f"c{number}", days)) for number in range(draw(st.integers(1, 5)))),
        absences=tuple(
            Absence(
                staff_id=who, first_day=day, last_day=day + dt.timedelta(days=draw(st.integers(0, 9))),
                counts=draw(st.booleans()),
            )
            for who, day in draw(st.lists(planned, max_size=3, unique=True))
        ),
        wishes=tuple(
            Wish(
                staff_id=who, date=day, kind=draw(st.sampled_from(["work", "off"])),
                shift_codes=draw(st.sampled_from([(), ("D",), ("A", "N")])), weight=draw(st.integers(1, 5)),
            )
            for who, day in draw(st.lists(planned, max_size=4, unique=True))
        ),
        fixed=tuple(
            Planned(staff_id=who, date=day, shift_code=draw(code))
            for who, day in draw(st.lists(planned, max_size=2, unique=True))
        ),
        history=history,
        published=published,
    )  # fmt: skip


@st.composite
def _person(draw: st.DrawFn, name: str) -> Staff:
    return Staff(
        staff_id=name,
        position_percent=draw(st.sampled_from([Decimal(0), Decimal("33.333"), Decimal(75), Decimal(100)])),
        category=draw(st.sampled_from(["daytime", "rotating", "continuous", "three_part", "three_part"])),
        competences=draw(st.sampled_from([(), ("nurse",), ("nurse", "degree")])),
        forbidden_shifts=draw(st.sampled_from([(), (), ("A",), ("N", "S")])),
        nights=draw(st.booleans()),
        more_hours=draw(st.booleans()),
        weekend_every=draw(st.sampled_from([None, 2, 3, 4])),
        team=draw(st.sampled_from([None, "T1", "T2"])),
        hourly_cost=draw(st.sampled_from([None, Decimal(0), Decimal("412.37")])),
    )


@st.composite
def _cover(draw: st.DrawFn, name: str, days: list[dt.date]) -> Any:
    least = draw(st.integers(0, 2))
    wanted = draw(st.none() | st.integers(least, 3))
    fields: dict[str, Any] = {
        "least": least,
        "wanted": wanted,
        "most": draw(st.none() | st.integers(max(least, wanted or 0), 3)),
        "weight": draw(st.integers(1, 4)),
        "competence": draw(st.sampled_from([None, None, "nurse"])),
    }
    if draw(st.integers(0, 4)) == 0:
        fields["date"] = draw(st.sampled_from(days))
    else:
        fields["days"] = tuple(draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=6, unique=True)))
    return need(name, draw(st.sampled_from(["D", "D|A", "A|D", "N", "L", "N|S"])), **fields)


@st.composite
def rotas(draw: st.DrawFn, data: RotaDataset) -> Rota:
    """Any shift for anyone on any day, off as often as not."""
    code = st.sampled_from([None, None, None, *CODES, "D", "A", "N"])
    work = {}
    for row in data.staff:
        cells = {day: draw(code) for day in data.days}
        work[row.staff_id] = {day: found for day, found in cells.items() if found is not None}
    return Rota(work)
