"""The files that ``rota`` writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tildeling.report.rota.page import write_page
from tildeling.rota.check import Report, check
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.ics import FOLDER, write_calendars
from tildeling.rota.marks import RedDays
from tildeling.rota.planning import Plan
from tildeling.rota.rules.rule import Used
from tildeling.rota.sheet.table import rota_text
from tildeling.rota.sheet.view import View
from tildeling.rota.sheet.whole import whole_view
from tildeling.rota.sheet.writing import write_sheet
from tildeling.rota.solution import Rota
from tildeling.texts import Lang, text

OUR_FILES = frozenset({"rota.csv", "rota.xlsx", "rota.html", "result.json", f"{FOLDER}/*"})
"""What a plan's folder holds."""


def write_plan(found: Plan, folder: Path, lang: Lang) -> None:
    """``rota.csv``, ``rota.xlsx``, ``rota.html``, ``ics/`` and ``result.json``; without a rota the last alone."""
    if found.rota is not None:
        used = tuple(
            Used(each.rule, _people(found.data, each.staff, lang), each.agreement, each.limit)
            for each in found.document.agreements
        )
        _write(
            found.data, whole_view(found.data, found.rota, found.report, used=used), found.rota, folder, lang
        )
    (folder / "result.json").write_text(found.document.text(), encoding="utf-8")


def _people(data: RotaDataset, staff: Sequence[str], lang: Lang) -> str:
    """Who, in one cell: all, or their ids."""
    return text("rota.everybody", lang) if len(staff) == len(data.staff) else ", ".join(staff)


def write_rolled_out(
    data: RotaDataset, rota: Rota, red: Mapping[str, RedDays], folder: Path, lang: Lang
) -> Report:
    """The same of a base rota rolled out, with the checker's report on it; F5 stands on its days in ``red``."""
    report = check(data, rota)
    marks = {(who, day): "F5" for who, days in red.items() for day in days.f5 if rota.shift(who, day) is None}
    _write(data, whole_view(data, rota, report, marks=marks, base=rota), rota, folder, lang)
    return report


def _write(data: RotaDataset, view: View, rota: Rota, folder: Path, lang: Lang) -> None:
    marks = view.extras.marks
    (folder / "rota.csv").write_text(rota_text(data, rota, marks), encoding="utf-8", newline="")
    write_sheet(view, folder / "rota.xlsx", lang)
    write_page(view, folder / "rota.html", lang)
    if not data.cyclic:
        write_calendars(data, rota, folder / FOLDER, marks=marks)
