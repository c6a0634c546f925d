"""The board: districts, sites, communities, groups and units, ready to draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tildeling.housing.case import Household
from tildeling.housing.tables import Site, Unit
from tildeling.report.excerpt import MOST, Most
from tildeling.report.phrases import Phrases
from tildeling.report.view import CommunityLine, GroupLine, View

STATES = ("new", "decided", "offered", "resident", "reserved", "empty", "later")


@dataclass(frozen=True, slots=True)
class Cell:
    """A unit: who or what is in it, and in whose colour it is drawn.

    ``other`` says that the group's heading does not tell the target group.
    """

    unit_id: str
    state: str
    person: str
    target: str
    other: bool
    said: str


@dataclass(frozen=True, slots=True)
class GroupCard:
    """A group with its units; named without what its community's name says already."""

    line: GroupLine
    name: str
    cells: tuple[Cell, ...]
    temporary: bool


@dataclass(frozen=True, slots=True)
class CommunityCard:
    """A community with its groups, or a group outside communities (no line)."""

    line: CommunityLine | None
    name: str
    groups: tuple[GroupCard, ...]


@dataclass(frozen=True, slots=True)
class SiteCard:
    """A site with its communities."""

    row: Site
    name: str
    communities: tuple[CommunityCard, ...]


class Board:
    """A view's homes by district, site by site as far as ``most`` allows."""

    def __init__(self, view: View, words: Phrases, most: Most = MOST) -> None:
        self.view, self.words, self.most = view, words, most
        self._home = {home.unit.unit_id: home for home in view.case.after.households}

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """Target groups to be seen on the board, by name."""
        codes = {code for line in self.view.groups for code in line.row.target_groups}
        codes |= {home.row.target_group for home in self.view.case.after.households}
        return tuple(sorted(codes, key=self.words.target))

    @cached_property
    def districts(self) -> tuple[tuple[str, tuple[SiteCard, ...]], ...]:
        """Sites that have homes, by district."""
        found: dict[str, list[SiteCard]] = {}
        for site in self._sites[: self._drawn]:
            lines = self._lines[site.site_id]
            card = SiteCard(site, self.words.site(site.site_id), tuple(self._communities(site, lines)))
            found.setdefault(site.district, []).append(card)
        return tuple((self.words.code(district), tuple(cards)) for district, cards in found.items())

    @cached_property
    def left_out(self) -> tuple[int, int]:
        """Sites that are not drawn, and their units."""
        rest = self._sites[self._drawn :]
        return len(rest), sum(map(self._units, rest))

    @cached_property
    def _lines(self) -> Mapping[str, list[GroupLine]]:
        found: dict[str, list[GroupLine]] = {}
        for line in self.view.groups:
            found.setdefault(line.row.site_id, []).append(line)
        return found

    @cached_property
    def _sites(self) -> list[Site]:
        """Sites that have homes, by district."""
        sites = (site for site in self.view.data.sites if site.site_id in self._lines)
        return sorted(sites, key=lambda site: (site.district, site.site_id))

    def _units(self, site: Site) -> int:
        return sum(len(line.units) for line in self._lines[site.site_id])

    @cached_property
    def _drawn(self) -> int:
        """How many sites are drawn."""
        units = 0
        for count, site in enumerate(self._sites):
            units += self._units(site)
            if units > self.most.units:
                return count
        return len(self._sites)

    @cached_property
    def _community_lines(self) -> Mapping[str, CommunityLine]:
        return {line.row.community_id: line for line in self.view.communities}

    def _communities(self, site: Site, lines: list[GroupLine]) -> Iterator[CommunityCard]:
        site_name = self.words.site(site.site_id)
        together: dict[str, list[GroupLine]] = {}
        for line in lines:
            together.setdefault(line.row.community_id or f" {line.row.group_id}", []).append(line)
        for key, members in together.items():
            community = self._community_lines.get(key)
            full = self.words.community(key) if community else self.words.group(members[0].row.group_id)
            groups = tuple(self._group(member, full, site_name) for member in members)
            yield CommunityCard(community, shortened(full, site_name), groups)

    def _group(self, line: GroupLine, community: str, site: str) -> GroupCard:
        name = shortened(shortened(self.words.group(line.row.group_id), community), site)
        cells = tuple(self._cell(unit, line) for unit in line.units)
        return GroupCard(line, name, cells, bool(line.units) and all(unit.temporary for unit in line.units))

    def _cell(self, unit: Unit, line: GroupLine) -> Cell:
        home = self._home.get(unit.unit_id)
        state = self._state(unit, home)
        # Residents are not named: the board need not say who they are.
        shown = home.person if home and state in ("new", "decided", "offered") else ""
        target = home.row.target_group if home else line.row.target_groups[0]
        other = home is not None and line.row.target_groups != (target,)
        said = f"{unit.unit_id}: {self.words(f'unit_{state}')}"
        if shown:
            said += f", {shown}"
        if other:
            said += f", {self.words.target(target)}"
        if unit.temporary:
            said += f", {self.words('temporary_place')}"
        return Cell(unit.unit_id, state, shown, target, other, said)

    def _state(self, unit: Unit, home: Household | None) -> str:
        if home is not None:
            lock = self.view.data.lock.get(home.person) if home.locked else None
            return lock.kind.value if lock else "new" if home.new else "resident"
        if unit.reserved:
            return "reserved"
        return "later" if unit.available_from > self.view.data.info.horizon_end else "empty"


def shortened(name: str, within: str) -> str:
    """A name without the name it stands under; empty where that is all there was."""
    if name.startswith(within):
        rest = name[len(within) :].lstrip(" ,:–-")
        return rest[:1].upper() + rest[1:]
    return name
