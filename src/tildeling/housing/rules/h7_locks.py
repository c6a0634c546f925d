"""H7: decided and offered placements stand; residents move only when they asked, or agreed to be reassessed."""

from __future__ import annotations

from collections.abc import Iterator

from tildeling.housing.case import Case
from tildeling.housing.rules.rule import Breach, Params, Rule
from tildeling.housing.tables import Application


class H7Params(Params):
    """None.  Switched off, locks are free applicants; residents still stay unless they applied."""


def check(case: Case, params: H7Params) -> Iterator[Breach]:
    """Locks left or changed; residents moved who did not ask.

    There is nothing to lower: whoever stands is not among the items of the problem.
    """
    for applicant, unit in case.locks.items():
        proposed = case.solution.placements.get(applicant)
        if proposed != unit:
            yield Breach("H7.lock", {"applicant": applicant, "unit": unit}, {"proposed": proposed or "–"})
    for person in case.solution.placements:
        applicant_row = case.data.applicant.get(person)
        asked = applicant_row is not None and applicant_row.application is not Application.NEW
        if person in case.data.resident and not asked:
            yield Breach("H7.resident", {"applicant": person})


RULE = Rule(
    id="H7",
    source="allocation model H7; CRPD article 19",
    nb="Vedtak og tilbud står; beboere flytter bare når de har bedt om det",
    en="Decisions and offers stand; residents move only when they asked",
    params=H7Params,
    texts={
        "H7.lock": {
            "nb": "{applicant} har vedtak eller tilbud om {unit}, men forslaget sier {proposed}",
            "en": "{applicant} was decided or offered {unit}, but the proposal says {proposed}",
        },
        "H7.resident": {
            "nb": "{applicant} er beboer og har ikke bedt om å flytte",
            "en": "{applicant} is a resident and did not ask to move",
        },
    },
    check=check,
)
