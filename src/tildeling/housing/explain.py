"""Explanations, from re-solves and bounds: why here, why not, what a rule costs, how the set stands."""

from __future__ import annotations

from typing import Any

from tildeling.housing import rules as rule_files
from tildeling.housing.allocate import NoProposal, allocate
from tildeling.housing.changes import changes, many_units
from tildeling.housing.explanation import Alternative, Explanation, Price, Tried
from tildeling.housing.funnel import funnel
from tildeling.housing.goals.wishes import WishParams, unmet_person, unmet_places
from tildeling.housing.indicators import Amount, Hidden, indicators
from tildeling.housing.policy import Policy
from tildeling.housing.proposal import Proposal
from tildeling.housing.tables import Applicant, RelationKind
from tildeling.housing.whatif import Laboratory, would_be_placed
from tildeling_models.options import Options
from tildeling_models.progress import Event, Progress
from tildeling_models.stop import Stop

PRICING = 0.25
"""Of the time left, what pricing choices may take: it is settled, or nearly, within seconds."""


def explain(
    proposal: Proposal,
    applicant: str | None = None,
    *,
    rules: bool = False,
    alternatives: int = 3,
    stop: Stop | None = None,
    progress: Progress | None = None,
    workers: int = 1,
) -> Explanation:
    """Explain a proposal.

    Parameters
    ----------
    applicant
        Whose case; None for the set as a whole.
    rules
        For the set: solve again with each rule relaxed and tightened.
    alternatives
        For someone placed: how many other units to price.

    Raises
    ------
    KeyError
        If there is no such applicant.
    """
    stop = stop or Stop(120)
    progress = progress or Progress()
    if applicant is None:
        return _set(proposal, rules, stop, progress, workers)
    row = proposal.data.applicant[applicant]
    if applicant in proposal.solution.placements:
        return _placed(proposal, row, alternatives, stop, progress, workers)
    return _waiting(proposal, row, stop, progress, workers)


def _facts(proposal: Proposal, row: Applicant) -> dict[str, Any]:
    """Benefit, resource and severity apart, and what else ranks an applicant."""
    return {
        "severity": row.severity, "benefit": row.benefit, "resource": row.resource,
        "waiting_days": proposal.data.waiting_days(row), "statutory_right": row.statutory_right.value,
        "statutory_deadline": str(row.statutory_deadline or ""), "service_need": row.service_need.value,
        "target_group": row.target_group, "legal_basis": row.legal_basis.value,
        "deciding_office": row.deciding_office,
    }  # fmt: skip


def _placed(
    proposal: Proposal, row: Applicant, count: int, stop: Stop, progress: Progress, workers: int
) -> Explanation:
    person = row.applicant_id
    home = proposal.case.after.of[person]
    housemates = [h for h in proposal.case.after.in_group[home.group.group_id] if h.person != person]
    found: list[Alternative] = []
    if not home.locked and count:
        lab = Laboratory(proposal.data, proposal, stop.part(PRICING * stop.left), workers)
        others = _one_per_group(proposal, funnel(proposal.data, row).eligible, home.group.group_id)

        def heard(settled: int, of: int) -> None:
            progress.event(
                Event("alternatives", elapsed=stop.elapsed, left=stop.left, part=settled, parts=of)
            )

        costs = lab.costs([(person, unit) for unit in others], heard=heard)
        found = [
            Alternative(unit, proposal.data.unit[unit].group_id, cost)
            for unit, cost in zip(others, costs, strict=True)
        ]
        found.sort(key=lambda a: (*a.cost.order, a.unit))
    return Explanation(
        person, "locked" if home.locked else "placed",
        _facts(proposal, row) | {
            "unit": home.unit.unit_id, "group": home.group.group_id,
            "base": proposal.solution.bases.get(home.group.group_id, ""),
            "offered": home.group.service_access.value,
        },
        _wishes(proposal, row), len(housemates), tuple(found[:count]),
        notice=proposal.document.notice,
    )  # fmt: skip


def _one_per_group(proposal: Proposal, units: tuple[str, ...], here: str) -> list[str]:
    """One unit of each other group, best wished for first."""
    first: dict[str, str] = {}
    for unit in units:
        first.setdefault(proposal.data.unit[unit].group_id, unit)
    first.pop(here, None)
    return sorted(first.values())


def _wishes(proposal: Proposal, row: Applicant) -> tuple[tuple[str, bool], ...]:
    """Each wish of the applicant and whether it is met."""
    case = proposal.case
    home = case.after.of.get(row.applicant_id)
    found: list[tuple[str, bool]] = []
    for wish in row.place_wishes:
        alone = row.model_copy(update={"place_wishes": (wish,), "community_size_wish": None})
        found.append((wish, unmet_places(case, alone, home, WishParams()) == 0))
    if row.community_size_wish:
        alone = row.model_copy(update={"place_wishes": ()})
        size = f"community_size_at_most:{row.community_size_wish}"
        found.append((size, unmet_places(case, alone, home, WishParams()) == 0))
    for relation in proposal.data.relations:
        wish_kinds = (RelationKind.WISH_FOR, RelationKind.WISH_AGAINST)
        if relation.kind in wish_kinds and relation.person_a == row.applicant_id:
            found.append((relation.kind.value, unmet_person(case, relation) == 0))
    return tuple(found)


