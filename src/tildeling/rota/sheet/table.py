"""``rota.csv``: a row per person and day, for other programs; and the same read back."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from tildeling.consistency import closest
from tildeling.errors import DataError, Fault
from tildeling.files.cells import Unreadable, read_date
from tildeling.files.identity import holds_identity_number, masked
from tildeling.files.limits import DEFAULT_LIMITS, Limits
from tildeling.rota.calendar import ZONE
from tildeling.rota.case import Case
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.solution import Rota

COLUMNS = ("staff_id", "date", "shift_code", "start", "end", "base_id", "mark")
_NEEDED = COLUMNS[:3]
TABLE = "rota"


def rota_text(data: RotaDataset, rota: Rota, marks: Mapping[tuple[str, dt.date], str]) -> str:
    """The rows with semicolons and LF; start and end are Norwegian time, with the offset in a plan for dates."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\n")
    writer.writerow(COLUMNS)
    case = Case(data, rota)
    for person in data.staff:
        for day in data.days:
            code = rota.shift(person.staff_id, day)
            if code is None:
                mark = marks.get((person.staff_id, day), "")
                writer.writerow((person.staff_id, day.isoformat(), "", "", "", "", mark))
                continue
            duty = case.duty(day, code)
            begin, end = _clock(duty.begin, data), _clock(duty.end, data)
            base = duty.shift.base_id or data.bases[0].base_id
            writer.writerow((person.staff_id, day.isoformat(), code, begin, end, base, ""))
    return buffer.getvalue()


def _clock(moment: dt.datetime, data: RotaDataset) -> str:
    local = moment.replace(tzinfo=None) if data.cyclic else moment.astimezone(ZONE)
    return local.isoformat(timespec="minutes")


def read_rota_csv(path: str | Path, data: RotaDataset, *, limits: Limits = DEFAULT_LIMITS) -> Rota:
    """A rota from ``rota.csv``; only person, date and shift are needed, days without a row are off.

    Raises
    ------
    DataError
        With every fault: unknown people or shifts, days outside the plan or given twice, missing columns.
    OSError
        If it cannot be opened.
    """
    path = Path(path)
    faults: list[Fault] = []
    work: dict[str, dict[dt.date, str]] = {person.staff_id: {} for person in data.staff}
    seen: dict[tuple[str, dt.date], int] = {}
    for line, row in _rows(path, limits, faults):
        name, day, code = _cells(data, path.name, line, row, faults)
        if name is None or day is None:
            continue
        first = seen.setdefault((name, day), line)
        if first != line:
            key, params = f"{name} {day}", {"first": first}
            faults.append(Fault("duplicate_key", TABLE, file=path.name, line=line, column="date", value=key,
                                params=params))  # fmt: skip
        elif code:
            work[name][day] = code
    if faults:
        raise DataError(faults)
    return Rota({name: dict(sorted(days.items())) for name, days in work.items()})


def _cells(
    data: RotaDataset, file: str, line: int, row: Mapping[str, str], faults: list[Fault]
) -> tuple[str | None, dt.date | None, str]:
    """Person, day and shift of a row; None and "" where they are faults."""

    def fault(code: str, column: str, value: object, hint: str = "", **params: object) -> None:
        faults.append(Fault(code, TABLE, None, column, value, dict(params), hint, file, line=line))

    def known(column: str, target: str, names: Iterable[str]) -> str | None:
        word = row[column].strip()
        if word in names:
            return word
        if holds_identity_number(word):
            fault("identity_number", column, masked(word))
        else:
            fault("unknown_reference", column, word, closest(word, names), target=target)
        return None

    name = known("staff_id", "staff", data.person)
    day = read_date(row["date"])
    if isinstance(day, Unreadable):
        fault("date", "date", row["date"])
    elif day not in data.days:
        fault("day_outside", "date", day, dates=f"{data.info.start}..{data.last_day}")
    code = known("shift_code", "shift", data.shift) if row["shift_code"].strip() else ""
    return name, (None if isinstance(day, Unreadable) or day not in data.days else day), code or ""


def _rows(path: Path, limits: Limits, faults: list[Fault]) -> list[tuple[int, dict[str, str]]]:
    if path.stat().st_size > limits.file_bytes:
        faults.append(
            Fault("file_too_large", TABLE, file=path.name, params={"limit": limits.file_bytes // 1_000_000})
        )
        return []
    try:
        text = path.read_bytes().decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))
    except UnicodeDecodeError:
        faults.append(Fault("not_text", TABLE, file=path.name))
        return []
    except csv.Error as error:
        faults.append(Fault("csv", TABLE, file=path.name, params={"message": error}))
        return []
    header = [title.strip() for title in lines[0]] if lines else []
    for column in _NEEDED:
        if column not in header:
            faults.append(
                Fault("missing_column", TABLE, file=path.name, column=column, params={"title": column})
            )
    if faults:
        return []
    found = []
    for line, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            params = {"found": len(cells), "width": len(header)}
            faults.append(Fault("ragged_row", TABLE, file=path.name, line=line, params=params))
            continue
        found.append((line, dict(zip(header, cells, strict=True))))
    return found
