"""What people read: pages, spreadsheets, plots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tildeling.housing.proposal import Proposal
    from tildeling.texts import Lang

PAGE, WORKBOOK = "report.html", "allocation.xlsx"

__all__ = ["PAGE", "WORKBOOK", "write_reports"]


def write_reports(proposal: Proposal, folder: str | Path, lang: Lang = "nb") -> None:
    """Write ``allocation.xlsx`` and ``report.html`` into a folder, which is made where it is missing.

    Raises
    ------
    OSError
        If they cannot be written.
    """
    # Drawing takes half a second to load; only those who write a report pay for it.
    from tildeling.report.page import write_page
    from tildeling.report.spreadsheet import write_workbook
    from tildeling.report.view import View

    folder, view = Path(folder), View(proposal)
    write_workbook(proposal, folder / WORKBOOK, lang, view=view)
    write_page(proposal, folder / PAGE, lang, view=view)
