"""Judges an assignment from the format's own definitions, in plain Python.

It shares nothing with the engines, their problem or its evaluation: it exists to find them wrong.
"""

from __future__ import annotations

from tildeling.published.assignment_files import Plan
from tildeling.published.judging import Breach, Judgement
from tildeling.published.sscflp.instance import Instance


def judge(instance: Instance, plan: Plan) -> Judgement:
    """Every facility that serves more than it can; what opening costs, and what serving does."""
    served = [0] * len(instance.capacity)
    cost = 0
    for customer, facility in enumerate(plan):
        served[facility] += instance.demand[customer]
        cost += instance.cost[customer][facility]
    breaches = tuple(
        Breach("over_capacity", {"group": facility, "found": found, "most": most})
        for facility, (found, most) in enumerate(zip(served, instance.capacity, strict=True))
        if found > most
    )
    opening = sum(instance.opening[facility] for facility in set(plan))
    return Judgement(breaches, (("opening_cost", opening), ("assignment_cost", cost)), instance.scale)