def _waiting(proposal: Proposal, row: Applicant, stop: Stop, progress: Progress, workers: int) -> Explanation:
    data, person = proposal.data, row.applicant_id
    sieve = funnel(data, row)
    forcing = None
    if sieve.eligible:
        progress.event(Event("forcing", elapsed=stop.elapsed, left=stop.left))
        forcing = Laboratory(data, proposal, stop.part(PRICING * stop.left), workers).placed(person)
    tried: list[Tried] = []
    for change in changes(data, row, sieve.eligible):
        if stop.now:
            break
        progress.event(Event(f"what if: {change.code} {change.about}", elapsed=stop.elapsed, left=stop.left))
        tried.append(Tried(change.code, change.about, would_be_placed(change.data, person, stop, workers)))
        if change.code == "unit_more" and tried[-1].places:
            break  # a home built is the largest of the changes; one that helps is enough
    if not any(t.places for t in tried):
        tried += _homes_needed(proposal, row, sieve.eligible, stop, progress, workers)
    return Explanation(
        person, "waiting", _facts(proposal, row), _wishes(proposal, row), funnel=sieve, forcing=forcing,
        tried=tuple(tried), notice=proposal.document.notice,
    )  # fmt: skip


MOST_HOMES = 32
"""More homes than this of one kind are not tried."""


def _homes_needed(
    proposal: Proposal,
    row: Applicant,
    eligible: tuple[str, ...],
    stop: Stop,
    progress: Progress,
    workers: int,
) -> list[Tried]:
    """The smallest number of staffed homes of the kind that reaches this applicant in the queue: by bisection."""

    def reaches(count: int) -> bool | None:
        progress.event(Event(f"what if: {count} homes more", elapsed=stop.elapsed, left=stop.left))
        change = many_units(proposal.data, row, eligible, count)
        return None if change is None else would_be_placed(change.data, row.applicant_id, stop, workers)

    low, high = 0, 1
    while high <= MOST_HOMES and not stop.now:
        answer = reaches(high)
        if answer is None:
            return []
        if answer:
            break
        low, high = high, 2 * high
    else:
        return []
    while high - low > 1:
        middle = (low + high) // 2
        answer = reaches(middle)
        if answer is None:
            return []
        low, high = (low, middle) if answer else (middle, high)
    change = many_units(proposal.data, row, eligible, high)
    return [] if change is None else [Tried(change.code, change.about, True)]


RULE_CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("H3", {"community_max": 5}),
    ("H3", {"min_residents": 3}),
    ("H4", {"enabled": False}),
    ("H5", {"max_groups": 2}),
    ("H5", {"max_groups": 4}),
    ("H5", {"enabled": False}),
    ("H6", {"enabled": False}),
)
"""What is asked of rules when their price is wanted; a change equal to the policy is left out."""


def _set(proposal: Proposal, rules: bool, stop: Stop, progress: Progress, workers: int) -> Explanation:
    prices: list[Price] = []
    before = {tier.name: tier.value for tier in proposal.document.tiers}
    for rule, change in RULE_CHANGES if rules else ():
        if stop.now or not _differs(proposal.data.policy, rule, change):
            continue
        progress.event(Event(f"rule {rule} {change}", elapsed=stop.elapsed, left=stop.left))
        changed = proposal.data.with_policy(proposal.data.policy.with_rule(rule, **change))
        answer = allocate(
            changed, options=Options(workers=workers, find_ties=False), time_limit=stop.slice(60)
        )
        tiers = answer.document.tiers
        found = {} if isinstance(answer, NoProposal) else {tier.name: tier.value for tier in tiers}
        values = {name: found.get(name) for name in before}
        difference = {
            name: None if value is None or (was := before[name]) is None else value - was
            for name, value in values.items()
        }
        prices.append(Price(rule, change, answer.document.outcome, values, difference))
    figures = tuple(
        (indicator.id + (f" {indicator.category}" if indicator.category else ""),
         shown(indicator.today), shown(indicator.after))
        for indicator in indicators(proposal.case)
    )  # fmt: skip
    placed = len(proposal.solution.placements)
    facts = {"placed": placed, "waiting": len(proposal.data.applicants) - placed}
    return Explanation(
        proposal.data.info.dataset_id, "set", facts, prices=tuple(prices), figures=figures,
        notice=proposal.document.notice,
    )  # fmt: skip


def shown(amount: Amount | None) -> str:
    """A figure as text: hidden ones as "<5", an unknown one as a dash."""
    if amount is None:
        return "–"
    if amount.count is None:
        return "<5" if amount.hidden is Hidden.SMALL else "·"
    return str(amount.count) if amount.of is None else f"{amount.count}/{amount.of}"


def _differs(policy: Policy, rule: str, change: dict[str, Any]) -> bool:
    setting = policy.rules.get(rule)
    if setting is None or not setting.enabled:
        return False
    known = rule_files.registry()[rule].params.model_validate(setting.params).model_dump()
    return any((known | {"enabled": True}).get(key) != value for key, value in change.items())
