"""The indicators the plans name, before and after a proposal, and who is placed and who waits, by category.

Plain Python over the rows.  Each indicator's definition stands beside its name in ``texts/report.toml``.

Small numbers of people are hidden.  An indicator of the whole hides 1 to 4; it shows 0, which points to
nobody.  A breakdown hides 0 as well, since "none of these was placed" tells something about each of them;
and where one hidden cell could be computed from a published total, further cells of its column are hidden.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tildeling.housing.case import Case, Occupancy
from tildeling.housing.tables import Applicant, Application, GroupKind, PresentHousing
from tildeling.texts import Lang, text

LEAST = 5
"""Fewest people a published cell may hold."""
INTELLECTUAL_DISABILITY = "intellectual_disability"
"""Beginning of the codes of target groups of people with an intellectual disability."""
AGE_BANDS = ((0, 17), (18, 22), (23, 66), (67, 79), (80, 120))


class Standing(StrEnum):
    """Where an applicant stands."""

    PLACED = "placed"
    TEMPORARY = "temporary"
    WAITING = "waiting"
    STAYS = "stays"


class Hidden(StrEnum):
    """Why a number is not shown: it is small, or a small one could be computed from it."""

    NO = ""
    SMALL = "small"
    SECONDARY = "secondary"


@dataclass(frozen=True, slots=True)
class Amount:
    """A count, or a count out of a total; no count where it is hidden."""

    count: int | None
    of: int | None = None
    hidden: Hidden = Hidden.NO

    @property
    def share(self) -> float | None:
        """The count as a fraction of the total."""
        return self.count / self.of if self.count is not None and self.of else None


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure before and after the proposal.

    Attributes
    ----------
    id
        Its name and definition are ``indicator_ID`` and ``indicator_ID_definition`` in ``texts/report.toml``.
    unit
        What is counted; "share" for a count out of a total.
    source
        Who asks for it: ``source_SOURCE`` in ``texts/report.toml``.
    today
        On the planning date, decided placements carried out; None where only the outcome says something.
    category
        For one of a series: a district, a target group, a sex, an age band, a severity.
    """

    id: str
    unit: str
    source: str
    today: Amount | None
    after: Amount
    category: str = ""

    def text(self, lang: Lang) -> str:
        """Its name in words."""
        return text(f"report.indicator_{self.id}", lang)

    def definition(self, lang: Lang) -> str:
        """What exactly is counted."""
        return text(f"report.indicator_{self.id}_definition", lang)

    def source_text(self, lang: Lang) -> str:
        """Who asks for it."""
        return text(f"report.source_{self.source}", lang)


# --- where applicants stand ----------------------------------------------------------------------------


def standing(case: Case, applicant: Applicant) -> Standing:
    """Where an applicant stands after the proposal; a temporary place is not a need met."""
    home = case.after.of.get(applicant.applicant_id)
    if home is not None and (home.new or home.locked):
        return Standing.TEMPORARY if home.unit.temporary else Standing.PLACED
    return Standing.STAYS if applicant.application is Application.REASSESSMENT else Standing.WAITING


def waits_today(case: Case, applicant: Applicant) -> bool:
    """Whether an applicant waits before the proposal: no permanent place is decided or offered."""
    unit = case.data.unit.get(case.locks.get(applicant.applicant_id, ""))
    decided = unit is not None and not unit.temporary
    return not decided and applicant.application is not Application.REASSESSMENT


def waits_after(case: Case, applicant: Applicant) -> bool:
    """Whether an applicant waits after the proposal, in a temporary place or without one."""
    found = standing(case, applicant)
    return found is Standing.WAITING or (
        found is Standing.TEMPORARY and applicant.application is not Application.REASSESSMENT
    )


# --- hiding small numbers ------------------------------------------------------------------------------


def amount(count: int, of: int | None = None) -> Amount:
    """A number of people as one figure: 1 to 4 are hidden."""
    return Amount(None, of, Hidden.SMALL) if 0 < count < LEAST else Amount(count, of)


