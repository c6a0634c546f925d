"""Calendars: stable names, right hours on the nights the clock is changed, raised sequences, safe files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Timezone

from tildeling.rota.dataset import RotaDataset
from tildeling.rota.ics import calendar, file_names, uid, write_calendars
from tildeling.rota.solution import Rota
from tildeling.rota.tables import Shift, Staff

from .sheet.plans import MONDAY, cycle, plan, shifts

OSLO = ZoneInfo("Europe/Oslo")
SATURDAY = MONDAY + dt.timedelta(days=5)
"""The clock is set forward in the night to Sunday."""


def events(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def made(data: RotaDataset, work: dict[dt.date, str], **more: Any) -> bytes:
    return calendar(data, Rota({"A-01": work}), data.person["A-01"], **more)


def test_a_shift_is_an_appointment() -> None:
    (event,) = events(made(plan(), {MONDAY: "A"}))
    assert str(event["summary"]) == "Kveldsvakt"
    assert str(event["location"]) == "Storgata base"
    assert event.decoded("dtstart") == dt.datetime(2030, 3, 25, 14, 30, tzinfo=OSLO)
    assert event.decoded("dtend") == dt.datetime(2030, 3, 25, 22, tzinfo=OSLO)
    assert event["dtstart"].params["TZID"] == "Europe/Oslo"
    assert int(event["sequence"]) == 0


@pytest.mark.parametrize(
    ("start", "day", "hours"),
    [(MONDAY, SATURDAY, 8.5), (dt.date(2030, 10, 21), dt.date(2030, 10, 26), 10.5), (MONDAY, MONDAY, 9.5)],
)
def test_nights_when_the_clock_is_changed_are_as_long_as_they_are(
    start: dt.date, day: dt.date, hours: float
) -> None:
    (event,) = events(made(plan(start=start), {day: "N"}))
    begin, end = event.decoded("dtstart"), event.decoded("dtend")
    assert (begin.hour, end.hour, end.minute) == (22, 7, 30)
    assert (end.astimezone(dt.UTC) - begin.astimezone(dt.UTC)) == dt.timedelta(hours=hours)


@pytest.mark.parametrize("year", [2026, 2030, 2037])
def test_the_zone_in_the_file_is_norways(year: int) -> None:
    (zone,) = (
        part for part in Calendar.from_ical(made(plan(), {})).walk("VTIMEZONE") if isinstance(part, Timezone)
    )
    ours = zone.to_tz(lookup_tzid=False)
    hour = dt.datetime(year, 1, 1, 0, 30)
    while hour.year == year:
        assert hour.replace(tzinfo=ours).utcoffset() == hour.replace(tzinfo=OSLO).utcoffset() or _unreal(hour)
        hour += dt.timedelta(hours=1)


def _unreal(hour: dt.datetime) -> bool:
    """A time the clock skips, or comes to twice."""
    local = hour.replace(tzinfo=OSLO)
    there_and_back = local.astimezone(dt.UTC).astimezone(OSLO).replace(tzinfo=None)
    return there_and_back != hour or local.utcoffset() != local.replace(fold=1).utcoffset()


def test_a_time_that_the_clock_skips_is_the_instant_after() -> None:
    data = plan(shifts=(Shift(shift_code="S", kind="night", start="02:30", hours="5"),), cover=())
    (event,) = events(made(data, {SATURDAY + dt.timedelta(days=1): "S"}))
    assert event.decoded("dtstart") == dt.datetime(2030, 3, 31, 3, 30, tzinfo=OSLO)


def test_names_stay_when_the_plan_is_made_anew() -> None:
    data = plan()
    (old,), (new,) = events(made(data, {MONDAY: "D"})), events(made(data, {MONDAY: "N"}))
    assert old["uid"] == new["uid"] == uid("A-01", MONDAY, "B1")
    others = {uid("A-02", MONDAY, "B1"), uid("A-01", SATURDAY, "B1"), uid("A-01", MONDAY, "B2")}
    assert len(others | {str(old["uid"])}) == 4


def test_sequence_rises_only_with_a_change_and_what_is_gone_is_cancelled() -> None:
    data, tuesday = plan(), MONDAY + dt.timedelta(days=1)
    first = made(data, {MONDAY: "D", tuesday: "D", SATURDAY: "A"})
    second = made(data, {MONDAY: "D", tuesday: "N"}, previous=first)
    found = {str(event["uid"]): event for event in events(second)}
    same, changed, gone = (found[uid("A-01", day, "B1")] for day in (MONDAY, tuesday, SATURDAY))
    assert [int(event["sequence"]) for event in (same, changed, gone)] == [0, 1, 1]
    assert str(gone["status"]) == "CANCELLED"
    assert "status" not in same
    third = made(data, {MONDAY: "D", tuesday: "N", SATURDAY: "A"}, previous=second)
    found = {str(event["uid"]): event for event in events(third)}
    assert int(found[uid("A-01", SATURDAY, "B1")]["sequence"]) == 2
    assert made(data, {MONDAY: "D", tuesday: "N"}, previous=second) == second


def test_appointments_of_another_period_are_not_cancelled() -> None:
    first = made(plan(), {MONDAY: "D"})
    assert events(made(plan(start=MONDAY + dt.timedelta(days=14)), {}, previous=first)) == []


def test_the_rest_day_is_a_whole_day_that_leaves_one_free() -> None:
    marks = {("A-01", SATURDAY): "F1", ("A-01", MONDAY): "F2", ("A-02", MONDAY): "F1"}
    (event,) = events(made(plan(), {}, marks=marks))
    assert str(event["transp"]) == "TRANSPARENT"
    assert event.decoded("dtstart") == SATURDAY
    assert event.decoded("dtend") == SATURDAY + dt.timedelta(days=1)


def test_a_cycle_repeats() -> None:
    (event,) = events(made(cycle(), {MONDAY: "N"}))
    assert event["rrule"].to_ical() == b"FREQ=WEEKLY;INTERVAL=3"
    assert event.decoded("dtend").hour == 7


def test_nothing_of_the_person_but_the_pseudonym() -> None:
    data = plan(staff=(Staff(staff_id="A-01", position_percent=80, competences=("nurse",), team="T7"),))
    content = made(data, {MONDAY: "D"}).decode()
    assert "A-01" in content
    assert not [told for told in ("nurse", "sykepleier", "T7", "storgata") if told in content]
    assert all(line.split(":")[0].split(";")[0] not in {"ATTENDEE", "ORGANIZER", "DESCRIPTION"} for line in
               content.splitlines())  # fmt: skip


def test_files_have_safe_names(tmp_path: Path) -> None:
    ids = ("a:1", "CON", "nul.x", "A1", "a1", "Åse.", "x" * 60, "b-2")
    data = plan(staff=tuple(Staff(staff_id=name, position_percent=100) for name in ids))
    names = file_names(data)
    assert len({name.casefold() for name in names.values()}) == len(ids)
    assert names["b-2"] == "b-2.ics"
    assert names["a:1"] == "a%3A1.ics"
    assert names["CON"] == "_CON.ics"
    assert {names["A1"], names["a1"]} == {"A1.ics", "a1~2.ics"}
    written = write_calendars(data, Rota({"a:1": {MONDAY: "D"}}), tmp_path / "ics")
    assert sorted(path.name for path in written) == sorted(path.name for path in (tmp_path / "ics").iterdir())


def test_published_again_from_files(tmp_path: Path) -> None:
    data = plan()
    write_calendars(data, Rota({"A-01": {MONDAY: "D"}}), tmp_path / "one")
    write_calendars(data, Rota({"A-01": {MONDAY: "A"}}), tmp_path / "two", previous=tmp_path / "one")
    (event,) = events((tmp_path / "two" / "A-01.ics").read_bytes())
    assert int(event["sequence"]) == 1


def test_same_plan_same_bytes() -> None:
    work = {day: shifts()[at % 4].shift_code for at, day in enumerate(plan().days)}
    assert made(plan(), work) == made(plan(), dict(reversed(work.items())))
