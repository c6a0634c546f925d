"""iCalendar files, one a person: their shifts as appointments that a calendar program takes in and updates.

UIDs depend on person, day and base alone, so that a plan made anew changes the appointments that are there.
Times are Norwegian with the zone's rules in the file; nothing of the person is told but the pseudonym.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from tildeling.files.saving import whole_file
from tildeling.rota.calendar import ZONE
from tildeling.rota.case import DAY, Case, Duty
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.solution import Rota
from tildeling.rota.tables import Staff

FOLDER = "ics"
_OURS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:tildeling:rota")
_UNSAFE = re.compile(r"[^A-Za-z0-9ÆØÅæøå_.\-]")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_LONGEST = 180
"""Bytes of a file name without its ending; file systems take 255."""


@dataclass(frozen=True, slots=True)
class _Known:
    """An appointment as it was published before."""

    event: Event
    sequence: int


def write_calendars(
    data: RotaDataset,
    rota: Rota,
    folder: str | Path,
    *,
    marks: Mapping[tuple[str, dt.date], str] | None = None,
    previous: str | Path | None = None,
) -> tuple[Path, ...]:
    """Write ``PERSON.ics`` into a folder for everyone; the files' paths in the data set's order.

    Parameters
    ----------
    marks
        Free days' marks; each F1 becomes an all-day appointment that leaves the person free.
    previous
        Folder of the calendars published before: what changed since gets a higher SEQUENCE, what is gone
        from this plan's days is cancelled.

    Raises
    ------
    OSError
        If a file cannot be written or read.
    ValueError
        If a calendar in ``previous`` is none.
    """
    folder = Path(folder)
    names = file_names(data)
    paths = []
    for person in data.staff:
        before = None
        if previous is not None and (Path(previous) / names[person.staff_id]).is_file():
            before = (Path(previous) / names[person.staff_id]).read_bytes()
        path = folder / names[person.staff_id]
        with whole_file(path) as draft:
            draft.write_bytes(calendar(data, rota, person, marks=marks, previous=before))
        paths.append(path)
    return tuple(paths)


def calendar(
    data: RotaDataset,
    rota: Rota,
    person: Staff,
    *,
    marks: Mapping[tuple[str, dt.date], str] | None = None,
    previous: bytes | None = None,
) -> bytes:
    """One person's calendar; the same plan gives the same bytes.

    Appointments of a base rota repeat with its weeks.

    Raises
    ------
    ValueError
        If ``previous`` is no calendar.
    """
    known = _known(previous)
    made = Calendar()
    made.add("prodid", "-//tildeling//rota//NO")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", person.staff_id)
    made.add("x-wr-timezone", ZONE.key)
    made.add_component(_zone())
    events = [*_shifts(data, rota, person), *_rest_days(data, person, marks or {})]
    for event in events:
        _number(event, known.get(str(event["uid"])))
        made.add_component(event)
    for gone in sorted(known.keys() - {str(event["uid"]) for event in events}):
        if data.info.start <= _first_day(known[gone].event) <= data.last_day:
            made.add_component(_cancelled(data, known[gone]))
    return bytes(made.to_ical())


def file_names(data: RotaDataset) -> Mapping[str, str]:
    """A file name for each person that is safe on every system; no two differ in case only."""
    found: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for name in sorted(data.person):
        safe = _UNSAFE.sub(lambda hit: f"%{ord(hit[0]):02X}", name).rstrip(".") or "%2E"
        safe += "%2E" * (len(name) - len(name.rstrip(".")))
        if _RESERVED.fullmatch(safe):
            safe = f"_{safe}"
        safe = safe.encode()[:_LONGEST].decode(errors="ignore")
        seen[safe.casefold()] += 1
        twin = seen[safe.casefold()]
        found[name] = f"{safe}~{twin}.ics" if twin > 1 else f"{safe}.ics"
    return found


def uid(staff_id: str, day: dt.date, base_id: str, kind: str = "shift") -> str:
    """The name of an appointment wherever it stands: the same for person, day and base, whatever the plan."""
    return f"{uuid.uuid5(_OURS, '|'.join((kind, staff_id, day.isoformat(), base_id)))}@tildeling"


# --- appointments ----------------------------------------------------------------------------------------


def _shifts(data: RotaDataset, rota: Rota, person: Staff) -> Iterator[Event]:
    case = Case(data, rota)
    for day, code in sorted(rota.work.get(person.staff_id, {}).items()):
        duty = case.duty(day, code)
        base = data.base[duty.shift.base_id] if duty.shift.base_id else data.bases[0]
        event = _event(data, uid(person.staff_id, day, base.base_id))
        event.add("summary", duty.shift.title or duty.shift.shift_code)
        event.add("location", base.title or base.base_id)
        begin, end = _local(data, duty)
        event.add("dtstart", begin)
        event.add("dtend", end)
        if data.cyclic:
            event.add("rrule", {"freq": "weekly", "interval": data.info.weeks})
        yield event


def _rest_days(data: RotaDataset, person: Staff, marks: Mapping[tuple[str, dt.date], str]) -> Iterator[Event]:
    """The weekly rest day, which says nothing of a base and leaves the calendar free."""
    for (name, day), mark in sorted(marks.items()):
        if name == person.staff_id and mark == "F1":
            event = _event(data, uid(name, day, "", "F1"))
            event.add("summary", "F1")
            event.add("dtstart", day)
            event.add("dtend", day + DAY)
            event.add("transp", "TRANSPARENT")
            if data.cyclic:
                event.add("rrule", {"freq": "weekly", "interval": data.info.weeks})
            yield event


def _event(data: RotaDataset, name: str) -> Event:
    event = Event()
    event.add("uid", name)
    # When it was made, as far as the plan knows: the clock would make every file another.
    event.add("dtstamp", dt.datetime.combine(data.info.published_on or data.info.start, dt.time(), dt.UTC))
    return event


def _local(data: RotaDataset, duty: Duty) -> tuple[dt.datetime, dt.datetime]:
    """Beginning and end by the Norwegian clock; UTC in the hour that comes twice, which no local time can tell."""
    if data.cyclic:
        return duty.begin.replace(tzinfo=ZONE), duty.end.replace(tzinfo=ZONE)
    begin, end = duty.begin.astimezone(ZONE), duty.end.astimezone(ZONE)
    return (duty.begin if begin.fold else begin), (duty.end if end.fold else end)


# --- what was published before ---------------------------------------------------------------------------


def _known(previous: bytes | None) -> Mapping[str, _Known]:
    if previous is None:
        return {}
    found = Calendar.from_ical(previous)
    return {
        str(event["uid"]): _Known(event, int(event.get("sequence", 0)))
        for event in found.walk("VEVENT")
        if isinstance(event, Event) and "uid" in event and "dtstart" in event
    }


def _first_day(event: Event) -> dt.date:
    begin = event.decoded("dtstart")
    return begin.astimezone(ZONE).date() if isinstance(begin, dt.datetime) else begin


def _number(event: Event, before: _Known | None) -> None:
    """SEQUENCE: as before where nothing changed, one more where something did, 0 for a new one."""
    sequence = 0 if before is None else before.sequence + (_content(event) != _content(before.event))
    event.add("sequence", sequence)


def _content(event: Event) -> tuple[Any, ...]:
    names = ("dtstart", "dtend", "summary", "location", "rrule", "status")
    return tuple(event[name].to_ical() if name in event else None for name in names)


def _cancelled(data: RotaDataset, before: _Known) -> Event:
    """An appointment that is no more: those who have taken it in are told so."""
    event = _event(data, str(before.event["uid"]))
    gone = str(before.event.get("status", "")) == "CANCELLED"
    for name in ("summary", "location", "dtstart", "dtend", "transp", "rrule"):
        if name in before.event:
            event[name] = before.event[name]
    event.add("status", "CANCELLED")
    event.add("sequence", before.sequence if gone else before.sequence + 1)
    return event


def _zone() -> Timezone:
    """Europe/Oslo as it has been since 1996: summer time from the last Sunday of March to that of October."""
    zone = Timezone()
    zone.add("tzid", ZONE.key)
    for part, name, start, month, before, after in (
        (TimezoneDaylight(), "CEST", dt.datetime(1996, 3, 31, 2), 3, 1, 2),
        (TimezoneStandard(), "CET", dt.datetime(1996, 10, 27, 3), 10, 2, 1),
    ):
        part.add("tzname", name)
        part.add("dtstart", start)
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        part.add("tzoffsetfrom", dt.timedelta(hours=before))
        part.add("tzoffsetto", dt.timedelta(hours=after))
        zone.add_component(part)
    return zone
