"""A small whole rota data set, and rows with sensible defaults: a test says only what it is about."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tildeling.rota.dataset import RotaDataset
from tildeling.rota.policy import default_policy
from tildeling.rota.tables import CoverNeed, RotaBase, RotaInfo, Shift, Staff

MONDAY = dt.date(2030, 1, 7)
"""The first day: two weeks from here hold no red day and no night when the clock is changed."""


def day(number: int) -> dt.date:
    """A day of the plan, the first is 0; those before it are below 0."""
    return MONDAY + dt.timedelta(days=number)


def info(**fields: Any) -> RotaInfo:
    """Two dated weeks."""
    return RotaInfo(**{"dataset_id": "small", "start": MONDAY, "weeks": 2, **fields})


def person(name: str, **fields: Any) -> Staff:
    """A full-time nurse who works everything."""
    return Staff(**{"staff_id": name, "position_percent": 100, "competences": ("nurse",), **fields})


def shift(code: str, kind: str, start: str, hours: str, **fields: Any) -> Shift:
    """A shift with half an hour's break."""
    return Shift(**{"shift_code": code, "kind": kind, "start": start, "hours": hours, **fields})


def need(name: str, shifts: str, **fields: Any) -> CoverNeed:
    """One person on shifts (``D|A``), every day of the week."""
    week = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    days = {} if "date" in fields else {"days": week}
    return CoverNeed(**{"cover_id": name, "shift_codes": shifts, "least": 1, **days, **fields})


def small_rota(**changes: Any) -> RotaDataset:
    """Four people, two weeks, shifts D, A and N; ``changes`` replace whole tables, the policy, or fields of the info.

    The cover asks for one on D and one on A every day and one on N in the weekends: 234 hours, of 284 that
    the positions hold.
    """
    own = {name: changes.pop(name) for name in list(changes) if name in RotaInfo.model_fields}
    parts: dict[str, Any] = {
        "policy": default_policy(),
        "bases": (RotaBase(base_id="B1"),),
        "staff": tuple(person(name) for name in ("s1", "s2", "s3", "s4")),
        "shifts": (
            shift("D", "day", "07:30", "7.5"),
            shift("A", "evening", "14:30", "7.5"),
            shift("N", "night", "21:45", "10"),
        ),
        "cover": (need("D", "D"), need("A", "A"), need("N", "N", days="saturday|sunday")),
    }
    return RotaDataset(**{"info": info(**own), **parts, **changes})
