"""Small plans for tests of rules: a data set, a rota written as one line per person, random ones of both."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st
from tests.rota.builder import MONDAY, person, shift, small_rota

from tildeling.rota.case import Case
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.policy import RotaPolicy, default_policy
from tildeling.rota.rules import Breach, registry
from tildeling.rota.solution import Rota
from tildeling.rota.tables import Agreement, Planned, RotaForm, Shift, Worked

FEBRUARY = dt.date(2026, 2, 2)
"""A Monday, eight weeks before the one whose eve's night is an hour short."""
SPRING = dt.date(2026, 3, 23)
"""A Monday: the next Sunday's night is an hour short, and the week after is that of Easter."""
AUTUMN = dt.date(2026, 10, 19)
"""A Monday: the next Sunday's night is an hour long."""
CHRISTMAS = dt.date(2026, 12, 21)
"""The Monday before Christmas."""
MAY = dt.date(2026, 5, 11)
"""A Monday: Ascension Day, the national day and Whitsun are in these two weeks."""

SHIFTS: tuple[Shift, ...] = (
    shift("D", "day", "07:30", "7.5"),
    shift("A", "evening", "14:30", "8"),
    shift("N", "night", "21:30", "10", break_is_work=True),
    shift("L", "long", "09:00", "12.5"),
    shift("S", "sleeping_night", "22:00", "9", passive_hours="7", break_minutes=0),
    shift("H", "standby", "16:00", "15.5", break_minutes=0),
)


def with_rules(*names: str, **changes: dict[str, Any]) -> RotaPolicy:
    """The default policy with all rules off but some, and with changes of some (``WEEK={...}``)."""
    policy = default_policy()
    rules = {name: {"enabled": name in names or name.replace("-", "_") in changes} for name in registry()}
    for name, change in changes.items():
        rules[name.replace("_", "-")] |= change
    return RotaPolicy.model_validate(policy.model_dump() | {"rules": rules})


def data(*lines: str, rules: tuple[str, ...] = (), changes: dict[str, Any] | None = None,
         past: tuple[str, ...] = (), cycle: bool = False, start: dt.date = MONDAY,
         **fields: Any) -> RotaDataset:  # fmt: skip
    """One person per line of the rota; ``past`` holds each one's days just before, as long as its text."""
    staff = fields.pop("staff", tuple(person(f"s{number}") for number in range(1, len(lines) + 1)))
    weeks = fields.pop("weeks", max(1, -(-len(lines[0].replace(" ", "")) // 7)))
    history = tuple(
        Worked(staff_id=f"s{number}", date=start - dt.timedelta(days=len(days) - at), shift_code=_code(code))
        for number, days in enumerate((line.replace(" ", "") for line in past), 1)
        for at, code in enumerate(days)
    )
    policy = fields.pop("policy", None) or with_rules(*rules, **(changes or {}))
    form = RotaForm.CYCLE if cycle else RotaForm.DATED
    return small_rota(
        policy=policy, staff=staff, shifts=fields.pop("shifts", SHIFTS), cover=(), history=history,
        form=form, start=start, weeks=weeks, **fields,
    )  # fmt: skip


def _code(letter: str) -> str | None:
    return None if letter == "-" else letter


def rota(of: RotaDataset, *lines: str) -> Rota:
    """A letter per day, ``-`` for off; spaces are for reading."""
    return Rota(
        {
            f"s{number}": {of.days[at]: code for at, code in enumerate(line.replace(" ", "")) if code != "-"}
            for number, line in enumerate(lines, 1)
        }
    )


def found(rule: str, *lines: str, **fields: Any) -> list[Breach]:
    """What a rule says of a rota."""
    of = data(*lines, rules=fields.pop("rules", (rule,)), **fields)
    setting = of.policy.rules_in_force.rules[rule]
    own = registry()[rule]
    return list(own.check(Case(of, rota(of, *lines)), own.params.model_validate(setting.params)))


def told(breaches: list[Breach]) -> list[tuple[str, dt.date | None, float, float]]:
    """Requirement, day, what was found, limit."""
    return [(each.requirement, each.day, each.found, each.limit) for each in breaches]


def agreement(*permits: str, level: str = "LOC", **fields: Any) -> Agreement:
    """An agreement that binds all."""
    return Agreement(**{"agreement_id": "L1", "level": level, "permits": permits, **fields})


def fixed(day: dt.date, code: str | None, staff_id: str = "s1") -> Planned:
    """A cell that is fixed."""
    return Planned(staff_id=staff_id, date=day, shift_code=code)


def lines(days: int, letters: str = "-DANLSH") -> st.SearchStrategy[str]:
    """Random rows of a rota, with more days off than chance would have."""
    return st.lists(st.sampled_from("---" + letters), min_size=days, max_size=days).map("".join)
