"""Random instances, small ones, and rosters for them that keep little."""

from __future__ import annotations

from hypothesis import strategies as st

from tildeling.published.curtois.instance import Cover, Instance, Person, Plan, Request, Shift

NAMES = st.text("abcÆøé0129 _-.#:", min_size=1, max_size=5).map(str.strip).filter(
    lambda word: word and not word.startswith(("#", "SECTION_"))
)  # fmt: skip


@st.composite
def instances(draw: st.DrawFn, most_days: int = 16, most_people: int = 4) -> Instance:
    """One to three shifts; limits that bind now and then."""
    days = draw(st.integers(1, most_days))
    codes = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    shifts = tuple(
        Shift(code, draw(st.integers(1, 900)), tuple(draw(st.lists(st.sampled_from(codes), unique=True))))
        for code in codes
    )
    names = draw(st.lists(NAMES, min_size=1, max_size=most_people, unique=True))
    people = tuple(_person(draw, name, codes, days) for name in names)
    day = st.integers(0, days - 1)
    weight = st.integers(0, 9)
    cells = st.tuples(st.sampled_from(names), day, st.sampled_from(codes))
    on, off = (
        tuple(Request(*cell, draw(weight)) for cell in draw(st.lists(cells, max_size=6, unique=True)))
        for _ in range(2)
    )
    wanted = draw(st.lists(st.tuples(day, st.sampled_from(codes)), max_size=8, unique=True))
    covers = tuple(Cover(*cell, draw(st.integers(0, 3)), draw(weight), draw(weight)) for cell in wanted)
    return Instance("made", days, shifts, people, on, off, covers)


def _person(draw: st.DrawFn, name: str, codes: list[str], days: int) -> Person:
    least, most = sorted(draw(st.tuples(st.integers(0, 900), st.integers(0, 900 * days))))
    caps = tuple((code, draw(st.integers(0, days))) for code in codes)
    most_on, least_on, least_off, weekends = draw(st.tuples(*[st.integers(0, 4)] * 4))
    days_off = tuple(sorted(draw(st.sets(st.integers(0, days - 1), max_size=2))))
    least = draw(st.sampled_from((0, least)))
    return Person(name, caps, most, least, most_on, least_on, least_off, weekends, days_off)


@st.composite
def plans(draw: st.DrawFn, instance: Instance) -> Plan:
    """Any roster; long stretches are as likely as short ones."""
    words = st.sampled_from(("", *(shift.id for shift in instance.shifts)))
    plan: Plan = {}
    for person in instance.people:
        row: list[str] = []
        while len(row) < instance.days:
            row += [draw(words)] * draw(st.integers(1, 4))
        plan[person.id] = tuple(row[: instance.days])
    return plan
