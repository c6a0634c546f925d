"""Costs in words."""

from __future__ import annotations

from tildeling.housing.whatif import Cost
from tildeling.texts import Lang, text


def cost_text(cost: Cost, lang: Lang) -> str:
    """A cost in words: the tier that decides, then what changes in the tiers after it."""
    first = _deciding_text(cost, lang)
    later = ", ".join(
        f"{tier.name} {'' if tier.exact else '≤ '}{tier.most:+d}" for tier in cost.later if tier.most
    )
    if not later:
        return first
    return text("explain.cost_later", lang, cost=first, tiers=later)


def _deciding_text(cost: Cost, lang: Lang) -> str:
    tier = cost.deciding
    if cost.possible is False:
        return text("explain.cost_impossible", lang)
    if cost.possible is None:
        if tier is not None and tier.least is not None and tier.least > 0:
            return text("explain.cost_at_least", lang, least=tier.least, tier=tier.name)
        return text("explain.cost_unknown", lang)
    if tier is None:
        return text("explain.cost_tie", lang)
    if tier.exact:
        return text("explain.cost_exact", lang, most=tier.most, tier=tier.name)
    if tier.least is None:
        return text("explain.cost_at_most", lang, most=f"{tier.most:+d}", tier=tier.name)
    return text(
        "explain.cost_between", lang, least=f"{tier.least:+d}", most=f"{tier.most:+d}", tier=tier.name
    )
