"""Plans to write and read: a small one for dates, a cycle, and one as large as a base can be."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from typing import Any

from tildeling.rota.case import Duty
from tildeling.rota.check import Report
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.policy import default_policy
from tildeling.rota.sheet.view import Extras, View
from tildeling.rota.solution import Rota
from tildeling.rota.tables import (
    Absence,
    Agreement,
    CoverNeed,
    RotaBase,
    RotaForm,
    RotaInfo,
    Shift,
    Staff,
    Wish,
)

MONDAY = dt.date(2030, 3, 25)
"""A week with the night the clock is set forward (31 March)."""
WEEK = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"


def worked(duty: Duty) -> int:
    """All of a duty but its break."""
    return duty.minutes - duty.shift.break_minutes


def shifts() -> tuple[Shift, ...]:
    """Five kinds, with a code in small letters and one with a digit."""
    return (
        Shift(shift_code="D", title="Dagvakt", kind="day", start="07:30", hours="7.5"),
        Shift(shift_code="A", title="Kveldsvakt", kind="evening", start="14:30", hours="7.5", unwanted=True),
        Shift(shift_code="N", title="Nattevakt", kind="night", start="22:00", hours="9.5"),
        Shift(shift_code="LD1", title="Langvakt dag", kind="long", start="08:00", hours="12.5"),
        Shift(shift_code="hv", title="Hjemmevakt", kind="standby", start="16:00", hours="16"),
    )


def plan(people: int = 4, weeks: int = 2, **changes: Any) -> RotaDataset:
    """A data set; ``changes`` replace tables, or fields of the info."""
    info = {"dataset_id": "storgata", "start": MONDAY, "weeks": weeks}
    info |= {name: changes.pop(name) for name in list(changes) if name in RotaInfo.model_fields}
    parts: dict[str, Any] = {
        "policy": default_policy(),
        "bases": (RotaBase(base_id="B1", title="Storgata base"),),
        "staff": tuple(
            Staff(
                staff_id=f"A-{n:02d}",
                position_percent=(100, 80, 75.5, 50)[n % 4],
                competences=("nurse",) * (n % 2),
            )
            for n in range(1, people + 1)
        ),
        "shifts": shifts(),
        "cover": (
            CoverNeed(cover_id="day", days=f"{WEEK}|holiday", shift_codes="D|LD1", least=max(1, people // 5)),
            CoverNeed(cover_id="nurse", days=WEEK, shift_codes="D", competence="nurse", least=1, most=1),
            CoverNeed(cover_id="night", days=f"{WEEK}|holiday", shift_codes="N", least=1),
        ),
    }
    return RotaDataset(**{"info": RotaInfo(**info), **parts, **changes})


def cycle(**changes: Any) -> RotaDataset:
    """Four people, three weeks that repeat."""
    return plan(weeks=3, form=RotaForm.CYCLE, **changes)


def some_rota(data: RotaDataset, seed: int = 1, share: float = 0.65) -> Rota:
    """A rota at random, broken rules and all."""
    draw = random.Random(seed)
    codes = [row.shift_code for row in data.shifts]
    return Rota(
        {
            person.staff_id: {
                day: draw.choices(codes, (9, 6, 4, 1, 1)[: len(codes)])[0]
                for day in data.days
                if draw.random() < share
            }
            for person in data.staff
        }
    )


def full_view(people: int = 60, weeks: int = 12) -> View:
    """A plan with everything that a sheet can show: red days, absences, wishes, breaches, marks, a base rota."""
    data = plan(people, weeks)
    draw = random.Random(7)
    names, days = [row.staff_id for row in data.staff], data.days
    wishes = {
        (draw.choice(names), draw.choice(days)): draw.choice(("work", "off")) for _ in range(3 * people)
    }
    data = replace(
        data,
        absences=tuple(
            Absence(staff_id=name, first_day=days[7], last_day=days[11], kind=kind)
            for name, kind in zip(names[1::9], ("holiday", "sick", "leave", "course") * 9, strict=False)
        ),
        wishes=tuple(
            Wish(
                staff_id=name,
                date=day,
                kind=kind,
                shift_codes=draw.choice(("", "N", "D|A")),
                weight=draw.randint(1, 5),
            )
            for (name, day), kind in wishes.items()
        ),
        agreements=(Agreement(agreement_id="LOC-1", level="LOC", permits="rest_8"),),
    )
    rota = some_rota(data)
    away = {
        (row.staff_id, row.first_day + dt.timedelta(days=later))
        for row in data.absences
        for later in range(5)
    }
    work = {
        name: {day: code for day, code in row.items() if (name, day) not in away}
        for name, row in rota.work.items()
    }
    rota = Rota(work)
    marks = {
        (name, day): "F1"
        for name in names
        for day in days
        if day.weekday() == 6 and rota.shift(name, day) is None
    }
    targets = {row.staff_id: int(row.position_percent * 2130 * weeks / 100) for row in data.staff}
    return View(data, rota, worked, report(data, rota), Extras(marks, targets))


def report(data: RotaDataset, rota: Rota) -> Report:
    """What the checker would say of short rest, without goals."""
    from tildeling.rota import rules
    from tildeling.rota.case import Case

    case, rule = Case(data, rota), rules.registry()["REST11"]
    params = rule.params.model_validate(data.policy.rules_in_force.rules["REST11"].params)
    found = list(rule.check(case, params))
    cut = 3 + len(found) // 4
    return Report(
        tuple(found[:cut]), tuple(replace(breach, hard=False) for breach in found[cut : cut + 9]), ()
    )
