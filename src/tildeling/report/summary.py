"""A proposal in words and key numbers: outcome, tiers, ties, provenance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tildeling.document import TierPart
from tildeling.housing.goals import Goal, tiers_solved
from tildeling.housing.indicators import Standing
from tildeling.report.phrases import Phrases
from tildeling.report.view import ABOUT_HOMES, View


@dataclass(frozen=True, slots=True)
class PartLine:
    """A goal's part of a tier."""

    text: str
    value: int
    weight: int


@dataclass(frozen=True, slots=True)
class TierLine:
    """A tier with what it means and how far it is proven."""

    name: str
    meaning: str
    value: int | None
    bound: int | None
    gap: float | None
    tolerance: float
    proof: str
    proven: bool
    parts: tuple[PartLine, ...]


class Summary:
    """What stands first in page and workbook.

    Nothing here comes from the document's ``run`` block: it differs between runs of the same proposal.
    """

    def __init__(self, view: View, words: Phrases) -> None:
        self.view, self.words = view, words
        self.document = view.proposal.document

    @cached_property
    def numbers(self) -> tuple[tuple[str, int], ...]:
        """Key numbers: label and value."""
        view, words = self.view, self.words
        new = [p for p in view.placements if p.home.new]
        empty = next(i.after.count for i in view.indicators if i.id == "homes_empty") or 0
        after = [line.after for line in view.communities]
        pairs = [
            ("number_new", sum(not p.home.unit.temporary for p in new)),
            ("number_locked", sum(p.lock is not None for p in view.placements)),
            ("number_waiting", len(view.waiting)),
            ("number_temporary", sum(p.home.unit.temporary for p in new)),
            ("number_empty", empty),
            ("number_over_low", sum(size > view.warn_above for size in after)),
            ("number_over_high", sum(size > view.reason_above for size in after)),
            ("number_bases", sum(base.marked for base in view.bases)),
        ]
        limits = {"number_over_low": view.warn_above, "number_over_high": view.reason_above}
        return tuple((words(key, limit=limits.get(key, "")), value) for key, value in pairs)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The proposal in sentences."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[str]:
        view, words, document = self.view, self.words, self.document
        new = sum(p.home.new and not p.home.unit.temporary for p in view.placements)
        yield words(
            "said_placed", new=words.number(new), waiting=words.number(len(view.waiting)),
            before=words.number(view.waiting_today),
        )  # fmt: skip
        stays = view.standings[Standing.STAYS]
        if stays:
            yield words.count("said_stays", stays)
        yield self.verdict
        standing = len(view.proposal.report.standing)
        yield words("said_checked") + (" " + words.count("said_standing", standing) if standing else "")
        ties = document.ties
        if ties.found:
            yield words.count("said_ties", len(ties.found))
        else:
            yield words("said_unique" if ties.complete else "said_ties_unknown")
        people = {f.subject for f in view.proposal.flags if f.code not in ABOUT_HOMES}
        if people:
            yield words.count("said_flags", len(people))

    @cached_property
    def verdict(self) -> str:
        """How good the proposal is proven to be."""
        words, document = self.words, self.document
        if document.outcome == "optimal":
            return words("said_optimal", ruleset=document.ruleset)
        open_ = next((tier for tier in document.tiers if tier.gap is None or tier.gap > tier.tolerance), None)
        if open_ is None:
            return words("said_within", ruleset=document.ruleset)
        if open_.gap is None:
            return words("said_no_bound", tier=open_.name)
        return words(
            "said_gap", tier=open_.name, value=words.number(open_.value), bound=words.number(open_.bound),
            gap=words.percent(open_.gap, 1),
        )  # fmt: skip

    @cached_property
    def tiers(self) -> tuple[TierLine, ...]:
        """The tiers in the order they are solved."""
        # By name: a result read back may be of an earlier policy.
        solved = {name: goals for name, _, goals in tiers_solved(self.view.data.policy)}
        explained: set[str] = set()
        lines = []
        for part in self.document.tiers:
            goals = solved.get(part.name, ())
            lines.append(self._tier(part, goals, explained))
            explained.update(goal.id for goal, _, _ in goals)
        return tuple(lines)

    def _tier(
        self, tier: TierPart, goals: tuple[tuple[Goal, Any, int], ...], explained: set[str]
    ) -> TierLine:
        words = self.words
        texts = [self.goal(goal, params) for goal, params, _ in goals]
        parts = tuple(
            PartLine(name, part.value, part.weight) for name, part in zip(texts, tier.goals, strict=False)
        )
        proven = tier.gap is not None and tier.gap <= tier.tolerance
        proof = words("proven" if proven else "not_proven" if tier.bound is not None else "no_bound")
        meaning = (
            self._explained(goals[0][0], texts[0], explained)
            if len(goals) == 1
            else words("goal_sum")
            if goals
            else ""
        )
        plain = len(parts) < 2 and all(part.weight == 1 for part in parts)
        return TierLine(
            tier.name, meaning, tier.value, tier.bound, tier.gap, tier.tolerance, proof, proven,
            () if plain else parts,
        )  # fmt: skip

    def goal(self, goal: Goal, params: Any) -> str:
        """A goal's name, with the parameter that tells it from its like."""
        name = goal.nb if self.words.lang == "nb" else goal.en
        for field in ("band", "threshold"):
            if hasattr(params, field):
                name += " " + self.words(f"goal_{field}", n=getattr(params, field))
        return name

    def _explained(self, goal: Goal, name: str, explained: set[str]) -> str:
        """A goal's name, and where it is met first also what it counts."""
        if goal.id in explained:
            return f"{name}."
        try:
            return f"{name}. {self.words(f'goal_{goal.id}')}"
        except KeyError:
            return f"{name}."

    @cached_property
    def provenance(self) -> tuple[tuple[str, str], ...]:
        """What made the proposal: label and value."""
        words, document = self.words, self.document
        versions = ", ".join(f"{name} {version}" for name, version in sorted(document.versions.items()))
        return (
            (words("dataset"), document.dataset_id),
            (words("planning_date"), words.date(self.view.data.info.planning_date)),
            (words("dataset_hash"), document.dataset_hash),
            (words("ruleset"), document.ruleset),
            (words("policy_hash"), document.policy_hash),
            (words("engine"), document.engine),
            (words("seed"), str(document.seed)),
            (words("outcome"), self._said("outcome", document.outcome)),
            (words("termination"), self._said("termination", document.termination)),
            (words("reproducible"), words("yes" if document.reproducible else "no")),
            (words("versions"), versions),
        )

    def _said(self, kind: str, word: str) -> str:
        try:
            return self.words(f"{kind}_{word}")
        except KeyError:
            return word
