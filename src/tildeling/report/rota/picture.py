"""The rota as a picture: ``.svg`` or ``.png``."""

from __future__ import annotations

from pathlib import Path

from matplotlib import rc_context

from tildeling.errors import UsageError
from tildeling.files.saving import whole_file
from tildeling.report.rota.plots.roster import roster
from tildeling.report.rota.words import RotaWords
from tildeling.rota.sheet.view import View
from tildeling.texts import Lang


def write_picture(view: View, path: str | Path, lang: Lang = "nb") -> None:
    """Draw a rota into a file, by its ending; the same rota gives the same bytes.

    Raises
    ------
    UsageError
        If the ending is neither ``.svg`` nor ``.png``.
    OSError
        If it cannot be written.
    """
    path = Path(path)
    form = path.suffix.lower().removeprefix(".")
    if form not in ("svg", "png"):
        raise UsageError(f"{path.name} must end in .svg or .png")
    figure = roster(view, RotaWords(view.data, lang)).figure
    figure.patch.set_facecolor("#ffffff")
    figure.patch.set_alpha(1)
    metadata = {"Date": None, "Creator": None} if form == "svg" else {"Software": None}
    with whole_file(path) as draft, rc_context({"svg.fonttype": "none", "svg.hashsalt": "rota"}):
        figure.savefig(draft, format=form, dpi=150, metadata=metadata)
