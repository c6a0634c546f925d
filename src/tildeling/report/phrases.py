"""Phrases about a proposal's rows, in one language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from tildeling.housing.flags import Flag
from tildeling.housing.indicators import Indicator
from tildeling.housing.rules import Breach
from tildeling.housing.tables import Group, Sex
from tildeling.report.view import BaseLine, Placement, View, Wish
from tildeling.report.words import Words


class Phrases(Words):
    """Words for rows of a view."""

    def state(self, placement: Placement) -> str:
        """Whether a placement is new, decided or offered."""
        if placement.lock is not None:
            return self.enum(placement.lock)
        return self("state_new" if placement.home.new else "state_same")

    def wishes(self, wishes: Iterable[Wish], *, met: bool) -> str:
        """Wishes met, or those not met."""
        return "; ".join(self.wish(wish) for wish in wishes if wish.met == met)

    def wish(self, wish: Wish) -> str:
        """One wish."""
        about = self.place(wish.about) if wish.kind == "place" else wish.about
        return self(f"wish_{wish.kind}", about=about)

    def flag_title(self, code: str) -> str:
        """What a flag is about, in few words; the code where a flag is new to this report."""
        try:
            return self(f"flag_{code}")
        except KeyError:
            return code

    def flag_titles(self, flags: Iterable[Flag]) -> str:
        """A placement's flags."""
        return "; ".join(self.flag_title(flag.code) for flag in flags)

    def alternatives(self, groups: Iterable[str]) -> str:
        """Groups of equal worth for an applicant."""
        return "; ".join(self.choice("applicant", group) for group in groups)

    def choice(self, subject: str, chosen: str) -> str:
        """What a tie is between: a group, or to wait, for an applicant; a base for a group."""
        if not chosen:
            return self("to_wait" if subject == "applicant" else "no_base")
        return self.group(chosen) if subject == "applicant" else self.base(chosen)

    def community_of(self, group: Group) -> str:
        """Name of a group's community, if it has one."""
        return self.community(group.community_id) if group.community_id else ""

    def size_mark(self, view: View, size: int) -> str:
        """Words for a community above a limit."""
        mark = view.size_mark(size)
        limit = view.reason_above if mark == "over_high" else view.warn_above
        return self("over", n=limit) if mark else ""

    def opened(self, base: BaseLine) -> str:
        """Whether a base is in operation, or has to be opened."""
        return self("base_open" if base.row.open_today else "base_opens")

    def competences(self, base: BaseLine) -> str:
        """Hours of the capacity, competence by competence."""
        return "; ".join(
            f"{self.competence(name)} {self.number(hours, 1)} / {self.number(capacity, 1)}"
            for name, hours, capacity in base.competences
        )

    def indicator(self, indicator: Indicator) -> str:
        """An indicator's name with its category."""
        name = indicator.text(self.lang)
        return f"{name}: {self.code(indicator.category)}" if indicator.category else name

    def breach(self, breach: Breach) -> str:
        """A breach without the requirement's id."""
        words = breach.message(self.lang).removeprefix(f"{breach.requirement}: ")
        return words[:1].upper() + words[1:]

    def breakdowns(self, cells: Sequence[Indicator]) -> list[tuple[str, list[tuple[str, str, str]]]]:
        """(by what, rows of category, placed, waiting), from the indicators that are broken down."""
        found: dict[str, dict[str, dict[str, str]]] = {}
        for cell in cells:
            state, _, by = cell.id.partition("_by_")
            found.setdefault(by, {}).setdefault(cell.category, {})[state] = self.amount(cell.after, cell.unit)
        return [(self(f"by_{by}"), self._rows(by, rows)) for by, rows in found.items()]

    def _rows(self, by: str, rows: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str, str]]:
        lines = [(self.category(by, key), row["placed"], row["waiting"]) for key, row in rows.items()]
        # Age and severity have an order of their own.
        return lines if by in ("age_band", "severity") else sorted(lines)

    def category(self, by: str, key: str) -> str:
        """A category's name."""
        if not key:
            return self("not_given")
        names: dict[str, Callable[[str], str]] = {
            "target_group": self.target, "district": self.code, "municipality": self.code,
            "sex": lambda k: self.enum(Sex(k)),
            "age_band": lambda k: self("age_band", band=k.replace("-", "–")),
        }  # fmt: skip
        return names[by](key) if by in names else self(f"category_{by}", n=key)
