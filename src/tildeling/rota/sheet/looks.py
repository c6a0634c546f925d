"""How cells of the sheet look: shading says which day it is, the text's colour which shift, the frame what is wrong."""

from __future__ import annotations

from typing import Any

from tildeling.report import palette
from tildeling.report.sheets import Book
from tildeling.rota.tables import ShiftKind

WEEKEND, RED, ABSENT, SHORT = "#E8ECF1", "#FBE3E4", "#DDD6C8", "#F6C9CC"
KINDS = {
    ShiftKind.DAY: palette.INK, ShiftKind.EVENING: "#8A3A00", ShiftKind.NIGHT: "#1F2F8F",
    ShiftKind.LONG: "#1C5F2A", ShiftKind.SLEEPING_NIGHT: "#5A3A8C", ShiftKind.STANDBY: "#00606B",
    ShiftKind.LIVE_IN: "#7A1F5C",
}  # fmt: skip
"""The text's colour by kind of shift; 4.5 or more against every shading."""
HEADING = "#1F3A5F"

_FRAMES: dict[str, dict[str, Any]] = {
    "": {"border": 1, "border_color": palette.LINE},
    "wish": {"border": 8, "border_color": palette.WARN},
    "remark": {"border": 1, "border_color": palette.WARN},
    "breach": {"border": 5, "border_color": palette.ALARM},
}


class Looks:
    """Formats of a book, each made once."""

    def __init__(self, book: Book) -> None:
        self._book, self._made = book, dict[tuple[Any, ...], Any]()

    def __call__(self, **parts: Any) -> Any:
        """A format of the sheet's own kind."""
        key = tuple(sorted(parts.items()))
        if key not in self._made:
            base = {
                "font_name": "Calibri", "font_size": 10, "font_color": palette.INK, "valign": "vcenter",
                **_FRAMES[""],
            }  # fmt: skip
            self._made[key] = self._book.book.add_format(base | parts)
        return self._made[key]

    def day(self, shade: str, kind: ShiftKind | None, frame: str, *, weak: bool = False) -> Any:
        """A person's day."""
        parts: dict[str, Any] = {"align": "center", **_FRAMES[frame]}
        if shade:
            parts["bg_color"] = shade
        if kind is not None:
            parts |= {"font_color": KINDS[kind], "bold": True}
        if weak or kind is None:
            parts |= {"font_size": 9, "bold": False}
        if weak:
            parts["italic"] = True
        return self(**parts)

    def heading(self, shade: str = "", **parts: Any) -> Any:
        """A heading: white on dark, days off dark on their shade."""
        colours = {"bg_color": shade} if shade else {"bg_color": HEADING, "font_color": "#FFFFFF"}
        return self(**({"bold": True, "align": "center"} | colours | parts))

    def number(self, form: str = "0.0#", **parts: Any) -> Any:
        """A sum or a count."""
        return self(align="right", num_format=form, **parts)
