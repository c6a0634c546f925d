"""Why no rota can be made: demands that cannot hold together, in words, and the cheapest change that mends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tildeling.rota.compiling.builder import Demand
from tildeling.rota.compiling.compiler import Compiled, compile_rota
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.policy import Deviation
from tildeling.rota.tables import Agreement, AgreementLevel
from tildeling.texts import Lang, text
from tildeling_models.options import Options
from tildeling_models.result import Outcome
from tildeling_models.roster.mending import Mend, Mended, cheapest_mend
from tildeling_models.roster.problem import Cover
from tildeling_models.roster.why import Conflict, smallest_conflict
from tildeling_models.stop import Stop

CONFLICT_SHARE = 0.5
"""Of the time, what finding the conflict may take; the rest is for what mends it."""

ALWAYS = frozenset({"GIVEN"})
"""What is not up for discussion: nobody has two shifts at a time."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a mend: an agreement to make, a line of the cover plan on a day, hours of someone."""

    key: str
    values: dict[str, Any]

    def words(self, lang: Lang) -> str:
        """In words."""
        values = {
            name: value[lang] if isinstance(value, dict) else value for name, value in self.values.items()
        }
        return text(f"rota.mend_{self.key}", lang, **values)


@dataclass(frozen=True)
class Why:
    """The answer.

    Attributes
    ----------
    conflict
        Demands that cannot hold together, and whether fewer could not be named.
    changes
        The cheapest change found; empty if none was.
    cost, bound
        What it costs by the policy's ``mends``, and what any change costs at least.
    """

    conflict: Conflict
    demands: tuple[Demand, ...]
    people: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    cost: int | None = None
    bound: int | None = None

    @property
    def feasible(self) -> bool:
        """Whether a rota can be made after all."""
        return self.conflict.outcome is Outcome.FEASIBLE

    @property
    def infeasible(self) -> bool:
        """Whether it is proven that none can."""
        return self.conflict.outcome is Outcome.INFEASIBLE

    def lines(self, lang: Lang) -> Iterator[str]:
        """The answer in words."""
        if not self.infeasible:
            yield text("rota.why_feasible" if self.feasible else "rota.why_unknown", lang)
            return
        key = "smallest" if self.conflict.smallest else "irreducible" if self.conflict.irreducible else "some"
        yield text(f"rota.why_{key}", lang, count=len(self.demands))
        for demand in self.demands:
            yield f"  {demand.words(lang)}"
        if self.people:
            yield text("rota.why_alone", lang, people=", ".join(self.people))
        if not self.changes:
            yield text("rota.no_mend", lang)
            return
        yield text(
            "rota.mend" if self.cost == self.bound else "rota.mend_found",
            lang,
            cost=self.cost,
            bound=self.bound,
        )
        for change in self.changes:
            yield f"  {change.words(lang)}"

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """For other programs."""
        return {
            "outcome": self.conflict.outcome.value,
            "smallest": self.conflict.smallest,
            "irreducible": self.conflict.irreducible,
            "demands": [demand.words(lang) for demand in self.demands],
            "people": list(self.people),
            "mend": [change.words(lang) for change in self.changes],
            "cost": self.cost,
            "bound": self.bound,
        }


def why(data: RotaDataset, *, options: Options | None = None, stop: Stop | None = None) -> Why:
    """What keeps a rota from being made, and the cheapest change that lets one be.

    Raises
    ------
    ValueError
        Never for a data set without faults.
    """
    options, stop = options or Options(find_ties=False), stop or Stop()
    compiled = compile_rota(data)
    asked = {tag: 1 for tag, demand in enumerate(compiled.demands) if demand.source not in ALWAYS}
    conflict = smallest_conflict(compiled.problem, asked, options, stop.share(CONFLICT_SHARE))
    demands = tuple(compiled.demands[tag] for tag in conflict.tags)
    people = tuple(data.staff[person].staff_id for person in conflict.people)
    found = Why(conflict, demands, people)
    if not found.infeasible or stop.now:
        return found
    changes, cost, bound = _mended(data, compiled, options, stop)
    return replace(found, changes=changes, cost=cost, bound=bound)


def _mended(
    data: RotaDataset, compiled: Compiled, options: Options, stop: Stop
) -> tuple[tuple[Change, ...], int | None, int | None]:
    """The cheapest of: no agreement or one, with what cover and hours then still need; and what any costs at least.

    More than one agreement at a time is not looked at; the bound counts the two cheapest for that.
    """
    best: tuple[Change, ...] = ()
    least: int | None = None
    costs = data.policy.mends
    choices = sorted(_agreements(data), key=lambda choice: choice[2])
    bounds = [choices[0][2] + choices[1][2]] if len(choices) > 1 else []
    for name, deviation, price in (("", None, 0), *choices):
        if least is not None and price >= least:
            bounds.append(price)
            break
        changed = compiled if deviation is None else compile_rota(_with_agreement(data, name, deviation))
        mends = _mends(changed, costs.cover, costs.hours)
        found: Mended = cheapest_mend(changed.problem, [mend for mend, _ in mends], options, stop.share(0.5))
        if found.bound is not None:
            bounds.append(price + found.bound)
        elif found.outcome is not Outcome.INFEASIBLE:
            bounds.append(price)
        if found.cost is not None and (least is None or price + found.cost < least):
            least = price + found.cost
            agreed = () if deviation is None else (_agreement(name, deviation),)
            best = (*agreed, *(mends[number][1] for number in found.mends))
        if stop.now:
            bounds.append(0)
            break
    return best, least, min([*bounds, least]) if bounds and least is not None else least


def _agreements(data: RotaDataset) -> Iterator[tuple[str, Deviation, int]]:
    """Deviations that nobody has agreed yet: name, what it is, and what the cheapest level that may agree costs."""
    have = {name for row in data.agreements for name in row.permits if not row.staff_ids}
    for name, deviation in data.policy.rules_in_force.deviations.items():
        if name not in have:
            yield name, deviation, min(data.policy.mends.agreement[level] for level in deviation.level)


def _with_agreement(data: RotaDataset, name: str, deviation: Deviation) -> RotaDataset:
    row = Agreement(agreement_id="new", level=AgreementLevel(deviation.level[0]), permits=(name,))
    return replace(data, agreements=(*data.agreements, row))


def _agreement(name: str, deviation: Deviation) -> Change:
    values = {"name": name, "source": deviation.source, "what": {"nb": deviation.nb, "en": deviation.en},
              "level": "/".join(deviation.level)}  # fmt: skip
    return Change("agreement", values)


def _mends(compiled: Compiled, cover: int, hours: int) -> Sequence[tuple[Mend, Change]]:
    """What may be given up: each absolute line of cover, a person at a time; each person's hours."""
    found: list[tuple[Mend, Change]] = []
    covers: dict[int, list[Cover]] = {}
    for row in compiled.problem.covers:
        if row.least:
            covers.setdefault(row.tag, []).append(row)
    for tag, demand in enumerate(compiled.demands):
        if demand.source == "COVER":
            rows = covers.get(tag, [])
            for fewer in range(1, 1 + max((row.least or 0 for row in rows), default=0)):
                instead = tuple(replace(row, least=max(0, (row.least or 0) - fewer)) for row in rows)
                change = Change("cover", {**demand.values, "fewer": fewer})
                found.append((Mend(tag, cover * fewer, instead), change))
        elif demand.source in ("PERCENT", "KS-3D", "KS-WEEK") and demand.staff_id:
            found.append((Mend(tag, hours), Change("hours", {"staff": demand.staff_id})))
    return found
