"""H2: eligibility of an applicant for a unit, requirement by requirement."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tildeling.housing.case import Case
from tildeling.housing.compiling.columns import NO_VALUE
from tildeling.housing.compiling.frame import Frame
from tildeling.housing.dataset import Dataset
from tildeling.housing.rules.rule import Breach, Params, Rule
from tildeling.housing.tables import Applicant, Group, Unit
from tildeling.texts import Lang
from tildeling_models.grouping.problem import Bools, Ints


class H2Params(Params):
    """``max_steps_above``: most steps above the need, whatever an application allows."""

    max_steps_above: int = 2


# --- checking ------------------------------------------------------------------------------------------


def home_size(data: Dataset, group: Group) -> int:
    """Residents a community (or a group outside one) can come to hold: its homes, within its maximum."""
    together = data.groups_of_community[group.community_id] if group.community_id else (group,)
    homes = sum(data.persons_of_group.get(member.group_id, 0) for member in together)
    community = data.community.get(group.community_id or "")
    limit = data.policy.rules["H3"].params.get("community_max") if "H3" in data.policy.rules else None
    most = (community.max_residents or limit) if community else group.max_residents
    return min(homes, most) if most else homes


Requirement = Callable[[Dataset, Applicant, Unit, Group, H2Params], bool]


def _step(d: Dataset, a: Applicant, u: Unit, g: Group, p: H2Params) -> bool:
    above = g.service_access.step - a.service_need.step
    return above <= min(a.max_steps_above, p.max_steps_above)


def _veto(d: Dataset, a: Applicant, u: Unit, g: Group, p: H2Params) -> bool:
    places = {
        f"district:{d.site[g.site_id].district}", f"site:{g.site_id}", f"community:{g.community_id}",
        f"group:{g.group_id}", f"unit:{u.unit_id}",
    }  # fmt: skip
    if places & set(a.vetoes):
        return False
    sizes = [int(v.partition(":")[2]) for v in a.vetoes if v.startswith("community_size_above:")]
    return not sizes or home_size(d, g) <= min(sizes)


def _age(d: Dataset, a: Applicant, u: Unit, g: Group, p: H2Params) -> bool:
    return (u.age_min is None or a.age >= u.age_min) and (u.age_max is None or a.age <= u.age_max)


def _in_time(d: Dataset, a: Applicant, u: Unit, g: Group, p: H2Params) -> bool:
    return u.available_from <= d.info.horizon_end and (
        a.latest_move_in is None or u.available_from <= a.latest_move_in
    )


def _municipality(d: Dataset, a: Applicant, u: Unit, g: Group, p: H2Params) -> bool:
    here = d.site[g.site_id].municipality
    return a.municipality is None or here is None or a.municipality == here


REQUIREMENTS: dict[str, Requirement] = {
    "H2.municipality": _municipality,
    "H2.target_group": lambda d, a, u, g, p: a.target_group in g.target_groups,
    "H2.service_below": lambda d, a, u, g, p: g.service_access.step >= a.service_need.step,
    "H2.service_above": _step,
    "H2.legal_basis": lambda d, a, u, g, p: u.legal_basis is a.legal_basis,
    "H2.office": lambda d, a, u, g, p: u.deciding_office == a.deciding_office,
    "H2.in_time": _in_time,
    "H2.features": lambda d, a, u, g, p: set(a.required_features) <= set(u.features),
    "H2.robustness": lambda d, a, u, g, p: u.robustness >= a.robustness_need,
    "H2.sex": lambda d, a, u, g, p: u.sex_only is None or u.sex_only is a.sex,
    "H2.age": _age,
    "H2.veto": _veto,
}
"""Requirement id -> whether an applicant meets it in a unit; in the order of the funnel."""


def check(case: Case, params: H2Params) -> Iterator[Breach]:
    """Every requirement of every placement; of a locked one as standing."""
    for home in case.after.households:
        if (home.new or home.locked) and isinstance(home.row, Applicant):
            for name, met in REQUIREMENTS.items():
                if not met(case.data, home.row, home.unit, home.group, params):
                    who = {"applicant": home.person, "unit": home.unit.unit_id, "group": home.group.group_id}
                    yield Breach(name, who, standing=home.locked)


# --- lowering ------------------------------------------------------------------------------------------


def allowed(frame: Frame, params: H2Params, items: Ints, slots: Ints) -> Bools:
    """Mask (items, slots): every requirement is met."""
    c = frame.columns

    def of_items(column: Ints) -> Ints:
        return column[items][:, None]

    def of_slots(column: Ints) -> Ints:
        return column[slots][None, :]

    def same(pair: tuple[Ints, Ints]) -> Bools:
        return np.asarray(of_items(pair[0]) == of_slots(pair[1]))

    def unset(column: Ints) -> Bools:
        return np.asarray(column == NO_VALUE)

    above = of_slots(c.access) - of_items(c.need)
    mask = (above >= 0) & (above <= np.minimum(of_items(c.most_above), params.max_steps_above))
    mask &= of_slots(c.ready) <= of_items(c.latest)
    mask &= c.accepts[slots][:, c.kind[items]].T
    mask &= same(c.legal) & same(c.office)
    mask &= same(c.municipality) | unset(of_items(c.municipality[0])) | unset(of_slots(c.municipality[1]))
    mask &= c.wants[items] @ c.lacks[slots].T == 0
    mask &= of_slots(c.robust[1]) >= of_items(c.robust[0])
    mask &= same(c.sex) | unset(of_slots(c.sex[1]))
    mask &= (of_items(c.age) >= of_slots(c.age_min)) & (of_items(c.age) <= of_slots(c.age_max))
    for row in np.flatnonzero([bool(frame.items[item].vetoes) for item in items]):
        mask[row] &= ~_vetoed(frame, frame.items[items[row]], slots)
    return np.asarray(mask)


def _vetoed(frame: Frame, person: Applicant, slots: Ints) -> Bools:
    """Which slots a person refuses."""
    refused = np.zeros(len(slots), dtype=bool)
    for veto in person.vetoes:
        kind, _, name = veto.partition(":")
        if kind == "community_size_above":
            refused |= frame.community_size[frame.slot_group[slots]] > int(name)
        else:
            row, value = frame.place(veto)
            refused |= frame.slot_place[row, slots] == value
    return refused


def _texts() -> dict[str, dict[Lang, str]]:
    nb = {
        "municipality": "i en annen kommune", "target_group": "for en annen målgruppe",
        "service_below": "med for lite tjeneste", "service_above": "over behovet på omsorgstrappa",
        "legal_basis": "på et annet rettsgrunnlag", "office": "hos et annet vedtakskontor",
        "in_time": "ikke ledig i tide", "features": "uten nødvendige egenskaper",
        "robustness": "for lite robust", "sex": "for et annet kjønn", "age": "utenfor aldersgrensene",
        "veto": "mot søkerens veto",
    }  # fmt: skip
    en = {
        "municipality": "in another municipality", "target_group": "for another target group",
        "service_below": "with too little service", "service_above": "above the need on the care ladder",
        "legal_basis": "on another legal basis", "office": "with another deciding office",
        "in_time": "not available in time", "features": "without needed features",
        "robustness": "not robust enough", "sex": "for another sex", "age": "outside the age limits",
        "veto": "against the applicant's veto",
    }  # fmt: skip
    return {
        f"H2.{key}": {
            "nb": f"{{applicant}}: boenhet {{unit}} i {{group}} er {nb[key]}",
            "en": f"{{applicant}}: unit {{unit}} in {{group}} is {en[key]}",
        }
        for key in nb
    }


RULE = Rule(
    id="H2",
    source="allocation model H2; LEON/BEON; care act, tenancy act, public administration act",
    nb="Boenheten passer for søkeren",
    en="The unit is one the applicant is eligible for",
    params=H2Params,
    texts=_texts(),
    check=check,
    allowed=allowed,
)
