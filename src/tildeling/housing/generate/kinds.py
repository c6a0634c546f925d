"""Who waits for what: one template (cohort) for each kind of need, and the care figures they share."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tildeling.housing.tables import LegalBasis, PresentHousing, ServiceAccess

Shares = tuple[float, float, float, float, float]
"""Weights of the scores 1, 2, 3, 4, 5."""

OLDER, DISABILITY, WELFARE = "older", "disability", "welfare"
COMPETENCES: Mapping[str, Mapping[str, float]] = {
    OLDER: {"nurse": 0.252, "health_worker": 0.46},
    DISABILITY: {"learning_disability_nurse": 0.262, "social_educator": 0.15, "health_worker": 0.30},
    WELFARE: {"social_educator": 0.30, "nurse": 0.132, "health_worker": 0.28},
}
"""Share of care hours that needs a competence, by field; 71.2 % in all, the share of staff so educated."""


@dataclass(frozen=True, slots=True)
class CareFacts:
    """Care hours a week, as the municipality's knowledge base states them.

    Attributes
    ----------
    under_67, from_67
        Mean of home-service recipients by age (14.3 over both).
    above_355
        Share of them with more than 35.5 hours; ``top_tenth`` is what the tenth with most takes of all.
    high_need
        Mean of adults 23-66 in need of a staffed home, of which ``disability`` goes to people with an
        intellectual disability.
    older_staffed, institution
        Assumed means: 0.77 full-time equivalents per recipient at 35.5 h/week, and a quarter more.
    """

    under_67: float = 21.9
    from_67: float = 4.5
    above_355: float = 0.102
    top_tenth: float = 0.70
    high_need: float = 112.5
    disability: float = 0.60
    older_staffed: float = 27.3
    institution: float = 34.0


@dataclass(frozen=True, slots=True)
class Cohort:
    """People alike in what they wait for; ``size`` of them are drawn.

    Attributes
    ----------
    age
        Lowest, most common and highest age.
    housing
        Weights of present housing.
    severity, benefit, robustness
        Weights of the scores 1-5.
    features
        Share who need each feature.
    guardian
        Share with a guardian appointed, and share where one is needed and missing.
    rights, standards
        Share with a statutory right, and with a minimum standard, that has a deadline.
    waiting_days
        Mean days waited.
    """

    target_group: str
    service_need: ServiceAccess
    field: str
    age: tuple[int, int, int]
    housing: Mapping[PresentHousing, float]
    size: int = 0
    severity: Shares = (1, 3, 5, 4, 2)
    benefit: Shares = (1, 3, 6, 5, 3)
    robustness: Shares = (6, 3, 1, 0, 0)
    features: Mapping[str, float] = dataclasses.field(default_factory=dict)
    female: float = 0.5
    guardian: tuple[float, float] = (0.05, 0.01)
    couples: float = 0.0
    rights: float = 0.0
    standards: float = 0.0
    waiting_days: int = 300
    legal_basis: LegalBasis = LegalBasis.HEALTH_AND_CARE
    deciding_office: str = "allocation_office"

    def of(self, size: int, housing: Mapping[PresentHousing, float] | None = None, **changes: Any) -> Cohort:
        """So many of this kind, with other weights of present housing where given."""
        return replace(self, size=size, housing=housing or self.housing, **changes)


_P, _S = PresentHousing, ServiceAccess
_OLD_AIDS = {"step_free": 0.5, "technology_ready": 0.35, "wheelchair": 0.12, "escape_route": 0.15}
_OLD_HOUSING = {_P.OWN_HOME: 0.72, _P.INSTITUTION: 0.14, _P.MUNICIPAL_HOME: 0.08, _P.HOSPITAL: 0.06}
_ROUGH = {_P.TEMPORARY_HOUSING: 0.35, _P.MUNICIPAL_HOME: 0.3, _P.OWN_HOME: 0.2, _P.HOMELESS: 0.15}
_YOUNG = {_P.WITH_PARENTS: 0.6, _P.TEMPORARY_HOUSING: 0.15, _P.OWN_HOME: 0.15, _P.MUNICIPAL_HOME: 0.1}
_TENANCY: dict[str, Any] = {
    "legal_basis": LegalBasis.MUNICIPAL_TENANCY,
    "deciding_office": "housing_office",
}
_ID: dict[str, Any] = {
    "service_need": _S.WITH_BASE,
    "field": DISABILITY,
    "age": (18, 26, 62),
    "housing": {_P.WITH_PARENTS: 0.8, _P.OWN_HOME: 0.08, _P.PRIVATE_PLACEMENT: 0.12},
    "guardian": (0.62, 0.12),
    "female": 0.43,
    "waiting_days": 800,
}

KINDS: Mapping[str, Cohort] = {
    "dementia_near": Cohort(
        "dementia_or_cognitive_impairment", _S.NEAR_BASE, OLDER, (61, 82, 97), _OLD_HOUSING,
        severity=(1, 4, 6, 3, 1), features=_OLD_AIDS, female=0.63, guardian=(0.12, 0.04), couples=0.03,
        waiting_days=210,
    ),
    "dementia_base": Cohort(
        "dementia_or_cognitive_impairment", _S.WITH_BASE, OLDER, (67, 83, 98), _OLD_HOUSING,
        severity=(0, 2, 5, 6, 3), features=_OLD_AIDS | {"sheltered": 0.12}, female=0.63,
        robustness=(4, 5, 1, 0, 0), guardian=(0.25, 0.06), standards=0.08, waiting_days=240,
    ),
    "older_psychiatric": Cohort(
        "older_with_apsd_substance_mental", _S.INSTITUTION, OLDER, (60, 72, 88), _OLD_HOUSING,
        severity=(0, 1, 4, 5, 4), features={"sheltered": 0.3, "step_free": 0.4, "wheelchair": 0.1},
        robustness=(1, 4, 4, 1, 0), guardian=(0.3, 0.06), rights=0.3, female=0.4,
    ),
    "frail_institution": Cohort(
        "frail_older", _S.INSTITUTION, OLDER, (67, 87, 102), _OLD_HOUSING,
        severity=(0, 1, 4, 6, 5), features=_OLD_AIDS | {"wheelchair": 0.3, "bariatric": 0.04},
        female=0.64, guardian=(0.15, 0.03), rights=0.3, waiting_days=120,
    ),
    "frail_base": Cohort(
        "frail_older", _S.WITH_BASE, OLDER, (67, 85, 100), _OLD_HOUSING,
        severity=(1, 4, 6, 3, 1), features=_OLD_AIDS | {"wheelchair": 0.2, "bariatric": 0.03},
        female=0.62, guardian=(0.06, 0.02), couples=0.08, waiting_days=180,
    ),
    "concurrent_near": Cohort(
        "concurrent_substance_and_mental", _S.NEAR_BASE, WELFARE, (21, 41, 66), _ROUGH,
        severity=(0, 2, 4, 5, 3), robustness=(0, 1, 4, 5, 0), features={"sheltered": 0.3}, female=0.26,
        standards=0.15, waiting_days=420, **_TENANCY,
    ),
    "lighter_ambulatory": Cohort(
        "lighter_substance_or_mental", _S.AMBULATORY, WELFARE, (19, 38, 66),
        {_P.OWN_HOME: 0.4, _P.MUNICIPAL_HOME: 0.3, _P.TEMPORARY_HOUSING: 0.18, _P.WITH_PARENTS: 0.12},
        severity=(3, 6, 5, 2, 0), robustness=(1, 5, 4, 0, 0), features={"step_free": 0.06}, female=0.38,
        standards=0.08, waiting_days=360, **_TENANCY,
    ),
    "women_substance": Cohort(
        "women_active_substance_use", _S.WITH_BASE, WELFARE, (20, 34, 58), _ROUGH,
        severity=(0, 0, 3, 5, 5), robustness=(0, 1, 5, 4, 0), features={"sheltered": 0.4}, female=1.0,
        standards=0.3, waiting_days=260,
    ),
    "acting_out": Cohort(
        "concurrent_with_acting_out", _S.WITH_BASE, WELFARE, (23, 37, 60), _ROUGH,
        severity=(0, 0, 1, 4, 6), robustness=(0, 0, 0, 2, 8), features={"sheltered": 0.5}, female=0.1,
        waiting_days=500,
    ),
    "substance_near": Cohort(
        "substance_or_mental", _S.NEAR_BASE, WELFARE, (23, 44, 66), _ROUGH,
        severity=(1, 4, 5, 3, 1), robustness=(1, 4, 4, 1, 0), female=0.35, waiting_days=380,
    ),
    "young_near": Cohort(
        "young_adults_substance_mental", _S.NEAR_BASE, WELFARE, (18, 22, 30), _YOUNG,
        severity=(1, 3, 5, 4, 1), robustness=(2, 5, 3, 0, 0), female=0.42, waiting_days=330,
    ),
    "compulsory_base": Cohort(
        "concurrent_or_compulsory_outpatient", _S.WITH_BASE, WELFARE, (23, 40, 64), _ROUGH,
        severity=(0, 1, 3, 5, 4), robustness=(0, 1, 4, 5, 0), features={"sheltered": 0.2}, female=0.25,
        guardian=(0.2, 0.05), waiting_days=410,
    ),
    "homeless": Cohort(
        "concurrent_or_homeless", _S.AMBULATORY, WELFARE, (19, 36, 63),
        {_P.HOMELESS: 0.5, _P.TEMPORARY_HOUSING: 0.5},
        severity=(0, 2, 4, 4, 2), robustness=(1, 3, 4, 2, 0), female=0.28, standards=0.2, waiting_days=150,
        legal_basis=LegalBasis.TEMPORARY_HOUSING, deciding_office="nav_office",
    ),
    "disability": Cohort(
        "intellectual_disability", severity=(1, 3, 6, 4, 2), robustness=(4, 5, 1, 0, 0),
        features={"wheelchair": 0.15, "technology_ready": 0.25, "escape_route": 0.2, "outdoor_storage": 0.15},
        **_ID,
    ),
    "disability_substance": Cohort(
        "intellectual_disability_with_substance", severity=(0, 1, 4, 5, 2), robustness=(0, 2, 5, 3, 0),
        **_ID,
    ),
    "disability_reinforced": Cohort(
        "intellectual_disability_with_substance_or_mental", severity=(0, 0, 2, 5, 5),
        robustness=(0, 0, 2, 5, 3), features={"sheltered": 0.35},
        **(_ID | {"service_need": _S.REINFORCED_BASE}),
    ),
    "disability_behaviour": Cohort(
        "intellectual_disability_challenging_behaviour", severity=(0, 1, 2, 5, 5),
        robustness=(0, 0, 3, 5, 2), features={"sheltered": 0.3, "outdoor_storage": 0.2}, **_ID,
    ),
}  # fmt: skip
"""Templates by name; weights are assumptions where ``instances/README.md`` names no source."""
