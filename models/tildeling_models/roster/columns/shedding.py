"""Rules of which the automaton is too large: which of them it reads, and which it leaves out.

To leave out a rule can only allow more and cost less, so bounds stay bounds.  Groups of rules are taken in one after
the other, those that shape a schedule first, as long as the automaton keeps its size.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable

from tildeling_models.roster.columns.automaton import OutOfTime, TooLarge, build
from tildeling_models.roster.columns.layers import Automaton
from tildeling_models.roster.columns.reading import prices, read
from tildeling_models.roster.problem import Blocks, Rest, RosterProblem, Rule, Run, Succession, Sum, Target

log = logging.getLogger(__name__)

ARCS = 300_000
"""Arcs of an automaton, at most."""

ENTRIES = 200_000_000
"""Entries of the pricer's table, at most; four bytes each."""

FAMILIES: tuple[type, ...] = (Succession, Run, Sum, Target, Rest, Blocks)
"""Families, in the order in which their rules are taken in."""


def group(rule: Rule) -> tuple[bool, int]:
    """(whether only priced, family): groups are taken in by it."""
    return bool(prices(rule)) and not limited(rule), FAMILIES.index(type(rule))


def limited(rule: Rule) -> bool:
    """Whether a rule has a hard limit."""
    if isinstance(rule, Succession):
        return rule.price is None
    if isinstance(rule, Run):
        return (rule.short is None and rule.least > 1) or (rule.long is None and rule.most is not None)
    return isinstance(rule, Rest) or rule.least is not None or rule.most is not None


class Shedding:
    """Automata of sets of rules, made once; what one set left out is left out of later ones at the first go."""

    def __init__(
        self, problem: RosterProblem, entries: int = ENTRIES, late: Callable[[], bool] = lambda: False
    ) -> None:
        self._problem, self._entries, self._late = problem, entries, late
        self._known: dict[frozenset[Hashable], tuple[Automaton | None, frozenset[Hashable]]] = {}
        self._left: dict[tuple[bool, int], int] = {}

    def fit(self, rules: dict[Hashable, Rule]) -> tuple[Automaton | None, frozenset[Hashable]]:
        """(automaton, names of the rules left out of it)."""
        name = frozenset(rules)
        if name not in self._known:
            self._known[name] = self._fit(rules)
        return self._known[name]

    def whole(self, rules: dict[Hashable, Rule], arcs: int, entries: int) -> Automaton | None:
        """The automaton of all the rules, with so many arcs and entries of the table at most.

        Raises
        ------
        TooLarge
            If it passes the limits.
        """
        name = frozenset(rules)
        if name not in self._known:
            self._known[name] = self._build(rules, min(arcs, ARCS), entries), frozenset()
        found, left = self._known[name]
        if left or (found is not None and found.n_cells > entries):
            raise TooLarge("rules are left out")
        return found

    def _build(
        self, rules: dict[Hashable, Rule], arcs: int = ARCS, entries: int | None = None
    ) -> Automaton | None:
        entries = self._entries if entries is None else min(entries, self._entries)
        return build(self._problem, read(self._problem, rules.values()), arcs, entries, self._late)

    def _fit(self, rules: dict[Hashable, Rule]) -> tuple[Automaton | None, frozenset[Hashable]]:
        try:
            if not self._left:
                return self._build(rules), frozenset()
        except OutOfTime:
            raise
        except TooLarge as large:
            log.info("%d rules are too many for the automaton: %s", len(rules), large)
        groups: dict[tuple[bool, int], list[Hashable]] = {}
        for name, rule in rules.items():
            groups.setdefault(group(rule), []).append(name)
        kept: dict[Hashable, Rule] = {}
        found = self._build(kept)
        for at in sorted(groups):
            names = groups[at]
            names = names[: max(0, len(names) - self._left[at])] if at in self._left else names
            found = self._take(rules, names, kept, found)
            lost = sum(name not in kept for name in groups[at])
            if lost and at not in self._left:
                self._left[at] = lost
        return found, frozenset(name for name in rules if name not in kept)

    def _take(
        self,
        rules: dict[Hashable, Rule],
        names: list[Hashable],
        kept: dict[Hashable, Rule],
        found: Automaton | None,
    ) -> Automaton | None:
        """The automaton with as many of the named rules as it can be; they are put into ``kept``."""
        if not names or found is None:
            return found
        try:
            made = self._build({**kept, **{name: rules[name] for name in names}})
        except OutOfTime:  # says nothing of the rules: they are not to be left out the next time
            raise
        except TooLarge:
            if len(names) == 1:
                return found
            half = (len(names) + 1) // 2
            return self._take(rules, names[half:], kept, self._take(rules, names[:half], kept, found))
        kept.update((name, rules[name]) for name in names)
        return made
