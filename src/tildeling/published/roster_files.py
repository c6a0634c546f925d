"""``roster.tsv``: LF, no header, a row per person in file order: the id, then a cell per day, empty for off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

ROSTER = "roster.tsv"


def write_roster(plan: Mapping[str, Sequence[str]], folder: Path) -> None:
    """Write the roster of people in their order."""
    text = "".join("\t".join((person, *row)) + "\n" for person, row in plan.items())
    (folder / ROSTER).write_text(text, encoding="utf-8", newline="\n")


def roster_path(path: Path) -> Path:
    """The file itself, or the one in a folder that ``solve`` wrote."""
    return path / ROSTER if path.is_dir() else path
