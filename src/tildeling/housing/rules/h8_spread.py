"""H8: at most a share of the placed residents of a district or site come from one target group."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import Field

from tildeling.housing.case import Case, Occupancy
from tildeling.housing.compiling.builder import Builder, by_value
from tildeling.housing.compiling.frame import Frame
from tildeling.housing.rules.rule import Breach, Params, Rule
from tildeling_models.grouping.problem import Ints


class H8Params(Params):
    """``share_percent`` of the residents of a ``level``; so many as ``allowance`` are never too many.

    With n residents, k of them of one kind, share s and allowance m: ``k - s n <= (1 - s) m``.
    """

    level: Literal["district", "site"] = "district"
    share_percent: int = Field(60, ge=1, le=100)
    allowance: int = Field(8, ge=0)


# --- checking ------------------------------------------------------------------------------------------


def _counts(case: Case, state: Occupancy, level: str) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Residents by place, and by place and target group."""
    total: Counter[str] = Counter()
    kinds: Counter[tuple[str, str]] = Counter()
    for home in state.households:
        place = home.group.site_id if level == "site" else case.data.site[home.group.site_id].district
        total[place] += home.row.household_size
        kinds[place, home.row.target_group] += home.row.household_size
    return total, kinds


def check(case: Case, params: H8Params) -> Iterator[Breach]:
    """Shares above the limit; one that was above it before must not grow."""
    total, kinds = _counts(case, case.after, params.level)
    total_before, kinds_before = _counts(case, case.today, params.level)
    slack = (100 - params.share_percent) * params.allowance
    for (place, kind), count in sorted(kinds.items()):
        everyone, before, all_before = total[place], kinds_before[place, kind], total_before[place]
        grown = count * all_before > before * everyone
        stood = 100 * before - params.share_percent * all_before > slack
        over = 100 * count - params.share_percent * everyone > slack
        if (stood and grown) or over:
            who = {"place": place, "kind": kind}
            values = {"percent": round(100 * count / everyone), "most": params.share_percent}
            yield Breach("H8.share", who, values, standing=stood and not grown)


# --- lowering ------------------------------------------------------------------------------------------


def lower(frame: Frame, params: H8Params, build: Builder) -> None:
    """A limit per place and target group: 100 k - percent n <= (100 - percent) allowance.

    Where the share is above that today, the share of today is the limit instead: k n0 - k0 n <= 0.
    """
    zones = frame.zone_index(params.level)
    kinds = [a.target_group for a in frame.items]
    slack = (100 - params.share_percent) * params.allowance
    fixed, now = _residents(frame, zones)
    kinds_there: dict[int, set[str]] = defaultdict(set)
    for place, kind in fixed:
        if kind:
            kinds_there[place].add(kind)
    codes = frame.columns.kind[build.cell_item]
    for z, cells in by_value(build.cell_zone(params.level)).items():
        size, code = build.cell_size[cells], codes[cells]
        names = {kinds[item] for item in build.cell_item[cells[np.unique(code, return_index=True)[1]]]}
        for kind in sorted(kinds_there[z] | names):
            number = frame.columns.kinds.index(kind) if kind in names else -1
            num, den, extra = params.share_percent, 100, slack
            if 100 * now[z, kind] - num * now[z, ""] > slack:
                num, den, extra = now[z, kind], now[z, ""], 0
            coef = size * (den * (code == number) - num)
            build.limit(cells, coef, extra - (den * fixed[z, kind] - num * fixed[z, ""]))


def _residents(frame: Frame, zones: Ints) -> tuple[Counter[tuple[int, str]], Counter[tuple[int, str]]]:
    """Residents by place and kind ("" for all of a place): those who stay, and with movers those of today."""
    fixed: Counter[tuple[int, str]] = Counter()
    for person, group in zip(frame.standing, frame.standing_group, strict=True):
        for kind in (person.row.target_group, ""):
            fixed[int(zones[group]), kind] += person.row.household_size
    now = fixed.copy()
    for item in np.flatnonzero(frame.item_home >= 0):
        row, place = frame.items[item], int(zones[frame.slot_group[frame.item_home[item]]])
        for kind in (row.target_group, ""):
            now[place, kind] += row.household_size
    return fixed, now


RULE = Rule(
    id="H8",
    source="allocation model H8; spread municipal homes over districts (social housing action plan)",
    nb="Høyst en andel av beboerne i en bydel eller et botiltak fra én målgruppe",
    en="At most a share of a district's or site's residents from one target group",
    params=H8Params,
    texts={
        "H8.share": {
            "nb": "{place}: {percent} % av beboerne er fra {kind}, høyst {most} %",
            "en": "{place}: {percent} % of residents are of {kind}, at most {most} %",
        },
    },
    check=check,
    lower=lower,
)
