"""The files that ``allocate`` writes."""

from __future__ import annotations

from pathlib import Path

from tildeling.housing.allocate import NoProposal
from tildeling.housing.proposal import Proposal, bases_text, placements_text
from tildeling.report import write_reports
from tildeling.texts import Lang


def write_proposal(proposal: Proposal, folder: Path, lang: Lang) -> None:
    """``placements.csv``, ``bases.csv``, ``result.json``, ``allocation.xlsx`` and ``report.html``."""
    (folder / "placements.csv").write_text(
        placements_text(proposal.data, proposal.solution), encoding="utf-8"
    )
    (folder / "bases.csv").write_text(bases_text(proposal.solution), encoding="utf-8")
    write_reports(proposal, folder, lang)
    (folder / "result.json").write_text(proposal.document.text(), encoding="utf-8")


def write_failure(found: NoProposal, folder: Path) -> None:
    """``result.json`` alone: outcome, reason and the bounds that hold."""
    (folder / "result.json").write_text(found.document.text(), encoding="utf-8")
