"""Questions that no engine is needed for, as the commands of the library answer them; done by the crew.

Each function is given a folder with the files it needs and gives its answer as JSON, so that the interface has only
to pass it on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from tildeling.errors import DataError, UsageError
from tildeling.files import Limits, read_any, read_rota
from tildeling.files.kinds import kind_called
from tildeling.files.pseudonyms import pseudonymise
from tildeling.files.template import write_template
from tildeling.housing.check import check as check_homes
from tildeling.housing.compare import compare as compare_homes
from tildeling.housing.dataset import Dataset
from tildeling.housing.proposal import read_solution
from tildeling.housing.solution import Solution
from tildeling.housing.today import standing_solution
from tildeling.rota.case import Case
from tildeling.rota.check import check as check_rota
from tildeling.rota.compare import compare as compare_rotas
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.marks import red_days
from tildeling.rota.reading import published_plan, read_plan
from tildeling.rota.rollout import roll_out
from tildeling.rota.sheet.reading import read_sheet
from tildeling.rota.solution import Rota
from tildeling.rota.substitutes import substitutes
from tildeling.texts import Lang
from tildeling_api.crew import MOST_FAULTS
from tildeling_api.datasets import DOCUMENT, Sent, sent
from tildeling_api.problems import LONGEST_VALUE, Unfit
from tildeling_api.question_schemas import (
    AskedCheck,
    AskedRollOut,
    AskedSubstitutes,
    CheckedHomes,
    CheckedRota,
    ComparedHomes,
    ComparedRotas,
    Proposed,
    RedDaysPart,
    RolledOut,
    SubstitutePart,
    Substitutes,
)
from tildeling_api.schemas import ShiftPart

ASKED, SHEET = "asked.json", "sheet.xlsx"
JOB = "plan.job"
"""The folder of a plan that an earlier job made, and the field that names it."""


def named(folder: Path) -> tuple[str, str | None]:
    """The data set, and the job, that a check names.

    Raises
    ------
    RequestValidationError
        If it is no check.
    """
    asked = _asked(folder)
    return asked.dataset, None if asked.plan is None else asked.plan.job


def checked(folder: Path, lang: Lang) -> bytes:
    """What is wrong with a plan.

    Raises
    ------
    DataError
        With every fault of its rows.
    Unfit
        If the plan is of another kind than the data set.
    """
    plan = _asked(folder).plan
    data = read_any(folder / DOCUMENT)
    if isinstance(data, RotaDataset):
        if plan is not None and plan.placements is not None:
            raise Unfit("plan.placements: must go with a data set of kind housing, is rota")
        report = check_rota(data, _rota(folder, data, plan)).as_json(lang)
        return _packed(CheckedRota.model_validate(report))
    if plan is not None and plan.shifts is not None:
        raise Unfit("plan.shifts: must go with a data set of kind rota, is housing")
    return _packed(
        CheckedHomes.model_validate(check_homes(data, _solution(folder, data, plan)).as_json(lang))
    )


def sheet_checked(folder: Path, lang: Lang, limits: Limits) -> bytes:
    """What is wrong with a plan that a planner has in a workbook.

    Raises
    ------
    DataError
        With every cell that means nothing.
    """
    data = read_rota(folder / DOCUMENT)
    report = check_rota(data, read_sheet(folder / SHEET, data, limits=limits))
    return _packed(CheckedRota.model_validate(report.as_json(lang)))


def compared(folder: Path) -> bytes:
    """What differs between two plans."""
    data, one, other = read_any(folder / DOCUMENT), folder / "one", folder / "other"
    if isinstance(data, RotaDataset):
        moved = compare_rotas(data, read_plan(one, data), read_plan(other, data))
        return _packed(ComparedRotas.model_validate(moved.as_json()))
    found = compare_homes(data, read_solution(one, data), read_solution(other, data))
    return _packed(ComparedHomes.model_validate(found.as_dict()))


def ranked(folder: Path, asked: AskedSubstitutes, lang: Lang) -> bytes:
    """Who can take a shift.

    Raises
    ------
    UsageError
        If there is no such shift.
    """
    data = read_rota(folder / DOCUMENT)
    rota = read_plan(folder / "rota", data)
    if asked.staff_id not in data.person:
        raise UsageError(f"staff_id: must be in the staff of {data.info.dataset_id}")
    if rota.shift(asked.staff_id, asked.date) is None:
        raise UsageError("date: must be a day on which staff_id has a shift")
    found = substitutes(data, rota, asked.staff_id, asked.date)
    return _packed(
        Substitutes(substitutes=tuple(SubstitutePart.model_validate(each.as_json(lang)) for each in found))
    )


def rolled_out(folder: Path, asked: AskedRollOut, lang: Lang) -> bytes:
    """A base rota on dates.

    Raises
    ------
    Unfit
        If it is none.
    UsageError
        If it has not as many weeks.
    """
    data = read_rota(folder / DOCUMENT)
    if not data.cyclic:
        raise Unfit("rota: must be of a base rota (form cycle), is a plan for dates")
    if asked.first_week > data.info.weeks:
        raise UsageError(f"first_week: must be from 1 to {data.info.weeks}")
    base = read_plan(folder / "rota", data)
    dated, rota = roll_out(data, base, asked.start, asked.weeks, asked.first_week)
    red = red_days(Case(data, base), asked.start, asked.weeks, asked.first_week)
    return _packed(
        RolledOut.model_validate(
            {
                **check_rota(dated, rota).as_json(lang),
                "shifts": tuple(_shifts(rota)),
                "red_days": tuple(
                    RedDaysPart(staff_id=who, red=days.red, off=days.off, f3=days.f3, f5=days.f5)
                    for who, days in red.items()
                ),
            }
        )
    )


def template(folder: Path, kind: Literal["housing", "rota"], lang: Lang) -> bytes:
    """The empty workbook of a kind of data sets."""
    path = folder / "template.xlsx"
    write_template(path, lang=lang, kind=kind_called(kind))
    return path.read_bytes()


def pseudonymised(folder: Path) -> tuple[Sent, int, str]:
    """A copy of a data set with people's ids replaced; how many there are, and the key."""
    copy, key = folder / "copy.json", folder / "key.csv"
    done = pseudonymise(folder / DOCUMENT, copy, key)
    return sent(read_any(copy)), done.people, key.read_text(encoding="utf-8-sig")


