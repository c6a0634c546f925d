"""H8: at most a share of the placed residents of a district or site come from one target group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import Field

from tildeling.housing.case import Case, Occupancy
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.frame import Frame
from tildeling.housing.rules.rule import Breach, Params, Rule
from tildeling_models.grouping.problem import Ints, ints


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
    cell_zone = zones[build.cell_group]
    kinds = np.array([a.target_group for a in frame.items], dtype=object)
    slack = (100 - params.share_percent) * params.allowance
    for z in np.unique(cell_zone):
        cells = ints(np.flatnonzero(cell_zone == z))
        size = build.cell_size[cells]
        there = {p.row.target_group for p in frame.standing if zones[frame.group_index[p.unit.group_id]] == z}
        for kind in sorted(there | set(kinds[build.cell_item[cells]])):
            mine = (kinds[build.cell_item[cells]] == kind).astype(np.int64)
            fixed_all, fixed_kind = _fixed(frame, zones, int(z), kind)
            now_all, now_kind = _now(frame, zones, int(z), kind, fixed_all, fixed_kind)
            num, den, extra = params.share_percent, 100, slack
            if 100 * now_kind - num * now_all > slack:
                num, den, extra = now_kind, now_all, 0
            coef = size * (den * mine - num)
            build.limit(cells, coef, extra - (den * fixed_kind - num * fixed_all))


def _fixed(frame: Frame, zones: Ints, zone: int, kind: str) -> tuple[int, int]:
    """Standing residents of a place: all, and of one kind."""
    there = [p for p in frame.standing if zones[frame.group_index[p.unit.group_id]] == zone]
    return (
        sum(p.row.household_size for p in there),
        sum(p.row.household_size for p in there if p.row.target_group == kind),
    )


def _now(frame: Frame, zones: Ints, zone: int, kind: str, fixed_all: int, fixed_kind: int) -> tuple[int, int]:
    """Residents of a place today, movers among them: all, and of one kind."""
    for item in np.flatnonzero(frame.item_home >= 0):
        if zones[frame.slot_group[frame.item_home[item]]] == zone:
            fixed_all += int(frame.size[item])
            fixed_kind += int(frame.size[item]) * (frame.items[item].target_group == kind)
    return fixed_all, fixed_kind


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