def hide_small(counts: Sequence[int]) -> list[Amount]:
    """Cells of a column whose total is known: those under five hidden, and more until none can be computed.

    A reader knows of a small cell that it holds 0 to 4, of another hidden one that it holds 5 or more, and
    what the hidden cells sum to.  Small cells are safe when that leaves each more than one value.  Where
    hiding every cell does not do, all are hidden alike, so that the total alone is known.
    """
    small = {i for i, count in enumerate(counts) if count < LEAST}
    others = sorted((i for i, count in enumerate(counts) if count >= LEAST), key=lambda i: (counts[i], i))
    known = sum(counts[i] for i in small)
    for extra in range(len(others) + 1):
        if _safe(known, len(small), extra):
            more = set(others[:extra])
            return [
                Amount(None, hidden=Hidden.SMALL) if i in small
                else Amount(None, hidden=Hidden.SECONDARY) if i in more
                else Amount(count)
                for i, count in enumerate(counts)
            ]  # fmt: skip
        known += counts[others[extra]] if extra < len(others) else 0
    return [Amount(None, hidden=Hidden.SECONDARY) for _ in counts]


def _safe(known: int, small: int, more: int) -> bool:
    """Whether cells that sum to ``known``, so many of them small and so many not, tell of none what it holds."""
    if not small:
        return True
    if more:
        return known > LEAST * more
    return small > 1 and 0 < known < (LEAST - 1) * small


# --- the indicators ------------------------------------------------------------------------------------


def indicators(case: Case) -> tuple[Indicator, ...]:
    """Every indicator that the data supports."""
    found = [*_people(case), *_sizes(case), *_homes(case), *_breakdowns(case)]
    return tuple(found)


def _people(case: Case) -> Iterator[Indicator]:
    data = case.data
    today = [a for a in data.applicants if waits_today(case, a)]
    after = [a for a in data.applicants if waits_after(case, a)]

    def counted(id_: str, source: str, test: Callable[[Applicant], bool]) -> Indicator:
        return Indicator(
            id_, "applicants", source, amount(sum(map(test, today))), amount(sum(map(test, after)))
        )

    yield Indicator("waiting", "applicants", "plan", Amount(len(today)), Amount(len(after)))
    since = _months_before(data.info.planning_date, 3)

    def temporary(applicant: Applicant) -> bool:
        start = applicant.present_housing_since
        in_it = applicant.present_housing is PresentHousing.TEMPORARY_HOUSING
        return in_it and start is not None and start < since

    if any(a.present_housing is PresentHousing.TEMPORARY_HOUSING for a in data.applicants):
        total = len(data.applicants)
        before, left = (amount(sum(map(temporary, people)), total) for people in (today, after))
        yield Indicator("temporary_over_3_months", "share", "plan", before, left)
    if any(_disabled(a) for a in data.applicants):
        adults = counted("disability_waiting_18", "hearing", lambda a: _disabled(a) and a.age >= 18)
        over = counted("disability_waiting_23", "hearing", lambda a: _disabled(a) and a.age >= 23)
        yield adults
        yield Indicator(
            over.id,
            over.unit,
            over.source,
            _beside(over.today, adults.today),
            _beside(over.after, adults.after),
        )
    if any(a.discharge_ready_on for a in data.applicants):
        ready = data.info.planning_date
        yield counted(
            "discharge_ready",
            "plan",
            lambda a: a.discharge_ready_on is not None and a.discharge_ready_on <= ready,
        )
    for id_, housing in (
        ("private_placements", PresentHousing.PRIVATE_PLACEMENT),
        ("homeless", PresentHousing.HOMELESS),
    ):
        if any(a.present_housing is housing for a in data.applicants):
            yield counted(id_, "plan", lambda a, housing=housing: a.present_housing is housing)  # type: ignore[misc]


def _disabled(applicant: Applicant) -> bool:
    return applicant.target_group.startswith(INTELLECTUAL_DISABILITY)


def _beside(part: Amount | None, whole: Amount | None) -> Amount:
    """A part beside its whole: hidden too where the rest, a small number, would be the difference."""
    if part is None or part.count is None or whole is None or whole.count is None:
        return part or Amount(None, hidden=Hidden.SECONDARY)
    return Amount(None, hidden=Hidden.SECONDARY) if 0 < whole.count - part.count < LEAST else part


