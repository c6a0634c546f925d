"""How deep objects and lists may lie within each other."""

from __future__ import annotations

from typing import Any

MOST_DEPTH = 32
"""What goes deeper is no data set, and more than Python's own tools can follow."""


def too_deep(content: Any) -> bool:
    """Whether objects and lists lie within each other more often than they may."""
    level = [content]
    for _ in range(MOST_DEPTH):
        level = [
            inner
            for part in level
            for inner in (part.values() if isinstance(part, dict) else part)
            if isinstance(inner, dict | list)
        ]
    return bool(level)
