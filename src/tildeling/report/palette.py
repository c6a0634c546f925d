"""Colours: each target group a dark one and a tint of it; text on either keeps a contrast of 4.5 or more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

INK, PAPER, MUTED, LINE = "#1c2630", "#ffffff", "#55616d", "#d5dce3"
CALM, WARN, ALARM = "#2f6690", "#9a5b00", "#a3222c"
_DARK = (
    "#1f5fa8", "#a9440b", "#2a7430", "#6b4aa0", "#7a5230", "#00707c", "#a8327e", "#6a6500", "#b0233a",
    "#3a4a9f", "#855600", "#006a4e", "#8e2f5c", "#4b5c10", "#4f5a66",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shade:
    """A colour for white text on, or as text on white; and its tint for dark text on."""

    dark: str
    tint: str


def shades(codes: Iterable[str]) -> Mapping[str, Shade]:
    """A shade per code.  There are fifteen; beyond that they repeat; the abbreviation tells."""
    ordered = sorted(codes)
    return {code: Shade(_DARK[i % len(_DARK)], tint(_DARK[i % len(_DARK)])) for i, code in enumerate(ordered)}


def tint(colour: str, part: float = 0.16) -> str:
    """A colour thinned with white."""
    return "#" + "".join(f"{round(255 - part * (255 - value)):02x}" for value in _rgb(colour))


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2.2: ``(L1 + 0.05) / (L2 + 0.05)`` with relative luminances L1 >= L2."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _rgb(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
