"""Names, days and sums of a rota as people read them, in one language."""

from __future__ import annotations

import datetime as dt

from tildeling.report.plain import Plain
from tildeling.rota.calendar import red_day
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.rules.rule import Breach
from tildeling.rota.sheet.view import View
from tildeling.rota.tables import Absence, CoverNeed, Shift, Staff, Wish
from tildeling.texts import Lang


class RotaWords(Plain):
    """How sheet, page and picture speak of one rota."""

    file = "rota_report"

    def __init__(self, data: RotaDataset, lang: Lang) -> None:
        info = data.info
        made = info.published_on or info.start
        super().__init__(lang, info.dataset_id, (info.notice_nb, info.notice_en), made)
        self.data = data
        self.letters = tuple(self("weekdays").split())
        self.weekday_names = tuple(self("weekday_names").split())

    @property
    def form(self) -> str:
        """What the plan is, and for which days."""
        data, form = self.data, self.data.info.form
        return self(
            f"form_{form}",
            weeks=data.info.weeks,
            first=self.date(data.info.start),
            last=self.date(data.last_day),
        )

    def week(self, number: int) -> str:
        """Heading of a week, counted from 0."""
        monday = self.data.days[7 * number]
        if self.data.cyclic:
            return self("week", n=number + 1)
        return self("week_of", n=number + 1, calendar=monday.isocalendar().week)

    def day(self, day: dt.date) -> str:
        """A day in full: weekday and date, or weekday and week of a cycle."""
        weekday = self.weekday_names[day.weekday()]
        if self.data.cyclic:
            return self("day_in_week", weekday=weekday, week=(day - self.data.info.start).days // 7 + 1)
        return self("on_day", weekday=weekday, day=self.date(day))

    def heading(self, day: dt.date) -> str:
        """A day in full, with the red day's name."""
        red = None if self.data.cyclic else red_day(day)
        return f"{self.day(day)} – {self('red_day', name=red)}" if red else self.day(day)

    def base(self, base_id: str | None) -> str:
        """A base's name; none is the only base."""
        row = self.data.base[base_id] if base_id else self.data.bases[0]
        return row.title or row.base_id

    def competence(self, code: str) -> str:
        """A competence's name."""
        name = self.data.policy.competences.get(code)
        return str(getattr(name, self.lang)) if name else code

    def cover(self, need: CoverNeed) -> str:
        """A line of the cover plan."""
        shifts = "+".join(need.shift_codes)
        if need.competence is None:
            return shifts
        return self("cover_of", shifts=shifts, competence=self.competence(need.competence))

    def absence(self, row: Absence) -> str:
        """Two letters for an absence."""
        return self(f"absence_{row.kind}")

    def hours(self, minutes: int | None) -> str:
        """Minutes as hours with at most two digits, as many as are needed."""
        if minutes is None:
            return self.number(None)
        digits = 0 if minutes % 60 == 0 else 1 if minutes % 6 == 0 else 2
        return self.number(minutes / 60, digits)

    def position(self, person: Staff) -> str:
        """A position as a percentage, with a decimal where it has one."""
        share = float(person.position_percent) / 100
        return self.percent(share, 0 if person.position_percent % 1 == 0 else 1)

    def difference(self, minutes: int | None) -> str:
        """Hours above or below, with their sign."""
        words = self.hours(minutes)
        return f"+{words}" if minutes and minutes > 0 else words

    def end(self, shift: Shift) -> str:
        """When a shift ends, by the clock."""
        hour, minute = map(int, shift.start.split(":"))
        later = 60 * hour + minute + int(shift.hours * 60)
        return f"{later // 60 % 24:02d}:{later % 60:02d}"

    def wish(self, wish: Wish, key: str = "wish") -> str:
        """What a wish is about."""
        words = self(f"{key}_{wish.kind}", shifts="/".join(wish.shift_codes), weight=wish.weight)
        return " ".join(words.split())

    def breach(self, breach: Breach) -> str:
        """A breach without its paragraph, which stands beside it."""
        words = breach.message(self.lang).removeprefix(f"{breach.source}: ")
        return words[:1].upper() + words[1:]

    def stretch(self, breach: Breach) -> str:
        """The days a breach is about."""
        if breach.day is None:
            return self("whole_plan")
        last = breach.last_day
        if last is None or last == breach.day:
            return self.day(breach.day) if self.data.cyclic else self.date(breach.day)
        if self.data.cyclic:
            return f"{self.day(breach.day)} – {self.day(last)}"
        return f"{self.date(breach.day)}–{self.date(last)}"

    def summary(self, view: View) -> tuple[str, ...]:
        """The plan in sentences."""
        if view.report is None:
            checked = self("said_unchecked")
        elif view.report.ok:
            checked = self("said_ok")
        else:
            checked = self.count("said_breaches", len(view.report.breaches))
        covered = self.count("said_short", view.short) if view.short else self("said_covered")
        return (checked, covered)
