"""``report.html``: a proposal as one self-contained page, for screen, paper and screen reader."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tildeling.files.saving import whole_file
from tildeling.housing.indicators import LEAST, Amount
from tildeling.housing.proposal import Proposal
from tildeling.report import palette
from tildeling.report.board import STATES, Board
from tildeling.report.excerpt import MOST, Excerpt, Most, excerpt
from tildeling.report.phrases import Phrases
from tildeling.report.plots.base_load import base_load
from tildeling.report.plots.community_sizes import community_sizes
from tildeling.report.plots.placed_waiting import placed_waiting
from tildeling.report.plots.svg import svg
from tildeling.report.summary import Summary
from tildeling.report.view import NEAR_CAPACITY, BaseLine, View
from tildeling.texts import Lang


def write_page(proposal: Proposal, path: str | Path, lang: Lang = "nb", *, view: View | None = None) -> None:
    """Write a proposal as a page; the same proposal gives the same bytes.

    ``view`` are the proposal's rows where they have been gathered already.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with whole_file(Path(path)) as draft:
        draft.write_text(page(proposal, lang, view=view), encoding="utf-8", newline="\n")


def page(proposal: Proposal, lang: Lang = "nb", *, most: Most = MOST, view: View | None = None) -> str:
    """A proposal as the text of a page; of a large one with the first rows of each list."""
    view, words = view or View(proposal), Phrases(proposal.data, lang)
    board = Board(view, words, most)
    shades = palette.shades(proposal.data.policy.target_groups)
    return _environment().get_template("page.html.j2").render(
        view=view, words=words, t=words, lang=lang, board=board, states=STATES,
        summary=Summary(view, words), most=most, excerpt=excerpt, bases=_bases(view, most),
        placements=excerpt(view.placements, most.placed, lambda p: p.home.group.site_id),
        shades=shades, colour={code: f"t{i}" for i, code in enumerate(shades)},
        plots=_plots(view, words, most), near=float(NEAR_CAPACITY), least=LEAST,
    ) + "\n"  # fmt: skip


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("tildeling.report"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def _plots(view: View, words: Phrases, most: Most) -> dict[str, Markup]:
    """Plots by name, each with its numbers in words; our own SVG, every text in it escaped by matplotlib."""
    found = {}
    rows = _placed_waiting(view, words)
    if rows:
        said = "; ".join(
            words("said_row", name=n, placed=words.amount(p, ""), waiting=words.amount(w, ""))
            for n, p, w in rows
        )
        found["placed_waiting"] = svg(placed_waiting(rows, words), "pw", words("plot_placed_waiting"), said)
    lines = view.communities
    if lines:
        ax = community_sizes(
            [c.today for c in lines], [c.after for c in lines], view.warn_above, view.reason_above, words
        )
        found["community_sizes"] = svg(
            ax, "cs", words("plot_community_sizes"), words("plot_community_sizes_said")
        )
    loads = [(base.row.base_id, base.load) for base in view.bases if base.load is not None and base.groups]
    if loads:
        loads.sort(key=lambda load: (-load[1], load[0]))
        ax = base_load(loads[: most.bases], float(NEAR_CAPACITY), words)
        found["base_load"] = svg(ax, "bl", words("plot_base_load"), words("plot_base_load_said"))
    return {name: Markup(text) for name, text in found.items()}


def _bases(view: View, most: Most) -> Excerpt[BaseLine]:
    """Bases by id; where they are too many to show, the most loaded ones first."""
    lines = view.bases
    if len(lines) > most.bases:
        lines = tuple(sorted(lines, key=lambda base: (-(base.load or 0), base.row.base_id)))
    return excerpt(lines, most.bases)


def _placed_waiting(view: View, words: Phrases) -> list[tuple[str, Amount, Amount]]:
    cells = {(i.id, i.category): i.after for i in view.indicators}
    codes = [category for id_, category in cells if id_ == "placed_by_target_group"]
    rows = [
        (words.target(code), cells["placed_by_target_group", code], cells["waiting_by_target_group", code])
        for code in codes
    ]
    # By what is shown: the order must not tell what is hidden.
    return sorted(rows, key=lambda row: (-(row[2].count or 0), -(row[1].count or 0), row[0]))
