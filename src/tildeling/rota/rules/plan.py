"""PLAN: the plan is discussed with elected representatives, and shown, two weeks before it begins."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from tildeling.rota.case import Case
from tildeling.rota.rules.rule import Breach, Params, Rule

SOURCE = "AML § 10-3"


class PlanParams(Params):
    """Days from the discussion, and from publication, to the first day."""

    days: int = Field(ge=0)


def check(case: Case, params: PlanParams) -> Iterator[Breach]:
    """Steps taken too late.

    Pointed out, for no change of the plan mends it; a step with no date has not been taken yet, and is no breach.
    """
    info = case.data.info
    for name, on in (("discussed", info.discussed_on), ("published", info.published_on)):
        if on is not None and (info.start - on).days < params.days:
            yield Breach("PLAN", f"PLAN.{name}", SOURCE, day=on, last_day=info.start,
                         found=(info.start - on).days, limit=params.days, unit="days", hard=False)  # fmt: skip


RULE = Rule(
    id="PLAN",
    source=SOURCE,
    trust="H",
    nb="Arbeidsplanen drøftes og vises minst 14 dager før den begynner",
    en="The plan is discussed and shown at least 14 days before it begins",
    params=PlanParams,
    texts={
        "PLAN.discussed": {
            "nb": "planen drøftes {day}, {found} dager før den begynner {last_day}; det kreves {limit}",
            "en": "the plan is discussed on {day}, {found} days before it begins on {last_day}; {limit} are required",
        },
        "PLAN.published": {
            "nb": "planen vises {day}, {found} dager før den begynner {last_day}; det kreves {limit}",
            "en": "the plan is shown on {day}, {found} days before it begins on {last_day}; {limit} are required",
        },
    },
    check=check,
)
