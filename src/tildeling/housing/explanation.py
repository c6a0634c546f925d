"""What an explanation holds, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tildeling.housing.funnel import Funnel
from tildeling.housing.whatif import Cost
from tildeling.housing.wording import cost_text
from tildeling.texts import Lang, text


@dataclass(frozen=True)
class Alternative:
    """Another unit of the right kind and what choosing it would cost the whole."""

    unit: str
    group: str
    cost: Cost


@dataclass(frozen=True)
class Tried:
    """A change that was tried: whether it places the applicant; None where not proven in time."""

    code: str
    about: str
    places: bool | None


@dataclass(frozen=True)
class Price:
    """A rule's price: each tier's value with the rule changed, None where nothing was found."""

    rule: str
    change: dict[str, Any]
    outcome: str
    tiers: dict[str, int | None]
    difference: dict[str, int | None]


@dataclass(frozen=True)
class Explanation:
    """An answer; parts that do not apply are empty."""

    subject: str
    state: str
    facts: dict[str, Any] = field(default_factory=dict)
    wishes: tuple[tuple[str, bool], ...] = ()
    affected: int = 0
    alternatives: tuple[Alternative, ...] = ()
    funnel: Funnel | None = None
    forcing: Cost | None = None
    tried: tuple[Tried, ...] = ()
    prices: tuple[Price, ...] = ()
    figures: tuple[tuple[str, str, str], ...] = ()
    notice: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "subject": self.subject, "state": self.state, "facts": self.facts, "notice": self.notice,
            "wishes": [{"wish": wish, "met": met} for wish, met in self.wishes],
            "housemates_affected": self.affected,
            "alternatives": [
                {"unit": a.unit, "group": a.group, "cost": a.cost.as_dict()} for a in self.alternatives
            ],
            "funnel": None if self.funnel is None else {
                "offered": self.funnel.offered, "eligible": len(self.funnel.eligible),
                "steps": [
                    {"requirement": s.requirement, "before": s.before, "removed": s.removed, "alone": s.alone}
                    for s in self.funnel.steps
                ],
            },
            "forcing": self.forcing.as_dict() if self.forcing else None,
            "changes": [{"change": t.code, "about": t.about, "places": t.places} for t in self.tried],
            "rule_prices": [
                {"rule": p.rule, "change": p.change, "outcome": p.outcome, "tiers": p.tiers,
                 "difference": p.difference} for p in self.prices
            ],
            "figures": [{"name": n, "today": today, "after": after} for n, today, after in self.figures],
        }  # fmt: skip

    def text(self, lang: Lang) -> str:
        """The answer in words."""
        return _in_words(self, lang)


def _in_words(told: Explanation, lang: Lang) -> str:
    """An explanation, a line a fact."""

    def say(key: str, **params: object) -> str:
        return text(f"explain.{key}", lang, **params)

    facts = {key: "–" if value in (None, "") else value for key, value in told.facts.items()}
    lines = [told.notice[lang]] if told.notice.get(lang) else []
    lines.append(say(told.state, subject=told.subject, **facts))
    if "severity" in facts:
        lines.append(say("criteria", **facts))
        if facts["statutory_right"] != "none":
            lines.append(say("right", **facts))
    lines += ["  " + say("wish_met" if met else "wish_unmet", wish=wish) for wish, met in told.wishes]
    if told.affected:
        lines.append(say("affected", count=told.affected))
    if told.alternatives:
        lines.append(say("alternatives"))
        for other in told.alternatives:
            lines.append(
                "  "
                + say("alternative", unit=other.unit, group=other.group, cost=cost_text(other.cost, lang))
            )
    if told.funnel is not None:
        lines.append(say("funnel", offered=told.funnel.offered, eligible=len(told.funnel.eligible)))
        for step in (s for s in told.funnel.steps if s.removed or s.alone):
            lines.append(
                "  " + say("funnel_step", requirement=_requirement(step.requirement, lang), removed=step.removed,
                           before=step.before, alone=step.alone)
            )  # fmt: skip
    if told.forcing is not None:
        lines.append(say("forcing", subject=told.subject, cost=cost_text(told.forcing, lang)))
    if told.tried:
        lines.append(say("changes"))
        verdict = {True: "places", False: "places_not", None: "places_unknown"}
        lines += [f"  {say(t.code, about=t.about)}: {say(verdict[t.places])}" for t in told.tried]
    if told.prices:
        lines.append(say("prices"))
        for price in told.prices:
            moved = ", ".join(f"{tier} {by:+d}" for tier, by in price.difference.items() if by)
            change = ", ".join(f"{key} = {value}" for key, value in price.change.items())
            lines.append(
                "  " + say("price", rule=price.rule, change=change, difference=moved or say("no_difference"),
                           outcome=text(f"commands.{price.outcome}", lang).lower())
            )  # fmt: skip
    if told.figures:
        lines.append(say("figures"))
        lines += [f"  {name}: {today} → {after}" for name, today, after in told.figures]
    lines.append(say("proposes"))
    return "\n".join(lines)


def _requirement(name: str, lang: Lang) -> str:
    """A requirement of the funnel by its short name."""
    return f"{name} ({text(f'funnel.{name.replace(chr(46), chr(95))}', lang)})"
