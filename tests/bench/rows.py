"""Rows of runs that were never made."""

from __future__ import annotations

from typing import Any

from tildeling.bench.runs import Row


def row(**changes: Any) -> Row:
    fields: dict[str, Any] = {
        "key": "k", "form": "curtois", "instance": "i", "digest": "d", "size": 3, "engine": "auto", "seed": 0,
        "time_limit_s": 10.0, "workers": 1, "outcome": "feasible", "value": 10, "bound": 9, "gap": 0.1,
        "best_known": 10, "to_best": 0.0, "wall_s": 10.5, "peak_memory_mb": 100.0, "versions": {"python": "3.11"},
        "machine": "m", "started_at": "2026-01-01T00:00:00+00:00", "history": [(1.0, 10, 9)],
    } | changes  # fmt: skip
    return Row.model_validate(fields)
