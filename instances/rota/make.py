"""Makes the rota instances of this folder.

``python instances/rota/make.py [FOLDER]`` writes each instance into a folder of its own; README.md tells what
they are and what was assumed.  Nothing is drawn but from the seed, so the files come out the same every time.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from tildeling.files.folder import csv_text
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.policy import RotaPolicy, merged_with_default
from tildeling.rota.tables import (
    TABLES,
    Absence,
    AbsenceKind,
    Agreement,
    AgreementLevel,
    CoverNeed,
    Employment,
    Planned,
    RotaBase,
    RotaForm,
    RotaInfo,
    Shift,
    ShiftKind,
    Staff,
    WeekCategory,
    Weekday,
    Wish,
    WishKind,
    Worked,
)
from tildeling.rows import Row

HERE = Path(__file__).parent
SEED = 20261101
START = dt.date(2027, 1, 4)
"""A Monday; twelve weeks from here hold Maundy Thursday, Good Friday, Easter Sunday and the night to summer time."""

WORKDAYS = (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY)
WEEKEND = (Weekday.SATURDAY, Weekday.SUNDAY, Weekday.HOLIDAY)
NOTICE = {
    "notice_nb": "Konstruerte data: ingen ansatte er virkelige.",
    "notice_en": "Made-up data: no employee is real.",
}
LIVE_IN = """# The base is one that the live-in regulation is for: somebody has made sure of it.
version = "live-in-8.1"
ruleset = "no-live-in"

