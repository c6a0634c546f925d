"""How large an input may be: a guard for whoever accepts files from others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes a reader accepts; what is above is refused before it is unpacked.

    ``unpacked_bytes`` and ``ratio`` stop archives that swell; ``cells`` and ``text_bytes`` stop sheets that
    are small in the file and huge once laid out.
    """

    file_bytes: int = 200_000_000
    unpacked_bytes: int = 600_000_000
    ratio: int = 400
    parts: int = 2_000
    cells: int = 30_000_000
    text_bytes: int = 1_500_000_000
    columns: int = 1_000
    rows: int = 1_048_576


DEFAULT_LIMITS = Limits()
