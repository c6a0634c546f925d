"""Instances as files of the format: for round trips only."""

from __future__ import annotations

from pathlib import Path

from tildeling.published.inrc2.instance import WEEK, WEEKDAYS, Instance


def write(instance: Instance, folder: Path) -> None:
    """Files in a folder that read as the instance; its history is number 0, its weeks are all different."""
    _write(folder / f"Sc-{instance.data}.txt", _scenario(instance))
    _write(folder / f"H0-{instance.data}-0.txt", _history(instance))
    for place, number in enumerate(instance.weeks):
        _write(folder / f"WD-{instance.data}-{number}.txt", _week(instance, place))


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _scenario(instance: Instance) -> list[str]:
    banned = [shift for shift in instance.shifts if shift.not_before]
    return [
        f"SCENARIO = {instance.scenario}", "", f"WEEKS = {len(instance.weeks)}", "",
        f"SKILLS = {len(instance.skills)}", *instance.skills, "",
        f"SHIFT_TYPES = {len(instance.shifts)}", *(f"{s.id} ({s.least},{s.most})" for s in instance.shifts),
        "FORBIDDEN_SHIFT_TYPES_SUCCESSIONS",
        *(" ".join((s.id, str(len(s.not_before)), *s.not_before)) for s in banned),
        f"CONTRACTS = {len(instance.contracts)}",
        *(
            f"{c.id} ({c.least},{c.most}) ({c.least_on},{c.most_on}) ({c.least_off},{c.most_off})"
            f" {c.weekends} {int(c.complete)}"
            for c in instance.contracts
        ),
        f"NURSES = {len(instance.nurses)}",
        *(" ".join((n.id, n.contract, str(len(n.skills)), *n.skills)) for n in instance.nurses),
    ]  # fmt: skip


def _history(instance: Instance) -> list[str]:
    return ["HISTORY", f"0 {instance.scenario}", "", "NURSE_HISTORY"] + [
        f"{n.id} {h.assignments} {h.weekends} {h.last or 'None'} {h.same} {h.on} {h.off}"
        for n in instance.nurses
        for h in (n.history,)
    ]


def _week(instance: Instance, place: int) -> list[str]:
    own = {
        (c.shift, c.skill, c.day % WEEK): f"({c.least},{c.wanted})"
        for c in instance.covers
        if c.day // WEEK == place
    }
    wishes = [r for r in instance.requests if r.day // WEEK == place]
    rows = [
        " ".join((s.id, skill, *(own.get((s.id, skill, day), "(0,0)") for day in range(WEEK))))
        for s in instance.shifts
        for skill in instance.skills
    ]
    return [
        "WEEK_DATA", instance.scenario, "", "REQUIREMENTS", *rows, "", f"SHIFT_OFF_REQUESTS = {len(wishes)}",
        *(f"{r.nurse} {r.shift or 'Any'} {WEEKDAYS[r.day % WEEK]}" for r in wishes),
    ]  # fmt: skip