def _months_before(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _sizes(case: Case) -> Iterator[Indicator]:
    states = (case.today, case.after)
    communities = [[n for n in _community_sizes(case, state) if n] for state in states]
    if case.data.communities:
        for id_, low, high in (("communities_3_5", 3, 5), ("communities_at_most_8", 1, 8)):
            today, after = (Amount(sum(low <= n <= high for n in sizes), len(sizes)) for sizes in communities)
            yield Indicator(id_, "share", "hearing", today, after)
    shared = [g.group_id for g in case.data.groups if g.kind is GroupKind.SHARED]
    if shared:
        groups = [[n for n in map(state.expected, shared) if n] for state in states]
        today, after = (Amount(sum(3 <= n <= 5 for n in sizes), len(sizes)) for sizes in groups)
        yield Indicator("groups_3_5", "share", "hearing", today, after)
        today, after = (Amount(sum(n == 1 for n in sizes)) for sizes in groups)
        yield Indicator("groups_of_one", "groups", "plan", today, after)


def _community_sizes(case: Case, state: Occupancy) -> Iterable[int]:
    sizes = {row.community_id: 0 for row in case.data.communities}
    for group in case.data.groups:
        if group.community_id:
            sizes[group.community_id] += state.expected(group.group_id)
    return sizes.values()


def _homes(case: Case) -> Iterator[Indicator]:
    data = case.data
    ready = [u for u in data.units if u.available_from <= data.info.planning_date]
    later = [u for u in data.units if u.available_from <= data.info.horizon_end]
    for feature in ("step_free", "wheelchair"):
        if any(feature in unit.features for unit in data.units):
            today, after = (
                Amount(sum(feature in u.features for u in units), len(units)) for units in (ready, later)
            )
            yield Indicator(f"homes_{feature}", "share", "plan", today, after)
    offered = {u.unit_id for u in ready if not u.reserved}
    empty = [Amount(len(offered - {h.unit.unit_id for h in s.households})) for s in (case.today, case.after)]
    yield Indicator("homes_empty", "homes", "plan", empty[0], empty[1])
    before, built = (
        Counter(data.site[data.group[u.group_id].site_id].district for u in us) for us in (ready, later)
    )
    for district in sorted(built):
        yield Indicator(
            "homes_in_district", "homes", "plan", Amount(before[district]), Amount(built[district]), district
        )


# --- placed and waiting by category --------------------------------------------------------------------


def age_band(age: int) -> str:
    """The band of an age: "18-22", or "80+"."""
    low, high = next(band for band in AGE_BANDS if age <= band[1])
    return f"{low}+" if high == AGE_BANDS[-1][1] else f"{low}-{high}"


BREAKDOWNS: Mapping[str, Callable[[Applicant], str]] = {
    "target_group": lambda a: a.target_group,
    "severity": lambda a: str(a.severity),
    "age_band": lambda a: age_band(a.age),
    "sex": lambda a: a.sex.value,
    "municipality": lambda a: a.municipality or "",
    "district": lambda a: a.district or "",
}
"""What placed and waiting are broken down by: by municipality where there are several, else by district.

Not by both: a municipality's total would tell of its districts what is hidden there.
"""


def _breakdowns(case: Case) -> Iterator[Indicator]:
    placed = [a for a in case.data.applicants if standing(case, a) is Standing.PLACED]
    waiting = [a for a in case.data.applicants if waits_after(case, a)]
    several = len({a.municipality for a in case.data.applicants} - {None}) > 1
    for name, category in BREAKDOWNS.items():
        if name == ("district" if several else "municipality"):
            continue
        counts = [Counter(map(category, people)) for people in (placed, waiting)]
        keys = _ordered(name, {key for count in counts for key in count})
        for state, count in zip(("placed", "waiting"), counts, strict=True):
            cells = _column(name, keys, count)
            for key in keys:
                yield Indicator(f"{state}_by_{name}", "applicants", "fairness", None, cells[key], key)


def _ordered(name: str, keys: Iterable[str]) -> list[str]:
    if name == "severity":
        return sorted(keys, reverse=True)
    return (
        sorted(keys, key=lambda key: int(key.rstrip("+").split("-")[0]))
        if name == "age_band"
        else sorted(keys)
    )


def _column(name: str, keys: Sequence[str], count: Mapping[str, int]) -> dict[str, Amount]:
    """A column's cells.

    The indicators on people with an intellectual disability give the sum of those target groups, so these
    and the rest are each a column with a known total.
    """
    blocks = [list(keys)]
    if name == "target_group":
        disabled = [key for key in keys if key.startswith(INTELLECTUAL_DISABILITY)]
        rest = [key for key in keys if key not in disabled]
        if disabled and rest and amount(sum(count.get(key, 0) for key in disabled)).count is not None:
            blocks = [disabled, rest]
    cells: dict[str, Amount] = {}
    for block in blocks:
        cells |= zip(block, hide_small([count.get(key, 0) for key in block]), strict=True)
    return cells
