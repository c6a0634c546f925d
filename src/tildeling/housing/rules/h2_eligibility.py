"""H2: eligibility of an applicant for a unit, requirement by requirement."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tildeling.housing.case import Case
from tildeling.housing.compiling.frame import Frame
from tildeling.housing.dataset import Dataset
from tildeling.housing.rules.rule import Breach, Params, Rule
from tildeling.housing.tables import Applicant, Group, Unit
from tildeling.texts import Lang
from tildeling_models.grouping.problem import Bools, Ints, ints


class H2Params(Params):
    """``max_steps_above``: most steps above the need, whatever an application allows."""

    max_steps_above: int = 2


# --- checking ------------------------------------------------------------------------------------------


def home_size(data: Dataset, group: Group) -> int:
    """Residents a community (or a group outside one) can come to hold: its homes, within its maximum."""
    together = [
        g for g in data.groups if g is group or (group.community_id and g.community_id == group.community_id)
    ]
    ids = {g.group_id for g in together}
    homes = sum(unit.max_persons for unit in data.units if unit.group_id in ids)
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


def _codes(values: list[object]) -> Ints:
    index: dict[object, int] = {}
    return ints([index.setdefault(value, len(index)) for value in values])


def _same(one: list[object], other: list[object], wild: object = "no value is wild") -> Bools:
    """Mask of equal values; ``wild`` on either side matches anything."""
    codes = _codes([*one, *other])
    left, right = codes[: len(one)], codes[len(one) :]
    mask = left[:, None] == right[None, :]
    mask |= np.array([v is wild for v in one], dtype=bool)[:, None]
    mask |= np.array([v is wild for v in other], dtype=bool)[None, :]
    return np.asarray(mask)


def _subset(need: list[tuple[str, ...]], have: list[tuple[str, ...]]) -> Bools:
    """Mask: every needed word is there."""
    words = sorted({word for row in need for word in row})
    lacks = np.array([[word not in row for word in words] for row in map(set, have)], dtype=np.int64)
    wants = np.array([[word in row for word in words] for row in map(set, need)], dtype=np.int64)
    return np.asarray(wants.reshape(len(need), -1) @ lacks.reshape(len(have), -1).T == 0)


def allowed(frame: Frame, params: H2Params, items: Ints, slots: Ints) -> Bools:
    """Mask (items, slots): every requirement is met."""
    data = frame.data
    people = [frame.items[i] for i in items]
    units = [frame.slots[s][0] for s in slots]
    groups = [data.group[u.group_id] for u in units]
    sites = [data.site[g.site_id] for g in groups]
    above = (
        ints([g.service_access.step for g in groups])[None, :]
        - ints([a.service_need.step for a in people])[:, None]
    )
    most = np.minimum(ints([a.max_steps_above for a in people]), params.max_steps_above)[:, None]
    end = data.info.horizon_end
    ready = ints([u.available_from.toordinal() for u in units])[None, :]
    latest = ints([min(a.latest_move_in or end, end).toordinal() for a in people])[:, None]
    age = ints([a.age for a in people])[:, None]
    mask = (above >= 0) & (above <= most) & (ready <= latest)
    mask &= np.array(
        [[a.target_group in g.target_groups for g in groups] for a in people], dtype=bool
    ).reshape(mask.shape)
    mask &= _same([a.legal_basis for a in people], [u.legal_basis for u in units])
    mask &= _same([a.deciding_office for a in people], [u.deciding_office for u in units])
    mask &= _same([a.municipality for a in people], [s.municipality for s in sites], None)
    mask &= _subset([a.required_features for a in people], [u.features for u in units])
    mask &= ints([u.robustness for u in units])[None, :] >= ints([a.robustness_need for a in people])[:, None]
    mask &= np.array(
        [[u.sex_only is None or u.sex_only is a.sex for u in units] for a in people], dtype=bool
    ).reshape(mask.shape)
    mask &= age >= ints([0 if u.age_min is None else u.age_min for u in units])[None, :]
    mask &= age <= ints([999 if u.age_max is None else u.age_max for u in units])[None, :]
    return np.asarray(mask & ~_vetoed(frame, people, units, groups))


def _vetoed(frame: Frame, people: list[Applicant], units: list[Unit], groups: list[Group]) -> Bools:
    data = frame.data
    refused = np.zeros((len(people), len(units)), dtype=bool)
    if not any(a.vetoes for a in people):
        return refused
    tags: dict[str, list[int]] = {}
    for column, (unit, group) in enumerate(zip(units, groups, strict=True)):
        for tag in (
            f"district:{data.site[group.site_id].district}", f"site:{group.site_id}",
            f"community:{group.community_id}", f"group:{group.group_id}", f"unit:{unit.unit_id}",
        ):  # fmt: skip
            tags.setdefault(tag, []).append(column)
    size = community_sizes(frame)[[frame.group_index[g.group_id] for g in groups]]
    for row, person in enumerate(people):
        for veto in person.vetoes:
            kind, _, name = veto.partition(":")
            if kind == "community_size_above":
                refused[row] |= size > int(name)
            else:
                refused[row, tags.get(veto, [])] = True
    return refused


def community_sizes(frame: Frame) -> Ints:
    """(G,) homes of each group's community within its maximum; of the group itself outside one."""
    data = frame.data
    homes = np.zeros(frame.n_groups, np.int64)
    for unit in data.units:
        homes[frame.group_index[unit.group_id]] += unit.max_persons
    zone = frame.zone_index("community")
    total = np.zeros(int(zone.max(initial=-1)) + 1, np.int64)
    np.add.at(total, zone, homes)
    sizes = total[zone]
    standard = data.policy.rules["H3"].params.get("community_max") if "H3" in data.policy.rules else None
    for index, group_id in enumerate(frame.group_ids):
        group = data.group[group_id]
        if group.community_id:
            most = data.community[group.community_id].max_residents or standard
        else:
            most = group.max_residents
        if most:
            sizes[index] = min(sizes[index], most)
    return sizes


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
