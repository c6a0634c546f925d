"""Judges an assignment from the format's own definitions, in plain Python.

It shares nothing with the engines, their problem or its evaluation: it exists to find them wrong.
"""

from __future__ import annotations

from tildeling.published.assignment_files import Plan
from tildeling.published.gap.instance import Instance
from tildeling.published.judging import Breach, Judgement


def judge(instance: Instance, plan: Plan) -> Judgement:
    """Every agent that does more than it can, and what the jobs cost where they are."""
    used = [0] * instance.agents
    cost = 0
    for job, agent in enumerate(plan):
        used[agent] += instance.use[agent][job]
        cost += instance.cost[agent][job]
    breaches = tuple(
        Breach("over_capacity", {"group": agent, "found": found, "most": most})
        for agent, (found, most) in enumerate(zip(used, instance.capacity, strict=True))
        if found > most
    )
    return Judgement(breaches, (("assignment_cost", cost),))
