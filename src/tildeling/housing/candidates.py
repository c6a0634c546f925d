"""Daily work, one vacancy at a time: who could take a unit, and what each choice costs the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tildeling.housing.case import Case
from tildeling.housing.dataset import Dataset
from tildeling.housing.funnel import funnel, offered_units
from tildeling.housing.goals.wishes import WishParams, unmet_places
from tildeling.housing.solution import Solution
from tildeling.housing.tables import Applicant
from tildeling.housing.whatif import Cost, Laboratory
from tildeling.housing.wording import cost_text
from tildeling.texts import Lang, text
from tildeling_models.progress import Event, Progress
from tildeling_models.stop import Stop


@dataclass(frozen=True)
class Candidate:
    """Somebody eligible for the unit; place wishes met there out of those held; the cost of the choice."""

    applicant: str
    severity: int
    waiting_days: int
    wishes_met: int
    wishes: int
    cost: Cost


@dataclass(frozen=True)
class Candidates:
    """Ranked candidates of a unit; ``unpriced`` were eligible, but beyond the number or the time asked for."""

    unit: str
    group: str
    offered: bool
    ranked: tuple[Candidate, ...]
    unpriced: int
    notice: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "unit": self.unit, "group": self.group, "offered": self.offered, "unpriced": self.unpriced,
            "notice": self.notice,
            "candidates": [
                {
                    "applicant": c.applicant, "severity": c.severity, "waiting_days": c.waiting_days,
                    "wishes_met": c.wishes_met, "wishes": c.wishes, "cost": c.cost.as_dict(),
                }
                for c in self.ranked
            ],
        }  # fmt: skip

    def text(self, lang: Lang) -> str:
        """In words."""
        lines = [self.notice[lang]] if self.notice[lang] else []
        if not self.offered:
            return "\n".join([*lines, text("explain.not_offered", lang, unit=self.unit)])
        lines.append(text("explain.candidates", lang, unit=self.unit, group=self.group))
        for rank, who in enumerate(self.ranked, start=1):
            lines.append(
                "  "
                + text("explain.candidate", lang, rank=rank, applicant=who.applicant, severity=who.severity,
                       days=who.waiting_days, met=who.wishes_met, wishes=who.wishes, cost=cost_text(who.cost, lang))
            )  # fmt: skip
        if not self.ranked and not self.unpriced:
            lines.append("  " + text("explain.candidates_none", lang))
        if self.unpriced:
            lines.append(text("explain.candidates_more", lang, count=self.unpriced))
        lines.append(text("explain.proposes", lang))
        return "\n".join(lines)


def candidates(
    data: Dataset,
    unit: str,
    *,
    most: int = 10,
    proposal: Solution | None = None,
    stop: Stop | None = None,
    progress: Progress | None = None,
    workers: int = 1,
) -> Candidates:
    """Rank who could take a unit.

    Those eligible are taken by severity, then waiting time; the first ``most`` of them are priced by solving
    the part of the problem that holds the unit again, and ranked by what the choice costs.

    Parameters
    ----------
    proposal
        What choices are compared with; None for the optimum.

    Raises
    ------
    KeyError
        If there is no such unit.
    TimeoutError
        If the optimum to compare with was not found in time.
    """
    stop = stop or Stop(60)
    progress = progress or Progress()
    home = data.unit[unit]
    notice = {"nb": data.info.notice_nb, "en": data.info.notice_en}
    if home not in offered_units(data):
        return Candidates(unit, home.group_id, False, (), 0, notice)
    locked = data.lock
    able = [
        a
        for a in data.applicants
        if a.applicant_id not in locked and a.present_unit_id != unit and unit in funnel(data, a).eligible
    ]
    able.sort(key=lambda a: (-a.severity, -data.waiting_days(a), a.applicant_id))
    ranked: list[Candidate] = []
    if able:
        lab = Laboratory(data, proposal, stop, workers)
        for number, row in enumerate(able[:most], start=1):
            if stop.now:
                break
            progress.event(
                Event("candidates", elapsed=stop.elapsed, left=stop.left, part=number, parts=len(able))
            )
            met, wishes = _wishes(data, row, unit)
            cost = lab.forced(row.applicant_id, unit)
            ranked.append(
                Candidate(row.applicant_id, row.severity, data.waiting_days(row), met, wishes, cost)
            )
        ranked.sort(key=lambda c: (*c.cost.order(lab.tiers), -c.severity, -c.waiting_days, c.applicant))
    return Candidates(unit, home.group_id, True, tuple(ranked), len(able) - len(ranked), notice)


def _wishes(data: Dataset, row: Applicant, unit: str) -> tuple[int, int]:
    """Place and size wishes that the unit meets, and how many there are."""
    home = Case(data, Solution({row.applicant_id: unit})).after.of[row.applicant_id]
    case = Case(data, Solution())
    each = [
        row.model_copy(update={"place_wishes": (wish,), "community_size_wish": None})
        for wish in row.place_wishes
    ]
    if row.community_size_wish:
        each.append(row.model_copy(update={"place_wishes": ()}))
    return sum(unmet_places(case, alone, home, WishParams()) == 0 for alone in each), len(each)
