"""Small changes of a data set that might place somebody who waits, each in words and as a changed data set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from tildeling.housing.dataset import Dataset
from tildeling.housing.tables import Applicant, Community, GroupKind, RelationKind, Unit


@dataclass(frozen=True)
class Change:
    """A change: a code of ``texts/explain.toml``, about what, and the data set with it made."""

    code: str
    about: str
    data: Dataset


def with_units(data: Dataset, like: Unit, count: int) -> Dataset:
    """So many more units like another, and room for them in its group and community."""
    more = tuple(
        like.model_copy(update={"unit_id": f"{like.unit_id}-extra{number}", "reserved": False})
        for number in range(count)
    )
    group = data.group[like.group_id]
    rules = data.policy.rules["H3"].params
    groups, communities = list(data.groups), list(data.communities)
    if group.max_residents or group.kind is GroupKind.SHARED:
        most = (group.max_residents or int(rules.get("max_residents", 8))) + count * like.max_persons
        groups = [g if g is not group else g.model_copy(update={"max_residents": most}) for g in groups]
    if group.community_id:
        communities = [
            _larger(data, c.community_id, count * like.max_persons)
            if c.community_id == group.community_id
            else c
            for c in communities
        ]
    return replace(data, units=(*data.units, *more), groups=tuple(groups), communities=tuple(communities))


def _larger(data: Dataset, community_id: str, more: int = 1) -> Community:
    community = data.community[community_id]
    most = community.max_residents or int(data.policy.rules["H3"].params.get("community_max", 8))
    return community.model_copy(update={"max_residents": most + more, "max_reason": "what if"})


def changes(data: Dataset, applicant: Applicant, eligible: tuple[str, ...]) -> Iterator[Change]:
    """Changes worth trying, smallest first: a wish dropped, a person's limit, a size, a base, a home built."""
    person = applicant.applicant_id

    def with_applicant(**fields: object) -> Dataset:
        row = applicant.model_copy(update=fields)
        return replace(
            data, applicants=tuple(row if a.applicant_id == person else a for a in data.applicants)
        )

    for veto in applicant.vetoes:
        yield Change(
            "veto_dropped", veto, with_applicant(vetoes=tuple(v for v in applicant.vetoes if v != veto))
        )
    for row in data.relations:
        if row.kind in (RelationKind.CONFLICT, RelationKind.TOGETHER) and person in (
            row.person_a,
            row.person_b,
        ):
            rest = tuple(r for r in data.relations if r is not row)
            code = "without_conflict" if row.kind is RelationKind.CONFLICT else "without_together"
            yield Change(code, "", replace(data, relations=rest))
    groups = sorted({data.unit[unit].group_id for unit in eligible})
    for community_id in sorted({c for g in groups if (c := data.group[g].community_id)}):
        bigger = tuple(
            _larger(data, c.community_id) if c.community_id == community_id else c for c in data.communities
        )
        yield Change("community_larger", community_id, replace(data, communities=bigger))
    yield from _bases(data, applicant, groups)
    if any(data.group[g].kind is GroupKind.SHARED for g in groups):
        smaller = tuple(
            g.model_copy(update={"min_residents": 1}) if g.group_id in groups else g for g in data.groups
        )
        yield Change("group_min", "1", replace(data, groups=smaller))
    for like in fitting_units(data, applicant, eligible):
        yield Change("unit_more", like.group_id, with_units(data, like, 1))


def fitting_units(data: Dataset, applicant: Applicant, eligible: tuple[str, ...]) -> list[Unit]:
    """One unit of each group that suits, or would with the features and robustness the applicant needs."""
    kinds: dict[str, Unit] = {}
    for unit_id in eligible or _of_the_right_kind(data, applicant):
        unit = data.unit[unit_id]
        features = tuple(sorted({*unit.features, *applicant.required_features}))
        grade = max(unit.robustness, applicant.robustness_need)
        like = unit.model_copy(update={"features": features, "robustness": grade})
        kinds.setdefault(unit.group_id, like)
    return list(kinds.values())


def many_units(data: Dataset, applicant: Applicant, eligible: tuple[str, ...], count: int) -> Change | None:
    """So many more homes of the kind, with a base for them: what planning would have to provide."""
    fitting = fitting_units(data, applicant, eligible)
    if not fitting:
        return None
    built = with_units(data, fitting[0], count)
    staffed = tuple(
        base.model_copy(
            update={
                "capacity_hours": base.capacity_hours + 400 * count, "max_staff": None,
                "competence_capacity": {
                    name: hours + 400 * count for name, hours in base.competence_capacity.items()
                },
            }
        )
        for base in data.bases
    )  # fmt: skip
    return Change("units_more", f"{count} {fitting[0].group_id}", replace(built, bases=staffed))


def _of_the_right_kind(data: Dataset, applicant: Applicant) -> list[str]:
    """Units of the target group and step, whatever else is missing."""
    return [
        unit.unit_id
        for unit in data.units
        if applicant.target_group in data.group[unit.group_id].target_groups
        and data.group[unit.group_id].service_access is applicant.service_need
        and unit.legal_basis is applicant.legal_basis
        and unit.deciding_office == applicant.deciding_office
    ]


def _bases(data: Dataset, applicant: Applicant, groups: list[str]) -> Iterator[Change]:
    """More hours for every base that may serve an eligible group, and one group more for each."""
    sites = {data.group[g].site_id for g in groups}
    steps = {data.group[g].service_access for g in groups}
    near = {t.from_site_id for t in data.travel_times if t.to_site_id in sites} | sites
    able = {b.base_id for b in data.bases if b.site_id in near and steps & set(b.serves)}
    if not able:
        return
    hours = applicant.care_hours
    more = tuple(
        base.model_copy(
            update={
                "capacity_hours": base.capacity_hours + hours,
                "competence_capacity": {
                    name: base.competence_capacity.get(name, Decimal(0))
                    + applicant.competence_hours.get(name, 0)
                    for name in {*base.competence_capacity, *applicant.competence_hours}
                },
                "max_staff": None,
            }
        )
        if base.base_id in able
        else base
        for base in data.bases
    )
    yield Change("base_hours", str(hours), replace(data, bases=more))
    setting = data.policy.rules["H5"].params
    looser = data.policy.with_rule("H5", max_groups=int(setting.get("max_groups", 3)) + 1)
    yield Change("base_groups", str(int(setting.get("max_groups", 3)) + 1), data.with_policy(looser))
