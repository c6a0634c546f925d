"""Daily work, one choice at a time: who could take a unit, where an applicant could live, and what each costs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tildeling.housing.case import Case, Household
from tildeling.housing.dataset import Dataset
from tildeling.housing.funnel import offered_units
from tildeling.housing.goals.wishes import WishParams, unmet_places
from tildeling.housing.proposal import Proposal
from tildeling.housing.rules.h1_unit import fits
from tildeling.housing.rules.h2_eligibility import REQUIREMENTS, H2Params
from tildeling.housing.solution import Solution
from tildeling.housing.tables import Applicant, Unit
from tildeling.housing.whatif import Cost, Laboratory
from tildeling.housing.wording import cost_text
from tildeling.texts import Lang, text
from tildeling_models.progress import Event, Progress
from tildeling_models.stop import Stop

SECONDS = 1.9
"""Time for pricing a list when there is a proposal to compare with: the list is there within 2 s."""
SEARCH_SECONDS = 60.0
"""Time for a list when the optimum to compare with must be found first."""

Rank = tuple[int, int]
"""Best and worst place in a list that the proven bounds leave open; equal when settled."""


@dataclass(frozen=True)
class Candidate:
    """Somebody eligible for the unit; place wishes met there out of those held; the cost of the choice."""

    applicant: str
    severity: int
    waiting_days: int
    wishes_met: int
    wishes: int
    cost: Cost
    rank: Rank = (0, 0)


@dataclass(frozen=True)
class Place:
    """Equal units of a group that the applicant is eligible for; ``proposed`` where the proposal has them."""

    units: tuple[str, ...]
    group: str
    proposed: bool
    wishes_met: int
    wishes: int
    cost: Cost
    rank: Rank = (0, 0)


@dataclass(frozen=True)
class Basis:
    """What the choices of a list are compared with: a proposal or the optimum, whether it is proven, and the time."""

    proposal: bool
    proven: bool
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"proposal": self.proposal, "proven": self.proven, "seconds": round(self.seconds, 2)}


@dataclass(frozen=True)
class Candidates:
    """Everybody eligible for a unit, ranked by what giving it to them costs the whole."""

    unit: str
    group: str
    offered: bool
    ranked: tuple[Candidate, ...]
    basis: Basis
    notice: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "unit": self.unit, "group": self.group, "offered": self.offered,
            "exact": sum(c.cost.exact for c in self.ranked), "compared_with": self.basis.as_dict(),
            "notice": self.notice,
            "candidates": [
                {
                    "applicant": c.applicant, "severity": c.severity, "waiting_days": c.waiting_days,
                    "wishes_met": c.wishes_met, "wishes": c.wishes, "rank": list(c.rank),
                    "cost": c.cost.as_dict(),
                }
                for c in self.ranked
            ],
        }  # fmt: skip

    def text(self, lang: Lang, most: int | None = None) -> str:
        """In words, no more than so many of them."""
        if not self.offered:
            return "\n".join(
                [*_opening(self.notice, lang), text("explain.not_offered", lang, unit=self.unit)]
            )
        lines = [
            text("explain.candidate", lang, rank=_rank(c), applicant=c.applicant, severity=c.severity,
                 days=c.waiting_days, met=c.wishes_met, wishes=c.wishes, cost=cost_text(c.cost, lang))
            for c in self.ranked
        ]  # fmt: skip
        title = text("explain.candidates", lang, unit=self.unit, group=self.group)
        return _told(title, lines, [c.cost for c in self.ranked], self.basis, self.notice, most, lang)


@dataclass(frozen=True)
class Places:
    """Every place an applicant is eligible for, ranked by what giving it to them costs the whole."""

    applicant: str
    ranked: tuple[Place, ...]
    basis: Basis
    notice: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "applicant": self.applicant, "exact": sum(p.cost.exact for p in self.ranked),
            "compared_with": self.basis.as_dict(), "notice": self.notice,
            "places": [
                {
                    "units": list(p.units), "group": p.group, "proposed": p.proposed,
                    "wishes_met": p.wishes_met, "wishes": p.wishes, "rank": list(p.rank),
                    "cost": p.cost.as_dict(),
                }
                for p in self.ranked
            ],
        }  # fmt: skip

    def text(self, lang: Lang, most: int | None = None) -> str:
        """In words, no more than so many of them."""
        lines = [
            text("explain.place", lang, rank=_rank(p), units=", ".join(p.units), group=p.group,
                 met=p.wishes_met, wishes=p.wishes, cost=cost_text(p.cost, lang),
                 proposed=text("explain.as_proposed", lang) if p.proposed else "")
            for p in self.ranked
        ]  # fmt: skip
        title = text("explain.places_of", lang, applicant=self.applicant)
        return _told(title, lines, [p.cost for p in self.ranked], self.basis, self.notice, most, lang)


def candidates(
    data: Dataset,
    unit: str,
    *,
    proposal: Proposal | Solution | None = None,
    stop: Stop | None = None,
    later: bool = False,
    progress: Progress | None = None,
    workers: int = 1,
) -> Candidates:
    """Rank everybody who could take a unit by what it costs the whole.

    Parameters
    ----------
    proposal
        What choices are compared with; None for the optimum, which is found first and takes longer.
    stop
        By default after ``SECONDS`` with a proposal, ``SEARCH_SECONDS`` without.  More time settles more of the list.
    later
        Whether time that is left goes into proving the tiers after the one that decides.

    Raises
    ------
    KeyError
        If there is no such unit.
    TimeoutError
        If no solution to compare with was found in time.
    """
    stop, began = _stop(stop, proposal)
    home = data.unit[unit]
    notice = {"nb": data.info.notice_nb, "en": data.info.notice_en}
    offered = home in offered_units(data)
    able = [
        row
        for row in data.applicants
        if offered and row.applicant_id not in data.lock and row.present_unit_id != unit
        and _eligible(data, row, home)
    ]  # fmt: skip
    costs, basis = _priced(
        data, [(row.applicant_id, unit) for row in able], proposal, stop, began, later, progress, workers
    )
    case = Case(data, Solution())
    found = [
        Candidate(row.applicant_id, row.severity, data.waiting_days(row), *_wishes(case, row, home), cost)
        for row, cost in zip(able, costs, strict=True)
    ]
    found.sort(key=lambda c: (*c.cost.order, -c.severity, -c.waiting_days, c.applicant))
    ranks = ranks_of([c.cost for c in found])
    ranked = tuple(
        Candidate(c.applicant, c.severity, c.waiting_days, c.wishes_met, c.wishes, c.cost, rank)
        for c, rank in zip(found, ranks, strict=True)
    )
    return Candidates(unit, home.group_id, offered, ranked, basis, notice)


def places(
    data: Dataset,
    applicant: str,
    *,
    proposal: Proposal | Solution | None = None,
    stop: Stop | None = None,
    later: bool = False,
    progress: Progress | None = None,
    workers: int = 1,
) -> Places:
    """Rank every place an applicant could have by what it costs the whole; equal units are one place.

    Parameters are those of :func:`candidates`.

    Raises
    ------
    KeyError
        If there is no such applicant.
    TimeoutError
        If no solution to compare with was found in time.
    """
    stop, began = _stop(stop, proposal)
    row = data.applicant[applicant]
    notice = {"nb": data.info.notice_nb, "en": data.info.notice_en}
    units = [unit for unit in offered_units(data) if _eligible(data, row, unit)]
    if applicant in data.lock:
        units = []
    lab = Laboratory(data, proposal, stop, workers) if units else None
    together: dict[object, list[Unit]] = {}
    for unit in units:
        slot = lab.slot_of.get(unit.unit_id) if lab is not None else None
        if lab is None or slot is None or slot != lab.compiled.frame.item_home[lab.item(applicant)]:
            together.setdefault(unit.unit_id if slot is None else slot, []).append(unit)
    first = [each[0] for each in together.values()]
    costs, basis = _priced(
        data,
        [(applicant, unit.unit_id) for unit in first],
        proposal,
        stop,
        began,
        later,
        progress,
        workers,
        lab,
    )
    given = proposal.solution if isinstance(proposal, Proposal) else proposal
    now = given.placements.get(applicant) if given is not None else None
    case = Case(data, Solution())
    found = []
    for alike, cost in zip(together.values(), costs, strict=True):
        ids = tuple(sorted(unit.unit_id for unit in alike))
        found.append(Place(ids, alike[0].group_id, now in ids, *_wishes(case, row, alike[0]), cost))
    found.sort(key=lambda p: (*p.cost.order, -p.wishes_met, p.units))
    ranks = ranks_of([p.cost for p in found])
    ranked = tuple(
        Place(p.units, p.group, p.proposed, p.wishes_met, p.wishes, p.cost, rank)
        for p, rank in zip(found, ranks, strict=True)
    )
    return Places(applicant, ranked, basis, notice)


def ranks_of(costs: Sequence[Cost]) -> list[Rank]:
    """For each cost, one more than are certainly lower, and one more than may be lower."""
    lower, upper = sorted(cost.lower for cost in costs), sorted(cost.upper for cost in costs)
    return [
        (1 + bisect_left(upper, cost.lower), 1 + bisect_left(lower, cost.upper) - (cost.lower < cost.upper))
        for cost in costs
    ]


def _stop(stop: Stop | None, proposal: object) -> tuple[Stop, float]:
    stop = stop or Stop(SECONDS if proposal is not None else SEARCH_SECONDS)
    return stop, stop.elapsed


def _priced(
    data: Dataset,
    choices: list[tuple[str, str]],
    proposal: Proposal | Solution | None,
    stop: Stop,
    began: float,
    later: bool,
    progress: Progress | None,
    workers: int,
    lab: Laboratory | None = None,
) -> tuple[list[Cost], Basis]:
    """The cost of each choice, and what it is compared with."""
    listener = progress or Progress()

    def heard(settled: int, of: int) -> None:
        listener.event(Event("candidates", elapsed=stop.elapsed, left=stop.left, part=settled, parts=of))

    if not choices:
        return [], Basis(proposal is not None, proposal is not None, stop.elapsed - began)
    if proposal is None:
        listener.event(Event("optimum", elapsed=stop.elapsed, left=stop.left))
    lab = lab or Laboratory(data, proposal, stop, workers)
    costs = lab.costs(choices, later=later, heard=heard)
    return costs, Basis(proposal is not None, lab.is_proven_for(choices), stop.elapsed - began)


def _eligible(data: Dataset, row: Applicant, unit: Unit) -> bool:
    """Whether an applicant meets every requirement of H1 and H2 in a unit."""
    rules = data.policy.rules
    if rules["H1"].enabled and not fits(row.household_size, unit.max_persons):
        return False
    if not rules["H2"].enabled:
        return True
    params, group = H2Params.model_validate(rules["H2"].params), data.group[unit.group_id]
    return all(met(data, row, unit, group, params) for met in REQUIREMENTS.values())


def _wishes(case: Case, row: Applicant, unit: Unit) -> tuple[int, int]:
    """Place and size wishes that the unit meets, and how many there are."""
    home = Household(row.applicant_id, row, unit, case.data.group[unit.group_id], True, False)
    each = [
        row.model_copy(update={"place_wishes": (wish,), "community_size_wish": None})
        for wish in row.place_wishes
    ]
    if row.community_size_wish:
        each.append(row.model_copy(update={"place_wishes": ()}))
    return sum(unmet_places(case, alone, home, WishParams()) == 0 for alone in each), len(each)


# --- in words ------------------------------------------------------------------------------------------


def _rank(line: Candidate | Place) -> str:
    first, last = line.rank
    if line.cost.possible is False:
        return "–"
    return str(first) if first == last else f"{first}–{last}"


def _opening(notice: dict[str, str], lang: Lang) -> list[str]:
    return [notice[lang]] if notice[lang] else []


def _told(
    title: str,
    lines: Sequence[str],
    costs: Sequence[Cost],
    basis: Basis,
    notice: dict[str, str],
    most: int | None,
    lang: Lang,
) -> str:
    """A list in words: what it is compared with, a line each, and how much of it is settled."""

    def say(key: str, **params: object) -> str:
        return text(f"explain.{key}", lang, **params)

    if not costs:
        return "\n".join([*_opening(notice, lang), title, "  " + say("candidates_none"), say("proposes")])
    told = [*_opening(notice, lang), title]
    told.append(say("against_proposal" if basis.proposal else "against_optimum"))
    if not basis.proven:
        told.append(say("against_unproven"))
    told += [f"  {line}" for line in lines[:most]]
    if most is not None and len(lines) > most:
        told.append(say("candidates_more", count=len(lines) - most))
    exact = sum(cost.exact for cost in costs)
    told.append(say("candidates_exact", exact=exact, count=len(costs), seconds=f"{basis.seconds:.1f}"))
    if any(rank[0] != rank[1] for rank in ranks_of(costs)):
        told.append(say("candidates_open"))
    if any(cost.possible and cost.upper < (0.0,) * len(cost.upper) for cost in costs):
        told.append(say("candidates_better"))
    told.append(say("proposes"))
    return "\n".join(told)
