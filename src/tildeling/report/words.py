"""Names, codes and amounts of a housing data set as people read them, in one language."""

from __future__ import annotations

from tildeling.housing.dataset import Dataset
from tildeling.housing.indicators import Amount, Hidden
from tildeling.report.plain import DASH, Plain
from tildeling.texts import Lang


class Words(Plain):
    """How one report speaks of one data set."""

    file = "report"

    def __init__(self, data: Dataset, lang: Lang) -> None:
        info = data.info
        super().__init__(lang, info.dataset_id, (info.notice_nb, info.notice_en), info.planning_date)
        self.data = data
        self._targets = abbreviations(
            {code: getattr(name, lang) for code, name in data.policy.target_groups.items()}
        )

    def target(self, code: str) -> str:
        """A target group's name."""
        name = self.data.policy.target_groups.get(code)
        return str(getattr(name, self.lang)) if name else code

    def target_short(self, code: str) -> str:
        """A target group's abbreviation, explained in the legend."""
        return self._targets.get(code, code)

    def competence(self, code: str) -> str:
        """A competence's name."""
        name = self.data.policy.competences.get(code)
        return str(getattr(name, self.lang)) if name else code

    def code(self, code: str) -> str:
        """A district's name, or a code that has none as words."""
        named = self.data.policy.districts.get(code)
        if named is not None:
            return named.nb if self.lang == "nb" else named.en
        return code.replace("_", " ").capitalize()

    def place(self, place: str) -> str:
        """A place wish ``kind:id`` in words."""
        kind, _, name = place.partition(":")
        names = {"site": self.site, "community": self.community, "group": self.group, "district": self.code}
        return self(f"place_{kind}", name=names.get(kind, str)(name))

    def site(self, site_id: str) -> str:
        """A site's name."""
        return self.data.site[site_id].name or site_id

    def community(self, community_id: str) -> str:
        """A community's name."""
        return self.data.community[community_id].name or community_id

    def group(self, group_id: str) -> str:
        """A group's name."""
        return self.data.group[group_id].name or group_id

    def base(self, base_id: str) -> str:
        """A base's name."""
        return self.data.base[base_id].name or base_id if base_id in self.data.base else base_id

    def amount(self, amount: Amount | None, unit: str) -> str:
        """A count or share, or what stands for a hidden one."""
        if amount is None:
            return DASH
        if amount.count is None:
            hidden = "<5" if amount.hidden is Hidden.SMALL else self("hidden")
            return hidden if amount.of is None else self("of", n=hidden, total=self.number(amount.of))
        if unit == "share":
            part = self("of", n=self.number(amount.count), total=self.number(amount.of))
            return f"{self.percent(amount.share, 1)} ({part})"
        return self.number(amount.count)


_SMALL_WORDS = frozenset(
    {"eller", "og", "med", "uten", "i", "på", "for", "or", "and", "with", "without", "in", "of", "people"}
)


def abbreviations(names: dict[str, str]) -> dict[str, str]:
    """Two to four capitals for each name, no two alike: initials, or the beginning of a single word."""
    found: dict[str, str] = {}
    for code, name in sorted(names.items()):
        words = [w.strip("(),.-–") for w in name.split()]
        words = [w for w in words if w and w.lower() not in _SMALL_WORDS] or [code]
        initials = "".join(word[0] for word in words[:3]) if len(words) > 1 else words[0][:3]
        short, number = initials.upper(), 2
        while short in found.values():
            short = f"{initials.upper()[:3]}{number}"
            number += 1
        found[code] = short
    return found
