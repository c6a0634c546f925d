"""Flags: what the office must see to before an offer; they stop nothing and are shown with the proposal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tildeling.housing.case import Case, Household
from tildeling.housing.rules.h3_sizes import H3Params
from tildeling.housing.tables import Applicant, Guardian, RelationKind
from tildeling.texts import Lang, text


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to see to: a code of ``texts/flags.toml``, about whom or what."""

    code: str
    subject: str
    about: str = ""

    def message(self, lang: Lang = "en") -> str:
        """The flag in words."""
        return text(f"flags.{self.code}", lang, subject=self.subject, about=self.about)


def flags(case: Case) -> Iterator[Flag]:
    """Every flag of a proposal: per placement, then per community.

    ``warn_above`` of rule H3 is the size above which a community is warned of.
    """
    disliked: dict[str, list[str]] = defaultdict(list)
    for wish in case.data.relations:
        if wish.kind is RelationKind.WISH_AGAINST:
            disliked[wish.person_a].append(wish.person_b)
            disliked[wish.person_b].append(wish.person_a)
    for home in sorted(case.after.households, key=lambda home: home.person):
        if home.new and isinstance(home.row, Applicant):
            yield from _of_placement(case, home, home.row, disliked)
    warn_above = H3Params.model_validate(case.data.policy.rules["H3"].params).warn_above
    for community in case.data.communities:
        count = case.members_expected(case.after, community.community_id)
        if count > warn_above:
            yield Flag("community_large", community.community_id, str(count))


def _of_placement(
    case: Case, home: Household, row: Applicant, disliked: Mapping[str, Sequence[str]]
) -> Iterator[Flag]:
    person = home.person
    if row.heard_on is None:
        yield Flag("not_heard", person)
    if row.consent_on is None:
        yield Flag("no_consent", person)
    if row.guardian is Guardian.MISSING:
        yield Flag("no_guardian", person)
    if row.benefit is None:
        yield Flag("no_benefit", person)
    if home.group.service_access.step > row.service_need.step:
        yield Flag("above_need", person, row.steps_above_reason)
    if home.unit.temporary:
        yield Flag("temporary", person, home.unit.unit_id)
    leaves = next(
        (h.person for h in case.today.in_unit.get(home.unit.unit_id, ()) if h.person != person),
        None,
    )
    if leaves is not None:
        yield Flag("after_move", person, leaves)
    unheard = [
        other.person
        for other in case.after.in_group[home.group.group_id]
        if not other.new and (resident := case.data.resident.get(other.person)) and resident.heard_on is None
    ]
    if unheard:
        yield Flag("residents_not_heard", person, str(len(unheard)))
    for other in disliked.get(person, ()):
        there = case.after.of.get(other)
        if there is not None and there.new and other < person:
            continue  # said once, of the other of the two
        if there is not None and there.group.group_id == home.group.group_id:
            yield Flag("dislike", person, other)
