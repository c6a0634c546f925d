"""Content types: of bodies that hold a data set, and of files that jobs make."""

from __future__ import annotations

from pathlib import PurePosixPath

JSON = "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SUFFIXES = {JSON: ".json", XLSX: ".xlsx"}
"""Formats of a data set by content type; nothing else, so that no page elsewhere can post without asking."""

MADE = {
    ".json": JSON,
    ".xlsx": XLSX,
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".zip": "application/zip",
}


def media_of(name: str) -> str:
    """The content type of a file by its ending."""
    return MADE.get(PurePosixPath(name).suffix, "application/octet-stream")
