"""The benchmark runs, its comparators keep every rule and agree with the engines; timings decide nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from benchmarks import results, table
from benchmarks.registry import CAMPAIGNS, METHODS, method

from tildeling.published import FORMATS, format_of

ROOT = Path(__file__).parents[2]


def run(tier: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    tiers = [] if tier is None else [{"tier": "1a", "seconds": 0.1, **tier}]
    return {
        "instance": "small", "method": "auto", "kind": "engine", "time_limit_s": 5.0, "workers": 2, "seed": 0,
        "outcome": "optimal", "termination": "completed", "checked": True, "solve_s": 0.2, "wall_s": 0.5,
        "peak_memory_mb": 100.0, "dataset_hash": "abcdef012345", "policy_hash": "0123456789ab",
        "versions": "python=3.11", "memory_limit_gb": 10.0, "applicants": 681, "cells": 1234, "placed": 5,
        "commit": "abc", "note": "", "tiers": tiers,
    } | changes  # fmt: skip


def test_registry_names_what_exists() -> None:
    assert len({m.name for m in METHODS}) == len(METHODS)
    for campaign in CAMPAIGNS.values():
        for instance in (*campaign.instances, *campaign.smoke):
            if instance.published is None:
                assert instance.made or (instance.folder / "applicants.csv").exists()
            else:
                assert instance.published.form in FORMATS
                if instance.published.own:
                    format_of(instance.published.form).read(instance.folder)
        assert campaign.layout in table.LAYOUTS
    with pytest.raises(KeyError):
        method("nothing")


def smoke(campaign: str) -> tuple[str, dict[str, list[str]]]:
    """What is printed, and the cells of each method's row."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "run.py"), campaign, "--smoke"],
        cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout, {
        cells[1]: cells[2:-1] for line in done.stdout.splitlines()
        if len(cells := [cell.strip() for cell in line.split("|")]) > 3
    }  # fmt: skip


def test_smoke_every_method_is_accepted_by_the_checker() -> None:
    text, rows = smoke("allocation")
    assert set(rows) >= {m.name for m in METHODS}
    for exact in ("mip", "cpsat", "plain_cpsat", "plain_pulp"):
        assert rows[exact] == rows["auto"]
    assert rows["auto"][0] == "optimal"
    assert "seconds" not in text


@pytest.mark.slow
def test_smoke_of_the_sizes_on_a_generated_data_set() -> None:
    text, rows = smoke("allocation-size")
    assert set(rows) >= {m.name for m in CAMPAIGNS["allocation-size"].methods}
    for name in ("auto", "vacancy", "queue", "deferred"):
        assert rows[name][-1] == "ok"
    assert "rejected" not in text
    assert "seconds" not in text


def test_a_run_without_a_proposal_has_a_row_of_its_own() -> None:
    rows = results.csv_rows([run(outcome="unknown", checked=False), run({"value": 10, "bound": 8})])
    assert [row["value"] for row in rows] == ["", 10]
    assert rows[1]["gap"] == pytest.approx(0.2)
    assert rows[0]["outcome"] == "unknown"


@pytest.mark.parametrize(
    ("kind", "tier", "cell"),
    [
        ("engine", {"value": 5, "bound": 5}, "5 ✓"),
        ("engine", {"value": 5, "bound": 3}, "5 (≥ 3)"),
        ("comparator", {"value": 5, "bound": None}, "| 5 |"),
        ("baseline", {"value": 5, "bound": 5}, "| 5 |"),
    ],
)
def test_only_what_is_proven_gets_a_tick(kind: str, tier: dict[str, Any], cell: str) -> None:
    assert cell in table.markdown([run(tier, kind=kind)])


def test_a_refused_proposal_is_said_so() -> None:
    assert "rejected by the checker" in table.markdown([run({"value": 5, "bound": 5}, checked=False)])


def test_readme_tables_stand_between_their_markers(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text("a\n<!-- results: x -->\nold\n<!-- end of results: x -->\nz\n", encoding="utf-8")
    for _ in range(2):
        table.into_readme(page, "x", "new\n")
        text = page.read_text(encoding="utf-8")
        assert "old" not in text
        assert text.startswith("a\n<!-- results: x -->\n\nnew")
        assert text.endswith("<!-- end of results: x -->\nz\n")
    with pytest.raises(ValueError, match="no markers"):
        table.into_readme(page, "y", "new\n")


def test_readme_has_the_markers_of_every_campaign() -> None:
    text = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    for name in (*CAMPAIGNS, "scaling-nation", "scaling-area", "scaling-rota"):
        assert table.BEGIN.format(name=name) in text
        assert table.END.format(name=name) in text
