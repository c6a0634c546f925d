"""Explanations in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tildeling.housing.whatif import Cost
from tildeling.texts import Lang, text

if TYPE_CHECKING:
    from tildeling.housing.explain import Explanation


def cost_text(cost: Cost, lang: Lang) -> str:
    """A cost in words."""
    if cost.possible is None or (cost.possible and cost.most is None):
        return text("explain.cost_unknown", lang)
    if not cost.possible:
        return text("explain.cost_impossible", lang)
    if cost.tier is None:
        return text("explain.cost_tie", lang)
    if cost.exact:
        return text("explain.cost_exact", lang, most=cost.most, tier=cost.tier)
    least = "?" if cost.least is None else f"{cost.least:+d}"
    return text("explain.cost_between", lang, least=least, most=f"{cost.most:+d}", tier=cost.tier)


def explanation_text(told: Explanation, lang: Lang) -> str:
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
