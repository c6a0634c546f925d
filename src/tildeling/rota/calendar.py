"""Red days and the clock: what day it is in Norway, and how long it lasts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("Europe/Oslo")

EASTER = "Første påskedag"
SHORT_EVES = ("Første juledag", "Første påskedag", "Første pinsedag")
"""Red days whose eve is a short day: Christmas, Easter and Whit (Working Environment Act § 10-10 (1))."""


@cache
def _year(year: int) -> Mapping[dt.date, str]:
    return dict(holidays.country_holidays("NO", years=year, language="no").items())


def red_day(day: dt.date) -> str | None:
    """The Norwegian name of a public holiday, None on other days, Sundays among them."""
    found = _year(day.year).get(day)
    return None if found is None else _plain(found)


def _plain(name: str) -> str:
    """The holiday's own name where the calendar also says that it is a Sunday."""
    parts = [part.strip() for part in name.split(";") if part.strip() and part.strip() != "Søndag"]
    return parts[0] if parts else name


def is_free_day(day: dt.date) -> bool:
    """Whether a day is a Sunday or a public holiday."""
    return day.weekday() == 6 or red_day(day) is not None


def moment(day: dt.date, minute: int) -> dt.datetime:
    """A time of day as an instant, so that differences are real hours; past 24:00 it is the next day's."""
    later, of_day = divmod(minute, 1440)
    local = dt.datetime.combine(day + dt.timedelta(days=later), dt.time(of_day // 60, of_day % 60), ZONE)
    return local.astimezone(dt.UTC)


def dst_minutes(day: dt.date) -> int:
    """Minutes a day has beyond 24 hours: 60 when the clock is set back, -60 when it is set forward, else 0."""
    length = moment(day + dt.timedelta(days=1), 0) - moment(day, 0)
    return int(length.total_seconds()) // 60 - 1440