[rules.LIVE-IN]
legal_basis = true
"""
A, B, C = (
    ("degree", "learning_disability_nurse", "medication"),
    ("health_worker", "medication"),
    ("assistant",),
)


@dataclass
class Making:
    """An instance in the making."""

    name: str
    weeks: int
    form: RotaForm = RotaForm.DATED
    policy: str = ""
    staff: list[Staff] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    bases: list[RotaBase] = field(default_factory=list)
    cover: list[CoverNeed] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    fixed: list[Planned] = field(default_factory=list)
    history: list[Worked] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)

    def base(self, base_id: str, title: str) -> None:
        """Add a base."""
        self.bases.append(RotaBase(base_id=base_id, title=title))

    def shift(self, code: str, kind: ShiftKind, start: str, hours: str, **more: object) -> None:
        """Add a shift; breaks are work, since staff who are alone with residents cannot leave."""
        given = {"break_is_work": True, "title": code, **more}
        self.shifts.append(Shift(shift_code=code, kind=kind, start=start, hours=Decimal(hours), **given))

    def team(self, prefix: str, positions: Sequence[tuple[str, Iterable[str]]], **more: object) -> list[str]:
        """Add staff with a percentage and competences each; their ids."""
        ids: list[str] = []
        for percent, competences in positions:
            staff_id = f"{prefix}{len(ids) + 1:02d}"
            given = {"position_percent": Decimal(percent), "competences": tuple(competences), **more}
            self.staff.append(Staff(staff_id=staff_id, **given))
            ids.append(staff_id)
        return ids

    def need(self, days: Sequence[Weekday], codes: Sequence[str], least: int, **more: object) -> None:
        """Add a line of the cover plan."""
        number = len(self.cover) + 1
        self.cover.append(
            CoverNeed(
                cover_id=f"L{number:02d}", days=tuple(days), shift_codes=tuple(codes), least=least, **more
            )
        )

    def averaging(self, level: AgreementLevel, *permits: str) -> None:
        """Add an agreement for all."""
        number = len(self.agreements) + 1
        self.agreements.append(Agreement(agreement_id=f"A{number}", level=level, permits=tuple(permits)))

    def days(self) -> list[dt.date]:
        """The days planned."""
        return [START + dt.timedelta(days=day) for day in range(7 * self.weeks)]

    def life(self, rng: random.Random, wishes: int, away: int) -> None:
        """Wishes for each, and a week of leave for some."""
        days = self.days()
        for person in self.staff:
            for day in sorted(rng.sample(days, wishes)):
                kind = WishKind.OFF if rng.random() < 0.75 else WishKind.WORK
                self.wishes.append(
                    Wish(staff_id=person.staff_id, date=day, kind=kind, weight=rng.choice((1, 2, 3, 3, 5)))
                )
        for person in sorted(rng.sample(self.staff, away), key=lambda row: row.staff_id):
            first = days[7 * rng.randrange(self.weeks)]
            self.absences.append(
                Absence(
                    staff_id=person.staff_id, first_day=first, last_day=first + dt.timedelta(days=6),
                    kind=AbsenceKind.HOLIDAY,
                )
            )  # fmt: skip

    def past(self, pattern: Callable[[int, int], str | None], weeks: int = 2) -> None:
        """The last weeks worked: the shift of each person (by number) on each day before the first."""
        for number, person in enumerate(self.staff):
            for back in range(7 * weeks, 0, -1):
                code = pattern(number, 7 * weeks - back)
                day = START - dt.timedelta(days=back)
                self.history.append(Worked(staff_id=person.staff_id, date=day, shift_code=code))

    def made(self) -> RotaDataset:
        """The data set."""
        import tomllib

        policy = RotaPolicy.model_validate(merged_with_default(tomllib.loads(self.policy)))
        info = RotaInfo(
            dataset_id=self.name, form=self.form, start=START, weeks=self.weeks,
            published_on=START - dt.timedelta(days=28), discussed_on=START - dt.timedelta(days=35), **NOTICE,
        )  # fmt: skip
        tables = {name: tuple(getattr(self, name, ())) for name in TABLES if name != "dataset"}
        return RotaDataset(info, policy, **tables)


def community() -> Making:
    """A base of a co-housing community with reinforced staffing: 24 staff, twelve weeks."""
    making = Making("community-24", 12, policy='version = "community-24.1"\n')
    making.base("SOL-T", "Solbakken")
    making.shift("D", ShiftKind.DAY, "07:30", "7.5")
    making.shift("A", ShiftKind.EVENING, "14:45", "7.5")
    making.shift("N", ShiftKind.NIGHT, "22:00", "9.75", unwanted=True)
    day = [("100", A), ("100", A), ("100", A), ("100", B), ("80", A), ("80", A), ("80", B), ("80", B), ("75", B),
           ("75", B), ("75", C), ("75", C), ("60", A), ("60", B), ("60", B), ("50", C)]  # fmt: skip
    making.team("d", day, forbidden_shifts=("N",), category=WeekCategory.ROTATING, nights=False)
    making.team("n", [("50", A), ("50", B), ("50", B), ("45", A)], shift_codes=("N",))
    making.team("w", [("20", C), ("20", C), ("20", B), ("20", C)], forbidden_shifts=("N",), weekend_every=2,
                nights=False)  # fmt: skip
    making.need(WORKDAYS, ["D"], 4, wanted=5, weight=3)
    making.need(WORKDAYS, ["A"], 3, wanted=4, weight=3)
    making.need(WEEKEND, ["D"], 3, weight=3)
    making.need(WEEKEND, ["A"], 3, weight=3)
    making.need([*WORKDAYS, *WEEKEND], ["N"], 1, most=1, weight=10)
    making.need([*WORKDAYS, *WEEKEND], ["D"], 1, competence="degree", weight=5)
    making.need([*WORKDAYS, *WEEKEND], ["A"], 1, competence="medication", weight=5)
    making.averaging(AgreementLevel.LOC, "avg_loc")
    making.life(random.Random(SEED + 1), wishes=6, away=5)
    making.past(lambda person, day: _past_community(person, day))
    return making


def _past_community(person: int, day: int) -> str | None:
    """Two weeks in which everybody is legal: five days on, the weekend off."""
    if person >= 20:
        return None
    if person >= 16:
        return "N" if (day + 3 * (person - 16)) % 7 in (0, 1, 2) and day % 14 < 12 else None
    return ("D" if (person + day // 7) % 2 else "A") if day % 7 < (5 if person < 4 else 3) else None


def night_heavy() -> Making:
    """A base for people with both addiction and mental illness: two awake at night; a cycle of six weeks."""
    making = Making("night-18", 6, RotaForm.CYCLE, policy='version = "night-18.1"\n')
    making.base("ROP-T", "Nattbasen")
    making.shift("D", ShiftKind.DAY, "07:30", "7.75")
    making.shift("A", ShiftKind.EVENING, "15:00", "7.75")
    making.shift("N", ShiftKind.NIGHT, "22:30", "9.25", unwanted=True)
    making.team("r", [("100", A)] * 4 + [("80", A)] * 3 + [("100", B)] * 2 + [("75", B)] * 3,
                category=WeekCategory.THREE_PART)  # fmt: skip
    making.team("n", [("75", A), ("75", A), ("75", B), ("75", B), ("60", B), ("60", B)], shift_codes=("N",))
    making.need(WORKDAYS, ["D"], 3, wanted=4, weight=3)
    making.need(WORKDAYS, ["A"], 3, weight=3)
    making.need(WEEKEND, ["D"], 2, weight=3)
    making.need(WEEKEND, ["A"], 2, weight=3)
    making.need([*WORKDAYS, *WEEKEND], ["N"], 2, most=2, weight=10)
    making.need([*WORKDAYS, *WEEKEND], ["D", "A"], 1, competence="degree", weight=5)
    making.need([*WORKDAYS, *WEEKEND], ["N"], 1, competence="medication", weight=5)
    making.averaging(AgreementLevel.LOC, "avg_loc")
    return making


def small() -> Making:
    """A base of eight who work every third weekend: a cycle of six weeks."""
    making = Making("small-8", 6, RotaForm.CYCLE, policy='version = "small-8.1"\n')
    making.base("FJO-T", "Fjordgløtt")
    making.shift("D", ShiftKind.DAY, "07:30", "7.5")
    making.shift("A", ShiftKind.EVENING, "14:45", "7.5")
    making.team("s", [("100", A), ("100", B), ("80", A), ("80", B), ("75", C), ("75", B), ("60", C), ("50", C)],
                nights=False)  # fmt: skip
    making.need(WORKDAYS, ["D"], 2, wanted=3, weight=3)
    making.need(WORKDAYS, ["A"], 2, weight=3)
    making.need(WEEKEND, ["D"], 1, weight=3)
    making.need(WEEKEND, ["A"], 1, weight=3)
    making.need([*WORKDAYS, *WEEKEND], ["D", "A"], 1, competence="medication", weight=5)
    making.averaging(AgreementLevel.LOC, "avg_loc")
    return making


def live_in() -> Making:
    """A live-in base by the live-in regulation: stays of two days and nights, six weeks."""
    making = Making("live-in-8", 6, policy=LIVE_IN)
    making.base("HAV-T", "Havly")
    making.shift("M", ShiftKind.LIVE_IN, "10:00", "48", passive_hours=Decimal(20))
    making.team("m", [("100", A), ("100", A), ("100", B), ("100", B), ("100", C), ("80", A), ("80", B), ("60", C)],
                long_consent=True)  # fmt: skip
    making.need([*WORKDAYS, *WEEKEND], ["M"], 1, most=1, weight=10)
    making.life(random.Random(SEED + 4), wishes=3, away=1)
    return making


def pool() -> Making:
    """Sixty who share three bases, some of them in a common pool; twelve weeks."""
    making = Making("pool-60", 12, policy='version = "pool-60.1"\n')
    rng = random.Random(SEED + 5)
    for base, title in (("B1", "Solbakken"), ("B2", "Fjordgløtt"), ("B3", "Nordlia")):
        making.base(base, title)
        mark = base[1]
        making.shift(f"D{mark}", ShiftKind.DAY, "07:30", "7.5", base_id=base, team=base)
        making.shift(f"A{mark}", ShiftKind.EVENING, "14:45", "7.5", base_id=base, team=base)
        making.shift(f"N{mark}", ShiftKind.NIGHT, "22:00", "9.75", base_id=base, team=base, unwanted=True)
        positions = [("100", A), ("100", A), ("100", B), ("80", A), ("80", B), ("80", B), ("75", A), ("75", B),
                     ("75", C), ("60", B), ("60", C), ("50", C)]  # fmt: skip
        making.team(
            f"d{mark}", positions, base_ids=(base,), forbidden_shifts=(f"N{mark}",), team=base, nights=False
        )
        making.team(f"n{mark}", [("50", A), ("50", B), ("50", B), ("45", B)], base_ids=(base,),
                    shift_codes=(f"N{mark}",), team=base)  # fmt: skip
        making.need(WORKDAYS, [f"D{mark}"], 3, wanted=4, weight=3)
        making.need(WORKDAYS, [f"A{mark}"], 3, weight=3)
        making.need(WEEKEND, [f"D{mark}"], 2, weight=3)
        making.need(WEEKEND, [f"A{mark}"], 2, weight=3)
        making.need([*WORKDAYS, *WEEKEND], [f"N{mark}"], 1, most=1, weight=10)
        making.need([*WORKDAYS, *WEEKEND], [f"D{mark}", f"A{mark}"], 1, competence="degree", weight=5)
    days = tuple(f"{code}{mark}" for mark in "123" for code in "DA")
    making.team("p", [("100", A), ("80", A), ("80", B), ("60", B), ("50", C), ("40", C)], shift_codes=days,
                employment=Employment.POOL, nights=False)  # fmt: skip
    making.team("h", [("20", C)] * 6, shift_codes=days, weekend_every=2, nights=False)
    making.averaging(AgreementLevel.LOC, "avg_loc")
    making.life(rng, wishes=5, away=12)
    return making


def impossible() -> Making:
    """Four who cannot hold two awake every night: no plan keeps daily and weekly rest and covers the nights."""
    making = Making("impossible-4", 2, policy='version = "impossible-4.1"\n')
    making.base("NOR-T", "Nordlia")
    making.shift("N", ShiftKind.NIGHT, "22:00", "9.75", unwanted=True)
    making.team("n", [("70", A), ("70", B), ("70", B), ("70", C)], shift_codes=("N",), weekend_every=2)
    making.need([*WORKDAYS, *WEEKEND], ["N"], 2, must=True)
    making.averaging(AgreementLevel.LOC, "avg_loc")
    return making


INSTANCES = (community, night_heavy, small, live_in, pool, impossible)


def cell(value: object) -> object:
    """A value as it stands in a CSV cell."""
    return "|".join(map(str, value)) if isinstance(value, list | tuple) else value


def write(making: Making, folder: Path) -> None:
    """Write the tables that have rows, columns that say anything, and the policy."""
    data = making.made()
    faults = data.faults()
    if faults:
        raise ValueError("; ".join(fault.message() for fault in faults))
    folder.mkdir(parents=True, exist_ok=True)
    for name, kind in TABLES.items():
        rows: Sequence[Row] = data.table(name)
        if not rows:
            continue
        fields = [
            column for column, info in kind.model_fields.items()
            if info.is_required() or any(getattr(row, column) != info.default for row in rows)
        ]  # fmt: skip
        cells = [[cell(getattr(row, column)) for column in fields] for row in rows]
        (folder / f"{name}.csv").write_text(csv_text(fields, cells), encoding="utf-8", newline="")
    (folder / "policy.toml").write_text(making.policy, encoding="utf-8", newline="")


def main(arguments: Sequence[str]) -> None:
    """Write every instance."""
    target = Path(arguments[0]) if arguments else HERE
    for make in INSTANCES:
        making = make()
        write(making, target / making.name)


if __name__ == "__main__":
    main(sys.argv[1:])
