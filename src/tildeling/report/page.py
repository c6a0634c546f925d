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
from tildeling.report.phrases import Phrases
from tildeling.report.plots.base_load import base_load
from tildeling.report.plots.community_sizes import community_sizes
from tildeling.report.plots.placed_waiting import placed_waiting
from tildeling.report.plots.svg import svg
from tildeling.report.summary import Summary
from tildeling.report.view import NEAR_CAPACITY, View
from tildeling.texts import Lang


def write_page(proposal: Proposal, path: str | Path, lang: Lang = "nb") -> None:
    """Write a proposal as a page; the same proposal gives the same bytes.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with whole_file(Path(path)) as draft:
        draft.write_text(page(proposal, lang), encoding="utf-8", newline="\n")


def page(proposal: Proposal, lang: Lang = "nb") -> str:
    """A proposal as the text of a page."""
    view, words = View(proposal), Phrases(proposal.data, lang)
    board = Board(view, words)
    shades = palette.shades(proposal.data.policy.target_groups)
    return _environment().get_template("page.html.j2").render(
        view=view, words=words, t=words, lang=lang, board=board, states=STATES,
        summary=Summary(view, words),
        shades=shades, colour={code: f"t{i}" for i, code in enumerate(shades)},
        plots=_plots(view, words), near=float(NEAR_CAPACITY), least=LEAST,
    ) + "\n"  # fmt: skip


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("tildeling.report"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def _plots(view: View, words: Phrases) -> dict[str, Markup]:
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
        ax = base_load(loads, float(NEAR_CAPACITY), words)
        found["base_load"] = svg(ax, "bl", words("plot_base_load"), words("plot_base_load_said"))
    return {name: Markup(text) for name, text in found.items()}


def _placed_waiting(view: View, words: Phrases) -> list[tuple[str, Amount, Amount]]:
    cells = {(i.id, i.category): i.after for i in view.indicators}
    codes = [category for id_, category in cells if id_ == "placed_by_target_group"]
    rows = [
        (words.target(code), cells["placed_by_target_group", code], cells["waiting_by_target_group", code])
        for code in codes
    ]
    # By what is shown: the order must not tell what is hidden.
    return sorted(rows, key=lambda row: (-(row[2].count or 0), -(row[1].count or 0), row[0]))
