"""Judges a grouping from the format's own definitions, in plain Python.

It shares nothing with the engines, their problem or its evaluation: it exists to find them wrong.
"""

from __future__ import annotations

from tildeling.published.assignment_files import Plan
from tildeling.published.judging import Breach, Judgement
from tildeling.published.mdgp.instance import Instance


def judge(instance: Instance, plan: Plan) -> Judgement:
    """Every group that is too small or too large; the distances between those who share a group."""
    breaches = []
    for group, (least, most) in enumerate(instance.sizes):
        found = plan.count(group)
        if found < least:
            breaches.append(Breach("too_small", {"group": group, "found": found, "least": least}))
        if found > most:
            breaches.append(Breach("too_large", {"group": group, "found": found, "most": most}))
    diversity = sum(distance for i, j, distance in instance.distance if plan[i] == plan[j])
    return Judgement(tuple(breaches), (("diversity", diversity),), instance.scale, maximised=True)
