"""Runs as Markdown tables, which stand in README.md between markers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.results import gap

BEGIN, END = "<!-- results: {name} -->", "<!-- end of results: {name} -->"
NOTHING = {
    "time_limit": "nothing in time", "killed": "nothing in time", "out_of_memory": "out of memory",
    "short_machine": "the machine was short of memory", "crashed": "crashed", "not_run": "not run yet",
}  # fmt: skip
"""What stands for the outcome of a run without a proposal."""

Run = dict[str, Any]


def markdown(runs: Sequence[Run], *, timings: bool = True) -> str:
    """A table per instance, methods against tiers: ✓ where proven, else the bound where there is one."""
    parts = []
    for mine in _by_instance(runs):
        names = list(dict.fromkeys(tier["tier"] for run in mine for tier in run["tiers"]))
        head = ["method", "outcome", *names, *(("seconds", "MB") if timings else ())]
        rows = []
        for run in mine:
            cells = {tier["tier"]: _cell(run["kind"], tier) for tier in run["tiers"]}
            rows.append(
                [run["method"], outcome(run), *(cells.get(name, "–") for name in names), *_cost(run, timings)]
            )
        parts.append(f"**{mine[0]['instance']}**{_limit(mine, timings)}\n\n{_table(head, 2, rows)}")
    return "\n\n".join(parts) + "\n"


def sizes(runs: Sequence[Run], *, timings: bool = True) -> str:
    """A table per instance: value, bound and gap of the first tier and of the needs after it, and the costs."""
    head = [
        "method", "outcome", "cells", "1a", "1a bound", "1a gap %", "1a to best bound %", "1b", "1b bound",
        "1b gap %", "placed", "proven", "checked", *(("seconds", "MB") if timings else ()),
    ]  # fmt: skip
    parts = []
    for mine in _by_instance(runs):
        tiers = max(len(run["tiers"]) for run in mine)
        best = max((b for run in mine if (b := _first(run)[1]) is not None), default=None)
        rows = []
        for run in mine:
            (value, bound), needs = _first(run), _needs(run)
            proven = sum(t["value"] is not None and t["value"] == t["bound"] for t in run["tiers"])
            rows.append(
                [
                    run["method"], outcome(run), _number(run.get("cells")),
                    _number(value), _number(bound), _percent(gap(value, bound)), _percent(gap(value, best)),
                    *map(_number, needs), _percent(gap(*needs)), _number(run.get("placed")),
                    f"{proven} of {tiers}" if run["tiers"] and run["kind"] != "baseline" else "–",
                    ("ok" if run["checked"] else "**no**") if run["tiers"] else "–", *_cost(run, timings),
                ]
            )  # fmt: skip
        count = next((run["applicants"] for run in mine if run.get("applicants")), None)
        people = f", {count:,} applicants" if count else ""
        title = f"**{mine[0]['instance']}**{people}{_limit(mine, timings)}"
        parts.append(f"{title}\n\n{_table(head, 2, rows)}")
    return "\n\n".join(parts) + "\n"


def published(runs: Sequence[Run], *, timings: bool = True) -> str:
    """A row per instance and method beside the best value known; then what other methods are published with."""
    head = [
        "instance", "method", "outcome", "value", "bound", "gap %", "best known", "to best known %", "checked",
        *(("seconds", "MB") if timings else ()),
    ]  # fmt: skip
    rows, others = [], []
    for mine in _by_instance(runs):
        best = mine[0].get("best_known")
        for run in mine:
            value, bound = _first(run)
            rows.append(
                [
                    run["instance"], run["method"], outcome(run), _number(value), _number(bound),
                    _percent(gap(value, bound)), _number(best), _percent(_above(value, best)),
                    ("ok" if run["checked"] else "**no**") if value is not None else "–", *_cost(run, timings),
                ]
            )  # fmt: skip
        words = dict(pair.split("=", 1) for pair in str(mine[0].get("literature") or "").split())
        others.append((mine[0]["instance"], best, words))
    limit = f"{runs[0]['time_limit_s']:g} s per run\n\n" if runs and timings else ""
    return f"{limit}{_table(head, 3, rows)}\n{_literature(others)}"


def _literature(others: Sequence[tuple[str, int | None, dict[str, str]]]) -> str:
    """Published values, a column a method, for the instances that have any."""
    names = list(dict.fromkeys(name for _, _, words in others for name in words))
    rows = [
        [instance, _number(best), *(words.get(name, "–") for name in names)]
        for instance, best, words in others
        if words
    ]
    return f"\n{_table(['instance', 'best known', *names], 1, rows)}\n" if rows else ""


def _above(value: int | None, best: int | None) -> float | None:
    """How far a value is above the best known, a share of that; below is better than known."""
    return None if value is None or best is None else (value - best) / max(1, abs(best))


LAYOUTS = {"tiers": markdown, "sizes": sizes, "published": published}


def outcome(run: Run) -> str:
    """The outcome in words; for one without a proposal, why there is none."""
    if run["termination"] == "rejected" or (_valued(run) and not run["checked"]):
        return "**rejected by the checker**"
    words = str(run["outcome"])
    if not _found(run):
        words = NOTHING.get(run["termination"], words)
    return f"{words} ({run['note']})" if run.get("note") else words


def _found(run: Run) -> bool:
    return _valued(run) or run["outcome"] == "infeasible"


def _valued(run: Run) -> bool:
    return any(tier["value"] is not None for tier in run["tiers"])


def _by_instance(runs: Sequence[Run]) -> list[list[Run]]:
    names = dict.fromkeys(run["instance"] for run in runs)
    return [[run for run in runs if run["instance"] == name] for name in names]


def _limit(mine: Sequence[Run], timings: bool) -> str:
    return f", {mine[0]['time_limit_s']:g} s per run" if timings else ""


def _cost(run: Run, timings: bool) -> list[str]:
    known = [run.get("wall_s"), run.get("peak_memory_mb")]
    pairs = zip(known, (1, 0), strict=True)
    return ["–" if what is None else f"{what:.{digits}f}" for what, digits in pairs] if timings else []


def _first(run: Run) -> tuple[int | None, int | None]:
    """Value and bound of the first tier; a baseline's bound says nothing."""
    if not run["tiers"]:
        return None, None
    tier = run["tiers"][0]
    return tier["value"], None if run["kind"] == "baseline" else tier["bound"]


