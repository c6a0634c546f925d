"""COVER: lines of the cover plan that say a plan below the fewest is no plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota import cover_days
from tildeling.rota.case import Case
from tildeling.rota.compiling.cover_days import activities, on_days, qualified
from tildeling.rota.rules.rule import Breach, Params, Rule
from tildeling_models.roster.problem import Cover

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "The cover plan"


def check(case: Case, params: Params) -> Iterator[Breach]:
    """Days with fewer than the fewest of a line that must be kept."""
    for day, row in cover_days.lines(case):
        if row.must:
            count = cover_days.present(case, day, row.shift_codes, row.competence)
            if count < row.least:
                yield Breach(
                    "COVER", "COVER.below", SOURCE, "", day, day, count, row.least, "persons",
                    values={"line": row.cover_id},
                )  # fmt: skip


def lower(frame: Frame, params: Params, builder: Builder) -> None:
    """A hard cover for each day of such a line."""
    for day, rows in on_days(frame):
        for row in rows:
            if row.must and row.least:
                builder.add(
                    Cover(
                        days=np.array([day]),
                        who=qualified(frame, row.competence),
                        of=activities(frame, row.shift_codes)[None],
                        least=row.least,
                        tag=builder.demand("COVER", "COVER.need", line=row.cover_id, day=frame.dates[day],
                                           limit=row.least),
                    )
                )  # fmt: skip


RULE = Rule(
    id="COVER",
    source=SOURCE,
    trust="H",
    nb="Minstebemanning som er absolutt",
    en="Fewest that must be kept",
    params=Params,
    texts={
        "COVER.below": {
            "nb": "{found} på linje {line} {day}; minst {limit} kreves",
            "en": "{found} on line {line} on {day}; at least {limit} are required",
        },
        "COVER.need": {
            "nb": "Linje {line} skal ha minst {limit} {day}",
            "en": "Line {line} must have at least {limit} on {day}",
        },
    },
    check=check,
    lower=lower,
)