# --- plans in rows -------------------------------------------------------------------------------------


def _asked(folder: Path) -> AskedCheck:
    try:
        return AskedCheck.model_validate_json((folder / ASKED).read_bytes())
    except ValidationError as error:
        raise RequestValidationError(list(_told(error))) from None


def _told(error: ValidationError) -> Iterator[dict[str, Any]]:
    """Faults of a body as FastAPI tells them, without more of the body than is shown."""
    for found in error.errors(include_url=False, include_context=False)[:MOST_FAULTS]:
        value = found.get("input")
        shown = value[:LONGEST_VALUE] if isinstance(value, str) else value
        yield {
            "type": found["type"], "loc": ("body", *found["loc"]), "msg": found["msg"],
            "input": None if isinstance(value, dict | list) else shown,
        }  # fmt: skip


def _solution(folder: Path, data: Dataset, plan: Proposed | None) -> Solution:
    if plan is None:
        return standing_solution(data)
    if plan.placements is None:
        with _as_sent(0):
            return read_solution(folder / JOB, data)
    _write(folder / "plan" / "placements.csv", ("applicant_id", "unit_id", "base_id"), plan.placements)
    _write(folder / "plan" / "bases.csv", ("group_id", "base_id"), plan.bases)
    with _as_sent(1):
        return read_solution(folder / "plan", data)


def _rota(folder: Path, data: RotaDataset, plan: Proposed | None) -> Rota:
    if plan is None:
        return published_plan(data)
    if plan.shifts is None:
        with _as_sent(0):
            return read_plan(folder / JOB, data)
    _write(folder / "plan" / "shifts.csv", ("staff_id", "date", "shift_code"), plan.shifts)
    with _as_sent(1):
        return read_plan(folder / "plan" / "shifts.csv", data)


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[BaseModel]) -> None:
    """Rows as a file that the library reads, with all it knows of what may be wrong with them."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([getattr(row, column) for column in columns] for row in rows)


@contextmanager
def _as_sent(header: int) -> Iterator[None]:
    """Faults by the name of what was sent; rows of a body have no header line above them."""
    try:
        yield
    except DataError as error:
        raise DataError(
            [
                fault.at(
                    file=f"{'plan' if header else JOB}.{Path(fault.file).stem}",
                    line=None if fault.line is None else fault.line - header,
                )
                for fault in error.faults
            ]
        ) from None


def _shifts(rota: Rota) -> Iterator[ShiftPart]:
    for who, days in sorted(rota.work.items()):
        for day, code in sorted(days.items()):
            yield ShiftPart(staff_id=who, date=day, shift_code=code)


def _packed(answer: BaseModel) -> bytes:
    return answer.model_dump_json().encode()
