"""Who waits in the scenario of Tromsø to 2030: the cohorts with their sizes and present housing.

The sizes are those of ``instances/tromso-2030`` and serve larger data sets as shares.
"""

from __future__ import annotations

from tildeling.housing.generate.kinds import KINDS, Cohort
from tildeling.housing.tables import PresentHousing as P


def waiting_cohorts() -> list[Cohort]:
    """Everyone who waits, with present housing as counts; the figures stand in ``instances/tromso-2030/README.md``."""
    k = KINDS
    cohorts = [
        k["dementia_near"].of(115, {P.OWN_HOME: 92, P.INSTITUTION: 12, P.MUNICIPAL_HOME: 8, P.HOSPITAL: 3}),
        k["dementia_base"].of(95, {P.OWN_HOME: 58, P.INSTITUTION: 22, P.HOSPITAL: 8, P.MUNICIPAL_HOME: 5,
                                   P.PRIVATE_PLACEMENT: 2}),
        k["older_psychiatric"].of(20, {P.OWN_HOME: 7, P.INSTITUTION: 6, P.HOSPITAL: 4,
                                       P.PRIVATE_PLACEMENT: 2, P.TEMPORARY_HOUSING: 1}),
        k["frail_institution"].of(145, {P.OWN_HOME: 108, P.MUNICIPAL_HOME: 16, P.INSTITUTION: 10,
                                        P.HOSPITAL: 9, P.PRIVATE_PLACEMENT: 2}),
        k["frail_base"].of(61, {P.OWN_HOME: 45, P.INSTITUTION: 10, P.MUNICIPAL_HOME: 6}),
        k["concurrent_near"].of(28, {P.TEMPORARY_HOUSING: 9, P.MUNICIPAL_HOME: 8, P.OWN_HOME: 4,
                                     P.HOMELESS: 3, P.PRIVATE_PLACEMENT: 2, P.INSTITUTION: 2}),
        k["lighter_ambulatory"].of(68, {P.OWN_HOME: 26, P.MUNICIPAL_HOME: 20, P.TEMPORARY_HOUSING: 12,
                                        P.WITH_PARENTS: 8, P.HOMELESS: 2}),
        k["women_substance"].of(10, {P.TEMPORARY_HOUSING: 4, P.HOMELESS: 3, P.MUNICIPAL_HOME: 2,
                                     P.PRIVATE_PLACEMENT: 1}),
        k["acting_out"].of(5, {P.PRIVATE_PLACEMENT: 2, P.INSTITUTION: 1, P.TEMPORARY_HOUSING: 1,
                               P.MUNICIPAL_HOME: 1}),
        k["substance_near"].of(7, {P.OWN_HOME: 3, P.MUNICIPAL_HOME: 3, P.TEMPORARY_HOUSING: 1}),
        k["young_near"].of(18, {P.WITH_PARENTS: 10, P.OWN_HOME: 3, P.TEMPORARY_HOUSING: 3,
                                P.MUNICIPAL_HOME: 2}),
        k["compulsory_base"].of(12, {P.INSTITUTION: 6, P.MUNICIPAL_HOME: 3, P.TEMPORARY_HOUSING: 2,
                                     P.PRIVATE_PLACEMENT: 1}),
        k["homeless"].of(18, {P.HOMELESS: 9, P.TEMPORARY_HOUSING: 9}),
    ]  # fmt: skip
    return cohorts + disability_cohorts()


def disability_cohorts() -> list[Cohort]:
    """The 22 over 18 who wait, 5 transfers, 10 private placements, and those who turn 18 by 2030."""
    parents, own, private = {P.WITH_PARENTS: 1}, {P.OWN_HOME: 1}, {P.PRIVATE_PLACEMENT: 1}
    table = (
        # ages, housing, {kind: how many}
        ((18, 19, 20), parents, {"disability": 4, "disability_behaviour": 1, "disability_substance": 1}),
        ((21, 22, 23), parents, {"disability": 5, "disability_behaviour": 1, "disability_reinforced": 1}),
        ((24, 31, 58), parents, {"disability": 4}),
        ((24, 31, 58), {P.TEMPORARY_HOUSING: 1, P.INSTITUTION: 1}, {"disability_behaviour": 2}),
        ((24, 31, 58), parents, {"disability": 1}),
        ((24, 31, 58), {P.HOSPITAL: 1}, {"disability_reinforced": 1}),
        ((24, 31, 58), {P.MUNICIPAL_HOME: 1}, {"disability_substance": 1}),
        ((24, 30, 55), own, {"disability": 5}),
        ((21, 34, 58), private, {"disability": 3, "disability_behaviour": 4, "disability_reinforced": 2,
                                 "disability_substance": 1}),
        ((13, 15, 17), parents, {"disability": 21, "disability_behaviour": 4, "disability_reinforced": 2,
                                 "disability_substance": 2}),
    )  # fmt: skip
    cohorts = []
    for age, housing, kinds in table:
        grown = {} if age[0] >= 18 else {"waiting_days": 250, "guardian": (0.0, 0.0)}
        cohorts += [KINDS[kind].of(size, housing, age=age, **grown) for kind, size in kinds.items()]
    return cohorts
