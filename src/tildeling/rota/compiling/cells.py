"""What one cell, or two on neighbouring days, may not hold."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from tildeling.rota.compiling.builder import Builder
from tildeling_models.roster.problem import Bools, Succession, Sum


def refuse(builder: Builder, person: int, bad: Bools, tag: int) -> None:
    """Take away planned cells ``bad`` (D, A + 1) of a person.

    A cell that is fixed is not taken away but asked not to be: the problem then has no solution, and the tag
    says why, where the fixed shift would else pass unseen.
    """
    frame, own = builder.frame, builder.allowed[person]
    for day, activity in np.argwhere(bad & own).tolist():
        if day < frame.past or not activity:
            continue
        if own[day].sum() > 1:
            builder.forbid(person, day, activity)
        else:
            weight = np.zeros((1, own.shape[1]), np.int64)
            weight[0, activity] = 1
            builder.add(Sum(people=np.array([person]), days=np.array([day]), weight=weight, most=0, tag=tag))


def apart(builder: Builder, person: int, bad: Bools, tag: int, lag: int = 1) -> None:
    """No two activities of ``bad`` (D, A + 1, A + 1): the first on day ``d``, the other ``lag`` days later.

    Days that share the same followers share a primitive; the usual ones need no list of days.
    """
    codes = bad.shape[1]
    days = len(bad) if builder.frame.data.cyclic else len(bad) - lag
    for activity in range(codes):
        shared: dict[bytes, list[int]] = defaultdict(list)
        for day in range(days):
            shared[bad[day, activity].tobytes()].append(day)
        first = np.arange(codes) == activity
        for members in shared.values():
            then = bad[members[0], activity]
            if then.any():
                at = None if len(members) == days else np.array(members)
                builder.add(
                    Succession(people=np.array([person]), first=first, then=then, lag=lag, days=at, tag=tag)
                )