def _needs(run: Run) -> tuple[int | None, int | None]:
    """Values of the bands of 1b added up, and their bounds where all are known."""
    bands = [tier for tier in run["tiers"] if tier["tier"].startswith("1b")]
    values = [tier["value"] for tier in bands]
    bounds = [None if run["kind"] == "baseline" else tier["bound"] for tier in bands]
    return _sum(values), _sum(bounds)


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known and len(known) == len(numbers) else None


def _number(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"


def _percent(fraction: float | None) -> str:
    return "–" if fraction is None else f"{100 * fraction:.2f}"


def _table(head: Sequence[str], words: int, rows: Iterable[Sequence[str]]) -> str:
    """Lines of a table, the first columns left-aligned."""
    rule = ["---" if at < words else "---:" for at in range(len(head))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, rule, *rows))


def _cell(kind: str, tier: dict[str, Any]) -> str:
    value, bound = tier["value"], tier["bound"]
    if value is None:
        return "–"
    if kind == "baseline" or bound is None:
        return f"{value}"
    return f"{value} ✓" if value == bound else f"{value} (≥ {bound})"


def into_readme(readme: Path, name: str, text: str) -> None:
    """Put a text between a name's markers.

    Raises
    ------
    ValueError
        If the markers are not there.
    """
    begin, end = BEGIN.format(name=name), END.format(name=name)
    page = readme.read_text(encoding="utf-8")
    if begin not in page or end not in page:
        raise ValueError(f"{readme.name}: no markers for {name}")
    before, after = page.split(begin)[0], page.split(end)[1]
    readme.write_text(f"{before}{begin}\n\n{text}\n{end}{after}", encoding="utf-8")
