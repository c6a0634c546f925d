"""Random instances, small ones, with a history that matters, and rosters for them that keep little."""

from __future__ import annotations

from hypothesis import strategies as st

from tildeling.published.inrc2.instance import (
    WEEK,
    Contract,
    Cover,
    Day,
    History,
    Instance,
    Nurse,
    Plan,
    Request,
    Shift,
    Work,
)

NAMES = st.text("abÆøé01_-.", min_size=1, max_size=4)


@st.composite
def instances(draw: st.DrawFn, most_weeks: int = 2, most_nurses: int = 3, most_shifts: int = 3) -> Instance:
    """Limits that bind now and then."""
    weeks = draw(st.integers(1, most_weeks))
    codes = draw(st.lists(NAMES, min_size=1, max_size=most_shifts, unique=True))
    shifts = tuple(
        Shift(code, *draw(limits(5)), tuple(draw(st.lists(st.sampled_from(codes), unique=True, max_size=2))))
        for code in codes
    )
    skills = tuple(draw(st.lists(NAMES, min_size=1, max_size=2, unique=True)))
    contracts = tuple(
        Contract(
            code, *draw(limits(WEEK * weeks)), *draw(limits(5)), *draw(limits(5)), draw(st.integers(0, weeks)),
            draw(st.booleans()),
        )
        for code in draw(st.lists(NAMES, min_size=1, max_size=2, unique=True))
    )  # fmt: skip
    nurses = tuple(
        Nurse(
            name, draw(st.sampled_from(contracts)).id,
            tuple(draw(st.lists(st.sampled_from(skills), min_size=1, unique=True))), _history(draw, codes),
        )
        for name in draw(st.lists(NAMES, min_size=1, max_size=most_nurses, unique=True))
    )  # fmt: skip
    days = st.integers(0, WEEK * weeks - 1)
    cells = st.tuples(days, st.sampled_from(codes), st.sampled_from(skills))
    covers = tuple(
        Cover(*cell, *draw(limits(2))) for cell in sorted(draw(st.lists(cells, max_size=8, unique=True)))
    )
    wishes = st.tuples(st.sampled_from([n.id for n in nurses]), days, st.sampled_from(["", *codes]))
    requests = sorted(draw(st.lists(wishes, max_size=5, unique=True)), key=lambda wish: wish[1] // WEEK)
    return Instance(
        f"made_0_{'-'.join(map(str, range(weeks)))}", "made", "made", tuple(range(weeks)), skills, shifts,
        contracts, nurses, covers, tuple(Request(*wish) for wish in requests),
    )  # fmt: skip


@st.composite
def limits(draw: st.DrawFn, most: int) -> tuple[int, int]:
    """A least and a most."""
    first, last = sorted((draw(st.integers(0, most)), draw(st.integers(0, most))))
    return first, last


def _history(draw: st.DrawFn, codes: list[str]) -> History:
    worked, weekends = draw(st.integers(0, 5)), draw(st.integers(0, 3))
    if draw(st.booleans()):
        return History(worked, weekends, "", 0, 0, draw(st.integers(1, 7)))
    same = draw(st.integers(1, 6))
    on = same + (draw(st.integers(0, 5)) if len(codes) > 1 else 0)
    return History(worked, weekends, draw(st.sampled_from(codes)), same, on, 0)


@st.composite
def plans(draw: st.DrawFn, instance: Instance) -> Plan:
    """Any roster; long stretches are as likely as short ones."""
    works: st.SearchStrategy[Day] = st.one_of(
        st.just(()),
        st.builds(
            lambda shift, skill: (Work(shift, skill),),
            st.sampled_from([shift.id for shift in instance.shifts]), st.sampled_from(instance.skills),
        ),
    )  # fmt: skip
    plan: Plan = {}
    for nurse in instance.nurses:
        row: list[Day] = []
        while len(row) < instance.days:
            row += [draw(works)] * draw(st.integers(1, 6))
        plan[nurse.id] = tuple(row[: instance.days])
    return plan
