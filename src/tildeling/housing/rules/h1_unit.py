"""H1: one unit per applicant, one household per unit, the household fits; a mover's home becomes free."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tildeling.housing.case import Case
from tildeling.housing.compiling.frame import Frame
from tildeling.housing.rules.rule import Breach, Params, Rule
from tildeling.housing.tables import Unit
from tildeling_models.grouping.problem import Bools, Ints


class H1Params(Params):
    """None.  Switched off, households may be larger than the home; one home each stays."""


def fits(household_size: int, max_persons: int) -> bool:
    """Whether a household fits a home."""
    return household_size <= max_persons


def always(case: Case) -> Iterator[Breach]:
    """Unknown ids, homes used twice, reserved homes, moves between equal homes: never lawful."""
    data = case.data
    for person, unit_id in case.solution.placements.items():
        if person not in data.applicant:
            yield Breach("H1.applicant", {"applicant": person})
        if unit_id not in data.unit:
            yield Breach("H1.known_unit", {"applicant": person, "unit": unit_id})
    for unit_id, homes in case.after.in_unit.items():
        if len(homes) > 1:
            yield Breach("H1.one_household", {"unit": unit_id}, {"count": len(homes)})
        for home in homes:
            who = {"applicant": home.person, "unit": unit_id}
            if home.unit.reserved:
                yield Breach("H1.reserved", who)
            lived_in = data.resident.get(home.person) if home.person not in case.locks else None
            if home.new and lived_in is not None and _equal(case, data.unit[lived_in.unit_id], home.unit):
                yield Breach("H1.equal_home", who)


def _equal(case: Case, one: Unit, other: Unit) -> bool:
    """Whether two homes differ in nothing that anybody asks for: a move between them meets no need."""
    asked = ("group_id", "max_persons", "robustness", "available_from", "temporary", "legal_basis",
             "deciding_office", "sex_only", "age_min", "age_max")  # fmt: skip
    return (
        all(getattr(one, column) == getattr(other, column) for column in asked)
        and set(one.features) == set(other.features)
        and not case.units_named & {one.unit_id, other.unit_id}
    )


def check(case: Case, params: H1Params) -> Iterator[Breach]:
    """Households too large for their home."""
    for home in case.after.households:
        if not fits(home.row.household_size, home.unit.max_persons):
            who = {"applicant": home.person, "unit": home.unit.unit_id}
            sizes = {"size": home.row.household_size, "most": home.unit.max_persons}
            yield Breach("H1.fits", who, sizes, standing=not home.new)


def allowed(frame: Frame, params: H1Params, items: Ints, slots: Ints) -> Bools:
    """Mask (items, slots): the household fits."""
    return np.asarray(frame.size[items][:, None] <= frame.columns.persons[slots][None, :])


RULE = Rule(
    id="H1",
    source="allocation model H1",
    nb="En boenhet per søker, en husstand per boenhet, og husstanden får plass",
    en="One unit per applicant, one household per unit, and the household fits",
    params=H1Params,
    texts={
        "H1.applicant": {"nb": "{applicant} er ikke en søker", "en": "{applicant} is not an applicant"},
        "H1.known_unit": {
            "nb": "{applicant}: boenhet {unit} finnes ikke",
            "en": "{applicant}: unit {unit} does not exist",
        },
        "H1.one_household": {
            "nb": "boenhet {unit} har {count} husstander",
            "en": "unit {unit} has {count} households",
        },
        "H1.reserved": {
            "nb": "{applicant}: boenhet {unit} er reservert",
            "en": "{applicant}: unit {unit} is reserved",
        },
        "H1.equal_home": {
            "nb": "{applicant} flyttes til {unit}, som er lik boligen søkeren har",
            "en": "{applicant} is moved to {unit}, which equals the home held",
        },
        "H1.fits": {
            "nb": "{applicant}: {size} personer i boenhet {unit}, som har plass til {most}",
            "en": "{applicant}: {size} persons in unit {unit}, which takes {most}",
        },
    },
    check=check,
    always=always,
    allowed=allowed,
)
